// amikeco-compliance: keeps the clearances of stays and answers the start gate.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/config/config.h"
#include "services/compliance/check_desk.h"
#include "services/compliance/list_keeper.h"
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

// With every version that was ever in force.
absl::StatusOr<Rules> KeepRules(const Config& config, Store& store) {
  AMIKECO_ASSIGN_OR_RETURN(Rules rules, LoadRules(config));
  AMIKECO_RETURN_IF_ERROR(compliance::KeepPolicy(store, rules.policy));
  AMIKECO_RETURN_IF_ERROR(compliance::KeepWaiverTemplates(store, rules.templates));
  return rules;
}

// A kind of background checks has one provider, and each provider an address.
absl::Status CheckProviders(const Config& config) {
  std::set<std::string> kinds;
  for (int i = 0; i < config.check_providers_size(); ++i) {
    const auto& provider = config.check_providers(i);
    const std::string field = absl::StrCat("check_providers[", i, "]");
    if (provider.kinds().empty() || provider.peer().target().empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, " takes kinds: \"ncic\", and peer { target: \"host:port\" }"));
    }
    for (const std::string& kind : provider.kinds()) {
      if (!kinds.insert(kind).second) {
        return absl::InvalidArgumentError(absl::StrCat(field, ".kinds: ", kind, " has a provider already"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Check(const Config& config) {
  AMIKECO_RETURN_IF_ERROR(CheckCommon(config.common()));
  AMIKECO_RETURN_IF_ERROR(CheckProviders(config));
  AMIKECO_RETURN_IF_ERROR(compliance::CheckScreening(config.screening()));
  return LoadRules(config).status();
}

int Run(int argc, char** argv) {
  const auto config = LoadConfigOrExit<Config>(argc, argv, Check, MigrateConfigured<Config>);
  Premises premises(config.common(), "compliance");
  const auto rules = KeepRules(config, premises.store());
  if (!rules.ok()) {
    std::cerr << rules.status().message() << std::endl;
    return EXIT_FAILURE;
  }
  std::set<std::string> kinds;
  std::vector<std::unique_ptr<Channel>> channels;
  std::vector<compliance::CheckProvider> providers;
  for (const auto& provider : config.check_providers()) {
    channels.push_back(std::make_unique<Channel>(provider.peer(), Credentials{"", SystemActor("compliance")}));
    providers.push_back({{provider.kinds().begin(), provider.kinds().end()}, channels.back().get()});
    kinds.insert(provider.kinds().begin(), provider.kinds().end());
  }
  compliance::ComplianceService service(premises.store(), premises.programmes(), premises.dossiers(), rules->policy,
                                        rules->templates, kinds, premises.countries(), config.screening());
  compliance::CheckDesk desk(premises.store(), premises.clock(), std::move(providers));
  compliance::ListKeeper keeper(premises.store(), premises.clock(), premises.process().metrics(),
                                service.watch_lists());
  std::vector<Part*> parts = {&keeper};
  if (!kinds.empty()) parts.push_back(&desk);
  return premises.Run(
      compliance::ReactionsOf(service), {&service}, [&](Chain& chain) { compliance::Bind(chain, service); }, parts);
}

}  // namespace
}  // namespace amikeco

int main(int argc, char** argv) { return amikeco::Run(argc, argv); }
