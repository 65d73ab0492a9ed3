// What each fact makes of a clearance.
#include <algorithm>
#include <string>
#include <utility>

#include "common/base/dates.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance::v1 {
namespace {

// The clock's door goes on from the latest day on which anything was decided.
void JudgedOn(Clearance& clearance, absl::CivilDay day) {
  if (!clearance.has_judged_on() || ToDay(clearance.judged_on()) < day) *clearance.mutable_judged_on() = ToDate(day);
}

void JudgedAt(Clearance& clearance, const google::protobuf::Timestamp& at) {
  JudgedOn(clearance, Today(clearance, ToTime(at)));
}

// The hosts of the legs see their own items; who else may see the clearance comes first and stays.
void SetLegs(Clearance& clearance, const google::protobuf::RepeatedPtrField<matching::v1::Leg>& legs,
             const google::protobuf::RepeatedPtrField<RequiredItem>& items) {
  auto& parties = *clearance.mutable_parties();
  for (const matching::v1::Leg& leg : clearance.legs()) {
    parties.erase(std::remove(parties.begin(), parties.end(), leg.host()), parties.end());
  }
  for (const matching::v1::Leg& leg : legs) {
    const bool known = std::find(parties.begin(), parties.end(), leg.host()) != parties.end();
    if (!known && !leg.host().empty()) *parties.Add() = leg.host();
  }
  // People are reminded again of an item that is now due on another day.
  google::protobuf::RepeatedPtrField<std::string> noted;
  for (const RequiredItem& before : clearance.items()) {
    const bool same = std::any_of(items.begin(), items.end(), [&](const RequiredItem& after) {
      return after.id() == before.id() && ToDay(after.due()) == ToDay(before.due());
    });
    const auto& told = clearance.due_noted();
    if (same && std::find(told.begin(), told.end(), before.id()) != told.end()) *noted.Add() = before.id();
  }
  *clearance.mutable_legs() = legs;
  *clearance.mutable_items() = items;
  *clearance.mutable_due_noted() = noted;
}

void Apply(Clearance& clearance, const ClearanceOpened& opened) {
  clearance.set_application(opened.application());
  clearance.set_name(ClearanceNameOf(opened.application()));
  clearance.set_placement(opened.placement());
  clearance.set_member(opened.member());
  *clearance.mutable_fellows() = opened.fellows();
  clearance.set_programme(opened.programme());
  clearance.set_programme_version(opened.programme_version());
  clearance.set_time_zone(opened.time_zone());
  *clearance.mutable_parties() = opened.parties();
  if (opened.has_disclosure()) *clearance.mutable_disclosure() = opened.disclosure();
  SetLegs(clearance, opened.legs(), opened.items());
  clearance.set_state(Clearance::STATE_OPEN);
  *clearance.mutable_open_time() = opened.at();
  JudgedAt(clearance, opened.at());
}

void Apply(Clearance& clearance, const ItemRecorded& recorded) {
  ItemRecord& record = *clearance.add_records();
  record.set_number(recorded.number());
  record.set_item(recorded.item());
  record.set_outcome(recorded.outcome());
  record.set_kind(recorded.kind());
  if (recorded.has_valid_from()) *record.mutable_valid_from() = recorded.valid_from();
  if (recorded.has_valid_to()) *record.mutable_valid_to() = recorded.valid_to();
  record.set_by(recorded.by());
  *record.mutable_at() = recorded.at();
  record.set_host(recorded.host());
  record.set_document_hash(recorded.document_hash());
  record.set_waiver(recorded.waiver());
  record.set_source(recorded.source());
  JudgedAt(clearance, recorded.at());
}

void Apply(Clearance& clearance, const ItemVoided& voided) {
  for (ItemRecord& record : *clearance.mutable_records()) {
    if (record.number() == voided.record()) record.set_void_reason(voided.reason());
  }
  JudgedAt(clearance, voided.at());
}

void Apply(Clearance& clearance, const ClearanceGranted& granted) {
  clearance.set_state(Clearance::STATE_CLEARED);
  JudgedOn(clearance, ToDay(granted.as_of()));
}

void Apply(Clearance& clearance, const ClearanceLost& lost) {
  clearance.set_state(Clearance::STATE_OPEN);
  clearance.clear_lapse_noted();
  JudgedOn(clearance, ToDay(lost.as_of()));
}

void Apply(Clearance& clearance, const ClearanceRevoked& revoked) {
  clearance.set_state(Clearance::STATE_REVOKED);
  clearance.set_revoked_by(revoked.by());
  clearance.set_reason(revoked.reason());
  clearance.clear_lapse_noted();
}

void Apply(Clearance& clearance, const ClearanceReinstated& reinstated) {
  clearance.set_state(Clearance::STATE_OPEN);
  clearance.clear_revoked_by();
  clearance.clear_reason();
  JudgedAt(clearance, reinstated.at());
}

void Apply(Clearance& clearance, const ClearanceRescheduled& rescheduled) {
  const bool reopens = clearance.state() == Clearance::STATE_CLOSED;
  // What had begun was the agreement that is void; of a new one every day must hold before it starts.
  if (reopens || clearance.legs().empty() || rescheduled.legs().empty()) clearance.clear_begun();
  SetLegs(clearance, rescheduled.legs(), rescheduled.items());
  if (rescheduled.programme_version() > 0) clearance.set_programme_version(rescheduled.programme_version());
  if (reopens) {
    clearance.set_state(Clearance::STATE_OPEN);
    clearance.clear_reason();
  }
  JudgedAt(clearance, rescheduled.at());
}

void Apply(Clearance& clearance, const ItemDue& due) { clearance.add_due_noted(due.item()); }

void Apply(Clearance& clearance, const ClearanceClosed& closed) {
  clearance.set_state(Clearance::STATE_CLOSED);
  clearance.set_reason(closed.reason());
  clearance.clear_lapse_noted();
}

void Apply(Clearance& clearance, const StayBegun& begun) {
  *clearance.mutable_begun() = begun.date();
  JudgedOn(clearance, ToDay(begun.date()));
}

void Apply(Clearance& clearance, const ClearanceLapsing& lapsing) { *clearance.mutable_lapse_noted() = lapsing.on(); }

}  // namespace

