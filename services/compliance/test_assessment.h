// The policy that the tests of assessments run on, and what people write by it.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_ASSESSMENT_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_ASSESSMENT_H_

#include <string>
#include <vector>

#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "common/base/actor.h"
#include "common/base/dates.h"

namespace amikeco::compliance {

inline const Actor kAuthor{"people/ann", "organisations/office", {options::v1::ROLE_ASSESSOR}};
inline const Actor kReviewer{"people/rob", "organisations/office", {options::v1::ROLE_COMPLIANCE_OFFICER}};
inline const Actor kLead{"people/lea", "organisations/office", {options::v1::ROLE_ASSESSMENT_LEAD}};
inline const Actor kOfficial{"people/sue", "organisations/office", {options::v1::ROLE_SENIOR_OFFICIAL}};
inline const Actor kMinister{"people/max", "organisations/office", {options::v1::ROLE_MINISTER}};
// Of the test programme's operator.
inline const Actor kDecider{"people/carla", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};

inline v1::AssessmentPolicy TestPolicy() {
  using namespace v1;  // NOLINT(google-build-using-namespace): the enumerators
  AssessmentPolicy policy;
  policy.set_id("test");
  policy.set_version(1);
  policy.set_title("Test");
  policy.set_basis("Nothing but tests.");
  policy.add_organisations("organisations/office");
  const auto question = [&](const char* id, bool conflict) {
    auto& added = *policy.add_questions();
    added.set_id(id);
    added.set_title("Is it so?");
    added.set_humanitarian_law(conflict);
  };
  question("stability", false);
  question("conflict", true);
  const auto risk = [&](const char* id, RiskAxis axis) -> RiskKind& {
    auto& added = *policy.add_risks();
    added.set_id(id);
    added.set_title(id);
    added.set_axis(axis);
    return added;
  };
  risk("death-penalty", RISK_AXIS_HUMAN_RIGHTS).set_needs_written_assurance(true);
  risk("torture", RISK_AXIS_HUMAN_RIGHTS).set_absolute(true);
  risk("force", RISK_AXIS_HUMAN_RIGHTS);
  risk("civilians", RISK_AXIS_HUMANITARIAN_LAW);
  risk("reputation", RISK_AXIS_REPUTATIONAL);
  const auto mitigation = [&](const char* id) -> MitigationKind& {
    auto& added = *policy.add_mitigations();
    added.set_id(id);
    added.set_title(id);
    return added;
  };
  mitigation("assurance").set_written_assurance(true);
  mitigation("promise").set_never_lowers(true);
  mitigation("curriculum");
  const int risks[3][3] = {{1, 1, 2}, {1, 2, 3}, {2, 3, 3}};
  for (int likelihood = 1; likelihood <= 3; ++likelihood) {
    for (int severity = 1; severity <= 3; ++severity) {
      auto& rule = *policy.add_inherent();
      rule.set_likelihood(static_cast<RiskLevel>(likelihood));
      rule.set_severity(static_cast<RiskLevel>(severity));
      rule.set_risk(static_cast<RiskLevel>(risks[likelihood - 1][severity - 1]));
    }
  }
  policy.set_mitigation_threshold(RISK_LEVEL_LOW);
  const auto rung = [&](const char* id, Role role, RiskLevel approves) -> ApproverLevel& {
    auto& added = *policy.add_approvers();
    added.set_id(id);
    added.set_title(id);
    added.set_role(role);
    added.set_approves(approves);
    return added;
  };
  rung("lead", options::v1::ROLE_ASSESSMENT_LEAD, RISK_LEVEL_LOW);
  rung("official", options::v1::ROLE_SENIOR_OFFICIAL, RISK_LEVEL_MEDIUM).add_consultations("legal-adviser");
  rung("minister", options::v1::ROLE_MINISTER, RISK_LEVEL_HIGH).add_consultations("legal-adviser");
  policy.set_validity_months(12);
  policy.set_review_months(12);
  return policy;
}

// Every question answered no, but for those in `unknown`.
inline v1::CountryContent CountryAnswers(const v1::AssessmentPolicy& policy,
                                         const std::vector<std::string>& unknown = {}) {
  v1::CountryContent content;
  for (const v1::CountryQuestion& question : policy.questions()) {
    v1::Answer& answer = *content.add_answers();
    answer.set_question(question.id());
    answer.set_value(v1::ANSWER_VALUE_NO);
    for (const std::string& id : unknown) {
      if (id != question.id()) continue;
      answer.set_value(v1::ANSWER_VALUE_UNKNOWN);
      answer.set_rationale("No source says.");
    }
  }
  return content;
}

// An activity without any risk, of which everything is said.
inline v1::AssessmentContent ContentFor(const v1::AssessmentPolicy& policy, const std::vector<std::string>& countries,
                                        programme::v1::DeliveryMode delivery = programme::v1::DELIVERY_MODE_VIRTUAL) {
  v1::AssessmentContent content;
  content.set_kind(v1::AssessmentContent::KIND_CAPACITY_BUILDING);
  content.mutable_countries()->Assign(countries.begin(), countries.end());
  content.set_delivery(delivery);
  content.set_purpose("A course in leadership.");
  content.set_implementing_body("The College");
  for (const v1::RiskKind& kind : policy.risks()) {
    v1::RiskRow& row = *content.add_risks();
    row.set_risk(kind.id());
    row.set_applicable(v1::ANSWER_VALUE_NO);
  }
  content.set_recommendation(v1::RECOMMENDATION_PROCEED);
  content.set_conclusion("Nothing speaks against it.");
  return content;
}

// The row of the risk, made applicable.
inline v1::RiskRow& Raise(v1::AssessmentContent& content, const std::string& risk, v1::Likelihood likelihood,
                          v1::RiskLevel severity, v1::Contribution contribution = v1::CONTRIBUTION_INDIRECT) {
  for (v1::RiskRow& row : *content.mutable_risks()) {
    if (row.risk() != risk) continue;
    row.set_applicable(v1::ANSWER_VALUE_YES);
    row.set_rationale("Reported by several.");
    row.set_mechanism("What is taught could be used for it.");
    row.set_likelihood(likelihood);
    row.set_severity(severity);
    row.set_contribution(contribution);
    return row;
  }
  return *content.mutable_risks()->rbegin();
}

inline v1::Mitigation& Mitigate(v1::AssessmentContent& content, const std::string& risk,
                                const std::string& kind = "curriculum",
                                v1::Effectiveness effectiveness = v1::EFFECTIVENESS_SUBSTANTIAL,
                                const std::string& evidence = "Evaluated last year.") {
  v1::Mitigation& mitigation = *content.add_mitigations();
  mitigation.set_risk(risk);
  mitigation.set_kind(kind);
  mitigation.set_description("It is done.");
  mitigation.set_owner("The course's leader");
  mitigation.set_effectiveness(effectiveness);
  mitigation.set_evidence(evidence);
  return mitigation;
}

inline void Consult(v1::AssessmentContent& content, const std::string& role = "legal-adviser") {
  v1::Consultation& consultation = *content.add_consultations();
  consultation.set_role(role);
  consultation.set_who("The adviser");
  *consultation.mutable_date() = *ParseDate("2026-12-01");
  consultation.set_advice("Go on.");
}

inline v1::NotificationContent NotificationFor(
    const std::vector<std::string>& countries,
    programme::v1::DeliveryMode delivery = programme::v1::DELIVERY_MODE_VIRTUAL) {
  v1::NotificationContent content;
  content.set_purpose("A course in leadership.");
  content.mutable_countries()->Assign(countries.begin(), countries.end());
  content.set_delivery(delivery);
  *content.mutable_first_day() = *ParseDate("2027-03-14");
  *content.mutable_last_day() = *ParseDate("2027-03-20");
  content.add_recipient_units("The academy");
  return content;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_ASSESSMENT_H_
