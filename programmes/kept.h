// Every version of a programme that a service ever loaded, kept in its own store: an application that was received
// under an older version runs on it to its end.
#ifndef AMIKECO_PROGRAMMES_KEPT_H_
#define AMIKECO_PROGRAMMES_KEPT_H_

#include "absl/status/status.h"
#include "common/base/status.h"
#include "common/store/store.h"
#include "programmes/programmes.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kProgrammeChanged{absl::StatusCode::kFailedPrecondition, kDomain, "PROGRAMME_CHANGED",
                                             "Count the version in the programme's file up."};
}  // namespace errors

// Keeps what was loaded (records of kind "programme") and adds the versions that were kept before. To be called once at
// start, before `programmes` is shared. FAILED_PRECONDITION (PROGRAMME_CHANGED) when a kept version says something else
// than the file: a change in meaning needs a new version number.
absl::Status KeepProgrammes(Store& store, Programmes& programmes);

}  // namespace amikeco

#endif  // AMIKECO_PROGRAMMES_KEPT_H_
