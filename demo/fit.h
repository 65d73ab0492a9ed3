// Fit: an applicant is made such that a rule of its programme holds, or such that it does not.
#ifndef AMIKECO_DEMO_FIT_H_
#define AMIKECO_DEMO_FIT_H_

#include "absl/time/civil_time.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "demo/cast.h"

namespace amikeco::demo {

// Wants `days` days between `start` and as many days later and `slack` more.
void SetDays(Applicant& applicant, absl::CivilDay start, int days, int slack);

// After it the rule holds for the applicant, who applies on `received`. `lot` chooses where there is a choice.
// Of the dates nothing is changed: SetDays.
void Fit(const programme::v1::EligibilityRule& rule, absl::CivilDay received, int lot, Applicant& applicant);

// After it the rule does not hold. False, and nothing is changed, when the rule leaves nothing to do wrong.
bool Spoil(const programme::v1::EligibilityRule& rule, absl::CivilDay received, Applicant& applicant);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_FIT_H_
