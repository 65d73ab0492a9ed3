#include "common/base/status.h"
#include "common/config/located.h"
#include "common/config/textproto.h"
#include "programmes/programmes.h"
#include "tests/fuzz/fuzz.h"

// As Programmes::LoadFile reads a file.
void amikeco::fuzz::Try(absl::string_view input) {
  programme::v1::Programme programme;
  const absl::Status status = ParseTextprotoText(input, "input", programme);
  if (!status.ok()) return RequireLines(status, input);
  const absl::Status wrong = CheckProgramme(programme);
  if (wrong.ok()) return;
  RequireRefusal(wrong);
  RequireLines(Located("input", std::string(input), programme, wrong), input);
}
