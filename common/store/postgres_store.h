// PostgresStore: the shared store, for any number of processes.
#ifndef AMIKECO_COMMON_STORE_POSTGRES_STORE_H_
#define AMIKECO_COMMON_STORE_POSTGRES_STORE_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "amikeco/config/v1/config.pb.h"
#include "common/store/last_write.h"
#include "common/store/postgres_connection.h"
#include "common/store/store.h"

namespace amikeco {

// Transactions are REPEATABLE READ: a change of what another transaction changed since the snapshot loses the
// race and runs again. A record that was only read is not guarded: an invariant lives inside one record.
//
// A connection that turns out to be gone (a failover) is replaced and the body run again, unless the commit
// was under way: then nobody knows, and it is UNAVAILABLE. The request_id makes sending the command again
// safe.
class PostgresStore final : public Store {
 public:
  // Connects. While the schema is older than this program needs every call is UNAVAILABLE (SCHEMA_TOO_OLD); a newer one
  // will do, since schemas only grow.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const config::v1::StoreConfig::Postgres& config);
  // As MigrateStore (open.h).
  static absl::StatusOr<std::string> Migrate(const config::v1::StoreConfig::Postgres& config);

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override;
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override;
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override;
  absl::Status Check() override;
  void OnEvents(std::function<void()> wake) override { wake_ = std::move(wake); }

 private:
  class AdvisoryLock;
  // A connection from the pool, for one transaction.
  struct Lease {
    std::unique_ptr<PostgresConnection> connection;
    bool used_before = false;
  };
  // What one run of a transaction came to.
  struct Outcome {
    absl::Status status;
    bool lost_before_commit = false;
  };
  using Run = absl::FunctionRef<Outcome(PostgresConnection&)>;

  explicit PostgresStore(const config::v1::StoreConfig::Postgres& config);
  absl::StatusOr<Lease> Take(absl::Time deadline);
  absl::Status Prepare(PostgresConnection& connection);
  void Return(std::unique_ptr<PostgresConnection> connection);
  void DropIdle();
  absl::Status OnConnection(absl::Time deadline, Run run);
  Outcome WriteOnce(PostgresConnection& connection, absl::FunctionRef<absl::Status(Transaction& tx)> body);

  const config::v1::StoreConfig::Postgres config_;
  const int most_;
  std::function<void()> wake_;
  LastWrite last_write_;
  std::atomic<bool> schema_fits_{false};  // once it does it always will

  std::mutex mutex_;  // guards what follows
  std::condition_variable returned_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  int open_ = 0;

  // Kept by TryLock when somebody else has the lock: who waits for one asks often.
  std::mutex seeker_mutex_;
  std::unique_ptr<PostgresConnection> seeker_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_POSTGRES_STORE_H_
