#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"

namespace amikeco {
namespace {

TEST(Child, GivesTheExitCodeOrTheSignalThatEndedIt) {
  auto program = Child::Start({"sh", "-c", "exit 7"}, {});
  ASSERT_TRUE(program.ok());
  EXPECT_EQ((*program)->Wait(absl::Seconds(10)).value_or(-1), 7);

  program = Child::Start({"sleep", "600"}, {});
  ASSERT_TRUE(program.ok());
  EXPECT_TRUE((*program)->Running());
  (*program)->Signal(SIGTERM);
  EXPECT_EQ((*program)->Wait(absl::Seconds(10)).value_or(-1), 128 + SIGTERM);
  EXPECT_FALSE((*program)->Running());
}

TEST(TemporaryFolder, IsGoneAfterwards) {
  std::string path;
  {
    const TemporaryFolder folder("support");
    path = folder.path();
    EXPECT_TRUE(std::filesystem::create_directory(folder / "inner"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(RedisServer, ComesBackOnItsPortAfterBeingKilled) {
  auto server = RedisServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  const int port = (*server)->port();
  (*server)->Kill();
  const absl::Status restarted = (*server)->Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ((*server)->port(), port);
}

TEST(PostgresServer, KeepsWhatWasCommittedThroughACrash) {
  auto server = PostgresServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  const auto database = (*server)->NewDatabase();
  ASSERT_TRUE(database.ok()) << database.status();
  ASSERT_TRUE(PostgresServer::Execute(*database, "CREATE TABLE t AS SELECT 42 AS answer").ok());
  (*server)->Kill();
  const absl::Status restarted = (*server)->Restart();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ(PostgresServer::Execute(*database, "SELECT answer FROM t").value_or("?"), "42");
}

}  // namespace
}  // namespace amikeco
