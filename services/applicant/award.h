// Entries and awards, as applications see them (A2-09): what entering an intake asks for, and what follows for an
// application from what its intake decides. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_AWARD_H_
#define AMIKECO_SERVICES_APPLICANT_AWARD_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/status.h"
#include "services/applicant/application.h"

namespace amikeco::applicant {

// What a request says of wishes, intake and child, against what the programme asks for.
template <typename Request>
void CheckForm(const Request& request, const programme::v1::Programme& programme, FieldErrors& wrong);

// Full years of the child on the day that the programme's rule counts on; 0 when there is no child, or no such rule.
int BeneficiaryAgeOf(const v1::Beneficiary& beneficiary, const programme::v1::Programme& programme,
                     absl::CivilDay received, const v1::Intake* intake);

// Whether the application could enter c.intake now. OK where places do not go by ranking.
absl::Status CheckEntry(const Circumstance& c);

// The application is complete: its intake's jury judges it.
v1::ApplicationFact Entered(const v1::Application& application, const Circumstance& c);

ApplicationFacts Decide(const v1::Application& application, const v1::AcceptAwardRequest& command,
                        const Circumstance& c);
// What follows from the state of its entry in c.intake; nothing when it knows already.
std::vector<v1::ApplicationFact> Follow(const v1::Application& application, const v1::Intake& intake,
                                        const Circumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_AWARD_H_
