#include "services/compliance/assessment.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/hash.h"
#include "common/base/zones.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/compliance/assessment_transitions.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/policy.h"

namespace amikeco::compliance {
namespace {

using v1::Assessment;
using v1::AssessmentFact;

absl::TimeZone ZoneOf(const Assessment& assessment) { return ZoneNamed(assessment.time_zone()); }
absl::CivilDay TodayOf(const Assessment& assessment, absl::Time now) {
  return absl::ToCivilDay(now, ZoneOf(assessment));
}

absl::Status CheckPossible(const Assessment& assessment, AssessmentCommand command) {
  if (Next(assessment.state(), command)) return absl::OkStatus();
  const std::string state = Assessment::State_Name(assessment.state());
  return errors::DocumentNotPossibleInState(NameOf(command), assessment.name(), absl::AsciiStrToLower(state.substr(6)),
                                            PossibleCommands(assessment.state()));
}

bool IsAuthor(const Assessment& assessment, absl::string_view person) {
  const auto& authors = assessment.authors();
  return std::find(authors.begin(), authors.end(), person) != authors.end();
}

// Reviewed and approved by others than those who wrote it, and by the policy that is in force.
absl::Status CheckJudge(const Assessment& assessment, const AssessmentCircumstance& c) {
  if (IsAuthor(assessment, c.actor.subject)) return errors::OwnDocument(assessment.name(), c.actor.subject);
  const v1::RiskJudgement& judgement = assessment.judgement();
  if (judgement.policy() != c.policy.id() || judgement.policy_version() != c.policy.version()) {
    return errors::PolicyVersionPassed(assessment.name(), judgement.policy_version());
  }
  return absl::OkStatus();
}

// What all facts but the first begin with.
template <typename Fact, typename Circumstance>
void Stamp(Fact& fact, const Assessment& assessment, const Circumstance& c) {
  fact.set_application(assessment.application());
  fact.set_by(c.actor.subject);
  *fact.mutable_at() = ToTimestamp(c.now);
}

AssessmentFact ReopenedFact(const Assessment& assessment, v1::ReopenReason reason, absl::string_view about,
                            absl::string_view by, absl::Time now) {
  AssessmentFact fact;
  v1::AssessmentReopened& reopened = *fact.mutable_reopened();
  reopened.set_application(assessment.application());
  reopened.set_reason(reason);
  reopened.set_about(std::string(about));
  reopened.set_by(std::string(by));
  *reopened.mutable_at() = ToTimestamp(now);
  return fact;
}

// Countries of the activity that it does not name, and whether it is held as was asked for.
absl::Status CheckScope(const Evidence& evidence) {
  std::set<std::string> needed(evidence.activity.countries().begin(), evidence.activity.countries().end());
  needed.insert(evidence.notified_countries.begin(), evidence.notified_countries.end());
  FieldErrors wrong;
  const auto& named = evidence.content.countries();
  for (const std::string& country : needed) {
    if (std::find(named.begin(), named.end(), country) == named.end()) {
      wrong.Add("content.countries",
                absl::StrCat("does not cover ", country, ", which the activity is for; assess it there too"));
    }
  }
  const auto delivery = evidence.activity.delivery();
  if (delivery != programme::v1::DELIVERY_MODE_UNSPECIFIED && delivery != evidence.content.delivery()) {
    wrong.Add("content.delivery",
              absl::StrCat("must be what was requested, ", programme::v1::DeliveryMode_Name(delivery)));
  }
  return wrong.ToStatus();
}

// Each country it names has an assessment of its own, of this policy and not too old.
absl::Status CheckCountries(const Evidence& evidence, const v1::AssessmentPolicy& policy, absl::CivilDay today) {
  std::vector<std::string> missing;
  for (const std::string& country : evidence.content.countries()) {
    const bool assessed =
        std::any_of(evidence.countries.begin(), evidence.countries.end(), [&](const v1::CountryRevision& revised) {
          return revised.country() == country && revised.policy() == policy.id() &&
                 revised.policy_version() == policy.version() && today < ToDay(revised.review_due());
        });
    if (!assessed) missing.push_back(country);
  }
  return missing.empty() ? absl::OkStatus() : errors::CountryNotAssessed(missing);
}

// The gravest rung that the actor stands on, by its place in the ladder; -1: on none.
int RungOf(const v1::AssessmentPolicy& policy, const Actor& actor) {
  for (int i = policy.approvers_size() - 1; i >= 0; --i) {
    if (actor.Has(policy.approvers(i).role())) return i;
  }
  return -1;
}
int RungNamed(const v1::AssessmentPolicy& policy, absl::string_view id) {
  for (int i = 0; i < policy.approvers_size(); ++i) {
    if (policy.approvers(i).id() == id) return i;
  }
  return policy.approvers_size();
}

absl::Status CheckDays(const v1::ApproveAssessmentRequest& request, const v1::AssessmentPolicy& policy,
                       absl::CivilDay today) {
  FieldErrors wrong;
  const absl::CivilDay valid_to = ToDay(request.valid_to()), review = ToDay(request.review_date());
  const absl::CivilDay last = AddMonths(today, policy.validity_months());
  const absl::CivilDay last_review = std::min(valid_to, AddMonths(today, policy.review_months()));
  if (valid_to < today) wrong.Add("valid_to", absl::StrCat("has passed; today is ", FormatDay(today)));
  if (valid_to > last) {
    wrong.Add("valid_to", absl::StrCat("must be ", FormatDay(last), " or earlier: an approval holds for ",
                                       policy.validity_months(), " months at most"));
  }
  if (review <= today || review > last_review) {
    wrong.Add("review_date",
              absl::StrCat("must be behind today and not behind ", FormatDay(last_review), ", nor behind valid_to"));
  }
  return wrong.ToStatus();
}

}  // namespace

DecidedAssessment Decide(const Assessment& assessment, const v1::WriteAssessmentRequest& request,
                         const AssessmentCircumstance& c, const v1::Activity& activity,
                         const programme::v1::Programme& programme) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kWrite));
  AssessmentFact fact;
  v1::AssessmentWritten& written = *fact.mutable_written();
  written.set_application(activity.application());
  written.set_revision(assessment.revision() + 1);
  written.set_content_hash(ContentHash(request.content()));
  *written.mutable_countries() = request.content().countries();
  written.set_by(c.actor.subject);
  *written.mutable_at() = ToTimestamp(c.now);
  written.set_programme(activity.programme());
  written.set_programme_version(activity.programme_version());
  written.set_time_zone(programme.time_zone());
  // Those who are assessed are no party to it.
  *written.mutable_parties() = c.policy.organisations();
  const auto& parties = written.parties();
  if (std::find(parties.begin(), parties.end(), programme.operator_organisation()) == parties.end()) {
    written.add_parties(programme.operator_organisation());
  }
  written.mutable_disclosure()->set_disclosure_class(options::v1::DISCLOSURE_CLASS_PARTNER);
  written.mutable_disclosure()->set_set_by(activity.programme());
  *written.mutable_disclosure()->mutable_set_time() = ToTimestamp(c.now);
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::SubmitAssessmentRequest& request,
                         const AssessmentCircumstance& c, const Evidence& evidence) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kSubmit));
  AMIKECO_RETURN_IF_ERROR(CheckScope(evidence));
  AMIKECO_RETURN_IF_ERROR(CheckCountries(evidence, c.policy, TodayOf(assessment, c.now)));
  AMIKECO_RETURN_IF_ERROR(CheckComplete(c.policy, evidence.content, evidence.countries));
  AssessmentFact fact;
  v1::AssessmentSubmitted& submitted = *fact.mutable_submitted();
  Stamp(submitted, assessment, c);
  submitted.set_revision(assessment.revision());
  submitted.set_content_hash(ContentHash(evidence.content));
  *submitted.mutable_judgement() = JudgeRisks(c.policy, evidence.content, evidence.countries);
  for (const v1::CountryRevision& country : evidence.countries) {
    v1::CountryBasis& basis = *submitted.add_basis();
    basis.set_country(country.country());
    basis.set_revision(country.revision());
    basis.set_content_hash(country.content_hash());
  }
  FieldErrors late;
  for (int i = 0; i < evidence.content.mitigations_size(); ++i) {
    const v1::Mitigation& mitigation = evidence.content.mitigations(i);
    if (!mitigation.has_due()) continue;
    if (ToDay(mitigation.due()) < TodayOf(assessment, c.now)) {
      late.Add(absl::StrCat("content.mitigations[", i, "].due"), "has passed; leave it out when it is in place");
    }
    v1::OpenMitigation& open = *submitted.add_open_mitigations();
    open.set_number(i + 1);
    *open.mutable_due() = mitigation.due();
  }
  AMIKECO_RETURN_IF_ERROR(late.ToStatus());
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::ReviewAssessmentRequest& request,
                         const AssessmentCircumstance& c) {
  FieldErrors wrong;
  const bool passes = request.outcome() == v1::REVIEW_OUTCOME_OK;
  if (request.outcome() == v1::REVIEW_OUTCOME_DECLINED)
    wrong.Add("outcome", "must be OK or RETURNED; DecideAssessment declines");
  if (!passes && request.reason().empty()) wrong.Add("reason", "is missing; say with a code what is amiss");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, passes ? AssessmentCommand::kPass : AssessmentCommand::kReturn));
  AMIKECO_RETURN_IF_ERROR(CheckJudge(assessment, c));
  AssessmentFact fact;
  Stamp(*fact.mutable_reviewed(), assessment, c);
  fact.mutable_reviewed()->set_revision(assessment.revision());
  fact.mutable_reviewed()->set_outcome(request.outcome());
  fact.mutable_reviewed()->set_reason(request.reason());
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::ApproveAssessmentRequest& request,
                         const AssessmentCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kApprove));
  AMIKECO_RETURN_IF_ERROR(CheckJudge(assessment, c));
  const v1::RiskJudgement& judgement = assessment.judgement();
  const int rung = RungOf(c.policy, c.actor);
  if (rung < RungNamed(c.policy, judgement.approver_level())) {
    return errors::ApproverLevelTooLow(assessment.name(), judgement.approver_level());
  }
  if (request.content_hash() != assessment.content_hash()) {
    return errors::ContentChanged(assessment.name(), assessment.content_hash());
  }
  if (judgement.recommendation() == v1::RECOMMENDATION_DO_NOT_PROCEED) return errors::NotApprovable(assessment.name());
  const absl::CivilDay today = TodayOf(assessment, c.now);
  AMIKECO_RETURN_IF_ERROR(CheckDays(request, c.policy, today));
  AssessmentFact fact;
  v1::AssessmentApproved& approved = *fact.mutable_approved();
  Stamp(approved, assessment, c);
  approved.set_revision(assessment.revision());
  approved.set_content_hash(request.content_hash());
  approved.set_level(c.policy.approvers(rung).id());
  *approved.mutable_valid_from() = ToDate(today);
  *approved.mutable_valid_to() = request.valid_to();
  *approved.mutable_review_date() = request.review_date();
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::DecideAssessmentRequest& request,
                         const AssessmentCircumstance& c, const programme::v1::Programme& programme) {
  if (c.actor.organisation != programme.operator_organisation()) {
    return errors::NotTheOperator(c.actor.organisation, programme.operator_organisation());
  }
  const bool proceeds = request.verdict() == v1::VERDICT_PROCEED;
  AMIKECO_RETURN_IF_ERROR(
      CheckPossible(assessment, proceeds ? AssessmentCommand::kProceed : AssessmentCommand::kDecline));
  v1::DecisionRationale rationale;
  rationale.set_human_rights(request.human_rights_rationale());
  rationale.set_code_of_ethics(request.code_of_ethics_rationale());
  AssessmentFact fact;
  Stamp(*fact.mutable_decided(), assessment, c);
  fact.mutable_decided()->set_verdict(request.verdict());
  fact.mutable_decided()->set_rationale_hash(ContentHash(rationale));
  fact.mutable_decided()->set_revision(assessment.revision());
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::ReopenAssessmentRequest& request,
                         const AssessmentCircumstance& c) {
  const bool by_person = request.reason() == v1::REOPEN_REASON_INCIDENT ||
                         request.reason() == v1::REOPEN_REASON_ACTIVITY_CHANGED ||
                         request.reason() == v1::REOPEN_REASON_ON_REQUEST;
  FieldErrors wrong;
  if (!by_person)
    wrong.Add("reason", "must be INCIDENT, ACTIVITY_CHANGED or ON_REQUEST; the others happen by themselves");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kReopen));
  return AssessmentFacts{ReopenedFact(assessment, request.reason(), "", c.actor.subject, c.now)};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::CompleteMitigationRequest& request,
                         const AssessmentCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kCompleteMitigation));
  const auto& open = assessment.open_mitigations();
  const bool known = std::any_of(open.begin(), open.end(),
                                 [&](const auto& mitigation) { return mitigation.number() == request.number(); });
  if (!known) return errors::NoOpenMitigation(assessment.name(), request.number());
  AssessmentFact fact;
  Stamp(*fact.mutable_mitigation_completed(), assessment, c);
  fact.mutable_mitigation_completed()->set_number(request.number());
  fact.mutable_mitigation_completed()->set_evidence_hash(request.evidence_hash());
  return AssessmentFacts{fact};
}

