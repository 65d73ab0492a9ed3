// Watching: asking a command that reads again and again, and printing what is new since the last time.
#ifndef AMIKECO_CLI_WATCH_H_
#define AMIKECO_CLI_WATCH_H_

#include <functional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/command.h"
#include "cli/settings.h"

namespace amikeco::cli {

struct Invocation;

// It calls a method, and that changes nothing; nor does it write a file.
bool CanBeWatched(const Command& command);

// What of each look is news. Lists are told apart by lines, as they are printed; anything else is news as a whole.
class News {
 public:
  explicit News(bool by_line) : by_line_(by_line) {}

  // "" when `text` says nothing that the look before did not say.
  std::string In(absl::string_view text);

 private:
  const bool by_line_;
  std::string last_;
  std::set<std::string, std::less<>> lines_;
};

// Looks until a signal ends the program, what it prints goes to is closed, or a look fails in a way that does not pass:
// then why. A service that is away for a while is told of and waited for. `look` returns what the command prints.
absl::StatusOr<int> Watch(const Invocation& invocation, const std::function<absl::StatusOr<std::string>()>& look);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_WATCH_H_
