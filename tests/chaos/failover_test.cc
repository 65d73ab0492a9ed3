// Redis fails over under load: its primary is killed, frozen for a while, replaced by order, or goes on as a second one
// with some of its clients, in turn; Sentinels judge and name the new one. Facts of a relay have their effect once, in
// order, in two groups of two consumers each, and soon after each failover.
#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/counters.h"
#include "tests/chaos/dice.h"
#include "tests/support/seed.h"
#include "tests/support/watched_redis.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kWriters = 4;
constexpr int64_t kSubjects = 1000;
constexpr absl::Duration kBound = absl::Seconds(90);

RedisAddress AddressOf(const WatchedRedis& redis) {
  RedisAddress address;
  for (int i = 0; i < WatchedRedis::kSentinels; ++i) {
    address.sentinels.push_back({"127.0.0.1", redis.sentinel_port(i)});
  }
  address.primary = WatchedRedis::kPrimary;
  return address;
}

// The ids of the connections of relay and consumers; the Sentinels' and replicas' have names or are of other types.
std::vector<std::string> ClientsOf(int port) {
  std::vector<std::string> ids;
  const std::string list = AskRedis(port, "CLIENT LIST TYPE normal");
  for (const absl::string_view line : absl::StrSplit(list, '\n')) {
    const size_t id = line.find("id=");
    if (id == line.npos || !absl::StrContains(line, " name= ") || absl::StrContains(line, "cmd=client|list")) continue;
    ids.emplace_back(line.substr(id + 3, line.find(' ', id) - id - 3));
  }
  return ids;
}

// A service that follows, with two replicas; each has a queue of its own, as processes have.
struct Group {
  Group(const std::string& name, const RedisAddress& address)
      : queues{RedisQueue(address), RedisQueue(address)}, service(name, queues[0]) {
    for (RedisQueue& queue : queues) {
      const Wiring wiring{name, service.store(), queue, service.clock, service.metrics};
      consumers.push_back(std::make_unique<Consumer>(wiring, Reactions{{"applicant"}, Follow}));
    }
  }

  std::array<RedisQueue, 2> queues;
  testing::Service service;
  std::vector<std::unique_ptr<Consumer>> consumers;
};

class Failover : public ::testing::Test {
 protected:
  void SetUp() override {
    auto redis = WatchedRedis::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    queue_ = std::make_unique<RedisQueue>(AddressOf(*redis_));
    applicant_ = std::make_unique<testing::Service>("applicant", *queue_);
    for (int i = 0; static_cast<int>(markers_.size()) < kPartitions; ++i) {
      markers_.emplace(PartitionOf(absl::StrCat("markers/", i)), absl::StrCat("markers/", i));
    }
  }

  absl::Status Command(const std::string& id, const std::string& subject) {
    const chaos::Command command{id, subject, ""};
    history_.Call(id, subject, id);
    return Send(applicant_->store(), applicant_->clock, command, history_);
  }

  // Sends a command of every partition now; how long it takes until each has had its effect in both groups.
  absl::Duration TimeToFollow(const std::string& name) {
    const absl::Time start = absl::Now();
    for (const auto& [partition, subject] : markers_) {
      const absl::Status sent = Command(absl::StrCat(name, "-", partition), subject);
      EXPECT_TRUE(sent.ok()) << sent;
    }
    for (Group& group : groups_) {
      for (const auto& [partition, subject] : markers_) {
        const std::string marker = absl::StrCat(name, "-", partition, ",");
        while (!absl::StrContains(group.service.Target(subject), marker)) {
          if (absl::Now() - start > kBound) {
            ADD_FAILURE() << marker << " had no effect within " << kBound;
            return absl::InfiniteDuration();
          }
          absl::SleepFor(absl::Milliseconds(5));
        }
      }
    }
    return absl::Now() - start;
  }

  // Each comes after each other sooner or later.
  void ShuffleHarms() {
    for (size_t i = harms_.size() - 1; i > 0; --i) {
      std::swap(harms_[i], harms_[static_cast<size_t>(dice_.Below(static_cast<int64_t>(i) + 1))]);
    }
  }

  // Does the round's harm to the primary, and notes the time until facts that were committed afterwards had their
  // effects.
  void Round(int round) {
    const absl::Status settled = redis_->Settle();
    ASSERT_TRUE(settled.ok()) << settled;
    const auto primary = redis_->Primary();
    ASSERT_TRUE(primary.ok()) << primary.status();
    const int old = *primary;
    const std::string name = absl::StrCat("round", round);
    if (round % harms_.size() == 0) ShuffleHarms();
    const Harm harm = harms_[round % harms_.size()];
    if (harm == kKill) redis_->server(old).Kill();
    if (harm == kFreeze) redis_->server(old).Pause();
    if (harm == kOrder) {
      ASSERT_TRUE(redis_->FailOver().ok());
      const auto now = redis_->PrimaryAfter(old);  // until then the old one serves
      ASSERT_TRUE(now.ok()) << now.status();
    }
    if (harm == kCutOff) CutOff(old);
    recovery_[harm].push_back(TimeToFollow(name));
    const auto now = redis_->PrimaryAfter(old);
    ASSERT_TRUE(now.ok()) << now.status();
    if (harm == kKill) {
      ASSERT_TRUE(redis_->Rejoin(old).ok());
    }
    if (harm == kFreeze) redis_->server(old).Resume();
    std::cout << "round " << round << ": " << kHarms[harm] << ", followed again after " << recovery_[harm].back()
              << std::endl;
  }

