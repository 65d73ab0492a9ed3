#include "common/config/config.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/config/located.h"

namespace amikeco {
namespace {

// A mistake in the command line or the config: the shell's usual code for it, unlike 1 for a service that
// failed.
constexpr int kMistake = 2;
constexpr int kFailed = 1;

std::string Program(int argc, const char* const* argv) {
  const absl::string_view path = argc > 0 ? argv[0] : "amikeco";
  return std::string(path.substr(path.rfind('/') + 1));
}

CommandLineAnswer Exit(int code, std::string out, std::string error = "") {
  return {true, code, std::move(out), std::move(error)};
}

std::string Help(absl::string_view program, const google::protobuf::Message& config) {
  return absl::StrCat("Usage: ", program, " --config FILE [--check | --migrate]\n\n", "  --config FILE  textproto of ",
                      config.GetTypeName(), "; its comments explain each field\n",
                      "  --check        read the config, say what is wrong with it and exit\n",
                      "  --migrate      bring the database's schema up to date, say what was done and exit\n",
                      "  --version      print the version and exit\n", "  --help         print this and exit\n\n",
                      "SIGTERM or SIGINT stops the service when the calls in work have ended.\n",
                      "Exit code: 0 stopped as told; 1 a part did not start, or migrating failed; 2 the command line "
                      "or the config is wrong.\n");
}

struct Arguments {
  std::string config;
  bool check = false;
  bool migrate = false;
  bool help = false;
  bool version = false;
  std::string mistake;
};

Arguments ParseArguments(int argc, const char* const* argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    absl::string_view word = argv[i];
    if (word == "--check") {
      arguments.check = true;
    } else if (word == "--migrate") {
      arguments.migrate = true;
    } else if (word == "--help" || word == "-h") {
      arguments.help = true;
    } else if (word == "--version") {
      arguments.version = true;
    } else if (absl::ConsumePrefix(&word, "--config=")) {
      arguments.config = std::string(word);
    } else if (word == "--config" && i + 1 < argc) {
      arguments.config = argv[++i];
    } else {
      arguments.mistake = word == "--config" ? "--config needs a FILE" : absl::StrCat(word, " is not an option");
    }
  }
  if (arguments.config.empty() && arguments.mistake.empty()) arguments.mistake = "--config FILE is missing";
  return arguments;
}

// What is wrong with the file: every field that was found, with its line.
absl::Status InFile(const std::string& path, const google::protobuf::Message& config, const absl::Status& wrong) {
  const auto text = ReadFile(path);
  if (text.ok() && DetailOf<google::rpc::BadRequest>(wrong).ok()) return Located(path, *text, config, wrong);
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", wrong.message()));
}

}  // namespace

absl::string_view Version() { return AMIKECO_VERSION; }

CommandLineAnswer LoadConfig(int argc, const char* const* argv, google::protobuf::Message& config,
                             const std::function<absl::Status()>& validate,
                             const std::function<absl::StatusOr<std::string>()>& migrate) {
  const std::string program = Program(argc, argv);
  const Arguments arguments = ParseArguments(argc, argv);
  if (arguments.help) return Exit(0, Help(program, config));
  if (arguments.version) return Exit(0, absl::StrCat(program, " ", Version(), "\n"));
  if (!arguments.mistake.empty()) {
    return Exit(kMistake, "", absl::StrCat(program, ": ", arguments.mistake, "; see ", program, " --help\n"));
  }
  absl::Status status = ParseTextprotoFile(arguments.config, config);
  if (status.ok() && validate) {
    status = validate();
    if (!status.ok()) status = InFile(arguments.config, config, status);
  }
  if (!status.ok()) return Exit(kMistake, "", absl::StrCat(status.message(), "\n"));
  if (arguments.check) return Exit(0, absl::StrCat(arguments.config, ": ok\n"));
  if (!arguments.migrate) return {};
  const absl::StatusOr<std::string> done = migrate();
  if (!done.ok()) return Exit(kFailed, "", absl::StrCat(program, ": ", done.status().message(), "\n"));
  return Exit(0, absl::StrCat(program, ": ", *done, "\n"));
}

void PrintAndMaybeExit(const CommandLineAnswer& answer) {
  std::fputs(answer.out.c_str(), stdout);
  std::fputs(answer.error.c_str(), stderr);
  if (answer.exit) std::exit(answer.exit_code);
}

}  // namespace amikeco
