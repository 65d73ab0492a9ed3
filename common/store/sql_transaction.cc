#include "common/store/sql_transaction.h"

#include <algorithm>
#include <exception>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/chain.h"
#include "common/store/errors.h"
#include "common/store/key_list.h"

namespace amikeco {
namespace {

constexpr absl::Duration kInboxAge = absl::Hours(30 * 24);

absl::Status LostRace(absl::string_view what) {
  return Error(errors::kLostRace, absl::StrCat("Another transaction changed ", what, " first."), {{"name", what}});
}

absl::Status BadUse(absl::string_view why) { return Error(errors::kBadStoreUse, why); }

}  // namespace

absl::Status SqlTransaction::Checked(absl::Status status) {
  if (!status.ok() && failure_.ok()) failure_ = status;
  return status;
}

absl::Status SqlTransaction::Run(absl::FunctionRef<absl::Status(Transaction&)> body) {
  absl::Status status;
  // Thrown further it would take the connection, or the one writer, with it.
  try {
    status = body(*this);
  } catch (const std::exception& thrown) {
    status = absl::InternalError(absl::StrCat("exception: ", thrown.what()));
  }
  if (!failure_.ok() && ReasonOf(failure_) == errors::kLostRace.reason) return failure_;
  return status.ok() ? failure_ : status;
}

absl::StatusOr<std::optional<StoredRecord>> SqlTransaction::Get(absl::string_view kind, absl::string_view id) {
  std::optional<StoredRecord> found;
  Known known;
  bool readable = true;
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Query(Sql::kGetRecord, {kind, id}, [&](const SqlRow& row) {
    found = {std::string(kind), std::string(id), row.Number(0), std::string(row.Bytes(2))};
    known.version = row.Number(0);
    readable = DecodeKeys(row.Bytes(1), known.keys);
  })));
  if (!readable) return Checked(CorruptKeys(kind, id));
  known_.insert_or_assign({std::string(kind), std::string(id)}, std::move(known));
  return found;
}

absl::StatusOr<SqlTransaction::Known*> SqlTransaction::Find(absl::string_view kind, absl::string_view id) {
  const auto [entry, added] = known_.try_emplace({std::string(kind), std::string(id)});
  Known& known = entry->second;
  if (!added) return &known;
  bool readable = true;
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Query(Sql::kGetKeys, {kind, id}, [&](const SqlRow& row) {
    known.version = row.Number(0);
    readable = DecodeKeys(row.Bytes(1), known.keys);
  })));
  if (!readable) return Checked(CorruptKeys(kind, id));
  return &known;
}

absl::StatusOr<std::vector<std::pair<Position, StoredRecord>>> SqlTransaction::Scan(const ScanRange& range) {
  // No record has an empty id, so that "behind (from, '')" begins with the first entry of `from`.
  Position after{range.from, ""};
  if (range.after && std::tie(range.after->value, range.after->id) > std::tie(after.value, after.id)) {
    after = *range.after;
  }
  std::vector<std::pair<Position, StoredRecord>> rows;
  const auto add = [&](const SqlRow& row) {
    std::string id(row.Bytes(1));
    rows.emplace_back(Position{std::string(row.Bytes(0)), id},
                      StoredRecord{range.kind, id, row.Number(2), std::string(row.Bytes(3))});
  };
  const SqlValue limit = static_cast<int64_t>(range.limit);
  AMIKECO_RETURN_IF_ERROR(Checked(
      range.below.empty()
          ? sql_.Query(Sql::kScan, {range.kind, range.key, after.value, after.id, limit}, add)
          : sql_.Query(Sql::kScanBelow, {range.kind, range.key, after.value, after.id, limit, range.below}, add)));
  return rows;
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::Events(Sql sql, absl::Span<const SqlValue> values) {
  std::vector<StoredEvent> events;
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Query(sql, values, [&](const SqlRow& row) {
    events.push_back({row.Number(0), std::string(row.Bytes(1)), std::string(row.Bytes(2)), row.Number(3),
                      std::string(row.Bytes(4)), std::string(row.Bytes(5))});
  })));
  return events;
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::History(absl::string_view subject, int64_t after, int limit) {
  return Events(Sql::kHistory, {subject, after, static_cast<int64_t>(limit)});
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::EventsAfter(int64_t number, int limit) {
  return Events(Sql::kEventsAfter, {number, static_cast<int64_t>(limit)});
}

absl::StatusOr<std::optional<StoredEvent>> SqlTransaction::LastEvent() {
  AMIKECO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, Events(Sql::kLastEvent, {}));
  return events.empty() ? std::optional<StoredEvent>() : std::move(events[0]);
}

