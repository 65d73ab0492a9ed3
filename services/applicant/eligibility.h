// Eligibility: every rule of a programme judged over what is known of an applicant. Pure.
//
// All rules are judged, always, so that a person hears of every reason at once (A5-03). Each result shows the values
// that were compared and, when the rule does not hold, what would change the answer. Only what is in Candidate is
// looked at: rank, sex, race and religion are not (A2-04).
#ifndef AMIKECO_SERVICES_APPLICANT_ELIGIBILITY_H_
#define AMIKECO_SERVICES_APPLICANT_ELIGIBILITY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco::applicant {

// What is judged. Refers to what it is made of.
struct Candidate {
  // Whose application it is, of a cohort all; none when an organisation applies.
  absl::Span<const v1::Member> persons;
  const v1::Wishes& wishes;
  const v1::Declarations& declarations;
  // Day of receipt in the programme's time zone; notice is counted from it.
  absl::CivilDay received;
  // What an organisation requests; null, or empty, where a person applies.
  const v1::Assistance* assistance = nullptr;
  // Full years of the child that it is for, on the day that the programme's rule counts on; 0: there is none.
  int beneficiary_age = 0;
};

// One result for each rule, in the programme's order; what is asked of persons has one for each person of a cohort.
// Requires wishes that pass CheckWishes, or none for a programme whose rules ask for none.
std::vector<v1::RuleResult> Judge(const programme::v1::Programme& programme, const Candidate& candidate);

// The same for rules that somebody else adds to the programme's.
std::vector<v1::RuleResult> JudgeRules(const programme::v1::Programme& programme,
                                       const google::protobuf::RepeatedPtrField<programme::v1::EligibilityRule>& rules,
                                       const Candidate& candidate);

// Marks the results of rules that were set aside.
void SetAside(std::vector<v1::RuleResult>& results,
              const google::protobuf::RepeatedPtrField<v1::RuleOverridden>& overrides);

// Every rule holds or was set aside.
bool IsEligible(const std::vector<v1::RuleResult>& results);

// Index of the first tier whose condition holds for all persons and the points of a request; the last tier takes
// everybody.
int TierOf(const programme::v1::Programme& programme, absl::Span<const v1::Member> persons, int points);

// INVALID_ARGUMENT unless those apply who can apply to the programme: one person, a cohort or an organisation. For
// SubmitApplicationRequest and CheckEligibilityRequest.
template <typename Request>
absl::Status CheckApplicants(const programme::v1::Programme& programme, const Request& request);

// What is wrong with wishes, if there are any, and declarations whatever the programme and the day: reversed or too
// short periods.
void CheckWishes(const v1::Wishes& wishes, const v1::Declarations& declarations, FieldErrors& wrong);

// The first day on which somebody who joined on `since` has been a member for more than `years` years.
absl::CivilDay FirstDayBeyond(absl::CivilDay since, int years);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_ELIGIBILITY_H_
