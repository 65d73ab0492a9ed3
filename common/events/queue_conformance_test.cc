// What every queue promises (design.md §6), on each of them, with no exceptions.
#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/events/local_queue.h"
#include "common/events/redis_queue.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/redis.h"

namespace amikeco {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr absl::Duration kLease = absl::Milliseconds(600);
constexpr absl::Duration kPatience = absl::Seconds(20);

RedisServer& Redis() {
  static RedisServer* const server = [] {
    auto started = RedisServer::Start();
    if (!started.ok()) {
      ADD_FAILURE() << started.status();
      std::abort();
    }
    return started->release();
  }();
  return *server;
}

RedisAddress AddressOfTest() {
  static int tests = 0;
  RedisAddress address;
  address.port = Redis().port();
  address.prefix = absl::StrCat("test", ++tests);
  return address;
}

struct Backend {
  std::string name;
  std::function<std::unique_ptr<Queue>()> make;
};

class QueueTest : public ::testing::TestWithParam<Backend> {
 protected:
  // Publishes facts `first`…`last`, with subjects s0…s9 in turn.
  absl::Status Publish(int64_t first, int64_t last, int64_t floor = 0) {
    Batch batch{"applicant", "epoch1", first - 1, floor, {}};
    for (int64_t n = first; n <= last; ++n) {
      batch.parcels.push_back({n, absl::StrCat("s", n % 10), absl::StrCat("body", n)});
    }
    return queue_->Publish(batch);
  }

  // Receives until `count` facts came, or patience ends.
  std::vector<Parcel> Receive(const Subscription& subscription, size_t count, bool acknowledge = true) {
    std::vector<Parcel> all;
    const absl::Time deadline = absl::Now() + kPatience;
    while (all.size() < count && absl::Now() < deadline) {
      const auto some = queue_->Receive(subscription, 7, absl::Milliseconds(100));
      EXPECT_TRUE(some.ok()) << some.status();
      if (!some.ok()) break;
      EXPECT_LE(some->size(), 7u);
      if (acknowledge) {
        EXPECT_TRUE(queue_->Acknowledge(subscription, *some).ok());
      }
      all.insert(all.end(), some->begin(), some->end());
    }
    return all;
  }

  StreamStats StatsOf(const std::string& group) {
    const auto all = queue_->Stats("applicant");
    EXPECT_TRUE(all.ok()) << all.status();
    for (const StreamStats& stats : *all) {
      if (stats.group == group) return stats;
    }
    ADD_FAILURE() << "no group " << group;
    return {};
  }

  void Begin() { ASSERT_TRUE(queue_->Begin("applicant", "epoch1", 0).ok()); }

  static std::vector<int64_t> Numbers(const std::vector<Parcel>& parcels) {
    std::vector<int64_t> numbers;
    for (const Parcel& parcel : parcels) numbers.push_back(parcel.number);
    return numbers;
  }

  static void ExpectOrderPerSubject(const std::vector<Parcel>& parcels) {
    std::map<std::string, int64_t> last;
    for (const Parcel& parcel : parcels) {
      EXPECT_LT(last[parcel.subject], parcel.number) << parcel.subject;
      last[parcel.subject] = parcel.number;
    }
  }

  std::unique_ptr<Queue> queue_ = GetParam().make();
  const Subscription matching_{"applicant", "matching", "m0"};
  const Subscription notify_{"applicant", "notify", "n0"};
};

TEST_P(QueueTest, DeliversEveryFactOnceAndEachSubjectsInOrder) {
  Begin();
  ASSERT_TRUE(Publish(1, 100).ok());
  const auto got = Receive(matching_, 100);
  EXPECT_THAT(got, SizeIs(100));
  ExpectOrderPerSubject(got);
  EXPECT_THAT(*queue_->Receive(matching_, 10, absl::Milliseconds(10)), IsEmpty());
}

TEST_P(QueueTest, KeepsBodiesAndSubjectsByteForByte) {
  Begin();
  std::string body(3 << 20, 'x');
  for (size_t i = 0; i < body.size(); i += 251) body[i] = static_cast<char>(i);
  const std::string subject = absl::StrCat("applications/ü", std::string(1, '\0'), "\r\n1");
  ASSERT_TRUE(queue_->Publish({"applicant", "epoch1", 0, 0, {{1, subject, body}, {2, "empty", ""}}}).ok());
  const auto got = Receive(matching_, 2);
  ASSERT_THAT(Numbers(got), ElementsAre(1, 2));
  EXPECT_EQ(got[0].subject, subject);
  EXPECT_TRUE(got[0].body == body);
  EXPECT_EQ(got[1].body, "");
}

TEST_P(QueueTest, GivesEveryGroupEverythingAlsoOneThatBeginsLater) {
  Begin();
  ASSERT_TRUE(Publish(1, 20).ok());
  EXPECT_THAT(Receive(matching_, 20), SizeIs(20));
  ASSERT_TRUE(Publish(21, 30).ok());
  EXPECT_THAT(Receive(notify_, 30), SizeIs(30));
  EXPECT_THAT(Receive(matching_, 10), SizeIs(10));
}

TEST_P(QueueTest, KeepsSourcesApart) {
  Begin();
  ASSERT_TRUE(queue_->Begin("matching", "epoch9", 0).ok());
  ASSERT_TRUE(Publish(1, 5).ok());
  ASSERT_TRUE(queue_->Publish({"matching", "epoch9", 0, 0, {{1, "placements/1", "other"}}}).ok());
  const auto got = Receive({"matching", "notify", "n0"}, 1);
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].body, "other");
}

