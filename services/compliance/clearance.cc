#include "services/compliance/clearance.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/errors.h"
#include "services/compliance/judge.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using v1::Clearance;
using v1::ClearanceFact;
using Legs = google::protobuf::RepeatedPtrField<matching::v1::Leg>;

// Why a clearance is revoked that was when its placement ended; the first reason is in its history.
constexpr char kStillRevoked[] = "STILL_REVOKED";

absl::TimeZone ZoneOf(const Clearance& clearance) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(clearance.time_zone(), &zone);  // the programme was checked when it was loaded
  return zone;
}

absl::Time StartOf(const Clearance& clearance, absl::CivilDay day) { return absl::FromCivil(day, ZoneOf(clearance)); }

bool IsLive(const Clearance& clearance) {
  return clearance.state() != Clearance::STATE_UNSPECIFIED && clearance.state() != Clearance::STATE_CLOSED;
}

// It is live, or comes again with another agreement.
bool MayHold(const Clearance& clearance) { return IsLive(clearance) || clearance.reason() == kPlacementEnded; }

absl::Status StillOpen(const Clearance& clearance) {
  if (clearance.state() == Clearance::STATE_CLOSED) return errors::ClearanceClosed(clearance.name());
  return absl::OkStatus();
}

// The end that a running stay's clearance is heading for; nothing while it is not cleared.
std::optional<absl::CivilDay> EndOf(const Clearance& clearance, absl::CivilDay today) {
  if (clearance.state() != Clearance::STATE_CLEARED || !clearance.has_begun()) return std::nullopt;
  return NextChange(clearance, today);
}

ClearanceFact GrantedFact(const Clearance& clearance, absl::CivilDay today) {
  ClearanceFact fact;
  fact.mutable_granted()->set_application(clearance.application());
  fact.mutable_granted()->set_placement(clearance.placement());
  *fact.mutable_granted()->mutable_as_of() = ToDate(today);
  return fact;
}

ClearanceFact LostFact(const Clearance& clearance, absl::CivilDay today) {
  ClearanceFact fact;
  v1::ClearanceLost& lost = *fact.mutable_lost();
  lost.set_application(clearance.application());
  lost.set_placement(clearance.placement());
  for (const v1::OpenItem& open : Judge(clearance, today).open) {
    if (open.mandatory()) lost.add_open_items(open.item());
  }
  *lost.mutable_as_of() = ToDate(today);
  return fact;
}

ClearanceFact RevokedFact(const Clearance& clearance, absl::string_view by, absl::string_view reason) {
  ClearanceFact fact;
  v1::ClearanceRevoked& revoked = *fact.mutable_revoked();
  revoked.set_application(clearance.application());
  revoked.set_placement(clearance.placement());
  revoked.set_by(std::string(by));
  revoked.set_reason(std::string(reason));
  return fact;
}

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

// What people should be told of the end that a running stay's clearance is heading for; nothing when they know.
std::optional<ClearanceFact> LapseFact(const Clearance& clearance, absl::CivilDay today) {
  if (clearance.state() != Clearance::STATE_CLEARED) return std::nullopt;
  const auto end = EndOf(clearance, today);
  ClearanceFact fact;
  if (!end) {
    if (!clearance.has_lapse_noted()) return std::nullopt;
    fact.mutable_lapse_averted()->set_application(clearance.application());
    return fact;
  }
  if (clearance.has_lapse_noted() && ToDay(clearance.lapse_noted()) == *end) return std::nullopt;
  v1::ClearanceLapsing& lapsing = *fact.mutable_lapsing();
  lapsing.set_application(clearance.application());
  lapsing.set_placement(clearance.placement());
  *lapsing.mutable_on() = ToDate(*end);
  for (const v1::OpenItem& open : Judge(clearance, *end).open) {
    if (open.mandatory()) lapsing.add_items(open.item());
  }
  return fact;
}

// `facts` and what follows from them.
Facts Concluded(Clearance clearance, Facts facts, absl::Time now) {
  for (const ClearanceFact& fact : facts) clearance = Evolve(std::move(clearance), fact);
  const absl::CivilDay today = Today(clearance, now);
  const auto state = [&] { return clearance.state(); };
  const auto conclude = [&](ClearanceFact fact) {
    clearance = Evolve(std::move(clearance), fact);
    facts.push_back(std::move(fact));
  };
  if (state() != Clearance::STATE_OPEN && state() != Clearance::STATE_CLEARED) return facts;
  const bool holds = Judge(clearance, today).holds;
  if (holds && state() == Clearance::STATE_OPEN) conclude(GrantedFact(clearance, today));
  if (!holds && state() == Clearance::STATE_CLEARED) conclude(LostFact(clearance, today));
  if (auto lapse = LapseFact(clearance, today)) conclude(*std::move(lapse));
  return facts;
}

