// Commands, relay and two consumers of one service, step by step in one thread, while store and queue fail and
// processes crash, all drawn from a seed: whatever happens, nothing acknowledged is lost and nothing has its effect
// twice.
#include <memory>
#include <vector>

#include "common/events/consumer.h"
#include "common/events/relay.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/counters.h"
#include "tests/chaos/faulty_queue.h"
#include "tests/chaos/faulty_store.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;

constexpr StoreFaults kStoreFaults{.abort = 0.03, .answer_lost = 0.05, .run_twice = 0.05, .lock_lost = 0.01};
constexpr QueueFaults kQueueFaults{
    .abort = 0.03, .answer_lost = 0.05, .duplicate = 0.05, .reorder = 0.3, .forget = 0.01};
constexpr int kSteps = 150;

// A process of a service: everything but its database ends with it.
struct Process {
  Process(testing::Service& service, Dice& dice, Queue& queue)
      : store(service.store(), dice, kStoreFaults),
        wiring{service.wiring().service, store, queue, service.clock, metrics},
        relay(wiring, {.poll = absl::ZeroDuration(), .trim_at = 4}) {}

  Metrics metrics;
  FaultyStore store;
  const Wiring wiring;
  Relay relay;
};

class World {
 public:
  explicit World(uint64_t seed) : dice_(seed), history_(folder_ / "history") {
    history_.Follows("matching", "applicant");
  }

  void Run() {
    Start();
    for (int step = 0; step < kSteps; ++step) Step();
    dice_.TurnOff();
    for (Command& command : open_) ASSERT_TRUE(SendNow(command).ok());
    Settle();
    for (testing::Service* service : {&applicant_, &matching_}) {
      const absl::Status found = WriteFound(service->store(), service->wiring().service, history_);
      ASSERT_TRUE(found.ok()) << found;
    }
    EXPECT_THAT(FaultsIn(history_), IsEmpty());
  }

 private:
  void Start() {
    sender_ = std::make_unique<Process>(applicant_, dice_, faulty_queue_);
    receiver_ = std::make_unique<Process>(matching_, dice_, faulty_queue_);
    const ConsumerOptions options{.batch = 8,
                                  .wait = absl::ZeroDuration(),
                                  .least_backoff = absl::ZeroDuration(),
                                  .most_backoff = absl::ZeroDuration(),
                                  .least_pause = absl::ZeroDuration()};
    for (auto& consumer : consumers_) {
      consumer = std::make_unique<Consumer>(receiver_->wiring, Reactions{{"applicant"}, Follow}, options);
    }
  }

  void Crash() {
    for (auto& consumer : consumers_) consumer.reset();
    sender_.reset();
    receiver_.reset();
    applicant_.Reopen();
    matching_.Reopen();
    Start();
  }

  // A command that had no answer is sent again, the same, as is one now and then that had.
  absl::Status SendNow(const Command& command) { return Send(sender_->store, applicant_.clock, command, history_); }
  void SendSomething() {
    if (dice_.Happens(0.3) && !open_.empty()) {
      const auto which = open_.begin() + dice_.Below(static_cast<int64_t>(open_.size()));
      if (SendNow(*which).ok()) open_.erase(which);
      return;
    }
    const Command command{absl::StrCat("c", ++commands_), absl::StrCat("counters/", dice_.Below(5)), ""};
    history_.Call(command.id, command.subject, command.id);
    if (!SendNow(command).ok() || dice_.Happens(0.2)) open_.push_back(command);
  }

  void Step() {
    const int64_t turn = dice_.Below(100);
    if (turn < 50) return SendSomething();
    if (turn < 70) return (void)sender_->relay.RunOnce();
    if (turn < 98) return (void)consumers_[static_cast<size_t>(turn % 2)]->RunOnce();
    Crash();
  }

  bool CaughtUp() {
    const auto stats = queue_.Stats("applicant");
    return stats.ok() && stats->size() == 1 && stats->front().acknowledged_number == commands_ &&
           stats->front().last_number == commands_;
  }
  void Settle() {
    for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end && !CaughtUp();) {
      ASSERT_TRUE(sender_->relay.RunOnce().ok());
      for (auto& consumer : consumers_) ASSERT_TRUE(consumer->RunOnce().ok());
    }
    EXPECT_TRUE(CaughtUp());
    ASSERT_TRUE(receiver_->relay.RunOnce().ok());
  }

  const TemporaryFolder folder_{"simulation"};
  Dice dice_;
  History history_;
  LocalQueue queue_;
  FaultyQueue faulty_queue_{queue_, dice_, kQueueFaults};
  testing::Service applicant_{"applicant", queue_}, matching_{"matching", queue_};
  std::unique_ptr<Process> sender_, receiver_;
  std::unique_ptr<Consumer> consumers_[2];
  std::vector<Command> open_;
  int64_t commands_ = 0;
};

TEST(Simulation, LosesNothingAndDoesNothingTwiceWhateverFails) {
  const uint64_t first = TestSeed();
  const auto runs = static_cast<uint64_t>(RunSize(300, 100'000));
  for (uint64_t seed = first; seed < first + runs; ++seed) {
    SCOPED_TRACE(absl::StrCat("AMIKECO_TEST_SEED=", seed));
    World(seed).Run();
    if (::testing::Test::HasFailure()) return;
  }
  std::cout << runs << " runs of " << kSteps << " steps, seeds " << first << " to " << first + runs - 1 << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
