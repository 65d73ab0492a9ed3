#include "services/notify/smtp.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/child.h"
#include "tests/support/smtp_sink.h"

namespace amikeco::notify {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

Letter Example(const std::string& id = "abc123") {
  return {absl::StrCat(id, "@ipa.example"),
          "exchange@ipa.example",
          "anna@polizei.example",
          "Anna Weber",
          "Grüße",
          "Dear Anna\n\n.a line that begins with a dot\n.\nHello.\n",
          "en",
          absl::UnixEpoch()};
}

class SmtpTest : public ::testing::Test {
 protected:
  SmtpTest() : folder_("smtp") {}

  void StartSink(bool tls = false) {
    SmtpSink::Options options;
    if (tls) {
      options.certificate_file = folder_ / "cert.pem";
      options.key_file = folder_ / "key.pem";
      ASSERT_TRUE(WriteSelfSigned(options.certificate_file, options.key_file).ok());
    }
    auto sink = SmtpSink::Start(options);
    ASSERT_TRUE(sink.ok()) << sink.status();
    sink_ = *std::move(sink);
  }

  config::v1::NotifyConfig::Smtp Config() const {
    config::v1::NotifyConfig::Smtp config;
    config.set_url(sink_->url());
    config.set_from("exchange@ipa.example");
    return config;
  }

  std::unique_ptr<SmtpMailer> Make(const config::v1::NotifyConfig::Smtp& config) {
    auto mailer = SmtpMailer::Make(config, {absl::Seconds(5), absl::Seconds(5)});
    EXPECT_TRUE(mailer.ok()) << mailer.status();
    return mailer.ok() ? *std::move(mailer) : nullptr;
  }

  Handover SendOne(const Letter& letter = Example()) { return Make(Config())->Send(letter); }

  TemporaryFolder folder_;
  std::unique_ptr<SmtpSink> sink_;
};

TEST_F(SmtpTest, HandsOverALetterAsItWasWritten) {
  StartSink();
  const Handover handover = SendOne();
  EXPECT_EQ(handover.outcome, Outcome::kAccepted) << handover.reason;
  EXPECT_EQ(handover.code, 250);
  ASSERT_THAT(sink_->mails(), SizeIs(1));
  const SmtpSink::Mail mail = sink_->mails()[0];
  EXPECT_EQ(mail.from, "exchange@ipa.example");
  EXPECT_THAT(mail.recipients, ElementsAre("anna@polizei.example"));
  EXPECT_EQ(mail.text, *Compose(Example()));
  EXPECT_EQ(mail.Header("Message-ID"), "<abc123@ipa.example>");
  EXPECT_EQ(mail.Header("Auto-Submitted"), "auto-generated");
  EXPECT_FALSE(mail.encrypted);
}

TEST_F(SmtpTest, KeepsTheConnectionFromOneLetterToTheNext) {
  StartSink();
  const auto mailer = Make(Config());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(mailer->Send(Example(absl::StrCat("m", i))).outcome, Outcome::kAccepted);
  }
  EXPECT_THAT(sink_->mails(), SizeIs(5));
  EXPECT_EQ(sink_->connections(), 1);
}

TEST_F(SmtpTest, EncryptsWhenTheServerOffersIt) {
  StartSink(true);
  auto config = Config();
  config.set_ca_file(folder_ / "cert.pem");
  const Handover handover = Make(config)->Send(Example());
  EXPECT_EQ(handover.outcome, Outcome::kAccepted) << handover.reason;
  ASSERT_THAT(sink_->mails(), SizeIs(1));
  EXPECT_TRUE(sink_->mails()[0].encrypted);
}

TEST_F(SmtpTest, GivesNothingToAServerWithAnUnknownCertificate) {
  StartSink(true);
  EXPECT_EQ(SendOne().outcome, Outcome::kTemporary);
  EXPECT_THAT(sink_->mails(), SizeIs(0));
}

TEST_F(SmtpTest, GivesNothingToAServerWithoutTlsWhenTlsIsRequired) {
  StartSink();
  auto config = Config();
  config.set_require_tls(true);
  EXPECT_EQ(Make(config)->Send(Example()).outcome, Outcome::kTemporary);
  EXPECT_THAT(sink_->mails(), SizeIs(0));
}