// The item of kind `kind` that a request means: the one it names, or the only one that `suits`.
template <typename Suits>
absl::StatusOr<const v1::RequiredItem*> Meant(const Clearance& clearance, absl::string_view item,
                                              ComplianceItem::Kind kind, Suits suits) {
  const v1::RequiredItem* found = nullptr;
  for (const v1::RequiredItem& required : clearance.items()) {
    if (required.kind() != kind) continue;
    if (item.empty() ? !suits(required) : required.id() != item) continue;
    if (found != nullptr) return errors::ItemAmbiguous(clearance.name());
    found = &required;
  }
  if (found == nullptr) return errors::ItemNotAsked(clearance.name(), item);
  return found;
}

// One of those whose stay it is.
bool IsOf(const Clearance& clearance, absl::string_view person) {
  const auto& fellows = clearance.fellows();
  return clearance.member() == person || std::find(fellows.begin(), fellows.end(), person) != fellows.end();
}

// It asks this person: a cohort's item may be for one of them alone.
bool IsFor(const v1::RequiredItem& item, absl::string_view person) {
  return item.person().empty() || item.person() == person;
}

// Not set means without bound on that side.
template <typename Request>
absl::Status CheckPeriod(const Request& request) {
  FieldErrors wrong;
  if (request.has_valid_from() && request.has_valid_to() && ToDay(request.valid_to()) < ToDay(request.valid_from())) {
    wrong.Add("valid_to", "must not be before valid_from");
  }
  return wrong.ToStatus();
}

absl::StatusOr<v1::ItemRecorded> NewRecord(const Clearance& clearance, const v1::RequiredItem& item,
                                           v1::Outcome outcome, const Circumstance& circumstance) {
  if (clearance.records_size() >= kMostRecords) return errors::TooManyRecords(clearance.name(), kMostRecords);
  v1::ItemRecorded recorded;
  recorded.set_item(item.id());
  recorded.set_outcome(outcome);
  recorded.set_by(circumstance.actor.subject);
  *recorded.mutable_at() = ToTimestamp(circumstance.now);
  recorded.set_number(clearance.records_size() + 1);
  return recorded;
}

template <typename Request>
void CopyPeriod(const Request& request, v1::ItemRecorded& recorded) {
  if (request.has_valid_from()) *recorded.mutable_valid_from() = request.valid_from();
  if (request.has_valid_to()) *recorded.mutable_valid_to() = request.valid_to();
}

ClearanceFact VoidedFact(const v1::ItemRecord& record, absl::string_view reason, const Circumstance& circumstance) {
  ClearanceFact fact;
  v1::ItemVoided& voided = *fact.mutable_item_voided();
  voided.set_item(record.item());
  voided.set_by(circumstance.actor.subject);
  voided.set_reason(std::string(reason));
  voided.set_record(record.number());
  *voided.mutable_at() = ToTimestamp(circumstance.now);
  return fact;
}

// Voids `record` of `item`, or all of the item's when it is 0; refused when there is nothing to void.
absl::StatusOr<Facts> Voided(const Clearance& clearance, absl::string_view item, int record, absl::string_view reason,
                             const Circumstance& circumstance) {
  const auto& items = clearance.items();
  const auto required = std::find_if(items.begin(), items.end(), [&](const auto& asked) { return asked.id() == item; });
  Facts facts;
  for (const v1::ItemRecord& candidate : clearance.records()) {
    const bool meant = candidate.item() == item || (required != items.end() && SpeaksFor(candidate, *required));
    if (!meant || !candidate.void_reason().empty() || (record != 0 && candidate.number() != record)) continue;
    facts.push_back(VoidedFact(candidate, reason, circumstance));
  }
  if (facts.empty()) return errors::NoSuchRecord(item, record);
  return facts;
}

ClearanceFact FactOf(v1::ItemRecorded recorded) {
  ClearanceFact fact;
  *fact.mutable_item_recorded() = std::move(recorded);
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

// What a case keeps is not recorded, or voided, by hand.
absl::Status CheckByHand(const Clearance& clearance, const v1::RequiredItem& item) {
  if (!item.kept_as_case()) return absl::OkStatus();
  const char* method = "OpenVettingCase";
  if (item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK) method = "RequestBackgroundCheck";
  if (item.kind() == ComplianceItem::KIND_VISA) method = "RecordVisa";
  if (item.kind() == ComplianceItem::KIND_SCREENING) method = "ScreenPerson";
  return errors::KeptAsCase(clearance.name(), item.id(), method);
}

bool SameLegs(const Legs& a, const Legs& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const matching::v1::Leg& x, const matching::v1::Leg& y) {
    return x.SerializeAsString() == y.SerializeAsString();
  });
}

