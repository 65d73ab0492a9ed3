// The real programs under load, while processes are killed and Redis forgets: nothing acknowledged is lost, nothing has
// its effect twice or out of order, every record is the fold of its facts, and the audit chains verify.
#include <hiredis/hiredis.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/store/open.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/checker.h"
#include "tests/chaos/load.h"
#include "tests/integration/installation.h"
#include "tests/integration/remains.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;

constexpr int kClients = 6;
constexpr absl::Duration kSettled = absl::Minutes(2);

// Whose facts each service follows.
const std::map<std::string, std::vector<std::string>>& Followed() {
  static const auto& followed =
      *new std::map<std::string, std::vector<std::string>>{{"applicant", {"matching", "compliance"}},
                                                           {"matching", {"applicant"}},
                                                           {"compliance", {"matching", "applicant"}},
                                                           {"notify", {"applicant", "matching", "compliance"}}};
  return followed;
}

int FollowersOf(const std::string& source) {
  int count = 0;
  for (const auto& [service, sources] : Followed()) {
    count += static_cast<int>(std::count(sources.begin(), sources.end(), source));
  }
  return count;
}

std::string InWords(std::vector<absl::Duration> durations) {
  if (durations.empty()) return "none";
  std::sort(durations.begin(), durations.end());
  return absl::StrCat(
      "median ", absl::FormatDuration(absl::Trunc(durations[durations.size() / 2], absl::Milliseconds(1))), ", most ",
      absl::FormatDuration(absl::Trunc(durations.back(), absl::Milliseconds(1))), " of ", durations.size());
}

class System : public ::testing::Test {
 protected:
  ~System() override {
    if (!HasFailure()) return;
    const auto kept = std::filesystem::temp_directory_path() / "amikeco-history";
    std::filesystem::copy(history_.path(), kept, std::filesystem::copy_options::overwrite_existing);
    std::cout << "The history is kept: " << kept << std::endl;
  }

  void Start(Installation::Options options) {
    options.agencies = false;
    installation_ = std::make_unique<Installation>(options);
    const absl::Status started = installation_->Start();
    ASSERT_TRUE(started.ok()) << started;
    load_ = std::make_unique<Load>(
        std::map<demo::Service, std::string>{{demo::Service::kApplicant, installation_->TargetsOf("applicant")},
                                             {demo::Service::kMatching, installation_->TargetsOf("matching")},
                                             {demo::Service::kCompliance, installation_->TargetsOf("compliance")},
                                             {demo::Service::kNotify, installation_->TargetsOf("notify")}},
        absl::StrCat("x", TestSeed()), kClients, TestSeed(), history_);
  }

  void KillNow() {
    std::vector<std::string> replicas;
    for (const auto& [replica, child] : installation_->replicas()) replicas.push_back(replica);
    const std::string& victim = replicas[static_cast<size_t>(dice_.Below(static_cast<int64_t>(replicas.size())))];
    absl::SleepFor(absl::Milliseconds(dice_.Below(400)));
    installation_->Kill(victim);
    absl::SleepFor(absl::Milliseconds(dice_.Below(200)));
    const absl::Time start = absl::Now();
    const absl::Status back = installation_->Launch(victim);
    ASSERT_TRUE(back.ok()) << back;
    to_ready_.push_back(absl::Now() - start);
  }

  // What was asked for by hand, of Redis itself.
  void TellRedis(const char* command) {
    const std::unique_ptr<redisContext, decltype(&redisFree)> redis(
        redisConnect("127.0.0.1", installation_->redis().port()), redisFree);
    const std::unique_ptr<void, decltype(&freeReplyObject)> reply(redisCommand(redis.get(), command), freeReplyObject);
    ASSERT_NE(reply, nullptr) << redis->errstr;
    ASSERT_NE(static_cast<redisReply*>(reply.get())->type, REDIS_REPLY_ERROR) << command;
  }

  void LoseWhatRedisHas() {
    absl::SleepFor(absl::Milliseconds(dice_.Below(300)));
    const int64_t what = dice_.Below(3);
    if (what == 0) TellRedis("FLUSHALL");
    if (what == 1) {
      installation_->redis().Kill();
      absl::SleepFor(absl::Milliseconds(dice_.Below(1000)));
      ASSERT_TRUE(installation_->redis().Restart().ok());
    }
    if (what == 2) {
      // So little that keys are evicted at random as facts come.
      TellRedis("CONFIG SET maxmemory-policy allkeys-random");
      TellRedis("CONFIG SET maxmemory 1200000");
      absl::SleepFor(absl::Milliseconds(200));
      TellRedis("CONFIG SET maxmemory 0");
    }
    AwaitCaughtUp();
  }

