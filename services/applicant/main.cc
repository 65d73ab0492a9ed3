// amikeco-applicant: takes applications in and keeps the process of each.
#include "common/base/ids.h"
#include "common/config/config.h"
#include "common/rpc/client.h"
#include "services/applicant/service.h"
#include "services/premises.h"

namespace amikeco {
namespace {

int Run(int argc, char** argv) {
  const auto config = LoadConfigOrExit<config::v1::ApplicantConfig>(
      argc, argv, CheckConfig<config::v1::ApplicantConfig>, MigrateConfigured<config::v1::ApplicantConfig>);
  Premises premises(config.common(), "applicant");
  RandomIds ids;
  Channel compliance(config.compliance(), {"", SystemActor("applicant")});
  applicant::ApplicantService service(
      {premises.store(), premises.programmes(), premises.dossiers(), ids, compliance, premises.countries()});
  return premises.Run(applicant::ReactionsOf(service), {&service},
                      [&](Chain& chain) { applicant::Bind(chain, service); });
}

}  // namespace
}  // namespace amikeco

int main(int argc, char** argv) { return amikeco::Run(argc, argv); }
