// Queue: the fast path on which facts travel between services. It may lose everything: the event table is the truth.
//
// RedisQueue (Redis Streams) and LocalQueue (one process: tests, sandbox) pass one suite (queue_conformance_test.cc).
// Thread safe; one thread at a time should receive for a subscription. UNAVAILABLE while the queue cannot be reached;
// callers try again. docs/adr/0004 has the reasons for numbers, partitions and leases.
#ifndef AMIKECO_COMMON_EVENTS_QUEUE_H_
#define AMIKECO_COMMON_EVENTS_QUEUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace amikeco {

// A source's facts are split by subject into this many partitions; a group's partition has one consumer at a time, so
// a group has at most this many consumers at work. Never changes: facts in flight would be delivered out of order.
inline constexpr int kPartitions = 8;
int PartitionOf(absl::string_view subject);

// A fact on its way: its publish number in its source, and the serialized event.v1.Event.
struct Parcel {
  int64_t number = 0;
  std::string subject;  // facts of one subject are delivered in the order of their numbers
  std::string body;
};

// All facts of a source behind number `after`, as far as they go, in order.
struct Batch {
  std::string source;
  std::string epoch;  // of the database that gave the numbers (see Begin)
  int64_t after = 0;
  int64_t floor = 0;  // every group has acknowledged everything up to here
  std::vector<Parcel> parcels;
};

// A group's place on one source's stream.
struct Subscription {
  std::string source;    // "applicant"
  std::string group;     // "matching": every group gets every fact
  std::string consumer;  // this process, unique in the group
};

struct StreamStats {
  std::string source;
  std::string group;                // "" in the one entry of a source that no group follows
  int64_t length = 0;               // facts kept in the stream
  int64_t pending = 0;              // delivered to the group and not acknowledged
  int64_t last_number = 0;          // highest number published
  int64_t delivered_number = 0;     // highest number delivered to the group
  int64_t acknowledged_number = 0;  // the group has acknowledged everything up to here
};

class Queue {
 public:
  virtual ~Queue() = default;

  // The number behind which publishing must go on: `floor`, or the highest number up to which the queue has
  // everything, whichever is higher; it then counts as published. Lower than what was published before when the queue
  // has lost something. Facts of another epoch are dropped, with their groups, which begin again with
  // the next Receive.
  virtual absl::StatusOr<int64_t> Begin(absl::string_view source, absl::string_view epoch, int64_t floor) = 0;
  // Adds the batch. Publishing a number again changes nothing. DATA_LOSS when the queue does not have everything up
  // to `after` (see Begin), which it must unless after <= floor.
  virtual absl::Status Publish(const Batch& batch) = 0;

  // Up to `limit` facts for the group, waiting up to `wait` when there are none. What is delivered and not
  // acknowledged is delivered again, before anything newer of its partition, when the consumer has left or has not
  // received for the length of a lease (10 s). A new group begins at the start of what is kept.
  virtual absl::StatusOr<std::vector<Parcel>> Receive(const Subscription& subscription, int limit,
                                                      absl::Duration wait) = 0;
  // The group is done with these.
  virtual absl::Status Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) = 0;
  // The consumer stops, or begins anew: others of its group may go on at once with what it has not acknowledged.
  virtual void Leave(const Subscription& subscription) = 0;

  // Drops facts with numbers up to and including `number` that every group has acknowledged.
  virtual absl::Status Trim(absl::string_view source, int64_t number) = 0;
  // One entry a group.
  virtual absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) = 0;
  virtual absl::Status Check() = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_QUEUE_H_
