// Follower: the part of a Consumer that follows one source.
#ifndef AMIKECO_COMMON_EVENTS_FOLLOWER_H_
#define AMIKECO_COMMON_EVENTS_FOLLOWER_H_

#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "amikeco/ops/v1/records.pb.h"
#include "common/events/backlog.h"
#include "common/events/consumer.h"
#include "common/events/loop.h"
#include "common/store/table.h"

namespace amikeco {

class Consumer::Follower {
 public:
  Follower(const Wiring& wiring, Reaction react, std::string source, const ConsumerOptions& options);

  void Start() { loop_.Start(); }
  void Stop();
  absl::StatusOr<int> Step(absl::Duration wait);
  absl::Status Healthy();

 private:
  absl::StatusOr<bool> HoldPlace();
  absl::Status Load();
  absl::Status Save(int64_t number);
  bool Paused();
  void LetGo();
  absl::Status StandStill();
  absl::Status Receive(absl::Duration wait);
  absl::Status ReadFromSource(const absl::Status& away, absl::Duration wait);
  absl::Status Acknowledge();
  void Watch();
  absl::Duration Turn();

  const Wiring wiring_;
  const std::string source_;
  const ConsumerOptions options_;

  absl::Mutex step_mutex_;  // one step at a time; guards what follows
  std::unique_ptr<Store::Lock> place_;
  Subscription subscription_;
  Versioned<ops::v1::FollowRecord> record_;
  absl::Time save_again_ = absl::InfinitePast();
  Backlog backlog_;
  std::unique_ptr<Store::Lock>
      reading_;               // facts are read from their source, not the queue, and no other replica does so
  int64_t read_ = 0;          // so far
  int64_t suspects_end_ = 0;  // until the backlog has handled so many, what is read may be what a process ended with
  bool cut_short_ = false;    // the last step left facts that it could have tried
  int failures_ = 0;
  absl::Time watch_again_ = absl::InfinitePast();
  int64_t watched_number_ = -1;
  absl::Time progress_ = absl::InfiniteFuture();  // when the group was last seen to get on, or to have nothing to do
  bool reconnected_ = false;
  bool paused_ = false;    // by operators, when last looked at
  bool standing_ = false;  // paused, and nothing received is left here
  absl::Time look_for_pause_ = absl::InfinitePast();

  absl::Mutex health_mutex_;
  absl::Status health_ ABSL_GUARDED_BY(health_mutex_);

  prometheus::Gauge& lag_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& paused_gauge_;
  Loop loop_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_FOLLOWER_H_
