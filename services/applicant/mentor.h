// Mentors (A1-08): officers of the agency that was the host, who help with the implementation at home. A mentor's
// application is one of its own, with a clearance of its own, that names the application of the officer who is helped.
// Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_MENTOR_H_
#define AMIKECO_SERVICES_APPLICANT_MENTOR_H_

#include "absl/status/status.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/applicant/application.h"

namespace amikeco::applicant {

// Whether `mentor` may apply with `command` to help with `helped`, which runs on `of_helped`. All reasons at once
// (MENTOR_NOT_POSSIBLE).
absl::Status CheckMentor(const v1::Member& mentor, const v1::SubmitApplicationRequest& command,
                         const v1::Application& helped, const programme::v1::Programme& of_helped);

// What the mentor's application means for the one that is helped.
v1::ApplicationFact MentorNominated(const v1::Application& application, const v1::Member& mentor);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_MENTOR_H_
