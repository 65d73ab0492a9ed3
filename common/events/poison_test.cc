// Facts that cannot be handled, a hundred of a kind: what becomes of them, and that others do not notice. Processes end
// here by a store that is gone from one moment to the next; tests/chaos/poison_processes_test.cc has real ones.
#include <atomic>
#include <stdexcept>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/events/consumer.h"
#include "common/events/operations.h"
#include "common/events/parked.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "common/store/postgres_store.h"
#include "gmock/gmock.h"
#include "tests/support/postgres.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
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

// The store as one process sees it: when the process ends, nothing more of what it does takes place.
class MortalStore final : public Store {
 public:
  explicit MortalStore(Store& store) : store_(store) {}
  bool ended = false;

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override {
    return ended ? Ended() : store_.Write([&](Transaction& tx) {
      const absl::Status status = body(tx);
      return ended ? Ended() : status;
    });
  }
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override {
    return ended ? Ended() : store_.Read(body);
  }
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override {
    if (ended) return Ended();
    return store_.TryLock(name);
  }
  absl::Status Check() override { return ended ? Ended() : store_.Check(); }
  void OnEvents(std::function<void()> wake) override { store_.OnEvents(std::move(wake)); }

 private:
  static absl::Status Ended() { return absl::UnavailableError("the process has ended"); }
  Store& store_;
};

class PoisonTest : public ::testing::Test {
 protected:
  static ConsumerOptions Hasty() {
    ConsumerOptions options;
    options.least_backoff = options.most_backoff = options.least_pause = absl::ZeroDuration();
    return options;
  }
  // Each poison fact of a subject of its own, and a good fact of another subject behind each.
  void Mix(const std::string& poison) {
    for (int i = 0; i < kFacts; ++i) {
      ASSERT_TRUE(there_.State(absl::StrCat("records/bad-", i), poison).ok());
      ASSERT_TRUE(there_.State(absl::StrCat("records/good-", i), "g").ok());
    }
    ASSERT_TRUE(relay_.RunOnce().ok());
  }
  void Handle() {
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
  void Say(const std::string& subject, std::initializer_list<const char*> texts) {
    for (const char* text : texts) ASSERT_TRUE(there_.State(subject, text).ok());
    ASSERT_TRUE(relay_.RunOnce().ok());
  }
  // One life of a process that "ending" facts end: at most `steps`, beginning with what the one before left. Whether
  // it ended before.
  bool Live(const ConsumerOptions& options, int steps = 30) {
    consumer_.Stop();
    MortalStore store(here_.store());
    Wiring wiring = here_.wiring();
    Consumer consumer({wiring.service, store, wiring.queue, wiring.clock, wiring.metrics},
                      {{"there"},
                       [&](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
                         store.ended = store.ended || TextOf(event) == ending_;
                         return React(tx, event, origin);
                       }},
                      options);
    for (int i = 0; i < steps && !store.ended; ++i) (void)consumer.RunOnce();
    return store.ended;
  }
  // The number of ends until a process goes on.
  int LiveOn(const ConsumerOptions& options) {
    int ends = 0;
    while (ends < 10'000 && Live(options)) ++ends;
    return ends;
  }
  bool OnTrial(const std::string& event_id) {
    bool found = false;
    EXPECT_TRUE(here_.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto record, reader.Get("trial", event_id));
                      found = record.has_value();
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  }
  std::string FirstEvent() {
    std::string id;
    EXPECT_TRUE(there_.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.EventsAfter(0, 1));
                      id = events.at(0).id;
                      return absl::OkStatus();
                    })
                    .ok());
    return id;
  }

  std::string ending_ = "ending";
  LocalQueue queue_;
  Service there_{"there", queue_};
  Service here_{"here", queue_};
  Relay relay_{there_.wiring()};
  Consumer consumer_{here_.wiring(), {{"there"}, React}, Hasty()};
};

TEST_F(PoisonTest, RefusedFactsAreStaleAndOthersAreHandled) {
  Mix("refused");
  Handle();
  ExpectOthersHandled();
  EXPECT_THAT(Parked(), IsEmpty());
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"stale\",service=\"here\",source=\"there\"} 100"));
}

