#include "common/events/queue.h"

namespace amikeco {

int PartitionOf(absl::string_view subject) {
  // FNV-1a: the same in every version and on every machine, which absl::Hash is not.
  uint64_t hash = 14695981039346656037ull;
  for (const char c : subject) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return static_cast<int>((hash ^ (hash >> 32)) % kPartitions);
}

}  // namespace amikeco
