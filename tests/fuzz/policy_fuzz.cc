#include "common/config/located.h"
#include "common/config/textproto.h"
#include "services/compliance/policy.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

int RungFor(const compliance::v1::AssessmentPolicy& policy, compliance::v1::RiskLevel risk) {
  const std::string& id = compliance::ApproverFor(policy, risk).id();
  int rung = 0;
  while (policy.approvers(rung).id() != id) ++rung;
  return rung;
}

}  // namespace

// As compliance::LoadPolicy reads a file.
void Try(absl::string_view input) {
  compliance::v1::AssessmentPolicy policy;
  absl::Status status = ParseTextprotoText(input, "input", policy);
  if (!status.ok()) return RequireLines(status, input);
  status = compliance::CheckPolicy(policy);
  if (!status.ok()) return RequireLines(Located("input", std::string(input), policy, status), input);
  const int low = RungFor(policy, compliance::v1::RISK_LEVEL_LOW);
  const int medium = RungFor(policy, compliance::v1::RISK_LEVEL_MEDIUM);
  const int high = RungFor(policy, compliance::v1::RISK_LEVEL_HIGH);
  Require(low <= medium && medium <= high, "more risk never needs a lower rung");
}
}  // namespace amikeco::fuzz
