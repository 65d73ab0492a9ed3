#include "services/notify/sender.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notify/message.h"
#include "services/notify/notify_house.h"
#include "tests/support/smtp_sink.h"

namespace amikeco::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A house with a mail server, and one e-mail to members/m1 that waits.
class SenderTest : public ::testing::Test {
 protected:
  SenderTest() {
    auto sink = SmtpSink::Start({});
    EXPECT_TRUE(sink.ok()) << sink.status();
    sink_ = *std::move(sink);
    config::v1::NotifyConfig::Smtp config;
    config.set_url(sink_->url());
    config.set_from("exchange@ipa.example");
    mailer_ = *SmtpMailer::Make(config, {absl::Seconds(5), absl::Seconds(5)});
    EXPECT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
    EXPECT_TRUE(house_.Submit().ok());
    MakeSender();
  }

  void MakeSender() {
    sender_ = std::make_unique<Sender>(house_.store(), house_.dossiers(), house_.clock, *mailer_, house_.metrics());
  }

  int SendDue() {
    const auto sent = sender_->SendDue();
    EXPECT_TRUE(sent.ok()) << sent.status();
    return sent.value_or(-1);
  }

  v1::Message Mail() {
    for (v1::Message& message : house_.Log()) {
      if (message.recipient() == "members/m1" && message.channel() == programme::v1::CHANNEL_EMAIL) return message;
    }
    return v1::Message();
  }

  // Time's door, as the ticker opens it.
  void Tick() {
    const Origin origin{kService, SystemActor(kService), house_.clock.Now(), "", ""};
    std::vector<std::string> due;
    ASSERT_TRUE(house_.store()
                    .Read([&](amikeco::Reader& reader) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(due, house_.service().Due(reader, origin.time, 100));
                      return absl::OkStatus();
                    })
                    .ok());
    for (const std::string& name : due) {
      ASSERT_TRUE(house_.store().Write([&](Transaction& tx) { return house_.service().Tick(tx, name, origin); }).ok());
    }
  }

  // As a sender that dies after it has committed SENDING.
  void TakeUpAndCrash() {
    const Table<v1::Message> messages = MessageTable();
    const Origin origin{kService, SystemActor(kService), house_.clock.Now(), "", ""};
    const std::string name = Mail().name();
    ASSERT_TRUE(house_.store()
                    .Write([&](Transaction& tx) -> absl::Status {
                      AMIKECO_ASSIGN_OR_RETURN(auto message, messages.Get(tx, name));
                      AMIKECO_ASSIGN_OR_RETURN(
                          const auto facts, Decide(message.value, BeginSending(), {origin.time, origin.actor.subject}));
                      return Apply(tx, messages, origin, facts, message);
                    })
                    .ok());
  }

  NotifyHouse house_;
  std::unique_ptr<SmtpSink> sink_;
  std::unique_ptr<SmtpMailer> mailer_;
  std::unique_ptr<Sender> sender_;
};

TEST_F(SenderTest, DeliversWhatIsDueOnce) {
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(SendDue(), 0);
  ASSERT_THAT(sink_->mails(), SizeIs(1));
  EXPECT_EQ(sink_->mails()[0].recipients[0], "anna@polizei.example");
  EXPECT_THAT(sink_->mails()[0].Header("Subject"), HasSubstr("Application received"));
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DELIVERED);
}

TEST_F(SenderTest, TriesAgainAfterATemporaryRefusalUnderTheSameMessageId) {
  sink_->Fail({"BODY", SmtpSink::Fault::kReply, "451 greylisted", false});
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DEFERRED);
  EXPECT_EQ(Mail().last_code(), 451);
  EXPECT_EQ(SendDue(), 0);
  house_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DELIVERED);
  EXPECT_EQ(Mail().attempts(), 2);
  EXPECT_THAT(sink_->mails(), SizeIs(1));
}

TEST_F(SenderTest, DoesNotTryAgainAfterAPermanentRefusal) {
  sink_->Fail({"RCPT", SmtpSink::Fault::kReply, "550 no such user", false});
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().failure_reason(), "REJECTED");
  house_.clock.Advance(absl::Hours(100));
  EXPECT_EQ(SendDue(), 0);
}

// The policy for what cannot be known: a second copy under the same id, rather than silence.
TEST_F(SenderTest, SendsTheSameLetterAgainWhenTheAnswerToItWasLost) {
  sink_->Fail({"BODY", SmtpSink::Fault::kDrop, "", true});
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DEFERRED);
  house_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(SendDue(), 1);
  ASSERT_THAT(sink_->mails(), SizeIs(2));
  EXPECT_EQ(sink_->mails()[0].text, sink_->mails()[1].text);
}

