// Pauses: which sources operators have stopped a service from following.
#ifndef AMIKECO_COMMON_EVENTS_PAUSES_H_
#define AMIKECO_COMMON_EVENTS_PAUSES_H_

#include <optional>
#include <string>

#include "amikeco/ops/v1/ops.pb.h"
#include "common/store/table.h"

namespace amikeco {

// One record a paused source, named after it; none while the source is followed.
const Table<ops::v1::ConsumerPause>& Pauses();

absl::StatusOr<std::optional<ops::v1::ConsumerPause>> FindPause(Reader& reader, const std::string& source);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_PAUSES_H_