  // Until each group has acknowledged everything that was published when Redis was there again.
  void AwaitCaughtUp() {
    const absl::Time start = absl::Now();
    for (const char* source : {"applicant", "matching", "compliance"}) {
      const auto head = installation_->Call<ops::v1::GetAuditHeadResponse>(
          source, "amikeco.ops.v1.OperationsService/GetAuditHead", ops::v1::GetAuditHeadRequest());
      ASSERT_TRUE(head.ok()) << head.status();
      while (!Acknowledged(source, head->number())) {
        ASSERT_LT(absl::Now() - start, kSettled) << installation_->Account();
        absl::SleepFor(absl::Milliseconds(10));
      }
    }
    to_caught_up_.push_back(absl::Now() - start);
  }
  // By every group that follows the source.
  bool Acknowledged(const std::string& source, int64_t number) {
    const auto stats = installation_->Call<ops::v1::GetQueueStatsResponse>(
        source, "amikeco.ops.v1.OperationsService/GetQueueStats", ops::v1::GetQueueStatsRequest());
    if (!stats.ok()) return false;
    int groups = 0;
    for (const auto& stream : stats->streams()) {
      if (stream.source() != source) continue;
      ++groups;
      if (stream.acknowledged_number() < number) return false;
    }
    return groups == FollowersOf(source);
  }

  void ExpectNothingLostAndNothingTwice() {
    load_->Stop();
    EXPECT_EQ(load_->problem(), "");
    const absl::Status settled = installation_->Settle(kSettled);
    ASSERT_TRUE(settled.ok()) << settled << installation_->Account();
    const std::string log = folder_ / "verify";
    const auto verified = installation_->RunCommandLine({"audit", "verify"}, log);
    EXPECT_TRUE(verified.ok() && *verified == 0) << TailOf(log);
    const absl::Status stopped = installation_->StopServices();
    EXPECT_TRUE(stopped.ok()) << stopped;
    for (const auto& [service, sources] : Followed()) ASSERT_NO_FATAL_FAILURE(WriteFound(service, sources));
    std::ifstream file(history_.path());
    Checker checker;
    checker.Read(file);
    EXPECT_THAT(checker.Finish(), IsEmpty());
    std::cout << checker.Summary() << "; " << load_->retries() << " calls sent again" << std::endl;
  }

  void WriteFound(const std::string& service, const std::vector<std::string>& sources) {
    const auto handled = HandledBy(installation_->StoreOf(service));
    ASSERT_TRUE(handled.ok()) << handled.status();
    for (const std::string& event : *handled) history_.Effect(service, event);
    for (const std::string& source : sources) history_.Follows(service, source);
    const auto store = OpenStore(installation_->StoreOf(service));
    ASSERT_TRUE(store.ok()) << store.status();
    std::vector<StoredEvent> events;
    const absl::Status read = (*store)->Read([&](Reader& reader) -> absl::Status {
      AMIKECO_ASSIGN_OR_RETURN(events, reader.EventsAfter(0, 100'000'000));
      return absl::OkStatus();
    });
    ASSERT_TRUE(read.ok()) << read;
    std::set<std::string> subjects;
    for (const StoredEvent& event : events) {
      history_.Fact({service, event.number, event.id, event.subject, event.subject_version,
                     MarkerOf(event.subject, event.subject_version), ""});
      subjects.insert(event.subject);
    }
    const auto comparison = CompareWithHistories(service, **store, subjects);
    ASSERT_TRUE(comparison.ok()) << comparison.status();
    EXPECT_THAT(comparison->wrong, IsEmpty()) << service;
  }

  const TemporaryFolder folder_{"system"};
  History history_{folder_ / "history"};
  Dice dice_{TestSeed()};
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<Load> load_;
  std::vector<absl::Duration> to_ready_;
  std::vector<absl::Duration> to_caught_up_;
};

TEST_F(System, LosesNothingWhenServicesOnSqliteAreKilled) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  for (int64_t kill = 0; kill < RunSize(25, 1000); ++kill) ASSERT_NO_FATAL_FAILURE(KillNow());
  ExpectNothingLostAndNothingTwice();
  std::cout << "ready again: " << InWords(to_ready_) << std::endl;
}

TEST_F(System, LosesNothingWhenReplicasOnPostgresAreKilled) {
  ASSERT_NO_FATAL_FAILURE(Start({.on_postgres = true, .twins = {"applicant", "matching"}}));
  for (int64_t kill = 0; kill < RunSize(25, 1000); ++kill) ASSERT_NO_FATAL_FAILURE(KillNow());
  ExpectNothingLostAndNothingTwice();
  std::cout << "ready again: " << InWords(to_ready_) << std::endl;
}

TEST_F(System, LosesNothingWhenRedisForgets) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  for (int64_t loss = 0; loss < RunSize(20, 500); ++loss) ASSERT_NO_FATAL_FAILURE(LoseWhatRedisHas());
  ExpectNothingLostAndNothingTwice();
  std::cout << "caught up: " << InWords(to_caught_up_) << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
