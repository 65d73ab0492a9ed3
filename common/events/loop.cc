#include "common/events/loop.h"

#include "common/base/steady.h"

namespace amikeco {

void Loop::Start() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = false;
    last_turn_ = SteadyNow();
  }
  thread_ = std::thread([this] { Run(); });
}

void Loop::Stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  const std::lock_guard<std::mutex> lock(mutex_);
  stopping_ = false;
  last_turn_ = absl::InfiniteFuture();
}

void Loop::Poke() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    poked_ = true;
  }
  wake_.notify_all();
}

bool Loop::stopping() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_;
}

absl::Time Loop::last_turn() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_turn_;
}

void Loop::Run() {
  while (true) {
    const absl::Duration wait = step_();
    std::unique_lock<std::mutex> lock(mutex_);
    last_turn_ = SteadyNow();
    wake_.wait_for(lock, absl::ToChronoNanoseconds(wait), [this] { return stopping_ || poked_; });
    if (stopping_) return;
    poked_ = false;
    last_turn_ = SteadyNow();
  }
}

}  // namespace amikeco
