#include "services/compliance/assessment_transitions.h"

namespace amikeco::compliance {
namespace {

using enum AssessmentCommand;
using v1::Assessment;

struct Row {
  AssessmentState from;
  AssessmentCommand command;
  AssessmentState to;
};

constexpr Row kTable[] = {
    {Assessment::STATE_UNSPECIFIED, kWrite, Assessment::STATE_DRAFT},

    {Assessment::STATE_DRAFT, kWrite, Assessment::STATE_DRAFT},
    {Assessment::STATE_DRAFT, kSubmit, Assessment::STATE_SUBMITTED},
    {Assessment::STATE_DRAFT, kDecline, Assessment::STATE_DECLINED},
    {Assessment::STATE_DRAFT, kWithdraw, Assessment::STATE_WITHDRAWN},

    {Assessment::STATE_SUBMITTED, kWrite, Assessment::STATE_DRAFT},
    {Assessment::STATE_SUBMITTED, kPass, Assessment::STATE_REVIEWED},
    {Assessment::STATE_SUBMITTED, kReturn, Assessment::STATE_DRAFT},
    {Assessment::STATE_SUBMITTED, kDecline, Assessment::STATE_DECLINED},
    {Assessment::STATE_SUBMITTED, kReopen, Assessment::STATE_DRAFT},
    {Assessment::STATE_SUBMITTED, kCompleteMitigation, Assessment::STATE_SUBMITTED},
    {Assessment::STATE_SUBMITTED, kWithdraw, Assessment::STATE_WITHDRAWN},

    {Assessment::STATE_REVIEWED, kWrite, Assessment::STATE_DRAFT},
    {Assessment::STATE_REVIEWED, kReturn, Assessment::STATE_DRAFT},
    {Assessment::STATE_REVIEWED, kApprove, Assessment::STATE_APPROVED},
    {Assessment::STATE_REVIEWED, kDecline, Assessment::STATE_DECLINED},
    {Assessment::STATE_REVIEWED, kReopen, Assessment::STATE_DRAFT},
    {Assessment::STATE_REVIEWED, kCompleteMitigation, Assessment::STATE_REVIEWED},
    {Assessment::STATE_REVIEWED, kWithdraw, Assessment::STATE_WITHDRAWN},

    {Assessment::STATE_APPROVED, kWrite, Assessment::STATE_DRAFT},
    {Assessment::STATE_APPROVED, kProceed, Assessment::STATE_PROCEEDING},
    {Assessment::STATE_APPROVED, kDecline, Assessment::STATE_DECLINED},
    {Assessment::STATE_APPROVED, kReopen, Assessment::STATE_DRAFT},
    {Assessment::STATE_APPROVED, kCompleteMitigation, Assessment::STATE_APPROVED},
    {Assessment::STATE_APPROVED, kWithdraw, Assessment::STATE_WITHDRAWN},

    {Assessment::STATE_PROCEEDING, kWrite, Assessment::STATE_DRAFT},
    {Assessment::STATE_PROCEEDING, kDecline, Assessment::STATE_DECLINED},
    {Assessment::STATE_PROCEEDING, kReopen, Assessment::STATE_DRAFT},
    {Assessment::STATE_PROCEEDING, kCompleteMitigation, Assessment::STATE_PROCEEDING},
    {Assessment::STATE_PROCEEDING, kWithdraw, Assessment::STATE_WITHDRAWN},

    {Assessment::STATE_WITHDRAWN, kWrite, Assessment::STATE_DRAFT},
};

}  // namespace

std::optional<AssessmentState> Next(AssessmentState from, AssessmentCommand command) {
  for (const Row& row : kTable) {
    if (row.from == from && row.command == command) return row.to;
  }
  return std::nullopt;
}

absl::string_view NameOf(AssessmentCommand command) {
  switch (command) {
    case kWrite:
      return "WriteAssessment";
    case kSubmit:
      return "SubmitAssessment";
    case kPass:
    case kReturn:
      return "ReviewAssessment";
    case kApprove:
      return "ApproveAssessment";
    case kProceed:
    case kDecline:
      return "DecideAssessment";
    case kReopen:
      return "ReopenAssessment";
    case kCompleteMitigation:
      return "CompleteMitigation";
    case kWithdraw:
      return "WithdrawAssessment";
  }
  return "";
}

std::vector<std::string> PossibleCommands(AssessmentState from) {
  std::vector<std::string> names;
  for (const Row& row : kTable) {
    if (row.from != from) continue;
    const std::string name(NameOf(row.command));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

}  // namespace amikeco::compliance
