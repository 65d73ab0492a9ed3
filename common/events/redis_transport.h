// RedisTransport: one TCP connection, or TLS over one, to a Redis server or Sentinel: commands out, replies in.
//
// Not thread safe. Nothing waits longer than the timeout for the other end to take or send anything; only looking up a
// name takes as long as the system's resolver does. An error is UNAVAILABLE and begins with "host:port: ", or is
// FAILED_PRECONDITION about the files of TLS; after it the transport is of no use. hiredis parses what comes.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_TRANSPORT_H_
#define AMIKECO_COMMON_EVENTS_REDIS_TRANSPORT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/events/redis_address.h"
#include "common/events/redis_reply.h"
#include "common/events/redis_tls.h"

struct addrinfo;

namespace amikeco {

class RedisTransport {
 public:
  static absl::StatusOr<std::unique_ptr<RedisTransport>> Connect(const RedisEndpoint& endpoint,
                                                                 const std::optional<RedisTls>& tls,
                                                                 absl::Duration timeout);
  ~RedisTransport();
  RedisTransport(const RedisTransport&) = delete;
  RedisTransport& operator=(const RedisTransport&) = delete;

  // Sends all commands in one go and reads their replies, any of which may be an error (see StatusOf).
  absl::StatusOr<std::vector<RedisReply>> Exchange(absl::Span<const RedisCommand> commands, absl::Duration timeout);

 private:
  explicit RedisTransport(const RedisEndpoint& endpoint);
  absl::Status Dial(absl::Duration timeout);
  absl::Status DialAddress(const addrinfo& address, absl::Duration timeout);
  absl::Status Shake(const RedisTls& tls, absl::Duration timeout);
  absl::Status Send(absl::string_view bytes, absl::Duration timeout);
  absl::Status WhyHungUp(const absl::Status& status);
  absl::Status Receive(absl::Duration timeout);
  absl::Status WaitAfter(ssize_t result, short event, absl::Duration timeout);
  absl::Status Wait(short event, absl::Duration timeout);
  absl::Status Away(absl::string_view reason) const;

  const RedisEndpoint endpoint_;
  int socket_ = -1;
  TlsSession tls_;  // null: plaintext
  const RedisReader reader_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_TRANSPORT_H_
