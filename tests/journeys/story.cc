#include "tests/journeys/story.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

absl::StatusOr<std::string> Play(const std::string& story, const std::string& programmes, const Observer& observer) {
  Player player(programmes, observer);
  std::string told;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(absl::StripSuffix(story, "\n"), '\n')) {
    ++number;
    if (absl::StartsWith(line, " ")) continue;  // of an earlier telling
    absl::StrAppend(&told, line, "\n");
    if (line.empty() || absl::StartsWith(line, "#")) continue;
    const auto lines = player.Do(ParseCommand(line));
    if (!lines.ok()) {
      return absl::Status(lines.status().code(),
                          absl::StrCat("line ", number, ", ", line, ": ", lines.status().message()));
    }
    for (const std::string& caused : *lines) absl::StrAppend(&told, "  ", caused, "\n");
  }
  if (observer.ended != nullptr && player.house() != nullptr) observer.ended(*player.house());
  return told;
}

}  // namespace amikeco::journeys
