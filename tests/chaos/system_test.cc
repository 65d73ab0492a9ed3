// The real programs under load, while processes are killed and Redis forgets.
#include <hiredis/hiredis.h>

#include <iostream>
#include <memory>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/chaos/trial.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

class System : public Trial {
 protected:
  void KillNow() {
    std::vector<std::string> replicas;
    for (const auto& [replica, child] : installation_->replicas()) replicas.push_back(replica);
    const std::string& victim = replicas[static_cast<size_t>(dice_.Below(static_cast<int64_t>(replicas.size())))];
    absl::SleepFor(absl::Milliseconds(dice_.Below(400)));
    installation_->Kill(victim);
    absl::SleepFor(absl::Milliseconds(dice_.Below(200)));
    const absl::Time start = absl::Now();
    const absl::Status back = installation_->Launch({victim});
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
    const absl::Time start = absl::Now();
    ASSERT_NO_FATAL_FAILURE(AwaitCaughtUp());
    to_caught_up_.push_back(absl::Now() - start);
  }

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

TEST_F(System, GoesOnWithoutRedis) {
  ASSERT_NO_FATAL_FAILURE(Start({.on_postgres = true, .twins = {"applicant", "matching"}}));
  installation_->redis().Kill();
  absl::SleepFor(absl::Seconds(RunSize(6, 120)));
  load_->Stop();
  const absl::Time start = absl::Now();
  ASSERT_NO_FATAL_FAILURE(AwaitEffects());
  std::cout << "effects of what was stated without Redis: after " << absl::Now() - start << std::endl;
  ASSERT_TRUE(installation_->redis().Restart().ok());
  ExpectNothingLostAndNothingTwice();
}

}  // namespace
}  // namespace amikeco::chaos
