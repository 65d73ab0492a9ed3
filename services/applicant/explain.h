// Why an application is where it is: the answer to a person who asks. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_
#define AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::applicant {

// What the application waits for, who owes it by when, every rule's result, and which commands are possible. Names no
// place that matching has not yet agreed with everybody: wishes are never promises (A0-11).
v1::ApplicationExplanation Explain(const v1::Application& application, const programme::v1::Programme& programme,
                                   absl::CivilDay today);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_
