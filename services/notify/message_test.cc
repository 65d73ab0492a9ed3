#include "services/notify/message.h"

#include <random>
#include <string>
#include <vector>

#include "common/base/dates.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace amikeco::notify {
namespace {

using ::testing::IsEmpty;
using v1::Message;

const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2026, 12, 1, 9, 0, 0), absl::UTCTimeZone());

QueueMessage Mail(bool has_address = true) {
  QueueMessage command;
  command.queued.set_event("ev1");
  command.queued.set_recipient("members/m1");
  command.queued.set_channel(programme::v1::CHANNEL_EMAIL);
  command.queued.set_template_("host_invited");
  command.queued.add_parties("members/m1");
  command.has_address = has_address;
  return command;
}

QueueMessage ForInbox() {
  QueueMessage command = Mail(false);
  command.queued.set_channel(programme::v1::CHANNEL_INBOX);
  return command;
}

// The message after `command`, which must be accepted.
template <typename Command>
Message After(Message message, const Command& command, absl::Time now = kNow) {
  const MessageFacts facts = Decide(message, command, {now, "people/ops"});
  EXPECT_TRUE(facts.ok()) << facts.status();
  for (const auto& fact : facts.value_or(std::vector<v1::MessageFact>())) message = Evolve(std::move(message), fact);
  return message;
}

template <typename Command>
std::string Refusal(const Message& message, const Command& command, absl::Time now = kNow) {
  return ReasonOf(Decide(message, command, {now, "people/ops"}).status());
}

Message Sending() { return After(After(Message(), Mail()), BeginSending()); }
ReportDelivery Report(Outcome outcome, int code = 0, int attempt = 1) { return {attempt, outcome, code}; }

TEST(MessageName, IsTheSameForTheSameEventRecipientAndChannelAndForNoOther) {
  const auto mail = programme::v1::CHANNEL_EMAIL;
  const std::string name = MessageName("ev1", "members/m1", mail);
  EXPECT_EQ(name, MessageName("ev1", "members/m1", mail));
  EXPECT_NE(name, MessageName("ev2", "members/m1", mail));
  EXPECT_NE(name, MessageName("ev1", "members/m2", mail));
  EXPECT_NE(name, MessageName("ev1", "members/m1", programme::v1::CHANNEL_INBOX));
  EXPECT_NE(MessageName("ev1", "1x", mail), MessageName("ev11", "x", mail));
}

TEST(Decide, QueuesEMailAndMakesItDueAtOnce) {
  const Message message = After(Message(), Mail());
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_QUEUED);
  EXPECT_EQ(message.name(), MessageName("ev1", "members/m1", programme::v1::CHANNEL_EMAIL));
  EXPECT_EQ(ToTime(message.next_due()), kNow);
}

TEST(Decide, DeliversToTheInboxAtOnce) {
  const Message message = After(Message(), ForInbox());
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_DELIVERED);
  EXPECT_EQ(ToTime(message.deliver_time()), kNow);
  EXPECT_FALSE(message.has_next_due());
  EXPECT_FALSE(message.has_read_time());
}

TEST(Decide, FailsEMailWithoutAnAddress) {
  const Message message = After(Message(), Mail(false));
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_FAILED);
  EXPECT_EQ(message.failure_reason(), "NO_CONTACT");
  EXPECT_FALSE(message.has_next_due());
}

TEST(Decide, QueuesNoMessageTwice) {
  EXPECT_THAT(*Decide(Sending(), Mail(), {kNow, ""}), IsEmpty());
  EXPECT_THAT(*Decide(After(Message(), ForInbox()), ForInbox(), {kNow, ""}), IsEmpty());
}

TEST(Decide, SendsOneAttemptAtATime) {
  const Message message = Sending();
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_SENDING);
  EXPECT_EQ(message.attempts(), 1);
  EXPECT_EQ(ToTime(message.next_due()), kNow + kSendingLease);
  EXPECT_EQ(Refusal(message, BeginSending(), kNow + absl::Hours(1)), "MESSAGE_NOT_DUE");
}

