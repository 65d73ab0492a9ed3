#include "bench/command_rows.h"

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

absl::Status WriteCommand(Store& store, const CommandRows& rows) {
  return store.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.FindRequest(rows.request.actor, rows.request.request_id).status());
    AMIKECO_RETURN_IF_ERROR(tx.Get(rows.record.kind, rows.record.id).status());
    AMIKECO_RETURN_IF_ERROR(tx.Put(rows.record, 0, rows.keys));
    AMIKECO_RETURN_IF_ERROR(tx.Append(rows.event));
    return tx.SaveRequest(rows.request);
  });
}

}  // namespace amikeco::bench
