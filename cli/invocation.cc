#include "cli/invocation.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/watch.h"
#include "common/base/edit_distance.h"
#include "common/config/textproto.h"

namespace amikeco::cli {
namespace {

// Reads a command line word by word. What a flag means is known once the command is.
class Parser {
 public:
  Parser(absl::Span<const char* const> arguments, Invocation& invocation)
      : words_(arguments.begin(), arguments.end()), invocation_(invocation) {}

  absl::Status Parse() {
    for (next_ = 0; next_ < words_.size();) Take(words_[next_++]);
    FillFromEnvironment();
    CheckOutput();
    CheckWatch();
    CheckSkeleton();
    const bool asks = invocation_.settings.help || invocation_.settings.skeleton;
    if (invocation_.command != nullptr && !asks) BuildRequest();
    absl::Status status = wrong_.ToStatus();
    if (status.ok()) return status;
    auto bad = DetailOf<google::rpc::BadRequest>(status);
    status = Error(kUsageError, status.message());
    if (bad.ok()) SetDetail(status, *bad);
    return status;
  }

 private:
  void Take(absl::string_view word) {
    if (only_words_ || !absl::StartsWith(word, "-") || word == "-") return TakeWord(word);
    if (word == "--") {
      only_words_ = true;
    } else if (absl::ConsumePrefix(&word, "--")) {
      const size_t equals = word.find('=');
      TakeFlag(word.substr(0, equals),
               equals == word.npos ? std::nullopt : std::optional<std::string>(word.substr(equals + 1)));
    } else {
      TakeLetter(word.substr(1));
    }
  }

  void TakeWord(absl::string_view word) {
    if (invocation_.noun.empty()) {
      invocation_.noun = std::string(word);
    } else if (invocation_.command == nullptr && invocation_.verb.empty()) {
      invocation_.verb = std::string(word);
    } else {
      arguments_.emplace_back(word);
      return;
    }
    for (const Command& command : Commands()) {
      if (command.noun == invocation_.noun && command.verb == invocation_.verb) invocation_.command = &command;
    }
    if (invocation_.command != nullptr) {
      flags_ = FlagsOf(*invocation_.command);
    } else if (!invocation_.verb.empty() && invocation_.noun != "help") {
      ReportUnknown();
    } else {
      ReportUnknownNoun();
    }
  }

  void ReportUnknownNoun() {
    if (invocation_.noun == "help") return;
    std::vector<std::string> known = {"help"};
    for (const Command& command : Commands()) known.emplace_back(command.noun);
    if (std::find(known.begin(), known.end(), invocation_.noun) != known.end()) return;
    ReportWord("There is no command", invocation_.noun, NearestName(invocation_.noun, known));
  }

  void ReportUnknown() {
    std::vector<std::string> known;
    for (const Command& command : Commands()) {
      if (command.noun == invocation_.noun) known.emplace_back(command.verb);
    }
    if (known.empty()) return;  // the noun is unknown already
    const std::string near = NearestName(invocation_.verb, known);
    const std::string word = absl::StrCat(invocation_.noun, " ", invocation_.verb);
    if (!near.empty()) return ReportWord("There is no command", word, absl::StrCat(invocation_.noun, " ", near));
    wrong_.Add("", absl::StrCat("There is no command “", word, "”. ", invocation_.noun, " has ",
                                absl::StrJoin(known, ", "), "."));
  }

  void ReportWord(absl::string_view what, absl::string_view word, absl::string_view near) {
    wrong_.Add("",
               absl::StrCat(what, " “", word, "”.", near.empty() ? "" : absl::StrCat(" Did you mean “", near, "”?")));
  }

