// Assessments of human-rights risks: what follows from commands and facts about them. Pure. What is possible when is in
// assessment_transitions.h, what the risks come to in risk.h.
//
// An approval pins the hash of what was approved. Everything that changes what it rests on ends it in the same list of
// facts: writing anew, a significant change in a country, an incident, a change of the activity, a mitigation that is
// overdue, a new policy. Nothing is removed (A3-04).
#ifndef AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_H_
#define AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"
#include "services/compliance/clearance.h"
#include "services/compliance/risk.h"

namespace amikeco::compliance {

using AssessmentFacts = std::vector<v1::AssessmentFact>;
using DecidedAssessment = absl::StatusOr<AssessmentFacts>;

struct AssessmentCircumstance {
  absl::Time now;
  const Actor& actor;
  const v1::AssessmentPolicy& policy;
};

// What an assessment is judged against when it is submitted.
struct Evidence {
  const v1::Activity& activity;
  const v1::AssessmentContent& content;                // of the latest revision
  const CountryRevisions& countries;                   // the latest revisions of those that were assessed
  const std::vector<std::string>& notified_countries;  // of the engagement notification; empty: there is none yet
};

DecidedAssessment Decide(const v1::Assessment&, const v1::WriteAssessmentRequest&, const AssessmentCircumstance&,
                         const v1::Activity&, const programme::v1::Programme&);
DecidedAssessment Decide(const v1::Assessment&, const v1::SubmitAssessmentRequest&, const AssessmentCircumstance&,
                         const Evidence&);
DecidedAssessment Decide(const v1::Assessment&, const v1::ReviewAssessmentRequest&, const AssessmentCircumstance&);
DecidedAssessment Decide(const v1::Assessment&, const v1::ApproveAssessmentRequest&, const AssessmentCircumstance&);
// The final decision is of the organisation that operates the programme.
DecidedAssessment Decide(const v1::Assessment&, const v1::DecideAssessmentRequest&, const AssessmentCircumstance&,
                         const programme::v1::Programme&);
DecidedAssessment Decide(const v1::Assessment&, const v1::ReopenAssessmentRequest&, const AssessmentCircumstance&);
DecidedAssessment Decide(const v1::Assessment&, const v1::CompleteMitigationRequest&, const AssessmentCircumstance&);
DecidedAssessment Decide(const v1::Assessment&, const v1::WithdrawAssessmentRequest&, const AssessmentCircumstance&);

// The country was assessed anew, with a significant change.
AssessmentFacts OnCountryChanged(const v1::Assessment&, absl::string_view country, absl::string_view by,
                                 absl::Time now);
// Dates, places, scope or participants changed.
AssessmentFacts OnActivityChanged(const v1::Assessment&, absl::string_view by, absl::Time now);
// What is due by the clock: mitigations, the review, and a policy in another version.
AssessmentFacts OnTime(const v1::Assessment&, const v1::AssessmentPolicy&, absl::Time now);
// When OnTime next has something to do, as long as the policy stays the same; nothing: never.
std::optional<absl::Time> NextDue(const v1::Assessment&);

// It was submitted and may yet be opened again.
bool IsUnderway(const v1::Assessment&);
// The approval that counts; null: there is none.
const v1::AssessmentApproved* ApprovalOf(const v1::Assessment&);
// It covers all of these countries.
bool Covers(const v1::Assessment&, const std::vector<std::string>& countries);

// What it says of the clearance's item (which is not set here): satisfied on the days of the approval once it was
// decided to proceed, not satisfied once it was declined.
std::optional<Standing> StandingOf(const v1::Assessment&);

// SHA-256 of a message as it is kept, 64 hexadecimal digits: what an approval pins.
std::string ContentHash(const google::protobuf::Message& content);

// "applications/7" has "assessments/7".
std::string AssessmentNameOf(absl::string_view application);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

// The assessment after `fact`. Total.
Assessment Evolve(Assessment assessment, const AssessmentFact& fact);

}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_H_