TEST_P(QueueTest, ChangesNothingWhenAFactIsPublishedAgain) {
  Begin();
  ASSERT_TRUE(Publish(1, 10).ok());
  ASSERT_TRUE(Publish(1, 10).ok());
  ASSERT_TRUE(Publish(5, 15).ok());
  const auto got = Receive(matching_, 15);
  EXPECT_THAT(got, SizeIs(15));
  ExpectOrderPerSubject(got);
  EXPECT_THAT(*queue_->Receive(matching_, 10, absl::ZeroDuration()), IsEmpty());
  EXPECT_EQ(*queue_->Begin("applicant", "epoch1", 0), 15);
}

TEST_P(QueueTest, RefusesToLeaveAGap) {
  Begin();
  ASSERT_TRUE(Publish(1, 10).ok());
  EXPECT_EQ(Publish(12, 13).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(Publish(12, 13, /*floor=*/11).ok());  // unless all groups have what is missing
  EXPECT_EQ(*queue_->Begin("applicant", "epoch1", 11), 13);
  EXPECT_EQ(*queue_->Begin("applicant", "epoch1", 20), 20);
}

// Otherwise facts that all groups are done with would look as if they were still to be published.
TEST_P(QueueTest, CountsAsPublishedWhatAllGroupsAreDoneWithWhenItComesBackEmpty) {
  ASSERT_EQ(*queue_->Begin("applicant", "epoch1", 7), 7);
  EXPECT_EQ((*queue_->Stats("applicant"))[0].last_number, 7);
  EXPECT_THAT(*queue_->Receive(matching_, 1, absl::ZeroDuration()), IsEmpty());
  EXPECT_EQ(StatsOf("matching").last_number, 7);
  EXPECT_EQ(StatsOf("matching").acknowledged_number, 7);
  ASSERT_TRUE(Publish(8, 9, /*floor=*/7).ok());
  EXPECT_THAT(Numbers(Receive(matching_, 2)), UnorderedElementsAre(8, 9));
}

TEST_P(QueueTest, RefusesASourceThatDidNotBegin) { EXPECT_EQ(Publish(1, 1).code(), absl::StatusCode::kDataLoss); }

TEST_P(QueueTest, DropsTheFactsOfAnotherEpoch) {
  Begin();
  ASSERT_TRUE(Publish(1, 10).ok());
  ASSERT_THAT(Receive(matching_, 10), SizeIs(10));
  EXPECT_EQ(*queue_->Begin("applicant", "epoch2", 0), 0);
  EXPECT_EQ(Publish(11, 11).code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(queue_->Publish({"applicant", "epoch2", 0, 0, {{1, "s1", "new"}}}).ok());
  const auto got = Receive(matching_, 1);
  ASSERT_THAT(got, SizeIs(1));
  EXPECT_EQ(got[0].body, "new");
}

TEST_P(QueueTest, DoesNotDeliverAgainWhatIsInWork) {
  Begin();
  ASSERT_TRUE(Publish(1, 10).ok());
  EXPECT_THAT(Receive(matching_, 10, /*acknowledge=*/false), SizeIs(10));
  EXPECT_THAT(*queue_->Receive(matching_, 10, absl::Milliseconds(10)), IsEmpty());
}

TEST_P(QueueTest, DeliversAgainWhatAConsumerThatLeftDidNotAcknowledge) {
  Begin();
  ASSERT_TRUE(Publish(1, 30).ok());
  auto got = Receive(matching_, 30, /*acknowledge=*/false);
  ASSERT_THAT(got, SizeIs(30));
  const std::vector<Parcel> done(got.begin(), got.begin() + 12);
  ASSERT_TRUE(queue_->Acknowledge(matching_, done).ok());
  queue_->Leave(matching_);
  ASSERT_TRUE(Publish(31, 35).ok());
  const auto again = Receive(matching_, 23);
  EXPECT_THAT(again, SizeIs(23));
  ExpectOrderPerSubject(again);
}

TEST_P(QueueTest, HandsOverTheWorkOfAConsumerThatStoppedReceiving) {
  Begin();
  ASSERT_TRUE(Publish(1, 30).ok());
  ASSERT_THAT(Receive(matching_, 30, /*acknowledge=*/false), SizeIs(30));
  // Nothing more is heard of m0. Its lease runs out, and m1 gets all it had, before what is newer.
  ASSERT_TRUE(Publish(31, 40).ok());
  const auto got = Receive({"applicant", "matching", "m1"}, 40);
  EXPECT_THAT(got, SizeIs(40));
  ExpectOrderPerSubject(got);
  EXPECT_EQ(StatsOf("matching").acknowledged_number, 40);
}

TEST_P(QueueTest, KeepsEachSubjectsOrderWithTwoConsumersInAGroup) {
  Begin();
  constexpr int kFacts = 600;
  absl::Mutex mutex;
  std::vector<Parcel> all;
  std::set<std::string> busy;
  std::array<int, 2> shares = {0, 0};
  const auto consume = [&](int who) {
    const Subscription self{"applicant", "matching", absl::StrCat("m", who)};
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      const auto some = queue_->Receive(self, 5, absl::Milliseconds(20));
      ASSERT_TRUE(some.ok()) << some.status();
      for (const Parcel& parcel : *some) {
        absl::MutexLock lock(&mutex);
        all.push_back(parcel);
        ++shares[who];
      }
      ASSERT_TRUE(queue_->Acknowledge(self, *some).ok());
      absl::MutexLock lock(&mutex);
      if (all.size() >= kFacts) return;
    }
  };
  std::thread first(consume, 0), second(consume, 1);
  // The two share once both have been seen; from then on each must get some.
  for (int64_t n = 1; n <= kFacts; n += 5) {
    ASSERT_TRUE(Publish(n, n + 4).ok());
    absl::SleepFor(absl::Milliseconds(8));  // spread over several leases, so that partitions change hands
  }
  first.join();
  second.join();
  EXPECT_THAT(all, SizeIs(kFacts));
  ExpectOrderPerSubject(all);
  EXPECT_GT(shares[0], 0);
  EXPECT_GT(shares[1], 0);
}

TEST_P(QueueTest, WakesAWaitingReceiverAtOnce) {
  Begin();
  ASSERT_THAT(*queue_->Receive(matching_, 1, absl::ZeroDuration()), IsEmpty());
  std::atomic<bool> waiting{false};
  absl::Time received;
  std::thread receiver([&] {
    waiting = true;
    const auto got = queue_->Receive(matching_, 1, kPatience);
    received = absl::Now();
    EXPECT_TRUE(got.ok() && got->size() == 1);
  });
  while (!waiting) std::this_thread::yield();
  const absl::Time published = absl::Now();
  EXPECT_TRUE(Publish(1, 1).ok());
  receiver.join();
  EXPECT_LT(received - published, absl::Milliseconds(250));
}

TEST_P(QueueTest, ReturnsInTimeWhenThereIsNothing) {
  Begin();
  const absl::Time start = absl::Now();
  EXPECT_THAT(*queue_->Receive(matching_, 1, absl::Milliseconds(50)), IsEmpty());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(49));
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
}