  void TakeLetter(absl::string_view word) {
    for (const GlobalFlag& flag : GlobalFlags()) {
      if (word.empty() || flag.letter != word[0]) continue;
      const absl::string_view rest = word.substr(1);
      if (flag.truth != nullptr) {
        invocation_.settings.*flag.truth = true;
        if (!rest.empty()) TakeLetter(rest);
        return;
      }
      return TakeFlag(flag.name,
                      rest.empty() ? std::nullopt : std::optional<std::string>(absl::StripPrefix(rest, "=")));
    }
    wrong_.Add("", absl::StrCat("There is no flag -", word, "."));
  }

  void TakeFlag(absl::string_view name, std::optional<std::string> value) {
    const std::string spelled = absl::StrReplaceAll(name, {{"_", "-"}});
    for (const GlobalFlag& flag : GlobalFlags()) {
      if (flag.name == spelled) return TakeGlobal(flag, std::move(value));
    }
    for (const Flag& flag : flags_) {
      if (spelled != flag.name && spelled != flag.dotted) continue;
      const bool truth = flag.path.back()->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL;
      if (!value && truth) value = "true";
      if (!value && !TakeValue(spelled, value)) return;
      fields_.push_back({&flag, *value});
      return;
    }
    std::vector<std::string> known;
    for (const GlobalFlag& flag : GlobalFlags()) known.emplace_back(flag.name);
    for (const Flag& flag : flags_) known.push_back(flag.name);
    const std::string near = NearestName(spelled, known);
    ReportWord("There is no flag", absl::StrCat("--", spelled), near.empty() ? "" : absl::StrCat("--", near));
    // What follows is most likely its value and not an argument.
    if (!value && next_ < words_.size() && !absl::StartsWith(words_[next_], "-")) ++next_;
  }

  void TakeGlobal(const GlobalFlag& flag, std::optional<std::string> value) {
    Settings& settings = invocation_.settings;
    if (flag.truth != nullptr) {
      settings.*flag.truth = !value || *value == "true";
    } else if (value || TakeValue(flag.name, value)) {
      SetGlobal(flag, *value);
    }
  }

  void SetGlobal(const GlobalFlag& flag, const std::string& value) {
    Settings& settings = invocation_.settings;
    if (flag.text != nullptr) {
      settings.*flag.text = value;
    } else if (flag.list == &Settings::set) {
      settings.set.push_back(value);
    } else {
      for (absl::string_view item : absl::StrSplit(value, ',', absl::SkipWhitespace())) {
        (settings.*flag.list).emplace_back(absl::StripAsciiWhitespace(item));
      }
    }
  }

  bool TakeValue(absl::string_view flag, std::optional<std::string>& value) {
    if (next_ == words_.size()) {
      wrong_.Add("", absl::StrCat("--", flag, " needs a value."));
      return false;
    }
    value = words_[next_++];
    return true;
  }

  void FillFromEnvironment() {
    for (const GlobalFlag& flag : GlobalFlags()) {
      const char* const value = *flag.environment == '\0' ? nullptr : std::getenv(flag.environment);
      if (value == nullptr || *value == '\0') continue;
      const bool given = flag.text != nullptr ? !(invocation_.settings.*flag.text).empty()
                                              : !(invocation_.settings.*flag.list).empty();
      if (!given) SetGlobal(flag, value);
    }
  }

  void CheckOutput() {
    static const std::set<std::string> kFormats = {"", "table", "json", "jsonl", "name"};
    const bool csv = invocation_.command != nullptr && invocation_.command->extra.csv;
    if (!kFormats.contains(invocation_.settings.output) && !(csv && invocation_.settings.output == "csv")) {
      wrong_.Add("--output", absl::StrCat("“", invocation_.settings.output, "” is none of table, json, jsonl, name."));
    }
  }

  void CheckWatch() {
    const Command* const command = invocation_.command;
    if (!invocation_.settings.watch || command == nullptr || CanBeWatched(*command)) return;
    wrong_.Add("--watch",
               absl::StrCat(command->words(), " cannot be watched; commands that list or show records can."));
  }

