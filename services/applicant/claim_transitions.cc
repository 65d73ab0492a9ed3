#include "services/applicant/claim_transitions.h"

namespace amikeco::applicant {
namespace {

using v1::Claim;

struct Row {
  ClaimState from;
  ClaimCommand command;
  ClaimState to;
};

constexpr Row kTable[] = {
    {Claim::STATE_UNSPECIFIED, ClaimCommand::kSubmit, Claim::STATE_SUBMITTED},

    {Claim::STATE_SUBMITTED, ClaimCommand::kApprove, Claim::STATE_APPROVED},
    {Claim::STATE_SUBMITTED, ClaimCommand::kReject, Claim::STATE_REJECTED},
    {Claim::STATE_SUBMITTED, ClaimCommand::kReturn, Claim::STATE_RETURNED},
    {Claim::STATE_SUBMITTED, ClaimCommand::kWithdraw, Claim::STATE_WITHDRAWN},

    {Claim::STATE_RETURNED, ClaimCommand::kResubmit, Claim::STATE_SUBMITTED},
    {Claim::STATE_RETURNED, ClaimCommand::kReject, Claim::STATE_REJECTED},
    {Claim::STATE_RETURNED, ClaimCommand::kWithdraw, Claim::STATE_WITHDRAWN},

    {Claim::STATE_APPROVED, ClaimCommand::kRecordPayment, Claim::STATE_PAID},
};

}  // namespace

std::optional<ClaimState> Next(ClaimState from, ClaimCommand command) {
  for (const Row& row : kTable) {
    if (row.from == from && row.command == command) return row.to;
  }
  return std::nullopt;
}

absl::string_view NameOf(ClaimCommand command) {
  switch (command) {
    case ClaimCommand::kSubmit:
      return "SubmitClaim";
    case ClaimCommand::kResubmit:
      return "ResubmitClaim";
    case ClaimCommand::kApprove:
      return "ApproveClaim";
    case ClaimCommand::kReject:
      return "RejectClaim";
    case ClaimCommand::kReturn:
      return "ReturnClaim";
    case ClaimCommand::kRecordPayment:
      return "RecordPayment";
    case ClaimCommand::kWithdraw:
      return "WithdrawClaim";
  }
  return "";
}

std::vector<std::string> PossibleCommands(ClaimState from) {
  std::vector<std::string> names;
  for (const Row& row : kTable) {
    if (row.from == from) names.emplace_back(NameOf(row.command));
  }
  return names;
}

}  // namespace amikeco::applicant
