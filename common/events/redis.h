// RedisConnection: one connection to Redis, that is made when it is first needed and again after it broke.
//
// Not thread safe. A call ends when Redis is silent for longer than the timeout (plus what a blocking command may
// wait). While Redis is away, calls fail at once and a new connection is tried only as often as the backoff allows.
// With Sentinels each new connection is to the server that they call the primary and that says so itself; the
// connection is given up when the server stops being it (docs/adr/0007).
#ifndef AMIKECO_COMMON_EVENTS_REDIS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/events/redis_address.h"
#include "common/events/redis_reply.h"
#include "common/events/redis_sentinels.h"
#include "common/events/redis_transport.h"

namespace amikeco {

class RedisConnection {
 public:
  explicit RedisConnection(RedisAddress address);

  // The replies of commands that are sent in one go; a reply may be an error (see StatusOf). UNAVAILABLE when the
  // connection breaks: then none, some or all of them took effect. `blocking` is how long they may wait by themselves.
  absl::StatusOr<std::vector<RedisReply>> Run(absl::Span<const RedisCommand> commands,
                                              absl::Duration blocking = absl::ZeroDuration());
  // One command, whose error reply is an error here too.
  absl::StatusOr<RedisReply> Run(const RedisCommand& command, absl::Duration blocking = absl::ZeroDuration());
  void Close();

 private:
  absl::Status Connect();
  absl::StatusOr<std::unique_ptr<RedisTransport>> Reach();
  absl::Status Greet(RedisTransport& transport) const;
  absl::Status Broken(const absl::Status& reason);

  const RedisAddress address_;
  RedisSentinels sentinels_;
  std::unique_ptr<RedisTransport> transport_;
  absl::Time not_before_ = absl::InfinitePast();
  int failures_ = 0;  // since it was last connected
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_H_
