// BareSqlite: what a command writes, written the plain way: the same rows by the same statements into the same file
// layout at the same durability, one transaction a request, without a question and without any layer of ours.
#ifndef AMIKECO_BENCH_BARE_SQLITE_H_
#define AMIKECO_BENCH_BARE_SQLITE_H_

#include <sqlite3.h>

#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "bench/command_rows.h"
#include "common/store/sql_connection.h"

namespace amikeco::bench {

// Thread safe: requests take turns.
class BareSqlite {
 public:
  // Makes the tables of common/store/sql.h.
  static absl::StatusOr<std::unique_ptr<BareSqlite>> Open(const std::string& path);
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  absl::Status Write(const CommandRows& rows) { return Write(absl::MakeConstSpan(&rows, 1)); }
  // All in one transaction.
  absl::Status Write(absl::Span<const CommandRows> commands);

 private:
  enum Statement { kRecord, kKey, kEvent, kRequest, kBegin, kCommit, kStatements };

  BareSqlite() = default;
  absl::Status Prepare();
  absl::Status Insert(const CommandRows& rows);
  absl::Status Step(Statement statement, absl::Span<const SqlValue> values);

  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statements_[kStatements] = {};
};

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_SQLITE_H_