// An officer answers for the own case alone; anybody else the chain let in acts for an organisation.
absl::Status CheckOwnCase(const Clearance& clearance, const Actor& actor) {
  if (actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER) || IsOf(clearance, actor.subject)) return absl::OkStatus();
  return errors::NotTheOfficer(clearance.name());
}

// What an outcome may be, and who may state it: nobody reviews the own case.
template <typename Request>
absl::Status CheckReview(const Clearance& clearance, const Request& request, const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(CheckPeriod(request));
  if (request.outcome() == v1::OUTCOME_REFUSED) {
    FieldErrors wrong;
    wrong.Add("outcome", "must be SATISFIED, NOT_SATISFIED or NEEDS_REVIEW");
    return wrong.ToStatus();
  }
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  if (IsOf(clearance, circumstance.actor.subject)) return errors::OwnCheck(clearance.name());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::RecordHealthCoverRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(CheckPeriod(request));
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  AMIKECO_RETURN_IF_ERROR(CheckOwnCase(clearance, circumstance.actor));
  const auto suits = [&](const auto& required) { return IsFor(required, circumstance.actor.subject); };
  AMIKECO_ASSIGN_OR_RETURN(const auto* item,
                           Meant(clearance, request.item(), ComplianceItem::KIND_HEALTH_COVER, suits));
  if (!circumstance.actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER) && !suits(*item)) {
    return errors::NotTheOfficer(clearance.name());
  }
  Facts facts;
  if (request.replaces() != 0) {
    AMIKECO_ASSIGN_OR_RETURN(facts, Voided(clearance, item->id(), request.replaces(), "REPLACED", circumstance));
  }
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *item, v1::OUTCOME_SATISFIED, circumstance));
  recorded.set_kind(request.kind());
  CopyPeriod(request, recorded);
  recorded.set_document_hash(request.document_hash());
  facts.push_back(FactOf(std::move(recorded)));
  return Concluded(clearance, std::move(facts), circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::SignWaiverRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(CheckPeriod(request));
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  const std::string& signer = circumstance.actor.subject;
  if (!IsOf(clearance, signer)) return errors::NotTheOfficer(clearance.name());
  const auto suits = [&](const v1::RequiredItem& required) {
    return IsFor(required, signer) && (required.host().empty() || required.host() == request.host());
  };
  AMIKECO_ASSIGN_OR_RETURN(const auto* item,
                           Meant(clearance, request.item(), ComplianceItem::KIND_LIABILITY_WAIVER, suits));
  if (!IsFor(*item, signer)) return errors::NotTheOfficer(clearance.name());
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *item, v1::OUTCOME_SATISFIED, circumstance));
  recorded.set_host(request.host());
  CopyPeriod(request, recorded);
  recorded.set_document_hash(request.document_hash());
  recorded.set_waiver(request.waiver());
  return Concluded(clearance, {FactOf(std::move(recorded))}, circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::RecordBackgroundCheckRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(CheckReview(clearance, request, circumstance));
  AMIKECO_ASSIGN_OR_RETURN(const auto* item, Meant(clearance, request.item(), ComplianceItem::KIND_BACKGROUND_CHECK,
                                                   [](const auto&) { return true; }));
  AMIKECO_RETURN_IF_ERROR(CheckByHand(clearance, *item));
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *item, request.outcome(), circumstance));
  recorded.set_kind(request.kind());
  CopyPeriod(request, recorded);
  return Concluded(clearance, {FactOf(std::move(recorded))}, circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::RecordReviewRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(CheckReview(clearance, request, circumstance));
  const auto& items = clearance.items();
  const auto item = std::find_if(items.begin(), items.end(), [&](const v1::RequiredItem& required) {
    return required.id() == request.item() && IsReviewed(required);
  });
  if (item == items.end()) return errors::ItemNotAsked(clearance.name(), request.item());
  if (FollowsDocument(*item)) return errors::FollowsDocument(item->id());
  AMIKECO_RETURN_IF_ERROR(CheckByHand(clearance, *item));
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *item, request.outcome(), circumstance));
  recorded.set_kind(request.kind());
  CopyPeriod(request, recorded);
  recorded.set_document_hash(request.document_hash());
  return Concluded(clearance, {FactOf(std::move(recorded))}, circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::RecordMediaConsentRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  const auto may_answer = [&](const v1::RequiredItem& item) {
    return item.host().empty() ? IsOf(clearance, circumstance.actor.subject) && IsFor(item, circumstance.actor.subject)
                               : circumstance.actor.Has(options::v1::ROLE_HOST_CONTACT) &&
                                     circumstance.actor.organisation == item.host();
  };
  AMIKECO_ASSIGN_OR_RETURN(const auto* item,
                           Meant(clearance, request.item(), ComplianceItem::KIND_MEDIA_CONSENT, may_answer));
  if (!may_answer(*item)) return errors::NotTheOfficer(clearance.name());
  const auto outcome = request.consent() == v1::CONSENT_YES ? v1::OUTCOME_SATISFIED : v1::OUTCOME_REFUSED;
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *item, outcome, circumstance));
  recorded.set_host(item->host());
  return Concluded(clearance, {FactOf(std::move(recorded))}, circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::VoidItemRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  if (IsOf(clearance, circumstance.actor.subject)) return errors::OwnCheck(clearance.name());
  for (const v1::RequiredItem& item : clearance.items()) {
    if (item.id() == request.item() && FollowsDocument(item)) return errors::FollowsDocument(item.id());
    if (item.id() == request.item()) AMIKECO_RETURN_IF_ERROR(CheckByHand(clearance, item));
  }
  AMIKECO_ASSIGN_OR_RETURN(Facts voided,
                           Voided(clearance, request.item(), request.record(), request.reason(), circumstance));
  return Concluded(clearance, std::move(voided), circumstance.now);
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::RevokeClearanceRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  if (clearance.state() == Clearance::STATE_REVOKED) return errors::AlreadyRevoked(clearance.name());
  return Facts{RevokedFact(clearance, circumstance.actor.subject, request.reason())};
}

