// How a service starts, and what it refuses to start with.
#include "services/premises.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/base/status.h"
#include "tests/support/postgres.h"

namespace amikeco {
namespace {

using ::testing::HasSubstr;

config::v1::ProcessConfig Quiet() {
  config::v1::ProcessConfig config;
  config.set_log_level("warning");
  return config;
}

TEST(CheckCommon, RefusesAMovableClockWhereCallersAreNotAllOfADemo) {
  config::v1::CommonConfig config;
  config.set_programmes_dir("programmes");
  EXPECT_EQ(CheckCommon(config), absl::OkStatus());
  config.mutable_process()->set_adjustable_clock(true);
  EXPECT_THAT(std::string(CheckCommon(config).message()), HasSubstr("insecure_loopback"));
  config.mutable_server()->mutable_identity()->set_insecure_loopback(true);
  EXPECT_EQ(CheckCommon(config), absl::OkStatus());
  config.set_programmes_dir("nowhere");
  EXPECT_THAT(std::string(CheckCommon(config).message()), HasSubstr("programmes_dir: nowhere"));
}

TEST(CheckCommon, RefusesARedisThatIsNamedInTwoWays) {
  config::v1::CommonConfig config;
  config.set_programmes_dir("programmes");
  auto& redis = *config.mutable_queue()->mutable_redis();
  redis.add_sentinels("redis1:26379");
  redis.set_primary("amikeco");
  EXPECT_EQ(CheckCommon(config), absl::OkStatus());
  redis.set_host("redis1");
  EXPECT_THAT(std::string(CheckCommon(config).message()), HasSubstr("queue.redis.host: "));
}

TEST(OpenPatiently, WaitsForADatabaseThatStartsLater) {
  auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  config::v1::StoreConfig config;
  config.mutable_postgres()->set_conninfo(*(*server)->NewDatabase());
  (*server)->Stop();

  Process process(Quiet(), "test");
  std::atomic<int> tries{0};
  SetLogSink([&](absl::string_view) { ++tries; });
  absl::StatusOr<std::unique_ptr<Store>> store;
  std::thread opening([&] { store = OpenPatiently(config, process); });
  while (tries == 0) std::this_thread::yield();
  EXPECT_EQ((*server)->Restart(), absl::OkStatus());
  opening.join();
  SetLogSink(nullptr);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Check(), absl::OkStatus());
}

TEST(OpenPatiently, GivesUpWhenToldToStopAndAtOnceWhenItIsNotTheDatabase) {
  config::v1::StoreConfig config;
  config.mutable_postgres()->set_conninfo("host=127.0.0.1 port=9");
  Process process(Quiet(), "test");
  SetLogSink([&](absl::string_view) { process.RequestStop(); });
  EXPECT_TRUE(absl::IsUnavailable(OpenPatiently(config, process).status()));
  SetLogSink(nullptr);
  config.mutable_sqlite()->set_path("/nowhere/test.db");
  EXPECT_TRUE(absl::IsUnavailable(OpenPatiently(config, process).status()));
}

}  // namespace
}  // namespace amikeco
