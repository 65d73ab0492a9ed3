// Why the applicant service refuses what is about money: the second part of its error catalogue.
#ifndef AMIKECO_SERVICES_APPLICANT_MONEY_ERRORS_H_
#define AMIKECO_SERVICES_APPLICANT_MONEY_ERRORS_H_

#include "services/applicant/errors.h"

namespace amikeco::applicant::errors {

// Who pays instead: the answers of a programme to what belongs to another way of funding.
inline constexpr ErrorName kSelfFunded{
    absl::StatusCode::kFailedPrecondition, kDomain, "SELF_FUNDED",
    "The participant bears the costs: record them with RecordCostEstimate; nobody pays them back."};
inline constexpr ErrorName kSponsorReimburses{
    absl::StatusCode::kFailedPrecondition, kDomain, "SPONSOR_REIMBURSES",
    "The sponsor pays expenses back: hand them in with SubmitClaim once the stay has begun."};
inline constexpr ErrorName kRecipientPays{
    absl::StatusCode::kFailedPrecondition, kDomain, "RECIPIENT_PAYS",
    "The recipient bears the price, which the operator records with RecordPriceSplit; nobody pays expenses back."};

inline constexpr ErrorName kClaimExists{absl::StatusCode::kAlreadyExists, kDomain, "CLAIM_EXISTS",
                                        "Choose another claim_id, or leave it empty for a fresh one."};
inline constexpr ErrorName kClaimNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "CLAIM_NOT_POSSIBLE_IN_STATE",
    "The metadata's possible_commands are what the state allows; GetClaim shows the claim."};
inline constexpr ErrorName kStayNotBegun{absl::StatusCode::kFailedPrecondition, kDomain, "STAY_NOT_BEGUN",
                                         "Hand expenses in once the stay has begun, or the award is given."};
inline constexpr ErrorName kClaimTooLate{
    absl::StatusCode::kFailedPrecondition, kDomain, "CLAIM_TOO_LATE",
    "The programme's last day for claims of this stay has passed; ask its coordinator."};
inline constexpr ErrorName kReceiptClaimed{
    absl::StatusCode::kFailedPrecondition, kDomain, "RECEIPT_CLAIMED",
    "Leave these lines out: the claims in the metadata have their receipts. A claim that is withdrawn frees them."};

inline constexpr const ErrorName* kMoneyCatalogue[] = {
    &kSelfFunded,   &kSponsorReimburses, &kRecipientPays,  &kClaimExists, &kClaimNotPossibleInState,
    &kStayNotBegun, &kClaimTooLate,      &kReceiptClaimed,
};

}  // namespace amikeco::applicant::errors

#endif  // AMIKECO_SERVICES_APPLICANT_MONEY_ERRORS_H_
