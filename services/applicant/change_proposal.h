// Change proposals (A1-06, A1-10): what follows from the commands about them. Pure.
//
// A proposal is a draft until it is handed in; the operator accepts it, or returns it and then it is revised. Its words
// are in the dossier.
#ifndef AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_
#define AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_

#include "amikeco/applicant/v1/applicant.pb.h"
#include "services/applicant/application.h"

namespace amikeco::applicant {

ApplicationFacts Decide(const v1::Application& application, const v1::WriteProposalRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::SubmitProposalRequest& command,
                        const Circumstance& c);
// By the operator's coordinator, who is neither the member nor handed it in.
ApplicationFacts Decide(const v1::Application& application, const v1::ReviewProposalRequest& command,
                        const Circumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_
