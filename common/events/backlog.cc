#include "common/events/backlog.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"
#include "common/events/parked.h"
#include "common/events/trials.h"
#include "common/observe/log.h"

namespace amikeco {
namespace {

// The inbox remembers for 30 days. What is older than this and was handled before is not handled again.
constexpr absl::Duration kInboxTrusted = absl::Hours(25 * 24);
// Facts that share one commit: a commit waits for the disk, and this many wait no longer than one. Few enough that
// clients' commands do not wait long behind them.
constexpr size_t kTogether = 16;

prometheus::Counter& Attempts(const Wiring& wiring, const std::string& source, const std::string& outcome) {
  return wiring.metrics.Counter("amikeco_queue_attempts_total", "Times a fact was handled, by what came of it.",
                                {{"service", wiring.service}, {"source", source}, {"outcome", outcome}});
}

}  // namespace

Backlog::Backlog(const Wiring& wiring, Reaction react, std::string source, const ConsumerOptions& options, Hooks hooks)
    : wiring_(wiring),
      react_(std::move(react)),
      source_(std::move(source)),
      options_(options),
      hooks_(std::move(hooks)),
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
      parked_(wiring.metrics.Gauge("amikeco_dlq_depth", "Facts parked in this service (up to 1,000).",
                                   {{"service", wiring.service}})),
      in_work_seconds_(wiring.metrics.Gauge("amikeco_queue_in_work_seconds",
                                            "How long the reaction in work has been running; 0 between facts.",
                                            {{"service", wiring.service}, {"source", source_}})),
      on_scrape_(wiring.metrics.OnScrape([this] {
        absl::MutexLock lock(&in_work_mutex_);
        in_work_seconds_.Set(in_work_ == nullptr ? 0 : absl::ToDoubleSeconds(SteadyNow() - in_work_since_));
      })) {}

void Backlog::Accept(Parcel parcel) {
  const auto same = [&](const Item& item) {
    return item.parcel.number == parcel.number && item.parcel.body == parcel.body;
  };
  if (std::any_of(items_.begin(), items_.end(), same)) return;  // delivered again after a broken connection
  Item item;
  item.parcel = std::move(parcel);
  if (!item.event.ParseFromString(item.parcel.body) || item.event.id().empty()) {
    item.event.Clear();
    item.event.set_id(absl::StrCat("unreadable-", source_, "-", item.parcel.number));
    item.event.set_source(source_);
    item.event.set_subject(item.parcel.subject);
  }
  if (!item.event.traceparent().empty()) item.traceparent = ChildTraceparent(item.event.traceparent());
  items_.push_back(std::move(item));
}

void Backlog::Clear() {
  items_.clear();
  done_.clear();
}

absl::Time Backlog::EarliestRetry() const {
  absl::Time earliest = absl::InfiniteFuture();
  for (const Item& item : items_) {
    if (item.not_before != absl::InfinitePast()) earliest = std::min(earliest, item.not_before);
  }
  return earliest;
}

// Tries each fact whose time has come; a subject's later facts wait for its first. Suspects come last: what follows
// them of their subjects waits, and all others are done when one of them ends the process. Returns how many are done
// with.
int Backlog::HandleAll(int64_t known_handled, absl::Time end) {
  known_handled_ = known_handled;
  end_ = end;
  std::set<std::string> waiting;
  Group group;
  int count = 0;
  bool tried = false;  // one at least: each step gets on
  for (auto next = items_.begin(); next != items_.end();) {
    const auto item = next++;
    if (hooks_.halt() || (tried && OutOfTime())) return count;
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

int Backlog::HandleSuspects() {
  std::set<std::string> waiting;
  int count = 0;
  bool tried = false;
  for (auto next = items_.begin(); next != items_.end();) {
    const auto item = next++;
    if (hooks_.halt() || (tried && OutOfTime())) return count;
    if (!item->parcel.again || item->not_before > SteadyNow()) {
      waiting.insert(item->parcel.subject);
      continue;
    }
    count += HandleAlone(item, waiting);
    tried = true;
  }
  return count;
}

// Facts that were never tried go into one transaction. When one of them is refused none has taken place, and each is
// tried by itself.
int Backlog::HandleGroup(Group& group, std::set<std::string>& waiting) {
  int count = 0;
  const absl::Time start = SteadyNow();
  const auto outcomes = group.size() > 1 ? TryTogether(group) : absl::CancelledError("nothing to share");
  const absl::Duration took = SteadyNow() - start;
  for (size_t i = 0; i < group.size(); ++i) {
    if (outcomes.ok()) {
      handling_.Observe(absl::ToDoubleSeconds(took) / static_cast<double>(group.size()));
      Done(group[i], (*outcomes)[i], took);
      ++count;
    } else if (!hooks_.halt() && (i == 0 || !OutOfTime())) {
      count += HandleAlone(group[i], waiting);
    }
  }
  group.clear();
  return count;
}

// Returns how many facts are done with: one or none.
int Backlog::HandleAlone(Position item, std::set<std::string>& waiting) {
  if (waiting.count(item->parcel.subject) > 0) return 0;
  const absl::Time start = SteadyNow();
  const Outcome outcome = item->parcel.again ? TrySuspect(item) : TryAlone(item);
  const absl::Duration took = SteadyNow() - start;
  handling_.Observe(absl::ToDoubleSeconds(took));
  if (outcome == Outcome::kRetry || outcome == Outcome::kEnded) {
    Count(outcome, *item);
    waiting.insert(item->parcel.subject);
    return 0;
  }
  Done(item, outcome, took);
  return 1;
}

absl::StatusOr<std::vector<Backlog::Outcome>> Backlog::TryTogether(const Group& group) {
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

Backlog::Outcome Backlog::TryAlone(Position item) {
  const auto outcomes = TryTogether({item});
  return outcomes.ok() ? outcomes->front() : Failed(*item, outcomes.status());
}

// Tries a fact that a process had received when it ended, or hung, perhaps because of this very fact. With what is done
// acknowledged and the fact noted, the next end will tell.
Backlog::Outcome Backlog::TrySuspect(Position item) {
  hooks_.acknowledge();
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

absl::StatusOr<Backlog::Outcome> Backlog::Attempt(Transaction& tx, const Item& item, const Origin& origin) {
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

// A number alone does not tell: a source that begins with a new database counts from 1 again.
bool Backlog::LongDone(const Item& item) const {
  return item.parcel.number <= known_handled_ && item.event.has_time() &&
         absl::Now() - ToTime(item.event.time()) > kInboxTrusted;
}

void Backlog::SetInWork(const Item* item) {
  absl::MutexLock lock(&in_work_mutex_);
  in_work_ = item;
  in_work_since_ = SteadyNow();
}

// What to do about a fact that was refused.
Backlog::Outcome Backlog::Failed(Item& item, const absl::Status& status) {
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

absl::Status Backlog::MarkStale(const Item& item) {
  return wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    if (item.parcel.again) AMIKECO_RETURN_IF_ERROR(ForgetTrial(tx, item.event.id()));
    return tx.MarkHandled(wiring_.service, item.event.id()).status();
  });
}

absl::Status Backlog::Park(const Item& item, const absl::Status& reason) {
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

absl::Status Backlog::PutParked(Transaction& tx, const Item& item, absl::string_view reason, absl::string_view behind) {
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

void Backlog::Done(Position item, Outcome outcome, absl::Duration took) {
  Count(outcome, *item);
  if (outcome != Outcome::kDuplicate) {
    ++handled_;
    Trace(*item, outcome, took);
  }
  done_.push_back(std::move(item->parcel));
  items_.erase(item);
}

void Backlog::Count(Outcome outcome, const Item& item) {
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
void Backlog::Trace(const Item& item, Outcome outcome, absl::Duration took) {
  const auto parent = ParseTraceparent(item.event.traceparent());
  const auto context = ParseTraceparent(item.traceparent);
  if (wiring_.tracer == nullptr || !wiring_.tracer->enabled() || !parent || !context) return;
  const absl::Time end = absl::Now();
  wiring_.tracer->Record({absl::StrCat("React.", item.event.type()),
                          Span::Kind::kConsumer,
                          *context,
                          parent->span_id,
                          end - took,
                          end,
                          {{"source", source_}, {"event", item.event.id()}},
                          outcome == Outcome::kParked ? "PARKED" : ""});
}

bool Backlog::OutOfTime() const { return SteadyNow() >= end_; }

void Backlog::ShowParked() {
  (void)wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const int parked, CountParked(reader, 1000));
    parked_.Set(parked);
    return absl::OkStatus();
  });
}

bool Backlog::WaitsForGoodReason() const {
  return (!items_.empty() && blameless_) ||
         std::any_of(items_.begin(), items_.end(), [](const Item& item) { return item.ends > 0; });
}

absl::Status Backlog::Healthy() {
  absl::MutexLock lock(&in_work_mutex_);
  if (in_work_ == nullptr || SteadyNow() - in_work_since_ <= options_.stuck_after) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the reaction to ", in_work_->event.type(), " ", in_work_->event.id(),
                                          ", number ", in_work_->parcel.number, " of ", source_, ", hangs"));
}

}  // namespace amikeco
