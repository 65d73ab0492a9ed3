// How long a call of the store goes on: the one place where a transaction that lost a race is run again, and by when
// all of it ends.
#ifndef AMIKECO_COMMON_STORE_RETRY_H_
#define AMIKECO_COMMON_STORE_RETRY_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace amikeco {

// By when a call that begins now ends: the thread's deadline (common/base/deadline.h), and within 30 s in any case.
absl::Time CallDeadline();
// How long Store::Check takes at most: a probe that takes longer says as much as one that fails.
inline constexpr absl::Duration kCheckPatience = absl::Seconds(5);
// DEADLINE_EXCEEDED (STORE_TIMEOUT).
absl::Status TimedOut(absl::string_view waited_for);

// Runs `attempt`, and while it returns LOST_RACE runs it again, at most 10 times and not after the deadline, each time
// after a random pause that doubles.
absl::Status RetryLostRaces(absl::Time deadline, absl::FunctionRef<absl::Status()> attempt);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_RETRY_H_
