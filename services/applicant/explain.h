// Why an application is where it is: the answer to a person who asks. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_
#define AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/programme/v1/programme.pb.h"

namespace amikeco::applicant {

// What the application waits for, who owes it by when, every rule's result, and which commands are possible. The
// summary names no place that matching has not yet agreed with everybody: wishes are never promises (A0-11).
// `clearance` as compliance tells it now; null: it could not be read, and what was told last is all there is.
v1::ApplicationExplanation Explain(const v1::Application& application, const programme::v1::Programme& programme,
                                   absl::CivilDay today, const compliance::v1::Clearance* clearance = nullptr);

// The answer would be better with the clearance.
bool RestsOnClearance(v1::Application::State state);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_EXPLAIN_H_
