// What operators and auditors ask of a service (protos/amikeco/ops/v1/ops.proto).
#include "common/events/operations.h"

#include "absl/strings/str_cat.h"
#include "common/base/chain.h"
#include "common/events/consumer.h"
#include "common/events/parked.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class OperationsTest : public ::testing::Test {
 protected:
  Reactions Adding() {
    return {{"there"}, [this](Transaction& tx, const event::v1::Event& event, const Origin& origin) -> absl::Status {
              const std::string text = TextOf(event);
              if (const auto refusal = refusals_.find(text); refusal != refusals_.end()) return refusal->second;
              return Service::StateIn(tx, origin, event.subject(), text);
            }};
  }
  static ConsumerOptions Hasty() {
    ConsumerOptions options;
    options.least_backoff = options.most_backoff = absl::ZeroDuration();
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

  void Pump() {
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(there_relay_.RunOnce().ok());
      ASSERT_TRUE(consumer_.RunOnce().ok());
      ASSERT_TRUE(ticker_.RunOnce().ok());
      ASSERT_TRUE(relay_.RunOnce().ok());
    }
  }
  // Parks "bad" with "c" and "d" behind it.
  void ParkThree() {
    refusals_["bad"] = absl::InternalError("division by zero");
    for (const char* text : {"a", "bad", "c", "d"}) ASSERT_TRUE(there_.State("records/1", text).ok());
    Pump();
    ASSERT_THAT(Parked(), SizeIs(3));
  }
  std::vector<ops::v1::ParkedFact> Parked() {
    Call call = CallOf();
    const auto response = operations_.ListParkedFacts(call, {});
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->parked_facts().begin(), response->parked_facts().end()};
  }
  absl::StatusOr<ops::v1::RedriveParkedFactResponse> Redrive(const std::string& name,
                                                             const std::string& request_id = "") {
    Call call = CallOf(request_id);
    ops::v1::RedriveParkedFactRequest request;
    request.set_name(name);
    return operations_.RedriveParkedFact(call, request);
  }
  ops::v1::GetProgressResponse Progress() {
    Call call = CallOf();
    const auto response = operations_.GetProgress(call, {});
    EXPECT_TRUE(response.ok()) << response.status();
    return *response;
  }

  // One record that is due at a time.
  class Alarm final : public Timed {
   public:
    absl::Time time = absl::InfiniteFuture();
    absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int) override {
      return now < time ? std::vector<std::string>() : std::vector<std::string>{"records/alarm"};
    }
    absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override {
      time = absl::InfiniteFuture();
      return Service::StateIn(tx, origin, std::string(name), "rang");
    }
  };

  LocalQueue queue_;
  FaultyQueue faulty_{queue_};
  Service there_{"there", queue_};
  Service here_{"here", faulty_};
  Relay there_relay_{there_.wiring()};
  Relay relay_{here_.wiring()};
  std::map<std::string, absl::Status> refusals_;
  Consumer consumer_{here_.wiring(), Adding(), Hasty()};
  Alarm alarm_;
  Ticker ticker_{here_.wiring(), {&alarm_}};
  OperationsService operations_{here_.wiring(), Adding(), ticker_, &here_.clock};
};

TEST_F(OperationsTest, ListsParkedFactsOldestFirstPageByPage) {
  ParkThree();
  Call call = CallOf();
  ops::v1::ListParkedFactsRequest request;
  request.set_page_size(2);
  const auto first = operations_.ListParkedFacts(call, request);
  ASSERT_TRUE(first.ok());
  ASSERT_THAT(first->parked_facts(), SizeIs(2));
  EXPECT_EQ(TextOf(first->parked_facts(0).event()), "bad");
  request.set_page_token(first->next_page_token());
  const auto second = operations_.ListParkedFacts(call, request);
  ASSERT_TRUE(second.ok());
  ASSERT_THAT(second->parked_facts(), SizeIs(1));
  EXPECT_EQ(TextOf(second->parked_facts(0).event()), "d");
  EXPECT_EQ(second->next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_EQ(operations_.ListParkedFacts(call, request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(OperationsTest, RedrivesAParkedFactAndThoseBehindIt) {
  ParkThree();
  refusals_.clear();
  const auto response = Redrive(Parked()[0].name());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->handled(), 3);
  EXPECT_THAT(Parked(), IsEmpty());
  EXPECT_EQ(here_.Target("records/1"), "abadcd");
  // What comes afterwards is handled as ever.
  ASSERT_TRUE(there_.State("records/1", "e").ok());
  Pump();
  EXPECT_EQ(here_.Target("records/1"), "abadcde");
}

TEST_F(OperationsTest, SaysWhyAParkedFactFailedAgainAndKeepsIt) {
  ParkThree();
  refusals_["bad"] = absl::InternalError("still zero");
  const std::string name = Parked()[0].name();
  const auto response = Redrive(name);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(response.status()), "FACT_STILL_REFUSED");
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("still zero"));
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(3));
  EXPECT_EQ(parked[0].name(), name);
  EXPECT_EQ(parked[0].reason(), "still zero");
  EXPECT_EQ(parked[0].tries(), 9);
}

