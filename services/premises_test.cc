// How a service starts, and what it refuses to start with.
#include "services/premises.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/rpc/client.h"
#include "common/store/open.h"
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

TEST(CheckCommon, ReadsTheNamesOfCountries) {
  config::v1::CommonConfig config;
  config.set_programmes_dir("programmes");
  config.add_territories_files("data/territories.tsv");
  config.add_territories_files("data/territory_additions.tsv");
  EXPECT_EQ(CheckCommon(config), absl::OkStatus());
  config.set_territories_files(1, "README.md");
  EXPECT_THAT(std::string(CheckCommon(config).message()), HasSubstr("territories_files: README.md:"));
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
  EXPECT_EQ(ReasonOf((*store)->Check()), "SCHEMA_TOO_OLD");
  ASSERT_EQ(MigrateStore(config).status(), absl::OkStatus());
  EXPECT_EQ((*store)->Check(), absl::OkStatus());
}

// Until then it is alive, and says why it is not ready.
TEST(Premises, WaitForTheSchemaOfTheirDatabase) {
  auto postgres = PostgresServer::Start();
  ASSERT_TRUE(postgres.ok()) << postgres.status();
  const TemporaryFolder folder("premises");
  std::ofstream(folder / "kek") << std::string(64, 'a') << "\n";
  config::v1::CommonConfig config;
  config.mutable_store()->mutable_postgres()->set_conninfo(*(*postgres)->NewDatabase());
  config.mutable_server()->set_listen(absl::StrCat("127.0.0.1:", FreePort()));
  config.mutable_server()->mutable_identity()->set_insecure_loopback(true);
  config.mutable_server()->set_port_file(folder / "port");
  config.mutable_queue()->mutable_redis();
  config.set_programmes_dir("programmes");
  config.set_key_file(folder / "kek");
  std::mutex mutex;
  std::string log;
  SetLogSink([&](absl::string_view line) {
    const std::lock_guard<std::mutex> guard(mutex);
    log.append(line.data(), line.size());
  });
  size_t programmes = 0;
  std::thread service([&] { programmes = Premises(config, "matching").programmes().Latest().size(); });

  config::v1::PeerConfig peer;
  peer.set_target(config.server().listen());
  Channel channel(peer, Credentials{});
  absl::Status alive = absl::UnavailableError("");
  for (const absl::Time begin = absl::Now(); !alive.ok() && absl::Now() < begin + absl::Seconds(60);) {
    alive = CheckHealth(channel, "liveness", absl::Seconds(1));
  }
  EXPECT_EQ(alive, absl::OkStatus());
  EXPECT_FALSE(CheckHealth(channel, "readiness", absl::Seconds(5)).ok());
  const auto answer =
      channel.Call<google::rpc::ErrorInfo>("amikeco.matching.v1.MatchingService/GetHost", google::rpc::ErrorInfo());
  EXPECT_EQ(ReasonOf(answer.status()), "SCHEMA_TOO_OLD") << answer.status();
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_EQ(MigrateStore(config.store()).status(), absl::OkStatus());
  service.join();
  SetLogSink(nullptr);
  EXPECT_GT(programmes, 0u);
  EXPECT_THAT(log, HasSubstr("waits until the database has been migrated"));
  EXPECT_THAT(log, HasSubstr("store: SCHEMA_TOO_OLD: The database's schema is at step 0"));
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
