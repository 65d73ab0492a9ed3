// RedisQueue: the queue between processes, on Redis Streams (Redis 7).
//
// Three kinds of connection, so that nobody waits behind a blocking read: one to publish, one to look and trim, one a
// subscription. What must be seen or changed at one moment is done in Lua (redis_scripts.h).
#ifndef AMIKECO_COMMON_EVENTS_REDIS_QUEUE_H_
#define AMIKECO_COMMON_EVENTS_REDIS_QUEUE_H_

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/events/queue.h"
#include "common/events/redis.h"

namespace amikeco {

class RedisQueue final : public Queue {
 public:
  explicit RedisQueue(RedisAddress address, absl::Duration lease = absl::Seconds(10));
  ~RedisQueue() override;

  absl::StatusOr<int64_t> Begin(absl::string_view source, absl::string_view epoch, int64_t floor) override;
  absl::Status Publish(const Batch& batch) override;
  absl::StatusOr<std::vector<Parcel>> Receive(const Subscription& subscription, int limit,
                                              absl::Duration wait) override;
  absl::Status Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) override;
  void Leave(const Subscription& subscription) override;
  absl::Status Trim(absl::string_view source, int64_t number) override;
  absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) override;
  absl::Status Check() override;

 private:
  class Place;

  struct Door {
    explicit Door(const RedisAddress& address) : redis(address) {}
    absl::Mutex mutex;
    RedisConnection redis ABSL_GUARDED_BY(mutex);
  };

  std::string StreamKey(absl::string_view source, int partition) const;
  // Runs one of redis_scripts on the source's keys.
  absl::StatusOr<RedisReply> Script(Door& door, const char* script, absl::string_view source,
                                    std::vector<std::string> arguments);
  std::shared_ptr<Place> PlaceOf(const Subscription& subscription);

  const RedisAddress address_;
  const absl::Duration lease_;
  Door publisher_;
  Door observer_;
  absl::Mutex mutex_;
  std::map<std::tuple<std::string, std::string, std::string>, std::shared_ptr<Place>> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_QUEUE_H_
