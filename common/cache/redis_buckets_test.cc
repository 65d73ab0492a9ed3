#include "common/cache/redis_buckets.h"

#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/support/redis.h"

namespace amikeco {
namespace {

class RedisBucketsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto redis = RedisServer::Start();
    ASSERT_TRUE(redis.ok()) << redis.status();
    redis_ = *std::move(redis);
    address_.port = redis_->port();
  }
  double Take(RedisBuckets& buckets, const std::string& bucket, double tokens) {
    const auto left = buckets.Take({{bucket, tokens, 0.001, 100}});
    EXPECT_TRUE(left.ok()) << left.status();
    return left.ok() ? left->at(0) : -1;
  }

  std::unique_ptr<RedisServer> redis_;
  RedisAddress address_;
};

TEST_F(RedisBucketsTest, AreTheSameForAllReplicasAndGoBelowZero) {
  RedisBuckets one(address_, "matching"), other(address_, "matching"), another_service(address_, "applicant");
  EXPECT_NEAR(Take(one, "reads organisations/a", 60), 40, 0.1);
  EXPECT_NEAR(Take(other, "reads organisations/a", 60), -20, 0.1);
  EXPECT_NEAR(Take(other, "reads organisations/b", 1), 99, 0.1);
  EXPECT_NEAR(Take(another_service, "reads organisations/a", 1), 99, 0.1);
}

TEST(TokensIn, AreNumbersOrRefused) {
  const auto tokens = [](absl::string_view wire) {
    const RedisReader reader = NewRedisReader();
    redisReaderFeed(reader.get(), wire.data(), wire.size());
    void* reply = nullptr;
    EXPECT_EQ(redisReaderGetReply(reader.get(), &reply), REDIS_OK);
    return TokensIn(*RedisReply(static_cast<redisReply*>(reply)));
  };
  EXPECT_EQ(tokens("*2\r\n$3\r\n1.5\r\n$2\r\n-4\r\n").value_or(std::vector<double>()), (std::vector{1.5, -4.0}));
  for (const char* wrong : {":5\r\n", "*1\r\n$3\r\nnan\r\n", "*1\r\n$3\r\ninf\r\n", "*1\r\n:5\r\n"}) {
    EXPECT_EQ(tokens(wrong).status().code(), absl::StatusCode::kInternal) << wrong;
  }
}

TEST_F(RedisBucketsTest, FillUpWithTime) {
  RedisBuckets buckets(address_, "matching");
  ASSERT_TRUE(buckets.Take({{"fast", 100, 1000, 100}}).ok());
  double left = 0;
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (left < 100 && absl::Now() < deadline) left = buckets.Take({{"fast", 0, 1000, 100}})->at(0);
  EXPECT_EQ(left, 100);
}

TEST_F(RedisBucketsTest, AnswerAllChargesInTheirOrder) {
  RedisBuckets buckets(address_, "matching");
  const auto left = buckets.Take({{"a", 1, 0.001, 10}, {"b", 2, 0.001, 20}, {"a", 3, 0.001, 10}});
  ASSERT_TRUE(left.ok()) << left.status();
  ASSERT_EQ(left->size(), 3u);
  EXPECT_NEAR(left->at(0), 9, 0.1);
  EXPECT_NEAR(left->at(1), 18, 0.1);
  EXPECT_NEAR(left->at(2), 6, 0.1);
}

TEST_F(RedisBucketsTest, AreUnavailableWhileRedisIsAwayAndFullWhenItComesBackEmpty) {
  RedisBuckets buckets(address_, "matching");
  EXPECT_NEAR(Take(buckets, "a", 60), 40, 0.1);
  redis_->Stop();
  EXPECT_TRUE(absl::IsUnavailable(buckets.Take({{"a", 1, 0.001, 100}}).status()));
  ASSERT_TRUE(redis_->Restart().ok());
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  auto left = buckets.Take({{"a", 1, 0.001, 100}});
  while (!left.ok() && absl::Now() < deadline) left = buckets.Take({{"a", 1, 0.001, 100}});
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_NEAR(left->at(0), 99, 0.1);
}

// Three replicas' threads settle by themselves; what one caller gets of all of them together is what it may have.
TEST_F(RedisBucketsTest, KeepThreeReplicasTogetherAtTheLimit) {
  config::v1::QuotasConfig config;
  config.mutable_reads()->set_per_second(200);
  config.mutable_reads()->set_burst(20);
  Metrics metrics[3];
  std::vector<std::unique_ptr<Quotas>> quotas;
  std::vector<std::unique_ptr<RedisBuckets>> buckets;
  std::vector<std::unique_ptr<SharedQuotas>> shared;
  for (Metrics& of_one : metrics) {
    quotas.push_back(std::make_unique<Quotas>(config, of_one));
    buckets.push_back(std::make_unique<RedisBuckets>(address_, "matching"));
    shared.push_back(std::make_unique<SharedQuotas>(*quotas.back(), *buckets.back()));
    ASSERT_TRUE(shared.back()->Start().ok());
  }
  const Actor actor{"people/jdoe", "organisations/a", {}};
  const absl::Time start = absl::Now(), end = start + absl::Seconds(4);
  int taken = 0;
  while (absl::Now() < end) {
    for (auto& replica : quotas) taken += replica->Take(actor, /*is_write=*/false, absl::Now()).ok() ? 1 : 0;
    absl::SleepFor(absl::Microseconds(300));
  }
  // Without sharing it would be three times as much. At the start each replica has a burst of its own, and takes for
  // 100 ms before it hears of the others.
  EXPECT_LT(taken, 200 * 4 * 1.05 + 3 * (20 + 20));
  EXPECT_GT(taken, 200 * 4 * 0.7);
}

}  // namespace
}  // namespace amikeco
