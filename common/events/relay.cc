#include "common/events/relay.h"

#include <algorithm>
#include <limits>

#include "amikeco/event/v1/event.pb.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"
#include "common/observe/log.h"

namespace amikeco {
namespace {

constexpr char kName[] = "relay";

const Table<ops::v1::RelayRecord>& Records() {
  static const auto* const table =
      new Table<ops::v1::RelayRecord>(kName, [](const ops::v1::RelayRecord&) { return std::vector<Key>(); });
  return *table;
}

}  // namespace

absl::StatusOr<std::vector<StoredEvent>> UnpublishedEvents(Store& store, int64_t published, int limit) {
  std::vector<StoredEvent> events;
  AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(events, reader.EventsAfter(published, limit));
    const int room = limit - static_cast<int>(events.size());
    AMIKECO_ASSIGN_OR_RETURN(auto fresh, reader.UnnumberedEvents(room));
    std::move(fresh.begin(), fresh.end(), std::back_inserter(events));
    return absl::OkStatus();
  }));
  return events;
}

RelayOptions RelayOptionsFor(const config::v1::StoreConfig& store) {
  RelayOptions options;
  // The look is one index probe that finds nothing.
  if (store.has_postgres()) options.wait = absl::Milliseconds(10);
  return options;
}

Relay::Relay(const Wiring& wiring, const RelayOptions& options)
    : wiring_(wiring),
      options_(options),
      relayed_(wiring.metrics.Counter("amikeco_outbox_relayed_total", "Facts published to the queue.",
                                      {{"service", wiring.service}})),
      losses_(wiring.metrics.Counter("amikeco_redis_epoch_changes_total",
                                     "Times the queue was found to have lost facts.", {{"service", wiring.service}})),
      repaired_(wiring.metrics.Counter("amikeco_queue_gap_repaired_total", "Facts published again after a loss.",
                                       {{"service", wiring.service}})),
      unpublished_(wiring.metrics.Gauge("amikeco_outbox_unpublished",
                                        "Committed facts not yet in the queue (up to 1,000).",
                                        {{"service", wiring.service}})),
      oldest_(wiring.metrics.Gauge("amikeco_outbox_oldest_unpublished_seconds",
                                   "Age of the oldest fact not yet in the queue.", {{"service", wiring.service}})),
      loop_(std::make_shared<Loop>([this] { return Turn(); })) {
  // The store outlives the relay and may wake it after its end.
  wiring_.store.OnEvents([loop = loop_] { loop->Poke(); });
}

absl::Status Relay::Start() {
  loop_->Start();
  return absl::OkStatus();
}

void Relay::Stop() {
  loop_->Stop();
  absl::MutexLock lock(&mutex_);
  lock_ = nullptr;
}

absl::StatusOr<bool> Relay::Hold() {
  if (lock_ != nullptr && lock_->StillHeld()) return true;
  lock_ = nullptr;
  AMIKECO_ASSIGN_OR_RETURN(lock_, wiring_.store.TryLock(kName));
  if (lock_ == nullptr) return false;
  const absl::Status loaded = Load();
  if (!loaded.ok()) lock_ = nullptr;
  AMIKECO_RETURN_IF_ERROR(loaded);
  return true;
}

// What an earlier holder of the lock left.
absl::Status Relay::Load() {
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(record_, Records().Find(reader, kName));
    return absl::OkStatus();
  }));
  if (record_.value.epoch().empty()) {
    record_.value.set_epoch(RandomIds().Next());
    AMIKECO_RETURN_IF_ERROR(Save());
  }
  published_ = -1;
  numbered_ahead_ = true;
  look_again_ = absl::InfinitePast();
  return absl::OkStatus();
}

absl::Status Relay::Save() {
  const absl::Status saved = wiring_.store.Write(
      [&](Transaction& tx) { return Records().Put(tx, kName, record_.value, record_.version, record_.version + 1); });
  // Nobody knows which record is stored now: whoever holds the lock next reads it anew.
  if (!saved.ok()) lock_ = nullptr;
  ++record_.version;
  return saved;
}

