// Where time comes from. Code that decides takes the time as an argument; only doors and wiring hold a Clock.
#ifndef AMIKECO_COMMON_BASE_CLOCK_H_
#define AMIKECO_COMMON_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace amikeco {

// Thread safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// Real time plus an offset that only grows: for tests and for the sandbox, where a story of months is played in
// seconds. The offset may be changed from any thread.
class AdjustableClock final : public Clock {
 public:
  AdjustableClock() = default;
  // Frozen at `start`: time then moves by Advance and AdvanceTo alone.
  static AdjustableClock Frozen(absl::Time start) { return AdjustableClock(start); }

  absl::Time Now() const override {
    const absl::Time base = frozen_ ? start_ : absl::Now();
    return base + absl::Nanoseconds(offset_nanos_.load());
  }
  void Advance(absl::Duration by) { offset_nanos_ += absl::ToInt64Nanoseconds(by); }
  // Moves forward to `time`; a time in the past changes nothing.
  void AdvanceTo(absl::Time time) {
    if (const absl::Duration by = time - Now(); by > absl::ZeroDuration()) Advance(by);
  }

 private:
  explicit AdjustableClock(absl::Time start) : frozen_(true), start_(start) {}

  bool frozen_ = false;
  absl::Time start_;
  std::atomic<int64_t> offset_nanos_{0};
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_CLOCK_H_
