#include "common/store/retry.h"

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status.h"

namespace amikeco {
namespace {

constexpr int kRetries = 5;
// About the time of one transaction on PostgreSQL. Doubled five times, it spreads 16 rivals for one record
// well enough that nearly all get through.
constexpr absl::Duration kFirstPause = absl::Milliseconds(4);

}  // namespace

absl::Status RetryLostRaces(absl::FunctionRef<absl::Status()> attempt) {
  absl::Duration longest = kFirstPause;
  for (int retry = 0;; ++retry) {
    absl::Status status = attempt();
    if (status.ok() || retry == kRetries || ReasonOf(status) != errors::kLostRace.reason) return status;
    thread_local absl::InsecureBitGen random;
    absl::SleepFor(absl::Uniform(random, 0.0, 1.0) * longest);
    longest *= 2;
  }
}

}  // namespace amikeco
