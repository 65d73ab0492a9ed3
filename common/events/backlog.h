// Backlog: facts of one source that a service received and is not done with. Each has its effect once, and a subject's
// facts in their order, whatever is refused, throws, hangs or ends the process (docs/adr/0009).
#ifndef AMIKECO_COMMON_EVENTS_BACKLOG_H_
#define AMIKECO_COMMON_EVENTS_BACKLOG_H_

#include <functional>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "common/events/consumer.h"

namespace amikeco {

class Backlog {
 public:
  struct Hooks {
    std::function<bool()> halt;         // asked between facts: true ends HandleAll early
    std::function<void()> acknowledge;  // `done` up to now, before a fact that may end the process
  };

  Backlog(const Wiring& wiring, Reaction react, std::string source, const ConsumerOptions& options, Hooks hooks);

  // Keeps it, unless it is here already. Takes also what does not parse, to park it.
  void Accept(Parcel parcel);
  // Tries each fact whose time has come until `end` (SteadyNow), one at least. Those up to the number
  // `known_handled` that are too old for the inbox were handled. Returns how many are done with.
  int HandleAll(int64_t known_handled, absl::Time end);
  // Forgets everything: it is delivered again.
  void Clear();

  // What is done with, until the queue knows.
  std::vector<Parcel>& done() { return done_; }
  int capacity() const { return options_.batch * kBatches; }
  bool IsFull() const { return static_cast<int>(items_.size()) >= capacity(); }
  // Steady; InfiniteFuture: nothing waits to be tried again.
  absl::Time EarliestRetry() const;
  // Facts done with that had not been handled before. Never begins anew.
  int64_t handled() const { return handled_; }
  // True if what waits here does so for a reason that a new connection does not mend: a fault of the store, or a fact
  // that processes ended with.
  bool WaitsForGoodReason() const;
  // The next fault explains itself.
  void Excuse() { blameless_ = true; }
  // Updates the metric of how many facts are parked.
  void ShowParked();
  // Not OK while a reaction hangs. Thread safe.
  absl::Status Healthy();

 private:
  // Beyond this many batches nothing more is received until some are done.
  static constexpr int kBatches = 16;

  struct Item {
    Parcel parcel;
    event::v1::Event event;
    std::string traceparent;                       // of the reaction
    int tries = 0;                                 // that met a bug
    int faults = 0;                                // that met a passing fault
    int ends = 0;                                  // of processes that tried it alone, as far as is known here
    absl::Time not_before = absl::InfinitePast();  // steady
  };
  using Position = std::list<Item>::iterator;
  using Group = std::vector<Position>;
  enum class Outcome { kOk, kDuplicate, kStale, kParked, kRetry, kEnded };

  int HandleSuspects();
  int HandleGroup(Group& group, std::set<std::string>& waiting);
  int HandleAlone(Position item, std::set<std::string>& waiting);
  void Done(Position item, Outcome outcome, absl::Duration took);
  void Trace(const Item& item, Outcome outcome, absl::Duration took);
  absl::StatusOr<std::vector<Outcome>> TryTogether(const Group& group);
  Outcome TryAlone(Position item);
  Outcome TrySuspect(Position item);
  absl::StatusOr<Outcome> Attempt(Transaction& tx, const Item& item, const Origin& origin);
  bool LongDone(const Item& item) const;
  void SetInWork(const Item* item);
  Outcome Failed(Item& item, const absl::Status& status);
  absl::Status MarkStale(const Item& item);
  absl::Status Park(const Item& item, const absl::Status& reason);
  absl::Status PutParked(Transaction& tx, const Item& item, absl::string_view reason, absl::string_view behind);
  void Count(Outcome outcome, const Item& item);
  bool OutOfTime() const;

  const Wiring wiring_;
  const Reaction react_;
  const std::string source_;
  const ConsumerOptions options_;
  const Hooks hooks_;
  const std::string life_;  // names us in trials

  std::list<Item> items_;
  std::vector<Parcel> done_;
  int64_t handled_ = 0;
  int64_t known_handled_ = 0;
  absl::Time end_ = absl::InfiniteFuture();  // of HandleAll
  bool blameless_ = true;                    // what holds us up is a fault of the store or the queue

  absl::Mutex in_work_mutex_;
  const Item* in_work_ ABSL_GUARDED_BY(in_work_mutex_) = nullptr;  // what is being reacted to, in whatever thread
  absl::Time in_work_since_ ABSL_GUARDED_BY(in_work_mutex_);

  prometheus::Counter& ok_;
  prometheus::Counter& duplicate_;
  prometheus::Counter& stale_;
  prometheus::Counter& retry_;
  prometheus::Counter& ended_;
  prometheus::Counter& dead_;
  prometheus::Histogram& handling_;
  prometheus::Histogram& end_to_end_;
  prometheus::Gauge& parked_;
  prometheus::Gauge& in_work_seconds_;
  const std::shared_ptr<void> on_scrape_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_BACKLOG_H_
