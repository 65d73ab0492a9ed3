#include "programmes/programmes.h"

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/special.h"

namespace amikeco::cli {

absl::StatusOr<int> CheckProgrammes(Invocation& invocation) {
  const Settings& settings = invocation.settings;
  const std::string& path = invocation.words[0];
  const auto loaded = std::filesystem::is_directory(path) ? Programmes::Load(path) : Programmes::LoadFile(path);
  if (!loaded.ok()) {
    if (settings.json() || !absl::IsInvalidArgument(loaded.status())) return loaded.status();
    std::cerr << loaded.status().message() << "\n";  // lines as compilers write them, which editors understand
    return kUsage;
  }
  std::vector<std::vector<std::string>> lines;
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const auto* const programme : loaded->Latest()) {
    lines.push_back({programme->name(), absl::StrCat(programme->version()), programme->title()});
    json.push_back({{"name", programme->name()}, {"version", programme->version()}, {"title", programme->title()}});
  }
  if (settings.json()) {
    std::cout << json.dump(settings.output == "json" ? 1 : -1) << "\n";
  } else {
    std::cout << Table({"NAME", "VERSION", "TITLE"}, lines, WantsTable(settings));
  }
  return kOk;
}

}  // namespace amikeco::cli
