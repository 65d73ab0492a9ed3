// Commits: many writers, a relay and two groups that follow, each with threads of its own, on a real Redis. Every
// committed fact must have its effect once in each group, in its subject's order.
#ifndef AMIKECO_TESTS_CHAOS_COMMITS_H_
#define AMIKECO_TESTS_CHAOS_COMMITS_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/counters.h"
#include "tests/chaos/faulty_queue.h"
#include "tests/chaos/faulty_store.h"
#include "tests/support/redis.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {

inline constexpr int kWriters = 16;
// Few enough that writers meet; each has some 50 facts, all of which its record lists in a key.
inline int64_t Subjects() { return RunSize(400, 40'000); }

// One of the two services that follow.
struct Follower {
  Follower(const std::string& name, Queue& queue, Dice& dice, StoreFaults faults)
      : service(name, queue),
        store(service.store(), dice, faults),
        wiring{name, store, queue, service.clock, metrics},
        consumer(wiring, {{"applicant"}, Follow}) {}

  testing::Service service;
  Metrics metrics;
  FaultyStore store;
  const Wiring wiring;
  Consumer consumer;
};

class Commits : public ::testing::Test {
 protected:
  void SetUp() override {
    auto redis = RedisServer::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    UseRedisAt(redis_->port());
  }
  void UseRedisAt(int port) {
    RedisAddress address;
    address.port = port;
    redis_queue_ = std::make_unique<RedisQueue>(address);
  }
  // Called when the writers are done: the rest must come to its end.
  virtual void EndFaults() { dice_.TurnOff(); }

  // Runs `write` on each of the writers' threads until the relay has published and both groups have acknowledged what
  // came of it; then looks at what is there.
  void Run(Store& store, StoreFaults store_faults, QueueFaults queue_faults,
           const std::function<void(Store& store, int writer)>& write) {
    FaultyQueue queue(*redis_queue_, dice_, queue_faults);
    FaultyStore faulty(store, dice_, store_faults);
    Metrics metrics;
    const AdjustableClock clock = AdjustableClock::Frozen(testing::StartOfStory());
    Relay relay({"applicant", faulty, queue, clock, metrics}, {.wait = absl::Milliseconds(5)});
    std::deque<Follower> followers;
    for (const char* name : {"matching", "notify"}) {
      history_.Follows(name, "applicant");
      ASSERT_TRUE(followers.emplace_back(name, queue, dice_, store_faults).consumer.Start().ok());
    }
    ASSERT_TRUE(relay.Start().ok());
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) writers.emplace_back([&, writer] { write(faulty, writer); });
    for (std::thread& writer : writers) writer.join();
    EndFaults();
    EXPECT_TRUE(CatchesUp(store));
    for (Follower& follower : followers) follower.consumer.Stop();
    relay.Stop();
    absl::Status found = WriteFound(store, "applicant", history_);
    for (Follower& follower : followers) {
      found.Update(WriteFound(follower.service.store(), follower.wiring.service, history_));
    }
    EXPECT_TRUE(found.ok()) << found;
    EXPECT_THAT(FaultsIn(history_), ::testing::IsEmpty());
  }

  // Waits as long as it gets on.
  bool CatchesUp(Store& store) {
    for (int64_t before = -1, now = Acknowledged(); now > before; before = now, now = Acknowledged()) {
      if (testing::Eventually([&] { return CaughtUp(store); })) return true;
    }
    return false;
  }
  // By both groups, together.
  int64_t Acknowledged() {
    int64_t number = 0;
    const auto stats = redis_queue_->Stats("applicant");
    for (const StreamStats& group : stats.value_or(std::vector<StreamStats>())) number += group.acknowledged_number;
    return number;
  }
  bool CaughtUp(Store& store) {
    const auto waiting = UnpublishedEvents(store, std::numeric_limits<int64_t>::max() - 1, 1);
    const auto stats = redis_queue_->Stats("applicant");
    return waiting.ok() && waiting->empty() && stats.ok() && stats->size() == 2 &&
           std::all_of(stats->begin(), stats->end(), [&](const StreamStats& group) {
             return group.acknowledged_number == group.last_number && Published(store) == group.last_number;
           });
  }
  static int64_t Published(Store& store) {
    int64_t number = 0;
    EXPECT_TRUE(store
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto last, reader.LastEvent());
                      if (last) number = last->number;
                      return absl::OkStatus();
                    })
                    .ok());
    return number;
  }

  const TemporaryFolder folder_{"commits"};
  History history_{folder_ / "history"};
  Dice dice_{TestSeed()};
  std::unique_ptr<RedisServer> redis_;
  std::unique_ptr<RedisQueue> redis_queue_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_COMMITS_H_
