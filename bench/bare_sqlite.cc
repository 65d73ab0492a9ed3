#include "bench/bare_sqlite.h"

#include "absl/time/time.h"
#include "common/base/status.h"
#include "common/store/key_list.h"

namespace amikeco::bench {

absl::StatusOr<std::unique_ptr<BareSqlite>> BareSqlite::Open(const std::string& path) {
  std::unique_ptr<BareSqlite> bare(new BareSqlite());
  if (sqlite3_open(path.c_str(), &bare->database_) != SQLITE_OK) return absl::UnavailableError(path);
  AMIKECO_RETURN_IF_ERROR(bare->Prepare());
  return bare;
}

absl::Status BareSqlite::Prepare() {
  // The store's own settings; its checkpoints come at this many pages too.
  std::string schema =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; PRAGMA cache_size = -32768;";
  for (size_t step = 0; step < SchemaSteps().size(); ++step) schema += SchemaStep(step, kSqliteDialect);
  if (sqlite3_exec(database_, schema.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return absl::UnavailableError(sqlite3_errmsg(database_));
  }
  const char* texts[kStatements] = {TextOf(Sql::kInsertRecord), TextOf(Sql::kInsertKey), TextOf(Sql::kInsertEvent),
                                    TextOf(Sql::kSaveRequest),  "BEGIN IMMEDIATE",       "COMMIT"};
  for (int i = 0; i < kStatements; ++i) {
    if (sqlite3_prepare_v3(database_, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &statements_[i], nullptr) != SQLITE_OK) {
      return absl::UnavailableError(sqlite3_errmsg(database_));
    }
  }
  return absl::OkStatus();
}

BareSqlite::~BareSqlite() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close(database_);
}

absl::Status BareSqlite::Step(Statement which, absl::Span<const SqlValue> values) {
  sqlite3_stmt* statement = statements_[which];
  for (size_t i = 0; i < values.size(); ++i) {
    // The statements that are used here name their parameters in the order in which they meet them.
    const int index = static_cast<int>(i) + 1;
    if (values[i].is_number) {
      sqlite3_bind_int64(statement, index, values[i].number);
    } else {
      sqlite3_bind_blob64(statement, index, values[i].bytes.data(), values[i].bytes.size(), SQLITE_STATIC);
    }
  }
  const int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? absl::OkStatus() : absl::UnavailableError(sqlite3_errmsg(database_));
}

absl::Status BareSqlite::Insert(const CommandRows& rows) {
  const StoredRecord& record = rows.record;
  const StoredRequest& request = rows.request;
  for (const Key& key : rows.keys) {
    AMIKECO_RETURN_IF_ERROR(
        Step(kKey, {record.kind, key.name, key.value, record.id, static_cast<int64_t>(key.unique)}));
  }
  const std::string list = EncodeKeys(rows.keys);
  AMIKECO_RETURN_IF_ERROR(Step(kRecord, {record.kind, record.id, record.version, list, record.body}));
  AMIKECO_RETURN_IF_ERROR(
      Step(kEvent, {rows.event.id, rows.event.subject, rows.event.subject_version, rows.event.body}));
  return Step(kRequest, {request.actor, request.request_id, request.method, request.fingerprint, request.response,
                         absl::ToUnixMicros(request.expires_at)});
}

absl::Status BareSqlite::Write(absl::Span<const CommandRows> commands) {
  const std::lock_guard<std::mutex> guard(mutex_);
  AMIKECO_RETURN_IF_ERROR(Step(kBegin, {}));
  for (const CommandRows& rows : commands) AMIKECO_RETURN_IF_ERROR(Insert(rows));
  return Step(kCommit, {});
}

}  // namespace amikeco::bench
