// Execute: the one way in which anything is written. Load, decide, fold, commit, and remember the answer.
#ifndef AMIKECO_COMMON_EVENTS_EXECUTE_H_
#define AMIKECO_COMMON_EVENTS_EXECUTE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "amikeco/event/v1/event.pb.h"
#include "common/base/actor.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "common/store/table.h"

namespace amikeco {

// Where facts come from: stamped on each of them.
struct Origin {
  std::string service;  // "applicant"
  Actor actor;
  absl::Time time;
  std::string traceparent;
  std::string caused_by;  // event id, for reactions
};

inline Origin OriginOf(absl::string_view service, const Call& call) {
  return {std::string(service), call.actor, call.time, call.traceparent, ""};
}

// The envelope of `fact`, a message whose oneof holds what happened. The type is that of the set member.
event::v1::Event MakeEvent(const Origin& origin, absl::string_view subject, int64_t subject_version,
                           const google::protobuf::Message& fact);

// Folds `facts` into `record` by Evolve(T, const Fact&), found beside T's functions, and writes the record, its keys
// and the facts. `record` is as it was loaded in this transaction, and afterwards as it is stored. Nothing happens
// when there are no facts.
template <typename T, typename Fact>
absl::Status Apply(Transaction& tx, const Table<T>& table, const Origin& origin, const std::vector<Fact>& facts,
                   Versioned<T>& record) {
  if (facts.empty()) return absl::OkStatus();
  const int64_t loaded = record.version;
  for (const Fact& fact : facts) {
    const event::v1::Event event = MakeEvent(origin, record.name, ++record.version, fact);
    AMIKECO_RETURN_IF_ERROR(tx.Append({0, event.id(), record.name, record.version, event.SerializeAsString()}));
    record.value = Evolve(std::move(record.value), fact);
  }
  return table.Put(tx, record.name, record.value, loaded, record.version);
}

// The record that folding the subject's whole history gives, and how many facts there are.
template <typename T, typename Fact>
absl::StatusOr<Versioned<T>> FoldHistory(Reader& reader, absl::string_view subject) {
  Versioned<T> folded{std::string(subject), T(), 0};
  AMIKECO_ASSIGN_OR_RETURN(const auto events, reader.History(subject, 0, 1'000'000));
  for (const StoredEvent& stored : events) {
    event::v1::Event event;
    Fact fact;
    if (!event.ParseFromString(stored.body) || !event.data().UnpackTo(&fact)) {
      return Error(errors::kCorruptRecord, absl::StrCat("Fact ", stored.id, " does not parse."));
    }
    folded.value = Evolve(std::move(folded.value), fact);
    folded.version = stored.subject_version;
  }
  return folded;
}

// When the fact that gave the record this version was stated.
absl::StatusOr<absl::Time> TimeOfLastFact(Reader& reader, absl::string_view subject, int64_t version);

namespace internal {
// The answer that this request got before, parsed into `response`: true. False: it is new (or has no request_id).
absl::StatusOr<bool> FindAnswer(Transaction& tx, const Call& call, google::protobuf::Message& response);
absl::Status SaveAnswer(Transaction& tx, const Call& call, const google::protobuf::Message& response);
// CANCELLED or DEADLINE_EXCEEDED when nobody waits for the call's answer any more.
absl::Status StillWanted(const Call& call);
}  // namespace internal

// Runs `body`, `absl::StatusOr<Response>(Transaction&)`, in one transaction, and keeps its answer with the changes for
// 24 hours: the same request_id of the same actor is answered the same, without running the body again; with another
// payload it is INVALID_ARGUMENT (REQUEST_ID_REUSED). A refusal is not kept: it changed nothing. The body may run more
// than once. A call that was cancelled or whose deadline has passed before the commit changes nothing.
template <typename Response, typename Body>
absl::StatusOr<Response> Execute(Store& store, const Call& call, Body body) {
  Response response;
  AMIKECO_RETURN_IF_ERROR(store.Write([&](Transaction& tx) -> absl::Status {
    response.Clear();
    AMIKECO_RETURN_IF_ERROR(internal::StillWanted(call));
    AMIKECO_ASSIGN_OR_RETURN(const bool answered, internal::FindAnswer(tx, call, response));
    if (answered) return absl::OkStatus();
    AMIKECO_ASSIGN_OR_RETURN(response, body(tx));
    AMIKECO_RETURN_IF_ERROR(internal::StillWanted(call));
    return internal::SaveAnswer(tx, call, response);
  }));
  return response;
}

// Reads with `body`, `absl::StatusOr<Response>(Reader&)`, on one snapshot.
template <typename Response, typename Body>
absl::StatusOr<Response> Query(Store& store, Body body) {
  Response response;
  AMIKECO_RETURN_IF_ERROR(store.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(response, body(reader));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_EXECUTE_H_
