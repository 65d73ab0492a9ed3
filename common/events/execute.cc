#include "common/events/execute.h"

#include "common/base/steady.h"
#include "google/protobuf/descriptor.h"

namespace amikeco {
namespace {

constexpr absl::Duration kAnswersKept = absl::Hours(24);

// The message in the first oneof of `fact` that is set; `fact` itself when it has none.
const google::protobuf::Descriptor* SetMember(const google::protobuf::Message& fact) {
  const google::protobuf::Descriptor* type = fact.GetDescriptor();
  for (int i = 0; i < type->real_oneof_decl_count(); ++i) {
    const auto* member = fact.GetReflection()->GetOneofFieldDescriptor(fact, type->oneof_decl(i));
    if (member != nullptr && member->message_type() != nullptr) return member->message_type();
  }
  return type;
}

}  // namespace

event::v1::Event MakeEvent(const Origin& origin, absl::string_view subject, int64_t subject_version,
                           const google::protobuf::Message& fact) {
  event::v1::Event event;
  event.set_id(RandomIds().Next());
  event.set_source(origin.service);
  event.set_type(SetMember(fact)->full_name());
  event.set_subject(std::string(subject));
  event.set_subject_version(subject_version);
  *event.mutable_time() = ToTimestamp(origin.time);
  event.set_actor(origin.actor.subject);
  event.set_organisation(origin.actor.organisation);
  event.set_traceparent(origin.traceparent);
  event.set_caused_by(origin.caused_by);
  event.mutable_data()->PackFrom(fact);
  return event;
}

absl::StatusOr<absl::Time> TimeOfLastFact(Reader& reader, absl::string_view subject, int64_t version) {
  AMIKECO_ASSIGN_OR_RETURN(const auto facts, reader.History(subject, version - 1, 1));
  event::v1::Event event;
  if (facts.empty() || !event.ParseFromString(facts[0].body)) {
    return Error(errors::kCorruptRecord, absl::StrCat("Fact ", version, " of ", subject, " cannot be read."));
  }
  return ToTime(event.time());
}

namespace internal {

absl::StatusOr<bool> FindAnswer(Transaction& tx, const Call& call, google::protobuf::Message& response) {
  if (call.request_id.empty()) return false;
  AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.FindRequest(call.actor.subject, call.request_id));
  if (!found) return false;  // an expired one is honoured until it is swept: better late than twice
  if (found->method != call.method || found->fingerprint != call.fingerprint) {
    return Error(errors::kRequestIdReused,
                 absl::StrCat("The request_id ", call.request_id, " was used before for another command."),
                 {{"request_id", call.request_id}, {"method", found->method}});
  }
  if (!response.ParseFromString(found->response)) {
    return Error(errors::kCorruptRecord, absl::StrCat("The kept answer to ", call.request_id, " does not parse."),
                 {{"request_id", call.request_id}});
  }
  return true;
}

absl::Status SaveAnswer(Transaction& tx, const Call& call, const google::protobuf::Message& response) {
  if (call.request_id.empty()) return absl::OkStatus();
  return tx.SaveRequest({call.actor.subject, call.request_id, call.method, call.fingerprint,
                         response.SerializeAsString(), call.time + kAnswersKept});
}

absl::Status StillWanted(const Call& call) {
  if (call.cancelled()) return absl::CancelledError("the caller gave up before the commit");
  if (SteadyNow() >= call.deadline) return absl::DeadlineExceededError("the deadline passed before the commit");
  return absl::OkStatus();
}

}  // namespace internal
}  // namespace amikeco
