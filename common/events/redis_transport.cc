#include "common/events/redis_transport.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/steady.h"

namespace amikeco {
namespace {

constexpr int kKeepAliveSeconds = 15;

void Append(std::string& text, const RedisCommand& command) {
  absl::StrAppend(&text, "*", command.size(), "\r\n");
  for (const std::string& word : command) absl::StrAppend(&text, "$", word.size(), "\r\n", word, "\r\n");
}

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

}  // namespace

RedisTransport::RedisTransport(const RedisEndpoint& endpoint) : endpoint_(endpoint), reader_(NewRedisReader()) {}

RedisTransport::~RedisTransport() {
  if (socket_ >= 0) close(socket_);
}

absl::Status RedisTransport::Away(absl::string_view reason) const {
  return absl::UnavailableError(absl::StrCat(Describe(endpoint_), ": ", reason));
}

absl::StatusOr<std::unique_ptr<RedisTransport>> RedisTransport::Connect(const RedisEndpoint& endpoint,
                                                                        const std::optional<RedisTls>& tls,
                                                                        absl::Duration timeout) {
  std::unique_ptr<RedisTransport> transport(new RedisTransport(endpoint));
  AMIKECO_RETURN_IF_ERROR(transport->Dial(timeout));
  if (tls) AMIKECO_RETURN_IF_ERROR(transport->Shake(*tls, timeout));
  return transport;
}

// Connects to the first of the host's addresses that answers.
absl::Status RedisTransport::Dial(absl::Duration timeout) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = getaddrinfo(endpoint_.host.c_str(), absl::StrCat(endpoint_.port).c_str(), &hints, &found);
  if (failed != 0) return Away(gai_strerror(failed));
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  absl::Status status = Away("it has no address");
  for (const addrinfo* address = found; address != nullptr && !status.ok(); address = address->ai_next) {
    status = DialAddress(*address, timeout);
  }
  AMIKECO_RETURN_IF_ERROR(status);
  constexpr int kOn = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &kOn, sizeof(kOn));
  setsockopt(socket_, SOL_SOCKET, SO_KEEPALIVE, &kOn, sizeof(kOn));
  setsockopt(socket_, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepAliveSeconds, sizeof(kKeepAliveSeconds));
  return absl::OkStatus();
}

absl::Status RedisTransport::DialAddress(const addrinfo& address, absl::Duration timeout) {
  if (socket_ >= 0) close(socket_);
  socket_ = socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return Away(std::strerror(errno));
  int fault = connect(socket_, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (fault == EINPROGRESS) {
    AMIKECO_RETURN_IF_ERROR(Wait(POLLOUT, timeout));
    socklen_t size = sizeof(fault);
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &fault, &size);
  }
  return fault == 0 ? absl::OkStatus() : Away(std::strerror(fault));
}

absl::Status RedisTransport::Shake(const RedisTls& tls, absl::Duration timeout) {
  // OpenSSL writes without MSG_NOSIGNAL: a peer that went away would end the process.
  static const bool ignored = std::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  (void)ignored;
  AMIKECO_ASSIGN_OR_RETURN(tls_, NewTlsSession(tls, endpoint_.host));
  if (SSL_set_fd(tls_.get(), socket_) != 1) return Away("TLS: no memory");
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(tls_.get());
    if (result == 1) return absl::OkStatus();
    const absl::Status status = WaitAfter(result, POLLIN, timeout);
    // A Redis without TLS waits for the end of what it takes for a command.
    if (!status.ok() && BIO_number_read(SSL_get_rbio(tls_.get())) == 0) {
      return absl::UnavailableError(absl::StrCat(status.message(), "; is TLS spoken on this port?"));
    }
    AMIKECO_RETURN_IF_ERROR(status);
  }
}

// Waits until what returned `result`, which is not positive, can be tried again.
absl::Status RedisTransport::WaitAfter(ssize_t result, short event, absl::Duration timeout) {
  if (tls_ != nullptr) {
    const int error = SSL_get_error(tls_.get(), static_cast<int>(result));
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return Away(TlsFault(*tls_, error));
    return Wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, timeout);
  }
  if (result == 0) return Away("connection closed");
  if (errno != EAGAIN && errno != EINTR) return Away(std::strerror(errno));
  return Wait(event, timeout);
}

absl::Status RedisTransport::Wait(short event, absl::Duration timeout) {
  const absl::Time deadline = SteadyNow() + timeout;
  pollfd waiting{socket_, event, 0};
  while (true) {
    const absl::Duration left = std::max(deadline - SteadyNow(), absl::ZeroDuration());
    // Never 0 ms before the deadline: that would spin.
    const int ready =
        poll(&waiting, 1, static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1)))));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return Away(std::strerror(errno));
    if (SteadyNow() >= deadline) return Away(absl::StrCat("no answer for ", absl::FormatDuration(timeout)));
  }
}

absl::Status RedisTransport::Send(absl::string_view bytes, absl::Duration timeout) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const ssize_t sent = tls_ != nullptr ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                                         : send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (const absl::Status status = WaitAfter(sent, POLLOUT, timeout); !status.ok()) {
      return tls_ != nullptr ? WhyHungUp(status) : status;
    }
  }
  return absl::OkStatus();
}

// With TLS 1.3 the handshake ends before the server has seen our certificate. One that refuses us says so and hangs up;
// the write that fails of it knows nothing of what waits to be read.
absl::Status RedisTransport::WhyHungUp(const absl::Status& status) {
  ERR_clear_error();
  char byte = 0;
  const int error = SSL_get_error(tls_.get(), SSL_read(tls_.get(), &byte, 1));
  return error == SSL_ERROR_SSL ? Away(TlsFault(*tls_, error)) : status;
}

// Hands what comes next to the reader.
absl::Status RedisTransport::Receive(absl::Duration timeout) {
  std::array<char, 16 * 1024> bytes;  // a whole record of TLS
  while (true) {
    ERR_clear_error();
    const ssize_t read = tls_ != nullptr ? SSL_read(tls_.get(), bytes.data(), bytes.size())
                                         : recv(socket_, bytes.data(), bytes.size(), 0);
    if (read > 0) {
      redisReaderFeed(reader_.get(), bytes.data(), static_cast<size_t>(read));
      return absl::OkStatus();
    }
    AMIKECO_RETURN_IF_ERROR(WaitAfter(read, POLLIN, timeout));
  }
}

absl::StatusOr<std::vector<RedisReply>> RedisTransport::Exchange(absl::Span<const RedisCommand> commands,
                                                                 absl::Duration timeout) {
  std::string text;
  for (const RedisCommand& command : commands) Append(text, command);
  AMIKECO_RETURN_IF_ERROR(Send(text, timeout));
  std::vector<RedisReply> replies;
  while (replies.size() < commands.size()) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) return Away(reader_->errstr);
    if (reply == nullptr) {
      AMIKECO_RETURN_IF_ERROR(Receive(timeout));
    } else {
      replies.emplace_back(static_cast<redisReply*>(reply));
    }
  }
  return replies;
}

}  // namespace amikeco
