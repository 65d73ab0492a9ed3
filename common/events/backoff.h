// Backoff: how long to wait after a failure that may pass: longer each time, and not in step with others.
#ifndef AMIKECO_COMMON_EVENTS_BACKOFF_H_
#define AMIKECO_COMMON_EVENTS_BACKOFF_H_

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace amikeco {

// How long those who need Redis wait at most before they try again: what waited is through soon after its return.
inline constexpr absl::Duration kMostPause = absl::Milliseconds(250);

// `tries` counts from 1. Between half and all of least * 2^(tries - 1), at most `most`.
inline absl::Duration BackoffAfter(int tries, absl::Duration least, absl::Duration most) {
  static thread_local absl::BitGen random;
  const absl::Duration full = std::min(least * static_cast<double>(1u << std::clamp(tries - 1, 0, 20)), most);
  return full * absl::Uniform(random, 0.5, 1.0);
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_BACKOFF_H_
