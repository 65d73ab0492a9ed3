// A service's command line and its config file.
#ifndef AMIKECO_COMMON_CONFIG_CONFIG_H_
#define AMIKECO_COMMON_CONFIG_CONFIG_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/config/textproto.h"

namespace amikeco {

// Of the build, for instance "0.1.0".
absl::string_view Version();

// What a command line asks for. `exit_code` is set when the program has already done it all (--help, --check,
// --migrate, a mistake).
struct CommandLineAnswer {
  bool exit = false;
  int exit_code = 0;
  std::string out;    // for standard output
  std::string error;  // for standard error
};

// Reads `--config FILE`, `--check`, `--migrate`, `--help` and `--version` into `config`. `validate` looks at the parsed
// config and its refusal is printed like a mistake in the file; null: nothing more to look at. `migrate` brings the
// service's database up to date and says what it did.
CommandLineAnswer LoadConfig(int argc, const char* const* argv, google::protobuf::Message& config,
                             const std::function<absl::Status()>& validate,
                             const std::function<absl::StatusOr<std::string>()>& migrate);
// Prints the answer and ends the process if it says so.
void PrintAndMaybeExit(const CommandLineAnswer& answer);

// For main(): the config, or the process has ended, with what is wrong on standard error (exit code 2; 1 when migrating
// failed).
template <typename T>
T LoadConfigOrExit(int argc, char** argv, const std::function<absl::Status(const T&)>& validate,
                   const std::function<absl::StatusOr<std::string>(const T&)>& migrate) {
  T config;
  PrintAndMaybeExit(LoadConfig(
      argc, argv, config, [&] { return validate(config); }, [&] { return migrate(config); }));
  return config;
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CONFIG_CONFIG_H_