TEST_F(PoisonTest, ThrowingFactsAreParkedAfterEightTriesAndOthersAreHandled) {
  Mix("throwing");
  Handle();
  ExpectOthersHandled();
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(kFacts));
  for (const auto& fact : parked) {
    EXPECT_EQ(fact.value.tries(), 8);
    EXPECT_EQ(fact.value.reason(), "exception: thrown");
    EXPECT_TRUE(absl::StartsWith(fact.value.event().subject(), "records/bad-"));
  }
}

TEST_F(PoisonTest, FactsThatEndTheProcessEachTimeAreParkedAndOthersAreHandled) {
  Mix("ending");
  // Each ends five processes alone, and may have ended one that tried it with others.
  const int ends = LiveOn(Hasty());
  EXPECT_GT(ends, 5 * kFacts);
  EXPECT_LE(ends, 6 * kFacts);
  ExpectOthersHandled();
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(kFacts));
  for (const auto& fact : parked) {
    EXPECT_EQ(fact.value.tries(), 5);
    EXPECT_EQ(fact.value.reason(), "The process ended 5 times while this was tried.");
    EXPECT_TRUE(absl::StartsWith(fact.value.event().subject(), "records/bad-"));
    EXPECT_FALSE(OnTrial(fact.value.event().id()));
  }
}

TEST_F(PoisonTest, LaterFactsOfTheSubjectAreParkedBehindOneThatEndsTheProcess) {
  Say("records/1", {"a", "ending", "b", "c"});
  EXPECT_EQ(LiveOn(Hasty()), 6);
  EXPECT_EQ(here_.Target("records/1"), "a");
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(3));
  EXPECT_EQ(TextOf(parked[0].value.event()), "ending");
  EXPECT_EQ(parked[1].value.waits_behind(), parked[0].name);
}

TEST_F(PoisonTest, AFactThatEndedProcessesHasItsEffectOnceWhenItCan) {
  Say("records/1", {"a", "ending", "b"});
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(Live(Hasty()));
  ending_ = "";
  EXPECT_FALSE(Live(Hasty()));
  EXPECT_EQ(here_.Target("records/1"), "aendingb");
  EXPECT_THAT(Parked(), IsEmpty());
  EXPECT_FALSE(OnTrial(FirstEvent()));
  EXPECT_EQ(queue_.Stats("there")->front().acknowledged_number, 3);
}

TEST_F(PoisonTest, WaitsAfterAnEndWhileOthersGoOn) {
  Say("records/1", {"ending", "b"});
  Say("records/2", {"x"});
  ConsumerOptions options = Hasty();
  EXPECT_TRUE(Live(options));  // together with others
  EXPECT_TRUE(Live(options));  // alone
  options.least_pause = absl::Hours(1);
  EXPECT_FALSE(Live(options));
  Say("records/2", {"y"});
  EXPECT_FALSE(Live(options));
  EXPECT_EQ(here_.Target("records/1"), "");
  EXPECT_EQ(here_.Target("records/2"), "xy");
  EXPECT_TRUE(OnTrial(FirstEvent()));
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"ended\",service=\"here\",source=\"there\"} 2"));
}

TEST_F(PoisonTest, IsNotCalledStuckWhileAFactWaitsAfterAnEnd) {
  Say("records/1", {"ending"});
  ConsumerOptions options = Hasty();
  EXPECT_TRUE(Live(options));
  EXPECT_TRUE(Live(options));
  options.least_pause = absl::Hours(1);
  options.stuck_after = absl::Milliseconds(8);
  consumer_.Stop();
  Consumer consumer(here_.wiring(), {{"there"}, React}, options);
  const absl::Time end = absl::Now() + 10 * options.stuck_after;
  while (absl::Now() < end) {
    ASSERT_TRUE(consumer.RunOnce().ok());
    ASSERT_TRUE(consumer.Healthy().ok());
  }
}

TEST_F(PoisonTest, AStopIsNoEndHoweverOftenAFactIsInWork) {
  Say("records/1", {"ending"});
  EXPECT_TRUE(Live(Hasty()));
  for (int i = 0; i < 20; ++i) {
    Consumer away(here_.wiring(),
                  {{"there"},
                   [](Transaction&, const event::v1::Event&, const Origin&) { return absl::UnavailableError("away"); }},
                  Hasty());
    for (int step = 0; step < 3; ++step) ASSERT_TRUE(away.RunOnce().ok());
  }
  ending_ = "";
  EXPECT_FALSE(Live(Hasty()));
  EXPECT_EQ(here_.Target("records/1"), "ending");
  EXPECT_THAT(here_.metrics.Render(), HasSubstr("outcome=\"ended\",service=\"here\",source=\"there\"} 0"));
}

