#include "tests/docs/tool.h"

#include <fstream>
#include <sstream>

#include "tests/support/child.h"

namespace amikeco {

Ran RunTool(const std::vector<std::string>& argv) {
  const TemporaryFolder folder("tool");
  const auto child = Child::Start(argv, {.log = folder / "output", .user = "", .folder = ""});
  if (!child.ok()) return {-1, child.status().ToString()};
  const auto code = (*child)->Wait(absl::Minutes(1));
  std::ifstream file(folder / "output");
  std::stringstream text;
  text << file.rdbuf();
  return {code.value_or(-1), text.str()};
}

}  // namespace amikeco
