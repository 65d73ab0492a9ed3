// The one table of how an assessment runs. Decide reads it; Assessment.State in assessment.proto tells it in words.
#ifndef AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_TRANSITIONS_H_
#define AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_TRANSITIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/assessment.pb.h"

namespace amikeco::compliance {

using AssessmentState = v1::Assessment::State;

// Outcomes that lead elsewhere are commands of their own.
enum class AssessmentCommand {
  kWrite,
  kSubmit,
  kPass,
  kReturn,
  kApprove,
  kProceed,
  kDecline,
  kReopen,
  kCompleteMitigation,
  kWithdraw,
};
inline constexpr int kAssessmentCommands = 10;

// Where it leads; nothing when it is not possible.
std::optional<AssessmentState> Next(AssessmentState from, AssessmentCommand command);
// "ApproveAssessment".
absl::string_view NameOf(AssessmentCommand command);
// The names of what is possible, each once.
std::vector<std::string> PossibleCommands(AssessmentState from);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_ASSESSMENT_TRANSITIONS_H_
