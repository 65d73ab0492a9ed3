#include "services/compliance/case_transitions.h"

#include <algorithm>

namespace amikeco::compliance {
namespace {

using v1::BackgroundCheck;
using v1::VettingCase;
using v1::VisaCase;
using Check = CheckCommand;
using Stage = CheckStage;
using Vetting = VettingCommand;

template <typename State, typename Command>
struct Row {
  State from;
  Command command;
  State to;
};

constexpr Row<VettingState, Vetting> kVetting[] = {
    {VettingCase::STATE_UNSPECIFIED, Vetting::kOpen, VettingCase::STATE_DRAFT},

    {VettingCase::STATE_DRAFT, Vetting::kRecordPackage, VettingCase::STATE_DRAFT},
    {VettingCase::STATE_DRAFT, Vetting::kSubmit, VettingCase::STATE_SUBMITTED},
    {VettingCase::STATE_DRAFT, Vetting::kCancel, VettingCase::STATE_CANCELLED},

    {VettingCase::STATE_SUBMITTED, Vetting::kBeginPostReview, VettingCase::STATE_POST_REVIEW},
    {VettingCase::STATE_SUBMITTED, Vetting::kSuspend, VettingCase::STATE_SUSPENDED},
    {VettingCase::STATE_SUBMITTED, Vetting::kCancel, VettingCase::STATE_CANCELLED},

    {VettingCase::STATE_POST_REVIEW, Vetting::kBeginDepartmentReview, VettingCase::STATE_DEPARTMENT_REVIEW},
    {VettingCase::STATE_POST_REVIEW, Vetting::kSuspend, VettingCase::STATE_SUSPENDED},
    {VettingCase::STATE_POST_REVIEW, Vetting::kReject, VettingCase::STATE_REJECTED},
    {VettingCase::STATE_POST_REVIEW, Vetting::kCancel, VettingCase::STATE_CANCELLED},

    {VettingCase::STATE_DEPARTMENT_REVIEW, Vetting::kClear, VettingCase::STATE_CLEARED},
    {VettingCase::STATE_DEPARTMENT_REVIEW, Vetting::kSuspend, VettingCase::STATE_SUSPENDED},
    {VettingCase::STATE_DEPARTMENT_REVIEW, Vetting::kReject, VettingCase::STATE_REJECTED},
    {VettingCase::STATE_DEPARTMENT_REVIEW, Vetting::kCancel, VettingCase::STATE_CANCELLED},

    {VettingCase::STATE_CLEARED, Vetting::kClear, VettingCase::STATE_CLEARED},  // renewed, or for fewer days
    {VettingCase::STATE_CLEARED, Vetting::kSuspend, VettingCase::STATE_SUSPENDED},
    {VettingCase::STATE_CLEARED, Vetting::kReject, VettingCase::STATE_REJECTED},

    {VettingCase::STATE_SUSPENDED, Vetting::kRecordPackage, VettingCase::STATE_SUSPENDED},
    {VettingCase::STATE_SUSPENDED, Vetting::kSubmit, VettingCase::STATE_SUBMITTED},
    {VettingCase::STATE_SUSPENDED, Vetting::kClear, VettingCase::STATE_CLEARED},
    {VettingCase::STATE_SUSPENDED, Vetting::kReject, VettingCase::STATE_REJECTED},
    {VettingCase::STATE_SUSPENDED, Vetting::kCancel, VettingCase::STATE_CANCELLED},

    {VettingCase::STATE_REJECTED, Vetting::kRemediate, VettingCase::STATE_REMEDIATED},

    {VettingCase::STATE_REMEDIATED, Vetting::kRecordPackage, VettingCase::STATE_REMEDIATED},
    {VettingCase::STATE_REMEDIATED, Vetting::kSubmit, VettingCase::STATE_SUBMITTED},
    {VettingCase::STATE_REMEDIATED, Vetting::kCancel, VettingCase::STATE_CANCELLED},
};

constexpr Row<Stage, Check> kCheck[] = {
    {Stage::kNone, Check::kRequest, Stage::kPending},

    {Stage::kPending, Check::kReportPending, Stage::kPending},
    {Stage::kPending, Check::kReportNeedsInfo, Stage::kSuspended},
    {Stage::kPending, Check::kReportInReview, Stage::kPaused},
    {Stage::kPending, Check::kReportClear, Stage::kClear},
    {Stage::kPending, Check::kReportConsider, Stage::kConsider},
    {Stage::kPending, Check::kCancel, Stage::kCancelled},

    {Stage::kSuspended, Check::kReportPending, Stage::kPending},
    {Stage::kSuspended, Check::kReportNeedsInfo, Stage::kSuspended},
    {Stage::kSuspended, Check::kReportInReview, Stage::kPaused},
    {Stage::kSuspended, Check::kReportClear, Stage::kClear},
    {Stage::kSuspended, Check::kReportConsider, Stage::kConsider},
    {Stage::kSuspended, Check::kCancel, Stage::kCancelled},

    {Stage::kPaused, Check::kReportPending, Stage::kPending},
    {Stage::kPaused, Check::kReportNeedsInfo, Stage::kSuspended},
    {Stage::kPaused, Check::kReportInReview, Stage::kPaused},
    {Stage::kPaused, Check::kReportClear, Stage::kClear},
    {Stage::kPaused, Check::kReportConsider, Stage::kConsider},
    {Stage::kPaused, Check::kCancel, Stage::kCancelled},

    {Stage::kConsider, Check::kEngage, Stage::kEngaged},
    {Stage::kConsider, Check::kPreAdverse, Stage::kPreAdverse},
    {Stage::kConsider, Check::kDispute, Stage::kDispute},

    {Stage::kPreAdverse, Check::kEngage, Stage::kEngaged},
    {Stage::kPreAdverse, Check::kAdverse, Stage::kAdverse},
    {Stage::kPreAdverse, Check::kDispute, Stage::kDispute},

    {Stage::kAdverse, Check::kDispute, Stage::kDispute},

    {Stage::kDispute, Check::kReportPending, Stage::kDispute},
    {Stage::kDispute, Check::kReportNeedsInfo, Stage::kDispute},
    {Stage::kDispute, Check::kReportInReview, Stage::kDispute},
    {Stage::kDispute, Check::kReportClear, Stage::kClear},
    {Stage::kDispute, Check::kReportConsider, Stage::kConsider},
};

constexpr struct {
  VisaCase::State from, to;
} kVisa[] = {
    {VisaCase::STATE_UNSPECIFIED, VisaCase::STATE_NOT_NEEDED}, {VisaCase::STATE_UNSPECIFIED, VisaCase::STATE_ADVISED},
    {VisaCase::STATE_UNSPECIFIED, VisaCase::STATE_APPLIED},    {VisaCase::STATE_UNSPECIFIED, VisaCase::STATE_GRANTED},
    {VisaCase::STATE_NOT_NEEDED, VisaCase::STATE_ADVISED},     {VisaCase::STATE_ADVISED, VisaCase::STATE_NOT_NEEDED},
    {VisaCase::STATE_ADVISED, VisaCase::STATE_ADVISED},        {VisaCase::STATE_ADVISED, VisaCase::STATE_APPLIED},
    {VisaCase::STATE_APPLIED, VisaCase::STATE_GRANTED},        {VisaCase::STATE_APPLIED, VisaCase::STATE_REFUSED},
    {VisaCase::STATE_GRANTED, VisaCase::STATE_GRANTED},        {VisaCase::STATE_GRANTED, VisaCase::STATE_REFUSED},
    {VisaCase::STATE_REFUSED, VisaCase::STATE_APPLIED},        {VisaCase::STATE_EXPIRED, VisaCase::STATE_APPLIED},
};

template <typename State, typename Command, size_t n>
std::optional<State> Find(const Row<State, Command> (&table)[n], State from, Command command) {
  for (const auto& row : table) {
    if (row.from == from && row.command == command) return row.to;
  }
  return std::nullopt;
}

absl::string_view MethodOf(Vetting command) {
  switch (command) {
    case Vetting::kOpen:
      return "OpenVettingCase";
    case Vetting::kRecordPackage:
      return "RecordVettingPackage";
    case Vetting::kSubmit:
      return "SubmitVettingCase";
    case Vetting::kBeginPostReview:
    case Vetting::kBeginDepartmentReview:
      return "AdvanceVettingCase";
    case Vetting::kClear:
    case Vetting::kSuspend:
    case Vetting::kReject:
      return "RecordVettingOutcome";
    case Vetting::kRemediate:
      return "RemediateVettingCase";
    case Vetting::kCancel:
      return "CancelVettingCase";
  }
  return "";
}

absl::string_view MethodOf(Check command) {
  switch (command) {
    case Check::kRequest:
      return "RequestBackgroundCheck";
    case Check::kReportPending:
    case Check::kReportNeedsInfo:
    case Check::kReportInReview:
    case Check::kReportClear:
    case Check::kReportConsider:
      return "ReportBackgroundCheck";
    case Check::kEngage:
    case Check::kPreAdverse:
    case Check::kAdverse:
      return "AdjudicateBackgroundCheck";
    case Check::kDispute:
      return "DisputeBackgroundCheck";
    case Check::kCancel:
      return "CancelBackgroundCheck";
  }
  return "";
}

template <typename State, typename Command, size_t n>
std::vector<std::string> MethodsIn(const Row<State, Command> (&table)[n], State from) {
  std::vector<std::string> names;
  for (const auto& row : table) {
    std::string name(MethodOf(row.command));
    if (row.from == from && std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

Stage StageOfResult(const BackgroundCheck& check) {
  switch (check.adjudication()) {
    case BackgroundCheck::ADJUDICATION_ENGAGED:
      return Stage::kEngaged;
    case BackgroundCheck::ADJUDICATION_PRE_ADVERSE:
      return Stage::kPreAdverse;
    case BackgroundCheck::ADJUDICATION_ADVERSE:
      return Stage::kAdverse;
    default:
      return check.result() == BackgroundCheck::RESULT_CLEAR ? Stage::kClear : Stage::kConsider;
  }
}

}  // namespace

CheckStage StageOf(const BackgroundCheck& check) {
  switch (check.state()) {
    case BackgroundCheck::STATE_PENDING:
      return Stage::kPending;
    case BackgroundCheck::STATE_SUSPENDED:
      return Stage::kSuspended;
    case BackgroundCheck::STATE_PAUSED:
      return Stage::kPaused;
    case BackgroundCheck::STATE_COMPLETE:
      return StageOfResult(check);
    case BackgroundCheck::STATE_DISPUTE:
      return Stage::kDispute;
    case BackgroundCheck::STATE_CANCELLED:
      return Stage::kCancelled;
    default:
      return Stage::kNone;
  }
}

std::optional<CheckCommand> CommandOf(v1::CheckReport report) {
  switch (report) {
    case v1::CHECK_REPORT_PENDING:
      return Check::kReportPending;
    case v1::CHECK_REPORT_NEEDS_INFO:
      return Check::kReportNeedsInfo;
    case v1::CHECK_REPORT_IN_REVIEW:
      return Check::kReportInReview;
    case v1::CHECK_REPORT_CLEAR:
      return Check::kReportClear;
    case v1::CHECK_REPORT_CONSIDER:
      return Check::kReportConsider;
    default:
      return std::nullopt;
  }
}

std::optional<VettingState> Next(VettingState from, VettingCommand command) { return Find(kVetting, from, command); }

std::optional<CheckStage> Next(CheckStage from, CheckCommand command) { return Find(kCheck, from, command); }

bool MayBecome(VisaCase::State from, VisaCase::State to) {
  return std::any_of(std::begin(kVisa), std::end(kVisa),
                     [&](const auto& row) { return row.from == from && row.to == to; });
}

std::vector<std::string> PossibleMethods(VettingState from) { return MethodsIn(kVetting, from); }

std::vector<std::string> PossibleMethods(CheckStage from) { return MethodsIn(kCheck, from); }

}  // namespace amikeco::compliance
