#include "common/privacy/data_subject.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"

namespace amikeco {
namespace {

using ops::v1::DataSubject;
using ops::v1::DataSubjectFact;
using ops::v1::LegalHold;
using ops::v1::RetentionRule;

// An open case is looked at this often: its documents stay at most so much longer than they must.
constexpr absl::Duration kLookAtOpenCases = absl::Hours(24 * 7);
// What the policy keeps now, and did not when it was written: it may be changed again.
constexpr absl::Duration kLookAtKept = absl::Hours(24 * 365);
// As soon after a hold is lifted, what was due is erased.
constexpr absl::Duration kLookAtHeld = absl::Hours(24);

const LegalHold* FindHold(const DataSubject& subject, const std::string& id) {
  const auto& holds = subject.holds();
  const auto hold = std::find_if(holds.begin(), holds.end(), [&](const LegalHold& one) { return one.id() == id; });
  return hold == holds.end() ? nullptr : &*hold;
}

}  // namespace

DataSubjectFacts Decide(const DataSubject& subject, const ops::v1::PlaceLegalHoldRequest& command, const Actor& actor,
                        absl::Time now) {
  if (FindHold(subject, command.hold_id()) != nullptr) return std::vector<DataSubjectFact>{};
  DataSubjectFact fact;
  ops::v1::LegalHoldPlaced& placed = *fact.mutable_hold_placed();
  placed.set_person(command.person());
  LegalHold& hold = *placed.mutable_hold();
  hold.set_id(command.hold_id());
  hold.set_reason(command.reason());
  hold.set_placed_by(actor.subject);
  hold.set_organisation(actor.organisation);
  *hold.mutable_place_time() = ToTimestamp(now);
  return std::vector{fact};
}

DataSubjectFacts Decide(const DataSubject& subject, const ops::v1::LiftLegalHoldRequest& command, const Actor& actor,
                        absl::Time now) {
  if (FindHold(subject, command.hold_id()) == nullptr) {
    return NotFound(absl::StrCat("legal hold ", command.hold_id(), " on ", command.person()));
  }
  DataSubjectFact fact;
  fact.mutable_hold_lifted()->set_hold(command.hold_id());
  fact.mutable_hold_lifted()->set_by(actor.subject);
  *fact.mutable_hold_lifted()->mutable_at() = ToTimestamp(now);
  return std::vector{fact};
}

absl::Status MayErase(const DataSubject& subject, const std::string& person) {
  if (subject.holds().empty()) return absl::OkStatus();
  return Error(errors::kLegalHold,
               absl::StrCat("A legal hold stands on the data of ", person, "; it cannot be erased for now."),
               {{"person", person}});
}

bool ErasureIsDue(const DataSubject& subject) {
  return subject.has_erasure_asked_time() && !subject.has_erase_time() && subject.holds().empty();
}

Look Judge(const RetentionRule* rule, const DataSubject& subject, std::optional<absl::Time> case_end, absl::Time now) {
  if (rule == nullptr || rule->keep_days() == 0) return {Look::Verdict::kKeep, now + kLookAtKept};
  if (rule->basis() == RetentionRule::BASIS_CASE_END) {
    if (!case_end) return {Look::Verdict::kKeep, now + kLookAtOpenCases};
    const absl::Time due = *case_end + absl::Hours(24) * rule->keep_days();
    if (due > now) return {Look::Verdict::kKeep, due};
  }
  if (!subject.holds().empty()) return {Look::Verdict::kHeld, now + kLookAtHeld};
  return {Look::Verdict::kErase, now};
}

std::vector<ops::v1::KeptDocument> KeptBy(const ops::v1::PrivacyPolicy* policy) {
  std::vector<ops::v1::KeptDocument> kept;
  if (policy == nullptr) return kept;
  for (const RetentionRule& rule : policy->rules()) {
    if (rule.basis() != RetentionRule::BASIS_FOREVER && !rule.outlives_person()) continue;
    ops::v1::KeptDocument& document = kept.emplace_back();
    document.set_document(rule.document());
    document.set_reason(rule.reason());
    document.set_basis(rule.basis());
    document.set_keep_days(rule.keep_days());
    document.set_policy(policy->id());
  }
  return kept;
}

namespace ops::v1 {
namespace {

void Forget(DataSubject& subject, const std::string& entry) {
  auto& deferred = *subject.mutable_deferred();
  deferred.erase(
      std::remove_if(deferred.begin(), deferred.end(), [&](const auto& one) { return one.entry() == entry; }),
      deferred.end());
}

}  // namespace

DataSubject Evolve(DataSubject subject, const DataSubjectFact& fact) {
  switch (fact.fact_case()) {
    case DataSubjectFact::kHoldPlaced:
      subject.set_person(fact.hold_placed().person());
      *subject.add_holds() = fact.hold_placed().hold();
      break;
    case DataSubjectFact::kHoldLifted: {
      auto& holds = *subject.mutable_holds();
      holds.erase(std::remove_if(holds.begin(), holds.end(),
                                 [&](const LegalHold& hold) { return hold.id() == fact.hold_lifted().hold(); }),
                  holds.end());
      break;
    }
    case DataSubjectFact::kErasureDeferred:
      subject.set_person(fact.erasure_deferred().person());
      *subject.mutable_erasure_asked_time() = fact.erasure_deferred().at();
      break;
    case DataSubjectFact::kSubjectErased:
      subject.set_person(fact.subject_erased().person());
      *subject.mutable_erase_time() = fact.subject_erased().at();
      subject.clear_erasure_asked_time();
      subject.clear_deferred();
      break;
    case DataSubjectFact::kDocumentErased:
      subject.set_person(fact.document_erased().person());
      Forget(subject, fact.document_erased().entry());
      break;
    case DataSubjectFact::kDocumentKept: {
      subject.set_person(fact.document_kept().person());
      DataSubject::Deferred& deferred = *subject.add_deferred();
      deferred.set_document(fact.document_kept().document());
      deferred.set_entry(fact.document_kept().entry());
      deferred.set_hold(fact.document_kept().hold());
      break;
    }
    case DataSubjectFact::kDossierEmptied:
      subject.set_person(fact.dossier_emptied().person());
      subject.clear_deferred();
      break;
    case DataSubjectFact::FACT_NOT_SET:
      break;
  }
  return subject;
}

Consultation Evolve(Consultation consultation, const ConsultationFact& fact) {
  if (fact.has_told()) consultation = fact.told().consultation();
  return consultation;
}

}  // namespace ops::v1
}  // namespace amikeco
