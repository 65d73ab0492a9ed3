// Claims: what follows from commands about them (A4-08). Pure. What is possible when is in claim_transitions.h.
#ifndef AMIKECO_SERVICES_APPLICANT_CLAIM_H_
#define AMIKECO_SERVICES_APPLICANT_CLAIM_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "services/applicant/money.h"

namespace amikeco::applicant {

// Receipts (by sha256) of the application and the other claims that have them.
using ClaimedReceipts = std::map<std::string, std::string>;

using ClaimFacts = absl::StatusOr<std::vector<v1::ClaimFact>>;

ClaimFacts Decide(const v1::Claim& claim, const v1::SubmitClaimRequest& command, const MoneyCircumstance& c,
                  const ClaimedReceipts& claimed);
// A correction of what came in time is not late.
ClaimFacts Decide(const v1::Claim& claim, const v1::ResubmitClaimRequest& command, const MoneyCircumstance& c,
                  const ClaimedReceipts& claimed);
ClaimFacts Decide(const v1::Claim& claim, const v1::ApproveClaimRequest& command, const MoneyCircumstance& c);
ClaimFacts Decide(const v1::Claim& claim, const v1::RejectClaimRequest& command, const MoneyCircumstance& c);
ClaimFacts Decide(const v1::Claim& claim, const v1::ReturnClaimRequest& command, const MoneyCircumstance& c);
ClaimFacts Decide(const v1::Claim& claim, const v1::RecordPaymentRequest& command, const MoneyCircumstance& c);
ClaimFacts Decide(const v1::Claim& claim, const v1::WithdrawClaimRequest& command, const MoneyCircumstance& c);

// It holds its receipts: nobody claims them again. A claim that is rejected or withdrawn frees them.
bool HoldsReceipts(const v1::Claim& claim);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
Claim Evolve(Claim claim, const ClaimFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_CLAIM_H_
