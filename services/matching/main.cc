// amikeco-matching: the directory of hosts, the search for places, itineraries and home-hosts.
#include <memory>

#include "common/cache/read_through.h"
#include "common/config/config.h"
#include "services/matching/service.h"
#include "services/premises.h"

namespace {

// Replicas share a cache in Redis; in front of SQLite it would cost more than it saves.
std::unique_ptr<amikeco::RedisCache> SharedCache(const amikeco::config::v1::CommonConfig& config) {
  if (!config.store().has_postgres()) return nullptr;
  const auto address = amikeco::RedisAddressOf(config.queue().redis());
  return address.ok() ? std::make_unique<amikeco::RedisCache>(*address) : nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const auto config = amikeco::LoadConfigOrExit<amikeco::config::v1::MatchingConfig>(
      argc, argv, amikeco::CheckConfig<amikeco::config::v1::MatchingConfig>,
      amikeco::MigrateConfigured<amikeco::config::v1::MatchingConfig>);
  amikeco::Premises premises(config.common(), "matching");
  const auto shared = SharedCache(config.common());
  amikeco::ReadThrough cache("matching", premises.clock(), premises.process().metrics(), shared.get());
  amikeco::RandomIds ids;
  amikeco::matching::MatchingService service(premises.store(), premises.programmes(), ids, &cache,
                                             premises.countries());
  return premises.Run(amikeco::matching::ReactionsOf(service), {&service},
                      [&](amikeco::Chain& chain) { amikeco::matching::Bind(chain, service); });
}
