// Runs a command that was understood.
#ifndef AMIKECO_CLI_RUN_H_
#define AMIKECO_CLI_RUN_H_

#include "absl/status/statusor.h"
#include "cli/invocation.h"

namespace amikeco::cli {

// Prints the answer on standard output, or returns why there is none; nothing is printed then. The exit code.
absl::StatusOr<int> Run(Invocation& invocation);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_RUN_H_