DecidedAssessment Decide(const Assessment& assessment, const v1::WithdrawAssessmentRequest& request,
                         const AssessmentCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(assessment, AssessmentCommand::kWithdraw));
  AssessmentFact fact;
  Stamp(*fact.mutable_withdrawn(), assessment, c);
  fact.mutable_withdrawn()->set_reason(request.reason());
  return AssessmentFacts{fact};
}

bool IsUnderway(const Assessment& assessment) {
  return Next(assessment.state(), AssessmentCommand::kReopen).has_value();
}

AssessmentFacts OnCountryChanged(const Assessment& assessment, absl::string_view country, absl::string_view by,
                                 absl::Time now) {
  const auto& countries = assessment.countries();
  const bool rests = std::find(countries.begin(), countries.end(), country) != countries.end();
  if (!IsUnderway(assessment) || !rests) return {};
  return {ReopenedFact(assessment, v1::REOPEN_REASON_COUNTRY_CHANGED, country, by, now)};
}

AssessmentFacts OnActivityChanged(const Assessment& assessment, absl::string_view by, absl::Time now) {
  if (!IsUnderway(assessment)) return {};
  return {ReopenedFact(assessment, v1::REOPEN_REASON_ACTIVITY_CHANGED, "", by, now)};
}

AssessmentFacts OnTime(const Assessment& assessment, const v1::AssessmentPolicy& policy, absl::Time now) {
  if (!IsUnderway(assessment)) return {};
  const v1::RiskJudgement& judgement = assessment.judgement();
  if (judgement.policy() != policy.id() || judgement.policy_version() != policy.version()) {
    return {ReopenedFact(assessment, v1::REOPEN_REASON_POLICY_CHANGED, absl::StrCat(policy.id(), "@", policy.version()),
                         kSystem, now)};
  }
  const absl::CivilDay today = TodayOf(assessment, now);
  for (const v1::OpenMitigation& open : assessment.open_mitigations()) {
    if (ToDay(open.due()) >= today) continue;
    return {ReopenedFact(assessment, v1::REOPEN_REASON_MITIGATION_OVERDUE, absl::StrCat(open.number()), kSystem, now)};
  }
  const v1::AssessmentApproved* approved = ApprovalOf(assessment);
  if (approved == nullptr || ToDay(approved->review_date()) > today || assessment.has_review_noted()) return {};
  AssessmentFact fact;
  fact.mutable_review_due()->set_application(assessment.application());
  *fact.mutable_review_due()->mutable_date() = approved->review_date();
  return {fact};
}

