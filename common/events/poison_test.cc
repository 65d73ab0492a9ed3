// Facts that cannot be handled, a hundred of a kind: what becomes of them, and that others do not notice.
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/events/consumer.h"
#include "common/events/parked.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"

namespace amikeco::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int kFacts = 100;

absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin) {
  const std::string text = TextOf(event);
  if (text == "refused") return absl::FailedPreconditionError("overtaken");
  if (text == "throwing") throw std::runtime_error("thrown");
  return Service::StateIn(tx, origin, event.subject(), text);
}

class PoisonTest : public ::testing::Test {
 protected:
  static ConsumerOptions Hasty() {
    ConsumerOptions options;
    options.least_backoff = options.most_backoff = absl::ZeroDuration();
    return options;
  }
  // Each poison fact of a subject of its own, and a good fact of another subject behind each.
  void Mix(const std::string& poison) {
    for (int i = 0; i < kFacts; ++i) {
      ASSERT_TRUE(there_.State(absl::StrCat("records/bad-", i), poison).ok());
      ASSERT_TRUE(there_.State(absl::StrCat("records/good-", i), "g").ok());
    }
    ASSERT_TRUE(relay_.RunOnce().ok());
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(consumer_.RunOnce().ok());
  }
  void ExpectOthersHandled() {
    for (int i = 0; i < kFacts; ++i) EXPECT_EQ(here_.Target(absl::StrCat("records/good-", i)), "g");
    const auto stats = queue_.Stats("there");
    ASSERT_TRUE(stats.ok());
    ASSERT_THAT(*stats, SizeIs(1));
    EXPECT_EQ((*stats)[0].acknowledged_number, 2 * kFacts);
  }
  std::vector<amikeco::Parked> Parked() {
    std::vector<amikeco::Parked> parked;
    EXPECT_TRUE(here_.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(parked, ParkedFacts().Range(reader, "order", "", "", 1000));
                      return absl::OkStatus();
                    })
                    .ok());
    return parked;
  }

  LocalQueue queue_;
  Service there_{"there", queue_};
  Service here_{"here", queue_};
  Relay relay_{there_.wiring()};
  Consumer consumer_{here_.wiring(), {{"there"}, React}, Hasty()};
};

TEST_F(PoisonTest, RefusedFactsAreStaleAndOthersAreHandled) {
  Mix("refused");
  ExpectOthersHandled();
  EXPECT_THAT(Parked(), IsEmpty());
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"stale\",service=\"here\",source=\"there\"} 100"));
}

TEST_F(PoisonTest, ThrowingFactsAreParkedAfterEightTriesAndOthersAreHandled) {
  Mix("throwing");
  ExpectOthersHandled();
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(kFacts));
  for (const auto& fact : parked) {
    EXPECT_EQ(fact.value.tries(), 8);
    EXPECT_EQ(fact.value.reason(), "exception: thrown");
    EXPECT_TRUE(absl::StartsWith(fact.value.event().subject(), "records/bad-"));
  }
}

}  // namespace
}  // namespace amikeco::testing
