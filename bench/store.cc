// A durable command's rows through Store::Write on SQLite, which groups waiting transactions into one commit, beside
// plain SQLite that writes the same rows in one transaction a request.
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/bare_sqlite.h"
#include "bench/harness.h"
#include "common/store/open.h"
#include "tests/support/child.h"

namespace amikeco::bench {
namespace {

constexpr absl::Duration kLength = absl::Milliseconds(700);

// What the call chain asks, and what it writes.
absl::Status Command(Store& store, const CommandRows& rows) {
  return store.Write([&](Transaction& tx) {
    if (auto before = tx.FindRequest(rows.request.actor, rows.request.request_id); !before.ok()) return before.status();
    if (auto record = tx.Get(rows.record.kind, rows.record.id); !record.ok()) return record.status();
    if (absl::Status status = tx.Put(rows.record, 0, rows.keys); !status.ok()) return status;
    if (absl::Status status = tx.Append(rows.event); !status.ok()) return status;
    return tx.SaveRequest(rows.request);
  });
}

}  // namespace

void BenchStore(const CommandRows& rows) {
  const TemporaryFolder folder("bench");
  config::v1::StoreConfig config;
  config.mutable_sqlite()->set_path(folder / "store.db");
  const std::unique_ptr<Store> store = OrDie(OpenStore(config));
  const std::unique_ptr<BareSqlite> bare = OrDie(BareSqlite::Open(folder / "bare.db"));
  std::atomic<int64_t> number{0};
  for (const int callers : {1, 8, 32, 128}) {
    std::vector<double> ours, plain;
    for (int run = 0; run < kRuns; ++run) {
      plain.push_back(Rate(callers, kLength, [&](int) { return bare->Write(Numbered(rows, ++number)); }));
      ours.push_back(Rate(callers, kLength, [&](int) { return Command(*store, Numbered(rows, ++number)); }));
    }
    Print(absl::StrCat("store_write_sqlite_", callers, "_callers_", rows.count(), "_rows"), "commands/s", ours, plain,
          true);
  }
}

}  // namespace amikeco::bench
