// Trials: which facts are tried alone, because a process ended that had them, and how often one ended meanwhile.
//
// A process cannot say that it crashes, so what it tries is noted before. A note that is found by another process, and
// says neither that the fact is done with nor that it failed, tells what the end came in. docs/adr/0009 has the
// reasons.
#ifndef AMIKECO_COMMON_EVENTS_TRIALS_H_
#define AMIKECO_COMMON_EVENTS_TRIALS_H_

#include "absl/strings/string_view.h"
#include "common/store/store.h"

namespace amikeco {

// How many processes have ended while they tried the fact alone. When they are no more than the `known`, it notes that
// `life`, a name that no other process has, tries it now.
absl::StatusOr<int> BeginTrial(Transaction& tx, absl::string_view event_id, absl::string_view life, int known);
// The fact failed, and the process goes on.
absl::Status EndTrial(Transaction& tx, absl::string_view event_id);
// The fact is done with.
absl::Status ForgetTrial(Transaction& tx, absl::string_view event_id);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_TRIALS_H_
