// The one way in which anything is written (design.md §4, A5-04).
#include "common/events/execute.h"

#include <set>

#include "common/base/steady.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"

namespace amikeco::testing {
namespace {

using ::testing::SizeIs;

class ExecuteTest : public ::testing::Test {
 protected:
  Call CallOf(const std::string& request_id, const std::string& fingerprint = "f1") {
    Call call;
    call.method = "amikeco.test.v1.TestService/State";
    call.actor = {"people/jdoe", "sections/DE", {}};
    call.time = StartOfStory();
    call.traceparent = "00-trace-01";
    call.request_id = request_id;
    call.fingerprint = fingerprint;
    return call;
  }

  // The command of these tests: states `text` about "records/1" and answers with the record.
  absl::StatusOr<Record> State(const Call& call, const std::string& text) {
    return Execute<Record>(service_.store(), call, [&](Transaction& tx) -> absl::StatusOr<Record> {
      ++runs_;
      if (text == "refused") return absl::FailedPreconditionError("refused");
      AMIKECO_ASSIGN_OR_RETURN(auto record, Records().Find(tx, "records/1"));
      AMIKECO_RETURN_IF_ERROR(
          (Apply<Record, Fact>(tx, Records(), OriginOf("test", call), {FactOf(text), FactOf("!")}, record)));
      return record.value;
    });
  }

