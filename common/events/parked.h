// Parked facts: those that a service could not act on, and those of the same subjects that wait behind them.
#ifndef AMIKECO_COMMON_EVENTS_PARKED_H_
#define AMIKECO_COMMON_EVENTS_PARKED_H_

#include <string>
#include <vector>

#include "amikeco/ops/v1/ops.pb.h"
#include "common/events/queue.h"
#include "common/store/table.h"

namespace amikeco {

using Parked = Versioned<ops::v1::ParkedFact>;

// Keys: "order" (all, oldest first) and "subject" (each subject's, by number).
const Table<ops::v1::ParkedFact>& ParkedFacts();

// "parkedFacts/<event id>".
std::string ParkedName(absl::string_view event_id);

// The parked facts of the event's subject in their order, at most `limit`.
absl::StatusOr<std::vector<Parked>> ParkedOfSubject(Reader& reader, const event::v1::Event& event, int limit);

// How many facts are parked, counted up to `limit`.
absl::StatusOr<int> CountParked(Reader& reader, int limit);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_PARKED_H_
