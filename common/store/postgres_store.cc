#include "common/store/postgres_store.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/deadline.h"
#include "common/base/hash.h"
#include "common/base/steady.h"
#include "common/store/errors.h"
#include "common/store/retry.h"
#include "common/store/sql_transaction.h"

namespace amikeco {
namespace {

constexpr int kConnections = 16;
// Any number, as long as all processes that migrate one database use the same.
constexpr int64_t kMigrationLock = 0x616d696b65636f;

// Advisory locks have numbers for names.
int64_t NumberOf(absl::string_view name) { return static_cast<int64_t>(Fnv1a(name)); }

absl::StatusOr<size_t> StepOf(PostgresConnection& connection) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string exists, connection.Run("SELECT to_regclass('schema_version')"));
  if (exists.empty()) return 0;
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, connection.Run(TextOf(Sql::kSchemaVersion)));
  size_t step = 0;
  if (!absl::SimpleAtoi(text, &step)) return InsideError(errors::kBadStoreUse, "schema_version holds no number.");
  return step;
}

absl::Status TooOld(size_t step) {
  return InsideError(errors::kSchemaTooOld, absl::StrCat("The database's schema is at step ", step, " of ",
                                                         SchemaSteps().size(), "; run the program with --migrate."));
}

}  // namespace

class PostgresStore::AdvisoryLock final : public Store::Lock {
 public:
  explicit AdvisoryLock(std::unique_ptr<PostgresConnection> connection) : connection_(std::move(connection)) {}
  bool StillHeld() override {
    connection_->set_deadline(CallDeadline());
    return connection_->Run("SELECT 1").ok();
  }

 private:
  std::unique_ptr<PostgresConnection> connection_;  // PostgreSQL drops the lock with it
};

PostgresStore::PostgresStore(const config::v1::StoreConfig::Postgres& config)
    : config_(config), most_(config.connections() > 0 ? config.connections() : kConnections) {}

absl::StatusOr<std::unique_ptr<Store>> PostgresStore::Open(const config::v1::StoreConfig::Postgres& config) {
  std::unique_ptr<PostgresStore> store(new PostgresStore(config));
  AMIKECO_RETURN_IF_ERROR(PostgresConnection::Open(config, CallDeadline()).status());
  return store;
}

absl::StatusOr<std::string> PostgresStore::Migrate(const config::v1::StoreConfig::Postgres& config) {
  AMIKECO_ASSIGN_OR_RETURN(auto connection, PostgresConnection::Open(config, absl::InfiniteFuture()));
  // The lock before the transaction: one that began earlier would not see the tables made while it waited. It goes with
  // the connection. Who waits for it waits as long as the other one works.
  AMIKECO_RETURN_IF_ERROR(connection->Run("SET statement_timeout = 0").status());
  AMIKECO_RETURN_IF_ERROR(connection->Run(absl::StrCat("SELECT pg_advisory_lock(", kMigrationLock, ")")).status());
  AMIKECO_RETURN_IF_ERROR(connection->Run("BEGIN").status());
  AMIKECO_ASSIGN_OR_RETURN(const size_t found, StepOf(*connection));
  if (found >= SchemaSteps().size()) return absl::StrCat("The schema is at step ", found, " already.");
  AMIKECO_RETURN_IF_ERROR(
      connection->Run("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)").status());
  for (size_t step = found; step < SchemaSteps().size(); ++step) {
    AMIKECO_RETURN_IF_ERROR(connection->Run(SchemaStep(step, kPostgresDialect)).status());
    AMIKECO_RETURN_IF_ERROR(
        connection->Run(absl::StrCat("INSERT INTO schema_version (version) VALUES (", step + 1, ")")).status());
  }
  AMIKECO_RETURN_IF_ERROR(connection->Run("COMMIT").status());
  return absl::StrCat("The schema was brought from step ", found, " to step ", SchemaSteps().size(), ".");
}

// Statements cannot be prepared on tables that are not there.
absl::Status PostgresStore::Prepare(PostgresConnection& connection) {
  if (!schema_fits_) {
    AMIKECO_ASSIGN_OR_RETURN(const size_t step, StepOf(connection));
    if (step < SchemaSteps().size()) return TooOld(step);
    schema_fits_ = true;
  }
  return connection.Prepare();
}