Clearance Evolve(Clearance clearance, const ClearanceFact& fact) {
  switch (fact.fact_case()) {
    case ClearanceFact::kOpened:
      Apply(clearance, fact.opened());
      break;
    case ClearanceFact::kItemRecorded:
      Apply(clearance, fact.item_recorded());
      break;
    case ClearanceFact::kItemVoided:
      Apply(clearance, fact.item_voided());
      break;
    case ClearanceFact::kGranted:
      Apply(clearance, fact.granted());
      break;
    case ClearanceFact::kLost:
      Apply(clearance, fact.lost());
      break;
    case ClearanceFact::kRevoked:
      Apply(clearance, fact.revoked());
      break;
    case ClearanceFact::kReinstated:
      Apply(clearance, fact.reinstated());
      break;
    case ClearanceFact::kRescheduled:
      Apply(clearance, fact.rescheduled());
      break;
    case ClearanceFact::kItemDue:
      Apply(clearance, fact.item_due());
      break;
    case ClearanceFact::kClosed:
      Apply(clearance, fact.closed());
      break;
    case ClearanceFact::kStayBegun:
      Apply(clearance, fact.stay_begun());
      break;
    case ClearanceFact::kLapsing:
      Apply(clearance, fact.lapsing());
      break;
    case ClearanceFact::kLapseAverted:
      clearance.clear_lapse_noted();
      break;
    case ClearanceFact::kDisclosureFollowed:
      *clearance.mutable_disclosure() = fact.disclosure_followed().disclosure();
      break;
    case ClearanceFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return clearance;
}

}  // namespace amikeco::compliance::v1