// Asks the queue how far it has everything, and goes on from there.
absl::Status Relay::LookForLoss() {
  const std::vector<std::string> groups(record_.value.groups().begin(), record_.value.groups().end());
  AMIKECO_ASSIGN_OR_RETURN(const int64_t begin,
                           wiring_.queue.Begin(wiring_.service, record_.value.epoch(), record_.value.floor(), groups));
  if (begin == published_) return absl::OkStatus();
  int64_t highest = begin;
  if (begin > record_.value.floor()) {
    AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto last, reader.EventsAfter(begin - 1, 1));
      if (last.empty()) highest = begin - 1;
      return absl::OkStatus();
    }));
  }
  if (highest < begin) {
    // The queue knows numbers that this database never gave: it was restored from a backup, and its new facts would
    // seem to be there already.
    LogWarning("The queue is ahead of the database; its facts are published anew.", {{"number", begin}});
    record_.value.set_epoch(RandomIds().Next());
    AMIKECO_RETURN_IF_ERROR(Save());
    losses_.Increment();
    return LookForLoss();
  }
  if (begin < published_) {
    LogWarning("The queue has lost facts; they are published again.",
               {{"service", wiring_.service}, {"from", begin}, {"to", published_}});
    losses_.Increment();
    repaired_.Increment(static_cast<double>(published_ - begin));
  }
  published_ = begin;
  numbered_ahead_ = true;
  return absl::OkStatus();
}

// Learns of new groups, and how far all of them are; then drops what nobody needs.
absl::Status Relay::LookAtGroups() {
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<StreamStats> stats, wiring_.queue.Stats(wiring_.service));
  const auto& known = record_.value.groups();
  std::vector<std::string> fresh;
  int64_t floor = std::numeric_limits<int64_t>::max();
  int seen = 0;
  for (const StreamStats& group : stats) {
    if (group.group.empty()) continue;
    floor = std::min(floor, group.acknowledged_number);
    if (std::find(known.begin(), known.end(), group.group) == known.end()) {
      fresh.push_back(group.group);
    } else {
      ++seen;
    }
  }
  if (!fresh.empty()) {
    for (std::string& group : fresh) record_.value.add_groups(std::move(group));
    if (record_.value.floor() > 0) {
      // It needs what was dropped before it came, and a stream takes no lower numbers: all begin anew.
      record_.value.set_epoch(RandomIds().Next());
      record_.value.set_floor(0);
      published_ = -1;
    }
    AMIKECO_RETURN_IF_ERROR(Save());
    return LookForLoss();
  }
  paused_ = false;
  if (known.empty()) {
    floor = published_ - options_.kept_unfollowed;
  } else if (seen < known.size()) {
    return absl::OkStatus();  // after a loss: the group's consumer has not come back yet
  }
  floor = std::min(floor, published_);
  paused_ = published_ - std::max(floor, record_.value.floor()) >= options_.most_ahead;
  return Trim(floor);
}

absl::Status Relay::Trim(int64_t floor) {
  const absl::Time now = SteadyNow();
  const int64_t gained = floor - record_.value.floor();
  if (gained <= 0 || (gained < options_.trim_at && now < trim_again_)) return absl::OkStatus();
  // Saved first: a mark that is lower than what was dropped would hide from a new group that it misses something.
  record_.value.set_floor(floor);
  AMIKECO_RETURN_IF_ERROR(Save());
  trim_again_ = now + options_.trim_every;
  return wiring_.queue.Trim(wiring_.service, record_.value.epoch(), floor);
}

absl::Status Relay::Look() {
  AMIKECO_RETURN_IF_ERROR(LookForLoss());
  AMIKECO_RETURN_IF_ERROR(LookAtGroups());
  look_again_ = SteadyNow() + options_.poll;
  return absl::OkStatus();
}

// The facts behind published_: those that have numbers already, then new ones.
absl::StatusOr<std::vector<StoredEvent>> Relay::Next() {
  std::vector<StoredEvent> events;
  if (numbered_ahead_) {
    AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(events, reader.EventsAfter(published_, options_.batch));
      return absl::OkStatus();
    }));
    if (!events.empty()) return events;
  }
  numbered_ahead_ = true;  // should the commit be made and its answer be lost
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(events, tx.NumberEvents(options_.batch));
    return absl::OkStatus();
  }));
  numbered_ahead_ = false;
  return events;
}

