// TLS to Redis, by OpenSSL: hiredis 0.14 has none.
#ifndef AMIKECO_COMMON_EVENTS_REDIS_TLS_H_
#define AMIKECO_COMMON_EVENTS_REDIS_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/events/redis_address.h"

struct ssl_st;

namespace amikeco {

struct FreeTls {
  void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, FreeTls>;

// A session of TLS 1.2 or newer for a connection to `host`, whose certificate must have that name or IP address. The
// files are read now, so that a new connection uses new ones. FAILED_PRECONDITION when one of them cannot be used.
absl::StatusOr<TlsSession> NewTlsSession(const RedisTls& tls, const std::string& host);

// Why the last call of OpenSSL with this `SSL` failed, when it returned `error` (SSL_get_error).
std::string TlsFault(const ssl_st& session, int error);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_REDIS_TLS_H_
