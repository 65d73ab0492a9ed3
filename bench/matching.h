// Matching: a replica of the matching service with all its layers, without its relay.
#ifndef AMIKECO_BENCH_MATCHING_H_
#define AMIKECO_BENCH_MATCHING_H_

#include <memory>
#include <string>

#include "amikeco/config/v1/config.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "bench/command_rows.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/cache/read_through.h"
#include "common/observe/process.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/store/store.h"
#include "programmes/programmes.h"
#include "services/matching/service.h"

namespace amikeco::bench {

class Matching {
 public:
  enum class Cache { kNone, kProcess, kShared };

  // `shared` is what the replica looks into behind its own cache; it is used with Cache::kShared alone.
  explicit Matching(const config::v1::StoreConfig& store, Cache cache = Cache::kProcess, RedisCache* shared = nullptr);
  ~Matching();

  // "127.0.0.1:port".
  std::string target() const;
  // Calls it without a network. Thread safe.
  Caller& caller() { return caller_; }

 private:
  SystemClock clock_;
  RandomIds ids_;
  Process process_;
  std::unique_ptr<Store> store_;
  Programmes programmes_;
  Server server_;
  ReadThrough cache_;
  matching::MatchingService service_;
  InProcessCaller caller_;
};

// May do everything.
const Actor& Registrar();

// A request that registers a host or, when there is one of this id, changes its title.
matching::v1::RegisterHostRequest RegistrationOf(const std::string& host_id, const std::string& title);
absl::Status RegisterHost(Caller& caller, const matching::v1::RegisterHostRequest& request);

// What RegisterHost writes for a new host.
CommandRows RowsOfRegisterHost();

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_MATCHING_H_
