// Many writers, a relay and two groups that follow, each with threads of its own, on a real Redis: commits become
// visible out of order, or have no answer; every committed fact has its effect once in each group, in its subject's
// order.
#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "common/store/store_backends.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/counters.h"
#include "tests/chaos/faulty_queue.h"
#include "tests/chaos/faulty_store.h"
#include "tests/support/redis.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;

constexpr int kWriters = 16;
constexpr int64_t kSubjects = 400;

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
    RedisAddress address;
    address.port = redis_->port();
    redis_queue_ = std::make_unique<RedisQueue>(address);
  }

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
    dice_.TurnOff();
    EXPECT_TRUE(testing::Eventually([&] { return CaughtUp(store); }));
    for (Follower& follower : followers) follower.consumer.Stop();
    relay.Stop();
    absl::Status found = WriteFound(store, "applicant", history_);
    for (Follower& follower : followers) {
      found.Update(WriteFound(follower.service.store(), follower.wiring.service, history_));
    }
    EXPECT_TRUE(found.ok()) << found;
    EXPECT_THAT(FaultsIn(history_), IsEmpty());
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

// A transaction that is held open for a while becomes visible behind others that began later; one in ten is rolled
// back.
TEST_F(Commits, ThatBecomeVisibleOutOfOrderOnPostgresHaveTheirEffectOnceInOrder) {
  const int64_t events = RunSize(20'000, 2'000'000);
  const auto backend = NewPostgres();
  ASSERT_NE(backend, nullptr);
  auto store = backend->Open();
  ASSERT_TRUE(store.ok()) << store.status();
  std::atomic<int64_t> committed{0};
  std::atomic<int64_t> rolled_back{0};
  Run(**store, {}, {}, [&](Store& to, int writer) {
    const Origin origin{"applicant", {"people/jdoe", "sections/DE", {}}, testing::StartOfStory(), "", ""};
    for (int64_t i = 0; committed < events; ++i) {
      const std::string subject = absl::StrCat("counters/", dice_.Below(kSubjects)), id = absl::StrCat(writer, "-", i);
      const absl::Duration held = absl::Microseconds(dice_.Below(10) == 0 ? dice_.Below(20'000) : dice_.Below(500));
      const bool fails = dice_.Happens(0.1);
      history_.Call(id, subject, id);
      const absl::Status status = to.Write([&](Transaction& tx) -> absl::Status {
        AMIKECO_RETURN_IF_ERROR(testing::Service::StateIn(tx, origin, subject, absl::StrCat(id, ",")));
        absl::SleepFor(held);
        return fails ? absl::CancelledError("rolled back") : absl::OkStatus();
      });
      if (status.ok()) {
        history_.Acknowledged(id, 0, "");
        ++committed;
      } else {
        history_.Refused(id, status);
        ++rolled_back;
      }
    }
  });
  std::cout << committed << " facts committed, " << rolled_back << " transactions rolled back" << std::endl;
}

// One in twenty calls of the store and of Redis is executed and not answered; whoever called sends the same again.
TEST_F(Commits, WhoseAnswerIsLostAreAnsweredTheSameAndHaveNoDoubleEffect) {
  const int64_t commands = RunSize(10'000, 1'000'000) / kWriters;
  testing::Service applicant("applicant", *redis_queue_);
  std::atomic<int64_t> lost{0};
  Run(applicant.store(), {.answer_lost = 0.05}, {.answer_lost = 0.05}, [&](Store& to, int writer) {
    for (int64_t i = 0; i < commands; ++i) {
      const Command command{absl::StrCat(writer, "-", i), absl::StrCat("counters/", dice_.Below(kSubjects)), ""};
      history_.Call(command.id, command.subject, command.id);
      while (!Send(to, applicant.clock, command, history_).ok()) ++lost;
      if (dice_.Happens(0.1)) (void)Send(to, applicant.clock, command, history_);
    }
  });
  EXPECT_GT(lost, commands * kWriters / 50);
  std::cout << commands * kWriters << " commands, " << lost << " answers lost" << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
