// What follows from each command, and from what becomes of waivers.
#include "services/compliance/clearance.h"

#include <algorithm>
#include <utility>

#include "common/base/dates.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/clearance_facts.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/errors.h"
#include "services/compliance/judge.h"

namespace amikeco::compliance {
namespace {

using programme::v1::ComplianceItem;
using v1::Clearance;
using v1::ClearanceFact;

absl::Status StillOpen(const Clearance& clearance) {
  if (clearance.state() == Clearance::STATE_CLOSED) return errors::ClearanceClosed(clearance.name());
  return absl::OkStatus();
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

// What a case keeps is not recorded, or voided, by hand.
absl::Status CheckByHand(const Clearance& clearance, const v1::RequiredItem& item) {
  if (!item.kept_as_case()) return absl::OkStatus();
  const char* method = "OpenVettingCase";
  if (item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK) method = "RequestBackgroundCheck";
  if (item.kind() == ComplianceItem::KIND_VISA) method = "RecordVisa";
  if (item.kind() == ComplianceItem::KIND_SCREENING) method = "ScreenPerson";
  return errors::KeptAsCase(clearance.name(), item.id(), method);
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
  if (request.outcome() == v1::OUTCOME_REFUSED || request.outcome() == v1::OUTCOME_INCOMPLETE) {
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

}  // namespace amikeco::compliance
