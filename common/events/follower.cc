#include "common/events/follower.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"
#include "common/events/parked.h"
#include "common/events/pauses.h"
#include "common/events/trials.h"
#include "common/observe/log.h"

namespace amikeco {
namespace {

// More replicas than partitions find nothing to do; twice as many may overlap while they are replaced.
constexpr int kPlaces = 2 * kPartitions;
// Facts that wait for a retry are kept in memory; beyond this many nothing more is received until some are done.
constexpr int kBacklogBatches = 16;

// The inbox remembers for 30 days. What is older than this and was handled before is not handled again.
constexpr absl::Duration kInboxTrusted = absl::Hours(25 * 24);
// Facts that share one commit: a commit waits for the disk, and this many wait no longer than one. Few enough that
// clients' commands do not wait long behind them.
constexpr size_t kTogether = 16;
constexpr absl::Duration kSaveEvery = absl::Hours(1);
// How often a source is asked for new facts while the queue is away.
constexpr absl::Duration kAskSource = absl::Milliseconds(100);

const Table<ops::v1::FollowRecord>& Records() {
  static const auto* const table =
      new Table<ops::v1::FollowRecord>("follow", [](const ops::v1::FollowRecord&) { return std::vector<Key>(); });
  return *table;
}

prometheus::Counter& Attempts(const Wiring& wiring, const std::string& source, const std::string& outcome) {
  return wiring.metrics.Counter("amikeco_queue_attempts_total", "Times a fact was handled, by what came of it.",
                                {{"service", wiring.service}, {"source", source}, {"outcome", outcome}});
}

}  // namespace

Consumer::Follower::Follower(const Wiring& wiring, Reaction react, std::string source, const ConsumerOptions& options)
    : wiring_(wiring),
      react_(std::move(react)),
      source_(std::move(source)),
      options_(options),
      life_(RandomIds().Next()),
      ok_(Attempts(wiring, source_, "ok")),
      duplicate_(Attempts(wiring, source_, "duplicate")),
      stale_(Attempts(wiring, source_, "stale")),
      retry_(Attempts(wiring, source_, "retry")),
      ended_(Attempts(wiring, source_, "ended")),
      dead_(Attempts(wiring, source_, "dead")),
      handling_(wiring.metrics.Histogram("amikeco_queue_handling_seconds", "Time to handle a fact once.",
                                         {{"service", wiring.service}, {"source", source_}})),
      end_to_end_(wiring.metrics.Histogram("amikeco_queue_e2e_seconds",
                                           "From a fact's decision to its effect here, by the services' clocks.",
                                           {{"service", wiring.service}, {"source", source_}})),
      lag_(wiring.metrics.Gauge("amikeco_queue_lag", "Published facts that this service has not acknowledged.",
                                {{"service", wiring.service}, {"source", source_}})),
      pending_(wiring.metrics.Gauge("amikeco_queue_pending", "Facts delivered to this service and not acknowledged.",
                                    {{"service", wiring.service}, {"source", source_}})),
      parked_(wiring.metrics.Gauge("amikeco_dlq_depth", "Facts parked in this service (up to 1,000).",
                                   {{"service", wiring.service}})),
      paused_gauge_(wiring_.metrics.Gauge("amikeco_queue_paused", "1 while operators pause the following of a source.",
                                          {{"service", wiring_.service}, {"source", source_}})),
      in_work_seconds_(wiring_.metrics.Gauge("amikeco_queue_in_work_seconds",
                                             "How long the reaction in work has been running; 0 between facts.",
                                             {{"service", wiring_.service}, {"source", source_}})),
      loop_([this] { return Turn(); }),
      on_scrape_(wiring_.metrics.OnScrape([this] {
        absl::MutexLock lock(&health_mutex_);
        in_work_seconds_.Set(in_work_ == nullptr ? 0 : absl::ToDoubleSeconds(SteadyNow() - in_work_since_));
      })) {}

void Consumer::Follower::Stop() {
  loop_.Stop();
  absl::MutexLock lock(&step_mutex_);
  if (place_ != nullptr) LetGo();
  place_ = nullptr;
}

// What was received and is not done with is delivered again, here or to another replica.
void Consumer::Follower::LetGo() {
  wiring_.queue.Leave(subscription_);
  backlog_.clear();
  done_.clear();
  reading_ = nullptr;
}

// When the store cannot say, it stays as it was.
bool Consumer::Follower::Paused() {
  const absl::Time now = SteadyNow();
  if (now < look_for_pause_) return paused_;
  look_for_pause_ = now + options_.look_for_pause;
  (void)wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto pause, FindPause(reader, source_));
    paused_ = pause.has_value();
    return absl::OkStatus();
  });
  paused_gauge_.Set(paused_ ? 1 : 0);
  return paused_;
}

