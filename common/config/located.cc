#include "common/config/located.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"

namespace amikeco {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// Finds where a field stands in a file: "eligibility[2].id" is looked up part by part; a part that is not written in
// the file leaves the line of what holds it.
class Lines {
 public:
  Lines(const std::string& text, const Message& type) : type_(type.GetDescriptor()) {
    TextFormat::Parser parser;
    parser.WriteLocationsTo(&tree_);
    const std::unique_ptr<Message> ignored(type.New());
    parser.ParseFromString(text, ignored.get());
  }

  int Of(absl::string_view path) {
    TextFormat::ParseInfoTree* tree = &tree_;
    const google::protobuf::Descriptor* type = type_;
    int line = 0;
    for (absl::string_view part : absl::StrSplit(path, '.')) {
      const std::pair<absl::string_view, absl::string_view> split = absl::StrSplit(part, absl::MaxSplits('[', 1));
      int index = -1;
      if (!split.second.empty()) (void)absl::SimpleAtoi(split.second.substr(0, split.second.size() - 1), &index);
      const FieldDescriptor* field = type->FindFieldByName(std::string(split.first));
      if (field == nullptr) return line;
      if (field->is_repeated() != (index >= 0)) return line;
      if (const int found = tree->GetLocation(field, index).line; found >= 0) line = found;
      if (field->type() != FieldDescriptor::TYPE_MESSAGE) return line;
      tree = tree->GetTreeForNested(field, index);
      if (tree == nullptr) return line;
      type = field->message_type();
    }
    return line;
  }

 private:
  const google::protobuf::Descriptor* type_;
  TextFormat::ParseInfoTree tree_;
};

}  // namespace

absl::Status Located(absl::string_view path, const std::string& text, const Message& type, const absl::Status& wrong) {
  const auto bad = DetailOf<google::rpc::BadRequest>(wrong);
  if (!bad.ok()) return wrong;
  Lines lines(text, type);
  std::vector<std::string> sentences;
  for (const auto& violation : bad->field_violations()) {
    sentences.push_back(absl::StrCat(path, ":", lines.Of(violation.field()) + 1, ": ", violation.field(), ": ",
                                     violation.description()));
  }
  absl::Status located = absl::InvalidArgumentError(absl::StrJoin(sentences, "\n"));
  SetDetail(located, *bad);
  return located;
}

}  // namespace amikeco
