// A part of a process that runs: a server, a relay, a consumer, a ticker.
#ifndef AMIKECO_COMMON_BASE_PART_H_
#define AMIKECO_COMMON_BASE_PART_H_

#include "absl/status/status.h"

namespace amikeco {

// Process::RunUntilSignal starts parts in the order given and stops them in reverse.
class Part {
 public:
  virtual ~Part() = default;
  // Starts the part's threads and returns; an error ends the process.
  virtual absl::Status Start() = 0;
  // Stops them and returns when they have ended. Calls in work are finished first. May be called without Start.
  virtual void Stop() = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_PART_H_
