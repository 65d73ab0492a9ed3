// What goes to Redis and what comes back.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_REPLY_H_
#define AMIKECO_COMMON_EVENTS_REDIS_REPLY_H_

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace amikeco {

using RedisCommand = std::vector<std::string>;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeReply>;

// Reads replies from their bytes, as they come. A reply that claims more elements than any that we ask for has is an
// error before there is room made for them.
struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};
using RedisReader = std::unique_ptr<redisReader, FreeReader>;
RedisReader NewRedisReader();

// OK unless the reply is an error; UNAVAILABLE when trying again later may help.
absl::Status StatusOf(const redisReply& reply);
// Whether the reply says that the server is not the primary, or not any more one that may be written to: another may
// be.
bool IsFromStalePrimary(const redisReply& reply);
inline absl::string_view TextOf(const redisReply& reply) {
  return reply.str == nullptr ? absl::string_view() : absl::string_view(reply.str, reply.len);
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_REPLY_H_
