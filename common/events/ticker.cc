#include "common/events/ticker.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/base/steady.h"
#include "common/events/backoff.h"
#include "common/observe/log.h"
#include "common/observe/trace.h"

namespace amikeco {

Ticker::Ticker(const Wiring& wiring, std::vector<Timed*> timed, const TickerOptions& options)
    : wiring_(wiring),
      timed_(std::move(timed)),
      options_(options),
      ticked_(wiring.metrics.Counter("amikeco_ticker_ticks_total",
                                     "Records that had something due, by what came of it.",
                                     {{"service", wiring.service}, {"outcome", "ok"}})),
      failed_(wiring.metrics.Counter("amikeco_ticker_ticks_total",
                                     "Records that had something due, by what came of it.",
                                     {{"service", wiring.service}, {"outcome", "failed"}})),
      loop_([this] { return Turn(); }) {}

absl::Status Ticker::Start() {
  loop_.Start();
  return absl::OkStatus();
}

void Ticker::Stop() {
  loop_.Stop();
  absl::MutexLock lock(&mutex_);
  lock_ = nullptr;
}

// What is due and not left alone. Asks for as many more as are left alone, so that these never fill the batch.
absl::StatusOr<std::vector<std::string>> Ticker::DueOf(Timed& timed, int limit) {
  std::vector<std::string> due;
  const int most = limit + static_cast<int>(failures_.size());
  AMIKECO_RETURN_IF_ERROR(wiring_.store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(due, timed.Due(reader, wiring_.clock.Now(), most));
    return absl::OkStatus();
  }));
  const absl::Time now = SteadyNow();
  std::erase_if(due, [&](const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const auto failure = failures_.find({&timed, name});
    return failure != failures_.end() && failure->second.not_before > now;
  });
  return due;
}

bool Ticker::TickOne(Timed& timed, const std::string& name) {
  const absl::Time start = absl::Now();
  const TraceContext trace = NewTrace();
  const Origin origin{wiring_.service, SystemActor(wiring_.service), wiring_.clock.Now(), trace.Traceparent(), ""};
  const absl::Status status = wiring_.store.Write([&](Transaction& tx) { return timed.Tick(tx, name, origin); });
  if (status.ok()) {
    ticked_.Increment();
    if (wiring_.tracer != nullptr && wiring_.tracer->enabled()) {
      wiring_.tracer->Record({"Tick", Span::Kind::kInternal, trace, "", start, absl::Now(), {{"record", name}}, ""});
    }
    failures_.erase({&timed, name});
    return true;
  }
  failed_.Increment();
  Failure& failure = failures_[{&timed, name}];
  failure.not_before = SteadyNow() + BackoffAfter(++failure.times, options_.least_backoff, options_.most_backoff);
  LogWarning("What was due could not be done; trying again later.",
             {{"service", wiring_.service}, {"record", name}, {"times", failure.times}, {"reason", status.message()}});
  return false;
}

absl::StatusOr<int> Ticker::TickAll(Timed& timed) {
  AMIKECO_ASSIGN_OR_RETURN(const std::vector<std::string> due, DueOf(timed, options_.batch));
  int count = 0;
  for (const std::string& name : due) {
    if (TickOne(timed, name)) ++count;
    if (loop_.stopping()) break;
  }
  return count;
}

void Ticker::Sweep() {
  const absl::Time now = SteadyNow();
  if (now < sweep_again_) return;
  sweep_again_ = now + options_.sweep_every;
  const absl::Status status =
      wiring_.store.Write([&](Transaction& tx) { return tx.Sweep(wiring_.clock.Now(), options_.sweep_limit); });
  if (!status.ok()) {
    LogWarning("Old requests could not be swept.", {{"service", wiring_.service}, {"reason", status.message()}});
  }
  // Records that failed once and are no longer due would be remembered for ever.
  std::erase_if(failures_, [&](const auto& entry) { return entry.second.not_before + options_.most_backoff < now; });
}

absl::StatusOr<int> Ticker::RunOnce() {
  absl::MutexLock lock(&mutex_);
  if (lock_ == nullptr || !lock_->StillHeld()) {
    lock_ = nullptr;
    AMIKECO_ASSIGN_OR_RETURN(lock_, wiring_.store.TryLock("ticker"));
    if (lock_ == nullptr) return 0;
  }
  int total = 0;
  absl::Status first;
  for (Timed* timed : timed_) {
    const auto count = TickAll(*timed);
    if (count.ok()) total += *count;
    if (!count.ok() && first.ok()) first = count.status();
  }
  Sweep();
  if (!first.ok()) return first;
  return total;
}

absl::StatusOr<bool> Ticker::AnythingDue() {
  absl::MutexLock lock(&mutex_);
  for (Timed* timed : timed_) {
    AMIKECO_ASSIGN_OR_RETURN(const auto due, DueOf(*timed, 1));
    if (!due.empty()) return true;
  }
  return false;
}

absl::Duration Ticker::Turn() {
  const auto count = RunOnce();
  if (!count.ok()) {
    LogWarning("What is due cannot be read.", {{"service", wiring_.service}, {"reason", count.status().message()}});
    return options_.every;
  }
  // A round that did something may have made more due. A record that stays due whatever is done must not spin.
  rounds_ = *count > 0 ? rounds_ + 1 : 0;
  return rounds_ % 50 != 0 ? absl::ZeroDuration() : options_.every;
}

}  // namespace amikeco
