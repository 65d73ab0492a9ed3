// amikeco-compliance: keeps the clearances of stays and answers the start gate.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/config/config.h"
#include "services/compliance/policy_file.h"
#include "services/compliance/service.h"
#include "services/premises.h"

namespace {

using Config = amikeco::config::v1::ComplianceConfig;

absl::Status CheckCompliance(const Config& config) {
  if (absl::Status status = amikeco::CheckCommon(config.common()); !status.ok()) return status;
  const absl::Status policy = amikeco::compliance::LoadPolicy(config.assessment_policy_file()).status();
  return policy.ok() ? policy : absl::InvalidArgumentError(absl::StrCat("assessment_policy_file: ", policy.message()));
}

}  // namespace

int main(int argc, char** argv) {
  const auto config =
      amikeco::LoadConfigOrExit<Config>(argc, argv, CheckCompliance, amikeco::MigrateConfigured<Config>);
  amikeco::Premises premises(config.common(), "compliance");
  const auto policy = amikeco::compliance::LoadPolicy(config.assessment_policy_file());
  absl::Status usable = policy.status();
  if (usable.ok()) usable = amikeco::compliance::KeepPolicy(premises.store(), *policy);
  if (!usable.ok()) {
    std::cerr << "assessment_policy_file: " << usable.message() << std::endl;
    return 1;
  }
  amikeco::compliance::ComplianceService service(premises.store(), premises.programmes(), premises.dossiers(), *policy);
  return premises.Run(amikeco::compliance::ReactionsOf(service), {&service},
                      [&](amikeco::Chain& chain) { amikeco::compliance::Bind(chain, service); });
}
