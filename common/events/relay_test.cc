// Every committed fact reaches the queue, whatever breaks in between (design.md §6).
#include "common/events/relay.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/events/redis_queue.h"
#include "common/events/testing.h"
#include "gmock/gmock.h"
#include "tests/support/redis.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RelayTest : public ::testing::Test {
 protected:
  // Looks at the queue in each step, and drops what it can.
  static RelayOptions Watchful() {
    RelayOptions options;
    options.poll = absl::ZeroDuration();
    options.trim_at = 1;
    return options;
  }

  // Runs the relay until it knows the groups and has dropped what it may.
  static void Settle(Relay& relay) {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(relay.RunOnce().ok());
  }

  // The texts of all facts that the group can get now.
  std::vector<std::string> Receive(Queue& queue, const std::string& group) {
    const Subscription subscription{"test", group, "c0"};
    std::vector<std::string> texts;
    while (true) {
      const auto parcels = queue.Receive(subscription, 100, absl::ZeroDuration());
      EXPECT_TRUE(parcels.ok()) << parcels.status();
      if (!parcels.ok() || parcels->empty()) return texts;
      for (const Parcel& parcel : *parcels) {
        event::v1::Event event;
        EXPECT_TRUE(event.ParseFromString(parcel.body));
        EXPECT_EQ(event.subject(), parcel.subject);
        texts.push_back(TextOf(event));
      }
      EXPECT_TRUE(queue.Acknowledge(subscription, *parcels).ok());
    }
  }
  std::vector<std::string> Receive(const std::string& group) { return Receive(queue_, group); }

  void State(int first, int last) {
    for (int i = first; i <= last; ++i) {
      ASSERT_TRUE(service_.State(absl::StrCat("records/", i % 3), absl::StrCat(i)).ok());
    }
  }

  LocalQueue queue_;
  FaultyQueue faulty_{queue_};
  Service service_{"test", faulty_};
};

TEST_F(RelayTest, PublishesCommittedFactsInOrderOnce) {
  Relay relay(service_.wiring());
  State(1, 5);
  EXPECT_EQ(*relay.RunOnce(), 5);
  EXPECT_EQ(*relay.RunOnce(), 0);
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3", "4", "5"));
  State(6, 6);
  EXPECT_EQ(*relay.RunOnce(), 1);
  EXPECT_THAT(Receive("g"), ElementsAre("6"));
}

TEST_F(RelayTest, PublishesMoreFactsThanFitABatch) {
  RelayOptions options;
  options.batch = 4;
  Relay relay(service_.wiring(), options);
  State(1, 18);
  EXPECT_EQ(*relay.RunOnce(), 18);
  EXPECT_THAT(Receive("g"), SizeIs(18));
}

TEST_F(RelayTest, PublishesAtOnceWhenAFactIsCommitted) {
  RelayOptions options;
  options.poll = absl::Hours(1);  // only the commit can wake it
  Relay relay(service_.wiring(), options);
  ASSERT_TRUE(relay.Start().ok());
  const Subscription subscription{"test", "g", "c0"};
  for (int i = 1; i <= 3; ++i) {
    State(i, i);
    const auto got = queue_.Receive(subscription, 1, absl::Seconds(20));
    ASSERT_TRUE(got.ok());
    EXPECT_THAT(*got, SizeIs(1));
  }
  relay.Stop();
}

TEST_F(RelayTest, GoesOnWhereItWasWhenTheQueueComesBack) {
  Relay relay(service_.wiring());
  State(1, 3);
  faulty_.away = true;
  EXPECT_EQ(relay.RunOnce().status().code(), absl::StatusCode::kUnavailable);
  State(4, 4);
  EXPECT_EQ(relay.RunOnce().status().code(), absl::StatusCode::kUnavailable);
  const std::string page = service_.metrics.Render();
  EXPECT_THAT(page, ::testing::HasSubstr("amikeco_outbox_unpublished{service=\"test\"} 4"));
  faulty_.away = false;
  EXPECT_EQ(*relay.RunOnce(), 4);
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(service_.metrics.Render(), ::testing::HasSubstr("amikeco_outbox_unpublished{service=\"test\"} 0"));
}

