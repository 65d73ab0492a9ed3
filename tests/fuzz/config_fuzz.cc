#include "amikeco/config/v1/config.pb.h"
#include "common/config/textproto.h"
#include "google/protobuf/text_format.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  config::v1::ComplianceConfig config;
  const absl::Status status = ParseTextprotoText(input, "input", config);
  if (!status.ok()) return RequireLines(status, input);
  std::string text;
  config::v1::ComplianceConfig again;
  Require(google::protobuf::TextFormat::PrintToString(config, &text) && ParseTextprotoText(text, "again", again).ok(),
          "what is written is read again");
  // By its bytes: a number that is none is not equal to itself.
  Require(again.SerializeAsString() == config.SerializeAsString(), "as it was");
}