TEST_P(QueueTest, TrimsOnlyWhatEveryGroupHasAcknowledged) {
  Begin();
  ASSERT_TRUE(Publish(1, 50).ok());
  ASSERT_THAT(Receive(matching_, 50), SizeIs(50));
  const auto some = Receive(notify_, 50, /*acknowledge=*/false);
  std::vector<Parcel> done;
  for (const Parcel& parcel : some) {
    if (parcel.number <= 20) done.push_back(parcel);
  }
  ASSERT_TRUE(queue_->Acknowledge(notify_, done).ok());
  ASSERT_TRUE(queue_->Trim("applicant", 10).ok());
  EXPECT_EQ(StatsOf("notify").length, 40);
  ASSERT_TRUE(queue_->Trim("applicant", 1000).ok());
  EXPECT_EQ(StatsOf("notify").length, 30);
  queue_->Leave(notify_);
  const auto again = Receive(notify_, 30);
  EXPECT_THAT(again, SizeIs(30));
  ExpectOrderPerSubject(again);
  ASSERT_TRUE(queue_->Trim("applicant", 1000).ok());
  EXPECT_EQ(StatsOf("notify").length, 0);
  EXPECT_EQ(*queue_->Begin("applicant", "epoch1", 0), 50);  // an empty stream is no loss
  ASSERT_TRUE(Publish(51, 52).ok());
  EXPECT_THAT(Receive(matching_, 2), SizeIs(2));
}

