#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace amikeco {
namespace {

// The ends of one connection through a proxy; both ends are read and written by the test.
class FaultProxyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof(address);
    ASSERT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(listen(listener_, 8), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    auto proxy = FaultProxy::Start(absl::StrCat("127.0.0.1:", ntohs(address.sin_port)));
    ASSERT_TRUE(proxy.ok()) << proxy.status();
    proxy_ = *std::move(proxy);
    Connect();
  }
  void TearDown() override {
    Hang();
    close(listener_);
  }

  static sockaddr_in Loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void Connect() {
    Hang();
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(proxy_->port());
    ASSERT_EQ(connect(client_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    server_ = accept(listener_, nullptr, nullptr);
    ASSERT_GE(server_, 0);
  }
  void Hang() {
    if (client_ >= 0) close(client_);
    if (server_ >= 0) close(server_);
  }

  static bool Put(int to, const std::string& text) {
    return send(to, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  // What comes within the time: at least one byte; "" at the end, "broken", or "nothing".
  static std::string Get(int from, absl::Duration within = absl::Seconds(20)) {
    const timeval time = absl::ToTimeval(within);
    setsockopt(from, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
    char bytes[1 << 16];
    const ssize_t got = recv(from, bytes, sizeof(bytes), 0);
    if (got >= 0) return std::string(bytes, static_cast<size_t>(got));
    return errno == EAGAIN ? "nothing" : "broken";
  }

  std::unique_ptr<FaultProxy> proxy_;
  int listener_ = -1;
  int client_ = -1;
  int server_ = -1;
};

TEST_F(FaultProxyTest, PassesBytesAndEndsOnBothWays) {
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
  ASSERT_TRUE(Put(server_, "answer"));
  EXPECT_EQ(Get(client_), "answer");
  shutdown(client_, SHUT_WR);
  EXPECT_EQ(Get(server_), "");
  ASSERT_TRUE(Put(server_, "goodbye"));
  EXPECT_EQ(Get(client_), "goodbye");
}

TEST_F(FaultProxyTest, CutsAndTakesConnectionsAgainAfterwards) {
  proxy_->Set(FaultProxy::Fault::kCut);
  EXPECT_EQ(Get(client_), "broken");
  EXPECT_EQ(Get(server_), "broken");
  proxy_->Set(FaultProxy::Fault::kNone);
  ASSERT_NO_FATAL_FAILURE(Connect());
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
}

TEST_F(FaultProxyTest, StallsAndGoesOn) {
  proxy_->Set(FaultProxy::Fault::kStall);
  ASSERT_NO_FATAL_FAILURE(Connect()) << "it takes connections";
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_, absl::Milliseconds(100)), "nothing");
  proxy_->Set(FaultProxy::Fault::kNone);
  EXPECT_EQ(Get(server_), "question");
}

TEST_F(FaultProxyTest, Delays) {
  proxy_->Set(FaultProxy::Fault::kDelay);
  absl::SleepFor(absl::Milliseconds(50));  // until the proxy has seen it
  const absl::Time start = absl::Now();
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(45));
}

TEST_F(FaultProxyTest, Throttles) {
  proxy_->Set(FaultProxy::Fault::kThrottle);
  absl::SleepFor(absl::Milliseconds(50));
  const absl::Time start = absl::Now();
  ASSERT_TRUE(Put(client_, std::string(5000, 'x')));
  for (size_t got = 0; got < 5000; got += Get(server_).size()) {
  }
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(400));
}

TEST_F(FaultProxyTest, LosesTheAnswerToWhatTheServerWasAsked) {
  proxy_->Set(FaultProxy::Fault::kLoseAnswer);
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
  ASSERT_TRUE(Put(server_, "answer"));
  EXPECT_EQ(Get(client_), "broken");
}

TEST_F(FaultProxyTest, ClosesHalf) {
  proxy_->Set(FaultProxy::Fault::kHalfClose);
  EXPECT_EQ(Get(client_), "");
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
}

TEST_F(FaultProxyTest, PlaysFaultsUntilItIsSetAgain) {
  proxy_->Play(7);
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  while (proxy_->played() < 3 && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_GE(proxy_->played(), 3);
  proxy_->Set(FaultProxy::Fault::kNone);
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_NO_FATAL_FAILURE(Connect());
  ASSERT_TRUE(Put(client_, "question"));
  EXPECT_EQ(Get(server_), "question");
}

}  // namespace
}  // namespace amikeco
