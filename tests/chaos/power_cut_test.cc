// Cuts the power under a store that eight callers and a relay write into: what was acknowledged is there afterwards,
// once, the database is whole and the audit chain verifies.
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/chaos/counters.h"
#include "tests/chaos/dice.h"
#include "tests/chaos/power_cut_vfs.h"
#include "tests/support/seed.h"

namespace amikeco::chaos {
namespace {

using ::testing::IsEmpty;

constexpr int kCallers = 8;
// So many cuts fall on the same database, one after the other.
constexpr int kCutsADatabase = 10;

void WriteOn(Store& store, const std::string& name, int padding, History& history) {
  const SystemClock clock;
  for (int i = 0;; ++i) {
    const Command command{absl::StrCat(name, "-", i), absl::StrCat("counters/", name, "-", i / 5),
                          std::string(static_cast<size_t>(padding), 'x')};
    history.Call(command.id, command.subject, command.id);
    if (!Send(store, clock, command, history).ok()) std::abort();
  }
}

// The process whose power is cut: writes as fast as it can, and does not come back.
[[noreturn]] void WriteUntilTheLightsGoOut(const std::string& database, const std::string& path, uint64_t seed) {
  InstallPowerCutVfs();
  Dice dice(seed);
  History history(path);
  auto store = SqliteStore::Open(database);
  if (!store.ok()) std::abort();
  // Large facts make the log long enough for checkpoints.
  const int padding = dice.Happens(0.3) ? 20'000 : 20;
  std::vector<std::thread> threads;
  for (int caller = 0; caller < kCallers; ++caller) {
    threads.emplace_back([&, name = absl::StrCat(seed, "-", caller)] { WriteOn(**store, name, padding, history); });
  }
  threads.emplace_back([&] {
    while (true) (void)(*store)->Write([](Transaction& tx) { return tx.NumberEvents(64).status(); });
  });
  absl::SleepFor(absl::Microseconds(1000 + dice.Below(padding > 1000 ? 400'000 : 60'000)));
  history.Close();
  CutPower(seed);
}

std::string IntegrityOf(const std::string& database) {
  sqlite3* db = nullptr;
  std::string answer;
  sqlite3_open(database.c_str(), &db);
  sqlite3_exec(
      db, "PRAGMA integrity_check",
      [](void* to, int, char** values, char**) {
        static_cast<std::string*>(to)->append(values[0]);
        return 0;
      },
      &answer, nullptr);
  sqlite3_close(db);
  return answer;
}

// Where each database was cut many times; the number of facts that were found in the end.
void CutAndLook(uint64_t seed) {
  const TemporaryFolder folder("power-cut");
  const std::string database = folder / "store.db", found_path = folder / "history";
  for (uint64_t cut = 0; cut < kCutsADatabase; ++cut) {
    const pid_t child = fork();
    if (child == 0) WriteUntilTheLightsGoOut(database, found_path, seed + cut);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 99) << "it did not live until the cut: " << status;
    ASSERT_EQ(IntegrityOf(database), "ok");
  }
  History history(found_path);
  auto store = SqliteStore::Open(database);
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status found = WriteFound(**store, "applicant", history);
  ASSERT_TRUE(found.ok()) << found;
  EXPECT_THAT(FaultsIn(history), IsEmpty());
}

TEST(PowerCut, LosesNothingThatWasAcknowledged) {
  const uint64_t first = TestSeed();
  const auto cuts = static_cast<uint64_t>(RunSize(200, 5000));
  for (uint64_t seed = first; seed < first + cuts; seed += kCutsADatabase) {
    SCOPED_TRACE(absl::StrCat("AMIKECO_TEST_SEED=", seed));
    CutAndLook(seed);
    if (::testing::Test::HasFailure()) return;
  }
  std::cout << cuts << " power cuts, seeds " << first << " to " << first + cuts - 1 << std::endl;
}

// What the disk would do to a store that does not wait for it: else the test above would prove little.
TEST(PowerCut, IsNoticedByAStoreThatDoesNotSync) {
  const TemporaryFolder folder("power-cut");
  const std::string database = folder / "store.db";
  const pid_t child = fork();
  if (child == 0) {
    InstallPowerCutVfs();
    sqlite3* db = nullptr;
    sqlite3_open(database.c_str(), &db);
    sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE t (x)", nullptr, nullptr,
                 nullptr);
    for (int i = 0; i < 10; ++i) sqlite3_exec(db, "INSERT INTO t VALUES (1)", nullptr, nullptr, nullptr);
    _exit(99);  // no sector of what was not synced is on the disk
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(database.c_str(), &db), SQLITE_OK);
  int rows = 0;
  sqlite3_exec(
      db, "SELECT * FROM t",
      [](void* to, int, char**, char**) {
        ++*static_cast<int*>(to);
        return 0;
      },
      &rows, nullptr);
  sqlite3_close(db);
  EXPECT_LT(rows, 10);
}

}  // namespace
}  // namespace amikeco::chaos
