// The network between the product and its Redis and PostgreSQL is cut, stalls, is late, loses answers and closes
// halves.
#include <atomic>
#include <iostream>

#include "common/store/open.h"
#include "tests/chaos/commits.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/postgres.h"

namespace amikeco::chaos {
namespace {

// Commands that are answered between two faults of PostgreSQL, however long that takes.
constexpr int64_t kBetweenFaults = 50;

class Network : public Commits {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Commits::SetUp());
    auto to_redis = FaultProxy::Start(absl::StrCat("127.0.0.1:", redis_->port()));
    ASSERT_TRUE(to_redis.ok()) << to_redis.status();
    to_redis_ = *std::move(to_redis);
    UseRedisAt(to_redis_->port());
    auto postgres = PostgresServer::Start();
    ASSERT_TRUE(postgres.ok()) << postgres.status();
    postgres_ = *std::move(postgres);
    auto to_postgres = FaultProxy::Start(postgres_->socket());
    ASSERT_TRUE(to_postgres.ok()) << to_postgres.status();
    to_postgres_ = *std::move(to_postgres);
  }
  void EndFaults() override {
    to_redis_->Set(FaultProxy::Fault::kNone);
    to_postgres_->Set(FaultProxy::Fault::kNone);
  }
  int64_t faults() const { return to_redis_->played() + to_postgres_->played(); }

  // A fresh database, reached through the proxy.
  absl::StatusOr<std::unique_ptr<Store>> OpenThroughProxy() {
    AMIKECO_ASSIGN_OR_RETURN(const std::string direct, postgres_->NewDatabase());
    config::v1::StoreConfig config;
    config.mutable_postgres()->set_conninfo(
        absl::StrCat(direct, " host=127.0.0.1 sslmode=disable port=", to_postgres_->port()));
    AMIKECO_RETURN_IF_ERROR(MigrateStore(config).status());
    return OpenStore(config);
  }

  std::atomic<int64_t> answered_{0};  // commands
  std::unique_ptr<PostgresServer> postgres_;
  std::unique_ptr<FaultProxy> to_redis_;
  std::unique_ptr<FaultProxy> to_postgres_;
};

TEST_F(Network, FaultsLoseNothingAndDoNothingTwice) {
  const int64_t wanted = RunSize(20, 1000);
  auto store = OpenThroughProxy();
  ASSERT_TRUE(store.ok()) << store.status();
  const AdjustableClock clock = AdjustableClock::Frozen(testing::StartOfStory());
  std::atomic<int64_t> commands{0};
  std::atomic<int64_t> in_doubt{0};
  to_redis_->Play(TestSeed());
  to_postgres_->Play(TestSeed() + 1, [this, next = int64_t{kBetweenFaults}]() mutable {
    if (answered_ < next) return false;
    next = answered_ + kBetweenFaults;
    return true;
  });
  Run(**store, {}, {}, [&](Store& to, int writer) {
    for (int64_t i = 0; faults() < wanted; ++i) {
      const Command command{absl::StrCat(writer, "-", i), absl::StrCat("counters/", dice_.Below(Subjects())), ""};
      history_.Call(command.id, command.subject, command.id);
      for (++commands; !Send(to, clock, command, history_).ok(); absl::SleepFor(absl::Milliseconds(10))) ++in_doubt;
      ++answered_;
      absl::SleepFor(absl::Milliseconds(dice_.Below(20)));
    }
    EndFaults();  // the other writers' last commands come to their end
  });
  std::cout << commands << " commands, " << in_doubt << " without an answer, under " << faults() << " faults"
            << std::endl;
}

}  // namespace
}  // namespace amikeco::chaos
