// Follower: the part of a Consumer that follows one source.
#ifndef AMIKECO_COMMON_EVENTS_FOLLOWER_H_
#define AMIKECO_COMMON_EVENTS_FOLLOWER_H_

#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "amikeco/ops/v1/records.pb.h"
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
  // A fact that was received and is not done with.
  struct Item {
    Parcel parcel;
    event::v1::Event event;
    std::string traceparent;                       // of the reaction
    int tries = 0;                                 // that met a bug
    int faults = 0;                                // that met a passing fault
    int ends = 0;                                  // of processes that tried it alone, as far as is known here
    absl::Time not_before = absl::InfinitePast();  // real time
  };
  enum class Outcome { kOk, kDuplicate, kStale, kParked, kRetry, kEnded };

  absl::StatusOr<bool> HoldPlace();
  absl::Status Load();
  absl::Status Save(int64_t number);
  bool Paused();
  void LetGo();
  absl::Status StandStill();
  absl::Status Receive(absl::Duration wait);
  absl::Status ReadFromSource(const absl::Status& away, absl::Duration wait);
  void Accept(Parcel parcel);
  bool LongDone(const Item& item) const;
  using Group = std::vector<std::list<Item>::iterator>;

  int HandleAll();
  int HandleSuspects();
  int HandleGroup(Group& group, std::set<std::string>& waiting);
  int HandleAlone(std::list<Item>::iterator item, std::set<std::string>& waiting);
  void Done(std::list<Item>::iterator item, Outcome outcome, absl::Time start);
  void Trace(const Item& item, Outcome outcome, absl::Time start);
  absl::StatusOr<std::vector<Outcome>> TryTogether(const Group& group);
  Outcome TryAlone(std::list<Item>::iterator item);
  Outcome TrySuspect(std::list<Item>::iterator item);
  absl::StatusOr<Outcome> Attempt(Transaction& tx, const Item& item, const Origin& origin);
  void SetInWork(const Item* item);
  Outcome Failed(Item& item, const absl::Status& status);
  absl::Status MarkStale(const Item& item);
  absl::Status Park(const Item& item, const absl::Status& reason);
  absl::Status PutParked(Transaction& tx, const Item& item, absl::string_view reason, absl::string_view behind);
  absl::Status Acknowledge();
  void Count(Outcome outcome, const Item& item);
  void Watch();
  absl::Duration Turn();
  absl::Time EarliestRetry() const;
  bool IsFull() const;
  bool OutOfTime() const;
  bool SuspectWaits() const;

  const Wiring wiring_;
  const Reaction react_;
  const std::string source_;
  const ConsumerOptions options_;
  const std::string life_;  // names us in trials

  absl::Mutex step_mutex_;  // one step at a time; guards what follows
  std::unique_ptr<Store::Lock> place_;
  Subscription subscription_;
  Versioned<ops::v1::FollowRecord> record_;
  absl::Time save_again_ = absl::InfinitePast();
  std::list<Item> backlog_;
  std::vector<Parcel> done_;
  std::unique_ptr<Store::Lock>
      reading_;           // facts are read from their source, not the queue, and no other replica does so
  int64_t read_ = 0;      // so far
  int64_t suspects_ = 0;  // how many more facts may be one that a process ended with
  absl::Time step_ends_ = absl::InfiniteFuture();
  bool cut_short_ = false;  // the last step left facts that it could have tried
  int failures_ = 0;
  absl::Time watch_again_ = absl::InfinitePast();
  int64_t watched_number_ = -1;
  absl::Time progress_ = absl::InfiniteFuture();  // when the group was last seen to get on, or to have nothing to do
  bool reconnected_ = false;
  bool paused_ = false;    // by operators, when last looked at
  bool standing_ = false;  // paused, and nothing received is left here
  absl::Time look_for_pause_ = absl::InfinitePast();
  bool blameless_ = true;  // what holds us up is a fault of the store or the queue

  absl::Mutex health_mutex_;
  absl::Status health_ ABSL_GUARDED_BY(health_mutex_);
  const Item* in_work_ ABSL_GUARDED_BY(health_mutex_) = nullptr;  // what is being reacted to, in whatever thread
  absl::Time in_work_since_ ABSL_GUARDED_BY(health_mutex_);

  prometheus::Counter& ok_;
  prometheus::Counter& duplicate_;
  prometheus::Counter& stale_;
  prometheus::Counter& retry_;
  prometheus::Counter& ended_;
  prometheus::Counter& dead_;
  prometheus::Histogram& handling_;
  prometheus::Histogram& end_to_end_;
  prometheus::Gauge& lag_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& parked_;
  prometheus::Gauge& paused_gauge_;
  prometheus::Gauge& in_work_seconds_;
  Loop loop_;
  const std::shared_ptr<void> on_scrape_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_FOLLOWER_H_