std::optional<absl::Time> NextDue(const Assessment& assessment) {
  if (!IsUnderway(assessment)) return std::nullopt;
  std::optional<absl::CivilDay> first;
  const auto consider = [&](absl::CivilDay day) {
    if (!first || day < *first) first = day;
  };
  for (const v1::OpenMitigation& open : assessment.open_mitigations()) consider(ToDay(open.due()) + 1);
  const v1::AssessmentApproved* approved = ApprovalOf(assessment);
  if (approved != nullptr && !assessment.has_review_noted()) consider(ToDay(approved->review_date()));
  if (!first) return std::nullopt;
  return absl::FromCivil(*first, ZoneOf(assessment));
}

const v1::AssessmentApproved* ApprovalOf(const Assessment& assessment) {
  if (assessment.approvals().empty()) return nullptr;
  const v1::Approval& last = *assessment.approvals().rbegin();
  return last.void_reason().empty() ? &last.approved() : nullptr;
}

bool Covers(const Assessment& assessment, const std::vector<std::string>& countries) {
  const auto& covered = assessment.countries();
  return std::all_of(countries.begin(), countries.end(), [&](const std::string& country) {
    return std::find(covered.begin(), covered.end(), country) != covered.end();
  });
}

std::optional<Standing> StandingOf(const Assessment& assessment) {
  if (assessment.state() == Assessment::STATE_DECLINED) {
    return Standing{.outcome = v1::OUTCOME_NOT_SATISFIED,
                    .hash = assessment.content_hash(),
                    .by = assessment.decisions().rbegin()->by()};
  }
  const v1::AssessmentApproved* approved = ApprovalOf(assessment);
  if (assessment.state() != Assessment::STATE_PROCEEDING || approved == nullptr) return std::nullopt;
  return Standing{.outcome = v1::OUTCOME_SATISFIED,
                  .hash = approved->content_hash(),
                  .by = approved->by(),
                  .from = ToDay(approved->valid_from()),
                  .to = ToDay(approved->valid_to())};
}

