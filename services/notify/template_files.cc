#include "services/notify/template_files.h"

#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/config/textproto.h"

namespace amikeco::notify {

absl::StatusOr<Templates> LoadTemplates(const std::string& dir, const Programmes& programmes) {
  AMIKECO_ASSIGN_OR_RETURN(const auto paths, TextprotosIn(dir, "templates_dir"));
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
