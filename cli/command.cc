#include "cli/command.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "amikeco/options/v1/options.pb.h"
#include "cli/api.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

bool IsLeaf(const FieldDescriptor& field) {
  return field.message_type() == nullptr || field.is_repeated() ||
         absl::StartsWith(field.message_type()->full_name(), "google.");
}

void Collect(const Descriptor& type, Path& prefix, const std::set<std::string>& taken, bool required,
             std::vector<Flag>& flags) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    prefix.push_back(&field);
    const std::string dotted = Dotted(prefix);
    const bool needed = required && field.options().GetExtension(options::v1::field).required();
    if (!taken.contains(dotted) && !IsEnginesOwn(field)) {
      if (IsLeaf(field)) {
        flags.push_back({absl::StrReplaceAll(field.name(), {{"_", "-"}}), prefix, dotted, needed});
      } else {
        Collect(*field.message_type(), prefix, taken, needed, flags);
      }
    }
    prefix.pop_back();
  }
}

// Names that are ambiguous, or a global flag's, are written out in full.
void MakeUnique(std::vector<Flag>& flags) {
  std::map<std::string, int> uses;
  for (const GlobalFlag& flag : GlobalFlags()) ++uses[flag.name];
  for (const Flag& flag : flags) ++uses[flag.name];
  for (Flag& flag : flags) {
    if (uses[flag.name] > 1) flag.name = flag.dotted;
  }
}

}  // namespace

std::string Command::words() const { return absl::StrCat(noun, *verb == '\0' ? "" : " ", verb); }

bool Command::of_every_service() const { return absl::StartsWith(method, "ops/"); }

std::vector<Argument> ArgumentsOf(const Command& command) {
  std::vector<Argument> arguments;
  const auto* const method = FindMethod(command.method);
  for (absl::string_view name : absl::StrSplit(command.arguments, ',', absl::SkipEmpty())) {
    const bool optional = absl::ConsumeSuffix(&name, "?");
    Path path;
    if (method != nullptr) {
      if (auto found = FindPath(*method->input_type(), name); found.ok()) path = *std::move(found);
    }
    arguments.push_back({std::string(name), std::move(path), optional});
  }
  return arguments;
}

std::vector<Flag> FlagsOf(const Command& command) {
  std::vector<Flag> flags;
  const auto* const method = FindMethod(command.method);
  if (method == nullptr) return flags;
  Path prefix;
  Collect(*method->input_type(), prefix, GivenWithoutFlags(command), true, flags);
  MakeUnique(flags);
  for (absl::string_view alias : absl::StrSplit(command.extra.aliases, ' ', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(alias, '=');
    for (Flag& flag : flags) {
      if (flag.dotted == parts.second) flag.name = std::string(parts.first);
    }
  }
  return flags;
}

std::string Dotted(const Path& path) {
  return absl::StrReplaceAll(
      absl::StrJoin(path, ".", [](std::string* out, const FieldDescriptor* field) { out->append(field->name()); }),
      {{"_", "-"}});
}

bool IsEnginesOwn(const FieldDescriptor& field) {
  static const std::set<std::string> kNames = {"request_id", "header", "csv_chunk", "data"};
  return kNames.contains(field.name()) || field.options().GetExtension(options::v1::field).output_only();
}

std::set<std::string> GivenWithoutFlags(const Command& command) {
  std::set<std::string> given;
  for (const Argument& argument : ArgumentsOf(command)) given.insert(Dotted(argument.path));
  for (const absl::string_view preset : absl::StrSplit(command.extra.preset, ' ', absl::SkipEmpty())) {
    given.insert(absl::StrReplaceAll(preset.substr(0, preset.find('=')), {{"_", "-"}}));
  }
  return given;
}

}  // namespace amikeco::cli
