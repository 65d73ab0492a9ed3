// BareEcho: the baseline. A generated callback service, and, when asked for rows, one SQLite transaction a request with
// as many rows, at the same durability (WAL, synchronous=FULL).
#ifndef AMIKECO_BENCH_BARE_ECHO_H_
#define AMIKECO_BENCH_BARE_ECHO_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace amikeco::bench {

class BareEcho {
 public:
  // `rows` rows of `row_bytes` bytes a request; 0: none, and no database.
  static absl::StatusOr<std::unique_ptr<BareEcho>> Start(const std::string& database, int rows, int row_bytes);
  virtual ~BareEcho() = default;
  // "127.0.0.1:port".
  virtual std::string target() const = 0;
};

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_ECHO_H_