TEST_F(RelayTest, PublishesAfterARestartWhatWasNumberedBefore) {
  State(1, 3);
  // Killed after the numbers were committed and before anything was published.
  ASSERT_TRUE(service_.store().Write([](Transaction& tx) { return tx.NumberEvents(2).status(); }).ok());
  service_.Reopen();
  Relay relay(service_.wiring());
  EXPECT_EQ(*relay.RunOnce(), 3);
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3"));
}

TEST_F(RelayTest, PublishesNothingTwiceAfterARestart) {
  State(1, 3);
  {
    Relay relay(service_.wiring());
    EXPECT_EQ(*relay.RunOnce(), 3);
  }
  service_.Reopen();
  Relay relay(service_.wiring());
  EXPECT_EQ(*relay.RunOnce(), 0);
  EXPECT_THAT(Receive("g"), SizeIs(3));
}

TEST_F(RelayTest, WorksOnlyWhileItHoldsTheLock) {
  Relay first(service_.wiring());
  State(1, 1);
  EXPECT_EQ(*first.RunOnce(), 1);
  Relay second(service_.wiring());
  State(2, 2);
  EXPECT_EQ(*second.RunOnce(), 0);
  EXPECT_EQ(*first.RunOnce(), 1);
  first.Stop();
  State(3, 3);
  EXPECT_EQ(*second.RunOnce(), 1);
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3"));
}

TEST_F(RelayTest, PublishesFirstWhatAnotherRelayNumbered) {
  Relay relay(service_.wiring());
  State(1, 1);
  EXPECT_EQ(*relay.RunOnce(), 1);
  State(2, 4);
  ASSERT_TRUE(service_.store().Write([](Transaction& tx) { return tx.NumberEvents(2).status(); }).ok());
  EXPECT_GE(*relay.RunOnce(), 3);
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3", "4"));
}

TEST_F(RelayTest, PublishesAgainWhatTheQueueLostAndSomeGroupStillNeeds) {
  Relay relay(service_.wiring(), Watchful());
  EXPECT_THAT(Receive("fast"), IsEmpty());  // both groups are known before anything is dropped
  EXPECT_THAT(Receive("slow"), IsEmpty());
  State(1, 4);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("fast"), SizeIs(4));
  EXPECT_THAT(Receive("slow"), SizeIs(4));
  Settle(relay);  // drops them
  EXPECT_EQ(queue_.Stats("test")->front().length, 0);
  State(5, 6);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("fast"), SizeIs(2));
  ASSERT_TRUE(queue_.Begin("test", "lost", 0).ok());  // lost, with the groups
  EXPECT_EQ(*relay.RunOnce(), 2);
  EXPECT_THAT(Receive("slow"), ElementsAre("5", "6"));
}

TEST_F(RelayTest, NoticesALossInTheMiddleOfPublishing) {
  Relay relay(service_.wiring());  // looks once a second
  State(1, 3);
  ASSERT_TRUE(relay.RunOnce().ok());
  ASSERT_TRUE(queue_.Begin("test", "lost", 0).ok());
  State(4, 4);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("g"), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(service_.metrics.Render(), ::testing::HasSubstr("amikeco_redis_epoch_changes_total{service=\"test\"} 1"));
}

