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
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"

namespace amikeco::applicant {

// What is judged. Refers to what it is made of.
struct Candidate {
  const v1::Member& member;
  const v1::Wishes& wishes;
  const v1::Declarations& declarations;
  // Day of receipt in the programme's time zone; notice is counted from it.
  absl::CivilDay received;
};

// One result for each rule, in the programme's order. Requires wishes that pass CheckWishes.
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

// Index of the first tier whose condition holds; the last tier takes everybody.
int TierOf(const programme::v1::Programme& programme, programme::v1::DutyStatus duty);

// What is wrong with wishes and declarations whatever the programme and the day: reversed or too short periods.
void CheckWishes(const v1::Wishes& wishes, const v1::Declarations& declarations, FieldErrors& wrong);

// The first day on which somebody who joined on `since` has been a member for more than `years` years.
absl::CivilDay FirstDayBeyond(absl::CivilDay since, int years);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_ELIGIBILITY_H_