TEST_F(PoisonTest, AFactThatEndedProcessesAndIsParkedCanBeRedriven) {
  Say("records/1", {"ending", "b"});
  LiveOn(Hasty());
  ASSERT_THAT(Parked(), SizeIs(2));
  Ticker ticker(here_.wiring(), {});
  OperationsService operations(here_.wiring(), {{"there"}, React}, ticker, nullptr);
  Call call;
  call.time = here_.clock.Now();
  ops::v1::RedriveParkedFactRequest request;
  request.set_name(Parked()[0].name);
  const auto response = operations.RedriveParkedFact(call, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->handled(), 2);
  EXPECT_EQ(here_.Target("records/1"), "endingb");
  EXPECT_THAT(Parked(), IsEmpty());
}

// A reaction that hangs holds its thread and its transaction: nobody else on PostgreSQL, everybody's writes on SQLite,
// which has one writer.
class HangingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto postgres = PostgresServer::Start();
    ASSERT_TRUE(postgres.ok()) << postgres.status();
    postgres_ = *std::move(postgres);
    database_ = *postgres_->NewDatabase();
    ASSERT_EQ(PostgresStore::Migrate(At(database_)).status(), absl::OkStatus());
  }
  static config::v1::StoreConfig::Postgres At(const std::string& conninfo) {
    config::v1::StoreConfig::Postgres config;
    config.set_conninfo(conninfo);
    return config;
  }
  void Release() {
    if (!release_.HasBeenNotified()) release_.Notify();
  }
  std::unique_ptr<Store> Open() {
    auto store = PostgresStore::Open(At(database_));
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  // "hanging" hangs in the first that comes to it.
  Reactions Reacting(std::vector<std::string> sources) {
    return {std::move(sources), [this](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
              if (TextOf(event) == "hanging" && !hangs_.exchange(true)) release_.WaitForNotification();
              return Service::StateIn(tx, origin, event.subject(), TextOf(event));
            }};
  }
  static void Say(Service& service, const std::string& subject, const std::string& text) {
    ASSERT_TRUE(service.State(subject, text).ok());
    ASSERT_TRUE(Relay(service.wiring()).RunOnce().ok());
  }

  std::unique_ptr<PostgresServer> postgres_;
  std::string database_;
  std::atomic<bool> hangs_{false};
  absl::Notification release_;
};

TEST_F(HangingTest, OtherSourcesGoOnMeanwhile) {
  LocalQueue queue;
  Service there("there", queue), elsewhere("elsewhere", queue), here("here", queue, Open());
  Consumer consumer(here.wiring(), Reacting({"there", "elsewhere"}));
  const absl::Cleanup release = [this] { Release(); };
  ASSERT_TRUE(consumer.Start().ok());
  Say(there, "records/1", "hanging");
  EXPECT_TRUE(Eventually([&] { return hangs_.load(); }));
  Say(elsewhere, "records/2", "x");
  EXPECT_TRUE(Eventually([&] { return here.Target("records/2") == "x"; }));
  EXPECT_EQ(here.Target("records/1"), "");
}

TEST_F(HangingTest, AnotherReplicaTakesOverTheRest) {
  LocalQueue queue(absl::Milliseconds(300));
  Service there("there", queue), first("here", queue, Open()), second("here", queue, Open());
  Consumer hanging(first.wiring(), Reacting({"there"})), other(second.wiring(), Reacting({"there"}));
  const absl::Cleanup release = [this] { Release(); };
  ASSERT_TRUE(hanging.Start().ok());
  Say(there, "records/1", "hanging");
  EXPECT_TRUE(Eventually([&] { return hangs_.load(); }));
  ASSERT_TRUE(other.Start().ok());
  for (int i = 2; i < 50; ++i) Say(there, absl::StrCat("records/", i), "x");
  EXPECT_TRUE(Eventually([&] {
    for (int i = 2; i < 50; ++i) {
      if (second.Target(absl::StrCat("records/", i)) != "x") return false;
    }
    return true;
  }));
  Release();
  EXPECT_TRUE(Eventually([&] { return second.Target("records/1") == "hanging"; }));
}

}  // namespace
}  // namespace amikeco::testing
