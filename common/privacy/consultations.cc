#include "common/privacy/consultations.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/ids.h"
#include "common/events/execute.h"
#include "common/privacy/data_subject.h"

namespace amikeco {
namespace {

using ops::v1::Consultation;

template <typename List>
bool Contains(const List& list, absl::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

// A person sees their own records, and a fellow service carries out what somebody else asked for: neither has a
// purpose.
bool AsksForItself(const Actor& actor) {
  return std::all_of(actor.roles.begin(), actor.roles.end(), [](Role role) {
    return role == options::v1::ROLE_OFFICER || role == options::v1::ROLE_HOME_HOST ||
           role == options::v1::ROLE_SERVICE;
  });
}

std::vector<Key> KeysOf(const Consultation& consultation) {
  const std::string time = SortableTime(ToTime(consultation.time()));
  std::vector<Key> keys{{kByTime, time}};
  for (const Consultation::Told& told : consultation.told()) {
    const std::string value = PersonPrefix(told.person()) + time;
    // Several documents of one person in one answer.
    if (std::none_of(keys.begin(), keys.end(), [&](const Key& key) { return key.value == value; })) {
      keys.push_back({kByPerson, value});
    }
  }
  return keys;
}

}  // namespace

const Table<Consultation>& ConsultationTable() {
  static const auto* const table = new Table<Consultation>("consultation", KeysOf);
  return *table;
}

std::string PersonPrefix(absl::string_view person) { return absl::StrCat(person, "\x1f"); }

absl::Status StoredConsultations::Permit(const Call& call, const std::string& purpose) {
  if (!purpose.empty() && !Contains(policy_.purposes(), purpose)) {
    return Error(errors::kUnknownPurpose,
                 absl::StrCat("The purpose is none of: ", absl::StrJoin(policy_.purposes(), ", "), "."));
  }
  const auto& required = policy_.purpose_required_of();
  const bool must = Contains(required, call.actor.organisation) || Contains(required, "*");
  if (!must || !purpose.empty() || AsksForItself(call.actor)) return absl::OkStatus();
  return Error(errors::kPurposeRequired,
               absl::StrCat(call.actor.organisation, " has to say what for it is told personal data: one of ",
                            absl::StrJoin(policy_.purposes(), ", "), "."),
               {{"organisation", call.actor.organisation}});
}

absl::Status StoredConsultations::Keep(const Call& call, const std::string& purpose,
                                       const std::set<Reading>& readings) {
  ops::v1::ConsultationFact fact;
  Consultation& told = *fact.mutable_told()->mutable_consultation();
  told.set_name(absl::StrCat("consultations/", RandomIds().Next()));
  *told.mutable_time() = ToTimestamp(call.time);
  told.set_actor(call.actor.subject);
  told.set_organisation(call.actor.organisation);
  told.set_method(call.method);
  told.set_call_id(call.call_id);
  told.set_purpose(purpose);
  for (const Reading& reading : readings) {
    Consultation::Told& document = *told.add_told();
    document.set_person(reading.person);
    document.set_document(reading.document);
    document.set_entry(reading.entry);
  }
  if (readings.empty()) told.add_told();
  return store_.Write([&](Transaction& tx) -> absl::Status {
    Versioned<Consultation> record{told.name(), Consultation(), 0};
    return Apply(tx, ConsultationTable(), OriginOf(service_, call), std::vector{fact}, record);
  });
}

}  // namespace amikeco
