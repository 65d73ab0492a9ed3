// BareSqlite: what a command writes, written the plain way: the same rows by the same statements into the same file
// layout at the same durability, one transaction a request, without a question and without any layer of ours.
#ifndef AMIKECO_BENCH_BARE_SQLITE_H_
#define AMIKECO_BENCH_BARE_SQLITE_H_

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/store/sql_connection.h"
#include "common/store/store.h"

namespace amikeco::bench {

// All rows of one command.
struct CommandRows {
  StoredRecord record;
  std::vector<Key> keys;
  StoredEvent event;
  StoredRequest request;

  // The record, its keys, the fact and the answer that is kept.
  int count() const { return static_cast<int>(keys.size()) + 3; }
};

// The rows of the last command in the store in the file `database`, while none is under way.
absl::StatusOr<CommandRows> LastCommand(const std::string& database);

// The same rows under ids of their own, of the same lengths, for command number `number`.
CommandRows Numbered(const CommandRows& rows, int64_t number);

// Thread safe: requests take turns.
class BareSqlite {
 public:
  // Makes the tables of common/store/sql.h.
  static absl::StatusOr<std::unique_ptr<BareSqlite>> Open(const std::string& path);
  ~BareSqlite();
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  absl::Status Write(const CommandRows& rows);

 private:
  enum Statement { kRecord, kKey, kEvent, kRequest, kBegin, kCommit, kStatements };

  BareSqlite() = default;
  absl::Status Prepare();
  absl::Status Step(Statement statement, absl::Span<const SqlValue> values);

  std::mutex mutex_;
  sqlite3* database_ = nullptr;
  sqlite3_stmt* statements_[kStatements] = {};
};

// Store::Write beside it with such rows, at several numbers of callers.
void BenchStore(const CommandRows& rows);

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_SQLITE_H_
