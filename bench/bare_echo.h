// BareEcho: the baseline. A generated callback service, and, when given rows, one plain SQLite transaction a request
// with those rows (bare_sqlite.h).
#ifndef AMIKECO_BENCH_BARE_ECHO_H_
#define AMIKECO_BENCH_BARE_ECHO_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "bench/bare_sqlite.h"

namespace amikeco::bench {

class BareEcho {
 public:
  // Writes `rows`, under ids of their own, for each request; without rows there is no database.
  static absl::StatusOr<std::unique_ptr<BareEcho>> Start(const std::string& database, std::optional<CommandRows> rows);
  virtual ~BareEcho() = default;
  // "127.0.0.1:port".
  virtual std::string target() const = 0;
};

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_ECHO_H_
