// By when the work of this thread is to be done: the deadline of the call that it answers, for whatever the work waits
// for further down. A thread that answers nobody has none.
#ifndef AMIKECO_COMMON_BASE_DEADLINE_H_
#define AMIKECO_COMMON_BASE_DEADLINE_H_

#include <algorithm>

#include "absl/time/time.h"

namespace amikeco {

namespace internal {
inline constinit thread_local absl::Time thread_deadline = absl::InfiniteFuture();
}  // namespace internal

// By SteadyNow(): a system's clock that is set ends nobody's time. The infinite future when there is none.
inline absl::Time ThreadDeadline() { return internal::thread_deadline; }

// Gives this thread a deadline for as long as it lives. An earlier one that is there already stays.
class DeadlineScope {
 public:
  explicit DeadlineScope(absl::Time deadline) : before_(internal::thread_deadline) {
    internal::thread_deadline = std::min(before_, deadline);
  }
  ~DeadlineScope() { internal::thread_deadline = before_; }
  DeadlineScope(const DeadlineScope&) = delete;
  DeadlineScope& operator=(const DeadlineScope&) = delete;

 private:
  const absl::Time before_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_DEADLINE_H_
