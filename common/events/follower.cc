#include "common/events/follower.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"
#include "common/events/pauses.h"
#include "common/observe/log.h"

namespace amikeco {
namespace {

// More replicas than partitions find nothing to do; twice as many may overlap while they are replaced.
constexpr int kPlaces = 2 * kPartitions;
constexpr absl::Duration kSaveEvery = absl::Hours(1);
// How often a source is asked for new facts while the queue is away.
constexpr absl::Duration kAskSource = absl::Milliseconds(100);

const Table<ops::v1::FollowRecord>& Records() {
  static const auto* const table =
      new Table<ops::v1::FollowRecord>("follow", [](const ops::v1::FollowRecord&) { return std::vector<Key>(); });
  return *table;
}

}  // namespace

Consumer::Follower::Follower(const Wiring& wiring, Reaction react, std::string source, const ConsumerOptions& options)
    : wiring_(wiring),
      source_(std::move(source)),
      options_(options),
      backlog_(wiring, std::move(react), source_, options,
               {[this] { return loop_.stopping() || Paused(); }, [this] { (void)Acknowledge(); }}),
      lag_(wiring.metrics.Gauge("amikeco_queue_lag", "Published facts that this service has not acknowledged.",
                                {{"service", wiring.service}, {"source", source_}})),
      pending_(wiring.metrics.Gauge("amikeco_queue_pending", "Facts delivered to this service and not acknowledged.",
                                    {{"service", wiring.service}, {"source", source_}})),
      paused_gauge_(wiring_.metrics.Gauge("amikeco_queue_paused", "1 while operators pause the following of a source.",
                                          {{"service", wiring_.service}, {"source", source_}})),
      loop_([this] { return Turn(); }) {}

void Consumer::Follower::Stop() {
  loop_.Stop();
  absl::MutexLock lock(&step_mutex_);
  if (place_ != nullptr) LetGo();
  place_ = nullptr;
}

// What was received and is not done with is delivered again, here or to another replica.
void Consumer::Follower::LetGo() {
  wiring_.queue.Leave(subscription_);
  backlog_.Clear();
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

absl::Status Consumer::Follower::Receive(absl::Duration wait) {
  if (backlog_.IsFull()) return absl::OkStatus();
  wait = std::clamp(backlog_.EarliestRetry() - SteadyNow(), absl::ZeroDuration(), wait);
  auto parcels = wiring_.queue.Receive(subscription_, options_.batch, wait);
  if (absl::IsUnavailable(parcels.status()) && wiring_.read_facts != nullptr) {
    return ReadFromSource(parcels.status(), wait);
  }
  AMIKECO_RETURN_IF_ERROR(parcels.status());
  if (reading_ != nullptr) {
    // It delivers again what was read and is not acknowledged; the inbox knows what was handled.
    backlog_.Clear();
    reading_ = nullptr;
    LogInfo("The queue is back.", {{"service", wiring_.service}, {"source", source_}});
  }
  for (Parcel& parcel : *parcels) backlog_.Accept(std::move(parcel));
  return absl::OkStatus();
}

// The queue is away: one replica reads all that the group has not acknowledged, in order. Nobody counts deliveries, but
// what a process ended with is among the first that were not handled.
absl::Status Consumer::Follower::ReadFromSource(const absl::Status& away, absl::Duration wait) {
  if (reading_ == nullptr || !reading_->StillHeld()) {
    LetGo();
    AMIKECO_ASSIGN_OR_RETURN(reading_, wiring_.store.TryLock(absl::StrCat("read/", source_)));
    read_ = std::max(record_.value.number(), watched_number_);
    suspects_end_ = backlog_.handled() + backlog_.capacity() + options_.batch;
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
    parcel.again = backlog_.handled() < suspects_end_;
    backlog_.Accept(std::move(parcel));
  }
  return absl::OkStatus();
}

absl::Status Consumer::Follower::Acknowledge() {
  std::vector<Parcel>& done = backlog_.done();
  if (!done.empty() && reading_ == nullptr) AMIKECO_RETURN_IF_ERROR(wiring_.queue.Acknowledge(subscription_, done));
  done.clear();
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
  const absl::Status received = Receive(backlog_.done().empty() && !cut_short_ ? wait : absl::ZeroDuration());
  // Facts that each take their time must not keep the step from saying that it is alive, and from acknowledging.
  const absl::Time end = SteadyNow() + options_.stuck_after / 6;
  const int count = backlog_.HandleAll(record_.value.number(), end);
  cut_short_ = SteadyNow() >= end;
  const absl::Status acknowledged = Acknowledge();
  if (!received.ok() || !acknowledged.ok()) backlog_.Excuse();
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
        backlog_.WaitsForGoodReason() || progress_ == absl::InfiniteFuture()) {
      watched_number_ = group.acknowledged_number;
      progress_ = now;
      reconnected_ = false;
    }
  }
  backlog_.ShowParked();
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
  AMIKECO_RETURN_IF_ERROR(backlog_.Healthy());
  absl::MutexLock lock(&health_mutex_);
  if (SteadyNow() - loop_.last_turn() > options_.stuck_after) {
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
    if (!backlog_.IsFull() || cut_short_) return absl::ZeroDuration();  // it is Receive that waits
    return std::clamp(backlog_.EarliestRetry() - SteadyNow(), absl::ZeroDuration(), options_.wait);
  }
  if (failures_++ == 0) {
    LogWarning("Facts cannot be received; trying again.",
               {{"service", wiring_.service}, {"source", source_}, {"reason", count.status().message()}});
  }
  return BackoffAfter(failures_, options_.least_backoff, kMostPause);
}

}  // namespace amikeco
