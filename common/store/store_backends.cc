#include "common/store/store_backends.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "common/base/status.h"
#include "common/store/open.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"

namespace amikeco {
namespace {

class SqliteBackend final : public StoreBackend {
 public:
  absl::StatusOr<std::unique_ptr<Store>> Open() override {
    config::v1::StoreConfig config;
    config.mutable_sqlite()->set_path(folder_ / "test.db");
    return OpenStore(config);
  }

  absl::Status Execute(const std::string& sql) override {
    sqlite3* db = nullptr;
    const bool done = sqlite3_open((folder_ / "test.db").c_str(), &db) == SQLITE_OK &&
                      sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    const std::string message = sqlite3_errmsg(db);
    sqlite3_close(db);
    return done ? absl::OkStatus() : absl::InternalError(message);
  }

 private:
  TemporaryFolder folder_{"store"};
};

class PostgresBackend final : public StoreBackend {
 public:
  explicit PostgresBackend(std::string conninfo) : conninfo_(std::move(conninfo)) {}

  absl::StatusOr<std::unique_ptr<Store>> Open() override {
    config::v1::StoreConfig config;
    config.mutable_postgres()->set_conninfo(conninfo_);
    AMIKECO_RETURN_IF_ERROR(MigrateStore(config).status());
    return OpenStore(config);
  }

  absl::Status Execute(const std::string& sql) override { return PostgresServer::Execute(conninfo_, sql).status(); }

 private:
  std::string conninfo_;
};

// Stopped when the tests have ended.
std::unique_ptr<PostgresServer>& SharedServer() {
  static std::unique_ptr<PostgresServer> server;
  return server;
}

class StopServer final : public ::testing::Environment {
 public:
  void TearDown() override { SharedServer().reset(); }
};

const auto* const kStopServer = ::testing::AddGlobalTestEnvironment(new StopServer);

}  // namespace

std::unique_ptr<StoreBackend> NewSqlite() { return std::make_unique<SqliteBackend>(); }

std::unique_ptr<StoreBackend> NewPostgres() {
  if (SharedServer() == nullptr) {
    auto started = PostgresServer::Start();
    EXPECT_TRUE(started.ok()) << started.status();
    if (!started.ok()) return nullptr;
    SharedServer() = *std::move(started);
  }
  const auto conninfo = SharedServer()->NewDatabase();
  EXPECT_TRUE(conninfo.ok()) << conninfo.status();
  if (!conninfo.ok()) return nullptr;
  return std::make_unique<PostgresBackend>(*conninfo);
}

}  // namespace amikeco
