// Risks of an activity: what a human-rights assessment comes to by the policy's rules, step by step. Pure.
//
// The rules are the product's operationalisation (assessments/*.textproto says so to people); the final weighing is a
// person's. They are monotone: raising a risk, or not knowing something, never lowers the overall risk or the rung of
// the ladder that must approve.
//   1 The residual risk is the inherent one, lowered by one step at most, by a mitigation that is substantial and
//   evidenced.
//     A likelihood that is not known counts as high. Kinds that never lower, as verbal assurances, do not.
//   2 A direct or significant contribution to a violation with a high residual risk is a serious risk.
//   3 The overall risk is the gravest residual one, on either axis; both axes are kept.
//   4 It is low only if no answer about the countries or the activity is UNKNOWN.
//   5 Without the written assurance that a risk needs, it is high. What is barred absolutely must not proceed.
//   6 The overall risk decides which rung approves.
#ifndef AMIKECO_SERVICES_COMPLIANCE_RISK_H_
#define AMIKECO_SERVICES_COMPLIANCE_RISK_H_

#include <vector>

#include "absl/status/status.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"

namespace amikeco::compliance {

// The assessments of the activity's countries that it rests on.
using CountryRevisions = std::vector<v1::CountryRevision>;

// Whether the risk may be there: answered anything but NO and NOT_APPLICABLE.
bool IsApplicable(v1::AnswerValue value);

// A row says all that it must, mitigations and consultations are there: everything that keeps the content from being
// submitted, as field violations (A3-06, A3-19).
absl::Status CheckComplete(const v1::AssessmentPolicy& policy, const v1::AssessmentContent& content,
                           const CountryRevisions& countries);

// Every question of the policy is answered once, with a rationale where one is needed.
absl::Status CheckComplete(const v1::AssessmentPolicy& policy, const v1::CountryContent& content);

// Total: what is missing counts for the worst.
v1::RiskJudgement JudgeRisks(const v1::AssessmentPolicy& policy, const v1::AssessmentContent& content,
                             const CountryRevisions& countries);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_RISK_H_
