// SqliteConnection: one connection to an SQLite file, with its prepared statements.
#ifndef AMIKECO_COMMON_STORE_SQLITE_CONNECTION_H_
#define AMIKECO_COMMON_STORE_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <array>
#include <memory>
#include <string>

#include "common/store/sql_connection.h"

namespace amikeco {

// Used by one thread at a time. Statements are prepared when they are first used, and kept.
class SqliteConnection final : public SqlConnection {
 public:
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  absl::Status Query(Sql sql, absl::Span<const SqlValue> values, absl::FunctionRef<void(const SqlRow&)> row) override;
  absl::StatusOr<int64_t> Change(Sql sql, absl::Span<const SqlValue> values) override;
  absl::Status Queue(Sql sql, absl::Span<const SqlValue> values) override;

  // Runs statements without parameters, which are not kept.
  absl::Status Run(const char* text);
  // Steps of a transaction; prepared once.
  absl::Status BeginRead() { return RunKept(kBeginRead); }
  absl::Status BeginWrite() { return RunKept(kBeginWrite); }
  absl::Status Commit() { return RunKept(kCommit); }
  absl::Status Savepoint() { return RunKept(kSavepoint); }
  absl::Status Release() { return RunKept(kRelease); }
  // Undoes what was done since Savepoint. UNAVAILABLE when SQLite has rolled back everything by itself.
  absl::Status RollbackToSavepoint();
  void Rollback();

  sqlite3* handle() { return db_; }

 private:
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    std::array<int, 8> index{};  // SQLite's number of $1, $2…
  };
  enum Step { kBeginRead, kBeginWrite, kCommit, kRollback, kSavepoint, kRollbackTo, kRelease, kSteps };

  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  absl::StatusOr<sqlite3_stmt*> Bind(Sql sql, absl::Span<const SqlValue> values);
  absl::Status RunKept(Step step);
  absl::Status Failure(int code);

  sqlite3* db_;
  std::array<Statement, kSqlCount> statements_{};
  std::array<sqlite3_stmt*, kSteps> steps_{};
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_SQLITE_CONNECTION_H_
