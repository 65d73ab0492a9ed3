// Reads that may be a little old: what is served, how old it may be, and what happens when Redis does not help.
#include <atomic>
#include <stdexcept>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/cache/read_through.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/redis.h"

namespace amikeco {
namespace {

using ::testing::HasSubstr;

constexpr absl::Duration kMinute = absl::Minutes(1);

class ReadThroughTest : public ::testing::Test {
 protected:
  std::string Read(ReadThrough& cache, const std::string& key, absl::Duration staleness = kMinute) {
    const auto value = cache.Read(key, staleness, [&]() -> absl::StatusOr<std::string> {
      ++loads_;
      return truth_;
    });
    EXPECT_TRUE(value.ok()) << value.status();
    return value.ok() ? *value : "";
  }

  AdjustableClock clock_ = AdjustableClock::Frozen(absl::FromUnixSeconds(1'800'000'000));
  Metrics metrics_;
  std::string truth_ = "v1";
  int loads_ = 0;
  ReadThrough cache_{"test", clock_, metrics_, nullptr, 10'000};
};

TEST_F(ReadThroughTest, LoadsOnceAndThenAnswersFromMemory) {
  EXPECT_EQ(Read(cache_, "a"), "v1");
  truth_ = "v2";
  EXPECT_EQ(Read(cache_, "a"), "v1");
  EXPECT_EQ(loads_, 1);
  EXPECT_THAT(metrics_.Render(), HasSubstr("amikeco_cache_reads_total{from=\"process\",service=\"test\"} 1"));
}

TEST_F(ReadThroughTest, NeverAnswersWithWhatIsOlderThanTheReaderAllows) {
  EXPECT_EQ(Read(cache_, "a"), "v1");
  truth_ = "v2";
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Read(cache_, "a", absl::Seconds(30)), "v1");
  EXPECT_EQ(Read(cache_, "a", absl::Seconds(29)), "v2");
  EXPECT_EQ(Read(cache_, "a", absl::Hours(1)), "v2");
}

TEST_F(ReadThroughTest, LoadsAgainAfterADrop) {
  EXPECT_EQ(Read(cache_, "a"), "v1");
  EXPECT_EQ(Read(cache_, "b"), "v1");
  truth_ = "v2";
  cache_.Drop("a");
  EXPECT_EQ(Read(cache_, "a"), "v2");
  EXPECT_EQ(Read(cache_, "b"), "v1");
}

TEST_F(ReadThroughTest, DoesNotKeepWhatWasDroppedWhileItWasLoaded) {
  const auto old = cache_.Read("a", kMinute, [&]() -> absl::StatusOr<std::string> {
    const std::string value = truth_;
    truth_ = "v2";
    cache_.Drop("a");  // the fact arrives when the old value has been read
    return value;
  });
  EXPECT_EQ(*old, "v1");
  EXPECT_EQ(Read(cache_, "a"), "v2");
}

TEST_F(ReadThroughTest, DoesNotKeepErrors) {
  const auto failed = cache_.Read("a", kMinute, [] { return absl::StatusOr<std::string>(absl::NotFoundError("no")); });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Read(cache_, "a"), "v1");
}

TEST_F(ReadThroughTest, TurnsAnExceptionOfTheLoaderIntoAnError) {
  const auto failed =
      cache_.Read("a", kMinute, []() -> absl::StatusOr<std::string> { throw std::runtime_error("thrown"); });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Read(cache_, "a"), "v1");
}

TEST_F(ReadThroughTest, StaysWithinItsMemory) {
  truth_ = std::string(1000, 'x');
  for (int i = 0; i < 100; ++i) {
    Read(cache_, absl::StrCat("key", i));
    Read(cache_, "often");
    EXPECT_LE(cache_.bytes(), 10'000u);
  }
  EXPECT_GT(cache_.bytes(), 5'000u);
  EXPECT_EQ(loads_, 101);  // what is used often stays
  truth_ = std::string(20'000, 'x');
  EXPECT_EQ(Read(cache_, "huge").size(), 20'000u);
  EXPECT_LE(cache_.bytes(), 10'000u);
}

TEST_F(ReadThroughTest, LoadsOnceForManyReaders) {
  std::atomic<int> loads{0}, arrived{0};
  absl::Notification release;
  std::vector<std::thread> readers;
  for (int i = 0; i < 16; ++i) {
    readers.emplace_back([&] {
      ++arrived;
      const auto value = cache_.Read("a", kMinute, [&]() -> absl::StatusOr<std::string> {
        ++loads;
        release.WaitForNotification();
        return std::string("v1");
      });
      EXPECT_EQ(*value, "v1");
    });
  }
  while (arrived < 16) std::this_thread::yield();
  release.Notify();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(loads, 1);
}

TEST_F(ReadThroughTest, ReadsMessages) {
  int loads = 0;
  const auto load = [&]() -> absl::StatusOr<config::v1::PeerConfig> {
    ++loads;
    config::v1::PeerConfig peer;
    peer.set_target("dns:///compliance");
    return peer;
  };
  for (int i = 0; i < 2; ++i) {
    const auto peer = cache_.ReadMessage<config::v1::PeerConfig>("a", kMinute, load);
    ASSERT_TRUE(peer.ok());
    EXPECT_EQ(peer->target(), "dns:///compliance");
  }
  EXPECT_EQ(loads, 1);
}

class SharedCacheTest : public ReadThroughTest {
 protected:
  void SetUp() override {
    auto server = RedisServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_.port = server_->port();
    RedisCacheOptions options;
    options.open_for = absl::Milliseconds(100);
    redis_ = std::make_unique<RedisCache>(address_, options);
    here_ = std::make_unique<ReadThrough>("here", clock_, metrics_, redis_.get());
    there_ = std::make_unique<ReadThrough>("there", clock_, metrics_, redis_.get());
  }
  // Waits until Redis has seen everything sent so far.
  void Flush() { (void)redis_->Get("any"); }

  std::unique_ptr<RedisServer> server_;
  RedisAddress address_;
  std::unique_ptr<RedisCache> redis_;
  std::unique_ptr<ReadThrough> here_;
  std::unique_ptr<ReadThrough> there_;
};

TEST_F(SharedCacheTest, OneReplicasLoadServesTheOthers) {
  truth_ = std::string("a b\0c\r\n", 7);
  EXPECT_EQ(Read(*here_, "a"), truth_);
  const std::string first = truth_;
  truth_ = "v2";
  EXPECT_EQ(Read(*there_, "a"), first);
  EXPECT_EQ(loads_, 1);
}

TEST_F(SharedCacheTest, ADropReachesRedis) {
  EXPECT_EQ(Read(*here_, "a"), "v1");
  truth_ = "v2";
  here_->Drop("a");
  EXPECT_EQ(Read(*here_, "a"), "v2");
  EXPECT_EQ(Read(*there_, "a"), "v2");
}

TEST_F(SharedCacheTest, AValueFromRedisIsNoYoungerForHavingBeenThere) {
  EXPECT_EQ(Read(*here_, "a"), "v1");
  truth_ = "v2";
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Read(*there_, "a", absl::Seconds(40)), "v1");
  clock_.Advance(absl::Seconds(20));
  EXPECT_EQ(Read(*there_, "a", absl::Seconds(40)), "v2");
}

TEST_F(SharedCacheTest, EveryEntryOfRedisExpires) {
  EXPECT_EQ(Read(*here_, "a"), "v1");
  Flush();
  RedisConnection raw(address_);
  const auto left = raw.Run({"PTTL", "amikeco:cache:a"});
  ASSERT_TRUE(left.ok());
  EXPECT_GT((*left)->integer, 0);
  EXPECT_LE((*left)->integer, absl::ToInt64Milliseconds(kMinute));
}

TEST_F(SharedCacheTest, LoadsWhenRedisWasFlushedOrHoldsNonsense) {
  EXPECT_EQ(Read(*here_, "a"), "v1");
  Flush();
  RedisConnection raw(address_);
  ASSERT_TRUE(raw.Run({"FLUSHALL"}).ok());
  truth_ = "v2";
  EXPECT_EQ(Read(*there_, "a"), "v2");
  ASSERT_TRUE(raw.Run({"SET", "amikeco:cache:b", "nonsense"}).ok());
  EXPECT_EQ(Read(*there_, "b"), "v2");
  ASSERT_TRUE(raw.Run({"LPUSH", "amikeco:cache:c", "a list"}).ok());
  EXPECT_EQ(Read(*there_, "c"), "v2");
}

TEST_F(SharedCacheTest, CostsAShortTimeoutAndThenNothingWhileRedisHangs) {
  Flush();
  server_->Pause();
  const absl::Time start = absl::Now();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(Read(*here_, absl::StrCat("key", i)), "v1");
  // Three timeouts open the circuit; afterwards one read in 100 ms waits. Without it: 200 x 30 ms = 6 s.
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_TRUE(redis_->open());
  server_->Resume();
}

TEST_F(SharedCacheTest, GoesOnWithoutRedisAndComesBackToIt) {
  server_->Kill();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(Read(*here_, absl::StrCat("key", i)), "v1");
  ASSERT_TRUE(server_->Restart().ok());
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  bool shared = false;
  for (int i = 0; !shared && absl::Now() < deadline; ++i) {
    const std::string key = absl::StrCat("again", i);
    Read(*here_, key);
    loads_ = 0;
    Read(*there_, key);
    shared = loads_ == 0;
  }
  EXPECT_TRUE(shared);
}

TEST_F(SharedCacheTest, ServesManyReadersOverOneConnection) {
  std::vector<std::thread> readers;
  for (int r = 0; r < 8; ++r) {
    readers.emplace_back([&, r] {
      for (int i = 0; i < 200; ++i) {
        const std::string key = absl::StrCat(r, "/", i);
        redis_->Put(key, key, kMinute);
        const auto value = redis_->Get(key);
        if (value) {
          EXPECT_EQ(*value, key);  // never somebody else's
        }
      }
    });
  }
  for (std::thread& reader : readers) reader.join();
  // A machine that was too busy for its patience is asked again.
  std::optional<std::string> value;
  for (const absl::Time give_up = absl::Now() + absl::Seconds(30); !value && absl::Now() < give_up;) {
    redis_->Put("key", "value", kMinute);
    value = redis_->Get("key");
  }
  EXPECT_EQ(value, "value");
}

}  // namespace
}  // namespace amikeco