// Takes a place in the group. Its name is ours alone while the store's lock lasts, and a process that was killed and
// started again finds the same one free: it goes on at once with what it had, where a new name would have to wait for
// the leases of the old one to run out.
absl::StatusOr<bool> Consumer::Follower::HoldPlace() {
  if (place_ != nullptr && place_->StillHeld()) return true;
  // The database dropped the lock with its connection. Under the next name, what this one holds would be another's.
  if (place_ != nullptr) LetGo();
  place_ = nullptr;
  for (int i = 0; i < kPlaces && place_ == nullptr; ++i) {
    AMIKECO_ASSIGN_OR_RETURN(place_, wiring_.store.TryLock(absl::StrCat("follow/", source_, "/", i)));
    if (place_ == nullptr) continue;
    subscription_ = {source_, wiring_.service, absl::StrCat(wiring_.service, "-", i)};
    wiring_.queue.Leave(subscription_);
  }
  if (place_ == nullptr) return false;
  const absl::Status loaded = Load();
  if (!loaded.ok()) place_ = nullptr;
  AMIKECO_RETURN_IF_ERROR(loaded);
  return true;
}

absl::Status Consumer::Follower::Load() {
  return wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(record_, Records().Find(reader, source_));
    return absl::OkStatus();
  });
}

// Keeps how far the group is, once in a while.
absl::Status Consumer::Follower::Save(int64_t number) {
  const absl::Time now = SteadyNow();
  if (number == record_.value.number() || now < save_again_) return absl::OkStatus();
  save_again_ = now + kSaveEvery;
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(record_, Records().Find(tx, source_));
    record_.value.set_number(number);
    return Records().Put(tx, source_, record_.value, record_.version, record_.version + 1);
  }));
  ++record_.version;
  return absl::OkStatus();
}

// A number alone does not tell: a source that begins with a new database counts from 1 again.
bool Consumer::Follower::LongDone(const Item& item) const {
  return item.parcel.number <= record_.value.number() && item.event.has_time() &&
         absl::Now() - ToTime(item.event.time()) > kInboxTrusted;
}

void Consumer::Follower::Accept(Parcel parcel) {
  const auto same = [&](const Item& item) {
    return item.parcel.number == parcel.number && item.parcel.body == parcel.body;
  };
  if (std::any_of(backlog_.begin(), backlog_.end(), same)) return;  // delivered again after a broken connection
  Item item;
  item.parcel = std::move(parcel);
  if (!item.event.ParseFromString(item.parcel.body) || item.event.id().empty()) {
    item.event.Clear();
    item.event.set_id(absl::StrCat("unreadable-", source_, "-", item.parcel.number));
    item.event.set_source(source_);
    item.event.set_subject(item.parcel.subject);
  }
  if (!item.event.traceparent().empty()) item.traceparent = ChildTraceparent(item.event.traceparent());
  backlog_.push_back(std::move(item));
}

bool Consumer::Follower::IsFull() const {
  return static_cast<int>(backlog_.size()) >= options_.batch * kBacklogBatches;
}