absl::Status SqlTransaction::Put(const StoredRecord& record, int64_t expected, absl::Span<const Key> keys) {
  if (record.id.empty() || record.version <= expected) {
    return Checked(BadUse(absl::StrCat("A record needs an id and a version that grows: ", record.kind, " \"", record.id,
                                       "\" from ", expected, " to ", record.version, ".")));
  }
  const std::pair<std::string, std::string> name{record.kind, record.id};
  if (expected > 0 || known_.contains(name)) {
    AMIKECO_ASSIGN_OR_RETURN(const Known* stored, Find(record.kind, record.id));
    if (stored->version != expected) return Checked(LostRace(record.id));
  }
  Known& known = known_[name];  // an insert of what was never looked for: the primary key refuses a second one
  Known next{record.version, Sorted(keys)};
  AMIKECO_RETURN_IF_ERROR(ChangeKeys(record, known.keys, next.keys));
  const std::string list = EncodeKeys(next.keys);
  AMIKECO_RETURN_IF_ERROR(Checked(
      expected == 0
          ? sql_.Queue(Sql::kInsertRecord, {record.kind, record.id, record.version, list, record.body})
          : sql_.Queue(Sql::kUpdateRecord, {record.kind, record.id, record.version, list, record.body, expected})));
  known = std::move(next);
  return absl::OkStatus();
}

absl::Status SqlTransaction::ChangeKeys(const StoredRecord& record, const std::vector<Key>& from,
                                        const std::vector<Key>& to) {
  std::vector<Key> gone, added;
  std::set_difference(from.begin(), from.end(), to.begin(), to.end(), std::back_inserter(gone), KeyLess);
  std::set_difference(to.begin(), to.end(), from.begin(), from.end(), std::back_inserter(added), KeyLess);
  for (const Key& key : gone) {
    AMIKECO_RETURN_IF_ERROR(Checked(sql_.Queue(Sql::kDeleteKey, {record.kind, key.name, key.value, record.id})));
  }
  for (const Key& key : added) AMIKECO_RETURN_IF_ERROR(InsertKey(record, key));
  return absl::OkStatus();
}

absl::Status SqlTransaction::InsertKey(const StoredRecord& record, const Key& key) {
  const SqlValue unique = static_cast<int64_t>(key.unique);
  if (!key.unique) {
    return Checked(sql_.Queue(Sql::kInsertKey, {record.kind, key.name, key.value, record.id, unique}));
  }
  auto rows = sql_.Change(Sql::kInsertKey, {record.kind, key.name, key.value, record.id, unique});
  if (!rows.ok()) return Checked(rows.status());
  if (*rows == 1) return absl::OkStatus();
  return Checked(Error(errors::kKeyTaken,
                       absl::StrCat("Another ", record.kind, " has the ", key.name, " of ", record.id, "."),
                       {{"kind", record.kind}, {"key", key.name}, {"name", record.id}}));
}

absl::Status SqlTransaction::Erase(absl::string_view kind, absl::string_view id, int64_t expected) {
  AMIKECO_ASSIGN_OR_RETURN(Known * stored, Find(kind, id));
  if (expected <= 0 || stored->version != expected) return Checked(LostRace(id));
  AMIKECO_RETURN_IF_ERROR(ChangeKeys({std::string(kind), std::string(id), 0, ""}, stored->keys, {}));
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Queue(Sql::kDeleteRecord, {kind, id, expected})));
  *stored = Known();
  return absl::OkStatus();
}

