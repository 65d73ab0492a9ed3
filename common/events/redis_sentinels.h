// RedisSentinels: asks Sentinels which server is the primary, as their guidelines for clients say.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_SENTINELS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_SENTINELS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "common/events/redis_address.h"
#include "common/events/redis_reply.h"

namespace amikeco {

// The primary that a Sentinel names; UNAVAILABLE when it knows none by this name, or names none that can be called.
absl::StatusOr<RedisEndpoint> PrimaryIn(const redisReply& answer);

// Not thread safe.
class RedisSentinels {
 public:
  explicit RedisSentinels(const RedisAddress& address) : address_(address), sentinels_(address.sentinels) {}

  // The first answer, asking one after the other. Who asks must see for itself that it is a primary (ROLE): a Sentinel
  // may be the last to hear of a failover. UNAVAILABLE, with what became of each, when no Sentinel knows one.
  absl::StatusOr<RedisEndpoint> FindPrimary();
  // Asks another Sentinel first the next time: what this one named was of no use. One that is cut off from the others
  // names a dead server, or one that is a replica by now, for ever.
  void Doubt();

 private:
  absl::StatusOr<RedisEndpoint> Ask(const RedisEndpoint& sentinel) const;

  const RedisAddress address_;
  std::vector<RedisEndpoint> sentinels_;  // in the order in which they are asked next time
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_SENTINELS_H_
