// OpenQueue: the queue that a configuration names.
#ifndef AMIKECO_COMMON_EVENTS_OPEN_H_
#define AMIKECO_COMMON_EVENTS_OPEN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/events/queue.h"

namespace amikeco {

// Does not connect: a service starts, and takes commands, while Redis is away. INVALID_ARGUMENT when the configuration
// names no queue (a queue in memory would lead nowhere: the other services are other processes).
absl::StatusOr<std::unique_ptr<Queue>> OpenQueue(const config::v1::QueueConfig& config);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_OPEN_H_
