#include "services/compliance/visa.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/case_transitions.h"

namespace amikeco::compliance {
namespace {

using v1::VisaCase;
using v1::VisaFact;

absl::TimeZone ZoneOf(const VisaCase& visa) { return ZoneNamed(visa.time_zone()); }

absl::Status CheckFields(const v1::RecordVisaRequest& command) {
  FieldErrors wrong;
  const bool granted = command.state() == VisaCase::STATE_GRANTED;
  if (command.state() == VisaCase::STATE_EXPIRED) wrong.Add("state", "must not be STATE_EXPIRED; that comes by itself");
  if (command.state() != VisaCase::STATE_NOT_NEEDED && command.type().empty()) {
    wrong.Add("type", "is missing; name the sort of visa, as in j-1");
  }
  for (const auto& [field, is_set] :
       {std::pair{"valid_from", command.has_valid_from()}, std::pair{"valid_to", command.has_valid_to()}}) {
    if (granted && !is_set) wrong.Add(field, "is missing; a visa that is granted has a first and a last day");
    if (!granted && is_set) wrong.Add(field, "is of STATE_GRANTED alone");
  }
  if (wrong.empty() && granted && ToDay(command.valid_to()) < ToDay(command.valid_from())) {
    wrong.Add("valid_to", "must not be before valid_from");
  }
  return wrong.ToStatus();
}

// Persons say what they have applied for. What they were granted, or do not need, somebody else has seen.
absl::Status CheckRecorder(const v1::RecordVisaRequest& command, const Circumstance& c) {
  const bool reviewer = c.actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER) && c.actor.subject != command.person();
  if (reviewer) return absl::OkStatus();
  if (c.actor.subject != command.person()) return errors::NotTheOfficer(command.clearance());
  if (command.state() == VisaCase::STATE_ADVISED || command.state() == VisaCase::STATE_APPLIED) return absl::OkStatus();
  return Error(errors::kReviewerNeeded,
               "Whether a visa was granted, refused or is not needed is not the person's to say.",
               {{"person", command.person()}});
}

}  // namespace

std::string VisaNameOf(absl::string_view clearance, absl::string_view person) {
  return absl::StrCat("visaCases/", absl::StripPrefix(clearance, "clearances/"), ".",
                      person.substr(person.find('/') + 1));
}

VisaFacts Decide(const VisaCase& visa, const v1::RecordVisaRequest& command, const VisaGround& ground,
                 const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckFields(command));
  AMIKECO_RETURN_IF_ERROR(CheckRecorder(command, c));
  if (!MayBecome(visa.state(), command.state())) {
    return errors::CaseNotPossible(ground.name, absl::AsciiStrToLower(VisaCase::State_Name(visa.state()).substr(6)),
                                   VisaCase::State_Name(command.state()), {});
  }
  VisaFact fact;
  v1::VisaRecorded& recorded = *fact.mutable_recorded();
  recorded.set_name(ground.name);
  recorded.set_application(ground.clearance.application());
  recorded.set_by(c.actor.subject);
  *recorded.mutable_at() = ToTimestamp(c.now);
  recorded.set_programme(ground.programme.name());
  recorded.set_programme_version(ground.programme.version());
  recorded.set_clearance(ground.clearance.name());
  recorded.set_item(ground.rule.id());
  recorded.set_person(command.person());
  recorded.set_state(command.state());
  recorded.set_type(command.type());
  recorded.set_sponsor(command.sponsor());
  *recorded.mutable_documents() = command.documents();
  if (command.has_valid_from()) *recorded.mutable_valid_from() = command.valid_from();
  if (command.has_valid_to()) *recorded.mutable_valid_to() = command.valid_to();
  recorded.set_time_zone(ground.programme.time_zone());
  recorded.add_parties(command.person());
  recorded.add_parties(ground.programme.operator_organisation());
  return std::vector{fact};
}

std::vector<VisaFact> OnTime(const VisaCase& visa, absl::Time now) {
  const auto due = NextDue(visa);
  if (!due || *due > now) return {};
  VisaFact fact;
  v1::VisaExpired& expired = *fact.mutable_expired();
  expired.set_name(visa.name());
  expired.set_application(visa.application());
  *expired.mutable_valid_to() = visa.valid_to();
  expired.set_owner(visa.person());
  expired.set_item(visa.item());
  return {fact};
}

std::optional<absl::Time> NextDue(const VisaCase& visa) {
  if (visa.state() != VisaCase::STATE_GRANTED) return std::nullopt;
  return absl::FromCivil(ToDay(visa.valid_to()) + 1, ZoneOf(visa));
}

void Describe(VisaCase& visa, const v1::Clearance& clearance, absl::Time now) {
  if (clearance.legs().empty()) return;
  Days stay{ToDay(clearance.legs(0).start()), ToDay(clearance.legs(0).end())};
  for (const matching::v1::Leg& leg : clearance.legs()) {
    stay = {std::min(stay.first, ToDay(leg.start())), std::max(stay.last, ToDay(leg.end()))};
  }
  visa.set_covers_stay(
      visa.state() == VisaCase::STATE_NOT_NEEDED ||
      (visa.state() == VisaCase::STATE_GRANTED && Days{ToDay(visa.valid_from()), ToDay(visa.valid_to())}.Covers(stay)));
  visa.set_days_to_start(static_cast<int>(stay.first - absl::ToCivilDay(now, ZoneOf(visa))));
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

VisaCase Evolve(VisaCase visa, const VisaFact& fact) {
  if (fact.has_expired()) visa.set_state(VisaCase::STATE_EXPIRED);
  if (!fact.has_recorded()) return visa;
  const VisaRecorded& recorded = fact.recorded();
  visa.set_name(recorded.name());
  visa.set_application(recorded.application());
  visa.set_clearance(recorded.clearance());
  visa.set_item(recorded.item());
  visa.set_person(recorded.person());
  visa.set_programme(recorded.programme());
  visa.set_programme_version(recorded.programme_version());
  visa.set_time_zone(recorded.time_zone());
  visa.set_state(recorded.state());
  visa.set_type(recorded.type());
  visa.set_sponsor(recorded.sponsor());
  *visa.mutable_documents() = recorded.documents();
  visa.clear_valid_from();
  visa.clear_valid_to();
  if (recorded.has_valid_from()) *visa.mutable_valid_from() = recorded.valid_from();
  if (recorded.has_valid_to()) *visa.mutable_valid_to() = recorded.valid_to();
  visa.set_recorder(recorded.by());
  *visa.mutable_record_time() = recorded.at();
  *visa.mutable_parties() = recorded.parties();
  return visa;
}

}  // namespace amikeco::compliance::v1
