// Premises: where a service works — its process, clock, store, queue, programmes and dossiers, opened from the config —
// and the doors that every service has: calls, facts and time.
//
//   int main(int argc, char** argv) {
//     using Config = config::v1::MatchingConfig;
//     const auto config = LoadConfigOrExit<Config>(argc, argv, CheckConfig<Config>);
//     Premises premises(config.common(), "matching");
//     MatchingService service(premises.store(), premises.programmes());
//     return premises.Run(ReactionsOf(service), {&service}, [&](Chain& chain) { Bind(chain, service); });
//   }
#ifndef AMIKECO_SERVICES_PREMISES_H_
#define AMIKECO_SERVICES_PREMISES_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/clock.h"
#include "common/countries/countries.h"
#include "common/events/queue.h"
#include "common/events/reaction.h"
#include "common/events/wiring.h"
#include "common/observe/process.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "programmes/programmes.h"

namespace amikeco {

// What `--check` looks at besides the config's own text: the programmes and the names of countries that it names, and
// what does not go together.
// INVALID_ARGUMENT with every mistake.
absl::Status CheckCommon(const config::v1::CommonConfig& config);
template <typename Config>
absl::Status CheckConfig(const Config& config) {
  return CheckCommon(config.common());
}

// What `--migrate` does.
absl::StatusOr<std::string> Migrate(const config::v1::CommonConfig& config);
template <typename Config>
absl::StatusOr<std::string> MigrateConfigured(const Config& config) {
  return Migrate(config.common());
}

// Opens the store. PostgreSQL may start later than we do, or be failing over: while it is away, tries again until
// `patience` is over or the process is told to stop.
absl::StatusOr<std::unique_ptr<Store>> OpenPatiently(const config::v1::StoreConfig& config, Process& process,
                                                     absl::Duration patience = absl::Minutes(2));

class Premises {
 public:
  // Make it first in main(), before anything starts a thread. Ends the process with what is wrong on standard error
  // when something cannot be opened. Waits while the database's schema is too old: alive, not ready, and refusing
  // calls.
  Premises(const config::v1::CommonConfig& config, std::string service);

  Process& process() { return process_; }
  const Clock& clock() const { return *clock_; }
  Store& store() { return *store_; }
  const Countries& countries() const { return countries_; }
  const Programmes& programmes() const { return programmes_; }
  const Dossiers& dossiers() const { return *dossiers_; }
  Wiring wiring();

  // Opens the doors, the operations service's among them, and serves until a signal; the exit code. `parts` are what a
  // service runs besides; they start first and stop last.
  int Run(const Reactions& reactions, const std::vector<Timed*>& timed, const std::function<void(Chain&)>& bind,
          std::vector<Part*> parts = {});

 private:
  void WaitForSchema();

  const config::v1::CommonConfig config_;
  const std::string service_;
  Process process_;
  std::unique_ptr<Store> store_;
  AdjustableClock* adjustable_ = nullptr;  // null unless the config lets operations move the clock
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Queue> queue_;
  std::map<std::string, std::unique_ptr<Channel>> sources_;
  Countries countries_;
  Programmes programmes_;
  ops::v1::PrivacyPolicy privacy_policy_;
  std::unique_ptr<Dossiers> dossiers_;
};

// Binds what every service answers about itself.
class OperationsService;
void BindOperations(Chain& chain, OperationsService& operations);

}  // namespace amikeco

#endif  // AMIKECO_SERVICES_PREMISES_H_