absl::StatusOr<Facts> Decide(const Clearance& clearance, const v1::ReinstateClearanceRequest& request,
                             const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  if (clearance.state() != Clearance::STATE_REVOKED) return errors::NotRevoked(clearance.name());
  if (clearance.revoked_by() == circumstance.actor.subject) {
    return errors::SecondPersonNeeded(circumstance.actor.subject);
  }
  if (IsOf(clearance, circumstance.actor.subject)) return errors::OwnCheck(clearance.name());
  ClearanceFact fact;
  v1::ClearanceReinstated& reinstated = *fact.mutable_reinstated();
  reinstated.set_application(clearance.application());
  reinstated.set_by(circumstance.actor.subject);
  reinstated.set_reason(request.reason());
  *reinstated.mutable_at() = ToTimestamp(circumstance.now);
  return Concluded(clearance, {fact}, circumstance.now);
}

absl::StatusOr<Facts> OnWaiverDeclined(const Clearance& clearance, absl::string_view item, absl::string_view waiver,
                                       const Circumstance& circumstance) {
  AMIKECO_RETURN_IF_ERROR(StillOpen(clearance));
  AMIKECO_ASSIGN_OR_RETURN(const auto* asked, Meant(clearance, item, ComplianceItem::KIND_LIABILITY_WAIVER,
                                                    [](const v1::RequiredItem&) { return true; }));
  AMIKECO_ASSIGN_OR_RETURN(auto recorded, NewRecord(clearance, *asked, v1::OUTCOME_NOT_SATISFIED, circumstance));
  recorded.set_host(asked->host());
  recorded.set_waiver(std::string(waiver));
  return Concluded(clearance, {FactOf(std::move(recorded))}, circumstance.now);
}

Facts OnWaiversEnded(const Clearance& clearance, const std::map<std::string, std::string>& reasons,
                     const Circumstance& circumstance) {
  Facts facts;
  for (const v1::ItemRecord& record : clearance.records()) {
    const auto ended = reasons.find(record.waiver());
    if (ended == reasons.end() || !record.void_reason().empty()) continue;
    facts.push_back(VoidedFact(record, ended->second, circumstance));
  }
  if (facts.empty()) return facts;
  return Concluded(clearance, std::move(facts), circumstance.now);
}

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

absl::CivilDay FirstDay(const Clearance& clearance) {
  absl::CivilDay first = ToDay(clearance.legs(0).start());
  for (const matching::v1::Leg& leg : clearance.legs()) first = std::min(first, ToDay(leg.start()));
  return first;
}

absl::CivilDay Today(const Clearance& clearance, absl::Time now) { return absl::ToCivilDay(now, ZoneOf(clearance)); }

std::string ClearanceNameOf(absl::string_view application) {
  return absl::StrCat("clearances/", absl::StripPrefix(application, "applications/"));
}

void Describe(Clearance& clearance, int64_t version, absl::Time now) {
  const absl::CivilDay today = Today(clearance, now);
  Judgement judgement = Judge(clearance, today);
  // Both must say so: the state may be of yesterday, and the items know nothing of a revocation.
  clearance.set_cleared(clearance.state() == Clearance::STATE_CLEARED && judgement.holds);
  clearance.set_version(version);
  for (v1::OpenItem& open : judgement.open) *clearance.add_open_items() = std::move(open);
  for (v1::Lapse& lapse : LapsesOf(clearance, today)) *clearance.add_lapses() = std::move(lapse);
  clearance.set_media_allowed(MediaAllowed(clearance));
  if (const auto end = EndOf(clearance, today); end && clearance.cleared()) {
    *clearance.mutable_clearance_ends() = ToDate(*end);
  }
}

}  // namespace amikeco::compliance