TEST_F(OperationsTest, StopsAtTheNextFactThatFails) {
  ParkThree();
  refusals_ = {{"c", absl::InternalError("c too")}};
  const auto response = Redrive(Parked()[0].name());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->handled(), 1);
  const auto parked = Parked();
  ASSERT_THAT(parked, SizeIs(2));
  EXPECT_EQ(parked[0].reason(), "c too");
  EXPECT_EQ(parked[0].waits_behind(), "");
  EXPECT_EQ(parked[1].waits_behind(), parked[0].name());
  EXPECT_EQ(here_.Target("records/1"), "abad");
}

TEST_F(OperationsTest, DoesNotRedriveAFactBeforeAnEarlierOne) {
  ParkThree();
  refusals_.clear();
  const auto response = Redrive(Parked()[1].name());
  EXPECT_EQ(ReasonOf(response.status()), "FACT_WAITS_BEHIND");
  EXPECT_EQ(here_.Target("records/1"), "a");
}

TEST_F(OperationsTest, ForgetsAParkedFactThatHasBecomeStale) {
  ParkThree();
  refusals_ = {{"bad", absl::FailedPreconditionError("too late now")}};
  const auto response = Redrive(Parked()[0].name());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->handled(), 3);
  EXPECT_EQ(here_.Target("records/1"), "acd");
}

TEST_F(OperationsTest, AnswersARetriedRedriveTheSame) {
  refusals_["bad"] = absl::InternalError("zero");
  ASSERT_TRUE(there_.State("records/1", "bad").ok());
  Pump();
  refusals_.clear();
  const std::string name = Parked()[0].name();
  ASSERT_TRUE(Redrive(name, "r1").ok());
  const auto again = Redrive(name, "r1");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->handled(), 1);
  EXPECT_EQ(Redrive(name, "r2").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(here_.Target("records/1"), "bad");
}

TEST_F(OperationsTest, CountsWhatIsOnItsWay) {
  ParkThree();
  ASSERT_TRUE(here_.State("records/9", "own").ok());
  Call call = CallOf();
  const auto stats = operations_.GetQueueStats(call, {});
  ASSERT_TRUE(stats.ok()) << stats.status();
  EXPECT_EQ(stats->parked(), 3);
  EXPECT_EQ(stats->unpublished(), 1);
  ASSERT_THAT(stats->streams(), SizeIs(2));
  EXPECT_EQ(stats->streams(0).source(), "here");
  EXPECT_EQ(stats->streams(1).source(), "there");
  EXPECT_EQ(stats->streams(1).group(), "here");
  EXPECT_EQ(stats->streams(1).last_number(), 4);
  EXPECT_EQ(stats->streams(1).acknowledged_number(), 4);
}

