// PostgresTest: a test with a database of its own, on a PostgreSQL that the tests of a suite share.
#ifndef AMIKECO_TESTS_SUPPORT_POSTGRES_FIXTURE_H_
#define AMIKECO_TESTS_SUPPORT_POSTGRES_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/store/postgres_store.h"
#include "tests/support/postgres.h"

namespace amikeco {

// Makes the record things/`id`.
inline absl::Status Insert(Store& store, const std::string& id) {
  return store.Write([&](Transaction& tx) { return tx.Put({"thing", id, 1, "x"}, 0, {Key{"by", "x"}}); });
}

inline absl::StatusOr<bool> Has(Store& store, const std::string& id) {
  bool found = false;
  AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto record, reader.Get("thing", id));
    found = record.has_value();
    return absl::OkStatus();
  }));
  return found;
}

class PostgresTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = PostgresServer::Start();
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = started->release();
  }
  static void TearDownTestSuite() { delete std::exchange(server_, nullptr); }

  void SetUp() override {
    ASSERT_NE(server_, nullptr);
    const auto made = server_->NewDatabase();
    ASSERT_TRUE(made.ok()) << made.status();
    config_.set_conninfo(*made);
    ASSERT_EQ(PostgresStore::Migrate(config_).status(), absl::OkStatus());
  }

  std::unique_ptr<Store> Open() {
    auto opened = PostgresStore::Open(config_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  static inline PostgresServer* server_ = nullptr;
  config::v1::StoreConfig::Postgres config_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_POSTGRES_FIXTURE_H_
