// Wiring: what the parts of one service that move facts share. All of it outlives them.
#ifndef AMIKECO_COMMON_EVENTS_WIRING_H_
#define AMIKECO_COMMON_EVENTS_WIRING_H_

#include <functional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/events/queue.h"
#include "common/observe/metrics.h"
#include "common/observe/trace.h"
#include "common/store/store.h"

namespace amikeco {

// Up to `limit` facts of `source` behind number `after`, asked of the source itself. NOT_FOUND when the config does not
// say where it is, UNAVAILABLE when it is away.
using ReadFacts =
    std::function<absl::StatusOr<std::vector<Parcel>>(const std::string& source, int64_t after, int limit)>;

struct Wiring {
  std::string service;  // "applicant": the source of its facts, and its group on the streams it follows
  Store& store;
  Queue& queue;
  const Clock& clock;
  Metrics& metrics;
  Tracer* tracer = nullptr;        // null: no spans are recorded
  ReadFacts read_facts = nullptr;  // for while the queue is away; null: facts wait until it is back
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_WIRING_H_
