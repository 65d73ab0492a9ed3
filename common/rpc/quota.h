// Quotas: how many calls each caller may make, by token buckets: one a caller for reads and one for writes.
//
// A caller is an organisation, or a person who has none. Fellow services and the system are never limited. Without
// sharing the limit is that of each process. Shared (SharedQuotas), a bucket is that of all replicas: each decides by
// itself, tells a moment later what it took, and learns what is left; what several took at once makes the bucket go
// below zero, so that over time no more is taken than comes back.
#ifndef AMIKECO_COMMON_RPC_QUOTA_H_
#define AMIKECO_COMMON_RPC_QUOTA_H_

#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/actor.h"
#include "common/base/part.h"
#include "common/observe/metrics.h"

namespace amikeco {

// Buckets that replicas have in common.
class SharedBuckets {
 public:
  struct Charge {
    std::string bucket;
    double tokens = 0;  // taken since the last time
    double per_second = 0;
    double burst = 0;
  };
  virtual ~SharedBuckets() = default;
  // Takes the tokens, also below zero, and returns what is left in each bucket, in the order of the charges. May block.
  virtual absl::StatusOr<std::vector<double>> Take(absl::Span<const Charge> charges) = 0;
};

// Thread safe.
class Quotas {
 public:
  // Remembers the `most_buckets` buckets that were used last; one that is forgotten is full again.
  Quotas(const config::v1::QuotasConfig& config, Metrics& metrics, size_t most_buckets = 20'000);
  Quotas(const Quotas&) = delete;
  Quotas& operator=(const Quotas&) = delete;

  bool limited() const { return reads_.per_second > 0 || writes_.per_second > 0; }
  // Takes a token. QUOTA_EXCEEDED with RetryInfo and QuotaFailure when there is none.
  absl::Status Take(const Actor& actor, bool is_write, absl::Time now);
  // Tells `shared` what was taken since the last time and learns what is left. When that fails, what was taken is
  // forgotten: the process's own limit has held meanwhile.
  absl::Status Settle(SharedBuckets& shared, absl::Time now);
  size_t size();

 private:
  struct Limit {
    absl::string_view name;
    double per_second = 0;
    double burst = 0;
    prometheus::Counter* refused = nullptr;
  };
  struct Bucket {
    std::string key;
    const Limit* limit;
    double tokens;
    absl::Time as_of;
    double untold = 0;  // taken since the last Settle
  };
  static Limit LimitOf(absl::string_view name, const config::v1::QuotasConfig::Rate& rate, Metrics& metrics);
  static void Refill(Bucket& bucket, absl::Time now);
  Bucket& Find(const Limit& limit, const std::string& key, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Zero when a token was taken, otherwise how long until there is one.
  absl::Duration TakeFrom(const Limit& limit, const std::string& key, absl::Time now);
  std::vector<SharedBuckets::Charge> Untold();

  const Limit reads_;
  const Limit writes_;
  const bool shadow_;
  const size_t most_buckets_;
  const absl::flat_hash_set<std::string> unlimited_;
  absl::Mutex mutex_;
  std::list<Bucket> buckets_ ABSL_GUARDED_BY(mutex_);  // the one used last comes first
  absl::flat_hash_map<std::string, std::list<Bucket>::iterator> by_key_ ABSL_GUARDED_BY(mutex_);
};

// Settles every 100 ms on a thread of its own: calls never wait for it.
class SharedQuotas final : public Part {
 public:
  // Both must outlive it.
  SharedQuotas(Quotas& quotas, SharedBuckets& shared) : quotas_(quotas), shared_(shared) {}
  ~SharedQuotas() override { Stop(); }
  absl::Status Start() override;
  void Stop() override;

 private:
  void Loop();

  Quotas& quotas_;
  SharedBuckets& shared_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_QUOTA_H_
