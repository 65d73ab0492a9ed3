// The commands about the parts of a stay and about what follows it. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_AFTER_STAY_H_
#define AMIKECO_SERVICES_APPLICANT_AFTER_STAY_H_

#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"
#include "services/applicant/application.h"

namespace amikeco::applicant {

// The actor speaks for the host or for the partner of one of the stay's phases.
bool HasTheOfficer(const Actor& actor, const v1::Application& application);

// Phases are completed in their order, each once.
ApplicationFacts Decide(const v1::Application& application, const v1::CompletePhaseRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::CompleteModuleRequest& command,
                        const Circumstance& c);
// Only of a complete stay.
ApplicationFacts Decide(const v1::Application& application, const v1::RecordReturnRequest& command,
                        const Circumstance& c);
// Only behind a recorded return, of a proposal that was handed in.
ApplicationFacts Decide(const v1::Application& application, const v1::BeginImplementationRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::CompleteImplementationRequest& command,
                        const Circumstance& c);
// Every question of the programme is answered once, by who the programme says.
ApplicationFacts Decide(const v1::Application& application, const v1::RecordEvaluationRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::SubmitReportRequest& command,
                        const Circumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_AFTER_STAY_H_