  void CheckSkeleton() {
    const Command* const command = invocation_.command;
    if (invocation_.settings.skeleton && (command == nullptr || *command->method == '\0'))
      wrong_.Add("--skeleton", "Only commands that send a request have one.");
  }

  void BuildRequest() {
    const Command& command = *invocation_.command;
    const auto* const method = FindMethod(command.method);
    if (method != nullptr) {
      invocation_.request = NewMessage(*method->input_type());
      if (!invocation_.settings.file.empty()) Report("--file", ReadRequest());
      for (absl::string_view preset : absl::StrSplit(command.extra.preset, ' ', absl::SkipEmpty())) Set("", preset);
    }
    PlaceArguments(ArgumentsOf(command));
    for (const auto& [flag, value] : fields_) {
      Report(absl::StrCat("--", flag->name), SetField(*invocation_.request, flag->path, value));
    }
    for (const std::string& assignment : invocation_.settings.set) Set("--set", assignment);
  }

  void PlaceArguments(const std::vector<Argument>& wanted) {
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (i >= arguments_.size()) {
        // In a file the names of records may be given too.
        if (!wanted[i].optional && invocation_.settings.file.empty()) wrong_.Add(wanted[i].name, "must be given.");
      } else if (wanted[i].path.empty()) {
        invocation_.words.push_back(arguments_[i]);
      } else {
        Report(wanted[i].name, SetField(*invocation_.request, wanted[i].path, arguments_[i]));
      }
    }
    for (size_t i = wanted.size(); i < arguments_.size(); ++i) {
      wrong_.Add("", absl::StrCat("“", arguments_[i], "” is one argument too many."));
    }
  }

  void Set(absl::string_view what, absl::string_view assignment) {
    const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(assignment, absl::MaxSplits('=', 1));
    if (invocation_.request == nullptr) return wrong_.Add(what, "This command has no request.");
    const auto path = FindPath(*invocation_.request->GetDescriptor(), parts.first);
    Report(what, path.ok() ? SetField(*invocation_.request, *path, parts.second) : path.status());
  }

  absl::Status ReadRequest() {
    const std::string& name = invocation_.settings.file;
    std::string text;
    if (name == "-") {
      text.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
      std::ifstream file(name, std::ios::binary);
      if (!file) return absl::InvalidArgumentError(absl::StrCat("The file ", name, " cannot be read."));
      text.assign(std::istreambuf_iterator<char>(file), {});
    }
    if (absl::EndsWith(name, "textproto") || absl::EndsWith(name, "txtpb"))
      return ParseTextprotoText(text, name, *invocation_.request);
    const auto parsed = google::protobuf::util::JsonStringToMessage(text, invocation_.request.get());
    if (parsed.ok()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(name, " is no ", invocation_.request->GetDescriptor()->name(),
                                                   " as JSON: ", std::string(parsed.message()),
                                                   "; with --skeleton the command prints what it takes."));
  }

  void Report(absl::string_view field, const absl::Status& status) {
    if (!status.ok()) wrong_.Add(field, status.message());
  }

  const std::vector<std::string> words_;
  Invocation& invocation_;
  size_t next_ = 0;
  bool only_words_ = false;
  std::vector<Flag> flags_;
  std::vector<std::string> arguments_;
  std::vector<std::pair<const Flag*, std::string>> fields_;
  FieldErrors wrong_;
};

}  // namespace

absl::Status ParseArguments(absl::Span<const char* const> arguments, Invocation& invocation) {
  return Parser(arguments, invocation).Parse();
}

std::string NearestName(absl::string_view typed, const std::vector<std::string>& known) {
  std::string nearest;
  size_t best = typed.size() / 2 + 1;
  for (const std::string& name : known) {
    const size_t distance = !typed.empty() && absl::StartsWith(name, typed) ? 0 : EditDistance(typed, name);
    if (distance >= best) continue;
    best = distance;
    nearest = name;
  }
  return nearest;
}

}  // namespace amikeco::cli
