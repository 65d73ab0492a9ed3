// BarePostgres: what a command writes, written the plain way: the same rows by the same prepared statements in one
// transaction a request, pipelined, on a pool of connections, without any layer of ours.
#ifndef AMIKECO_BENCH_BARE_POSTGRES_H_
#define AMIKECO_BENCH_BARE_POSTGRES_H_

#include <libpq-fe.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/command_rows.h"

namespace amikeco::bench {

// Thread safe: requests wait for a connection.
class BarePostgres {
 public:
  // The tables must be there.
  static absl::StatusOr<std::unique_ptr<BarePostgres>> Open(const std::string& conninfo, int connections);
  ~BarePostgres();
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  // All in one round trip.
  absl::Status Write(const CommandRows& rows) { return Run(rows, /*asks=*/false); }
  // Asks first, one after the other, whether the request and the record are there: three round trips.
  absl::Status AskAndWrite(const CommandRows& rows) { return Run(rows, /*asks=*/true); }

 private:
  BarePostgres() = default;
  absl::Status Run(const CommandRows& rows, bool asks);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<PGconn*> all_, idle_;
};

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BARE_POSTGRES_H_