absl::Status Consumer::Follower::Receive(absl::Duration wait) {
  if (IsFull()) return absl::OkStatus();
  wait = std::clamp(EarliestRetry() - SteadyNow(), absl::ZeroDuration(), wait);
  auto parcels = wiring_.queue.Receive(subscription_, options_.batch, wait);
  if (absl::IsUnavailable(parcels.status()) && wiring_.read_facts != nullptr) {
    return ReadFromSource(parcels.status(), wait);
  }
  AMIKECO_RETURN_IF_ERROR(parcels.status());
  if (reading_ != nullptr) {
    // It delivers again what was read and is not acknowledged; the inbox knows what was handled.
    backlog_.clear();
    done_.clear();
    reading_ = nullptr;
    LogInfo("The queue is back.", {{"service", wiring_.service}, {"source", source_}});
  }
  for (Parcel& parcel : *parcels) Accept(std::move(parcel));
  return absl::OkStatus();
}

// The queue is away: one replica reads all that the group has not acknowledged, in order. Nobody counts deliveries, but
// what a process ended with is among the first that were not handled.
absl::Status Consumer::Follower::ReadFromSource(const absl::Status& away, absl::Duration wait) {
  if (reading_ == nullptr || !reading_->StillHeld()) {
    LetGo();
    AMIKECO_ASSIGN_OR_RETURN(reading_, wiring_.store.TryLock(absl::StrCat("read/", source_)));
    read_ = std::max(record_.value.number(), watched_number_);
    suspects_ = options_.batch * (kBacklogBatches + 1);
  }
  const auto ask_again = [&] { absl::SleepFor(std::min(wait, kAskSource)); };
  if (reading_ == nullptr) {
    ask_again();
    return absl::OkStatus();
  }
  auto parcels = wiring_.read_facts(source_, read_, options_.batch);
  if (!parcels.ok()) {
    return absl::UnavailableError(absl::StrCat(away.message(), "; ", source_, ": ", parcels.status().message()));
  }
  if (parcels->empty()) ask_again();
  for (Parcel& parcel : *parcels) {
    read_ = parcel.number;
    parcel.again = suspects_ > 0;
    Accept(std::move(parcel));
  }
  return absl::OkStatus();
}

absl::Time Consumer::Follower::EarliestRetry() const {
  absl::Time earliest = absl::InfiniteFuture();
  for (const Item& item : backlog_) {
    if (item.not_before != absl::InfinitePast()) earliest = std::min(earliest, item.not_before);
  }
  return earliest;
}

absl::Status Consumer::Follower::PutParked(Transaction& tx, const Item& item, absl::string_view reason,
                                           absl::string_view behind) {
  ops::v1::ParkedFact fact;
  fact.set_name(ParkedName(item.event.id()));
  *fact.mutable_event() = item.event;
  fact.set_reason(std::string(reason));
  fact.set_tries(item.tries + item.ends);
  *fact.mutable_park_time() = ToTimestamp(wiring_.clock.Now());
  fact.set_waits_behind(std::string(behind));
  fact.set_source(source_);
  fact.set_number(item.parcel.number);
  return ParkedFacts().Put(tx, fact.name(), fact, 0, 1);
}