TEST(Decide, DeliversWhenTheServerAccepts) {
  const Message message = After(Sending(), Report(Outcome::kAccepted, 250));
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_DELIVERED);
  EXPECT_FALSE(message.has_next_due());
}

TEST(Decide, DefersOnATemporaryRefusal) {
  const Message message = After(Sending(), Report(Outcome::kTemporary, 451));
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_DEFERRED);
  EXPECT_EQ(message.last_code(), 451);
  EXPECT_EQ(ToTime(message.next_due()), kNow + absl::Minutes(1));
  EXPECT_EQ(Refusal(message, BeginSending(), kNow + absl::Seconds(59)), "MESSAGE_NOT_DUE");
  EXPECT_EQ(After(message, BeginSending(), kNow + absl::Minutes(1)).attempts(), 2);
}

TEST(Decide, FailsOnAPermanentRefusalAndWhenTheContactIsGone) {
  const Message rejected = After(Sending(), Report(Outcome::kPermanent, 550));
  EXPECT_EQ(rejected.failure_reason(), "REJECTED");
  EXPECT_EQ(rejected.last_code(), 550);
  EXPECT_EQ(After(Sending(), Report(Outcome::kNoContact)).failure_reason(), "NO_CONTACT");
}

TEST(Decide, GivesUpAfterTheLastAttemptAndNotBefore) {
  Message message = After(Message(), Mail());
  absl::Time now = kNow;
  for (int attempt = 1; attempt <= kMaxAttempts; ++attempt) {
    ASSERT_NE(message.state(), v1::MESSAGE_STATE_FAILED) << attempt;
    now = ToTime(message.next_due());
    message = After(message, BeginSending(), now);
    message = After(message, Report(Outcome::kTemporary, 421, attempt), now);
  }
  EXPECT_EQ(message.failure_reason(), "GAVE_UP");
  EXPECT_GT(now - kNow, absl::Hours(36));
  EXPECT_LT(now - kNow, absl::Hours(60));
}

TEST(RetryDelay, NeverGetsShorter) {
  for (int attempts = 1; attempts < kMaxAttempts; ++attempts) {
    EXPECT_LE(RetryDelay(attempts), RetryDelay(attempts + 1));
  }
}

TEST(Decide, TakesNoReportOnAnotherAttempt) {
  const Message second =
      After(After(Sending(), Report(Outcome::kTemporary, 451)), BeginSending(), kNow + absl::Hours(1));
  EXPECT_EQ(Refusal(second, Report(Outcome::kPermanent, 550, 1)), "STALE_DELIVERY_REPORT");
  EXPECT_EQ(Refusal(After(Sending(), Report(Outcome::kAccepted)), Report(Outcome::kTemporary)),
            "STALE_DELIVERY_REPORT");
}

TEST(Decide, GivesBackAnAttemptThatNobodyReportedOn) {
  EXPECT_EQ(Refusal(Sending(), GiveBack(), kNow + kSendingLease - absl::Seconds(1)), "MESSAGE_NOT_DUE");
  const Message message = After(Sending(), GiveBack(), kNow + kSendingLease);
  EXPECT_EQ(message.state(), v1::MESSAGE_STATE_DEFERRED);
  EXPECT_EQ(message.attempts(), 1);
}

TEST(Decide, RetriesAFailedMessageWithNewAttempts) {
  const Message failed = After(Sending(), Report(Outcome::kPermanent, 550));
  const Message again = After(failed, v1::RetryMessageRequest());
  EXPECT_EQ(again.state(), v1::MESSAGE_STATE_QUEUED);
  EXPECT_EQ(again.failure_reason(), "");
  EXPECT_EQ(again.attempts_forgiven(), 1);
  // A late report on the attempt before does not fit the next one.
  EXPECT_EQ(Refusal(After(again, BeginSending()), Report(Outcome::kAccepted, 250, 1)), "STALE_DELIVERY_REPORT");
  EXPECT_EQ(Refusal(again, v1::RetryMessageRequest()), "MESSAGE_NOT_FAILED");
}

