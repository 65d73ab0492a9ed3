// amikeco: the command line of operators and partners.
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <iostream>

#include "absl/types/span.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/invocation.h"
#include "cli/run.h"
#include "cli/session.h"
#include "cli/skeleton.h"

namespace amikeco::cli {
namespace {

// What was sent may be done; a command may be sent again with its request id.
void Interrupt(int) { _exit(kInterrupted); }

int Fail(const Invocation& invocation, const absl::Status& status) {
  std::cerr << DescribeFailure(status, LastRequestId(), invocation.settings.json());
  return ExitCodeOf(status);
}

// The help or the skeleton that was asked for; "" when none was.
std::string HelpOf(const Invocation& invocation) {
  if (invocation.noun == "help" || invocation.noun.empty()) return invocation.settings.markdown ? Manual() : Overview();
  if (invocation.command == nullptr) return HelpFor(invocation.noun);
  if (invocation.settings.help) return HelpFor(*invocation.command);
  return invocation.settings.skeleton ? SkeletonOf(*invocation.command) : "";
}

int Main(absl::Span<const char* const> arguments) {
  Invocation invocation;
  if (const absl::Status status = ParseArguments(arguments, invocation); !status.ok()) return Fail(invocation, status);
  if (const std::string help = HelpOf(invocation); !help.empty()) {
    std::cout << help;
    return kOk;
  }
  const absl::StatusOr<int> code = Run(invocation);
  std::cout.flush();
  return code.ok() ? *code : Fail(invocation, code.status());
}

}  // namespace
}  // namespace amikeco::cli

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");
  std::signal(SIGINT, amikeco::cli::Interrupt);
  std::signal(SIGPIPE, SIG_IGN);
  return amikeco::cli::Main(absl::MakeConstSpan(argv + 1, static_cast<size_t>(argc - 1)));
}
