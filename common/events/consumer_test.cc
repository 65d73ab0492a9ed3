// What becomes of a fact: handled exactly once and in order, or stale, retried, or parked (design.md §6, R9).
#include "common/events/consumer.h"

#include <atomic>
#include <ctime>
#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/events/parked.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "common/observe/testing.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

class ConsumerTest : public ::testing::Test {
 protected:
  static ConsumerOptions Hasty() {
    ConsumerOptions options;
    options.wait = absl::Milliseconds(20);
    options.least_backoff = options.most_backoff = absl::ZeroDuration();
    return options;
  }

  // Adds the fact's text to the record of the same name here. A text in `failures_` fails that many times.
  Reactions Adding() {
    return {{"test"}, [this](Transaction& tx, const event::v1::Event& event, const Origin& origin) -> absl::Status {
              const std::string text = TextOf(event);
              ++runs_[text];
              if (const auto failure = failures_.find(text); failure != failures_.end() && failure->second.times != 0) {
                --failure->second.times;
                if (failure->second.throws) throw std::runtime_error("thrown");
                EXPECT_TRUE(Service::StateIn(tx, origin, event.subject(), "half-done").ok());
                return failure->second.status;
              }
              return Service::StateIn(tx, origin, event.subject(), text);
            }};
  }

  // Steps until nothing is left; an error of a step is a step.
  void Pump(Consumer& consumer) {
    ASSERT_TRUE(relay_.RunOnce().ok());
    for (int i = 0; i < 100; ++i) (void)consumer.RunOnce();
  }

  std::vector<ops::v1::ParkedFact> ParkedHere() {
    std::vector<ops::v1::ParkedFact> facts;
    EXPECT_TRUE(here_.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto parked, ParkedFacts().Range(reader, "order", "", "", 100));
                      for (const auto& fact : parked) facts.push_back(fact.value);
                      return absl::OkStatus();
                    })
                    .ok());
    return facts;
  }

  int64_t Unacknowledged() {
    const auto stats = queue_.Stats("test");
    return (*stats)[0].last_number - (*stats)[0].acknowledged_number;
  }

  struct Failure {
    int times;
    absl::Status status;
    bool throws = false;
  };

  LocalQueue queue_;
  FaultyQueue faulty_{queue_};
  Service there_{"test", queue_};
  Service here_{"here", faulty_};
  Relay relay_{there_.wiring()};
  std::map<std::string, Failure> failures_;
  std::map<std::string, int> runs_;
};

TEST_F(ConsumerTest, ReactsToEachFactOnceAndInOrder) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (const char* text : {"a", "b", "c"}) ASSERT_TRUE(there_.State("records/1", text).ok());
  ASSERT_TRUE(there_.State("records/2", "z").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  EXPECT_EQ(*consumer.RunOnce(), 4);
  EXPECT_EQ(*consumer.RunOnce(), 0);
  EXPECT_EQ(here_.Target("records/1"), "abc");
  EXPECT_EQ(here_.Target("records/2"), "z");
  EXPECT_EQ(Unacknowledged(), 0);
}

TEST_F(ConsumerTest, TakesBackNothingOfAFactBecauseAnotherOneFails) {
  failures_["bad"] = {-1, absl::InternalError("bug")};
  failures_["stale"] = {-1, absl::NotFoundError("gone")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(there_.State(absl::StrCat("records/", i % 4), "x").ok());
  ASSERT_TRUE(there_.State("records/1", "bad").ok());
  ASSERT_TRUE(there_.State("records/2", "stale").ok());
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(there_.State(absl::StrCat("records/", i % 4), "y").ok());
  Pump(consumer);
  const std::string xs(10, 'x'), ys(10, 'y');
  EXPECT_EQ(here_.Target("records/0"), xs + ys);
  EXPECT_EQ(here_.Target("records/1"), xs);
  EXPECT_EQ(here_.Target("records/2"), xs + ys);
  EXPECT_EQ(here_.Target("records/3"), xs + ys);
  EXPECT_THAT(ParkedHere(), SizeIs(11));
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"ok\",service=\"here\",source=\"test\"} 70"));
}

TEST_F(ConsumerTest, StampsWhatFollowsWithItsCause) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  Pump(consumer);
  const auto history = [](Service& service) {
    event::v1::Event event;
    EXPECT_TRUE(service.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.History("records/1", 0, 1));
                      EXPECT_TRUE(event.ParseFromString(events.at(0).body));
                      return absl::OkStatus();
                    })
                    .ok());
    return event;
  };
  const event::v1::Event cause = history(there_), effect = history(here_);
  EXPECT_EQ(effect.caused_by(), cause.id());
  EXPECT_EQ(effect.actor(), "system/here");
  EXPECT_EQ(effect.source(), "here");
  EXPECT_FALSE(effect.traceparent().empty());
}