TEST_F(RelayTest, GivesAGroupThatComesLateEverythingAlsoWhatWasDropped) {
  Relay relay(service_.wiring(), Watchful());
  EXPECT_THAT(Receive("early"), IsEmpty());
  State(1, 5);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("early"), SizeIs(5));
  Settle(relay);
  EXPECT_EQ(queue_.Stats("test")->front().length, 0);
  EXPECT_THAT(Receive("late"), IsEmpty());
  Settle(relay);
  EXPECT_THAT(Receive("late"), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(RelayTest, GivesALateGroupEverythingAlsoWhenItIsKilledWhileItBeginsAnew) {
  EXPECT_THAT(Receive("early"), IsEmpty());
  State(1, 5);
  {
    Relay relay(service_.wiring(), Watchful());
    ASSERT_TRUE(relay.RunOnce().ok());
    EXPECT_THAT(Receive("early"), SizeIs(5));
    Settle(relay);
    EXPECT_THAT(Receive("late"), IsEmpty());
    faulty_.cannot_begin = true;
    EXPECT_FALSE(relay.RunOnce().ok());
  }
  faulty_.cannot_begin = false;
  service_.Reopen();
  Relay relay(service_.wiring(), Watchful());
  Settle(relay);
  EXPECT_THAT(Receive("late"), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(RelayTest, DropsNothingThatAGroupHasNotAcknowledged) {
  Relay relay(service_.wiring(), Watchful());
  EXPECT_THAT(Receive("fast"), IsEmpty());
  EXPECT_THAT(Receive("slow"), IsEmpty());
  State(1, 5);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("fast"), SizeIs(5));
  EXPECT_THAT(queue_.Receive({"test", "slow", "c0"}, 2, absl::ZeroDuration())->size(), 2);
  Settle(relay);
  EXPECT_EQ(queue_.Stats("test")->front().length, 5);
}

TEST_F(RelayTest, KeepsFactsInTheStoreWhenAGroupLagsTooFarBehind) {
  RelayOptions options = Watchful();
  options.batch = 2;
  options.most_ahead = 6;
  Relay relay(service_.wiring(), options);
  EXPECT_THAT(Receive("g"), IsEmpty());
  State(1, 20);
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_LE(queue_.Stats("test")->front().length, 8);
  std::vector<std::string> all;
  ASSERT_TRUE(Eventually([&] {
    for (std::string& text : Receive("g")) all.push_back(std::move(text));
    EXPECT_TRUE(relay.RunOnce().ok());
    return all.size() >= 20;
  }));
  EXPECT_THAT(all, SizeIs(20));
}

TEST_F(RelayTest, KeepsAStreamShortThatNobodyFollows) {
  RelayOptions options = Watchful();
  options.kept_unfollowed = 5;
  Relay relay(service_.wiring(), options);
  State(1, 20);
  ASSERT_TRUE(relay.RunOnce().ok());
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_EQ(queue_.Stats("test")->front().length, 5);
  EXPECT_THAT(Receive("late"), SizeIs(5));
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(Receive("late"), SizeIs(20));
}

TEST_F(RelayTest, StartsAnewWhenTheDatabaseIsAnotherOne) {
  {
    Relay relay(service_.wiring());
    State(1, 5);
    ASSERT_TRUE(relay.RunOnce().ok());
    EXPECT_THAT(Receive("g"), SizeIs(5));
  }
  Service fresh("test", faulty_);
  Relay relay(fresh.wiring());
  ASSERT_TRUE(fresh.State("records/1", "fresh").ok());
  EXPECT_EQ(*relay.RunOnce(), 1);
  EXPECT_THAT(Receive("g"), ElementsAre("fresh"));
}

TEST_F(RelayTest, CountsUnpublishedFactsWithoutNumberingThem) {
  State(1, 3);
  EXPECT_THAT(*UnpublishedEvents(service_.store(), 0, 100), SizeIs(3));
  EXPECT_THAT(*UnpublishedEvents(service_.store(), 0, 2), SizeIs(2));
  Relay relay(service_.wiring());
  EXPECT_EQ(*relay.RunOnce(), 3);
  EXPECT_THAT(*UnpublishedEvents(service_.store(), 3, 100), IsEmpty());
  EXPECT_THAT(*UnpublishedEvents(service_.store(), 1, 100), SizeIs(2));
}

// The same with a real Redis, that forgets everything in the middle of a stream of facts (R3).
class RelayOnRedisTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = RedisServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    RedisAddress address;
    address.port = server_->port();
    queue_ = std::make_unique<RedisQueue>(address);
    raw_ = std::make_unique<RedisConnection>(address);
    service_ = std::make_unique<Service>("test", *queue_);
    RelayOptions options;
    options.poll = absl::Milliseconds(50);
    options.trim_at = 10;
    relay_ = std::make_unique<Relay>(service_->wiring(), options);
  }

  // States facts and receives them while `disturb` is called now and then; every fact must come through.
  void Play(const std::function<void(int)>& disturb) {
    ASSERT_TRUE(relay_->Start().ok());
    constexpr int kFacts = 200;
    std::map<std::string, std::vector<int64_t>> got;
    std::set<std::string> ids;
    const Subscription subscription{"test", "g", "c0"};
    const auto receive = [&] {
      const auto parcels = queue_->Receive(subscription, 20, absl::Milliseconds(1));
      if (!parcels.ok()) return;
      for (const Parcel& parcel : *parcels) {
        event::v1::Event event;
        ASSERT_TRUE(event.ParseFromString(parcel.body));
        if (ids.insert(event.id()).second) got[event.subject()].push_back(event.subject_version());
      }
      (void)queue_->Acknowledge(subscription, *parcels);
    };
    for (int i = 0; i < kFacts; ++i) {
      ASSERT_TRUE(service_->State(absl::StrCat("records/", i % 7), "x").ok());
      if (i % 50 == 25) disturb(i);
      if (i % 3 == 0) receive();
    }
    EXPECT_TRUE(Eventually([&] {
      receive();
      return ids.size() == kFacts;
    })) << "only "
        << ids.size();
    for (const auto& [subject, versions] : got) {
      EXPECT_TRUE(std::is_sorted(versions.begin(), versions.end())) << subject;
    }
    relay_->Stop();
  }

  std::unique_ptr<RedisServer> server_;
  std::unique_ptr<RedisQueue> queue_;
  std::unique_ptr<RedisConnection> raw_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayOnRedisTest, LosesNothingWhenRedisIsFlushed) {
  Play([&](int) { ASSERT_TRUE(raw_->Run({"FLUSHALL"}).ok()); });
}

