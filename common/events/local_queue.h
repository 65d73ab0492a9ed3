// LocalQueue: the queue of a single process, in its memory. For tests and for the sandbox; keeps what RedisQueue
// promises, to the letter, and loses everything when the process ends.
#ifndef AMIKECO_COMMON_EVENTS_LOCAL_QUEUE_H_
#define AMIKECO_COMMON_EVENTS_LOCAL_QUEUE_H_

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/events/queue.h"

namespace amikeco {

class LocalQueue final : public Queue {
 public:
  explicit LocalQueue(absl::Duration lease = absl::Seconds(10)) : lease_(lease) {}

  absl::StatusOr<int64_t> Begin(absl::string_view source, absl::string_view epoch, int64_t floor) override;
  absl::Status Publish(const Batch& batch) override;
  absl::StatusOr<std::vector<Parcel>> Receive(const Subscription& subscription, int limit,
                                              absl::Duration wait) override;
  absl::Status Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) override;
  void Leave(const Subscription& subscription) override;
  absl::Status Trim(absl::string_view source, int64_t number) override;
  absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) override;
  absl::Status Check() override { return absl::OkStatus(); }

 private:
  // A group's place in one partition.
  struct Place {
    std::string holder;
    absl::Time held_until = absl::InfinitePast();
    int64_t delivered = 0;
    std::set<int64_t> pending;
    // While what was delivered to an earlier holder is read again: the last number read so far.
    bool recovering = false;
    int64_t recovered = 0;
  };
  struct Group {
    std::array<Place, kPartitions> places;
    std::map<std::string, absl::Time> members;  // consumer -> when it counts as gone
  };
  struct Stream {
    std::string epoch;
    int64_t published = 0;
    std::array<std::map<int64_t, Parcel>, kPartitions> facts;
    std::map<std::string, Group> groups;
  };

  void Lease(Group& group, const std::string& consumer) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::vector<Parcel> Take(Stream& stream, const Subscription& subscription, int limit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static StreamStats StatsOf(const Stream& stream, const Group& group);

  const absl::Duration lease_;
  absl::Mutex mutex_;
  absl::CondVar published_;
  std::map<std::string, Stream, std::less<>> streams_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_LOCAL_QUEUE_H_
