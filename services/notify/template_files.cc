#include "services/notify/template_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/config/textproto.h"

namespace amikeco::notify {

absl::StatusOr<Templates> LoadTemplates(const std::string& dir, const Programmes& programmes) {
  std::error_code error;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(dir, error)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path().string());
  }
  if (error) return absl::NotFoundError(absl::StrCat("templates_dir ", dir, ": ", error.message()));
  std::sort(paths.begin(), paths.end());
  std::vector<TemplateFile> files;
  std::vector<std::string> mistakes;
  for (const std::string& path : paths) {
    TemplateFile file{path, "", v1::Template()};
    AMIKECO_ASSIGN_OR_RETURN(file.text, ReadFile(path));
    const absl::Status parsed = ParseTextprotoText(file.text, path, file.parsed);
    if (!parsed.ok()) mistakes.emplace_back(parsed.message());
    files.push_back(std::move(file));
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return Templates::Check(files, programmes.Latest());
}

}  // namespace amikeco::notify
