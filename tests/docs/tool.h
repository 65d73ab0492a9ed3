// Runs a program of tools/ as ./check does, and keeps what it printed.
#ifndef AMIKECO_TESTS_DOCS_TOOL_H_
#define AMIKECO_TESTS_DOCS_TOOL_H_

#include <string>
#include <vector>

namespace amikeco {

struct Ran {
  int code = -1;
  std::string output;  // standard output and standard error
};

Ran RunTool(const std::vector<std::string>& argv);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_DOCS_TOOL_H_
