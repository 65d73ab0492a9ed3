#include "common/store/postgres_connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/steady.h"
#include "common/config/textproto.h"
#include "common/store/errors.h"
#include "common/store/retry.h"

namespace amikeco {
namespace {

constexpr int kBinary = 1;
constexpr int kMostValues = 8;

// Every statement looks up an index: plans for parallel workers or compiled ones come from wrong guesses, and cost 20
// times the query. A lock that a machine held which is gone must not be held for the two hours that TCP would wait by
// itself. And what a client that has gone was waiting for (its deadline passed) ends within a second, also behind a
// lock.
constexpr char kSession[] =
    "SET client_min_messages = warning; SET statement_timeout = '10s'; SET "
    "idle_in_transaction_session_timeout = '30s';"
    "SET client_connection_check_interval = '1s'; SET max_parallel_workers_per_gather = 0; SET jit = off;"
    "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = "
    "'off'";

// libpq waits 2 s at least, and for each address that a name has.
constexpr absl::Duration kLeastToConnect = absl::Seconds(2);
constexpr absl::Duration kMostToConnect = absl::Seconds(5);
// To roll back, once the time is over: a connection that still answers is worth keeping.
constexpr absl::Duration kGrace = absl::Seconds(1);

std::string NameOf(Sql sql) { return absl::StrCat("amikeco_", static_cast<int>(sql)); }

void WriteNumber(int64_t number, char* bytes) {
  const auto bits = static_cast<uint64_t>(number);
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(bits >> (56 - 8 * i));
}

class PostgresRow final : public SqlRow {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}
  int64_t Number(int column) const override {
    uint64_t bits = 0;
    for (const char byte : Bytes(column)) bits = bits << 8 | static_cast<unsigned char>(byte);
    return static_cast<int64_t>(bits);
  }
  absl::string_view Bytes(int column) const override {
    return {PQgetvalue(result_, row_, column), static_cast<size_t>(PQgetlength(result_, row_, column))};
  }

 private:
  const PGresult* result_;
  int row_;
};

absl::StatusOr<std::string> PasswordOf(const config::v1::StoreConfig::Postgres& config) {
  if (config.password_file().empty()) return std::string();
  auto password = ReadSecretFile(config.password_file());
  if (password.ok()) return password;
  return InsideError(errors::kStoreUnavailable, absl::StrCat("password_file: ", password.status().message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const config::v1::StoreConfig::Postgres& config, absl::Time deadline) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string password, PasswordOf(config));
  const absl::Duration wait = std::clamp(deadline - SteadyNow(), kLeastToConnect, kMostToConnect);
  const std::string seconds = absl::StrCat(absl::ToInt64Seconds(wait));
  // Later ones win, so that conninfo may name other values than the first ones; an empty password is none.
  const std::array<const char*, 7> names{
      "application_name", "tcp_user_timeout", "client_encoding", "dbname", "connect_timeout", "password", nullptr};
  const std::array<const char*, 7> values{"amikeco",       "15000",
                                          "UTF8",          config.conninfo().c_str(),
                                          seconds.c_str(), password.empty() ? nullptr : password.c_str(),
                                          nullptr};
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(PQconnectdbParams(names.data(), values.data(), /*expand_dbname=*/1), deadline));
  if (PQstatus(connection->connection_) != CONNECTION_OK || PQsetnonblocking(connection->connection_, 1) != 0) {
    return connection->Lost();
  }
  PQsetNoticeProcessor(
      connection->connection_, [](void*, const char*) {}, nullptr);
  AMIKECO_RETURN_IF_ERROR(connection->Run(kSession).status());
  return connection;
}

PostgresConnection::~PostgresConnection() {
  // A good-bye must not wait for a server that does not read it.
  if (broken_ && PQsocket(connection_) >= 0) shutdown(PQsocket(connection_), SHUT_RDWR);
  PQfinish(connection_);
}

absl::Status PostgresConnection::Lost() {
  broken_ = true;
  return InsideError(errors::kStoreUnavailable,
                     absl::StrCat("PostgreSQL: ", absl::StripAsciiWhitespace(PQerrorMessage(connection_))));
}

