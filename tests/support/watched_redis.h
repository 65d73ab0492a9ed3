// WatchedRedis: a primary, two replicas and three Sentinels on free ports of 127.0.0.1, for tests of failover.
#ifndef AMIKECO_TESTS_SUPPORT_WATCHED_REDIS_H_
#define AMIKECO_TESTS_SUPPORT_WATCHED_REDIS_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/support/child.h"
#include "tests/support/redis.h"

namespace amikeco {

// The Sentinels take a primary that is silent for a second for dead. Not thread safe; start it on the test's main
// thread.
class WatchedRedis {
 public:
  static constexpr int kServers = 3;
  static constexpr int kSentinels = 3;
  // The name by which the Sentinels watch the primary.
  static constexpr char kPrimary[] = "main";

  // Returns when everybody knows of everybody.
  static absl::StatusOr<std::unique_ptr<WatchedRedis>> Start();

  RedisServer& server(int i) { return *servers_[i]; }
  int sentinel_port(int i) const { return sentinels_[i].port; }
  void KillSentinel(int i) { sentinels_[i].child.reset(); }
  absl::Status StartSentinel(int i);

  // The server that all Sentinels that run name as the primary.
  absl::StatusOr<int> Primary() const;
  // Waits until that is another one than `old`, and says so itself.
  absl::StatusOr<int> PrimaryAfter(int old, absl::Duration patience = absl::Seconds(60)) const;
  // Has the Sentinels make a replica the primary, although nothing is wrong.
  absl::Status FailOver();
  // Starts a server that was killed as a replica of the primary.
  absl::Status Rejoin(int i);
  // Waits until the primary has both replicas, and all Sentinels have heard of it and of each other.
  absl::Status Settle(absl::Duration patience = absl::Seconds(60)) const;

 private:
  struct Sentinel {
    int port = 0;
    std::string config;
    std::unique_ptr<Child> child;
  };

  bool Whole() const;

  TemporaryFolder folder_{"watched-redis"};
  std::array<std::unique_ptr<RedisServer>, kServers> servers_;
  std::array<Sentinel, kSentinels> sentinels_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_WATCHED_REDIS_H_