TEST_F(RelayOnRedisTest, LosesNothingWhenRedisIsKilledAndComesBackEmpty) {
  Play([&](int) {
    server_->Kill();
    ASSERT_TRUE(server_->Restart().ok());
  });
}

TEST_F(RelayOnRedisTest, LosesNothingWhenSingleKeysAreEvicted) {
  Play([&](int i) {
    const char* keys[] = {"amikeco:test:published", "amikeco:test:0", "amikeco:test:3", "amikeco:test:5"};
    ASSERT_TRUE(raw_->Run({"DEL", keys[(i / 50) % 4]}).ok());
  });
}

// A replica that becomes the primary has not heard yet of the streams' being dropped.
TEST_F(RelayOnRedisTest, GivesALateGroupEverythingAlsoWhenAFailoverBringsBackWhatWasThereBefore) {
  const auto receive = [&](const std::string& group) {
    std::set<int64_t> numbers;
    for (int i = 0; i < 3; ++i) {
      const auto parcels = queue_->Receive({"test", group, "c0"}, 100, absl::ZeroDuration());
      EXPECT_TRUE(parcels.ok()) << parcels.status();
      for (const Parcel& parcel : *parcels) numbers.insert(parcel.number);
      EXPECT_TRUE(queue_->Acknowledge({"test", group, "c0"}, *parcels).ok());
    }
    return numbers;
  };
  Relay relay(service_->wiring(), {.poll = absl::ZeroDuration(), .trim_at = 1});
  const auto settle = [&] {
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(relay.RunOnce().ok());
  };
  EXPECT_THAT(receive("early"), IsEmpty());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(service_->State(absl::StrCat("records/", i), "x").ok());
  ASSERT_TRUE(relay.RunOnce().ok());
  EXPECT_THAT(receive("early"), SizeIs(5));
  settle();
  EXPECT_THAT(receive("late"), IsEmpty());
  std::vector<RedisCommand> restore = {{"FLUSHALL"}};
  const RedisReply keys = *raw_->Run({"KEYS", "*"});
  for (size_t i = 0; i < keys->elements; ++i) {
    const std::string key(amikeco::TextOf(*keys->element[i]));
    const RedisReply dump = *raw_->Run({"DUMP", key});
    restore.push_back({"RESTORE", key, "0", std::string(amikeco::TextOf(*dump))});
  }
  ASSERT_TRUE(relay.RunOnce().ok());  // begins anew
  ASSERT_TRUE(raw_->Run(restore).ok());
  settle();
  EXPECT_THAT(receive("late"), SizeIs(5));
}

TEST_F(RelayOnRedisTest, RecoversWithinTwoSecondsOfRedissReturn) {
  ASSERT_TRUE(relay_->Start().ok());
  const Subscription subscription{"test", "g", "c0"};
  ASSERT_TRUE(queue_->Receive(subscription, 1, absl::ZeroDuration()).ok());
  server_->Kill();
  ASSERT_TRUE(service_->State("records/1", "x").ok());  // writes go on
  ASSERT_TRUE(server_->Restart().ok());
  const absl::Time back = absl::Now();
  EXPECT_TRUE(Eventually([&] {
    const auto parcels = queue_->Receive(subscription, 1, absl::Milliseconds(20));
    return parcels.ok() && !parcels->empty();
  }));
  EXPECT_LT(absl::Now() - back, absl::Seconds(2));
  relay_->Stop();
}

}  // namespace
}  // namespace amikeco::testing