  // The Sentinels cannot speak to the primary, while its clients can: there are two primaries. Half of the clients find
  // the new one, so that relay and consumers are here and there. Returns when the Sentinels reach the old one again.
  void CutOff(int old) {
    const int port = redis_->server(old).port();
    ASSERT_EQ(AskRedis(port, "ACL SETUSER default -ping -info -replicaof -slaveof"), "+OK\r\n");
    const auto now = redis_->PrimaryAfter(old);
    ASSERT_TRUE(now.ok()) << now.status();
    const std::vector<std::string> clients = ClientsOf(port);
    ASSERT_THAT(clients, Not(IsEmpty()));
    const auto one = static_cast<size_t>(dice_.Below(static_cast<int64_t>(clients.size())));  // at the least
    for (size_t i = 0; i < clients.size(); ++i) {
      if (i == one || dice_.Happens(0.5)) AskRedis(port, "CLIENT KILL ID " + clients[i]);
    }
    absl::SleepFor(absl::Seconds(1));
    ASSERT_EQ(AskRedis(port, "ACL SETUSER default +@all"), "+OK\r\n");
  }

  // How often the relay found that facts which it had published were not there.
  int64_t Losses() {
    const std::string counter = "amikeco_redis_epoch_changes_total{service=\"applicant\"} ";
    const std::string text = applicant_->metrics.Render();
    const size_t at = text.find(counter);
    int64_t losses = 0;
    if (at != text.npos) {
      const size_t begin = at + counter.size();
      EXPECT_TRUE(absl::SimpleAtoi(text.substr(begin, text.find('\n', begin) - begin), &losses));
    }
    return losses;
  }

  enum Harm { kKill, kFreeze, kOrder, kCutOff };
  static constexpr const char* kHarms[] = {"killed", "frozen", "replaced by order", "cut off"};

  const TemporaryFolder folder_{"failover"};
  History history_{folder_ / "history"};
  Dice dice_{TestSeed()};
  std::vector<Harm> harms_ = {kKill, kFreeze, kOrder, kCutOff};
  std::map<int, std::string> markers_;  // a subject of each partition
  std::unique_ptr<WatchedRedis> redis_;
  std::unique_ptr<RedisQueue> queue_;
  std::unique_ptr<testing::Service> applicant_;
  std::deque<Group> groups_;
  std::map<Harm, std::vector<absl::Duration>> recovery_;
};

TEST_F(Failover, LosesNoFactAndRepeatsNoneAndLeavesNobodyBehind) {
  const int rounds = static_cast<int>(RunSize(4, 100));
  Relay relay(applicant_->wiring());
  for (const char* name : {"matching", "notify"}) {
    history_.Follows(name, "applicant");
    Group& group = groups_.emplace_back(name, AddressOf(*redis_));
    for (const auto& consumer : group.consumers) ASSERT_TRUE(consumer->Start().ok());
  }
  ASSERT_TRUE(relay.Start().ok());
  TimeToFollow("before");
  std::atomic<bool> over{false};
  std::atomic<int64_t> sent{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int64_t i = 0; !over; ++i) {
        const auto subject = absl::StrCat("counters/", dice_.Below(kSubjects));
        EXPECT_TRUE(Command(absl::StrCat(writer, "-", i), subject).ok());
        ++sent;
        absl::SleepFor(absl::Milliseconds(dice_.Below(30)));
      }
    });
  }
  for (int round = 0; round < rounds && !HasFatalFailure(); ++round) Round(round);
  over = true;
  for (std::thread& writer : writers) writer.join();
  TimeToFollow("after");  // and with these all before them
  for (Group& group : groups_) {
    for (const auto& consumer : group.consumers) {
      EXPECT_EQ(consumer->Healthy(), absl::OkStatus());
      consumer->Stop();
    }
  }
  relay.Stop();
  absl::Status found = WriteFound(applicant_->store(), "applicant", history_);
  for (Group& group : groups_)
    found.Update(WriteFound(group.service.store(), group.service.wiring().service, history_));
  EXPECT_TRUE(found.ok()) << found;
  EXPECT_THAT(FaultsIn(history_), IsEmpty());
  const int64_t losses = Losses();
  EXPECT_GT(losses, 0) << "no primary was behind: nothing was tried";
  std::cout << rounds << " failovers, " << sent << " commands, " << losses
            << " times Redis came back without facts that it had had" << std::endl;
  for (auto& [harm, times] : recovery_) {
    std::sort(times.begin(), times.end());
    std::cout << kHarms[harm] << ": followed again after " << times[times.size() / 2] << " (median), " << times.back()
              << " at most" << std::endl;
  }
}

}  // namespace
}  // namespace amikeco::chaos
