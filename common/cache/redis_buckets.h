// RedisBuckets: the token buckets that replicas of a service share, in Redis.
#ifndef AMIKECO_COMMON_CACHE_REDIS_BUCKETS_H_
#define AMIKECO_COMMON_CACHE_REDIS_BUCKETS_H_

#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/events/redis.h"
#include "common/rpc/quota.h"

namespace amikeco {

// What is left in each bucket, as Redis answers it; INTERNAL when it is no list of numbers.
absl::StatusOr<std::vector<double>> TokensIn(const redisReply& reply);

// Thread safe. Keys begin with `address.prefix`, ":quota:" and the service's name, and disappear once their bucket
// would be full again. Time is Redis's own.
class RedisBuckets final : public SharedBuckets {
 public:
  RedisBuckets(RedisAddress address, const std::string& service);

  // One round trip for all charges. UNAVAILABLE while Redis is away.
  absl::StatusOr<std::vector<double>> Take(absl::Span<const Charge> charges) override;

 private:
  const std::string stem_;
  absl::Mutex mutex_;
  RedisConnection redis_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CACHE_REDIS_BUCKETS_H_
