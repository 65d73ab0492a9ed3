// The one table of how a claim runs. Decide reads it; Claim.State in claim.proto tells it in words.
#ifndef AMIKECO_SERVICES_APPLICANT_CLAIM_TRANSITIONS_H_
#define AMIKECO_SERVICES_APPLICANT_CLAIM_TRANSITIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "amikeco/applicant/v1/claim.pb.h"

namespace amikeco::applicant {

using ClaimState = v1::Claim::State;

enum class ClaimCommand { kSubmit, kResubmit, kApprove, kReject, kReturn, kRecordPayment, kWithdraw };

// Where it leads; nothing when it is not possible.
std::optional<ClaimState> Next(ClaimState from, ClaimCommand command);
// "ApproveClaim".
absl::string_view NameOf(ClaimCommand command);
// The names of what is possible.
std::vector<std::string> PossibleCommands(ClaimState from);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_CLAIM_TRANSITIONS_H_
