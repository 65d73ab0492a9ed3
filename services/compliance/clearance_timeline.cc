// What follows for a clearance from the facts of others, from the cases and documents that it rests on, and by the
// clock.
#include <algorithm>
#include <utility>

#include "common/base/dates.h"
#include "services/compliance/clearance.h"
#include "services/compliance/clearance_facts.h"
#include "services/compliance/judge.h"

namespace amikeco::compliance {
namespace {

using v1::Clearance;
using v1::ClearanceFact;
using Legs = google::protobuf::RepeatedPtrField<matching::v1::Leg>;

// Why a clearance is revoked that was when its placement ended; the first reason is in its history.
constexpr char kStillRevoked[] = "STILL_REVOKED";

bool IsLive(const Clearance& clearance) {
  return clearance.state() != Clearance::STATE_UNSPECIFIED && clearance.state() != Clearance::STATE_CLOSED;
}

// It is live, or comes again with another agreement.
bool MayHold(const Clearance& clearance) { return IsLive(clearance) || clearance.reason() == kPlacementEnded; }

ClearanceFact RescheduledFact(const Clearance& clearance, const Legs& legs, const programme::v1::Programme& programme,
                              absl::Time now) {
  ClearanceFact fact;
  v1::ClearanceRescheduled& rescheduled = *fact.mutable_rescheduled();
  rescheduled.set_application(clearance.application());
  *rescheduled.mutable_legs() = legs;
  for (v1::RequiredItem& item : ItemsFor(programme, legs, clearance.fellows())) {
    *rescheduled.add_items() = std::move(item);
  }
  *rescheduled.mutable_at() = ToTimestamp(now);
  rescheduled.set_programme_version(programme.version());
  return fact;
}

// The record says just this.
bool Says(const v1::ItemRecord& record, const Standing& standing) {
  const auto same = [](bool has, const google::type::Date& date, const std::optional<absl::CivilDay>& day) {
    return has == day.has_value() && (!has || ToDay(date) == *day);
  };
  return record.item() == standing.item && record.outcome() == standing.outcome && record.kind() == standing.kind &&
         record.source() == standing.source && record.document_hash() == standing.hash &&
         same(record.has_valid_from(), record.valid_from(), standing.from) &&
         same(record.has_valid_to(), record.valid_to(), standing.to);
}

// The record counts, and does so for as long as what is followed says the same.
bool Follows(const Clearance& clearance, const v1::ItemRecord& record, Followed followed) {
  if (!record.void_reason().empty()) return false;
  if (followed == Followed::kCases) return !record.source().empty();
  const auto& items = clearance.items();
  return std::any_of(items.begin(), items.end(),
                     [&](const v1::RequiredItem& item) { return item.id() == record.item() && FollowsDocument(item); });
}

// Why a record is void that nobody says any more.
const char* VoidReason(const v1::ItemRecord& record, Followed followed, const std::vector<Standing>& standings) {
  if (followed == Followed::kDocuments) return "DOCUMENT_CHANGED";
  const bool replaced = std::any_of(standings.begin(), standings.end(), [&](const Standing& standing) {
    return standing.item == record.item() && standing.kind == record.kind();
  });
  return replaced ? "REPLACED" : "OVERTURNED";
}

bool SameLegs(const Legs& a, const Legs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const matching::v1::Leg& x, const matching::v1::Leg& y) {
    return x.SerializeAsString() == y.SerializeAsString();
  });
}

absl::Time StartOf(const Clearance& clearance, absl::CivilDay day) { return absl::FromCivil(day, ZoneOf(clearance)); }

}  // namespace

Facts OnStandings(const Clearance& clearance, Followed followed, const std::vector<Standing>& standings,
                  const Circumstance& circumstance) {
  if (!MayHold(clearance) || clearance.legs().empty()) return {};
  std::vector<const v1::ItemRecord*> followers;
  for (const v1::ItemRecord& record : clearance.records()) {
    if (Follows(clearance, record, followed)) followers.push_back(&record);
  }
  Facts facts;
  for (const v1::ItemRecord* record : followers) {
    const auto says = [&](const Standing& standing) { return Says(*record, standing); };
    if (std::any_of(standings.begin(), standings.end(), says)) continue;
    facts.push_back(VoidedFact(*record, VoidReason(*record, followed, standings), circumstance));
  }
  int number = clearance.records_size();
  for (const Standing& standing : standings) {
    const auto said = [&](const v1::ItemRecord* record) { return Says(*record, standing); };
    if (std::any_of(followers.begin(), followers.end(), said)) continue;
    // What speaks against somebody is never left out: another record of the item may speak for the person.
    if (number >= kMostRecords && standing.outcome == v1::OUTCOME_SATISFIED) continue;
    v1::ItemRecorded recorded;
    recorded.set_item(standing.item);
    recorded.set_outcome(standing.outcome);
    recorded.set_kind(standing.kind);
    recorded.set_source(standing.source);
    recorded.set_document_hash(standing.hash);
    if (standing.from) *recorded.mutable_valid_from() = ToDate(*standing.from);
    if (standing.to) *recorded.mutable_valid_to() = ToDate(*standing.to);
    recorded.set_by(standing.by.empty() ? circumstance.actor.subject : standing.by);
    *recorded.mutable_at() = ToTimestamp(circumstance.now);
    recorded.set_number(++number);
    facts.push_back(FactOf(std::move(recorded)));
  }
  if (facts.empty()) return facts;
  return Concluded(clearance, std::move(facts), circumstance.now);
}

