// RedisAddress: where Redis is and how it is spoken to, as the configuration says.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_ADDRESS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_ADDRESS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"

namespace amikeco {

// One server's or Sentinel's.
struct RedisEndpoint {
  std::string host;
  int port = 0;
};
std::string Describe(const RedisEndpoint& endpoint);  // "redis1:6379"
// INVALID_ARGUMENT unless `host` is a name or an IP address and `port` a number from 1 to 65535.
absl::StatusOr<RedisEndpoint> EndpointOf(absl::string_view host, absl::string_view port);

// PEM files. The other end's certificate must always have the name or IP address by which it is reached.
struct RedisTls {
  std::string ca_file;           // "": the system's
  std::string certificate_file;  // "": we show none
  std::string key_file;
};

struct RedisAddress {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string password;
  std::string prefix = "amikeco";             // begins every key
  absl::Duration timeout = absl::Seconds(2);  // how long Redis may be silent
  std::optional<RedisTls> tls;                // not set: plaintext
  std::vector<RedisEndpoint> sentinels;       // when there are any, these are asked for `primary` and host is not used
  std::string primary;
  std::string sentinel_password;
};

// INVALID_ARGUMENT when something does not go together. Opens no files.
absl::Status CheckRedis(const config::v1::QueueConfig::Redis& config);
// The address of `config`, with the passwords read from their files. INVALID_ARGUMENT as CheckRedis;
// FAILED_PRECONDITION when a file cannot be read, or is not what it should be.
absl::StatusOr<RedisAddress> RedisAddressOf(const config::v1::QueueConfig::Redis& config);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_ADDRESS_H_
