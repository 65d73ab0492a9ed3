// Time's door: what is due is done, each record by itself (A0-10).
#include "common/events/ticker.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Each record is due once, at the time it was given.
class Alarms final : public Timed {
 public:
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override {
    std::vector<std::string> due;
    for (const auto& [name, time] : alarms) {
      AMIKECO_ASSIGN_OR_RETURN(const auto record, Records().Find(reader, name));
      if (time <= now && !record.exists() && static_cast<int>(due.size()) < limit) due.push_back(name);
    }
    return due;
  }
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override {
    ticked.push_back(std::string(name));
    actors.insert(origin.actor.subject);
    if (broken.count(std::string(name)) > 0) return absl::InternalError("broken");
    return Service::StateIn(tx, origin, std::string(name), "rang");
  }

  std::vector<std::pair<std::string, absl::Time>> alarms;
  std::set<std::string> broken;
  std::vector<std::string> ticked;
  std::set<std::string> actors;
};

class TickerTest : public ::testing::Test {
 protected:
  LocalQueue queue_;
  Service service_{"test", queue_};
  Alarms alarms_;
};

TEST_F(TickerTest, DoesWhatIsDueAndNothingElse) {
  alarms_.alarms = {{"records/1", StartOfStory()}, {"records/2", StartOfStory() + absl::Hours(1)}};
  Ticker ticker(service_.wiring(), {&alarms_});
  EXPECT_EQ(*ticker.RunOnce(), 1);
  EXPECT_EQ(*ticker.RunOnce(), 0);
  EXPECT_THAT(alarms_.ticked, ElementsAre("records/1"));
  EXPECT_EQ(service_.Target("records/1"), "rang");
  EXPECT_FALSE(*ticker.AnythingDue());
  service_.clock.Advance(absl::Hours(1));
  EXPECT_TRUE(*ticker.AnythingDue());
  EXPECT_EQ(*ticker.RunOnce(), 1);
  EXPECT_EQ(service_.Target("records/2"), "rang");
  EXPECT_THAT(alarms_.actors, ElementsAre("system/test"));
}

TEST_F(TickerTest, IsHeldUpByNoRecordThatFails) {
  TickerOptions options;
  options.batch = 3;
  for (int i = 0; i < 10; ++i) {
    const std::string name = absl::StrCat("records/", i);
    alarms_.alarms.push_back({name, StartOfStory()});
    if (i < 6) alarms_.broken.insert(name);  // more than fit a batch, and first in the order
  }
  Ticker ticker(service_.wiring(), {&alarms_}, options);
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(ticker.RunOnce().ok());
  for (int i = 6; i < 10; ++i) EXPECT_EQ(service_.Target(absl::StrCat("records/", i)), "rang");
  EXPECT_THAT(alarms_.ticked, ::testing::SizeIs(10));  // the broken ones are left alone after one try
  EXPECT_FALSE(*ticker.AnythingDue());
  EXPECT_THAT(service_.metrics.Render(),
              HasSubstr("amikeco_ticker_ticks_total{outcome=\"failed\",service=\"test\"} 6"));
}

TEST_F(TickerTest, TriesARecordThatFailedAgain) {
  TickerOptions options;
  options.least_backoff = options.most_backoff = absl::ZeroDuration();
  alarms_.alarms = {{"records/1", StartOfStory()}};
  alarms_.broken = {"records/1"};
  Ticker ticker(service_.wiring(), {&alarms_}, options);
  EXPECT_EQ(*ticker.RunOnce(), 0);
  alarms_.broken.clear();
  EXPECT_EQ(*ticker.RunOnce(), 1);
}

TEST_F(TickerTest, WorksOnlyWhileItHoldsTheLock) {
  alarms_.alarms = {{"records/1", StartOfStory()}};
  Ticker first(service_.wiring(), {&alarms_}), second(service_.wiring(), {&alarms_});
  EXPECT_EQ(*first.RunOnce(), 1);
  alarms_.alarms.push_back({"records/2", StartOfStory()});
  EXPECT_EQ(*second.RunOnce(), 0);
  first.Stop();
  EXPECT_EQ(*second.RunOnce(), 1);
}

TEST_F(TickerTest, DoesWhatIsDueAtOnceWhenPoked) {
  TickerOptions options;
  options.every = absl::Hours(1);
  alarms_.alarms = {{"records/1", StartOfStory() + absl::Hours(24)}};
  Ticker ticker(service_.wiring(), {&alarms_}, options);
  ASSERT_TRUE(ticker.Start().ok());
  service_.clock.Advance(absl::Hours(24));
  ticker.Poke();
  EXPECT_TRUE(Eventually([&] { return service_.Target("records/1") == "rang"; }));
  ticker.Stop();
}

TEST_F(TickerTest, SweepsOldRequests) {
  ASSERT_TRUE(service_.store()
                  .Write([](Transaction& tx) {
                    return tx.SaveRequest({"people/jdoe", "r1", "m", "f", "answer", StartOfStory()});
                  })
                  .ok());
  service_.clock.Advance(absl::Hours(1));
  Ticker ticker(service_.wiring(), {});
  ASSERT_TRUE(ticker.RunOnce().ok());
  ASSERT_TRUE(service_.store()
                  .Write([](Transaction& tx) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.FindRequest("people/jdoe", "r1"));
                    EXPECT_FALSE(found.has_value());
                    return absl::OkStatus();
                  })
                  .ok());
}

}  // namespace
}  // namespace amikeco::testing
