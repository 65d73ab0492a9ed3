// E-mail over a mail server that takes letters and does not say so, one in twenty: it cannot be known whether such a
// letter arrived, so it is sent again, the same.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/notify/notify_house.h"
#include "services/notify/sender.h"
#include "services/notify/smtp.h"
#include "tests/support/seed.h"
#include "tests/support/smtp_sink.h"

namespace amikeco::notify {
namespace {

using ::testing::IsEmpty;

constexpr int kSenders = 8;
constexpr int kFactsAtOnce = 100;

class MailFaults : public ::testing::Test {
 protected:
  // A notice to the officer of each of `count` changes, and the one that the application was received.
  void QueueLetters(int64_t count) {
    ASSERT_TRUE(house_.SetContact(Officer(), "members/m1", "anna@polizei.example").ok());
    ASSERT_TRUE(house_.Submit().ok());
    applicant::v1::ApplicationFact changed;
    *changed.mutable_wishes_changed()->mutable_received() = ToDate(absl::CivilDay(2026, 12, 2));
    for (int64_t queued = 1; queued < count; queued += kFactsAtOnce) {
      const absl::Status status = house_.store().Write([&](Transaction& tx) -> absl::Status {
        for (int64_t i = queued; i < std::min(count, queued + kFactsAtOnce); ++i) {
          const event::v1::Event event = house_.Event("applications/a1", changed);
          AMIKECO_RETURN_IF_ERROR(house_.service().React(tx, event, house_.OriginFor(event)));
        }
        return absl::OkStatus();
      });
      ASSERT_TRUE(status.ok()) << status;
    }
  }

  // Several senders, each with its own connection, until none has anything to do; then the next day, and so on.
  void SendAll() {
    config::v1::NotifyConfig::Smtp config;
    config.set_url(sink_->url());
    config.set_from("exchange@ipa.example");
    std::atomic<int> attempts{1};
    for (; attempts > 0; house_.clock.Advance(absl::Hours(24))) {
      attempts = 0;
      std::vector<std::thread> senders;
      for (int i = 0; i < kSenders; ++i) senders.emplace_back([&] { attempts += SendDue(config); });
      for (std::thread& sender : senders) sender.join();
    }
  }

  // Goes on after a lost answer, for which the sender's own thread would pause.
  int SendDue(const config::v1::NotifyConfig::Smtp& config) {
    const std::unique_ptr<SmtpMailer> mailer = *SmtpMailer::Make(config);
    Sender sender(house_.store(), house_.dossiers(), house_.clock, *mailer, house_.metrics());
    int attempts = 0;
    for (int made = 1; made > 0; attempts += made) {
      const auto sent = sender.SendDue();
      EXPECT_TRUE(sent.ok()) << sent.status();
      made = sent.value_or(0);
    }
    return attempts;
  }

  // Of those to the officer; others have no address.
  void ExpectThatNoneFailed() {
    v1::ListMessagesRequest request;
    request.set_state(v1::MESSAGE_STATE_FAILED);
    request.set_page_size(1000);
    do {
      const auto page = house_.Call<v1::ListMessagesResponse>(Coordinator(), "ListMessages", request);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const v1::Message& message : page->messages()) EXPECT_EQ(message.failure_reason(), "NO_CONTACT");
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }

  NotifyHouse house_;
  std::unique_ptr<SmtpSink> sink_;
};

struct Copies {
  int all = 0;
  int answered = 0;
  std::string text;
};

TEST_F(MailFaults, ALetterWhoseAnswerIsLostIsSentAgainTheSameAndNoOtherTwice) {
  const int64_t letters = RunSize(2'000, 100'000);
  SmtpSink::Options options;
  options.keep = static_cast<size_t>(2 * letters);
  auto sink = SmtpSink::Start(options);
  ASSERT_TRUE(sink.ok()) << sink.status();
  sink_ = *std::move(sink);
  sink_->LoseAnswers(0.05, TestSeed());
  ASSERT_NO_FATAL_FAILURE(QueueLetters(letters));
  SendAll();

  std::map<std::string, Copies> arrived;
  for (const SmtpSink::Mail& mail : sink_->mails()) {
    Copies& copies = arrived[mail.Header("Message-ID")];
    if (copies.all++ == 0) copies.text = mail.text;
    EXPECT_EQ(mail.text, copies.text);
    if (mail.answered) ++copies.answered;
  }
  EXPECT_EQ(arrived.size(), static_cast<size_t>(letters));
  int64_t lost = 0;
  for (const auto& [id, copies] : arrived) {
    EXPECT_EQ(copies.answered, 1) << id << " arrived " << copies.all << " times";
    lost += copies.all - copies.answered;
  }
  EXPECT_GT(lost, letters / 40);
  for (const auto state : {v1::MESSAGE_STATE_QUEUED, v1::MESSAGE_STATE_SENDING, v1::MESSAGE_STATE_DEFERRED}) {
    EXPECT_THAT(house_.Log(state), IsEmpty());
  }
  ExpectThatNoneFailed();
  std::cout << letters << " letters, " << lost << " answers lost" << std::endl;
}

}  // namespace
}  // namespace amikeco::notify