absl::StatusOr<Consumer::Follower::Outcome> Consumer::Follower::Attempt(Transaction& tx, const Item& item,
                                                                        const Origin& origin) {
  if (LongDone(item)) return Outcome::kDuplicate;
  AMIKECO_ASSIGN_OR_RETURN(const bool fresh, tx.MarkHandled(wiring_.service, item.event.id()));
  if (!fresh) return Outcome::kDuplicate;
  AMIKECO_ASSIGN_OR_RETURN(const auto parked, ParkedOfSubject(tx, item.event, 1));
  if (!parked.empty()) {
    // Written anew, so that a redrive that is just ending the queue of this subject races with us for it.
    const Parked& first = parked[0];
    AMIKECO_RETURN_IF_ERROR(ParkedFacts().Put(tx, first.name, first.value, first.version, first.version + 1));
    AMIKECO_RETURN_IF_ERROR(PutParked(tx, item, "An earlier fact of the same subject is parked.", first.name));
    return Outcome::kParked;
  }
  if (!item.event.has_data()) return absl::InternalError("The fact does not parse.");
  SetInWork(&item);
  const absl::Cleanup done = [this] { SetInWork(nullptr); };
  AMIKECO_RETURN_IF_ERROR(react_(tx, item.event, origin));
  return Outcome::kOk;
}

void Consumer::Follower::SetInWork(const Item* item) {
  absl::MutexLock lock(&health_mutex_);
  in_work_ = item;
  in_work_since_ = SteadyNow();
}

absl::StatusOr<std::vector<Consumer::Follower::Outcome>> Consumer::Follower::TryTogether(const Group& group) {
  std::vector<Origin> origins;
  for (const auto item : group) {
    origins.push_back(OriginOfReaction(wiring_, item->event));
    origins.back().traceparent = item->traceparent;
  }
  std::vector<Outcome> outcomes;
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    outcomes.clear();
    for (size_t i = 0; i < group.size(); ++i) {
      AMIKECO_ASSIGN_OR_RETURN(const Outcome outcome, Attempt(tx, *group[i], origins[i]));
      if (group[i]->parcel.again) AMIKECO_RETURN_IF_ERROR(ForgetTrial(tx, group[i]->event.id()));
      outcomes.push_back(outcome);
    }
    return absl::OkStatus();
  }));
  return outcomes;
}

absl::Status Consumer::Follower::MarkStale(const Item& item) {
  return wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    if (item.parcel.again) AMIKECO_RETURN_IF_ERROR(ForgetTrial(tx, item.event.id()));
    return tx.MarkHandled(wiring_.service, item.event.id()).status();
  });
}

absl::Status Consumer::Follower::Park(const Item& item, const absl::Status& reason) {
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    if (item.parcel.again) AMIKECO_RETURN_IF_ERROR(ForgetTrial(tx, item.event.id()));
    AMIKECO_ASSIGN_OR_RETURN(const bool fresh, tx.MarkHandled(wiring_.service, item.event.id()));
    if (!fresh) return absl::OkStatus();
    return PutParked(tx, item, reason.message(), "");
  }));
  LogError("A fact was parked: it cannot be handled.", {{"service", wiring_.service},
                                                        {"source", source_},
                                                        {"event", item.event.id()},
                                                        {"type", item.event.type()},
                                                        {"reason", reason.message()}});
  return absl::OkStatus();
}

// What to do about a fact that was refused.
Consumer::Follower::Outcome Consumer::Follower::Failed(Item& item, const absl::Status& status) {
  absl::Status after = status;
  if (IsStale(status)) {
    after = MarkStale(item);
    if (after.ok()) return Outcome::kStale;
  } else if (!IsPassing(status) && ++item.tries >= options_.tries) {
    after = Park(item, status);
    if (after.ok()) return Outcome::kParked;
  }
  if (IsPassing(after)) ++item.faults;
  blameless_ = IsPassing(after);
  item.not_before =
      SteadyNow() + BackoffAfter(std::max(item.tries, item.faults), options_.least_backoff, options_.most_backoff);
  return Outcome::kRetry;
}

void Consumer::Follower::Count(Outcome outcome, const Item& item) {
  switch (outcome) {
    case Outcome::kOk: {
      ok_.Increment();
      const absl::Duration age = wiring_.clock.Now() - ToTime(item.event.time());
      end_to_end_.Observe(std::max(0.0, absl::ToDoubleSeconds(age)));
      return;
    }
    case Outcome::kDuplicate:
      return duplicate_.Increment();
    case Outcome::kStale:
      return stale_.Increment();
    case Outcome::kParked:
      parked_.Increment();
      return dead_.Increment();
    case Outcome::kRetry:
      return retry_.Increment();
    case Outcome::kEnded:
      return ended_.Increment();
  }
}