absl::StatusOr<PostgresStore::Lease> PostgresStore::Take(absl::Time deadline) {
  {
    std::unique_lock<std::mutex> guard(mutex_);
    const auto free = [this] { return !idle_.empty() || open_ < most_; };
    if (!free() && !returned_.wait_for(guard, absl::ToChronoNanoseconds(deadline - SteadyNow()), free)) {
      return TimedOut(absl::StrCat("one of ", most_, " connections, which are all in use"));
    }
    if (!idle_.empty()) {
      Lease lease{std::move(idle_.back()), true};
      idle_.pop_back();
      lease.connection->set_deadline(deadline);
      return lease;
    }
    ++open_;
  }
  auto opened = PostgresConnection::Open(config_, deadline);
  const absl::Status status = opened.ok() ? Prepare(**opened) : opened.status();
  if (status.ok()) return Lease{*std::move(opened), false};
  Return(nullptr);
  return status;
}

void PostgresStore::Return(std::unique_ptr<PostgresConnection> connection) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (connection != nullptr && connection->alive()) {
    idle_.push_back(std::move(connection));
  } else {
    --open_;
  }
  returned_.notify_one();
}

void PostgresStore::DropIdle() {
  const std::lock_guard<std::mutex> guard(mutex_);
  open_ -= static_cast<int>(idle_.size());
  idle_.clear();
  returned_.notify_all();
}

absl::Status PostgresStore::OnConnection(absl::Time deadline, Run run) {
  // Others put connections back all the time, and those may be cut as well: the pool alone does not bound this.
  for (int round = 0;; ++round) {
    AMIKECO_ASSIGN_OR_RETURN(Lease lease, Take(deadline));
    if (SteadyNow() >= deadline) {
      Return(std::move(lease.connection));  // others can use it
      return TimedOut("a connection");
    }
    const Outcome outcome = run(*lease.connection);
    Return(std::move(lease.connection));
    if (!outcome.lost_before_commit || !lease.used_before || round == most_ || SteadyNow() >= deadline) {
      return outcome.status;
    }
    // When one connection of the pool is gone, the others probably are too. The next one is new and tells.
    DropIdle();
  }
}

PostgresStore::Outcome PostgresStore::WriteOnce(PostgresConnection& connection,
                                                absl::FunctionRef<absl::Status(Transaction& tx)> body) {
  absl::Status status = connection.BeginWrite();
  SqlTransaction tx(connection);
  if (status.ok()) status = tx.Run(body);
  if (status.ok()) status = connection.Commit();
  const bool lost = !connection.alive() && !connection.in_doubt();
  if (!status.ok()) {
    connection.Rollback();
  } else if (tx.appended() && wake_) {
    wake_();
  }
  return {status, lost};
}

absl::Status PostgresStore::Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) {
  const absl::Time deadline = CallDeadline();
  return last_write_.Note(RetryLostRaces(deadline, [&] {
    return OnConnection(deadline, [&](PostgresConnection& connection) { return WriteOnce(connection, body); });
  }));
}

absl::Status PostgresStore::Read(absl::FunctionRef<absl::Status(Reader& reader)> body) {
  return OnConnection(CallDeadline(), [&](PostgresConnection& connection) -> Outcome {
    absl::Status status = connection.BeginRead();
    SqlTransaction reader(connection);
    if (status.ok()) status = reader.Run(body);
    connection.Rollback();
    return {status, !connection.alive()};
  });
}

absl::StatusOr<std::unique_ptr<Store::Lock>> PostgresStore::TryLock(absl::string_view name) {
  const std::lock_guard<std::mutex> guard(seeker_mutex_);
  std::unique_ptr<PostgresConnection> connection = std::move(seeker_);
  if (connection == nullptr || !connection->alive()) {
    AMIKECO_ASSIGN_OR_RETURN(connection, PostgresConnection::Open(config_, CallDeadline()));
  }
  connection->set_deadline(CallDeadline());
  AMIKECO_ASSIGN_OR_RETURN(const std::string got,
                           connection->Run(absl::StrCat("SELECT pg_try_advisory_lock(", NumberOf(name), ")")));
  if (got == "t") return std::make_unique<AdvisoryLock>(std::move(connection));
  seeker_ = std::move(connection);
  return std::unique_ptr<Lock>();
}

absl::Status PostgresStore::Check() {
  const DeadlineScope within(SteadyNow() + kCheckPatience);
  size_t step = 0;
  AMIKECO_RETURN_IF_ERROR(OnConnection(CallDeadline(), [&](PostgresConnection& connection) -> Outcome {
    absl::Status status = connection.BeginRead();
    if (status.ok()) {
      status = connection.Query(Sql::kSchemaVersion, {},
                                [&](const SqlRow& row) { step = static_cast<size_t>(row.Number(0)); });
    }
    connection.Rollback();
    return {status, !connection.alive()};
  }));
  return step < SchemaSteps().size() ? TooOld(step) : last_write_.Check(*this);
}

}  // namespace amikeco