absl::Status PostgresConnection::Failure(const PGresult* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) return Lost();
  const absl::string_view code = state;
  const std::string sentence =
      absl::StrCat("PostgreSQL: ", PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), " (", code, ").");
  if (code == "40001" || code == "40P01" || code == "23505") return InsideError(errors::kLostRace, sentence);
  if (code == "57014") return InsideError(errors::kStoreTimeout, sentence);
  // Being shut down, cut off, timed out idle, or turned into a replica that only reads: this connection is
  // done with.
  if (absl::StartsWith(code, "08") || absl::StartsWith(code, "57P") || absl::StartsWith(code, "25P03") ||
      code == "25006") {
    broken_ = true;
    return InsideError(errors::kStoreUnavailable, sentence);
  }
  if (absl::StartsWith(code, "53") || absl::StartsWith(code, "58"))
    return InsideError(errors::kStoreUnavailable, sentence);
  if (code == "XX001" || code == "XX002") return InsideError(errors::kCorruptDatabase, sentence);
  return InsideError(errors::kBadStoreUse, sentence);
}

absl::StatusOr<std::string> PostgresConnection::Run(const std::string& text) {
  if (PQsendQuery(connection_, text.c_str()) != 1) return Lost();
  absl::Status failure;
  std::string first;
  for (;;) {
    AMIKECO_RETURN_IF_ERROR(Await());
    const Result result(PQgetResult(connection_));
    if (result == nullptr) break;  // each statement of the text has a result, and one that fails is the last
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) failure = Failure(result.get());
    first = PQntuples(result.get()) == 0 ? std::string() : std::string(PQgetvalue(result.get(), 0, 0));
  }
  if (!failure.ok()) return failure;
  return first;
}

