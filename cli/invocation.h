// Invocation: a command line that was understood, ready to be run.
#ifndef AMIKECO_CLI_INVOCATION_H_
#define AMIKECO_CLI_INVOCATION_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cli/command.h"
#include "cli/settings.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

struct Invocation {
  Settings settings;
  // What was asked for: "application", "why". Empty: nothing.
  std::string noun;
  std::string verb;
  // Null: there is no such command, or help was asked for on the way to it.
  const Command* command = nullptr;
  // Null: the command calls no method.
  std::unique_ptr<google::protobuf::Message> request;
  // Arguments that are no fields, such as a file's name.
  std::vector<std::string> words;
};

// The arguments behind the program's name. `invocation` has the settings, so that an error can be printed as they ask,
// also when the status is an error: INVALID_ARGUMENT with everything that is wrong, one field violation each.
absl::Status ParseArguments(absl::Span<const char* const> arguments, Invocation& invocation);

// The name of `known` that somebody who typed `typed` may have meant; "" when none is near.
std::string NearestName(absl::string_view typed, const std::vector<std::string>& known);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_INVOCATION_H_
