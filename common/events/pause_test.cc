// Operators stop a service from following a source, and let it go on: nothing is lost, in no replica.
#include <utility>

#include "absl/strings/match.h"
#include "common/base/dates.h"
#include "common/events/consumer.h"
#include "common/events/operations.h"
#include "common/events/pauses.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class PauseTest : public ::testing::Test {
 protected:
  static Reactions Adding() {
    return {{"there"}, [](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
              return Service::StateIn(tx, origin, event.subject(), TextOf(event));
            }};
  }
  static ConsumerOptions Attentive() {
    ConsumerOptions options;
    options.look_for_pause = absl::ZeroDuration();
    return options;
  }
  Call CallOf(const std::string& request_id = "") {
    Call call;
    call.method = "amikeco.ops.v1.OperationsService/Any";
    call.actor = {"people/ops", "", {options::v1::ROLE_OPERATIONS}};
    call.time = here_.clock.Now();
    call.request_id = request_id;
    call.fingerprint = "f";
    return call;
  }
  absl::StatusOr<ops::v1::PauseConsumerResponse> Pause(const std::string& source, const std::string& reason,
                                                       const std::string& request_id = "") {
    ops::v1::PauseConsumerRequest request;
    request.set_source(source);
    request.set_reason(reason);
    Call call = CallOf(request_id);
    return operations_.PauseConsumer(call, request);
  }
  absl::StatusOr<ops::v1::ResumeConsumerResponse> Resume(const std::string& source) {
    ops::v1::ResumeConsumerRequest request;
    request.set_source(source);
    Call call = CallOf();
    return operations_.ResumeConsumer(call, request);
  }
  ops::v1::GetQueueStatsResponse Stats() {
    Call call = CallOf();
    const auto response = operations_.GetQueueStats(call, {});
    EXPECT_TRUE(response.ok()) << response.status();
    return *response;
  }
  // States and publishes facts there.
  void Say(std::initializer_list<const char*> texts) {
    for (const char* text : texts) ASSERT_TRUE(there_.State("records/1", text).ok());
    ASSERT_TRUE(relay_.RunOnce().ok());
  }
  static void Run(Consumer& consumer) {
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(consumer.RunOnce().ok());
  }

  LocalQueue queue_;
  Service there_{"there", queue_};
  Service here_{"here", queue_};
  Relay relay_{there_.wiring()};
  Consumer consumer_{here_.wiring(), Adding(), Attentive()};
  Ticker ticker_{here_.wiring(), {}};
  OperationsService operations_{here_.wiring(), Adding(), ticker_, nullptr};
};

TEST_F(PauseTest, FactsWaitWhilePausedAndAreHandledInOrderAfterwards) {
  Say({"a"});
  Run(consumer_);
  ASSERT_TRUE(Pause("there", "mending").ok());
  Say({"b", "c"});
  Run(consumer_);
  EXPECT_EQ(here_.Target("records/1"), "a");
  ASSERT_TRUE(Resume("there").ok());
  Run(consumer_);
  EXPECT_EQ(here_.Target("records/1"), "abc");
}

TEST_F(PauseTest, HoldsForOtherReplicasAndForARestartedProcess) {
  ASSERT_TRUE(Pause("", "mending").ok());
  Say({"a"});
  here_.Reopen();
  Consumer restarted(here_.wiring(), Adding(), Attentive());
  Consumer replica(here_.wiring(), Adding(), Attentive());
  Run(restarted);
  Run(replica);
  EXPECT_EQ(here_.Target("records/1"), "");
  restarted.Stop();
  replica.Stop();
}

TEST_F(PauseTest, AReplicaThatWasPausedInTheMiddleLeavesTheRestToBeDeliveredAgain) {
  bool pause = true;
  ConsumerOptions options = Attentive();
  Reactions reactions = Adding();
  reactions.react = [&](Transaction& tx, const event::v1::Event& event, const Origin& origin) -> absl::Status {
    // Paused while it is at work: inside its own transaction, as another's commit would be seen by its next look.
    if (std::exchange(pause, false)) {
      ops::v1::ConsumerPause record;
      record.set_source("there");
      AMIKECO_RETURN_IF_ERROR(Pauses().Put(tx, "there", record, 0, 1));
    }
    return Service::StateIn(tx, origin, event.subject(), TextOf(event));
  };
  Consumer consumer(here_.wiring(), reactions, options);
  std::string all;
  for (int i = 0; i < 40; ++i) {
    const std::string text(1, static_cast<char>('A' + i));
    ASSERT_TRUE(there_.State("records/1", text).ok());
    all += text;
  }
  ASSERT_TRUE(relay_.RunOnce().ok());
  Run(consumer);
  const std::string before = here_.Target("records/1");
  EXPECT_GT(before.size(), 0u);
  EXPECT_LT(before.size(), all.size());
  ASSERT_TRUE(Resume("there").ok());
  Run(consumer);
  EXPECT_EQ(here_.Target("records/1"), all);
}

