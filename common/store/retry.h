// The one place where a transaction that lost a race is run again.
#ifndef AMIKECO_COMMON_STORE_RETRY_H_
#define AMIKECO_COMMON_STORE_RETRY_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"

namespace amikeco {

// Runs `attempt`, and while it returns LOST_RACE runs it again, at most 5 times, after a random pause that
// doubles.
absl::Status RetryLostRaces(absl::FunctionRef<absl::Status()> attempt);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_RETRY_H_
