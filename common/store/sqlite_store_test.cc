// What is SQLite's alone; what every store must do is in store_conformance_test.cc.
#include "common/store/sqlite_store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/store/sql.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

absl::Status Insert(Store& store, const std::string& id, size_t size) {
  return store.Write([&](Transaction& tx) {
    return tx.Put({"thing", id, 1, std::string(size, 'x')}, 0, {Key{"by", "x"}});
  });
}

bool Has(Store& store, const std::string& id) {
  bool found = false;
  EXPECT_EQ(store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto record, reader.Get("thing", id));
    found = record.has_value();
    return absl::OkStatus();
  }),
            absl::OkStatus());
  return found;
}

TEST(SqliteStore, RefusesAFileThatIsInUseAndSaysByWhom) {
  const TemporaryFolder folder("sqlite");
  auto first = SqliteStore::Open(folder / "test.db");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = SqliteStore::Open(folder / "test.db").status();
  EXPECT_EQ(ReasonOf(second), "STORE_IN_USE") << second;
  EXPECT_TRUE(absl::StrContains(second.message(), absl::StrCat("process ", getpid()))) << second;
  EXPECT_EQ(Insert(**first, "a", 1), absl::OkStatus());
  first->reset();
  EXPECT_TRUE(SqliteStore::Open(folder / "test.db").ok());
}

TEST(SqliteStore, SaysWhatIsWrongWithThePath) {
  const absl::Status status = SqliteStore::Open("/nowhere/test.db").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(status.message(), "/nowhere/test.db")) << status;
}

// What reads a whole table would cost more with every fact that is kept.
TEST(SqliteStore, FindsWhatEachStatementAsksForByAnIndex) {
  const TemporaryFolder folder("sqlite");
  ASSERT_TRUE(SqliteStore::Open(folder / "test.db").ok());
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "test.db").c_str(), &db), SQLITE_OK);
  for (size_t i = 0; i < kSqlCount; ++i) {
    const auto sql = static_cast<Sql>(i);
    if (sql == Sql::kSchemaVersion) continue;  // a row for each step
    sqlite3_stmt* plan = nullptr;
    ASSERT_EQ(sqlite3_prepare_v2(db, absl::StrCat("EXPLAIN QUERY PLAN ", TextOf(sql)).c_str(), -1, &plan, nullptr),
              SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
      const std::string line = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
      const bool reads = absl::StartsWith(line, "SCAN") || absl::StartsWith(line, "SEARCH");
      EXPECT_TRUE(!reads || absl::StrContains(line, "USING")) << line << ": " << TextOf(sql);
    }
    sqlite3_finalize(plan);
  }
  sqlite3_close(db);
}

TEST(SqliteStore, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder("sqlite");
  std::ofstream(folder / "test.db") << std::string(100'000, 'x');
  EXPECT_EQ(ReasonOf(SqliteStore::Open(folder / "test.db").status()), "CORRUPT_DATABASE");
}

// A limit on the size of files is to SQLite what a full disk is: writing fails.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(SqliteStore, IsUnavailableWhileTheDiskIsFullAndGoesOnAfterwards) {
  const TemporaryFolder folder("sqlite");
  auto store = SqliteStore::Open(folder / "test.db");
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ(Insert(**store, "before", 1000), absl::OkStatus());
  {
    const FullDisk full(100'000);
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        const absl::Status status = Insert(**store, absl::StrCat("big", t), 300'000);
        EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
        EXPECT_EQ(ReasonOf(status), "STORE_UNAVAILABLE");
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(Has(**store, "before"));
    EXPECT_EQ(ReasonOf((*store)->Check()), "STORE_UNAVAILABLE");
  }
  EXPECT_EQ((*store)->Check(), absl::OkStatus());
  for (int t = 0; t < 8; ++t) EXPECT_FALSE(Has(**store, absl::StrCat("big", t)));
  EXPECT_EQ(Insert(**store, "after", 300'000), absl::OkStatus());
  EXPECT_TRUE(Has(**store, "after"));
}

TEST(SqliteStore, KeepsItsLogSmallUnderALoadThatNeverPauses) {
  const TemporaryFolder folder("sqlite");
  auto store = SqliteStore::Open(folder / "test.db");
  ASSERT_TRUE(store.ok()) << store.status();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 250; ++i) EXPECT_EQ(Insert(**store, absl::StrCat(t, "-", i), 200'000), absl::OkStatus());
    });
  }
  for (auto& thread : threads) thread.join();
  const auto log = std::filesystem::file_size(folder / "test.db-wal");
  EXPECT_GT(std::filesystem::file_size(folder / "test.db"), 100'000'000u) << "nothing was copied out of the log";
  EXPECT_LT(log, 100'000'000u) << "200 MB were written";
}

TEST(SqliteStore, LetsALockOutliveTheStore) {
  const TemporaryFolder folder("sqlite");
  auto store = SqliteStore::Open(folder / "test.db");
  ASSERT_TRUE(store.ok()) << store.status();
  auto lock = (*store)->TryLock("relay");
  ASSERT_TRUE(lock.ok());
  store->reset();
  EXPECT_TRUE((*lock)->StillHeld());
}

}  // namespace
}  // namespace amikeco