TEST_F(ConsumerTest, DoesNotReactTwiceWhenAcknowledgementsAreLost) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  faulty_.acknowledgements_lost = true;
  ASSERT_TRUE(relay_.RunOnce().ok());
  EXPECT_EQ(consumer.RunOnce().status().code(), absl::StatusCode::kUnavailable);
  consumer.Stop();  // as in a crash: what it knew is gone
  faulty_.acknowledgements_lost = false;
  Consumer restarted(here_.wiring(), Adding(), Hasty());
  EXPECT_EQ(*restarted.RunOnce(), 1);
  EXPECT_EQ(here_.Target("records/1"), "a");
  EXPECT_EQ(runs_["a"], 1);
  EXPECT_EQ(Unacknowledged(), 0);
}

TEST_F(ConsumerTest, DoesNotReactAgainToOldFactsThatTheInboxHasForgotten) {
  ConsumerOptions options = Hasty();
  options.stuck_after = absl::ZeroDuration();  // looks at how far it is in each step
  const absl::Time now = absl::Now();
  there_.clock.AdvanceTo(now - absl::Hours(40 * 24));
  ASSERT_TRUE(there_.State("records/1", "old").ok());
  Consumer consumer(here_.wiring(), Adding(), options);
  Pump(consumer);
  EXPECT_EQ(here_.Target("records/1"), "old");
  // A new group made the source publish everything again, after the inbox was swept.
  Consumer again(here_.wiring(),
                 {{"test"},
                  [&](Transaction&, const event::v1::Event&, const Origin&) {
                    ADD_FAILURE() << "reacted again";
                    return absl::OkStatus();
                  }},
                 options);
  event::v1::Event event;
  ASSERT_TRUE(there_.store()
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.EventsAfter(0, 1));
                    EXPECT_TRUE(event.ParseFromString(events.at(0).body));
                    return absl::OkStatus();
                  })
                  .ok());
  event.set_id("forgotten");
  ASSERT_TRUE(queue_.Begin("test", "anew", 0, {}).ok());
  ASSERT_TRUE(queue_.Publish({"test", "anew", 0, 0, {{1, "records/1", event.SerializeAsString()}}}).ok());
  consumer.Stop();
  EXPECT_EQ(*again.RunOnce(), 1);
}

TEST_F(ConsumerTest, AcknowledgesLaterWhatCouldNotBeAcknowledged) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  faulty_.acknowledgements_lost = true;
  ASSERT_TRUE(relay_.RunOnce().ok());
  EXPECT_FALSE(consumer.RunOnce().ok());
  faulty_.acknowledgements_lost = false;
  EXPECT_TRUE(consumer.RunOnce().ok());
  EXPECT_EQ(Unacknowledged(), 0);
  EXPECT_EQ(runs_["a"], 1);
}

TEST_F(ConsumerTest, AcknowledgesAStaleFactAndKeepsNothingOfIt) {
  failures_["stale"] = {-1, absl::FailedPreconditionError("too late")};
  failures_["gone"] = {-1, absl::NotFoundError("no such record")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (const char* text : {"stale", "gone", "b"}) ASSERT_TRUE(there_.State("records/1", text).ok());
  Pump(consumer);
  EXPECT_EQ(here_.Target("records/1"), "b");
  EXPECT_EQ(runs_["stale"], 2);  // together with the others, and by itself
  EXPECT_EQ(Unacknowledged(), 0);
  EXPECT_THAT(ParkedHere(), IsEmpty());
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"stale\",service=\"here\",source=\"test\"} 2"));
}

