#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/config/textproto.h"
#include "services/notify/template.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  notify::TemplateFile file{"input", std::string(input), {}};
  const absl::Status status = ParseTextprotoText(file.text, file.path, file.parsed);
  if (!status.ok()) return RequireLines(status, input);
  const auto templates = notify::Templates::Check({file}, {});
  if (!templates.ok()) RequireRefusal(templates.status());
  // Also of a template that would be refused: what is kept may be older than the check.
  matching::v1::HostInvited fact;
  const auto rendered = notify::Render(file.parsed, fact, {}, {"Anna Weber", absl::UTCTimeZone()});
  if (absl::StrContains(input, "{{") || absl::StrContains(input, "}}")) return;
  Require(rendered.subject() == file.parsed.subject() &&
              rendered.body() == absl::StrCat(absl::StrJoin(file.parsed.paragraphs(), "\n\n"), "\n"),
          "a text without variables stays as it is");
}
