// Change proposals (A1-06, A1-10): what follows from the commands about them. Pure.
//
// A proposal is a draft until it is handed in; the operator accepts it, or returns it and then it is revised. Its words
// are in its author's dossier. Of a cohort each person has one.
#ifndef AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_
#define AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/actor.h"
#include "services/applicant/application.h"

namespace amikeco::applicant {

// Whose proposal is meant when a request names `member`; "" is an organisation's. INVALID_ARGUMENT, with those that
// there are, when it is nobody's or when it could be several's; NOT_YOURSELF when one of a cohort means another's.
absl::StatusOr<std::string> AuthorOf(const v1::Application& application, const std::string& member, const Actor& actor);
// The same of a review.
absl::StatusOr<std::string> ReviewedOf(const v1::Application& application, const std::string& member,
                                       const Actor& actor);

ApplicationFacts Decide(const v1::Application& application, const v1::WriteProposalRequest& command,
                        const Circumstance& c);
ApplicationFacts Decide(const v1::Application& application, const v1::SubmitProposalRequest& command,
                        const Circumstance& c);
// By the operator's coordinator, who is neither the author nor handed it in.
ApplicationFacts Decide(const v1::Application& application, const v1::ReviewProposalRequest& command,
                        const Circumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_CHANGE_PROPOSAL_H_
