#include "tests/support/redis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace amikeco {
namespace {

bool Answers(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  char answer[7] = {};
  const bool pong = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
                    write(fd, "PING\r\n", 6) == 6 && read(fd, answer, 5) == 5 &&
                    absl::string_view(answer, 5) == "+PONG";
  close(fd);
  return pong;
}

}  // namespace

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start() {
  absl::Status status;
  // Somebody may take a port between our looking and Redis's binding: look again then.
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::unique_ptr<RedisServer> server(new RedisServer(FreePort()));
    status = server->Launch();
    if (status.ok()) return server;
  }
  return status;
}

RedisServer::~RedisServer() { Kill(); }

absl::Status RedisServer::Launch() {
  const std::string log = folder_ / "log";
  auto child = Child::Start({"redis-server", "--port", absl::StrCat(port_), "--bind", "127.0.0.1", "--save", "",
                             "--appendonly", "no", "--dir", folder_.path()},
                            {.log = log, .user = "", .folder = ""});
  if (!child.ok()) return child.status();
  child_ = *std::move(child);
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (child_->Running() && absl::Now() < deadline) {
    if (Answers(port_)) return absl::OkStatus();
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

absl::Status RedisServer::Restart() {
  Stop();
  return Launch();
}

void RedisServer::Pause() {
  if (child_ != nullptr) child_->Signal(SIGSTOP);
}

void RedisServer::Resume() {
  if (child_ != nullptr) child_->Signal(SIGCONT);
}

}  // namespace amikeco
