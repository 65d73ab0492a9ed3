// amikeco-compliance: keeps the clearances of stays and answers the start gate.
#include "common/config/config.h"
#include "services/compliance/service.h"
#include "services/premises.h"

int main(int argc, char** argv) {
  const auto config = amikeco::LoadConfigOrExit<amikeco::config::v1::ComplianceConfig>(
      argc, argv, amikeco::CheckConfig<amikeco::config::v1::ComplianceConfig>,
      amikeco::MigrateConfigured<amikeco::config::v1::ComplianceConfig>);
  amikeco::Premises premises(config.common(), "compliance");
  amikeco::compliance::ComplianceService service(premises.store(), premises.programmes(), premises.dossiers());
  return premises.Run(amikeco::compliance::ReactionsOf(service), {&service},
                      [&](amikeco::Chain& chain) { amikeco::compliance::Bind(chain, service); });
}
