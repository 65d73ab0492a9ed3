#include "common/events/open.h"

#include "common/base/status.h"
#include "common/events/redis_queue.h"

namespace amikeco {

absl::StatusOr<std::unique_ptr<Queue>> OpenQueue(const config::v1::QueueConfig& config) {
  if (!config.has_redis()) return absl::InvalidArgumentError("queue: name one, for example: redis {}");
  AMIKECO_ASSIGN_OR_RETURN(RedisAddress address, RedisAddressOf(config.redis()));
  return std::make_unique<RedisQueue>(std::move(address));
}

}  // namespace amikeco
