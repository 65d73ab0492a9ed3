// What Redis answers about the queue's streams, read. Pure: Redis is another program, and whatever it answers is read
// whole or not at all. An answer of another form than was asked for is INTERNAL.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_STREAMS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_STREAMS_H_

#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/events/queue.h"
#include "common/events/redis_reply.h"

namespace amikeco {

struct StreamEntry {
  std::string id;  // "7-0"
  // Not as the relay added it: dropped before it was acknowledged, so that its id alone is left, or another's.
  bool lost = false;
  Parcel parcel;
};

// The entries of a stream that XREADGROUP answers, by the stream's key.
struct StreamRead {
  std::string key;
  std::vector<StreamEntry> entries;
};
// None when it waited in vain.
absl::StatusOr<std::vector<StreamRead>> StreamsIn(const redisReply& reply);

// Of XAUTOCLAIM with JUSTID: where to go on, "0-0" at the end, and whether something was dropped unacknowledged.
struct Claimed {
  std::string next;
  bool lost = false;
};
absl::StatusOr<Claimed> ClaimedIn(const redisReply& reply);

// The number that a script returns.
absl::StatusOr<int64_t> NumberIn(const redisReply& reply);
// What kLease returns: which partitions are held.
absl::StatusOr<std::array<bool, kPartitions>> LeasesIn(const redisReply& reply);
// What kStats returns of the source.
absl::StatusOr<std::vector<StreamStats>> StatsIn(absl::string_view source, const redisReply& reply);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_STREAMS_H_