Facts OnAgreed(const Clearance& clearance, const matching::v1::PlacementAgreed& agreed, absl::string_view placement,
               const programme::v1::Programme& programme, absl::Time now) {
  if (clearance.state() == Clearance::STATE_CLOSED) {
    if (clearance.reason() != kPlacementEnded || agreed.legs().empty()) return {};
    Facts reopened = {RescheduledFact(clearance, agreed.legs(), programme, now)};
    // A revocation ends by a second person alone, never by another agreement.
    if (!clearance.revoked_by().empty()) {
      reopened.push_back(RevokedFact(clearance, clearance.revoked_by(), kStillRevoked));
    }
    return Concluded(clearance, std::move(reopened), now);
  }
  if (clearance.state() != Clearance::STATE_UNSPECIFIED) {
    return OnLegsChanged(clearance, agreed.legs(), programme, now);
  }
  ClearanceFact fact;
  v1::ClearanceOpened& opened = *fact.mutable_opened();
  opened.set_placement(std::string(placement));
  opened.set_application(agreed.application());
  opened.set_member(agreed.member());
  opened.set_programme(agreed.programme());
  opened.set_programme_version(agreed.programme_version());
  *opened.mutable_legs() = agreed.legs();
  *opened.mutable_fellows() = agreed.fellows();
  for (v1::RequiredItem& item : ItemsFor(programme, agreed.legs(), agreed.fellows())) {
    *opened.add_items() = std::move(item);
  }
  *opened.mutable_parties() = agreed.parties();
  if (agreed.has_disclosure()) *opened.mutable_disclosure() = agreed.disclosure();
  opened.set_time_zone(programme.time_zone());
  *opened.mutable_at() = ToTimestamp(now);
  return Concluded(clearance, {fact}, now);
}

Facts OnLegsChanged(const Clearance& clearance, const Legs& legs, const programme::v1::Programme& programme,
                    absl::Time now) {
  const bool same = SameLegs(clearance.legs(), legs) && clearance.programme_version() == programme.version();
  if (!IsLive(clearance) || same) return {};
  return Concluded(clearance, {RescheduledFact(clearance, legs, programme, now)}, now);
}

Facts OnDisclosure(const Clearance& clearance, const options::v1::Disclosure& disclosure) {
  ClearanceFact fact;
  fact.mutable_disclosure_followed()->set_application(clearance.application());
  *fact.mutable_disclosure_followed()->mutable_disclosure() = disclosure;
  return {fact};
}

Facts OnBegun(const Clearance& clearance, const google::type::Date& date, absl::Time now) {
  if (!IsLive(clearance) || clearance.has_begun()) return {};
  ClearanceFact fact;
  fact.mutable_stay_begun()->set_application(clearance.application());
  *fact.mutable_stay_begun()->mutable_date() = date;
  return Concluded(clearance, {fact}, now);
}

Facts OnEnded(const Clearance& clearance, absl::string_view reason) {
  if (clearance.state() == Clearance::STATE_UNSPECIFIED) return {};
  // The applicant's word is final; matching's is not, so the former replaces the latter.
  const bool closed = clearance.state() == Clearance::STATE_CLOSED;
  if (closed && (clearance.reason() != kPlacementEnded || reason == kPlacementEnded)) return {};
  ClearanceFact fact;
  fact.mutable_closed()->set_application(clearance.application());
  fact.mutable_closed()->set_reason(std::string(reason));
  return {fact};
}

Facts OnTime(const Clearance& clearance, absl::Time now) {
  const auto due = NextDue(clearance);
  if (!due || *due > now) return {};
  const absl::CivilDay today = Today(clearance, now);
  Facts facts;
  if (!clearance.has_begun()) {
    for (const v1::OpenItem& open : Judge(clearance, today).open) {
      const auto& noted = clearance.due_noted();
      if (ToDay(open.due()) > today || std::find(noted.begin(), noted.end(), open.item()) != noted.end()) continue;
      v1::ItemDue& item = *facts.emplace_back().mutable_item_due();
      item.set_application(clearance.application());
      item.set_item(open.item());
      item.set_owner(open.owner_name());
    }
    return facts;
  }
  // It may have changed and changed back while the clock's door was shut. Its state is then stated once more, as of
  // today, so that what happened is on record and the clock goes on from here.
  const bool holds = Judge(clearance, today).holds;
  if (holds == (clearance.state() == Clearance::STATE_CLEARED)) facts.push_back(LostFact(clearance, today));
  return Concluded(clearance, std::move(facts), now);
}

std::optional<absl::Time> NextDue(const Clearance& clearance) {
  if (!IsLive(clearance)) return std::nullopt;
  if (clearance.has_begun()) {
    if (clearance.state() == Clearance::STATE_REVOKED || !clearance.has_judged_on()) return std::nullopt;
    const auto change = NextChange(clearance, ToDay(clearance.judged_on()));
    if (!change) return std::nullopt;
    return StartOf(clearance, *change);
  }
  std::optional<absl::CivilDay> first;
  // Before the stay begins the day of judging makes no difference.
  for (const v1::OpenItem& open : Judge(clearance, absl::CivilDay()).open) {
    const auto& noted = clearance.due_noted();
    if (std::find(noted.begin(), noted.end(), open.item()) != noted.end()) continue;
    if (!first || ToDay(open.due()) < *first) first = ToDay(open.due());
  }
  if (!first) return std::nullopt;
  return StartOf(clearance, *first);
}

}  // namespace amikeco::compliance
