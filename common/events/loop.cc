#include "common/events/loop.h"

#include "absl/time/clock.h"

namespace amikeco {

void Loop::Start() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = false;
    last_turn_ = absl::Now();
  }
  thread_ = std::thread([this] { Run(); });
}

void Loop::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  stopping_ = false;
  last_turn_ = absl::InfiniteFuture();
}

void Loop::Poke() {
  absl::MutexLock lock(&mutex_);
  poked_ = true;
}

bool Loop::stopping() {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

absl::Time Loop::last_turn() {
  absl::MutexLock lock(&mutex_);
  return last_turn_;
}

void Loop::Run() {
  while (true) {
    const absl::Duration wait = step_();
    absl::MutexLock lock(&mutex_);
    last_turn_ = absl::Now();
    const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || poked_; };
    mutex_.AwaitWithTimeout(absl::Condition(&wanted), wait);
    if (stopping_) return;
    poked_ = false;
    last_turn_ = absl::Now();
  }
}

}  // namespace amikeco