  std::vector<event::v1::Event> History() {
    std::vector<event::v1::Event> history;
    EXPECT_TRUE(service_.store()
                    .Read([&](Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(const auto stored, reader.History("records/1", 0, 100));
                      for (const StoredEvent& event : stored) {
                        EXPECT_TRUE(history.emplace_back().ParseFromString(event.body));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return history;
  }

  LocalQueue queue_;
  Service service_{"test", queue_};
  int runs_ = 0;
};

TEST_F(ExecuteTest, WritesTheRecordAndItsFactsTogether) {
  const auto answer = State(CallOf("r1"), "a");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->target(), "a!");
  EXPECT_EQ(service_.Target("records/1"), "a!");
  ASSERT_THAT(History(), SizeIs(2));
}

// A5-04
TEST_F(ExecuteTest, StampsEachFactWithWhoWhenWhereAndWhy) {
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  ASSERT_TRUE(State(CallOf("r2"), "b").ok());
  const auto history = History();
  ASSERT_THAT(history, SizeIs(4));
  std::set<std::string> ids;
  for (size_t i = 0; i < history.size(); ++i) {
    const event::v1::Event& event = history[i];
    ids.insert(event.id());
    EXPECT_EQ(event.source(), "test");
    EXPECT_EQ(event.type(), "amikeco.config.v1.StoreConfig.Sqlite");
    EXPECT_EQ(event.subject(), "records/1");
    EXPECT_EQ(event.subject_version(), static_cast<int64_t>(i) + 1);
    EXPECT_EQ(ToTime(event.time()), StartOfStory());
    EXPECT_EQ(event.actor(), "people/jdoe");
    EXPECT_EQ(event.organisation(), "sections/DE");
    EXPECT_EQ(event.traceparent(), "00-trace-01");
    EXPECT_EQ(event.caused_by(), "");
  }
  EXPECT_THAT(ids, SizeIs(4));
  EXPECT_EQ(TextOf(history[2]), "b");
}

TEST_F(ExecuteTest, FoldingTheHistoryGivesTheRecord) {
  for (const char* text : {"a", "b", "c", "d"}) ASSERT_TRUE(State(CallOf(text), text).ok());
  ASSERT_TRUE(service_.store()
                  .Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto record, Records().Get(reader, "records/1"));
                    AMIKECO_ASSIGN_OR_RETURN(const auto folded, (FoldHistory<Record, Fact>(reader, "records/1")));
                    EXPECT_EQ(folded.value.SerializeAsString(), record.value.SerializeAsString());
                    EXPECT_EQ(folded.version, record.version);
                    EXPECT_EQ(record.value.target(), "a!b!c!d!");
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST_F(ExecuteTest, AnswersARetryTheSameWithoutRunningAgain) {
  const auto first = State(CallOf("r1"), "a");
  ASSERT_TRUE(State(CallOf("r2"), "b").ok());
  const auto again = State(CallOf("r1"), "a");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(runs_, 2);
  EXPECT_THAT(History(), SizeIs(4));
}

TEST_F(ExecuteTest, AnswersARetryTheSameAfterARestart) {
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  service_.Reopen();
  const auto again = State(CallOf("r1"), "a");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->target(), "a!");
  EXPECT_EQ(runs_, 1);
}

TEST_F(ExecuteTest, RefusesARequestIdThatWasUsedWithAnotherPayload) {
  ASSERT_TRUE(State(CallOf("r1", "f1"), "a").ok());
  const auto other = State(CallOf("r1", "f2"), "b");
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(other.status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(service_.Target("records/1"), "a!");
}

TEST_F(ExecuteTest, RefusesARequestIdThatWasUsedWithAnotherMethod) {
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  Call other = CallOf("r1");
  other.method = "amikeco.test.v1.TestService/Other";
  EXPECT_EQ(ReasonOf(State(other, "a").status()), "REQUEST_ID_REUSED");
}

TEST_F(ExecuteTest, KeepsTheRequestIdsOfActorsApart) {
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  Call other = CallOf("r1");
  other.actor.subject = "people/other";
  ASSERT_TRUE(State(other, "b").ok());
  EXPECT_EQ(service_.Target("records/1"), "a!b!");
}

TEST_F(ExecuteTest, RunsACommandWithoutARequestIdEachTime) {
  ASSERT_TRUE(State(CallOf(""), "a").ok());
  ASSERT_TRUE(State(CallOf(""), "a").ok());
  EXPECT_EQ(service_.Target("records/1"), "a!a!");
}

TEST_F(ExecuteTest, KeepsNothingOfARefusal) {
  EXPECT_EQ(State(CallOf("r1"), "refused").status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(History(), SizeIs(0));
  EXPECT_TRUE(State(CallOf("r1", "f2"), "a").ok());
}

// T4: what nobody waits for any more is not committed, and can be sent again.
TEST_F(ExecuteTest, ChangesNothingForACallThatNobodyWaitsFor) {
  Call late = CallOf("r1");
  late.deadline = SteadyNow();
  EXPECT_TRUE(absl::IsDeadlineExceeded(State(late, "a").status()));
  EXPECT_EQ(runs_, 0);
  Call left = CallOf("r1");
  left.cancelled = [&] { return runs_ > 0; };  // while the command runs
  EXPECT_TRUE(absl::IsCancelled(State(left, "a").status()));
  EXPECT_EQ(runs_, 1);
  EXPECT_THAT(History(), SizeIs(0));
  EXPECT_TRUE(State(CallOf("r1"), "a").ok());
  EXPECT_EQ(runs_, 2);
}

TEST_F(ExecuteTest, ForgetsAnswersADayLater) {
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  const auto sweep = [&](absl::Duration after) {
    return service_.store().Write([&](Transaction& tx) { return tx.Sweep(StartOfStory() + after, 100); });
  };
  ASSERT_TRUE(sweep(absl::Hours(23)).ok());
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  EXPECT_EQ(runs_, 1);
  ASSERT_TRUE(sweep(absl::Hours(25)).ok());
  ASSERT_TRUE(State(CallOf("r1"), "a").ok());
  EXPECT_EQ(runs_, 2);
}

TEST_F(ExecuteTest, DoesNothingWithoutFacts) {
  ASSERT_TRUE(service_.store()
                  .Write([&](Transaction& tx) -> absl::Status {
                    Versioned<Record> record{"records/1", Record(), 0};
                    return Apply<Record, Fact>(tx, Records(), service_.origin(), {}, record);
                  })
                  .ok());
  EXPECT_THAT(History(), SizeIs(0));
}

TEST(MakeEvent, NamesAFactWithoutAOneofByItself) {
  Record fact;
  fact.set_target("x");
  const event::v1::Event event = MakeEvent({"test", SystemActor("test"), StartOfStory(), "", "cause"}, "s", 1, fact);
  EXPECT_EQ(event.type(), "amikeco.config.v1.PeerConfig");
  EXPECT_EQ(event.actor(), "system/test");
  EXPECT_EQ(event.caused_by(), "cause");
}

}  // namespace
}  // namespace amikeco::testing
