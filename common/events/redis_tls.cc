#include "common/events/redis_tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/config/textproto.h"

namespace amikeco {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

// What is wrong with the file that OpenSSL did not take.
absl::Status Refused(absl::string_view field, const std::string& path) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  const auto read = ReadFile(path);
  return absl::FailedPreconditionError(
      absl::StrCat("queue.redis.tls.", field, ": ",
                   read.ok() ? absl::StrCat(path, ": ", reason == nullptr ? "is no PEM file" : reason)
                             : std::string(read.status().message())));
}

absl::StatusOr<TlsContext> NewContext(const RedisTls& tls) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return absl::InternalError("OpenSSL has no TLS.");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (tls.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (SSL_CTX_load_verify_file(context.get(), tls.ca_file.c_str()) != 1) {
    return Refused("ca_file", tls.ca_file);
  }
  if (tls.certificate_file.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), tls.certificate_file.c_str()) != 1) {
    return Refused("certificate_file", tls.certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), tls.key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Refused("key_file", tls.key_file);
  }
  return context;
}

bool IsIpAddress(const std::string& host) {
  in6_addr parsed;
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 || inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

}  // namespace

void FreeTls::operator()(ssl_st* session) const { SSL_free(session); }

absl::StatusOr<TlsSession> NewTlsSession(const RedisTls& tls, const std::string& host) {
  AMIKECO_ASSIGN_OR_RETURN(const TlsContext context, NewContext(tls));
  TlsSession session(SSL_new(context.get()));
  // With no name to compare OpenSSL would take any certificate.
  const bool named = session != nullptr && !host.empty() &&
                     (IsIpAddress(host) ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str())
                                        : SSL_set1_host(session.get(), host.c_str()) == 1 &&
                                              SSL_set_tlsext_host_name(session.get(), host.c_str())) == 1;
  if (!named) return absl::FailedPreconditionError(absl::StrCat("TLS: \"", host, "\" is no name to verify"));
  return session;
}

std::string TlsFault(const ssl_st& session, int error) {
  const int system_error = errno;
  const unsigned long reason = ERR_peek_error();
  const long verified = SSL_get_verify_result(&session);
  if (verified != X509_V_OK) {
    return absl::StrCat("TLS: its certificate is refused: ", X509_verify_cert_error_string(verified));
  }
  if (error == SSL_ERROR_ZERO_RETURN) return "connection closed";
  if (const char* const text = ERR_reason_error_string(reason)) return absl::StrCat("TLS: ", text);
  return system_error == 0 ? "connection closed" : std::strerror(system_error);
}

}  // namespace amikeco
