#include "common/store/sqlite_connection.h"

#include "absl/strings/str_cat.h"
#include "common/store/errors.h"

namespace amikeco {
namespace {

class SqliteRow final : public SqlRow {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
  int64_t Number(int column) const override { return sqlite3_column_int64(statement_, column); }
  absl::string_view Bytes(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

// A statement that was stepped holds its transaction open until it is reset.
struct ResetAtEnd {
  ~ResetAtEnd() { sqlite3_reset(statement); }
  sqlite3_stmt* statement;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path) {
  sqlite3* db = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
  if (code != SQLITE_OK) return connection->Failure(code);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 5000);
  // FULL: with NORMAL, commits survive kill -9 but not a power cut. Checkpoints are SqliteStore's to run. What is
  // erased is overwritten, because it may be a person's key. Reads map the file, the first 2 GB of it, which is the
  // most that SQLite maps: among a million records a page of 50 takes 0.6 of the time. A disk that fails under a
  // mapping ends the process.
  AMIKECO_RETURN_IF_ERROR(
      connection->Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                      "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768; PRAGMA "
                      "journal_size_limit = 67108864; PRAGMA mmap_size = 2147418112"));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (const Statement& statement : statements_) sqlite3_finalize(statement.handle);
  for (sqlite3_stmt* step : steps_) sqlite3_finalize(step);
  sqlite3_close(db_);
}

absl::Status SqliteConnection::Failure(int code) {
  const std::string sentence = absl::StrCat("SQLite: ", db_ == nullptr ? "out of memory" : sqlite3_errmsg(db_), " (",
                                            db_ == nullptr ? code : sqlite3_extended_errcode(db_), ").");
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
      return InsideError(errors::kLostRace, sentence);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return InsideError(errors::kCorruptDatabase, sentence);
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
      return InsideError(errors::kBadStoreUse, sentence);
    default:  // full, failing, locked, read-only, out of memory…
      return InsideError(errors::kStoreUnavailable, sentence);
  }
}

absl::StatusOr<sqlite3_stmt*> SqliteConnection::Bind(Sql sql, absl::Span<const SqlValue> values) {
  Statement& statement = statements_[static_cast<size_t>(sql)];
  if (statement.handle == nullptr) {
    const int code = sqlite3_prepare_v3(db_, TextOf(sql), -1, SQLITE_PREPARE_PERSISTENT, &statement.handle, nullptr);
    if (code != SQLITE_OK) return Failure(code);
    // SQLite numbers parameters in the order in which they are met, not by their names.
    for (size_t i = 0; i < statement.index.size(); ++i) {
      statement.index[i] = sqlite3_bind_parameter_index(statement.handle, absl::StrCat("$", i + 1).c_str());
    }
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const SqlValue& value = values[i];
    const int code = value.is_number ? sqlite3_bind_int64(statement.handle, statement.index[i], value.number)
                                     : sqlite3_bind_blob64(statement.handle, statement.index[i], value.bytes.data(),
                                                           value.bytes.size(), SQLITE_STATIC);
    if (code != SQLITE_OK) return Failure(code);
  }
  return statement.handle;
}

absl::Status SqliteConnection::Query(Sql sql, absl::Span<const SqlValue> values,
                                     absl::FunctionRef<void(const SqlRow&)> row) {
  AMIKECO_ASSIGN_OR_RETURN(sqlite3_stmt * statement, Bind(sql, values));
  const ResetAtEnd reset{statement};
  const SqliteRow view(statement);
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) row(view);
  return code == SQLITE_DONE ? absl::OkStatus() : Failure(code);
}

absl::StatusOr<int64_t> SqliteConnection::Change(Sql sql, absl::Span<const SqlValue> values) {
  AMIKECO_RETURN_IF_ERROR(Queue(sql, values));
  return sqlite3_changes64(db_);
}

absl::Status SqliteConnection::Queue(Sql sql, absl::Span<const SqlValue> values) {
  AMIKECO_ASSIGN_OR_RETURN(sqlite3_stmt * statement, Bind(sql, values));
  const ResetAtEnd reset{statement};
  const int code = sqlite3_step(statement);
  return code == SQLITE_DONE ? absl::OkStatus() : Failure(code);
}

absl::Status SqliteConnection::Run(const char* text) {
  const int code = sqlite3_exec(db_, text, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Failure(code);
}

absl::Status SqliteConnection::RunKept(Step step) {
  static constexpr const char* kTexts[] = {
      "BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "SAVEPOINT member", "ROLLBACK TO member", "RELEASE member"};
  sqlite3_stmt*& statement = steps_[step];
  if (statement == nullptr) {
    const int code = sqlite3_prepare_v3(db_, kTexts[step], -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return Failure(code);
  }
  const ResetAtEnd reset{statement};
  const int code = sqlite3_step(statement);
  return code == SQLITE_DONE ? absl::OkStatus() : Failure(code);
}

absl::Status SqliteConnection::RollbackToSavepoint() {
  // After some errors (disk full, I/O) SQLite rolls back the whole transaction by itself.
  if (sqlite3_get_autocommit(db_) != 0) {
    return InsideError(errors::kStoreUnavailable, "SQLite gave up the transaction; nothing of it was kept.");
  }
  AMIKECO_RETURN_IF_ERROR(RunKept(kRollbackTo));
  return RunKept(kRelease);
}

void SqliteConnection::Rollback() {
  if (sqlite3_get_autocommit(db_) == 0) (void)RunKept(kRollback);
}

}  // namespace amikeco
