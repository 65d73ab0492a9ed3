// The real programs, played against from outside: applications to all programmes from receipt to farewell, whose ends
// are compared with an oracle that shares no code with the services, while processes die and come back; and what is
// left behind in databases, Redis, logs and mailboxes.
#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "programmes/programmes.h"
#include "tests/integration/installation.h"
#include "tests/integration/remains.h"
#include "tests/support/seed.h"

namespace amikeco {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Of the exchange; dozens of applications to other programmes come on top.
constexpr int kOfficers = 40;
// Fewer, so that the test stays short.
constexpr int kOfficersOnPostgres = 24;
constexpr absl::Duration kLongestPlay = absl::Minutes(4);
// What the demo's players enter about persons, and nothing else has: a part of names and of addresses.
constexpr const char* kPersonal[] = {"Demo-", "@exchange.example"};

int Seed() { return static_cast<int>(TestSeed() % 100'000); }

// A misfortune: on this day of the play, that long after the day was seen to begin.
struct Disruption {
  int day;
  absl::Duration later;
  std::string whom;
  absl::Duration away;
};

class DemoTest : public ::testing::Test {
 protected:
  void SetUpInstallation(Installation::Options options) {
    installation_ = std::make_unique<Installation>(std::move(options));
    const absl::Status started = installation_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  void StartPlay(int seed, int officers = kOfficers) {
    auto play = installation_->Play(seed, officers);
    ASSERT_TRUE(play.ok()) << play.status();
    play_ = *std::move(play);
  }

  void ExpectAllAsForetold() {
    const auto code = play_->Wait(kLongestPlay);
    ASSERT_TRUE(code.ok()) << code.status() << "\n" << TailOf(installation_->PlayLog()) << installation_->Account();
    EXPECT_EQ(*code, 0) << TailOf(installation_->PlayLog()) << installation_->Account();
  }

  // The play's report has a table for each programme file.
  void ExpectAllProgrammesPlayed() {
    const auto programmes = Programmes::Load("programmes");
    ASSERT_TRUE(programmes.ok()) << programmes.status();
    const std::string report = BytesOf(installation_->PlayLog());
    for (const auto* programme : programmes->Latest()) {
      EXPECT_THAT(report, HasSubstr(absl::StrCat("\n", programme->name(), ": ", programme->title(), "\n")));
    }
  }

  // The day that the first service that answers is at.
  absl::CivilDay Today() {
    for (const auto& [replica, child] : installation_->replicas()) {
      const auto progress = installation_->ProgressOf(replica);
      if (progress.ok()) return absl::ToCivilDay(ToTime(progress->time()), absl::UTCTimeZone());
    }
    return absl::CivilDay();
  }

  // True when the play came to the disruption's moment, false when it ended before.
  bool AwaitMoment(const Disruption& disruption, absl::CivilDay first) {
    while (Today() < first + disruption.day) {
      if (play_->Wait(absl::Milliseconds(10)).ok()) return false;
    }
    return !play_->Wait(disruption.later).ok();
  }

  std::unique_ptr<Installation> installation_;
  std::unique_ptr<Child> play_;
};

std::vector<Disruption> DrawDisruptions(int seed, std::vector<std::string> victims) {
  std::mt19937 random(static_cast<unsigned>(seed));
  // Stays that were applied for in the first weeks are over after 200 days: there is something to disturb on each.
  std::uniform_int_distribution<int> day(0, 200), later(0, 300), away(0, 500);
  std::vector<Disruption> disruptions;
  for (std::string& victim : victims) {
    disruptions.push_back(
        {day(random), absl::Milliseconds(later(random)), std::move(victim), absl::Milliseconds(away(random))});
  }
  std::sort(disruptions.begin(), disruptions.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
  for (const Disruption& disruption : disruptions) {
    std::cout << "day " << disruption.day << " + " << disruption.later << ": " << disruption.whom << " is away for "
              << disruption.away << std::endl;
  }
  return disruptions;
}

TEST_F(DemoTest, EveryApplicationEndsAsForetoldThoughEachServiceIsKilledAndRedisComesBackEmpty) {
  const int seed = Seed();
  ASSERT_NO_FATAL_FAILURE(SetUpInstallation({}));
  const absl::CivilDay first = Today() + 1;
  ASSERT_NO_FATAL_FAILURE(StartPlay(seed));
  for (const Disruption& disruption :
       DrawDisruptions(seed, {"applicant", "matching", "compliance", "notify", "redis"})) {
    ASSERT_TRUE(AwaitMoment(disruption, first)) << TailOf(installation_->PlayLog()) << installation_->Account();
    std::cout << absl::FormatTime("%H:%M:%E1S ", absl::Now(), absl::UTCTimeZone()) << disruption.whom << std::endl;
    if (disruption.whom == "redis") {
      installation_->redis().Stop();
      (void)play_->Wait(disruption.away);
      ASSERT_TRUE(installation_->redis().Restart().ok());
      continue;
    }
    installation_->Kill(disruption.whom);
    (void)play_->Wait(disruption.away);
    const absl::Status back = installation_->Launch({disruption.whom});
    ASSERT_TRUE(back.ok()) << back;
  }
  ExpectAllAsForetold();

  const absl::Status settled = installation_->Settle(absl::Seconds(60));
  EXPECT_TRUE(settled.ok()) << settled;
  const auto letters = installation_->mail().mails();
  ASSERT_TRUE(installation_->StopServices().ok());
  for (const std::string& service : Installation::Services()) {
    const auto comparison = CompareWithHistories(service, installation_->DatabaseOf(service));
    ASSERT_TRUE(comparison.ok()) << comparison.status();
    EXPECT_THAT(comparison->wrong, IsEmpty()) << service;
  }
  // A kill between the mail server's answer and our note of it sends one letter again, with the same Message-ID; none
  // is ever lost.
  std::set<std::string> ids;
  for (const auto& letter : letters) ids.insert(letter.Header("Message-ID"));
  const auto messages = MessagesIn(installation_->DatabaseOf("notify"));
  ASSERT_TRUE(messages.ok()) << messages.status();
  size_t emails = 0;
  for (const auto& message : *messages) {
    EXPECT_EQ(message.state(), notify::v1::MESSAGE_STATE_DELIVERED) << message.ShortDebugString();
    if (message.channel() == programme::v1::CHANNEL_EMAIL) ++emails;
  }
  EXPECT_EQ(ids.size(), emails);
}

TEST_F(DemoTest, TwoReplicasOnPostgresPlayOnWhenEitherDies) {
  const int seed = Seed();
  ASSERT_NO_FATAL_FAILURE(SetUpInstallation({.on_postgres = true, .twins = {"applicant", "matching"}}));
  const absl::CivilDay first = Today() + 1;
  ASSERT_NO_FATAL_FAILURE(StartPlay(seed, kOfficersOnPostgres));
  // The first of the one, which clients have called until then, and the second of the other.
  const bool which = seed % 2 == 0;
  for (const Disruption& disruption :
       DrawDisruptions(seed, {which ? "applicant" : "applicant-2", which ? "matching-2" : "matching"})) {
    ASSERT_TRUE(AwaitMoment(disruption, first)) << TailOf(installation_->PlayLog()) << installation_->Account();
    std::cout << absl::FormatTime("%H:%M:%E1S ", absl::Now(), absl::UTCTimeZone()) << disruption.whom << std::endl;
    installation_->Kill(disruption.whom);
  }
  ExpectAllAsForetold();
}

TEST_F(DemoTest, LeavesNothingUndoneNothingTwiceAndNothingPersonalBehind) {
  const int seed = Seed();
  ASSERT_NO_FATAL_FAILURE(SetUpInstallation({}));
  ASSERT_NO_FATAL_FAILURE(StartPlay(seed));
  std::string redis;
  while (!play_->Wait(absl::Seconds(1)).ok() && redis.size() < 200'000'000) {
    const auto content = installation_->RedisContent();
    ASSERT_TRUE(content.ok()) << content.status();
    absl::StrAppend(&redis, *content, "\n");
  }
  ExpectAllAsForetold();
  ASSERT_NO_FATAL_FAILURE(ExpectAllProgrammesPlayed());
  const absl::Status settled = installation_->Settle(absl::Seconds(60));
  ASSERT_TRUE(settled.ok()) << settled;

  std::map<std::string, std::string> texts{{"Redis", redis}};
  for (const std::string& service : Installation::Services()) {
    const auto stats = installation_->Call<ops::v1::GetQueueStatsResponse>(
        service, "amikeco.ops.v1.OperationsService/GetQueueStats", ops::v1::GetQueueStatsRequest());
    ASSERT_TRUE(stats.ok()) << stats.status();
    EXPECT_EQ(stats->parked(), 0) << service;
    EXPECT_EQ(stats->unpublished(), 0) << service;
    for (const auto& stream : stats->streams()) {
      EXPECT_EQ(stream.pending(), 0) << service << ": " << stream.ShortDebugString();
      EXPECT_EQ(stream.acknowledged_number(), stream.group().empty() ? 0 : stream.last_number()) << service;
    }
    const auto metrics = installation_->MetricsOf(service);
    ASSERT_TRUE(metrics.ok()) << metrics.status();
    EXPECT_THAT(*metrics, HasSubstr("amikeco_"));
    texts[absl::StrCat("metrics of ", service)] = *metrics;
  }
  const auto letters = installation_->mail().mails();
  const absl::Status stopped = installation_->StopServices();
  EXPECT_TRUE(stopped.ok()) << stopped;

  std::map<std::string, int> sent;
  for (const auto& letter : letters) ++sent[letter.Header("Message-ID")];
  for (const auto& [id, times] : sent) EXPECT_EQ(times, 1) << id;
  const auto messages = MessagesIn(installation_->DatabaseOf("notify"));
  ASSERT_TRUE(messages.ok()) << messages.status();
  size_t emails = 0;
  for (const auto& message : *messages) {
    EXPECT_EQ(message.state(), notify::v1::MESSAGE_STATE_DELIVERED) << message.ShortDebugString();
    if (message.channel() == programme::v1::CHANNEL_EMAIL) ++emails;
  }
  EXPECT_GT(emails, static_cast<size_t>(kOfficers));
  EXPECT_EQ(sent.size(), emails);

  for (const std::string& service : Installation::Services()) {
    const auto comparison = CompareWithHistories(service, installation_->DatabaseOf(service));
    ASSERT_TRUE(comparison.ok()) << comparison.status();
    EXPECT_THAT(comparison->wrong, IsEmpty()) << service;
    EXPECT_GE(comparison->records, kOfficers / 2) << service;  // some never come to a clearance
    texts[absl::StrCat("log of ", service)] = installation_->LogOf(service);
    texts[absl::StrCat("database of ", service)] = BytesOf(installation_->DatabaseOf(service));
  }
  // What is looked through is what was meant: ids are there in plain.
  EXPECT_TRUE(absl::StrContains(texts["Redis"], "members/d"));
  EXPECT_TRUE(absl::StrContains(texts["database of applicant"], "members/d"));
  EXPECT_TRUE(absl::StrContains(texts["log of applicant"], "SubmitApplication"));
  for (const auto& [where, text] : texts) {
    for (const char* personal : kPersonal) {
      const size_t found = text.find(personal);
      EXPECT_EQ(found, std::string::npos)
          << where << ": " << absl::CHexEscape(text.substr(found - std::min<size_t>(found, 80), 120));
    }
  }
}

}  // namespace
}  // namespace amikeco