absl::StatusOr<int> Relay::PublishNext() {
  AMIKECO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, Next());
  if (events.empty()) return 0;
  if (events.front().number != published_ + 1) {
    // Numbers were given in between: by another relay (the lock was lost, unnoticed), or by this one, in a commit whose
    // answer was lost. Those come first.
    if (numbered_ahead_) return absl::DataLossError("the store has a gap in its publish numbers");
    numbered_ahead_ = true;
    return 1;
  }
  Batch batch{wiring_.service, record_.value.epoch(), published_, record_.value.floor(), {}};
  for (StoredEvent& event : events) {
    batch.parcels.push_back({event.number, std::move(event.subject), std::move(event.body)});
  }
  numbered_ahead_ = true;  // until they are known to be published
  absl::Status status = wiring_.queue.Publish(batch);
  if (absl::IsDataLoss(status)) {
    AMIKECO_RETURN_IF_ERROR(LookForLoss());
    return 1;  // there is more to do
  }
  AMIKECO_RETURN_IF_ERROR(status);
  published_ = batch.parcels.back().number;
  // A short batch of numbered facts was the last of them: only this relay gives numbers.
  numbered_ahead_ = static_cast<int>(batch.parcels.size()) >= options_.batch;
  relayed_.Increment(static_cast<double>(batch.parcels.size()));
  return static_cast<int>(batch.parcels.size());
}

// While the queue is away: followers read the facts here, by their numbers.
absl::Status Relay::NumberAll() {
  numbered_ahead_ = true;
  size_t count = 0;
  do {
    AMIKECO_RETURN_IF_ERROR(wiring_.store.Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(const auto events, tx.NumberEvents(options_.batch));
      count = events.size();
      return absl::OkStatus();
    }));
  } while (count > 0 && !loop_->stopping());
  return absl::OkStatus();
}

absl::StatusOr<int> Relay::Step() {
  AMIKECO_ASSIGN_OR_RETURN(const bool held, Hold());
  if (!held) return 0;
  if (SteadyNow() >= look_again_) {
    const absl::Status looked = Look();
    if (absl::IsUnavailable(looked)) AMIKECO_RETURN_IF_ERROR(NumberAll());
    AMIKECO_RETURN_IF_ERROR(looked);
  }
  int total = 0;
  while (!paused_ && !loop_->stopping()) {
    AMIKECO_ASSIGN_OR_RETURN(const int count, PublishNext());
    if (count == 0) break;
    total += count;
    if (SteadyNow() >= look_again_) AMIKECO_RETURN_IF_ERROR(Look());
  }
  return total;
}

absl::StatusOr<int> Relay::RunOnce() {
  absl::MutexLock lock(&mutex_);
  auto count = Step();
  // Whatever went wrong, the queue is asked again before anything is published.
  if (!count.ok()) look_again_ = absl::InfinitePast();
  if (count.ok() && !paused_) {
    unpublished_.Set(0);
    oldest_.Set(0);
    return count;
  }
  if (const auto waiting = UnpublishedEvents(wiring_.store, std::max<int64_t>(published_, 0), 1000); waiting.ok()) {
    unpublished_.Set(static_cast<double>(waiting->size()));
    event::v1::Event first;
    if (!waiting->empty() && first.ParseFromString(waiting->front().body)) {
      oldest_.Set(absl::ToDoubleSeconds(wiring_.clock.Now() - ToTime(first.time())));
    }
  }
  return count;
}

absl::Duration Relay::Turn() {
  const auto count = RunOnce();
  if (count.ok()) {
    failures_ = 0;
    absl::MutexLock lock(&mutex_);
    return lock_ == nullptr ? options_.poll : std::min(options_.poll, options_.wait);
  }
  if (failures_++ == 0) {
    LogWarning("Facts cannot be published; trying again.",
               {{"service", wiring_.service}, {"reason", count.status().message()}});
  }
  return BackoffAfter(failures_, absl::Milliseconds(20), std::min(kMostPause, options_.poll));
}

}  // namespace amikeco