TEST_P(QueueTest, CountsWhatIsThereDeliveredAndDone) {
  Begin();
  ASSERT_TRUE(Publish(1, 25).ok());
  const auto nobody = queue_->Stats("applicant");
  ASSERT_THAT(*nobody, SizeIs(1));
  EXPECT_EQ((*nobody)[0].group, "");
  EXPECT_EQ((*nobody)[0].length, 25);
  EXPECT_EQ((*nobody)[0].last_number, 25);

  const auto got = Receive(matching_, 25, /*acknowledge=*/false);
  StreamStats stats = StatsOf("matching");
  EXPECT_EQ(stats.source, "applicant");
  EXPECT_EQ(stats.length, 25);
  EXPECT_EQ(stats.pending, 25);
  EXPECT_EQ(stats.last_number, 25);
  EXPECT_EQ(stats.delivered_number, 25);
  EXPECT_EQ(stats.acknowledged_number, 0);

  std::vector<Parcel> done;
  for (const Parcel& parcel : got) {
    if (parcel.number != 14) done.push_back(parcel);
  }
  ASSERT_TRUE(queue_->Acknowledge(matching_, done).ok());
  stats = StatsOf("matching");
  EXPECT_EQ(stats.pending, 1);
  EXPECT_EQ(stats.acknowledged_number, 13);
}

INSTANTIATE_TEST_SUITE_P(
    Backends, QueueTest,
    ::testing::Values(Backend{"Local", [] { return std::make_unique<LocalQueue>(kLease); }},
                      Backend{"Redis", [] { return std::make_unique<RedisQueue>(AddressOfTest(), kLease); }}),
    [](const auto& info) { return info.param.name; });

// What only Redis can do to us. How the relay brings back what was lost is in relay_test.cc.
class RedisQueueTest : public ::testing::Test {
 protected:
  RedisQueueTest() : address_(AddressOfTest()), raw_(address_), queue_(address_, kLease) {}

  absl::Status Publish(int64_t first, int64_t last, int64_t floor = 0) {
    Batch batch{"applicant", "epoch1", first - 1, floor, {}};
    for (int64_t n = first; n <= last; ++n) batch.parcels.push_back({n, absl::StrCat("s", n % 10), "body"});
    return queue_.Publish(batch);
  }

  std::set<int64_t> ReceiveUntil(size_t count) {
    std::set<int64_t> numbers;
    const absl::Time deadline = absl::Now() + kPatience;
    while (numbers.size() < count && absl::Now() < deadline) {
      const auto some = queue_.Receive(matching_, 100, absl::Milliseconds(50));
      if (!some.ok()) continue;
      for (const Parcel& parcel : *some) numbers.insert(parcel.number);
      (void)queue_.Acknowledge(matching_, *some);
    }
    return numbers;
  }

  RedisAddress address_;
  RedisConnection raw_;
  RedisQueue queue_;
  const Subscription matching_{"applicant", "matching", "m0"};
};

TEST_F(RedisQueueTest, NoticesAFlush) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 20).ok());
  ASSERT_THAT(ReceiveUntil(20), SizeIs(20));
  ASSERT_TRUE(raw_.Run({"FLUSHALL"}).ok());
  EXPECT_EQ(Publish(21, 22).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(*queue_.Begin("applicant", "epoch1", 15), 15);
  ASSERT_TRUE(Publish(16, 22, 15).ok());
  EXPECT_THAT(ReceiveUntil(7), SizeIs(7));
}

