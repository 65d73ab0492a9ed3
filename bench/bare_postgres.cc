#include "bench/bare_postgres.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/store/key_list.h"
#include "common/store/sql_connection.h"

namespace amikeco::bench {
namespace {

constexpr Sql kUsed[] = {Sql::kFindRequest,  Sql::kGetRecord,   Sql::kInsertKey,
                         Sql::kInsertRecord, Sql::kInsertEvent, Sql::kSaveRequest};
constexpr int kBinary = 1;
constexpr int kMostValues = 8;

std::string NameOf(Sql sql) { return absl::StrCat("bare_", static_cast<int>(sql)); }

absl::Status Wrong(PGconn* connection) { return absl::UnavailableError(PQerrorMessage(connection)); }

bool Send(PGconn* connection, Sql sql, absl::Span<const SqlValue> values) {
  std::array<std::array<char, 8>, kMostValues> numbers;
  std::array<const char*, kMostValues> bytes;
  std::array<int, kMostValues> sizes, formats;
  for (size_t i = 0; i < values.size(); ++i) {
    for (int b = 0; b < 8; ++b) numbers[i][b] = static_cast<char>(values[i].number >> (56 - 8 * b));
    bytes[i] = values[i].is_number ? numbers[i].data() : values[i].bytes.data();
    sizes[i] = values[i].is_number ? 8 : static_cast<int>(values[i].bytes.size());
    formats[i] = kBinary;
  }
  return PQsendQueryPrepared(connection, NameOf(sql).c_str(), static_cast<int>(values.size()), bytes.data(),
                             sizes.data(), formats.data(), kBinary) == 1;
}

bool Send(PGconn* connection, const char* text) {
  return PQsendQueryParams(connection, text, 0, nullptr, nullptr, nullptr, nullptr, kBinary) == 1;
}

// The answers to the next `count` statements.
bool Receive(PGconn* connection, int count) {
  for (; count > 0; --count) {
    PGresult* const result = PQgetResult(connection);
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return false;
    PQclear(PQgetResult(connection));  // the null that ends it
  }
  return true;
}

bool Sync(PGconn* connection, int count) {
  if (PQpipelineSync(connection) != 1 || !Receive(connection, count)) return false;
  PGresult* const end = PQgetResult(connection);
  const bool synced = PQresultStatus(end) == PGRES_PIPELINE_SYNC;
  PQclear(end);
  return synced;
}

// Sends a question together with what waits, `count` statements in all, and waits for the answer.
bool Ask(PGconn* connection, Sql sql, absl::Span<const SqlValue> values, int count) {
  return Send(connection, sql, values) && PQsendFlushRequest(connection) == 1 && Receive(connection, count);
}

bool Command(PGconn* connection, const CommandRows& rows, bool asks) {
  const StoredRecord& record = rows.record;
  const StoredRequest& request = rows.request;
  int sent = 1;
  if (!Send(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ")) return false;
  if (asks) {
    if (!Ask(connection, Sql::kFindRequest, {request.actor, request.request_id}, 2)) return false;
    if (!Ask(connection, Sql::kGetRecord, {record.kind, record.id}, 1)) return false;
    sent = 0;
  }
  for (const Key& key : rows.keys) {
    ++sent;
    if (!Send(connection, Sql::kInsertKey,
              {record.kind, key.name, key.value, record.id, static_cast<int64_t>(key.unique)})) {
      return false;
    }
  }
  const std::string list = EncodeKeys(rows.keys);
  return Send(connection, Sql::kInsertRecord, {record.kind, record.id, record.version, list, record.body}) &&
         Send(connection, Sql::kInsertEvent,
              {rows.event.id, rows.event.subject, rows.event.subject_version, rows.event.body}) &&
         Send(connection, Sql::kSaveRequest,
              {request.actor, request.request_id, request.method, request.fingerprint, request.response,
               absl::ToUnixMicros(request.expires_at)}) &&
         Send(connection, "COMMIT") && Sync(connection, sent + 4);
}

bool Prepare(PGconn* connection) {
  if (PQenterPipelineMode(connection) != 1) return false;
  for (const Sql sql : kUsed) {
    if (PQsendPrepare(connection, NameOf(sql).c_str(), TextOf(sql), 0, nullptr) != 1) return false;
  }
  return Sync(connection, static_cast<int>(std::size(kUsed)));
}

}  // namespace

absl::StatusOr<std::unique_ptr<BarePostgres>> BarePostgres::Open(const std::string& conninfo, int connections) {
  std::unique_ptr<BarePostgres> bare(new BarePostgres());
  for (int i = 0; i < connections; ++i) {
    PGconn* const connection = bare->all_.emplace_back(PQconnectdb(conninfo.c_str()));
    if (PQstatus(connection) != CONNECTION_OK || !Prepare(connection)) return Wrong(connection);
  }
  bare->idle_ = bare->all_;
  return bare;
}

BarePostgres::~BarePostgres() {
  for (PGconn* connection : all_) PQfinish(connection);
}

absl::Status BarePostgres::Run(const CommandRows& rows, bool asks) {
  std::unique_lock<std::mutex> guard(mutex_);
  returned_.wait(guard, [this] { return !idle_.empty(); });
  PGconn* const connection = idle_.back();
  idle_.pop_back();
  guard.unlock();
  const bool done = Command(connection, rows, asks);
  guard.lock();
  idle_.push_back(connection);
  returned_.notify_one();
  return done ? absl::OkStatus() : Wrong(connection);
}

}  // namespace amikeco::bench