TEST_F(SmtpTest, GivesNoPasswordToAServerWithoutTls) {
  StartSink();
  auto config = Config();
  config.set_user("exchange");
  EXPECT_EQ(Make(config)->Send(Example()).outcome, Outcome::kTemporary);
  EXPECT_THAT(sink_->mails(), SizeIs(0));
}

TEST_F(SmtpTest, TakesAFourHundredReplyForTemporaryAtEachStep) {
  for (const char* at : {"CONNECT", "MAIL", "RCPT", "DATA", "BODY"}) {
    StartSink();
    sink_->Fail({at, SmtpSink::Fault::kReply, "451 try again later", false});
    const Handover handover = SendOne();
    EXPECT_EQ(handover.outcome, Outcome::kTemporary) << at;
    EXPECT_EQ(handover.code, 451) << at;
    EXPECT_EQ(SendOne().outcome, Outcome::kAccepted) << at;
  }
}

TEST_F(SmtpTest, TakesAFiveHundredReplyToALetterForPermanent) {
  for (const char* at : {"MAIL", "RCPT", "DATA", "BODY"}) {
    StartSink();
    sink_->Fail({at, SmtpSink::Fault::kReply, "550 no such user", false});
    const Handover handover = SendOne();
    EXPECT_EQ(handover.outcome, Outcome::kPermanent) << at << ": " << handover.reason;
    EXPECT_EQ(handover.code, 550) << at;
  }
}

TEST_F(SmtpTest, KeepsLettersWhenTheServerWantsUsToSignIn) {
  StartSink();
  sink_->Fail({"MAIL", SmtpSink::Fault::kReply, "530 authentication required", false});
  EXPECT_EQ(SendOne().outcome, Outcome::kTemporary);
}

TEST_F(SmtpTest, GoesOnWithTheNextLetterAfterARefusal) {
  StartSink();
  const auto mailer = Make(Config());
  sink_->Fail({"RCPT", SmtpSink::Fault::kReply, "550 no such user", false});
  EXPECT_EQ(mailer->Send(Example("m1")).outcome, Outcome::kPermanent);
  EXPECT_EQ(mailer->Send(Example("m2")).outcome, Outcome::kAccepted);
  ASSERT_THAT(sink_->mails(), SizeIs(1));
  EXPECT_EQ(sink_->mails()[0].Header("Message-ID"), "<m2@ipa.example>");
}

TEST_F(SmtpTest, TakesALostConnectionForTemporary) {
  for (const char* at : {"CONNECT", "EHLO", "MAIL", "DATA", "BODY"}) {
    StartSink();
    sink_->Fail({at, SmtpSink::Fault::kDrop, "", false});
    const Handover handover = SendOne();
    EXPECT_EQ(handover.outcome, Outcome::kTemporary) << at;
    EXPECT_EQ(handover.code, 0) << at;
  }
}

TEST_F(SmtpTest, TakesAServerThatIsNotThereForTemporary) {
  StartSink();
  auto config = Config();
  sink_ = nullptr;
  EXPECT_EQ(Make(config)->Send(Example()).outcome, Outcome::kTemporary);
}

TEST_F(SmtpTest, DoesNotWaitForEverForAServerThatStalls) {
  StartSink();
  sink_->Fail({"DATA", SmtpSink::Fault::kStall, "", false});
  auto mailer = SmtpMailer::Make(Config(), {absl::Seconds(5), absl::Milliseconds(300)});
  const absl::Time start = absl::Now();
  EXPECT_EQ((*mailer)->Send(Example()).outcome, Outcome::kTemporary);
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
}

TEST_F(SmtpTest, RefusesAHeaderInjectionForGoodAndSendsNothing) {
  StartSink();
  Letter letter = Example();
  letter.to_name = "Anna\r\nBcc: everybody@example";
  EXPECT_EQ(SendOne(letter).outcome, Outcome::kPermanent);
  letter = Example();
  letter.to = "anna@polizei.example>\r\nRCPT TO:<other@example";
  EXPECT_EQ(SendOne(letter).outcome, Outcome::kPermanent);
  EXPECT_EQ(sink_->connections(), 0);
}

TEST(SmtpMailer, RefusesAConfigurationThatMakesNoSense) {
  config::v1::NotifyConfig::Smtp config;
  config.set_url("http://mail.example");
  config.set_from("nobody");
  const absl::Status status = SmtpMailer::Make(config).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations_size(), 2);
}

}  // namespace
}  // namespace amikeco::notify
