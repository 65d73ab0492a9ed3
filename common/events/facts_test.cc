// Two services, a real Redis and everything that goes wrong between them: each fact has its effect once, in order (R1,
// R3).
#include <functional>

#include "absl/strings/str_cat.h"
#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "common/events/testing.h"
#include "common/store/postgres_store.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"

namespace amikeco::testing {
namespace {

class FactsTest : public ::testing::Test {
 protected:
  static constexpr int kSubjects = 5;

  void SetUp() override {
    auto server = RedisServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    address_.port = server_->port();
    raw_ = std::make_unique<RedisConnection>(address_);
    there_queue_ = std::make_unique<RedisQueue>(address_);
    here_queue_ = std::make_unique<RedisQueue>(address_);
    there_ = std::make_unique<Service>("there", *there_queue_);
    here_ = std::make_unique<Service>("here", *here_queue_);
    StartRelay();
    StartConsumer();
  }
  void TearDown() override {
    if (consumer_ != nullptr) consumer_->Stop();
    if (relay_ != nullptr) relay_->Stop();
  }

  void StartRelay() {
    RelayOptions options;
    options.poll = absl::Milliseconds(50);
    options.trim_at = 20;
    relay_ = std::make_unique<Relay>(there_->wiring(), options);
    ASSERT_TRUE(relay_->Start().ok());
  }
  void StartConsumer() {
    ConsumerOptions options;
    options.wait = absl::Milliseconds(20);
    consumer_ =
        std::make_unique<Consumer>(here_->wiring(),
                                   Reactions{{"there"},
                                             [](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
                                               return Service::StateIn(tx, origin, event.subject(), TextOf(event));
                                             }},
                                   options);
    ASSERT_TRUE(consumer_->Start().ok());
  }

  // States facts while `disturb` is called now and then; afterwards every record here equals the one there.
  void Play(const std::function<void()>& disturb) {
    for (int i = 0; i < 300; ++i) {
      ASSERT_TRUE(there_->State(absl::StrCat("records/", i % kSubjects), absl::StrCat(i, ";")).ok());
      if (i % 60 == 30) disturb();
    }
    for (int s = 0; s < kSubjects; ++s) {
      const std::string subject = absl::StrCat("records/", s);
      const std::string expected = there_->Target(subject);
      EXPECT_TRUE(Eventually([&] { return here_->Target(subject) == expected; })) << expected << "\n is not\n"
                                                                                  << here_->Target(subject);
    }
  }

  std::unique_ptr<RedisServer> server_;
  RedisAddress address_;
  std::unique_ptr<RedisConnection> raw_;
  std::unique_ptr<RedisQueue> there_queue_;
  std::unique_ptr<RedisQueue> here_queue_;
  std::unique_ptr<Service> there_;
  std::unique_ptr<Service> here_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(FactsTest, HaveTheirEffectOnceInOrder) {
  Play([] {});
}

TEST_F(FactsTest, SurviveAFlush) {
  Play([&] { ASSERT_TRUE(raw_->Run({"FLUSHALL"}).ok()); });
}

TEST_F(FactsTest, SurviveTheDeathOfRedis) {
  Play([&] {
    server_->Kill();
    ASSERT_TRUE(server_->Restart().ok());
  });
}

TEST_F(FactsTest, SurviveARedisThatDoesNotAnswerForAWhile) {
  bool once = false;
  Play([&] {
    if (std::exchange(once, true)) return;
    server_->Pause();
    ASSERT_TRUE(there_->State("records/0", "meanwhile;").ok());
    server_->Resume();
  });
}

TEST_F(FactsTest, SurviveRestartsOfTheConsumer) {
  Play([&] {
    consumer_ = nullptr;
    StartConsumer();
  });
}

TEST_F(FactsTest, SurviveRestartsOfTheRelay) {
  Play([&] {
    relay_ = nullptr;
    StartRelay();
  });
}

TEST_F(FactsTest, SurviveTheLossOfTheConsumersConnectionsAndLeases) {
  Play([&] {
    ASSERT_TRUE(raw_->Run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).ok());
    for (int p = 0; p < kPartitions; ++p) {
      ASSERT_TRUE(raw_->Run({"DEL", absl::StrCat("amikeco:there:lease:here:", p)}).ok());
    }
  });
}

// Two replicas of each service, on PostgreSQL: any of them may commit, one relays, both follow.
TEST(FactsOnPostgresTest, HaveTheirEffectOnceInOrderWithTwoReplicasOfEachService) {
  const auto postgres = PostgresServer::Start();
  ASSERT_TRUE(postgres.ok()) << postgres.status();
  const auto redis = RedisServer::Start();
  ASSERT_TRUE(redis.ok()) << redis.status();
  RedisAddress address;
  address.port = (*redis)->port();
  RedisQueue queue(address);
  const auto open = [](const std::string& database) {
    config::v1::StoreConfig::Postgres config;
    config.set_conninfo(database);
    EXPECT_EQ(PostgresStore::Migrate(config).status(), absl::OkStatus());
    auto store = PostgresStore::Open(config);
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  };
  const std::string there_database = *(*postgres)->NewDatabase(), here_database = *(*postgres)->NewDatabase();
  Service there1("there", queue, open(there_database)), there2("there", queue, open(there_database));
  Service here1("here", queue, open(here_database)), here2("here", queue, open(here_database));
  config::v1::StoreConfig shared;
  shared.mutable_postgres();
  Relay relay1(there1.wiring(), RelayOptionsFor(shared)), relay2(there2.wiring(), RelayOptionsFor(shared));
  const Reactions adding{{"there"}, [](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
                           return Service::StateIn(tx, origin, event.subject(), TextOf(event));
                         }};
  Consumer consumer1(here1.wiring(), adding), consumer2(here2.wiring(), adding);
  for (Part* part : std::initializer_list<Part*>{&relay1, &relay2, &consumer1, &consumer2}) {
    ASSERT_TRUE(part->Start().ok());
  }
  for (int i = 0; i < 200; ++i) {
    Service& replica = i % 2 == 0 ? there1 : there2;
    ASSERT_TRUE(replica.State(absl::StrCat("records/", i % 6), absl::StrCat(i, ";")).ok());
    if (i == 60) relay1.Stop();
    if (i == 100) consumer1.Stop();
    if (i == 150) {
      ASSERT_TRUE((*postgres)->DropConnections().ok());
    }
  }
  for (int s = 0; s < 6; ++s) {
    const std::string subject = absl::StrCat("records/", s);
    const std::string expected = there1.Target(subject);
    EXPECT_TRUE(Eventually([&] { return here2.Target(subject) == expected; })) << expected << "\n is not\n"
                                                                               << here2.Target(subject);
  }
  for (Part* part : std::initializer_list<Part*>{&consumer2, &relay2}) part->Stop();
}

}  // namespace
}  // namespace amikeco::testing
