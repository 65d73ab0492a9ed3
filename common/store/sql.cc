#include "common/store/sql.h"

#include "absl/strings/str_replace.h"

namespace amikeco {

const char* TextOf(Sql sql) {
  switch (sql) {
    case Sql::kGetRecord:
      return "SELECT version, key_list, body FROM record WHERE kind = $1 AND id = $2";
    case Sql::kGetKeys:
      return "SELECT version, key_list FROM record WHERE kind = $1 AND id = $2";
    case Sql::kInsertRecord:
      return "INSERT INTO record (kind, id, version, key_list, body) VALUES ($1, $2, $3, $4, $5)";
    case Sql::kUpdateRecord:
      return "UPDATE record SET version = $3, key_list = $4, body = $5"
             " WHERE kind = $1 AND id = $2 AND version = $6";
    case Sql::kDeleteRecord:
      return "DELETE FROM record WHERE kind = $1 AND id = $2 AND version = $3";
    case Sql::kInsertKey:
      return "INSERT INTO record_key (kind, name, value, id, is_unique) VALUES ($1, $2, $3, $4, $5)"
             " ON CONFLICT DO NOTHING";
    case Sql::kDeleteKey:
      return "DELETE FROM record_key WHERE kind = $1 AND name = $2 AND value = $3 AND id = $4";
    case Sql::kScan:
      return "SELECT k.value, k.id, r.version, r.body"
             " FROM record_key k JOIN record r ON r.kind = k.kind AND r.id = k.id"
             " WHERE k.kind = $1 AND k.name = $2 AND (k.value, k.id) > ($3, $4)"
             " ORDER BY k.value, k.id LIMIT $5";
    case Sql::kScanBelow:
      return "SELECT k.value, k.id, r.version, r.body"
             " FROM record_key k JOIN record r ON r.kind = k.kind AND r.id = k.id"
             " WHERE k.kind = $1 AND k.name = $2 AND (k.value, k.id) > ($3, $4) AND k.value < $6"
             " ORDER BY k.value, k.id LIMIT $5";
    case Sql::kInsertEvent:
      return "INSERT INTO event (id, subject, subject_version, body) VALUES ($1, $2, $3, $4)";
    case Sql::kHistory:
      return "SELECT coalesce(number, 0), id, subject, subject_version, body, coalesce(link, '') FROM event"
             " WHERE subject = $1 AND subject_version > $2 ORDER BY subject_version LIMIT $3";
    case Sql::kEventsAfter:
      return "SELECT number, id, subject, subject_version, body, coalesce(link, '') FROM event"
             " WHERE number > $1 ORDER BY number LIMIT $2";
    case Sql::kLastEvent:
      return "SELECT number, id, subject, subject_version, body, coalesce(link, '') FROM event"
             " WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1";
    case Sql::kUnnumberedEvents:
      return "SELECT (SELECT coalesce(max(number), 0) FROM event WHERE number IS NOT NULL),"
             " id, subject, subject_version, body,"
             " (SELECT coalesce(link, '') FROM event WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1),"
             " seq FROM event WHERE number IS NULL ORDER BY seq LIMIT $1";
    case Sql::kNumberEvent:
      return "UPDATE event SET number = $2, link = $3 WHERE seq = $1";
    case Sql::kMarkHandled:
      return "INSERT INTO inbox (consumer, event_id, handled_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    case Sql::kFindRequest:
      return "SELECT method, fingerprint, response, expires_at FROM request WHERE actor = $1 AND request_id "
             "= $2";
    case Sql::kSaveRequest:
      return "INSERT INTO request (actor, request_id, method, fingerprint, response, expires_at)"
             " VALUES ($1, $2, $3, $4, $5, $6)";
    case Sql::kSweepRequests:
      return "DELETE FROM request WHERE (actor, request_id) IN"
             " (SELECT actor, request_id FROM request WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
    case Sql::kSweepInbox:
      return "DELETE FROM inbox WHERE (consumer, event_id) IN"
             " (SELECT consumer, event_id FROM inbox WHERE handled_at < $1 ORDER BY handled_at LIMIT $2)";
    case Sql::kSchemaVersion:
      return "SELECT coalesce(max(version), 0) FROM schema_version";
    case Sql::kCount:
      break;
  }
  return "";
}

const std::vector<std::string>& SchemaSteps() {
  static const auto* const steps = new std::vector<std::string>{R"sql(
CREATE TABLE record (
  kind {bytes} NOT NULL,
  id {bytes} NOT NULL,
  version BIGINT NOT NULL,
  key_list {bytes} NOT NULL,
  body {bytes} NOT NULL,
  PRIMARY KEY (kind, id)
) {updated};

CREATE TABLE record_key (
  kind {bytes} NOT NULL,
  name {bytes} NOT NULL,
  value {bytes} NOT NULL,
  id {bytes} NOT NULL,
  is_unique BIGINT NOT NULL,
  PRIMARY KEY (kind, name, value, id)
) {clustered};
CREATE UNIQUE INDEX record_key_unique ON record_key (kind, name, value) WHERE is_unique = 1;

CREATE TABLE event (
  seq {sequence},
  id {bytes} NOT NULL,
  subject {bytes} NOT NULL,
  subject_version BIGINT NOT NULL,
  number BIGINT,
  body {bytes} NOT NULL
);
CREATE UNIQUE INDEX event_id ON event (id);
CREATE UNIQUE INDEX event_subject ON event (subject, subject_version);
CREATE UNIQUE INDEX event_number ON event (number) WHERE number IS NOT NULL;
CREATE INDEX event_unnumbered ON event (seq) WHERE number IS NULL;

CREATE TABLE inbox (
  consumer {bytes} NOT NULL,
  event_id {bytes} NOT NULL,
  handled_at BIGINT NOT NULL,
  PRIMARY KEY (consumer, event_id)
) {clustered};
CREATE INDEX inbox_handled_at ON inbox (handled_at);

CREATE TABLE request (
  actor {bytes} NOT NULL,
  request_id {bytes} NOT NULL,
  method {bytes} NOT NULL,
  fingerprint {bytes} NOT NULL,
  response {bytes} NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (actor, request_id)
);
CREATE INDEX request_expires_at ON request (expires_at);
)sql",
                                                                R"sql(
ALTER TABLE event ADD COLUMN link {bytes};
)sql"};
  return *steps;
}

std::string SchemaStep(size_t step, const Dialect& dialect) {
  return absl::StrReplaceAll(SchemaSteps()[step], {{"{bytes}", dialect.bytes},
                                                   {"{sequence}", dialect.sequence},
                                                   {"{clustered}", dialect.clustered},
                                                   {"{updated}", dialect.updated}});
}

}  // namespace amikeco
