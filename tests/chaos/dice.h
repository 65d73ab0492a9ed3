// Dice: the one source of chance in a run, so that a seed plays it again. Thread safe; off: nothing ever happens.
#ifndef AMIKECO_TESTS_CHAOS_DICE_H_
#define AMIKECO_TESTS_CHAOS_DICE_H_

#include <atomic>
#include <cstdint>
#include <random>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace amikeco::chaos {

class Dice {
 public:
  explicit Dice(uint64_t seed) : engine_(seed) {}

  // True with this probability.
  bool Happens(double probability) {
    if (off_ || probability <= 0) return false;
    absl::MutexLock lock(&mutex_);
    return std::uniform_real_distribution<double>(0, 1)(engine_) < probability;
  }
  int64_t Below(int64_t bound) {
    absl::MutexLock lock(&mutex_);
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(engine_);
  }
  // The faults are over: time to settle.
  void TurnOff() { off_ = true; }

 private:
  std::atomic<bool> off_{false};
  absl::Mutex mutex_;
  std::mt19937_64 engine_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_DICE_H_
