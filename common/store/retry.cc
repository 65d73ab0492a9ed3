#include "common/store/retry.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/deadline.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/store/errors.h"

namespace amikeco {
namespace {

// What nobody waits for ends all the same: as long as a call lasts that brings no deadline.
constexpr absl::Duration kLongestCall = absl::Seconds(30);
// A database that refuses every fifth transaction lets a caller notice one in fifty million.
constexpr int kRetries = 10;
// About the time of one transaction on PostgreSQL. Doubled five times, it spreads 16 rivals for one record
// well enough that nearly all get through; longer ones would only keep the caller.
constexpr absl::Duration kFirstPause = absl::Milliseconds(4);
constexpr absl::Duration kLongestPause = absl::Milliseconds(64);

}  // namespace

absl::Time CallDeadline() { return std::min(ThreadDeadline(), SteadyNow() + kLongestCall); }

absl::Status TimedOut(absl::string_view waited_for) {
  return InsideError(errors::kStoreTimeout, absl::StrCat("The time was over while waiting for ", waited_for, "."));
}

absl::Status RetryLostRaces(absl::Time deadline, absl::FunctionRef<absl::Status()> attempt) {
  if (SteadyNow() >= deadline) return TimedOut("its turn");
  absl::Duration longest = kFirstPause;
  for (int retry = 0;; ++retry) {
    absl::Status status = attempt();
    if (status.ok() || retry == kRetries || ReasonOf(status) != errors::kLostRace.reason) return status;
    thread_local absl::InsecureBitGen random;
    const absl::Duration pause = absl::Uniform(random, 0.0, 1.0) * longest;
    if (SteadyNow() + pause >= deadline) return status;
    absl::SleepFor(pause);
    longest = std::min(2 * longest, kLongestPause);
  }
}

}  // namespace amikeco
