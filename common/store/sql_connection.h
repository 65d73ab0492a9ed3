// SqlConnection: what a database must be able to do for SqlTransaction to work on it.
#ifndef AMIKECO_COMMON_STORE_SQL_CONNECTION_H_
#define AMIKECO_COMMON_STORE_SQL_CONNECTION_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/store/sql.h"

namespace amikeco {

// A parameter of a statement. Bytes are not copied.
struct SqlValue {
  SqlValue(int64_t value) : is_number(true), number(value) {}  // NOLINT: meant to convert
  SqlValue(absl::string_view value) : bytes(value.data() ? value : absl::string_view("")) {}  // NOLINT: same
  SqlValue(const std::string& value) : bytes(value) {}                                        // NOLINT: same

  bool is_number = false;
  int64_t number = 0;
  absl::string_view bytes = "";
};

// A row of an answer; columns count from 0.
class SqlRow {
 public:
  virtual ~SqlRow() = default;
  virtual int64_t Number(int column) const = 0;
  virtual absl::string_view Bytes(int column) const = 0;  // valid until the next row
};

// A connection in a transaction, used by one thread at a time. Errors: LOST_RACE when another transaction was
// first (also when a row of the same primary key is there), else those of common/store/errors.h. After an
// error the transaction can only be rolled back.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  // Shows each row of the answer to `row`.
  virtual absl::Status Query(Sql sql, absl::Span<const SqlValue> values,
                             absl::FunctionRef<void(const SqlRow&)> row) = 0;
  // Makes a change and says how many rows it touched.
  virtual absl::StatusOr<int64_t> Change(Sql sql, absl::Span<const SqlValue> values) = 0;
  // Makes a change now or later, but before the next Query, Change or commit, which then returns the change's
  // error.
  virtual absl::Status Queue(Sql sql, absl::Span<const SqlValue> values) = 0;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_SQL_CONNECTION_H_