// So that what follows from the fact hangs, in a trace, on what led to it.
void Consumer::Follower::Trace(const Item& item, Outcome outcome, absl::Time start) {
  const auto parent = ParseTraceparent(item.event.traceparent());
  const auto context = ParseTraceparent(item.traceparent);
  if (wiring_.tracer == nullptr || !wiring_.tracer->enabled() || !parent || !context) return;
  wiring_.tracer->Record({absl::StrCat("React.", item.event.type()),
                          Span::Kind::kConsumer,
                          *context,
                          parent->span_id,
                          start,
                          absl::Now(),
                          {{"source", source_}, {"event", item.event.id()}},
                          outcome == Outcome::kParked ? "PARKED" : ""});
}

void Consumer::Follower::Done(std::list<Item>::iterator item, Outcome outcome, absl::Time start) {
  Count(outcome, *item);
  if (outcome != Outcome::kDuplicate) {
    --suspects_;
    Trace(*item, outcome, start);
  }
  done_.push_back(std::move(item->parcel));
  backlog_.erase(item);
}

Consumer::Follower::Outcome Consumer::Follower::TryAlone(std::list<Item>::iterator item) {
  const auto outcomes = TryTogether({item});
  return outcomes.ok() ? outcomes->front() : Failed(*item, outcomes.status());
}

// Tries a fact that a process had received when it ended, or hung, perhaps because of this very fact. With what is done
// acknowledged and the fact noted, the next end will tell.
Consumer::Follower::Outcome Consumer::Follower::TrySuspect(std::list<Item>::iterator item) {
  (void)Acknowledge();  // tried again at the end of the step
  int ends = 0;
  const absl::Status begun = wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(ends, BeginTrial(tx, item->event.id(), life_, item->ends));
    return absl::OkStatus();
  });
  if (!begun.ok()) return Failed(*item, begun);
  const bool more = ends > item->ends;
  item->ends = ends;
  if (ends >= options_.ends) {
    const absl::Status parked =
        Park(*item, absl::InternalError(absl::StrCat("The process ended ", ends, " times while this was tried.")));
    return parked.ok() ? Outcome::kParked : Failed(*item, parked);
  }
  if (more) {
    // From now, not from the end: others have that long whatever else ends the process, and a process that always ends
    // soon after its start, for a reason of its own, tries no fact often enough to have it parked.
    item->not_before = SteadyNow() + BackoffAfter(ends, options_.least_pause, absl::InfiniteDuration());
    LogWarning("A fact waits: the process ended while it was tried.", {{"service", wiring_.service},
                                                                       {"source", source_},
                                                                       {"event", item->event.id()},
                                                                       {"type", item->event.type()},
                                                                       {"number", item->parcel.number},
                                                                       {"ends", ends}});
    return Outcome::kEnded;
  }
  const Outcome outcome = TryAlone(item);
  if (outcome == Outcome::kRetry) {
    (void)wiring_.store.Write([&](Transaction& tx) { return EndTrial(tx, item->event.id()); });
  }
  return outcome;
}

// Returns how many facts are done with: one or none.
int Consumer::Follower::HandleAlone(std::list<Item>::iterator item, std::set<std::string>& waiting) {
  if (waiting.count(item->parcel.subject) > 0) return 0;
  const absl::Time start = SteadyNow();
  const Outcome outcome = item->parcel.again ? TrySuspect(item) : TryAlone(item);
  handling_.Observe(absl::ToDoubleSeconds(SteadyNow() - start));
  if (outcome == Outcome::kRetry || outcome == Outcome::kEnded) {
    Count(outcome, *item);
    waiting.insert(item->parcel.subject);
    return 0;
  }
  Done(item, outcome, start);
  return 1;
}