absl::Status SqlTransaction::Append(const StoredEvent& event) {
  appended_ = true;
  return Checked(sql_.Queue(Sql::kInsertEvent, {event.id, event.subject, event.subject_version, event.body}));
}

absl::StatusOr<bool> SqlTransaction::MarkHandled(absl::string_view consumer, absl::string_view event_id) {
  auto rows = sql_.Change(Sql::kMarkHandled, {consumer, event_id, absl::ToUnixMicros(absl::Now())});
  if (!rows.ok()) return Checked(rows.status());
  return *rows == 1;
}

absl::StatusOr<std::optional<StoredRequest>> SqlTransaction::FindRequest(absl::string_view actor,
                                                                         absl::string_view request_id) {
  std::optional<StoredRequest> found;
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Query(Sql::kFindRequest, {actor, request_id}, [&](const SqlRow& row) {
    found = {std::string(actor),        std::string(request_id),   std::string(row.Bytes(0)),
             std::string(row.Bytes(1)), std::string(row.Bytes(2)), absl::FromUnixMicros(row.Number(3))};
  })));
  return found;
}

absl::Status SqlTransaction::SaveRequest(const StoredRequest& request) {
  return Checked(sql_.Queue(Sql::kSaveRequest, {request.actor, request.request_id, request.method, request.fingerprint,
                                                request.response, absl::ToUnixMicros(request.expires_at)}));
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::Unnumbered(int limit, std::vector<int64_t>& seqs) {
  // A subject's facts were added in the order of their versions, each by a transaction that saw the one
  // before, so the order of seq is right among those that are visible; seq itself becomes visible out of
  // order.
  std::vector<StoredEvent> events;
  AMIKECO_RETURN_IF_ERROR(
      Checked(sql_.Query(Sql::kUnnumberedEvents, {static_cast<int64_t>(limit)}, [&](const SqlRow& row) {
        events.push_back({row.Number(0) + static_cast<int64_t>(events.size()) + 1, std::string(row.Bytes(1)),
                          std::string(row.Bytes(2)), row.Number(3), std::string(row.Bytes(4))});
        events.back().link = std::string(row.Bytes(5));
        seqs.push_back(row.Number(6));
      })));
  return events;
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::UnnumberedEvents(int limit) {
  std::vector<int64_t> seqs;
  AMIKECO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, Unnumbered(limit, seqs));
  for (StoredEvent& event : events) {
    event.number = 0;
    event.link.clear();
  }
  return events;
}

absl::StatusOr<std::vector<StoredEvent>> SqlTransaction::NumberEvents(int limit) {
  std::vector<int64_t> seqs;
  AMIKECO_ASSIGN_OR_RETURN(std::vector<StoredEvent> events, Unnumbered(limit, seqs));
  if (events.empty()) return events;
  // Empty too when the last facts were numbered by a release that did not link them: the chain begins here.
  std::string previous = events[0].link.empty() ? FirstLink() : events[0].link;
  for (size_t i = 0; i < events.size(); ++i) {
    previous = events[i].link = LinkOf(previous, events[i].number, events[i].body);
    AMIKECO_RETURN_IF_ERROR(Checked(sql_.Queue(Sql::kNumberEvent, {seqs[i], events[i].number, events[i].link})));
  }
  return events;
}

absl::Status SqlTransaction::Sweep(absl::Time now, int limit) {
  const SqlValue most = static_cast<int64_t>(limit);
  AMIKECO_RETURN_IF_ERROR(Checked(sql_.Queue(Sql::kSweepRequests, {absl::ToUnixMicros(now), most})));
  // Facts are delivered in real time, so a clock that was moved forward must not make the inbox forget.
  const absl::Time oldest = std::min(now, absl::Now()) - kInboxAge;
  return Checked(sql_.Queue(Sql::kSweepInbox, {absl::ToUnixMicros(oldest), most}));
}

}  // namespace amikeco
