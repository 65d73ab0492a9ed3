#include "common/base/hash.h"
#include "common/events/queue.h"

namespace amikeco {

int PartitionOf(absl::string_view subject) {
  const uint64_t hash = Fnv1a(subject);
  return static_cast<int>((hash ^ (hash >> 32)) % kPartitions);
}

}  // namespace amikeco