// Facts that were never tried go into one transaction. When one of them is refused none has taken place, and each is
// tried by itself.
int Consumer::Follower::HandleGroup(Group& group, std::set<std::string>& waiting) {
  int count = 0;
  const absl::Time start = SteadyNow();
  const auto outcomes = group.size() > 1 ? TryTogether(group) : absl::CancelledError("nothing to share");
  for (size_t i = 0; i < group.size(); ++i) {
    if (outcomes.ok()) {
      handling_.Observe(absl::ToDoubleSeconds(SteadyNow() - start) / static_cast<double>(group.size()));
      Done(group[i], (*outcomes)[i], start);
      ++count;
    } else if (!loop_.stopping() && !Paused() && (i == 0 || !OutOfTime())) {
      count += HandleAlone(group[i], waiting);
    }
  }
  group.clear();
  return count;
}

bool Consumer::Follower::OutOfTime() const { return SteadyNow() >= step_ends_; }

// Tries each fact whose time has come; a subject's later facts wait for its first. Suspects come last: what follows
// them of their subjects waits, and all others are done when one of them ends the process. Returns how many are done
// with.
int Consumer::Follower::HandleAll() {
  std::set<std::string> waiting;
  Group group;
  int count = 0;
  bool tried = false;  // one at least: each step gets on
  for (auto next = backlog_.begin(); next != backlog_.end();) {
    const auto item = next++;
    if (loop_.stopping() || Paused() || (tried && OutOfTime())) return count;
    if (item->parcel.again || waiting.count(item->parcel.subject) > 0 || item->not_before > SteadyNow()) {
      waiting.insert(item->parcel.subject);
    } else if (item->tries + item->faults > 0) {
      count += HandleAlone(item, waiting);
      tried = true;
    } else {
      group.push_back(item);
      if (group.size() < kTogether) continue;
      count += HandleGroup(group, waiting);
      tried = true;
    }
  }
  count += HandleGroup(group, waiting);
  return count + HandleSuspects();
}

int Consumer::Follower::HandleSuspects() {
  std::set<std::string> waiting;
  int count = 0;
  bool tried = false;
  for (auto next = backlog_.begin(); next != backlog_.end();) {
    const auto item = next++;
    if (loop_.stopping() || Paused() || (tried && OutOfTime())) return count;
    if (!item->parcel.again || item->not_before > SteadyNow()) {
      waiting.insert(item->parcel.subject);
      continue;
    }
    count += HandleAlone(item, waiting);
    tried = true;
  }
  return count;
}

// Long, perhaps: a fact that several processes ended with.
bool Consumer::Follower::SuspectWaits() const {
  return std::any_of(backlog_.begin(), backlog_.end(), [](const Item& item) { return item.ends > 0; });
}

absl::Status Consumer::Follower::Acknowledge() {
  if (!done_.empty() && reading_ == nullptr) AMIKECO_RETURN_IF_ERROR(wiring_.queue.Acknowledge(subscription_, done_));
  done_.clear();
  return absl::OkStatus();
}

absl::StatusOr<int> Consumer::Follower::Step(absl::Duration wait) {
  absl::MutexLock lock(&step_mutex_);
  (void)Paused();  // replicas without a place show it too
  AMIKECO_ASSIGN_OR_RETURN(const bool held, HoldPlace());
  if (!held) {
    absl::SleepFor(wait);  // all places are taken by other replicas
    return 0;
  }
  if (paused_) {
    AMIKECO_RETURN_IF_ERROR(StandStill());
    return 0;
  }
  standing_ = false;
  const absl::Status received = Receive(done_.empty() && !cut_short_ ? wait : absl::ZeroDuration());
  // Facts that each take their time must not keep the step from saying that it is alive, and from acknowledging.
  step_ends_ = SteadyNow() + options_.stuck_after / 6;
  const int count = HandleAll();
  cut_short_ = OutOfTime();
  const absl::Status acknowledged = Acknowledge();
  if (!received.ok() || !acknowledged.ok()) blameless_ = true;
  Watch();
  AMIKECO_RETURN_IF_ERROR(received);
  AMIKECO_RETURN_IF_ERROR(acknowledged);
  return count;
}

