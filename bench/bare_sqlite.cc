#include "bench/bare_sqlite.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/store/key_list.h"
#include "common/store/sqlite_connection.h"

namespace amikeco::bench {
namespace {

// `text` with its last characters replaced by the number, its length as before.
std::string WithNumber(const std::string& text, int64_t number) {
  const std::string digits = absl::StrFormat("%08d", number);
  return text.size() <= digits.size() ? digits : text.substr(0, text.size() - digits.size()) + digits;
}

constexpr const char* kLastRows[] = {
    "SELECT id, subject, subject_version, body FROM event ORDER BY seq DESC LIMIT 1",
    "SELECT kind, id, version, key_list, body FROM record ORDER BY rowid DESC LIMIT 1",
    "SELECT actor, request_id, method, fingerprint, response FROM request ORDER BY rowid DESC LIMIT 1",
};

// The columns of the one row that `sql` gives.
absl::StatusOr<std::vector<std::string>> RowOf(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> columns;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
      columns.emplace_back(bytes == nullptr ? "" : bytes, static_cast<size_t>(sqlite3_column_bytes(statement, i)));
    }
  }
  sqlite3_finalize(statement);
  if (columns.empty()) return absl::UnavailableError(absl::StrCat("no row: ", sql));
  return columns;
}

}  // namespace

absl::StatusOr<CommandRows> LastCommand(const std::string& database) {
  AMIKECO_ASSIGN_OR_RETURN(const auto connection, SqliteConnection::Open(database));
  AMIKECO_ASSIGN_OR_RETURN(const auto event, RowOf(connection->handle(), kLastRows[0]));
  AMIKECO_ASSIGN_OR_RETURN(const auto record, RowOf(connection->handle(), kLastRows[1]));
  AMIKECO_ASSIGN_OR_RETURN(const auto request, RowOf(connection->handle(), kLastRows[2]));
  CommandRows rows;
  rows.event = {0, event[0], event[1], 1, event[3]};
  rows.record = {record[0], record[1], 1, record[4]};
  if (!DecodeKeys(record[3], rows.keys)) return CorruptKeys(record[0], record[1]);
  rows.request = {request[0], request[1], request[2], request[3], request[4], absl::Now() + absl::Hours(24)};
  return rows;
}

CommandRows Numbered(const CommandRows& rows, int64_t number) {
  CommandRows next = rows;
  next.record.id = WithNumber(rows.record.id, number);
  const std::vector<std::pair<std::string, std::string>> ids = {{rows.record.id, next.record.id}};
  next.record.body = absl::StrReplaceAll(rows.record.body, ids);
  for (Key& key : next.keys) key.value = absl::StrReplaceAll(key.value, ids);
  next.event.id = WithNumber(rows.event.id, number);
  next.event.subject = WithNumber(rows.event.subject, number);
  next.event.body = absl::StrReplaceAll(rows.event.body, ids);
  next.request.request_id = WithNumber(rows.request.request_id, number);
  next.request.response = absl::StrReplaceAll(rows.request.response, ids);
  return next;
}

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

absl::Status BareSqlite::Write(const CommandRows& rows) {
  const StoredRecord& record = rows.record;
  const StoredRequest& request = rows.request;
  const std::string list = EncodeKeys(rows.keys);
  const std::lock_guard<std::mutex> guard(mutex_);
  AMIKECO_RETURN_IF_ERROR(Step(kBegin, {}));
  for (const Key& key : rows.keys) {
    AMIKECO_RETURN_IF_ERROR(
        Step(kKey, {record.kind, key.name, key.value, record.id, static_cast<int64_t>(key.unique)}));
  }
  AMIKECO_RETURN_IF_ERROR(Step(kRecord, {record.kind, record.id, record.version, list, record.body}));
  AMIKECO_RETURN_IF_ERROR(
      Step(kEvent, {rows.event.id, rows.event.subject, rows.event.subject_version, rows.event.body}));
  AMIKECO_RETURN_IF_ERROR(Step(kRequest, {request.actor, request.request_id, request.method, request.fingerprint,
                                          request.response, absl::ToUnixMicros(request.expires_at)}));
  return Step(kCommit, {});
}

}  // namespace amikeco::bench