TEST(Decide, MarksInboxMessagesAsReadOnce) {
  const Message read = After(After(Message(), ForInbox()), v1::MarkReadRequest(), kNow + absl::Hours(1));
  EXPECT_EQ(ToTime(read.read_time()), kNow + absl::Hours(1));
  EXPECT_THAT(*Decide(read, v1::MarkReadRequest(), {kNow + absl::Hours(2), ""}), IsEmpty());
  EXPECT_EQ(Refusal(After(Message(), Mail()), v1::MarkReadRequest()), "NOT_AN_INBOX_MESSAGE");
}

// Which commands each state takes; everything else is refused.
TEST(Decide, KnowsForEachStateWhatMayHappen) {
  struct Row {
    Message message;
    bool send, report, give_back, retry;
  };
  const Message deferred = After(Sending(), Report(Outcome::kTemporary, 451));
  const std::vector<Row> rows = {
      {After(Message(), Mail()), true, false, false, false},
      {Sending(), false, true, true, false},
      {deferred, true, false, false, false},
      {After(Sending(), Report(Outcome::kAccepted)), false, false, false, false},
      {After(Sending(), Report(Outcome::kPermanent)), false, false, false, true},
      {After(Message(), ForInbox()), false, false, false, false},
      {Message(), false, false, false, false},
  };
  const Circumstance later{kNow + absl::Hours(1), "people/ops"};
  for (const Row& row : rows) {
    EXPECT_EQ(Decide(row.message, BeginSending(), later).ok(), row.send) << row.message.DebugString();
    EXPECT_EQ(Decide(row.message, Report(Outcome::kAccepted), later).ok(), row.report) << row.message.DebugString();
    EXPECT_EQ(Decide(row.message, GiveBack(), later).ok(), row.give_back) << row.message.DebugString();
    EXPECT_EQ(Decide(row.message, v1::RetryMessageRequest(), later).ok(), row.retry) << row.message.DebugString();
  }
}

// Whatever happens, a message that is delivered stays so, and one that waits is due at some time.
TEST(Evolve, KeepsItsPromisesUnderRandomCommands) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int story = 0; story < 200; ++story) {
    Message message = After(Message(), random() % 3 == 0 ? ForInbox() : Mail(random() % 4 != 0));
    absl::Time now = kNow;
    bool delivered = message.state() == v1::MESSAGE_STATE_DELIVERED;
    for (int step = 0; step < 60; ++step) {
      now += absl::Minutes(random() % 600);
      const Circumstance circumstance{now, "people/ops"};
      MessageFacts facts = std::vector<v1::MessageFact>();
      switch (random() % 5) {
        case 0:
          facts = Decide(message, BeginSending(), circumstance);
          break;
        case 1:
          facts = Decide(message, Report(static_cast<Outcome>(random() % 4), 450, static_cast<int>(random() % 12)),
                         circumstance);
          break;
        case 2:
          facts = Decide(message, GiveBack(), circumstance);
          break;
        case 3:
          facts = Decide(message, v1::RetryMessageRequest(), circumstance);
          break;
        case 4:
          facts = Decide(message, v1::MarkReadRequest(), circumstance);
          break;
      }
      if (!facts.ok()) continue;
      for (const auto& fact : *facts) message = Evolve(std::move(message), fact);
      if (delivered) {
        ASSERT_EQ(message.state(), v1::MESSAGE_STATE_DELIVERED);
      }
      delivered = message.state() == v1::MESSAGE_STATE_DELIVERED;
      const bool settled = delivered || message.state() == v1::MESSAGE_STATE_FAILED;
      ASSERT_EQ(message.has_next_due(), !settled);
      ASSERT_LE(message.attempts() - message.attempts_forgiven(), kMaxAttempts);
    }
  }
}

TEST(Evolve, IgnoresAFactThatItDoesNotKnow) {
  const Message message = Sending();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(Evolve(message, v1::MessageFact()), message));
}

}  // namespace
}  // namespace amikeco::notify
