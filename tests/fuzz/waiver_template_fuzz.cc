#include "common/config/textproto.h"
#include "services/compliance/waiver_template.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  compliance::WaiverFile file{"input", std::string(input), {}};
  const absl::Status status = ParseTextprotoText(file.text, file.path, file.parsed);
  if (!status.ok()) return RequireLines(status, input);
  const auto templates = compliance::WaiverTemplates::Check({file});
  if (!templates.ok()) return RequireRefusal(templates.status());
  const auto& waiver = templates->For("hosts/any");
  Require(compliance::HashOf(waiver) == compliance::HashOf(file.parsed), "the only one is for all");
  Require(templates->Find(compliance::HashOf(waiver)) == &waiver, "it is found by its hash");
  for (const auto& text : waiver.texts()) {
    Require(compliance::TextIn(waiver, text.language()) == &text, "each language has its text");
    for (const auto& one : waiver.acknowledgements()) Require(one.texts_size() == waiver.texts_size(), "and all of it");
  }
}
