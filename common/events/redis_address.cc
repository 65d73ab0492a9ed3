#include "common/events/redis_address.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/config/textproto.h"
#include "common/events/redis_tls.h"

namespace amikeco {
namespace {

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(absl::StrCat("queue.redis.", what)); }

// "host:port", where the host may be an IPv6 address in brackets.
absl::StatusOr<RedisEndpoint> ParseEndpoint(absl::string_view text) {
  const size_t colon = text.rfind(':');
  absl::string_view host = text.substr(0, colon);
  if (absl::StartsWith(host, "[") && absl::EndsWith(host, "]")) host = host.substr(1, host.size() - 2);
  auto endpoint = EndpointOf(host, colon == text.npos ? "" : text.substr(colon + 1));
  if (endpoint.ok()) return endpoint;
  return Wrong(absl::StrCat("sentinels: \"", text, "\" is not \"host:port\", for example \"redis1:26379\""));
}

absl::Status ReadPassword(absl::string_view field, const std::string& path, std::string& password) {
  if (path.empty()) return absl::OkStatus();
  auto read = ReadSecretFile(path);
  if (!read.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("queue.redis.", field, ": ", read.status().message()));
  }
  password = *std::move(read);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RedisEndpoint> EndpointOf(absl::string_view host, absl::string_view port) {
  constexpr size_t kLongestName = 253;
  const auto is_of_a_name = [](char c) { return absl::ascii_isalnum(c) || absl::StrContains(".-_:%", c); };
  const auto is_digit = [](char c) { return absl::ascii_isdigit(c); };
  RedisEndpoint endpoint{std::string(host), 0};
  if (host.empty() || host.size() > kLongestName || !std::all_of(host.begin(), host.end(), is_of_a_name) ||
      !std::all_of(port.begin(), port.end(), is_digit) || !absl::SimpleAtoi(port, &endpoint.port) ||
      endpoint.port < 1 || endpoint.port > 65535) {
    return absl::InvalidArgumentError("it is no host and port");
  }
  return endpoint;
}

std::string Describe(const RedisEndpoint& endpoint) { return absl::StrCat(endpoint.host, ":", endpoint.port); }

absl::Status CheckRedis(const config::v1::QueueConfig::Redis& config) {
  if (config.tls().certificate_file().empty() != config.tls().key_file().empty()) {
    return Wrong("tls: set both certificate_file and key_file, or neither");
  }
  if (config.sentinels().empty()) {
    if (!config.primary().empty()) return Wrong("primary is for sentinels alone: set them, or remove it");
    if (!config.sentinel_password_file().empty()) {
      return Wrong("sentinel_password_file is for sentinels alone: set them, or remove it");
    }
    return absl::OkStatus();
  }
  if (!config.host().empty()) return Wrong("host: the sentinels say where the primary is; remove host, or sentinels");
  if (config.port() != 0) return Wrong("port: the sentinels say where the primary is; remove port, or sentinels");
  if (config.primary().empty()) {
    return Wrong("primary: set the name by which the sentinels watch it (theirs: sentinel monitor NAME …)");
  }
  for (const std::string& sentinel : config.sentinels()) {
    AMIKECO_RETURN_IF_ERROR(ParseEndpoint(sentinel).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<RedisAddress> RedisAddressOf(const config::v1::QueueConfig::Redis& config) {
  AMIKECO_RETURN_IF_ERROR(CheckRedis(config));
  RedisAddress address;
  if (!config.host().empty()) address.host = config.host();
  if (config.port() != 0) address.port = config.port();
  if (!config.prefix().empty()) address.prefix = config.prefix();
  AMIKECO_RETURN_IF_ERROR(ReadPassword("password_file", config.password_file(), address.password));
  AMIKECO_RETURN_IF_ERROR(
      ReadPassword("sentinel_password_file", config.sentinel_password_file(), address.sentinel_password));
  for (const std::string& sentinel : config.sentinels()) {
    AMIKECO_ASSIGN_OR_RETURN(address.sentinels.emplace_back(), ParseEndpoint(sentinel));
  }
  address.primary = config.primary();
  if (config.has_tls()) {
    const auto& tls = config.tls();
    address.tls = RedisTls{tls.ca_file(), tls.certificate_file(), tls.key_file()};
    // Every connection reads the files anew; whether they are there and fit is said at start.
    AMIKECO_RETURN_IF_ERROR(NewTlsSession(*address.tls, address.host).status());
  }
  return address;
}

}  // namespace amikeco
