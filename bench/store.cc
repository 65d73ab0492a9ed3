// A durable command's rows through Store::Write, beside the plain way to write the same rows in one transaction a
// request: on SQLite, where the store groups waiting transactions into one commit, and on PostgreSQL.
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/backends.h"
#include "bench/bare_postgres.h"
#include "bench/bare_sqlite.h"
#include "bench/harness.h"
#include "bench/matching.h"
#include "common/store/open.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"

namespace amikeco::bench {
namespace {

constexpr absl::Duration kLength = absl::Milliseconds(700);
constexpr int kConnections = 16;

using Write = std::function<absl::Status(const CommandRows&)>;

// Commands per second of each way in turn, by way and run.
std::vector<std::vector<double>> InTurn(int callers, const CommandRows& rows, const std::vector<Write>& ways) {
  static std::atomic<int64_t> number{0};
  std::vector<std::vector<double>> rates(ways.size());
  for (int run = 0; run < kRuns; ++run) {
    for (size_t way = 0; way < ways.size(); ++way) {
      rates[way].push_back(Rate(callers, kLength, [&](int) { return ways[way](Numbered(rows, ++number)); }));
    }
  }
  return rates;
}

void BenchSqlite(const CommandRows& rows) {
  const TemporaryFolder folder("bench");
  const std::unique_ptr<Store> store = OrDie(OpenStore(SqliteAt(folder / "store.db")));
  const std::unique_ptr<BareSqlite> bare = OrDie(BareSqlite::Open(folder / "bare.db"));
  for (const int callers : {1, 8, 32, 128}) {
    const auto rates = InTurn(callers, rows,
                              {[&](const CommandRows& next) { return bare->Write(next); },
                               [&](const CommandRows& next) { return WriteCommand(*store, next); }});
    Print(absl::StrCat("store_write_sqlite_", callers, "_callers_", rows.count(), "_rows"), "commands/s", rates[1],
          rates[0], true);
  }
}

// Beside libpq that asks the same questions, so that only our layers differ; and beside libpq that asks nothing and so
// could not tell a command that is sent again.
void BenchPostgres(const CommandRows& rows) {
  const std::unique_ptr<PostgresServer> server = OrDie(PostgresServer::Start());
  const std::string ours = NewDatabase(*server), plain = NewDatabase(*server);
  const std::unique_ptr<Store> store = OrDie(OpenStore(PostgresAt(ours, kConnections)));
  const std::unique_ptr<BarePostgres> bare = OrDie(BarePostgres::Open(plain, kConnections));
  for (const int callers : {1, kConnections, 4 * kConnections}) {
    const auto rates = InTurn(callers, rows,
                              {[&](const CommandRows& next) { return bare->AskAndWrite(next); },
                               [&](const CommandRows& next) { return bare->Write(next); },
                               [&](const CommandRows& next) { return WriteCommand(*store, next); }});
    const std::string name = absl::StrCat("store_write_postgres_", callers, "_callers_", rows.count(), "_rows");
    Print(name, "commands/s", rates[2], rates[0], true);
    Print(absl::StrCat(name, "_beside_no_questions"), "commands/s", rates[2], rates[1], true);
  }
}

}  // namespace

void BenchStores() {
  const CommandRows rows = RowsOfRegisterHost();
  BenchSqlite(rows);
  BenchPostgres(rows);
}

}  // namespace amikeco::bench
