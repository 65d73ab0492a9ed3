// The policy by which human-rights assessments are judged: what must be true of it, and what it says. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_POLICY_H_
#define AMIKECO_SERVICES_COMPLIANCE_POLICY_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"

namespace amikeco::compliance {

// Everything that is wrong with a policy, as field violations: duplicate ids, a level or a pair of levels without a
// rule, a rule by which more risk would count for less, a ladder whose last rung does not approve everything.
absl::Status CheckPolicy(const v1::AssessmentPolicy& policy);

// By their ids; null when there is none.
const v1::CountryQuestion* FindQuestion(const v1::AssessmentPolicy& policy, absl::string_view id);
const v1::RiskKind* FindRisk(const v1::AssessmentPolicy& policy, absl::string_view id);
const v1::MitigationKind* FindMitigation(const v1::AssessmentPolicy& policy, absl::string_view id);
const v1::ApproverLevel* FindApprover(const v1::AssessmentPolicy& policy, absl::string_view id);

// The inherent risk by the policy's table; HIGH for what the table does not know.
v1::RiskLevel InherentRiskOf(const v1::AssessmentPolicy& policy, v1::RiskLevel likelihood, v1::RiskLevel severity);

// The lowest rung that approves an overall risk. Monotone in the risk, as CheckPolicy demands (A3-03).
const v1::ApproverLevel& ApproverFor(const v1::AssessmentPolicy& policy, v1::RiskLevel overall);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_POLICY_H_
