// Wiring: what the parts of one service that move facts share. All of it outlives them.
#ifndef AMIKECO_COMMON_EVENTS_WIRING_H_
#define AMIKECO_COMMON_EVENTS_WIRING_H_

#include <string>

#include "common/base/clock.h"
#include "common/events/queue.h"
#include "common/observe/metrics.h"
#include "common/observe/trace.h"
#include "common/store/store.h"

namespace amikeco {

struct Wiring {
  std::string service;  // "applicant": the source of its facts, and its group on the streams it follows
  Store& store;
  Queue& queue;
  const Clock& clock;
  Metrics& metrics;
  Tracer* tracer = nullptr;  // null: no spans are recorded
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_WIRING_H_
