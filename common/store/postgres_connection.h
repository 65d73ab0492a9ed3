// PostgresConnection: one connection to PostgreSQL, in pipeline mode, with its prepared statements.
#ifndef AMIKECO_COMMON_STORE_POSTGRES_CONNECTION_H_
#define AMIKECO_COMMON_STORE_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <deque>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/store/sql_connection.h"

namespace amikeco {

// Used by one thread at a time. What needs no answer (BEGIN, queued changes) travels with the next statement
// that does, and COMMIT with the last changes: a command costs a round trip for each question it asks, and
// one to commit.
//
// Waits for nothing beyond the deadline it was last given: then it is DEADLINE_EXCEEDED, and the connection is dropped,
// for the answer may come at any time. (Connecting takes up to 2 s more, the least that libpq knows.)
class PostgresConnection final : public SqlConnection {
 public:
  // Connects and sets the session up. Run may be used until Prepare was.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Open(const config::v1::StoreConfig::Postgres& config,
                                                                  absl::Time deadline);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  void set_deadline(absl::Time deadline) { deadline_ = deadline; }
  // Runs statements without parameters and waits; the first column of the first row, "" when there is none.
  absl::StatusOr<std::string> Run(const std::string& text);
  // Prepares all statements, for which the schema must be there. From now on there are transactions alone.
  absl::Status Prepare();

  // The rest may be used after Prepare.
  absl::Status BeginRead() { return Begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); }
  absl::Status BeginWrite() { return Begin("BEGIN ISOLATION LEVEL REPEATABLE READ"); }
  absl::Status Query(Sql sql, absl::Span<const SqlValue> values, absl::FunctionRef<void(const SqlRow&)> row) override;
  absl::StatusOr<int64_t> Change(Sql sql, absl::Span<const SqlValue> values) override;
  absl::Status Queue(Sql sql, absl::Span<const SqlValue> values) override;
  absl::Status Commit();
  // Ends a transaction that is to change nothing. Does not wait for the answer, if none of it matters.
  void Rollback();

  // Whether, with the connection gone, the last transaction may have been committed all the same.
  bool in_doubt() const { return in_doubt_; }
  // False once the connection cannot be used any more.
  bool alive() const { return !broken_ && PQstatus(connection_) == CONNECTION_OK; }

 private:
  enum class Awaited { kStatement, kSync };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;

  PostgresConnection(PGconn* connection, absl::Time deadline) : connection_(connection), deadline_(deadline) {}
  absl::Status Begin(const char* text);
  absl::Status Send(const char* text);
  absl::Status SendPrepared(Sql sql, absl::Span<const SqlValue> values);
  absl::Status SendSync();
  // Waits until the next result can be had at once.
  absl::Status Await();
  // Reads the answers to all that was sent: the last statement's, or the first error.
  absl::StatusOr<Result> Receive();
  absl::StatusOr<Result> Ask(Sql sql, absl::Span<const SqlValue> values);
  absl::Status Failure(const PGresult* result);
  absl::Status Lost();

  PGconn* connection_;
  absl::Time deadline_;
  std::deque<Awaited> awaited_;  // what was sent and not answered yet
  bool failed_ = false;          // a statement failed: the server skips everything up to the next sync
  bool broken_ = false;
  bool in_doubt_ = false;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_POSTGRES_CONNECTION_H_
