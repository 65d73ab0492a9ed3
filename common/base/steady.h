// Time to wait by: it goes on evenly, whatever the system's clock is set to.
//
// absl::Mutex's timed waits go by the system's clock: one that is set back by an hour makes them an hour longer. Where
// a wait must end, use std::condition_variable::wait_for, which does not.
#ifndef AMIKECO_COMMON_BASE_STEADY_H_
#define AMIKECO_COMMON_BASE_STEADY_H_

#include <chrono>

#include "absl/time/time.h"

namespace amikeco {

// Only differences mean anything, and only within this process.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_STEADY_H_