absl::Status PostgresConnection::Await() {
  while (PQisBusy(connection_) == 1) {
    const int unsent = PQflush(connection_);
    if (unsent < 0) return Lost();
    pollfd socket{PQsocket(connection_), static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    const absl::Duration left = std::clamp(deadline_ - SteadyNow(), absl::ZeroDuration(), absl::Minutes(1));
    const int ready = poll(&socket, 1, static_cast<int>(left / absl::Milliseconds(1)) + 1);
    if (ready < 0 && errno != EINTR) return Lost();
    if (ready == 0 && SteadyNow() >= deadline_) {
      broken_ = true;
      return TimedOut("PostgreSQL");
    }
    if (ready > 0 && socket.revents != POLLOUT && PQconsumeInput(connection_) != 1) return Lost();
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Prepare() {
  if (PQenterPipelineMode(connection_) != 1) return Lost();
  for (size_t i = 0; i < kSqlCount; ++i) {
    const Sql sql = static_cast<Sql>(i);
    if (PQsendPrepare(connection_, NameOf(sql).c_str(), TextOf(sql), 0, nullptr) != 1) return Lost();
    awaited_.push_back(Awaited::kStatement);
  }
  AMIKECO_RETURN_IF_ERROR(SendSync());
  return Receive().status();
}

absl::Status PostgresConnection::Send(const char* text) {
  if (PQsendQueryParams(connection_, text, 0, nullptr, nullptr, nullptr, nullptr, kBinary) != 1) return Lost();
  awaited_.push_back(Awaited::kStatement);
  return absl::OkStatus();
}

absl::Status PostgresConnection::SendPrepared(Sql sql, absl::Span<const SqlValue> values) {
  std::array<std::array<char, 8>, kMostValues> numbers;
  std::array<const char*, kMostValues> bytes;
  std::array<int, kMostValues> sizes;
  std::array<int, kMostValues> formats;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_number) WriteNumber(values[i].number, numbers[i].data());
    bytes[i] = values[i].is_number ? numbers[i].data() : values[i].bytes.data();
    sizes[i] = values[i].is_number ? 8 : static_cast<int>(values[i].bytes.size());
    formats[i] = kBinary;
  }
  if (PQsendQueryPrepared(connection_, NameOf(sql).c_str(), static_cast<int>(values.size()), bytes.data(), sizes.data(),
                          formats.data(), kBinary) != 1) {
    return Lost();
  }
  awaited_.push_back(Awaited::kStatement);
  return absl::OkStatus();
}

absl::Status PostgresConnection::SendSync() {
  if (PQpipelineSync(connection_) != 1) return Lost();
  awaited_.push_back(Awaited::kSync);
  return absl::OkStatus();
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::Receive() {
  Result last;
  absl::Status failure;
  for (; !awaited_.empty(); awaited_.pop_front()) {
    AMIKECO_RETURN_IF_ERROR(Await());
    Result result(PQgetResult(connection_));
    if (result == nullptr) return Lost();
    const ExecStatusType status = PQresultStatus(result.get());
    if (awaited_.front() == Awaited::kSync) {
      if (status != PGRES_PIPELINE_SYNC) return Lost();
      failed_ = false;
      continue;
    }
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      if (failure.ok()) failure = Failure(result.get());
      failed_ = true;
      if (!alive()) {
        // The server answers in order: if it said good-bye to an earlier statement, it never came to the COMMIT, which
        // is the last one and has a sync behind it.
        const bool from_server = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE) != nullptr;
        if (from_server && awaited_.size() > 2) in_doubt_ = false;
        return failure;
      }
    }
    last = std::move(result);
    if (const Result end(PQgetResult(connection_)); end != nullptr) return Lost();  // each answer ends with a null
  }
  if (!failure.ok()) return failure;
  return last;
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::Ask(Sql sql, absl::Span<const SqlValue> values) {
  AMIKECO_RETURN_IF_ERROR(SendPrepared(sql, values));
  if (PQsendFlushRequest(connection_) != 1) return Lost();
  return Receive();
}

absl::Status PostgresConnection::Begin(const char* text) {
  in_doubt_ = false;
  // What the last transaction left unread has long arrived; it can only say that the connection is gone.
  if (auto left = Receive(); !left.ok() && !alive()) return left.status();
  return Send(text);
}

absl::Status PostgresConnection::Query(Sql sql, absl::Span<const SqlValue> values,
                                       absl::FunctionRef<void(const SqlRow&)> row) {
  AMIKECO_ASSIGN_OR_RETURN(const Result result, Ask(sql, values));
  for (int i = 0; i < PQntuples(result.get()); ++i) row(PostgresRow(result.get(), i));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> PostgresConnection::Change(Sql sql, absl::Span<const SqlValue> values) {
  AMIKECO_ASSIGN_OR_RETURN(const Result result, Ask(sql, values));
  int64_t rows = 0;
  if (!absl::SimpleAtoi(PQcmdTuples(result.get()), &rows)) {
    return InsideError(errors::kBadStoreUse, "PostgreSQL did not say how many rows changed.");
  }
  return rows;
}

absl::Status PostgresConnection::Queue(Sql sql, absl::Span<const SqlValue> values) { return SendPrepared(sql, values); }

absl::Status PostgresConnection::Commit() {
  if (!alive()) return Lost();
  if (SteadyNow() >= deadline_) return TimedOut("the transaction's body");
  in_doubt_ = true;
  AMIKECO_RETURN_IF_ERROR(Send("COMMIT"));
  AMIKECO_RETURN_IF_ERROR(SendSync());
  AMIKECO_ASSIGN_OR_RETURN(const Result result, Receive());
  if (absl::string_view(PQcmdStatus(const_cast<PGresult*>(result.get()))) == "COMMIT") return absl::OkStatus();
  return InsideError(errors::kBadStoreUse, "PostgreSQL rolled back what was to be committed.");
}

void PostgresConnection::Rollback() {
  if (!alive()) return;
  deadline_ = std::max(deadline_, SteadyNow() + kGrace);
  // A queued change may fail, and the server then skips what follows up to a sync: the ROLLBACK must be
  // behind one.
  if (failed_ || !awaited_.empty()) {
    if (!SendSync().ok()) return;
    (void)Receive();
    if (!alive()) return;
  }
  if (Send("ROLLBACK").ok()) (void)SendSync();
}

}  // namespace amikeco