std::string ContentHash(const google::protobuf::Message& content) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream text(&bytes);
    google::protobuf::io::CodedOutputStream out(&text);
    out.SetSerializationDeterministic(true);
    content.SerializeToCodedStream(&out);
  }
  return absl::BytesToHexString(Sha256(bytes));
}

std::string AssessmentNameOf(absl::string_view application) {
  return absl::StrCat("assessments/", absl::StripPrefix(application, "applications/"));
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

void AddAuthor(Assessment& assessment, const std::string& person) {
  const auto& authors = assessment.authors();
  if (std::find(authors.begin(), authors.end(), person) == authors.end()) assessment.add_authors(person);
}

// Whatever was approved and decided about no longer counts.
void Void(Assessment& assessment, absl::string_view reason) {
  for (Approval& approval : *assessment.mutable_approvals()) {
    if (approval.void_reason().empty()) approval.set_void_reason(std::string(reason));
  }
  assessment.clear_review_noted();
  assessment.clear_open_mitigations();
}

void Apply(Assessment& assessment, const AssessmentWritten& written) {
  assessment.set_name(AssessmentNameOf(written.application()));
  assessment.set_application(written.application());
  assessment.set_programme(written.programme());
  assessment.set_programme_version(written.programme_version());
  assessment.set_state(Assessment::STATE_DRAFT);
  assessment.set_revision(written.revision());
  assessment.set_content_hash(written.content_hash());
  *assessment.mutable_countries() = written.countries();
  AddAuthor(assessment, written.by());
  assessment.set_time_zone(written.time_zone());
  *assessment.mutable_parties() = written.parties();
  if (written.has_disclosure()) *assessment.mutable_disclosure() = written.disclosure();
  *assessment.mutable_write_time() = written.at();
  Void(assessment, "REVISED");
}

void Apply(Assessment& assessment, const AssessmentSubmitted& submitted) {
  assessment.set_state(Assessment::STATE_SUBMITTED);
  *assessment.mutable_judgement() = submitted.judgement();
  *assessment.mutable_basis() = submitted.basis();
  *assessment.mutable_open_mitigations() = submitted.open_mitigations();
  AddAuthor(assessment, submitted.by());
}

void Apply(Assessment& assessment, const AssessmentReviewed& reviewed) {
  *assessment.add_reviews() = reviewed;
  assessment.set_state(reviewed.outcome() == REVIEW_OUTCOME_OK ? Assessment::STATE_REVIEWED : Assessment::STATE_DRAFT);
}

void Apply(Assessment& assessment, const AssessmentApproved& approved) {
  *assessment.add_approvals()->mutable_approved() = approved;
  assessment.set_state(Assessment::STATE_APPROVED);
}

void Apply(Assessment& assessment, const AssessmentDecided& decided) {
  *assessment.add_decisions() = decided;
  assessment.set_state(decided.verdict() == VERDICT_PROCEED ? Assessment::STATE_PROCEEDING
                                                            : Assessment::STATE_DECLINED);
}

void Apply(Assessment& assessment, const AssessmentReopened& reopened) {
  *assessment.add_reopenings() = reopened;
  assessment.set_state(Assessment::STATE_DRAFT);
  Void(assessment, absl::StripPrefix(ReopenReason_Name(reopened.reason()), "REOPEN_REASON_"));
}

void Apply(Assessment& assessment, const MitigationCompleted& completed) {
  auto& open = *assessment.mutable_open_mitigations();
  open.erase(std::remove_if(open.begin(), open.end(),
                            [&](const OpenMitigation& one) { return one.number() == completed.number(); }),
             open.end());
}

}  // namespace

Assessment Evolve(Assessment assessment, const AssessmentFact& fact) {
  switch (fact.fact_case()) {
    case AssessmentFact::kWritten:
      Apply(assessment, fact.written());
      break;
    case AssessmentFact::kSubmitted:
      Apply(assessment, fact.submitted());
      break;
    case AssessmentFact::kReviewed:
      Apply(assessment, fact.reviewed());
      break;
    case AssessmentFact::kApproved:
      Apply(assessment, fact.approved());
      break;
    case AssessmentFact::kDecided:
      Apply(assessment, fact.decided());
      break;
    case AssessmentFact::kReopened:
      Apply(assessment, fact.reopened());
      break;
    case AssessmentFact::kMitigationCompleted:
      Apply(assessment, fact.mitigation_completed());
      break;
    case AssessmentFact::kWithdrawn:
      assessment.set_state(Assessment::STATE_WITHDRAWN);
      break;
    case AssessmentFact::kReviewDue:
      *assessment.mutable_review_noted() = fact.review_due().date();
      break;
    case AssessmentFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return assessment;
}

}  // namespace amikeco::compliance::v1