TEST_F(ConsumerTest, TriesAgainInOrderWhileAFaultLasts) {
  failures_["a"] = {50, absl::UnavailableError("the database is away")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (const char* text : {"a", "b"}) ASSERT_TRUE(there_.State("records/1", text).ok());
  Pump(consumer);
  EXPECT_EQ(here_.Target("records/1"), "ab");
  EXPECT_EQ(runs_["a"], 51);  // far more often than a bug is tried
  EXPECT_EQ(runs_["b"], 1);
  EXPECT_THAT(ParkedHere(), IsEmpty());
}

TEST_F(ConsumerTest, HandlesOtherSubjectsWhileOneMustWait) {
  failures_["a"] = {-1, absl::UnavailableError("away")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  ASSERT_TRUE(there_.State("records/2", "z").ok());
  Pump(consumer);
  EXPECT_EQ(here_.Target("records/2"), "z");
  EXPECT_EQ(here_.Target("records/1"), "");
  EXPECT_GT(Unacknowledged(), 0);
}

TEST_F(ConsumerTest, WaitsBetweenTries) {
  ConsumerOptions options = Hasty();
  options.least_backoff = options.most_backoff = absl::Hours(1);
  failures_["a"] = {-1, absl::UnavailableError("away")};
  Consumer consumer(here_.wiring(), Adding(), options);
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  Pump(consumer);
  EXPECT_EQ(runs_["a"], 1);
}

TEST_F(ConsumerTest, ParksAFactThatMeetsABugAfterEightTriesAndItsSubjectsLaterFactsBehindIt) {
  failures_["bad"] = {-1, absl::InternalError("division by zero")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (const char* text : {"a", "bad", "c"}) ASSERT_TRUE(there_.State("records/1", text).ok());
  ASSERT_TRUE(there_.State("records/2", "z").ok());
  Pump(consumer);
  EXPECT_EQ(runs_["bad"], 9);  // once together with others, which does not count as a try
  EXPECT_EQ(runs_["c"], 0);
  EXPECT_EQ(here_.Target("records/1"), "a");  // nothing half-done
  EXPECT_EQ(here_.Target("records/2"), "z");
  EXPECT_EQ(Unacknowledged(), 0);
  const auto parked = ParkedHere();
  ASSERT_THAT(parked, SizeIs(2));
  EXPECT_EQ(TextOf(parked[0].event()), "bad");
  EXPECT_EQ(parked[0].name(), absl::StrCat("parkedFacts/", parked[0].event().id()));
  EXPECT_EQ(parked[0].reason(), "division by zero");
  EXPECT_EQ(parked[0].tries(), 8);
  EXPECT_EQ(parked[0].waits_behind(), "");
  EXPECT_EQ(parked[0].source(), "test");
  EXPECT_EQ(parked[0].number(), 2);
  EXPECT_EQ(TextOf(parked[1].event()), "c");
  EXPECT_EQ(parked[1].waits_behind(), parked[0].name());

  // Also those that come later, and after a restart.
  ASSERT_TRUE(there_.State("records/1", "d").ok());
  consumer.Stop();
  Consumer restarted(here_.wiring(), Adding(), Hasty());
  Pump(restarted);
  EXPECT_THAT(ParkedHere(), SizeIs(3));
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("amikeco_dlq_depth{service=\"here\"} 3"));
}

// A redrive that just handles the last parked fact of a subject, and the parking of one more behind it, must both
// change one record: else on PostgreSQL neither might see the other, and the fact would wait behind nothing.
TEST_F(ConsumerTest, WritesTheParkedFactAnewThatOthersWaitBehind) {
  failures_["bad"] = {-1, absl::InternalError("bug")};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (const char* text : {"bad", "b", "c"}) ASSERT_TRUE(there_.State("records/1", text).ok());
  Pump(consumer);
  ASSERT_THAT(ParkedHere(), SizeIs(3));
  EXPECT_TRUE(here_.store()
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto first, ParkedFacts().Get(reader, ParkedHere()[0].name()));
                    EXPECT_EQ(first.version, 3);
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(ConsumerTest, LeavesTheProcessorAloneWhileAllItMayKeepMustWait) {
  ConsumerOptions options;
  options.batch = 1;  // 16 facts fill its memory
  options.least_backoff = options.most_backoff = absl::Milliseconds(200);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(there_.State(absl::StrCat("records/", i), "a").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  std::atomic<int> runs{0};
  Reactions away{{"test"}, [&](Transaction&, const event::v1::Event&, const Origin&) {
                   ++runs;
                   return absl::UnavailableError("away");
                 }};
  Consumer consumer(here_.wiring(), away, options);
  ASSERT_TRUE(consumer.Start().ok());
  ASSERT_TRUE(Eventually([&] { return runs >= 16; }));
  const absl::Time start = absl::Now();
  const std::clock_t spent = std::clock();
  ASSERT_TRUE(Eventually([&] { return runs >= 64; }));
  const double cpu = static_cast<double>(std::clock() - spent) / CLOCKS_PER_SEC;
  EXPECT_LT(cpu, absl::ToDoubleSeconds(absl::Now() - start) * 0.6);
}

TEST_F(ConsumerTest, GetsOnWhenEachFactTakesLongerThanAStepMay) {
  ConsumerOptions options = Hasty();
  options.stuck_after = absl::Nanoseconds(6);
  failures_["bad"] = {3, absl::UnavailableError("slow")};
  Consumer consumer(here_.wiring(), Adding(), options);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(there_.State(absl::StrCat("records/", i), i == 0 ? "bad" : "a").ok());
  Pump(consumer);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(here_.Target(absl::StrCat("records/", i)), i == 0 ? "bad" : "a");
}

TEST_F(ConsumerTest, RecordsASpanBetweenAFactsCauseAndWhatFollows) {
  const std::string cause = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  ASSERT_TRUE(there_.store()
                  .Write([&](Transaction& tx) {
                    Origin origin = there_.origin();
                    origin.traceparent = cause;
                    return Service::StateIn(tx, origin, "records/1", "a");
                  })
                  .ok());
  std::string followed;
  Collector collector;
  const absl::Time start = absl::Now();
  {
    Tracer tracer(absl::StrCat("http://127.0.0.1:", collector.port(), "/"), "here", here_.metrics);
    Wiring wiring = here_.wiring();
    wiring.tracer = &tracer;
    Consumer consumer(wiring,
                      {{"test"},
                       [&](Transaction&, const event::v1::Event&, const Origin& origin) {
                         followed = origin.traceparent;
                         return absl::OkStatus();
                       }},
                      Hasty());
    Pump(consumer);
  }
  EXPECT_EQ(followed.substr(0, 36), cause.substr(0, 36));
  EXPECT_NE(followed, cause);
  const auto body = nlohmann::json::parse(BodyOf(collector.Received()));
  const auto& span = body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
  EXPECT_EQ(span["traceId"], cause.substr(3, 32));
  EXPECT_EQ(span["parentSpanId"], cause.substr(36, 16));
  EXPECT_EQ(span["spanId"], followed.substr(36, 16));
  const auto nanos = [&](const char* field) { return std::stoll(span[field].get<std::string>()); };
  EXPECT_GE(nanos("startTimeUnixNano"), absl::ToUnixNanos(start));
  EXPECT_GE(nanos("endTimeUnixNano"), nanos("startTimeUnixNano"));
  EXPECT_LE(nanos("endTimeUnixNano"), absl::ToUnixNanos(absl::Now()));
}

TEST_F(ConsumerTest, SurvivesAReactionThatThrows) {
  failures_["bad"] = {2, absl::OkStatus(), true};
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(there_.State("records/1", "bad").ok());
  Pump(consumer);
  EXPECT_EQ(runs_["bad"], 3);
  EXPECT_EQ(here_.Target("records/1"), "bad");
}

TEST_F(ConsumerTest, DoesNotCountACrashAsATry) {
  failures_["bad"] = {14, absl::InternalError("bug")};
  ASSERT_TRUE(there_.State("records/1", "bad").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  for (int crash = 0; crash < 2; ++crash) {
    Consumer consumer(here_.wiring(), Adding(), Hasty());
    for (int i = 0; i < 7; ++i) ASSERT_TRUE(consumer.RunOnce().ok());
  }
  EXPECT_THAT(ParkedHere(), IsEmpty());
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  Pump(consumer);
  EXPECT_EQ(here_.Target("records/1"), "bad");
}

TEST_F(ConsumerTest, ParksWhatDoesNotParse) {
  const std::string epoch = "e";
  ASSERT_TRUE(queue_.Begin("test", epoch, 0, {}).ok());
  ASSERT_TRUE(queue_.Publish({"test", epoch, 0, 0, {{1, "records/1", "\xff\xff not a message"}}}).ok());
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  for (int i = 0; i < 20; ++i) (void)consumer.RunOnce();
  const auto parked = ParkedHere();
  ASSERT_THAT(parked, SizeIs(1));
  EXPECT_EQ(parked[0].event().subject(), "records/1");
  EXPECT_EQ(parked[0].name(), "parkedFacts/unreadable-test-1");
}

TEST_F(ConsumerTest, GoesOnWhenTheQueueComesBack) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  faulty_.away = true;
  EXPECT_EQ(consumer.RunOnce().status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  EXPECT_FALSE(consumer.RunOnce().ok());
  faulty_.away = false;
  EXPECT_EQ(*consumer.RunOnce(), 1);
  EXPECT_EQ(here_.Target("records/1"), "a");
}

TEST_F(ConsumerTest, TwoConsumersOfAServiceShareTheWork) {
  Consumer first(here_.wiring(), Adding(), Hasty()), second(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(relay_.RunOnce().ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(first.RunOnce().ok());
    ASSERT_TRUE(second.RunOnce().ok());
  }
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(there_.State(absl::StrCat("records/", i), "x").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  int shares[2] = {0, 0};
  for (int i = 0; i < 20; ++i) {
    shares[0] += *first.RunOnce();
    shares[1] += *second.RunOnce();
  }
  EXPECT_EQ(shares[0] + shares[1], 40);
  EXPECT_GT(shares[0], 0);
  EXPECT_GT(shares[1], 0);
}

TEST_F(ConsumerTest, FollowsByItselfOnceStarted) {
  Consumer consumer(here_.wiring(), Adding(), Hasty());
  ASSERT_TRUE(consumer.Start().ok());
  ASSERT_TRUE(relay_.Start().ok());
  std::string expected;
  for (int i = 0; i < 30; ++i) {
    expected += "x";
    ASSERT_TRUE(there_.State("records/1", "x").ok());
  }
  EXPECT_TRUE(Eventually([&] { return here_.Target("records/1") == expected; }));
  EXPECT_TRUE(consumer.Healthy().ok());
  relay_.Stop();
  consumer.Stop();
}

TEST_F(ConsumerTest, SaysSoWhenAReactionHangs) {
  ConsumerOptions options = Hasty();
  options.stuck_after = absl::Milliseconds(50);
  absl::Notification release;
  Consumer consumer(here_.wiring(),
                    {{"test"},
                     [&](Transaction&, const event::v1::Event&, const Origin&) {
                       release.WaitForNotification();
                       return absl::OkStatus();
                     }},
                    options);
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  ASSERT_TRUE(consumer.Start().ok());
  EXPECT_TRUE(Eventually([&] { return absl::EndsWith(consumer.Healthy().message(), "hangs"); }));
  EXPECT_THAT(std::string(consumer.Healthy().message()),
              MatchesRegex("the reaction to amikeco.config.v1.StoreConfig.Sqlite [0-9a-z]+, number 1 of test, hangs"));
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("amikeco_queue_in_work_seconds{service=\"here\",source=\"test\"} 0."));
  release.Notify();
  EXPECT_TRUE(Eventually([&] { return consumer.Healthy().ok(); }));
  consumer.Stop();
}

// A queue that answers, and never delivers.
class SilentQueue final : public Queue {
 public:
  int left = 0;

  absl::StatusOr<int64_t> Begin(absl::string_view, absl::string_view, int64_t floor,
                                absl::Span<const std::string>) override {
    return floor;
  }
  absl::Status Publish(const Batch&) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<Parcel>> Receive(const Subscription&, int, absl::Duration) override {
    return std::vector<Parcel>();
  }
  absl::Status Acknowledge(const Subscription&, absl::Span<const Parcel>) override { return absl::OkStatus(); }
  void Leave(const Subscription&) override { ++left; }
  absl::Status Trim(absl::string_view, absl::string_view, int64_t) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) override {
    return std::vector<StreamStats>{{std::string(source), "here", 5, 0, 5, 2, 2}};
  }
  absl::Status Check() override { return absl::OkStatus(); }
};

TEST_F(ConsumerTest, CannotLookHealthyAndDoNothing) {
  SilentQueue silent;
  Service here("here", silent);
  ConsumerOptions options = Hasty();
  options.stuck_after = absl::Milliseconds(40);
  Consumer consumer(here.wiring(), Adding(), options);
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(consumer.RunOnce().ok());
    return !consumer.Healthy().ok();
  }));
  EXPECT_GE(silent.left, 2);  // at the start, and when it connected anew
}

TEST_F(ConsumerTest, IsNotToBlameForTheFaultOfItsStore) {
  ConsumerOptions options = Hasty();
  options.stuck_after = absl::Milliseconds(10);
  failures_["a"] = {-1, absl::UnavailableError("away")};
  Consumer consumer(here_.wiring(), Adding(), options);
  ASSERT_TRUE(there_.State("records/1", "a").ok());
  ASSERT_TRUE(relay_.RunOnce().ok());
  const absl::Time end = absl::Now() + absl::Milliseconds(200);
  while (absl::Now() < end) {
    (void)consumer.RunOnce();
    EXPECT_TRUE(consumer.Healthy().ok());
  }
}

}  // namespace
}  // namespace amikeco::testing
