#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace amikeco {
namespace {

// How late a fault may begin or end.
constexpr int kTurnMillis = 5;
constexpr size_t kPiece = 16 << 10;
// Held at most, so that a client notices that nothing passes.
constexpr size_t kMostPieces = 16;
constexpr absl::Duration kLate = absl::Milliseconds(50);
// Together 10 kB a second.
constexpr size_t kThrottledPiece = 512;
constexpr absl::Duration kThrottledPause = absl::Milliseconds(50);

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// -1 when nobody listens there.
int ConnectTo(const std::string& target) {
  const bool unix_socket = target.find('/') != std::string::npos;
  const int fd = socket(unix_socket ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int connected = -1;
  if (unix_socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    target.copy(address.sun_path, sizeof(address.sun_path) - 1);
    connected = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  } else {
    int port = 0;
    (void)absl::SimpleAtoi(target.substr(target.find(':') + 1), &port);
    const sockaddr_in address = Loopback(port);
    connected = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  }
  if (connected == 0) return fd;
  close(fd);
  return -1;
}

void Prepare(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void Reset(int fd) {
  const linger now{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  close(fd);
}

}  // namespace

// A client, the server's end, and what is on its way between them.
class FaultProxy::Connection {
 public:
  Connection(int client, int server) : requests_{client, server}, answers_{server, client} {
    Prepare(client);
    Prepare(server);
  }
  ~Connection() {
    // As a proxy's end does: whoever is still there finds the connection broken.
    Reset(requests_.from);
    Reset(answers_.from);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void AddTo(std::vector<pollfd>& polled, Fault fault) const {
    for (const Way* way : {&requests_, &answers_}) {
      if (way->MayRead(fault)) polled.push_back({way->from, POLLIN, 0});
    }
  }

  // Passes on what may pass. False when the connection is over.
  bool Step(Fault fault) {
    if (fault == Fault::kCut) return false;
    if (fault == Fault::kHalfClose && !answers_.ended) {
      answers_.ended = true;
      answers_.pieces.clear();
      shutdown(answers_.to, SHUT_WR);
    }
    if (fault == Fault::kStall) return true;
    if (!requests_.Read(fault) || !answers_.Read(fault)) return false;
    if (fault == Fault::kLoseAnswer && !answers_.pieces.empty()) return false;
    return requests_.Write() && answers_.Write() && !(requests_.ended && answers_.ended);
  }

 private:
  struct Piece {
    absl::Time due;
    std::string bytes;
  };
  struct Way {
    const int from;
    const int to;
    std::deque<Piece> pieces = {};
    absl::Time not_before = absl::InfinitePast();
    bool read_all = false;
    bool ended = false;  // the other side was told so

    bool MayRead(Fault fault) const {
      return !read_all && fault != Fault::kStall && pieces.size() < kMostPieces && absl::Now() >= not_before;
    }
    // False when the connection is broken.
    bool Read(Fault fault) {
      if (!MayRead(fault)) return true;
      char bytes[kPiece];
      const ssize_t got = recv(from, bytes, fault == Fault::kThrottle ? kThrottledPiece : kPiece, 0);
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      read_all = got == 0;
      const absl::Time now = absl::Now();
      if (fault == Fault::kThrottle) not_before = now + kThrottledPause;
      if (got > 0 && !ended) {
        pieces.push_back({fault == Fault::kDelay ? now + kLate : now, std::string(bytes, static_cast<size_t>(got))});
      }
      return true;
    }
    bool Write() {
      while (!pieces.empty() && pieces.front().due <= absl::Now()) {
        std::string& bytes = pieces.front().bytes;
        const ssize_t put = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put < 0) return errno == EAGAIN || errno == EINTR;
        bytes.erase(0, static_cast<size_t>(put));
        if (bytes.empty()) pieces.pop_front();
      }
      if (read_all && pieces.empty() && !ended) {
        ended = true;
        shutdown(to, SHUT_WR);
      }
      return true;
    }
  };

  Way requests_;
  Way answers_;
};

FaultProxy::FaultProxy(std::string target) : target_(std::move(target)) {}

absl::StatusOr<std::unique_ptr<FaultProxy>> FaultProxy::Start(const std::string& target) {
  auto proxy = std::unique_ptr<FaultProxy>(new FaultProxy(target));
  if (absl::Status status = proxy->Listen(); !status.ok()) return status;
  proxy->thread_ = std::thread([raw = proxy.get()] { raw->Run(); });
  return proxy;
}

FaultProxy::~FaultProxy() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  if (listener_ >= 0) close(listener_);
}

absl::Status FaultProxy::Listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return absl::UnavailableError(absl::StrCat("the proxy cannot listen: ", std::strerror(errno)));
  }
  port_ = ntohs(address.sin_port);
  return absl::OkStatus();
}

void FaultProxy::Set(Fault fault) {
  absl::MutexLock lock(&mutex_);
  fault_ = fault;
  playing_ = false;
}

void FaultProxy::Play(uint64_t seed, std::function<bool()> recovered) {
  absl::MutexLock lock(&mutex_);
  dice_.seed(seed);
  fault_ = Fault::kNone;
  playing_ = true;
  recovered_ = std::move(recovered);
  next_ = absl::Now();
}

FaultProxy::Fault FaultProxy::Current() {
  absl::MutexLock lock(&mutex_);
  if (!playing_ || absl::Now() < next_) return fault_;
  const auto below = [this](int64_t bound) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::uniform_int_distribution<int64_t>(0, bound - 1)(dice_);
  };
  if (fault_ != Fault::kNone) {
    fault_ = Fault::kNone;
    next_ = absl::Now() + absl::Milliseconds(below(1500));
    return fault_;
  }
  if (recovered_ && !recovered_()) return fault_;
  fault_ = static_cast<Fault>(1 + below(static_cast<int64_t>(Fault::kHalfClose)));
  next_ = absl::Now() + absl::Milliseconds(below(10) == 0 ? 3000 : 1 + below(500));
  ++played_;
  return fault_;
}

void FaultProxy::Accept() {
  for (int client = 0; (client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int server = ConnectTo(target_);
    if (server < 0) {
      Reset(client);
    } else {
      connections_.emplace_back(client, server);
    }
  }
}

void FaultProxy::Run() {
  std::vector<pollfd> polled;
  while (!stopping_) {
    polled.assign({{listener_, POLLIN, 0}});
    for (const Connection& connection : connections_) connection.AddTo(polled, Current());
    poll(polled.data(), polled.size(), kTurnMillis);
    if (polled[0].revents != 0) Accept();
    const Fault fault = Current();  // asked last: who comes after Set must not meet what was before
    connections_.remove_if([&](Connection& connection) { return !connection.Step(fault); });
  }
  connections_.clear();
}

}  // namespace amikeco
