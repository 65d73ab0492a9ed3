// Help, made from the table of commands and the comments of the proto files.
#ifndef AMIKECO_CLI_HELP_H_
#define AMIKECO_CLI_HELP_H_

#include <string>

#include "absl/strings/string_view.h"
#include "cli/command.h"

namespace amikeco::cli {

// What the program is and its nouns.
std::string Overview();
// A noun's commands.
std::string HelpFor(absl::string_view noun);
// One command: an example, what it does, its arguments and flags.
std::string HelpFor(const Command& command);
// What the command does.
std::string Summary(const Command& command);
// "amikeco application why NAME"; what may be left out is in brackets.
std::string Synopsis(const Command& command);
// All of it: docs/cli.md.
std::string Manual();

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_HELP_H_