TEST_F(SenderTest, SendsAgainWhatACrashLeftBehind) {
  TakeUpAndCrash();
  EXPECT_EQ(SendDue(), 0);
  Tick();
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_SENDING);  // the lease goes on
  house_.clock.Advance(kSendingLease);
  Tick();
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DEFERRED);
  house_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DELIVERED);
}

// A mail server that takes so long over a letter that, by the clock, its lease is over.
class SlowMailer : public Mailer {
 public:
  SlowMailer(Mailer& mailer, std::function<void()> meanwhile) : mailer_(mailer), meanwhile_(std::move(meanwhile)) {}
  Handover Send(const Letter& letter) override {
    meanwhile_();
    return mailer_.Send(letter);
  }
  const std::string& from() const override { return mailer_.from(); }

 private:
  Mailer& mailer_;
  const std::function<void()> meanwhile_;
};

TEST_F(SenderTest, IsNotTakenForCrashedWhenTheClockIsMovedWhileItSends) {
  SlowMailer slow(*mailer_, [this] {
    house_.clock.Advance(absl::Hours(24));
    Tick();
  });
  sender_ = std::make_unique<Sender>(house_.store(), house_.dossiers(), house_.clock, slow, house_.metrics());
  house_.service().Mind(*sender_);
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DELIVERED);
  house_.clock.Advance(absl::Hours(24));
  EXPECT_EQ(SendDue(), 0);
  EXPECT_THAT(sink_->mails(), SizeIs(1));
  EXPECT_THAT(sender_->InHand(), IsEmpty());
}

TEST_F(SenderTest, FailsWhatWaitsWhenTheContactIsErased) {
  v1::DeleteContactRequest request;
  request.set_name("contacts/members/m1");
  request.set_request_id(house_.Uuid());
  ASSERT_TRUE(house_.Call<v1::DeleteContactResponse>(Officer(), "DeleteContact", request).ok());
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(Mail().failure_reason(), "NO_CONTACT");
  EXPECT_THAT(sink_->mails(), SizeIs(0));
}

TEST_F(SenderTest, SendsToTheAddressThatTheContactHasNow) {
  ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@home.example").ok());
  EXPECT_EQ(SendDue(), 1);
  EXPECT_EQ(sink_->mails()[0].recipients[0], "anna@home.example");
}

TEST_F(SenderTest, TriesFewLettersWhileTheServerIsAway) {
  for (int i = 0; i < 20; ++i) {
    applicant::v1::ApplicationFact changed;
    *changed.mutable_wishes_changed()->mutable_received() = ToDate(absl::CivilDay(2026, 12, 2));
    ASSERT_TRUE(house_.Tell("applications/a1", changed).ok());
  }
  sink_ = nullptr;
  EXPECT_LE(SendDue(), SenderOptions().batch);
  EXPECT_GE(house_.Log(v1::MESSAGE_STATE_QUEUED).size(), 16u);
}

TEST_F(SenderTest, SendsOnItsOwnThreadAndStops) {
  ASSERT_TRUE(sender_->Start().ok());
  EXPECT_TRUE(sink_->WaitForMails(1, absl::Seconds(20)));
  sender_->Stop();
  EXPECT_EQ(Mail().state(), v1::MESSAGE_STATE_DELIVERED);
}

TEST_F(SenderTest, SharesTheWorkWithOthersWithoutSendingTwice) {
  for (int i = 0; i < 20; ++i) {
    applicant::v1::ApplicationFact changed;
    *changed.mutable_wishes_changed()->mutable_received() = ToDate(absl::CivilDay(2026, 12, 2));
    ASSERT_TRUE(house_.Tell("applications/a1", changed).ok());
  }
  config::v1::NotifyConfig::Smtp config;
  config.set_url(sink_->url());
  config.set_from("exchange@ipa.example");
  const std::unique_ptr<SmtpMailer> second_mailer = *SmtpMailer::Make(config);
  Sender second(house_.store(), house_.dossiers(), house_.clock, *second_mailer, house_.metrics());
  ASSERT_TRUE(sender_->Start().ok());
  ASSERT_TRUE(second.Start().ok());
  EXPECT_TRUE(sink_->WaitForMails(21, absl::Seconds(30)));
  sender_->Stop();
  second.Stop();
  EXPECT_EQ(SendDue(), 0);
  std::set<std::string> ids;
  for (const auto& mail : sink_->mails()) ids.insert(mail.Header("Message-ID"));
  EXPECT_THAT(ids, SizeIs(21));
  EXPECT_EQ(sink_->count(), 21u);
}

}  // namespace
}  // namespace amikeco::notify
