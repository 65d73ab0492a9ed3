// Restarts of servers under load, seen by clients that follow the published policy for retries.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/config/textproto.h"
#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo.h"

namespace amikeco::testing {
namespace {

constexpr int kClients = 4;

// Three rounds show a mistake that is always there; AMIKECO_CHAOS_LONG=1 looks for the rare ones.
int Rounds() { return std::getenv("AMIKECO_CHAOS_LONG") != nullptr ? 50 : 3; }

// The file that partners copy, for the tests' service.
std::string PublishedPolicy() {
  const auto text = ReadFile("samples/service_config.json");
  EXPECT_TRUE(text.ok()) << text.status();
  return absl::StrReplaceAll(text.value_or(""),
                             {{"amikeco.notify.v1.NotifyService", "amikeco.testing.v1.EchoService"}});
}

// Counts how often each command was run, by its request_id.
class Ledger {
 public:
  void Enter(const std::string& request_id) {
    const absl::MutexLock lock(&mutex_);
    ++times_[request_id];
  }
  size_t commands() {
    const absl::MutexLock lock(&mutex_);
    return times_.size();
  }
  int repeated() {
    const absl::MutexLock lock(&mutex_);
    int repeated = 0;
    for (const auto& [id, times] : times_) repeated += times > 1 ? 1 : 0;
    return repeated;
  }
  bool AwaitMoreThan(size_t commands) {
    const absl::MutexLock lock(&mutex_);
    const auto enough = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return times_.size() > commands; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
  }

 private:
  absl::Mutex mutex_;
  std::map<std::string, int> times_ ABSL_GUARDED_BY(mutex_);
};

// One of a service's replicas; it comes back at the port that it had.
class Replica {
 public:
  explicit Replica(Ledger& ledger) {
    echoes_.before = [this, &ledger](Call& call) {
      ledger.Enter(call.request_id);
      {
        const absl::MutexLock lock(&mutex_);
        called_ = true;
      }
      absl::SleepFor(absl::Milliseconds(2));  // work that a stop can fall into
      return absl::OkStatus();
    };
  }

  void Start() {
    {
      const absl::MutexLock lock(&mutex_);
      called_ = false;
    }
    server_.emplace(config_, process_, clock_);
    Bind(*server_, echoes_);
    const absl::Status status = server_->Start();
    ASSERT_TRUE(status.ok()) << status;
    config_.set_listen(absl::StrCat("127.0.0.1:", server_->port()));
  }
  void Stop() { server_->Stop(); }
  // Waits for the first call since the start.
  bool AwaitCall() {
    const absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&called_), absl::Seconds(30));
  }
  const std::string& address() const { return config_.listen(); }

 private:
  SystemClock clock_;
  Process process_{QuietProcess(), "test"};
  config::v1::ServerConfig config_ = LoopbackConfig();
  Echoes echoes_;
  absl::Mutex mutex_;
  bool called_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Server> server_;
};

// Clients that send commands one after the other until they are told to stop.
class Load {
 public:
  explicit Load(const std::string& target) {
    config::v1::PeerConfig peer;
    peer.set_target(target);
    const Credentials coordinator{"", Actor{"people/K-17", "sections/DE", {options::v1::ROLE_COORDINATOR}}};
    channel_.emplace(peer, coordinator, PublishedPolicy());
    for (int client = 0; client < kClients; ++client) {
      clients_.emplace_back([this, client] { Send(client); });
    }
  }
  ~Load() { Stop(); }

  void Stop() {
    stopping_ = true;
    for (std::thread& client : clients_) client.join();
    clients_.clear();
  }
  int answered() const { return answered_; }
  std::vector<std::string> errors() {
    const absl::MutexLock lock(&mutex_);
    return errors_;
  }

 private:
  void Send(int client) {
    for (int i = 0; !stopping_; ++i) {
      EchoRequest request = GoodRequest();
      request.set_request_id(absl::StrFormat("%08x-0000-4000-8000-%012x", client, i));
      const absl::Status status = channel_->Call<EchoResponse>(kChange, request).status();
      if (status.ok()) {
        ++answered_;
        continue;
      }
      const absl::MutexLock lock(&mutex_);
      errors_.push_back(absl::StrCat(request.request_id(), ": ", status.ToString()));
    }
  }

  std::optional<Channel> channel_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> answered_{0};
  absl::Mutex mutex_;
  std::vector<std::string> errors_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> clients_;
};

TEST(Restart, OfOneReplicaAfterTheOtherIsNotNoticedByClientsAndRunsEachCommandOnce) {
  Ledger ledger;
  Replica first(ledger);
  Replica second(ledger);
  first.Start();
  second.Start();
  Load load(absl::StrCat("ipv4:", first.address(), ",", second.address()));
  for (int round = 0; round < Rounds(); ++round) {
    for (Replica* replica : {&first, &second}) {
      ASSERT_TRUE(ledger.AwaitMoreThan(ledger.commands() + 50));
      replica->Stop();
      ASSERT_TRUE(ledger.AwaitMoreThan(ledger.commands() + 50)) << "the other replica takes all calls";
      replica->Start();
      ASSERT_TRUE(replica->AwaitCall()) << "the clients come back";
    }
  }
  load.Stop();
  EXPECT_EQ(load.errors(), std::vector<std::string>());
  EXPECT_EQ(ledger.repeated(), 0);
  EXPECT_EQ(static_cast<size_t>(load.answered()), ledger.commands());
}

TEST(Restart, OfTheOnlyReplicaIsBridgedByThePublishedPolicy) {
  Ledger ledger;
  Replica only(ledger);
  only.Start();
  Load load(absl::StrCat("ipv4:", only.address()));
  for (int round = 0; round < Rounds(); ++round) {
    ASSERT_TRUE(ledger.AwaitMoreThan(ledger.commands() + 50));
    only.Stop();
    only.Start();
  }
  ASSERT_TRUE(ledger.AwaitMoreThan(ledger.commands() + 50));
  load.Stop();
  EXPECT_EQ(load.errors(), std::vector<std::string>());
  EXPECT_EQ(ledger.repeated(), 0);
  EXPECT_EQ(static_cast<size_t>(load.answered()), ledger.commands());
}

}  // namespace
}  // namespace amikeco::testing
