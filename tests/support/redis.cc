#include "tests/support/redis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace amikeco {

std::string AskRedis(int port, absl::string_view command) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{2, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const std::string line = absl::StrCat(command, "\r\n");
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size())) {
    shutdown(fd, SHUT_WR);  // makes the server close the connection behind its answer
    std::array<char, 4096> bytes;
    for (ssize_t count = 0; (count = read(fd, bytes.data(), bytes.size())) > 0;) answer.append(bytes.data(), count);
  }
  close(fd);
  return answer;
}

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start(const std::vector<std::string>& arguments) {
  absl::Status status;
  // Somebody may take a port between our looking and Redis's binding: look again then.
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::unique_ptr<RedisServer> server(new RedisServer(FreePort(), arguments));
    status = server->Launch();
    if (status.ok()) return server;
  }
  return status;
}

RedisServer::~RedisServer() { Kill(); }

absl::Status RedisServer::Launch() {
  const std::string log = folder_ / "log";
  std::vector<std::string> words = {"redis-server", "--port", absl::StrCat(port_), "--bind", "127.0.0.1",
                                    "--save",       "",       "--appendonly",      "no",     "--dir",
                                    folder_.path()};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  auto child = Child::Start(words, {.log = log, .user = "", .folder = ""});
  if (!child.ok()) return child.status();
  child_ = *std::move(child);
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (child_->Running() && absl::Now() < deadline) {
    if (AskRedis(port_, "PING") == "+PONG\r\n") return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(5));
  }
  child_.reset();
  return absl::UnavailableError(absl::StrCat("redis-server did not start (is it installed?): ", TailOf(log)));
}

void RedisServer::Stop() {
  if (child_ == nullptr) return;
  Resume();
  child_->End(SIGTERM, absl::Seconds(10));
  child_.reset();
}

void RedisServer::Kill() { child_.reset(); }

absl::Status RedisServer::Restart(const std::vector<std::string>& arguments) {
  Stop();
  if (!arguments.empty()) arguments_ = arguments;
  return Launch();
}

void RedisServer::Pause() {
  if (child_ != nullptr) child_->Signal(SIGSTOP);
}

void RedisServer::Resume() {
  if (child_ != nullptr) child_->Signal(SIGCONT);
}

}  // namespace amikeco