TEST_F(PauseTest, IsShownWithWhoSinceWhenAndWhy) {
  Run(consumer_);
  const absl::Time since = here_.clock.Now();
  ASSERT_TRUE(Pause("there", "mending").ok());
  here_.clock.AdvanceTo(since + absl::Hours(1));
  ASSERT_TRUE(Pause("there", "still mending").ok());
  Run(consumer_);
  const auto stats = Stats();
  ASSERT_THAT(stats.streams(), SizeIs(2));
  const auto& pause = stats.streams(1).pause();
  EXPECT_EQ(pause.source(), "there");
  EXPECT_EQ(pause.actor(), "people/ops");
  EXPECT_EQ(pause.reason(), "still mending");
  EXPECT_EQ(ToTime(pause.pause_time()), since);
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("amikeco_queue_paused{service=\"here\",source=\"there\"} 1"));
  ASSERT_TRUE(Resume("there").ok());
  Run(consumer_);
  EXPECT_FALSE(Stats().streams(1).has_pause());
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("amikeco_queue_paused{service=\"here\",source=\"there\"} 0"));
}

TEST_F(PauseTest, ProgressSaysThatFactsWaitForAPause) {
  Run(consumer_);
  ASSERT_TRUE(Pause("there", "mending").ok());
  Say({"a"});
  Run(consumer_);
  Call call = CallOf();
  const auto progress = operations_.GetProgress(call, {});
  ASSERT_TRUE(progress.ok()) << progress.status();
  EXPECT_FALSE(progress->settled());
  EXPECT_THAT(progress->waiting_for(), ElementsAre("Facts of there wait: paused (mending)."));
}

TEST_F(PauseTest, NothingIsTrimmedBehindAPausedGroup) {
  Run(consumer_);
  ASSERT_TRUE(Pause("there", "mending").ok());
  RelayOptions eager;
  eager.trim_at = 1;
  eager.poll = absl::ZeroDuration();
  relay_.Stop();
  Relay trimming(there_.wiring(), eager);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(there_.State("records/1", "a").ok());
    ASSERT_TRUE(trimming.RunOnce().ok());
    Run(consumer_);
  }
  EXPECT_EQ(Stats().streams(1).length(), 3);
  ASSERT_TRUE(Resume("there").ok());
  Run(consumer_);
  ASSERT_TRUE(trimming.RunOnce().ok());
  EXPECT_EQ(here_.Target("records/1"), "aaa");
  EXPECT_EQ(Stats().streams(1).length(), 0);
}

TEST_F(PauseTest, APausedConsumerIsNotCalledStuck) {
  ConsumerOptions options = Attentive();
  options.stuck_after = absl::Milliseconds(8);
  Consumer consumer(here_.wiring(), Adding(), options);
  Run(consumer);
  ASSERT_TRUE(Pause("there", "mending").ok());
  Say({"a"});
  const absl::Time end = absl::Now() + 10 * options.stuck_after;
  while (absl::Now() < end) {
    ASSERT_TRUE(consumer.RunOnce().ok());
    ASSERT_TRUE(consumer.Healthy().ok());
  }
  EXPECT_EQ(here_.Target("records/1"), "");
}

TEST_F(PauseTest, ARepeatedCommandIsAnsweredTheSameAndNotDoneAgain) {
  const auto first = Pause("there", "mending", "r1");
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Resume("there").ok());
  const auto again = Pause("there", "mending", "r1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  const auto resumed = Resume("there");
  ASSERT_TRUE(resumed.ok());
  EXPECT_THAT(resumed->pauses(), IsEmpty());
}

TEST_F(PauseTest, ASourceThatIsNotFollowedIsRefused) {
  const auto paused = Pause("elsewhere", "mending");
  EXPECT_EQ(paused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Resume("elsewhere").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PauseTest, ARunningConsumerStopsAndGoesOnByItself) {
  Consumer running(here_.wiring(), Adding());
  ASSERT_TRUE(running.Start().ok());
  Say({"a"});
  EXPECT_TRUE(Eventually([&] { return here_.Target("records/1") == "a"; }));
  ASSERT_TRUE(Pause("there", "mending").ok());
  EXPECT_TRUE(Eventually([&] {
    return absl::StrContains(here_.metrics.Render(), "amikeco_queue_paused{service=\"here\",source=\"there\"} 1");
  }));
  Say({"b"});
  ASSERT_TRUE(Resume("there").ok());
  EXPECT_TRUE(Eventually([&] { return here_.Target("records/1") == "ab"; }));
  running.Stop();
}

}  // namespace
}  // namespace amikeco::testing
