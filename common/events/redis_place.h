// One consumer's place in a group: which partitions it holds, what it has read and not passed on yet.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_PLACE_H_
#define AMIKECO_COMMON_EVENTS_REDIS_PLACE_H_

#include <array>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/events/redis_queue.h"
#include "common/events/redis_streams.h"

namespace amikeco {

class RedisQueue::Place {
 public:
  Place(const RedisAddress& address, Subscription subscription, absl::Duration lease);

  absl::StatusOr<std::vector<Parcel>> Receive(int limit, absl::Duration wait);
  absl::Status Acknowledge(absl::Span<const Parcel> parcels);
  void Leave();

 private:
  struct Partition {
    bool held = false;
    // Reads what was delivered before, behind this id, until there is no more.
    bool recovering = false;
    std::string recovered = "0-0";
    std::set<int64_t> unacknowledged;
  };

  // Receive and Acknowledge, when the connection may break under them.
  absl::StatusOr<std::vector<Parcel>> TryReceive(int limit, absl::Time deadline);
  absl::Status TryAcknowledge(absl::Span<const Parcel> parcels);
  void Forget();
  absl::Status Lease(absl::Time now);
  absl::Status Adopt(int partition);
  absl::StatusOr<bool> Join();
  absl::Status Read(int limit, absl::Time deadline);
  absl::StatusOr<bool> ReadAgain(int limit);
  absl::Status ReadNew(int limit, absl::Duration wait);
  absl::Status Keep(StreamRead& read, bool again);
  absl::Status ReportLoss();
  std::vector<Parcel> Take(int limit);
  std::vector<std::string> LeaseKeys() const;

  absl::Mutex mutex_;
  RedisConnection redis_;
  const Subscription subscription_;
  const absl::Duration lease_;
  const RedisCommand join_;
  std::string published_key_;
  std::array<std::string, kPartitions> keys_;
  std::array<Partition, kPartitions> partitions_;
  bool joined_ = false;
  std::deque<Parcel> ready_;
  absl::Time lease_again_ = absl::InfinitePast();
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_PLACE_H_
