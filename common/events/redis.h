// RedisConnection: one connection to Redis, that is made when it is first needed and again after it broke.
//
// Not thread safe. Every call ends within the timeout (plus what a blocking command may wait). While Redis is away,
// calls fail at once and a new connection is tried only as often as the backoff allows. hiredis has no TLS: Redis is
// reached over a private network or through a tunnel (docs/adr/0004).
#ifndef AMIKECO_COMMON_EVENTS_REDIS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_H_

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "amikeco/config/v1/config.pb.h"

namespace amikeco {

struct RedisAddress {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string password;
  std::string prefix = "amikeco";  // begins every key
  absl::Duration timeout = absl::Seconds(2);
};

// The address of `config`, with the password read from its file. FAILED_PRECONDITION when that cannot be read.
absl::StatusOr<RedisAddress> RedisAddressOf(const config::v1::QueueConfig::Redis& config);

using RedisCommand = std::vector<std::string>;

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeReply>;

// OK unless the reply is an error; UNAVAILABLE when trying again later may help.
absl::Status StatusOf(const redisReply& reply);
inline absl::string_view TextOf(const redisReply& reply) {
  return reply.str == nullptr ? absl::string_view() : absl::string_view(reply.str, reply.len);
}

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
  absl::Status Broken();
  absl::StatusOr<RedisReply> Read();
  void SetTimeout(absl::Duration timeout);

  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  const RedisAddress address_;
  std::unique_ptr<redisContext, FreeContext> context_;
  absl::Duration timeout_;
  absl::Time not_before_ = absl::InfinitePast();
  absl::Duration backoff_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_H_
