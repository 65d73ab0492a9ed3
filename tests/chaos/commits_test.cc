// Commits that become visible out of order, or have no answer.
#include "tests/chaos/commits.h"

#include <atomic>
#include <iostream>

#include "common/store/store_backends.h"

namespace amikeco::chaos {
namespace {

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
      const std::string subject = absl::StrCat("counters/", dice_.Below(Subjects())), id = absl::StrCat(writer, "-", i);
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
      const Command command{absl::StrCat(writer, "-", i), absl::StrCat("counters/", dice_.Below(Subjects())), ""};
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
