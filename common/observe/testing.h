// For tests of what is traced.
#ifndef AMIKECO_COMMON_OBSERVE_TESTING_H_
#define AMIKECO_COMMON_OBSERVE_TESTING_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"

namespace amikeco::testing {

// An HTTP server that answers every request with 200 and keeps what was sent.
class Collector {
 public:
  Collector() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(socket_, 1);
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~Collector() {
    Stop();
    close(socket_);
  }

  int port() const { return port_; }
  // Everything that was posted; waits until something was.
  std::string Received() {
    mutex_.LockWhen(absl::Condition(this, &Collector::HasReceived));
    mutex_.Unlock();
    Stop();
    const absl::MutexLock lock(&mutex_);
    return received_;
  }

 private:
  bool HasReceived() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !received_.empty(); }
  void Stop() {
    shutdown(socket_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  void Serve() {
    for (int connection = 0; (connection = accept(socket_, nullptr, nullptr)) >= 0; close(connection)) {
      std::string posted;
      char buffer[4096];
      ssize_t size = 0;
      while (!absl::EndsWith(posted, "]}]}]}") && (size = read(connection, buffer, sizeof buffer)) > 0)
        posted.append(buffer, static_cast<size_t>(size));
      const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      EXPECT_EQ(write(connection, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
      const absl::MutexLock lock(&mutex_);
      received_ += posted;
    }
  }

  const int socket_;
  int port_ = 0;
  absl::Mutex mutex_;
  std::string received_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

// Of an HTTP request.
inline std::string BodyOf(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

}  // namespace amikeco::testing

#endif  // AMIKECO_COMMON_OBSERVE_TESTING_H_
