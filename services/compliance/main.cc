// amikeco-compliance: keeps the clearances of stays and answers the start gate.
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/config/config.h"
#include "services/compliance/policy_file.h"
#include "services/compliance/service.h"
#include "services/compliance/waiver_files.h"
#include "services/premises.h"

namespace amikeco {
namespace {

using Config = config::v1::ComplianceConfig;

// What the service judges and asks by.
struct Rules {
  compliance::v1::AssessmentPolicy policy;
  compliance::WaiverTemplates templates;
};

absl::StatusOr<Rules> LoadRules(const Config& config) {
  const auto policy = compliance::LoadPolicy(config.assessment_policy_file());
  if (!policy.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("assessment_policy_file: ", policy.status().message()));
  }
  AMIKECO_ASSIGN_OR_RETURN(auto templates, compliance::LoadWaiverTemplates(config.waivers_dir()));
  return Rules{*policy, std::move(templates)};
}

absl::Status Check(const Config& config) {
  AMIKECO_RETURN_IF_ERROR(CheckCommon(config.common()));
  return LoadRules(config).status();
}

// With every version that was ever in force.
absl::StatusOr<Rules> KeepRules(const Config& config, Store& store) {
  AMIKECO_ASSIGN_OR_RETURN(Rules rules, LoadRules(config));
  AMIKECO_RETURN_IF_ERROR(compliance::KeepPolicy(store, rules.policy));
  AMIKECO_RETURN_IF_ERROR(compliance::KeepWaiverTemplates(store, rules.templates));
  return rules;
}

int Run(int argc, char** argv) {
  const auto config = LoadConfigOrExit<Config>(argc, argv, Check, MigrateConfigured<Config>);
  Premises premises(config.common(), "compliance");
  const auto rules = KeepRules(config, premises.store());
  if (!rules.ok()) {
    std::cerr << rules.status().message() << std::endl;
    return EXIT_FAILURE;
  }
  compliance::ComplianceService service(premises.store(), premises.programmes(), premises.dossiers(), rules->policy,
                                        rules->templates);
  return premises.Run(compliance::ReactionsOf(service), {&service},
                      [&](Chain& chain) { compliance::Bind(chain, service); });
}

}  // namespace
}  // namespace amikeco

int main(int argc, char** argv) { return amikeco::Run(argc, argv); }
