#include "common/config/textproto.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/edit_distance.h"
#include "common/base/utf8.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"

namespace amikeco {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;

// The texts between the message's double quotes: the parser's only way to tell us names.
std::vector<absl::string_view> Quoted(absl::string_view message) {
  std::vector<absl::string_view> parts = absl::StrSplit(message, '"');
  std::vector<absl::string_view> quoted;
  for (size_t i = 1; i < parts.size(); i += 2) quoted.push_back(parts[i]);
  return quoted;
}

std::string OneOf(const std::vector<std::string>& names, absl::string_view wrong) {
  if (names.empty()) return " It has no fields.";
  const auto nearest = std::min_element(names.begin(), names.end(), [&](const auto& a, const auto& b) {
    return EditDistance(a, wrong) < EditDistance(b, wrong);
  });
  if (EditDistance(*nearest, wrong) <= 1 + wrong.size() / 3) return absl::StrCat(" Did you mean ", *nearest, "?");
  return absl::StrCat(" Known are: ", absl::StrJoin(names, ", "), ".");
}

// What would be right instead of what `message` complains of; "" when we cannot say.
std::string Fix(absl::string_view message) {
  if (absl::StartsWith(message, "Non-repeated field")) return " Remove one of the two.";
  const std::vector<absl::string_view> names = Quoted(message);
  if (names.size() < 2) return "";
  const DescriptorPool* pool = DescriptorPool::generated_pool();
  std::vector<std::string> known;
  if (absl::StrContains(message, "has no field named")) {
    const Descriptor* type = pool->FindMessageTypeByName(std::string(names[0]));
    if (type == nullptr) return "";
    for (int i = 0; i < type->field_count(); ++i) known.push_back(type->field(i)->name());
    return OneOf(known, names[1]);
  }
  return "";
}

std::string EnumFix(const Descriptor* root, absl::string_view message) {
  const std::vector<absl::string_view> names = Quoted(message);
  if (names.size() < 2 || !absl::StartsWith(message, "Unknown enumeration value")) return "";
  // The parser names the field alone, so look for it in the root's file.
  std::vector<const Descriptor*> types;
  for (int i = 0; i < root->file()->message_type_count(); ++i) types.push_back(root->file()->message_type(i));
  for (size_t at = 0; at < types.size(); ++at) {
    for (int i = 0; i < types[at]->nested_type_count(); ++i) types.push_back(types[at]->nested_type(i));
    const auto* field = types[at]->FindFieldByName(std::string(names[1]));
    if (field == nullptr || field->enum_type() == nullptr) continue;
    std::vector<std::string> known;
    for (int i = 1; i < field->enum_type()->value_count(); ++i) known.push_back(field->enum_type()->value(i)->name());
    return OneOf(known, names[0]);
  }
  return "";
}

class Mistakes final : public google::protobuf::io::ErrorCollector {
 public:
  Mistakes(absl::string_view name, absl::string_view text, const Descriptor* root)
      : name_(name), text_(absl::StrSplit(text, '\n')), root_(root) {}

  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    lines_.push_back(absl::StrCat(name_, ":", line + 1, ":", Column(line, column, message) + 1, ": ", message,
                                  Fix(message), EnumFix(root_, message)));
  }
  void AddMistake(int line, int column, absl::string_view what) {
    lines_.push_back(absl::StrCat(name_, ":", line + 1, ":", column + 1, ": ", what));
  }
  bool empty() const { return lines_.empty(); }
  std::string Text() const { return absl::StrJoin(lines_, "\n"); }

 private:
  // The parser has already gone on to the next word; what it complains of stands before that.
  size_t Column(int line, int column, absl::string_view message) const {
    const std::vector<absl::string_view> names = Quoted(message);
    if (names.empty() || line < 0 || line >= static_cast<int>(text_.size())) return std::max(column, 0);
    const size_t at = text_[line].substr(0, std::max(column, 0)).rfind(names.back());
    return at == absl::string_view::npos ? std::max(column, 0) : at;
  }

  const absl::string_view name_;
  const std::vector<absl::string_view> text_;
  const Descriptor* const root_;
  std::vector<std::string> lines_;
};

// Strings that are not UTF-8: the parser takes them, and a message that holds one can be written but never read again.
// `holder` is the place of what holds the message, for what has none of its own.
void FindBadTexts(const google::protobuf::Message& message, TextFormat::ParseInfoTree& tree,
                  TextFormat::ParseLocation holder, Mistakes& mistakes) {
  std::vector<const FieldDescriptor*> fields;
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const int index = field->is_repeated() ? i : -1;
      auto at = tree.GetLocation(field, index);
      if (at.line < 0 && index > 0) at = tree.GetLocation(field, 0);  // a list in brackets has one place
      if (at.line < 0) at = holder;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const auto& inner =
            index < 0 ? reflection.GetMessage(message, field) : reflection.GetRepeatedMessage(message, field, index);
        if (auto* nested = tree.GetTreeForNested(field, index)) FindBadTexts(inner, *nested, at, mistakes);
      } else if (field->type() == FieldDescriptor::TYPE_STRING) {
        const std::string text =
            index < 0 ? reflection.GetString(message, field) : reflection.GetRepeatedString(message, field, index);
        if (!IsUtf8(text)) mistakes.AddMistake(at.line, at.column, absl::StrCat(field->name(), " is not UTF-8."));
      }
    }
  }
}

absl::Status SystemError(absl::string_view what, const std::string& path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat(path, ": ", what));
}

}  // namespace

absl::Status ParseTextprotoText(absl::string_view text, absl::string_view name, google::protobuf::Message& message) {
  Mistakes mistakes(name, text, message.GetDescriptor());
  TextFormat::Parser parser;
  TextFormat::ParseInfoTree tree;
  parser.RecordErrorsTo(&mistakes);
  parser.WriteLocationsTo(&tree);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (parser.Parse(&input, &message)) FindBadTexts(message, tree, {0, 0}, mistakes);
  return mistakes.empty() ? absl::OkStatus() : absl::InvalidArgumentError(mistakes.Text());
}

absl::Status ParseTextprotoFile(const std::string& path, google::protobuf::Message& message) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseTextprotoText(*text, path, message);
}

absl::StatusOr<std::vector<std::string>> TextprotosIn(const std::string& dir, absl::string_view setting) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(dir, error)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path().string());
  }
  if (error) return absl::NotFoundError(absl::StrCat(setting, " ", dir, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return SystemError("the file cannot be opened", path, errno == 0 ? EIO : errno);
  std::ostringstream text;
  // Reading a directory opens well and fails here.
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (file.bad()) return SystemError("the file cannot be read", path, errno == 0 ? EIO : errno);
  return text.str();
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text;
  absl::string_view secret = *text;
  absl::ConsumeSuffix(&secret, "\n");
  absl::ConsumeSuffix(&secret, "\r");
  return std::string(secret);
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view text) {
  const std::string part = absl::StrCat(path, ".", getpid(), ".part");
  const int file = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return SystemError("the file cannot be made", part, errno);
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int error = errno;
      close(file);
      unlink(part.c_str());
      return SystemError("the file cannot be written", part, error);
    }
    text.remove_prefix(written);
  }
  if (close(file) != 0) return SystemError("the file cannot be written", part, errno);
  if (rename(part.c_str(), path.c_str()) != 0) {
    const int error = errno;
    unlink(part.c_str());
    return SystemError("the file cannot be put in place", path, error);
  }
  return absl::OkStatus();
}

}  // namespace amikeco
