#include "tests/chaos/checker.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_cat.h"

namespace amikeco::chaos {
namespace {

std::string Text(const nlohmann::json& line, const char* field) { return line.at(field).get<std::string>(); }
int64_t Number(const nlohmann::json& line, const char* field) { return line.at(field).get<int64_t>(); }

// Where `found`, which is sorted here, is not 1, 2, 3…: words for it, "" when it is.
std::string Gap(std::vector<int64_t>& found) {
  std::sort(found.begin(), found.end());
  for (size_t i = 0; i < found.size(); ++i) {
    const auto expected = static_cast<int64_t>(i) + 1;
    if (found[i] != expected) return absl::StrCat("has ", found[i], " in the place of ", expected);
  }
  return "";
}

}  // namespace

void Checker::Fault(absl::string_view kind, absl::string_view what) {
  faults_.push_back(absl::StrCat(kind, " ", what));
}

void Checker::Read(std::istream& lines) {
  for (std::string text; std::getline(lines, text);) {
    ++lines_;
    try {
      ReadLine(Json::parse(text));
    } catch (const Json::exception& error) {
      Fault("UNREADABLE", absl::StrCat("line ", lines_, ": ", error.what()));
    }
  }
}

void Checker::ReadLine(const Json& line) {
  const std::string kind = Text(line, "line");
  if (kind == "call") {
    Command& command = commands_[Text(line, "id")];
    command.subject = Text(line, "subject");
    command.marker = Text(line, "marker");
  } else if (kind == "acknowledged") {
    ReadAcknowledged(line);
  } else if (kind == "refused") {
    commands_[Text(line, "id")].refused = true;
  } else if (kind == "fact") {
    ReadFact(line);
  } else if (kind == "effect") {
    ++effects_;
    causes_[Text(line, "group")].push_back(Text(line, "cause"));
  } else if (kind == "follows") {
    follows_.emplace(Text(line, "group"), Text(line, "service"));
  } else if (kind == "record") {
    if (!line.at("same").get<bool>()) Fault("WRONG", absl::StrCat(Text(line, "name"), " is not the fold of its facts"));
  } else {
    Fault("UNREADABLE", absl::StrCat("line ", lines_, ": there is no kind \"", kind, "\""));
  }
}

void Checker::ReadAcknowledged(const Json& line) {
  const std::string id = Text(line, "id");
  Command& command = commands_[id];
  const std::string answer = Text(line, "answer");
  if (command.acknowledged && command.answer != answer) {
    Fault("TWICE", absl::StrCat("command ", id, " got two answers: ", command.answer, " and ", answer));
  }
  command.acknowledged = true;
  command.version = Number(line, "version");
  command.answer = answer;
}

void Checker::ReadFact(const Json& line) {
  const std::string event = Text(line, "event"), marker = Text(line, "marker");
  const Fact fact{Text(line, "service"), Text(line, "subject"), Number(line, "version")};
  if (!facts_.emplace(event, fact).second) Fault("TWICE", absl::StrCat("event ", event, " is there twice"));
  if (!marker.empty()) marked_[marker].push_back(event);
  versions_[{fact.service, fact.subject}].push_back(fact.version);
  const int64_t number = Number(line, "number");
  if (number != 0) numbers_[fact.service].push_back(number);
}

void Checker::CheckCommand(const std::string& id, const Command& command) {
  const auto found = marked_.find(command.marker);
  const size_t times = found == marked_.end() ? 0 : found->second.size();
  if (times > 1) Fault("TWICE", absl::StrCat("command ", id, " on ", command.subject, " is in ", times, " facts"));
  if (command.refused && !command.acknowledged && times > 0) {
    Fault("REFUSED", absl::StrCat("command ", id, " on ", command.subject, " was refused and took place"));
  }
  if (!command.acknowledged) return;
  ++acknowledged_;
  if (times == 0) return Fault("LOST", absl::StrCat("command ", id, " on ", command.subject, " was acknowledged"));
  const Fact& fact = facts_.at(found->second[0]);
  if (fact.subject != command.subject || (command.version != 0 && fact.version != command.version)) {
    Fault("LOST", absl::StrCat("command ", id, " was acknowledged as version ", command.version, " of ",
                               command.subject, " and is version ", fact.version, " of ", fact.subject));
  }
}

void Checker::CheckCommands() {
  for (const auto& [id, command] : commands_) CheckCommand(id, command);
}

void Checker::CheckFacts() {
  for (auto& [place, versions] : versions_) {
    if (const std::string gap = Gap(versions); !gap.empty()) {
      Fault("OUT_OF_ORDER", absl::StrCat(place.first, ": ", place.second, " ", gap, " among its versions"));
    }
  }
  for (auto& [service, numbers] : numbers_) {
    if (const std::string gap = Gap(numbers); !gap.empty()) {
      Fault("OUT_OF_ORDER", absl::StrCat(service, " ", gap, " among its publish numbers"));
    }
  }
}

void Checker::CheckEffects() {
  std::map<std::string, std::unordered_set<std::string>> had;
  for (const auto& [group, causes] : causes_) {
    std::map<std::pair<std::string, std::string>, int64_t> last;
    for (const std::string& cause : causes) {
      if (!had[group].insert(cause).second) Fault("TWICE", absl::StrCat(group, " had the effect of ", cause, " twice"));
      const auto fact = facts_.find(cause);
      if (fact == facts_.end()) {
        Fault("LOST", absl::StrCat("fact ", cause, ", of which ", group, " had the effect"));
        continue;
      }
      int64_t& before = last[{fact->second.service, fact->second.subject}];
      if (fact->second.version < before) {
        Fault("OUT_OF_ORDER", absl::StrCat(group, " had the effect of version ", fact->second.version, " of ",
                                           fact->second.subject, " behind that of ", before));
      }
      before = std::max(before, fact->second.version);
    }
  }
  for (const auto& [group, service] : follows_) {
    for (const auto& [event, fact] : facts_) {
      if (fact.service != service || had[group].count(event) > 0) continue;
      Fault("MISSING", absl::StrCat(group, " never had the effect of version ", fact.version, " of ", fact.subject));
    }
  }
}

std::vector<std::string> Checker::Finish() {
  CheckCommands();
  CheckFacts();
  CheckEffects();
  std::sort(faults_.begin(), faults_.end());
  return faults_;
}

std::string Checker::Summary() const {
  return absl::StrCat(lines_, " lines: ", commands_.size(), " calls, ", acknowledged_, " acknowledged, ", facts_.size(),
                      " facts, ", effects_, " effects");
}

}  // namespace amikeco::chaos
