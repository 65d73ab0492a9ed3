// Engagement notifications and human-rights assessments: what is written in them, and by whom.
#include <string>

#include "absl/synchronization/mutex.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"

namespace amikeco::demo {
namespace {

using compliance::v1::Assessment;
using compliance::v1::AssessmentPolicy;
using compliance::v1::RequiredItem;

Actor Assessor(const Applicant& applicant) {
  return As("people/assessor", applicant.programme->operator_organisation(), options::v1::ROLE_ASSESSOR);
}

// No concerns: every risk is answered with no.
compliance::v1::AssessmentContent ContentFor(const AssessmentPolicy& policy, const Applicant& applicant) {
  compliance::v1::AssessmentContent content;
  content.set_kind(compliance::v1::AssessmentContent::KIND_CAPACITY_BUILDING);
  *content.mutable_countries() = applicant.assistance.countries();
  content.set_delivery(applicant.assistance.delivery());
  content.set_purpose("What was asked for.");
  content.set_implementing_body(applicant.programme->operator_organisation());
  for (const auto& risk : policy.risks()) {
    auto& row = *content.add_risks();
    row.set_risk(risk.id());
    row.set_applicable(compliance::v1::ANSWER_VALUE_NO);
  }
  content.set_recommendation(compliance::v1::RECOMMENDATION_PROCEED);
  content.set_conclusion("Nothing speaks against it.");
  return content;
}

}  // namespace

absl::Status Play::Notify(const Applicant& applicant, const Application& application, const RequiredItem& item) {
  compliance::v1::SubmitNotificationRequest submit;
  submit.set_application(application.name());
  auto& content = *submit.mutable_content();
  content.set_purpose("What was asked for.");
  *content.mutable_countries() = applicant.assistance.countries();
  content.set_delivery(applicant.assistance.delivery());
  *content.mutable_first_day() = item.first_day();
  *content.mutable_last_day() = item.last_day();
  content.add_recipient_units(applicant.home);
  using compliance::v1::EngagementNotification;
  AMIKECO_ASSIGN_OR_RETURN(
      const auto submitted,
      stage_.Call<EngagementNotification>(Service::kCompliance, "SubmitNotification", Self(applicant), submit));
  compliance::v1::ReviewNotificationRequest review;
  review.set_name(submitted.name());
  review.set_version(submitted.versions_size());
  review.set_outcome(compliance::v1::REVIEW_OUTCOME_OK);
  return stage_
      .Call<EngagementNotification>(Service::kCompliance, "ReviewNotification", ComplianceOfficer(applicant), review)
      .status();
}

// Every country once in the play: assessments of it are reused.
absl::Status Play::AssessCountries(const Applicant& applicant, const AssessmentPolicy& policy) {
  absl::MutexLock lock(&countries_mutex_);
  for (const std::string& country : applicant.assistance.countries()) {
    const auto assessed = assessed_countries_.find(country);
    if (assessed != assessed_countries_.end() && today_ < AddMonths(assessed->second, policy.review_months())) continue;
    compliance::v1::RecordCountryAssessmentRequest request;
    request.set_country(country);
    for (const auto& question : policy.questions()) {
      auto& answer = *request.mutable_content()->add_answers();
      answer.set_question(question.id());
      answer.set_value(compliance::v1::ANSWER_VALUE_NO);
    }
    const Actor post = As("people/post", policy.organisations(0), options::v1::ROLE_ASSESSOR);
    AMIKECO_RETURN_IF_ERROR(
        stage_.Call<compliance::v1::CountryAssessment>(Service::kCompliance, "RecordCountryAssessment", post, request)
            .status());
    assessed_countries_[country] = today_;
  }
  return absl::OkStatus();
}

// From writing to the decision to proceed; an approval holds for so many months at most.
absl::Status Play::Assess(const Applicant& applicant, const Application& application, const RequiredItem& item) {
  AMIKECO_ASSIGN_OR_RETURN(
      const auto policy, stage_.Call<AssessmentPolicy>(Service::kCompliance, "GetAssessmentPolicy", Assessor(applicant),
                                                       compliance::v1::GetAssessmentPolicyRequest()));
  if (ToDay(item.last_day()) > AddMonths(today_, policy.validity_months())) return absl::OkStatus();  // too early
  AMIKECO_RETURN_IF_ERROR(AssessCountries(applicant, policy));
  const auto call = [&](const char* method, const Actor& actor, const auto& request) {
    return stage_.Call<Assessment>(Service::kCompliance, method, actor, request);
  };
  compliance::v1::WriteAssessmentRequest write;
  write.set_application(application.name());
  *write.mutable_content() = ContentFor(policy, applicant);
  AMIKECO_ASSIGN_OR_RETURN(const auto written, call("WriteAssessment", Assessor(applicant), write));
  compliance::v1::SubmitAssessmentRequest submit;
  submit.set_name(written.name());
  AMIKECO_RETURN_IF_ERROR(call("SubmitAssessment", Assessor(applicant), submit).status());
  compliance::v1::ReviewAssessmentRequest review;
  review.set_name(written.name());
  review.set_outcome(compliance::v1::REVIEW_OUTCOME_OK);
  AMIKECO_RETURN_IF_ERROR(call("ReviewAssessment", ComplianceOfficer(applicant), review).status());
  compliance::v1::ApproveAssessmentRequest approve;
  approve.set_name(written.name());
  approve.set_content_hash(written.content_hash());
  *approve.mutable_valid_to() = item.last_day();
  *approve.mutable_review_date() = item.last_day();
  const auto& lowest = policy.approvers(0);
  const Actor approver = As("people/" + lowest.id(), applicant.programme->operator_organisation(), lowest.role());
  AMIKECO_RETURN_IF_ERROR(call("ApproveAssessment", approver, approve).status());
  compliance::v1::DecideAssessmentRequest decide;
  decide.set_name(written.name());
  decide.set_verdict(compliance::v1::VERDICT_PROCEED);
  decide.set_human_rights_rationale("No concerns were found.");
  decide.set_code_of_ethics_rationale("It serves the public.");
  return call("DecideAssessment", Coordinator(applicant), decide).status();
}

}  // namespace amikeco::demo
