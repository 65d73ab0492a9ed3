#include "cli/skeleton.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "amikeco/options/v1/options.pb.h"
#include "cli/api.h"
#include "cli/fields.h"
#include "cli/help.h"
#include "cli/meanings.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::OneofDescriptor;

// Dotted paths of what a file need not say: the line gives it, and pages are asked for by flags.
std::set<std::string> LeftOut(const Command& command) {
  std::set<std::string> left_out = GivenWithoutFlags(command);
  left_out.insert({"page-size", "page-token"});
  return left_out;
}

std::string ValuesOf(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
  return absl::StrJoin(names, ", ");
}

std::string NamesOf(const OneofDescriptor& choice) {
  std::vector<std::string> names;
  for (int i = 0; i < choice.field_count(); ++i) names.push_back(choice.field(i)->name());
  return absl::StrJoin(names, ", ");
}

// Something that is understood but says nothing yet.
std::string EmptyValueOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "\"\"";
    case FieldDescriptor::CPPTYPE_ENUM:
      return field.enum_type()->value(0)->name();
    case FieldDescriptor::CPPTYPE_BOOL:
      return "false";
    default:
      return "0";
  }
}

// What to know about a field before it is filled in.
std::string NoteOn(const FieldDescriptor& field) {
  const auto& rules = field.options().GetExtension(options::v1::field);
  std::vector<std::string> notes;
  if (std::string meaning = MeaningOf(field); !meaning.empty()) notes.push_back(std::move(meaning));
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM)
    notes.push_back(absl::StrCat("One of ", ValuesOf(*field.enum_type()), "."));
  if (!rules.example().empty()) notes.push_back(absl::StrCat("Such as ", rules.example(), "."));
  if (field.is_repeated()) notes.emplace_back("As often as needed.");
  if (const auto* const choice = field.real_containing_oneof(); choice != nullptr)
    notes.push_back(absl::StrCat("Only one of ", NamesOf(*choice), "."));
  if (rules.required()) notes.emplace_back("Must be given.");
  return absl::StrJoin(notes, " ");
}

class Writer {
 public:
  explicit Writer(std::set<std::string> left_out) : left_out_(std::move(left_out)) {}

  void Write(const Descriptor& type, const std::string& indent, bool is_needed) {
    within_.insert(&type);
    for (int i = 0; i < type.field_count(); ++i) {
      path_.push_back(type.field(i));
      if (!IsLeftOut()) WriteField(indent, is_needed);
      path_.pop_back();
    }
    within_.erase(&type);
  }

  std::string text() && { return std::move(text_); }

 private:
  bool IsLeftOut() const {
    const FieldDescriptor& field = *path_.back();
    return IsEnginesOwn(field) || left_out_.contains(Dotted(path_)) || within_.contains(field.message_type());
  }

  void WriteField(const std::string& indent, bool is_needed) {
    const FieldDescriptor& field = *path_.back();
    const bool needed = is_needed && field.options().GetExtension(options::v1::field).required();
    const std::string begin = absl::StrCat(indent, needed ? "" : "#");
    if (const std::string note = NoteOn(field); !note.empty()) absl::StrAppend(&text_, indent, "# ", note, "\n");
    if (field.message_type() == nullptr) {
      absl::StrAppend(&text_, begin, field.name(), ": ", EmptyValueOf(field), "\n");
      return;
    }
    absl::StrAppend(&text_, begin, field.name(), " {\n");
    Write(*field.message_type(), indent + "  ", needed);
    absl::StrAppend(&text_, begin, "}\n");
  }

  const std::set<std::string> left_out_;
  Path path_;
  std::set<const Descriptor*> within_;  // a message in itself is written once
  std::string text_;
};

}  // namespace

std::string SkeletonOf(const Command& command) {
  Writer writer(LeftOut(command));
  writer.Write(*FindMethod(command.method)->input_type(), "", true);
  return absl::StrCat("# ", FirstSentence(Summary(command)),
                      "\n# Fill it in, take away the # before what else is needed, and send it:\n#   ",
                      Synopsis(command), " -f FILE.textproto\n\n", std::move(writer).text());
}

}  // namespace amikeco::cli
