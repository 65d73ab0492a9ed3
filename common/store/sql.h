// Every SQL statement, once: the same text runs on SQLite and on PostgreSQL.
//
// Parameters are $1, $2…: bytes or 64-bit integers. All text is kept as bytes, so that it sorts as bytes and
// any value can be stored. Only the schema differs, by the few words of Dialect.
#ifndef AMIKECO_COMMON_STORE_SQL_H_
#define AMIKECO_COMMON_STORE_SQL_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace amikeco {

enum class Sql {
  kGetRecord,
  kGetKeys,
  kInsertRecord,
  kUpdateRecord,
  kDeleteRecord,
  kInsertKey,
  kDeleteKey,
  kScan,
  kScanBelow,
  kInsertEvent,
  kHistory,
  kEventsAfter,
  kLastEvent,
  kUnnumberedEvents,
  kNumberEvent,
  kMarkHandled,
  kFindRequest,
  kSaveRequest,
  kSweepRequests,
  kSweepInbox,
  kSchemaVersion,
  kCount,
};
inline constexpr size_t kSqlCount = static_cast<size_t>(Sql::kCount);

const char* TextOf(Sql sql);

// The words in which the two databases' schemas differ.
struct Dialect {
  absl::string_view bytes;      // type of a column of bytes
  absl::string_view sequence;   // type and key of a column that counts up
  absl::string_view clustered;  // ends a table that is kept in its primary key's order
  absl::string_view updated;    // ends a table whose rows are updated often
};
inline constexpr Dialect kSqliteDialect{"BLOB", "INTEGER PRIMARY KEY", "WITHOUT ROWID", ""};
// Free space in a page lets PostgreSQL update a row without touching its indexes.
inline constexpr Dialect kPostgresDialect{"BYTEA", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "",
                                          "WITH (fillfactor = 80)"};

// The steps of the schema's history, each a list of statements; they only ever add. A database that has made
// n steps is at version n. Step 1 makes the tables; a new release may append steps and must not change one.
const std::vector<std::string>& SchemaSteps();
// The statements of a step in one database's words.
std::string SchemaStep(size_t step, const Dialect& dialect);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_SQL_H_
