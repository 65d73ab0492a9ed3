// Runs the real `amikeco` program and keeps what it printed.
#ifndef AMIKECO_TESTS_CLI_PROGRAM_H_
#define AMIKECO_TESTS_CLI_PROGRAM_H_

#include <map>
#include <string>
#include <vector>

namespace amikeco::cli {

struct Ran {
  int code = -1;  // 128 + the signal when one ended it
  std::string out;
  std::string err;
};

// `environment` is all the environment it gets. `interrupt_on`: sends SIGINT once standard error has this text.
Ran RunProgram(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
               const std::string& interrupt_on = "");

}  // namespace amikeco::cli

#endif  // AMIKECO_TESTS_CLI_PROGRAM_H_