TEST_F(OperationsTest, ShowsOneSubjectsHistoryOrAllPublishedFacts) {
  for (const char* text : {"a", "b"}) ASSERT_TRUE(here_.State("records/1", text).ok());
  ASSERT_TRUE(here_.State("records/2", "z").ok());
  Call call = CallOf();
  const auto list = [&](const std::string& subject, int64_t after, int size) {
    ops::v1::ListEventsRequest request;
    request.set_subject(subject);
    request.set_after(after);
    request.set_page_size(size);
    const auto response = operations_.ListEvents(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> texts;
    for (const auto& entry : response->entries()) texts.push_back(absl::StrCat(entry.number(), TextOf(entry.event())));
    return texts;
  };
  EXPECT_THAT(list("", 0, 0), IsEmpty());
  EXPECT_THAT(list("records/1", 0, 0), ElementsAre("0a", "0b"));
  Pump();
  EXPECT_THAT(list("", 0, 0), ElementsAre("1a", "2b", "3z"));
  EXPECT_THAT(list("", 1, 1), ElementsAre("2b"));
  EXPECT_THAT(list("records/1", 1, 0), ElementsAre("2b"));
  ops::v1::ListEventsRequest wrong;
  wrong.set_page_size(-1);
  EXPECT_EQ(operations_.ListEvents(call, wrong).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(OperationsTest, ShowsFactsAsTheyAreKeptAndTheEndOfTheirChain) {
  Call call = CallOf();
  auto head = operations_.GetAuditHead(call, {});
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->number(), 0);
  EXPECT_EQ(head->link(), "");
  for (const char* text : {"a", "b", "c"}) ASSERT_TRUE(here_.State("records/1", text).ok());
  Pump();
  ops::v1::ListEventsRequest request;
  request.set_kept(true);
  const auto response = operations_.ListEvents(call, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_THAT(response->entries(), SizeIs(3));
  std::string link = FirstLink();
  for (const auto& entry : response->entries()) {
    EXPECT_FALSE(entry.has_event());
    event::v1::Event event;
    ASSERT_TRUE(event.ParseFromString(entry.kept().body()));
    EXPECT_EQ(entry.kept().id(), event.id());
    EXPECT_EQ(entry.kept().subject(), "records/1");
    EXPECT_EQ(entry.kept().subject_version(), entry.number());
    link = LinkOf(link, entry.number(), entry.kept().body());
    EXPECT_EQ(entry.link(), link);
  }
  head = operations_.GetAuditHead(call, {});
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->source(), "here");
  EXPECT_EQ(head->number(), 3);
  EXPECT_EQ(head->link(), link);
}

TEST_F(OperationsTest, MovesTheClockForwardOnly) {
  Call call = CallOf();
  ops::v1::SetClockRequest request;
  *request.mutable_time() = ToTimestamp(StartOfStory() + absl::Hours(48));
  auto response = operations_.SetClock(call, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(ToTime(response->time()), StartOfStory() + absl::Hours(48));
  *request.mutable_time() = ToTimestamp(StartOfStory());
  response = operations_.SetClock(call, request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(ToTime(response->time()), StartOfStory() + absl::Hours(48));
  EXPECT_EQ(here_.clock.Now(), StartOfStory() + absl::Hours(48));
}

TEST_F(OperationsTest, ARestartedServiceGoesOnFromTheTimeThatWasSet) {
  Call call = CallOf();
  ops::v1::SetClockRequest request;
  const absl::Time set = absl::Now() + absl::Hours(24 * 90);
  *request.mutable_time() = ToTimestamp(set);
  ASSERT_TRUE(operations_.SetClock(call, request).ok());
  AdjustableClock restarted;
  ASSERT_TRUE(RestoreClock(here_.store(), restarted).ok());
  EXPECT_GE(restarted.Now(), set);
  EXPECT_LT(restarted.Now(), set + absl::Minutes(1));
  AdjustableClock untouched;
  ASSERT_TRUE(RestoreClock(there_.store(), untouched).ok());
  EXPECT_LT(untouched.Now(), absl::Now() + absl::Minutes(1));
}

TEST_F(OperationsTest, DoesNotMoveARealClock) {
  OperationsService operations(here_.wiring(), Adding(), ticker_, nullptr);
  Call call = CallOf();
  EXPECT_EQ(ReasonOf(operations.SetClock(call, {}).status()), "CLOCK_NOT_ADJUSTABLE");
}

TEST_F(OperationsTest, HasSettledOnlyWhenNothingIsLeftToDo) {
  EXPECT_FALSE(Progress().settled());  // does not follow yet
  Pump();
  EXPECT_TRUE(Progress().settled()) << Progress().DebugString();

  ASSERT_TRUE(here_.State("records/1", "own").ok());
  EXPECT_THAT(Progress().waiting_for(), ElementsAre(HasSubstr("published")));
  Pump();
  EXPECT_TRUE(Progress().settled());

  ASSERT_TRUE(there_.State("records/2", "a").ok());
  EXPECT_TRUE(Progress().settled());  // not published: `there` says so
  ASSERT_TRUE(there_relay_.RunOnce().ok());
  EXPECT_THAT(Progress().waiting_for(), ElementsAre("Facts of there are to be handled."));
  Pump();
  const auto progress = Progress();
  EXPECT_TRUE(progress.settled());
  EXPECT_EQ(progress.handled_number(), 1);
  EXPECT_EQ(progress.published_number(), 2);

  alarm_.time = StartOfStory() + absl::Hours(1);
  EXPECT_TRUE(Progress().settled());
  here_.clock.Advance(absl::Hours(1));
  EXPECT_THAT(Progress().waiting_for(), ElementsAre("Something is due."));
  Pump();
  EXPECT_TRUE(Progress().settled());
}

TEST_F(OperationsTest, HasNotSettledWhileTheQueueIsAwayOrHasLostFacts) {
  ASSERT_TRUE(here_.State("records/1", "own").ok());
  ASSERT_TRUE(there_.State("records/2", "a").ok());
  Pump();
  ASSERT_TRUE(Progress().settled());
  faulty_.away = true;
  EXPECT_FALSE(Progress().settled());
  faulty_.away = false;
  EXPECT_TRUE(Progress().settled());
  ASSERT_TRUE(queue_.Begin("here", "lost", 0).ok());
  EXPECT_FALSE(Progress().settled());
  ASSERT_TRUE(queue_.Begin("there", "lost", 0).ok());
  EXPECT_FALSE(Progress().settled());
}

}  // namespace
}  // namespace amikeco::testing
