// Relay: takes a service's committed facts to the queue.
//
// At most one relay of a service works at a time, by the store's lock; the others wait for it. It gives facts their
// numbers in one transaction and publishes them afterwards. Whatever happens in between, and whatever the queue loses,
// it goes on from what the queue says it has: publishing again is harmless (docs/adr/0004).
#ifndef AMIKECO_COMMON_EVENTS_RELAY_H_
#define AMIKECO_COMMON_EVENTS_RELAY_H_

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "amikeco/config/v1/config.pb.h"
#include "amikeco/ops/v1/records.pb.h"
#include "common/base/part.h"
#include "common/events/loop.h"
#include "common/events/wiring.h"
#include "common/store/table.h"

namespace amikeco {

struct RelayOptions {
  int batch = 128;  // facts numbered and published at once
  // How often to look for what was not noticed: losses in the queue, groups, a lock that became free.
  absl::Duration poll = absl::Seconds(1);
  // How long a commit may go unnoticed. One of this process wakes the relay at once; those of other processes, that
  // share the database, do not.
  absl::Duration wait = absl::Seconds(1);
  // Trims when this many facts can go, and in any case every `trim_every`.
  int64_t trim_at = 512;
  absl::Duration trim_every = absl::Seconds(30);
  // Facts that groups may lag behind; beyond, facts wait in the store, so that the queue's memory is bounded.
  int64_t most_ahead = 100'000;
  // Facts kept in a stream that nobody follows.
  int64_t kept_unfollowed = 10'000;
};

// What suits the store: with PostgreSQL several processes may commit.
RelayOptions RelayOptionsFor(const config::v1::StoreConfig& store);

class Relay final : public Part {
 public:
  explicit Relay(const Wiring& wiring, const RelayOptions& options = {});
  ~Relay() override { Stop(); }

  absl::Status Start() override;
  void Stop() override;
  // Publishes what waits; the number of facts published. 0 while another relay holds the lock. UNAVAILABLE when the
  // store or the queue is away. Also what the thread does.
  absl::StatusOr<int> RunOnce();

 private:
  absl::StatusOr<bool> Hold() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Load() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Save() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status LookForLoss() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status LookAtGroups() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Trim(int64_t floor) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<StoredEvent>> Next() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<int> PublishNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status NumberAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<int> Step() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration Turn();

  const Wiring wiring_;
  const RelayOptions options_;
  absl::Mutex mutex_;
  std::unique_ptr<Store::Lock> lock_ ABSL_GUARDED_BY(mutex_);
  Versioned<ops::v1::RelayRecord> record_ ABSL_GUARDED_BY(mutex_);
  int64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
  // Facts behind published_ may have numbers already: they are read before new numbers are given.
  bool numbered_ahead_ ABSL_GUARDED_BY(mutex_) = true;
  bool paused_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time look_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time trim_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int failures_ = 0;

  prometheus::Counter& relayed_;
  prometheus::Counter& losses_;
  prometheus::Counter& repaired_;
  prometheus::Gauge& unpublished_;
  prometheus::Gauge& oldest_;
  const std::shared_ptr<Loop> loop_;
};

// Committed facts that have no number yet or are not in the queue up to `published`, oldest first, at most `limit`.
absl::StatusOr<std::vector<StoredEvent>> UnpublishedEvents(Store& store, int64_t published, int limit);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_RELAY_H_