// Paused. What is done with is acknowledged first, so that only the rest is delivered again.
absl::Status Consumer::Follower::StandStill() {
  if (!standing_) {
    AMIKECO_RETURN_IF_ERROR(Acknowledge());
    LetGo();
    standing_ = true;
  }
  Watch();
  return absl::OkStatus();
}

// Lag without progress is a fault of ours when nothing else explains it: connect anew, and if that does not help let
// the process be started again.
void Consumer::Follower::Watch() {
  const absl::Time now = SteadyNow();
  if (now < watch_again_) return;
  watch_again_ = now + std::min(absl::Seconds(2), options_.stuck_after / 4);
  const auto stats = wiring_.queue.Stats(source_);
  if (!stats.ok()) {
    progress_ = now;  // that the queue is away explains it
    return;
  }
  for (const StreamStats& group : *stats) {
    if (group.group != wiring_.service) continue;
    lag_.Set(static_cast<double>(group.last_number - group.acknowledged_number));
    pending_.Set(static_cast<double>(group.pending));
    (void)Save(group.acknowledged_number);  // tried again later
    if (group.acknowledged_number != watched_number_ || group.acknowledged_number >= group.last_number || paused_ ||
        (!backlog_.empty() && blameless_) || SuspectWaits() || progress_ == absl::InfiniteFuture()) {
      watched_number_ = group.acknowledged_number;
      progress_ = now;
      reconnected_ = false;
    }
  }
  (void)wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const int parked, CountParked(reader, 1000));
    parked_.Set(parked);
    return absl::OkStatus();
  });
  absl::Status health;
  if (now - progress_ > 2 * options_.stuck_after) {
    health = absl::InternalError(absl::StrCat("facts of ", source_, " wait without progress"));
  } else if (now - progress_ > options_.stuck_after && !reconnected_) {
    LogWarning("Facts wait without progress; connecting anew.", {{"service", wiring_.service}, {"source", source_}});
    wiring_.queue.Leave(subscription_);
    reconnected_ = true;
  }
  absl::MutexLock lock(&health_mutex_);
  health_ = health;
}

absl::Status Consumer::Follower::Healthy() {
  const absl::Time now = SteadyNow();
  absl::MutexLock lock(&health_mutex_);
  if (in_work_ != nullptr && now - in_work_since_ > options_.stuck_after) {
    return absl::InternalError(absl::StrCat("the reaction to ", in_work_->event.type(), " ", in_work_->event.id(),
                                            ", number ", in_work_->parcel.number, " of ", source_, ", hangs"));
  }
  if (now - loop_.last_turn() > options_.stuck_after) {
    return absl::InternalError(absl::StrCat("the following of ", source_, " does not get on"));
  }
  return health_;
}

absl::Duration Consumer::Follower::Turn() {
  const auto count = Step(options_.wait);
  if (count.ok()) {
    failures_ = 0;
    absl::MutexLock lock(&step_mutex_);
    if (paused_) return options_.wait;
    if (!IsFull() || cut_short_) return absl::ZeroDuration();  // it is Receive that waits
    return std::clamp(EarliestRetry() - SteadyNow(), absl::ZeroDuration(), options_.wait);
  }
  if (failures_++ == 0) {
    LogWarning("Facts cannot be received; trying again.",
               {{"service", wiring_.service}, {"source", source_}, {"reason", count.status().message()}});
  }
  return BackoffAfter(failures_, options_.least_backoff, absl::Seconds(1));
}

}  // namespace amikeco