TEST_F(RedisQueueTest, NoticesThatAPartitionWasEvictedEvenIfAConsumerMadeItAnew) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 40).ok());
  const std::string key = absl::StrCat(address_.prefix, ":applicant:", PartitionOf("s3"));
  ASSERT_TRUE(raw_.Run({"DEL", key}).ok());
  const std::set<int64_t> got = ReceiveUntil(1);  // makes the groups
  ASSERT_FALSE(got.empty());
  const auto stats = queue_.Stats("applicant");
  ASSERT_THAT(*stats, SizeIs(1));
  EXPECT_EQ((*stats)[0].acknowledged_number, 0);
  EXPECT_EQ(Publish(41, 50).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(*queue_.Begin("applicant", "epoch1", 0), 0);
  ASSERT_TRUE(Publish(1, 50).ok());
  EXPECT_THAT(ReceiveUntil(50 - got.size()), ::testing::IsSupersetOf({3, 13, 23, 33, 43}));
}

TEST_F(RedisQueueTest, BeginsAnewWhenAnEntryWasDroppedThatTheGroupStillNeeds) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 10).ok());
  ASSERT_THAT(*queue_.Receive(matching_, 100, absl::ZeroDuration()), SizeIs(10));
  for (int p = 0; p < kPartitions; ++p) {
    ASSERT_TRUE(raw_.Run({"XTRIM", absl::StrCat(address_.prefix, ":applicant:", p), "MAXLEN", "0"}).ok());
  }
  queue_.Leave(matching_);
  EXPECT_TRUE(queue_.Receive(matching_, 100, absl::ZeroDuration()).ok());
  EXPECT_EQ(Publish(11, 11).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(*queue_.Begin("applicant", "epoch1", 0), 0);
  ASSERT_TRUE(Publish(1, 11).ok());
  EXPECT_THAT(ReceiveUntil(11), SizeIs(11));
}

TEST_F(RedisQueueTest, SaysUnavailableWhileRedisIsAwayAndGoesOnAfterwards) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 3).ok());
  ASSERT_THAT(ReceiveUntil(3), SizeIs(3));
  Redis().Kill();
  EXPECT_EQ(Publish(4, 4).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(queue_.Receive(matching_, 1, absl::ZeroDuration()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(queue_.Check().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(queue_.Stats("applicant").status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(Redis().Restart().ok());
  const absl::Time deadline = absl::Now() + kPatience;
  absl::Status published = absl::UnavailableError("not tried");
  while (!published.ok() && absl::Now() < deadline) {
    (void)queue_.Begin("applicant", "epoch1", 3);
    published = Publish(4, 6, 3);
  }
  EXPECT_TRUE(published.ok()) << published;
  EXPECT_THAT(ReceiveUntil(3), ElementsAre(4, 5, 6));
}

TEST_F(RedisQueueTest, EndsACallToARedisThatDoesNotAnswer) {
  RedisAddress address = address_;
  address.timeout = absl::Milliseconds(100);
  RedisQueue queue(address, kLease);
  ASSERT_TRUE(queue.Check().ok());
  Redis().Pause();
  const absl::Time start = absl::Now();
  EXPECT_EQ(queue.Check().code(), absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  Redis().Resume();
}

TEST_F(RedisQueueTest, ARestartedConsumerOfTheSameNameGoesOnAtOnceWithWhatItHad) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 20).ok());
  ASSERT_THAT(*queue_.Receive(matching_, 100, absl::ZeroDuration()), SizeIs(20));
  RedisQueue restarted(address_, absl::Minutes(5));
  std::vector<Parcel> again;
  const absl::Time start = absl::Now();
  while (again.size() < 20 && absl::Now() - start < kPatience) {
    const auto some = restarted.Receive(matching_, 100, absl::ZeroDuration());
    ASSERT_TRUE(some.ok()) << some.status();
    again.insert(again.end(), some->begin(), some->end());
  }
  EXPECT_THAT(again, SizeIs(20));
}

TEST_F(RedisQueueTest, KeepsKeysThatExpireNextToKeysThatDoNot) {
  ASSERT_TRUE(queue_.Begin("applicant", "epoch1", 0).ok());
  ASSERT_TRUE(Publish(1, 1).ok());
  ASSERT_THAT(ReceiveUntil(1), SizeIs(1));
  const auto lease = raw_.Run({"PTTL", absl::StrCat(address_.prefix, ":applicant:lease:matching:0")});
  ASSERT_TRUE(lease.ok());
  EXPECT_GT((*lease)->integer, 0);
  const auto stream = raw_.Run({"PTTL", absl::StrCat(address_.prefix, ":applicant:0")});
  ASSERT_TRUE(stream.ok());
  EXPECT_EQ((*stream)->integer, -1);
}

}  // namespace
}  // namespace amikeco
