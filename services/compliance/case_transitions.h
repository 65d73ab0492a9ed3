// The tables of how vetting cases, background checks and visas run. Decide reads them; vetting.proto,
// background_check.proto and visa.proto tell them in words.
#ifndef AMIKECO_SERVICES_COMPLIANCE_CASE_TRANSITIONS_H_
#define AMIKECO_SERVICES_COMPLIANCE_CASE_TRANSITIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/background_check.pb.h"
#include "amikeco/compliance/v1/vetting.pb.h"
#include "amikeco/compliance/v1/visa.pb.h"

namespace amikeco::compliance {

using VettingState = v1::VettingCase::State;

enum class VettingCommand {
  kOpen,
  kRecordPackage,
  kSubmit,
  kBeginPostReview,
  kBeginDepartmentReview,
  kClear,
  kSuspend,
  kReject,
  kRemediate,
  kCancel,
};

// A check's state, result and adjudication are one of these together.
enum class CheckStage {
  kNone,
  kPending,
  kSuspended,
  kPaused,
  kClear,
  kConsider,
  kEngaged,
  kPreAdverse,
  kAdverse,
  kDispute,
  kCancelled,
};

enum class CheckCommand {
  kRequest,
  kReportPending,
  kReportNeedsInfo,
  kReportInReview,
  kReportClear,
  kReportConsider,
  kEngage,
  kPreAdverse,
  kAdverse,
  kDispute,
  kCancel,
};

CheckStage StageOf(const v1::BackgroundCheck& check);
// What a report of a check commands; nothing for one that there is not.
std::optional<CheckCommand> CommandOf(v1::CheckReport report);

// Where it leads; nothing when it is not possible.
std::optional<VettingState> Next(VettingState from, VettingCommand command);
std::optional<CheckStage> Next(CheckStage from, CheckCommand command);
// Whether a person may say so; that it expires is the clock's to say.
bool MayBecome(v1::VisaCase::State from, v1::VisaCase::State to);

// The names of the methods that are possible, each once: "SubmitVettingCase".
std::vector<std::string> PossibleMethods(VettingState from);
std::vector<std::string> PossibleMethods(CheckStage from);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_CASE_TRANSITIONS_H_
