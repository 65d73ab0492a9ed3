// For tests of what is traced.
#ifndef AMIKECO_COMMON_OBSERVE_TESTING_H_
#define AMIKECO_COMMON_OBSERVE_TESTING_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace amikeco::testing {

// An HTTP server that answers one request with 200 and keeps what was sent.
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
  ~Collector() { close(socket_); }

  int port() const { return port_; }
  std::string Received() {
    thread_.join();
    return received_;
  }

 private:
  void Serve() {
    const int connection = accept(socket_, nullptr, nullptr);
    char buffer[4096];
    ssize_t size = 0;
    while (!absl::EndsWith(received_, "]}]}]}") && (size = read(connection, buffer, sizeof buffer)) > 0)
      received_.append(buffer, size);
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    EXPECT_EQ(write(connection, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    close(connection);
  }

  const int socket_;
  int port_ = 0;
  std::string received_;
  std::thread thread_;
};

// Of an HTTP request.
inline std::string BodyOf(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

}  // namespace amikeco::testing

#endif  // AMIKECO_COMMON_OBSERVE_TESTING_H_
