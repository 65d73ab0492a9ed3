// The queue is away: followers read the facts from their source, and go on with the queue once it is back.
#include <atomic>
#include <random>

#include "absl/strings/str_cat.h"
#include "common/events/consumer.h"
#include "common/events/local_queue.h"
#include "common/events/parked.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"
#include "tests/support/seed.h"

namespace amikeco::testing {
namespace {

using ::testing::HasSubstr;

class AwayTest : public ::testing::Test {
 protected:
  static ConsumerOptions Hasty() {
    ConsumerOptions options;
    options.batch = 4;
    options.least_backoff = options.most_backoff = options.least_pause = absl::ZeroDuration();
    return options;
  }

  Wiring Here() {
    Wiring wiring = here_.wiring();
    wiring.read_facts = [this](const std::string& source, int64_t after,
                               int limit) -> absl::StatusOr<std::vector<Parcel>> {
      EXPECT_EQ(source, "there");
      ++asked_;
      if (source_away_) return absl::UnavailableError("the source is away");
      std::vector<Parcel> parcels;
      AMIKECO_RETURN_IF_ERROR(there_.store().Read([&](Reader& reader) -> absl::Status {
        AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.EventsAfter(after, limit));
        for (const StoredEvent& event : events) parcels.push_back({event.number, event.subject, event.body});
        return absl::OkStatus();
      }));
      return parcels;
    };
    return wiring;
  }

  Reactions Adding() {
    return {{"there"}, [this](Transaction& tx, const event::v1::Event& event, const Origin& origin) -> absl::Status {
              const std::string text = TextOf(event);
              if (text == failing_) return failure_;
              return Service::StateIn(tx, origin, event.subject(), text);
            }};
  }

  // Facts 0, 1, … of three subjects in turn, up to `last`.
  void State(int last) {
    for (; stated_ <= last; ++stated_) {
      ASSERT_TRUE(there_.State(absl::StrCat("records/", stated_ % 3), absl::StrCat(stated_, " ")).ok());
    }
    (void)relay_.RunOnce();
  }

  static void Run(Consumer& consumer) {
    for (int i = 0; i < 30; ++i) (void)consumer.RunOnce();
  }

  void ExpectEverythingInOrder() {
    for (int subject = 0; subject < 3; ++subject) {
      std::string expected;
      for (int i = subject; i < stated_; i += 3) absl::StrAppend(&expected, i, " ");
      EXPECT_EQ(here_.Target(absl::StrCat("records/", subject)), expected);
    }
  }

  LocalQueue queue_;
  FaultyQueue faulty_{queue_};
  Service there_{"there", faulty_};
  Service here_{"here", faulty_};
  Relay relay_{there_.wiring()};
  int stated_ = 0;
  std::atomic<int> asked_ = 0;
  bool source_away_ = false;
  std::string failing_;
  absl::Status failure_;
};

TEST_F(AwayTest, FactsAreReadFromTheirSourceAndOnceMoreFromTheQueueWithoutEffect) {
  Consumer consumer(Here(), Adding(), Hasty());
  State(4);
  Run(consumer);
  EXPECT_EQ(asked_, 0);
  faulty_.away = true;
  State(19);
  Run(consumer);
  ExpectEverythingInOrder();
  faulty_.away = false;
  State(29);
  Run(consumer);
  ExpectEverythingInOrder();
  const int asked = asked_;
  Run(consumer);
  EXPECT_EQ(asked_, asked);
  const auto stats = queue_.Stats("there");
  EXPECT_EQ((*stats)[0].acknowledged_number, 30);
}

TEST_F(AwayTest, ASourceThatWasNeverHeardOfThroughTheQueueIsReadFromItsFirstFact) {
  faulty_.away = true;
  State(9);
  Consumer consumer(Here(), Adding(), Hasty());
  Run(consumer);
  ExpectEverythingInOrder();
}

TEST_F(AwayTest, OneReplicaReadsAndAnotherGoesOnWhenItStops) {
  faulty_.away = true;
  Consumer first(Here(), Adding(), Hasty());
  Consumer second(Here(), Adding(), Hasty());
  State(9);
  Run(first);
  const int asked = asked_;
  Run(second);
  EXPECT_EQ(asked_, asked);
  first.Stop();
  State(19);
  Run(second);
  ExpectEverythingInOrder();
}

TEST_F(AwayTest, WhatFailsIsTriedAgainAndItsSubjectWaits) {
  faulty_.away = true;
  failing_ = "3 ";
  failure_ = absl::UnavailableError("passing");
  Consumer consumer(Here(), Adding(), Hasty());
  State(9);
  Run(consumer);
  EXPECT_EQ(here_.Target("records/0"), "0 ");
  EXPECT_EQ(here_.Target("records/1"), "1 4 7 ");
  faulty_.away = false;
  failing_.clear();
  State(12);
  Run(consumer);
  ExpectEverythingInOrder();
}

TEST_F(AwayTest, AFactThatCannotBeHandledIsParked) {
  faulty_.away = true;
  failing_ = "3 ";
  failure_ = absl::InternalError("a bug");
  Consumer consumer(Here(), Adding(), Hasty());
  State(9);
  Run(consumer);
  int parked = 0;
  ASSERT_TRUE(here_.store()
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(parked, CountParked(reader, 100));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(parked, 3);  // and the two behind it
  EXPECT_EQ(here_.Target("records/1"), "1 4 7 ");
}

TEST_F(AwayTest, SaysThatTheSourceIsAwayToo) {
  faulty_.away = source_away_ = true;
  Consumer consumer(Here(), Adding(), Hasty());
  const auto count = consumer.RunOnce();
  EXPECT_EQ(count.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(count.status().message()), HasSubstr("the queue is away; there: the source is away"));
  source_away_ = false;
  State(9);
  Run(consumer);
  ExpectEverythingInOrder();
}

// Each step finds the queue there or not, at random.
TEST_F(AwayTest, AQueueThatComesAndGoesLosesAndRepeatsNothing) {
  std::mt19937 random(TestSeed());
  const auto one_in = [&](uint32_t n) { return random() % n == 0; };
  Consumer first(Here(), Adding(), Hasty());
  Consumer second(Here(), Adding(), Hasty());
  for (int i = 0; i < 200; ++i) {
    faulty_.away = one_in(3);
    faulty_.acknowledgements_lost = one_in(3);
    State(i);
    (void)(one_in(2) ? first : second).RunOnce();
  }
  faulty_.away = faulty_.acknowledgements_lost = false;
  (void)relay_.RunOnce();
  for (int i = 0; i < 30; ++i) {
    Run(first);
    Run(second);
  }
  ExpectEverythingInOrder();
}

}  // namespace
}  // namespace amikeco::testing
