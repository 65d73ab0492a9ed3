#include "services/applicant/transitions.h"

#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;

constexpr State kNone = App::STATE_UNSPECIFIED;
constexpr State kAwaiting = App::STATE_AWAITING_ENDORSEMENT;
constexpr State kIneligible = App::STATE_INELIGIBLE;
constexpr State kInMatching = App::STATE_IN_MATCHING;
constexpr State kInvited = App::STATE_INVITED;
constexpr State kHostWilling = App::STATE_HOST_WILLING;
constexpr State kCommandApproved = App::STATE_COMMAND_APPROVED;
constexpr State kAgreed = App::STATE_AGREED;
constexpr State kCleared = App::STATE_CLEARED;
constexpr State kStarted = App::STATE_STARTED;
constexpr State kSuspended = App::STATE_SUSPENDED;
constexpr State kEnded = App::STATE_ENDED;
constexpr State kClosed = App::STATE_CLOSED;
constexpr State kWithdrawn = App::STATE_WITHDRAWN;
constexpr State kCancelled = App::STATE_CANCELLED;
constexpr State kLapsed = App::STATE_LAPSED;
constexpr State kUnplaced = App::STATE_UNPLACED;
constexpr State kTriage = App::STATE_AWAITING_TRIAGE;
constexpr State kReturned = App::STATE_RETURNED;
constexpr State kImplementing = App::STATE_IMPLEMENTING;
constexpr State kImplemented = App::STATE_IMPLEMENTED;

constexpr State kInSelection = App::STATE_IN_SELECTION;
constexpr State kAwardOffered = App::STATE_AWARD_OFFERED;
constexpr State kAwarded = App::STATE_AWARDED;
constexpr State kNotSelected = App::STATE_NOT_SELECTED;

constexpr Transition kTable[] = {
    // Intake.
    {kNone, Event::kSubmit, When::kIneligible, kIneligible},
    {kNone, Event::kSubmit, When::kUnendorsed, kAwaiting},
    {kNone, Event::kSubmit, When::kUntriaged, kTriage},
    {kNone, Event::kSubmit, When::kSought, kInMatching},
    {kNone, Event::kSubmit, When::kArranged, kAgreed},
    {kNone, Event::kSubmit, When::kSelects, kInSelection},

    {kIneligible, Event::kOverrideRule, When::kIneligible, kIneligible},
    {kIneligible, Event::kOverrideRule, When::kUnendorsed, kAwaiting},
    {kIneligible, Event::kOverrideRule, When::kUntriaged, kTriage},
    {kIneligible, Event::kOverrideRule, When::kSought, kInMatching},
    {kIneligible, Event::kOverrideRule, When::kArranged, kAgreed},
    {kIneligible, Event::kOverrideRule, When::kSelects, kInSelection},

    {kTriage, Event::kTriage, When::kSought, kInMatching},
    {kTriage, Event::kTriage, When::kArranged, kAgreed},
    {kTriage, Event::kChangeWishes, When::kAlways, kTriage},
    {kTriage, Event::kAdoptProgramme, When::kAlways, kTriage},
    {kTriage, Event::kOverrideRule, When::kAlways, kTriage},
    {kTriage, Event::kCompleteTask, When::kAlways, kTriage},
    {kTriage, Event::kTaskIsOverdue, When::kAlways, kTriage},
    {kTriage, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kTriage, Event::kCancel, When::kAlways, kCancelled},

    {kAwaiting, Event::kEndorse, When::kSought, kInMatching},
    {kAwaiting, Event::kEndorse, When::kArranged, kAgreed},
    {kAwaiting, Event::kEndorse, When::kSelects, kInSelection},
    {kAwaiting, Event::kEntryDropped, When::kAlways, kLapsed},
    {kAwaiting, Event::kIntakeCancelled, When::kAlways, kCancelled},
    {kAwaiting, Event::kEndorsementLapses, When::kAlways, kLapsed},
    {kAwaiting, Event::kChangeWishes, When::kAlways, kAwaiting},
    {kAwaiting, Event::kAdoptProgramme, When::kAlways, kAwaiting},
    {kAwaiting, Event::kOverrideRule, When::kAlways, kAwaiting},
    {kAwaiting, Event::kCompleteTask, When::kAlways, kAwaiting},
    {kAwaiting, Event::kTaskIsOverdue, When::kAlways, kAwaiting},
    {kAwaiting, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kAwaiting, Event::kCancel, When::kAlways, kCancelled},

    // The selection. An entry behind the places stays in it until no place can be handed on to it any more.
    {kInSelection, Event::kEntryRanked, When::kAlways, kInSelection},
    {kInSelection, Event::kEntrySelected, When::kAnswerAsked, kAwardOffered},
    {kInSelection, Event::kEntrySelected, When::kNoAnswer, kAwarded},
    {kInSelection, Event::kEntryNotSelected, When::kAlways, kNotSelected},
    {kInSelection, Event::kIntakeCancelled, When::kAlways, kCancelled},
    {kInSelection, Event::kOverrideRule, When::kAlways, kInSelection},
    {kInSelection, Event::kCompleteTask, When::kAlways, kInSelection},
    {kInSelection, Event::kTaskIsOverdue, When::kAlways, kInSelection},
    {kInSelection, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kInSelection, Event::kCancel, When::kAlways, kCancelled},

    {kAwardOffered, Event::kAcceptAward, When::kAlways, kAwarded},
    {kAwardOffered, Event::kAwardLapses, When::kAlways, kLapsed},
    {kAwardOffered, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kAwardOffered, Event::kCancel, When::kAlways, kCancelled},

    // The search. Clearance can be heard of here when compliance's fact overtakes matching's: it is noted.
    {kInMatching, Event::kSearchOpened, When::kAlways, kInMatching},
    {kInMatching, Event::kHostInvited, When::kAlways, kInvited},
    {kInMatching, Event::kSearchExhausted, When::kAlways, kUnplaced},
    {kInMatching, Event::kClearanceGranted, When::kAlways, kInMatching},
    {kInMatching, Event::kClearanceLost, When::kAlways, kInMatching},
    {kInMatching, Event::kChangeWishes, When::kAlways, kInMatching},
    {kInMatching, Event::kAdoptProgramme, When::kAlways, kInMatching},
    {kInMatching, Event::kOverrideRule, When::kAlways, kInMatching},
    {kInMatching, Event::kCompleteTask, When::kAlways, kInMatching},
    {kInMatching, Event::kTaskIsOverdue, When::kAlways, kInMatching},
    {kInMatching, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kInMatching, Event::kCancel, When::kAlways, kCancelled},

    {kInvited, Event::kHostWilling, When::kAlways, kHostWilling},
    {kInvited, Event::kInvitationEnded, When::kAlways, kInMatching},
    {kInvited, Event::kSearchExhausted, When::kAlways, kUnplaced},
    {kInvited, Event::kClearanceGranted, When::kAlways, kInvited},
    {kInvited, Event::kClearanceLost, When::kAlways, kInvited},
    {kInvited, Event::kChangeWishes, When::kAlways, kInMatching},
    {kInvited, Event::kAdoptProgramme, When::kAlways, kInMatching},
    {kInvited, Event::kOverrideRule, When::kAlways, kInvited},
    {kInvited, Event::kCompleteTask, When::kAlways, kInvited},
    {kInvited, Event::kTaskIsOverdue, When::kAlways, kInvited},
    {kInvited, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kInvited, Event::kCancel, When::kAlways, kCancelled},

    {kHostWilling, Event::kCommandApproved, When::kAlways, kCommandApproved},
    {kHostWilling, Event::kInvitationEnded, When::kAlways, kInMatching},
    {kHostWilling, Event::kSearchExhausted, When::kAlways, kUnplaced},
    {kHostWilling, Event::kActivitiesSet, When::kAlways, kHostWilling},
    {kHostWilling, Event::kHomeHostSettled, When::kAlways, kHostWilling},
    {kHostWilling, Event::kClearanceGranted, When::kAlways, kHostWilling},
    {kHostWilling, Event::kClearanceLost, When::kAlways, kHostWilling},
    {kHostWilling, Event::kChangeWishes, When::kAlways, kInMatching},
    {kHostWilling, Event::kAdoptProgramme, When::kAlways, kInMatching},
    {kHostWilling, Event::kOverrideRule, When::kAlways, kHostWilling},
    {kHostWilling, Event::kCompleteTask, When::kAlways, kHostWilling},
    {kHostWilling, Event::kTaskIsOverdue, When::kAlways, kHostWilling},
    {kHostWilling, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kHostWilling, Event::kCancel, When::kAlways, kCancelled},

    {kCommandApproved, Event::kPlacementAgreed, When::kUncleared, kAgreed},
    {kCommandApproved, Event::kPlacementAgreed, When::kCleared, kCleared},
    {kCommandApproved, Event::kInvitationEnded, When::kAlways, kInMatching},
    {kCommandApproved, Event::kSearchExhausted, When::kAlways, kUnplaced},
    {kCommandApproved, Event::kActivitiesSet, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kHomeHostSettled, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kClearanceGranted, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kClearanceLost, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kChangeWishes, When::kAlways, kInMatching},
    {kCommandApproved, Event::kAdoptProgramme, When::kAlways, kInMatching},
    {kCommandApproved, Event::kOverrideRule, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kCompleteTask, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kTaskIsOverdue, When::kAlways, kCommandApproved},
    {kCommandApproved, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kCommandApproved, Event::kCancel, When::kAlways, kCancelled},

    // Clearance. A placement is agreed again when its legs change.
    {kAgreed, Event::kClearanceGranted, When::kAlways, kCleared},
    {kAgreed, Event::kClearanceLost, When::kAlways, kAgreed},
    {kAgreed, Event::kPlacementAgreed, When::kUncleared, kAgreed},
    {kAgreed, Event::kActivitiesSet, When::kAlways, kAgreed},
    {kAgreed, Event::kHomeHostSettled, When::kAlways, kAgreed},
    {kAgreed, Event::kChangeWishes, When::kSought, kInMatching},
    {kAgreed, Event::kAdoptProgramme, When::kSought, kInMatching},
    {kAgreed, Event::kChangeWishes, When::kArranged, kAgreed},
    {kAgreed, Event::kAdoptProgramme, When::kArranged, kAgreed},
    {kAgreed, Event::kOverrideRule, When::kAlways, kAgreed},
    {kAgreed, Event::kCompleteTask, When::kAlways, kAgreed},
    {kAgreed, Event::kTaskIsOverdue, When::kAlways, kAgreed},
    {kAgreed, Event::kStartIsOverdue, When::kAlways, kAgreed},
    {kAgreed, Event::kStayIsMissed, When::kAlways, kLapsed},
    {kAgreed, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kAgreed, Event::kCancel, When::kAlways, kCancelled},

    {kCleared, Event::kStartStay, When::kAlways, kStarted},
    {kCleared, Event::kClearanceGranted, When::kAlways, kCleared},
    {kCleared, Event::kClearanceLost, When::kAlways, kAgreed},
    {kCleared, Event::kPlacementAgreed, When::kCleared, kCleared},
    {kCleared, Event::kActivitiesSet, When::kAlways, kCleared},
    {kCleared, Event::kHomeHostSettled, When::kAlways, kCleared},
    {kCleared, Event::kChangeWishes, When::kSought, kInMatching},
    {kCleared, Event::kAdoptProgramme, When::kSought, kInMatching},
    {kCleared, Event::kChangeWishes, When::kArranged, kAgreed},
    {kCleared, Event::kAdoptProgramme, When::kArranged, kAgreed},
    {kCleared, Event::kChangeWishes, When::kSameDays, kCleared},
    {kCleared, Event::kOverrideRule, When::kAlways, kCleared},
    {kCleared, Event::kCompleteTask, When::kAlways, kCleared},
    {kCleared, Event::kTaskIsOverdue, When::kAlways, kCleared},
    {kCleared, Event::kStartIsOverdue, When::kAlways, kCleared},
    {kCleared, Event::kStayIsMissed, When::kAlways, kLapsed},
    {kCleared, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kCleared, Event::kCancel, When::kAlways, kCancelled},

    // The stay.
    {kStarted, Event::kClearanceLost, When::kAlways, kSuspended},
    {kStarted, Event::kClearanceGranted, When::kAlways, kStarted},
    {kStarted, Event::kPlacementAgreed, When::kAlways, kStarted},
    {kStarted, Event::kCompletePhase, When::kAlways, kStarted},
    {kStarted, Event::kCompleteModule, When::kAlways, kStarted},
    {kStarted, Event::kWriteProposal, When::kAlways, kStarted},
    {kStarted, Event::kSubmitProposal, When::kAlways, kStarted},
    {kStarted, Event::kReviewProposal, When::kAlways, kStarted},
    {kStarted, Event::kEndStay, When::kOwing, kEnded},
    {kStarted, Event::kEndStay, When::kNothingOwed, kClosed},
    {kStarted, Event::kStayIsOver, When::kOwing, kEnded},
    {kStarted, Event::kStayIsOver, When::kNothingOwed, kClosed},
    {kStarted, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kStarted, Event::kCancel, When::kAlways, kCancelled},

    {kSuspended, Event::kClearanceGranted, When::kAlways, kStarted},
    {kSuspended, Event::kClearanceLost, When::kAlways, kSuspended},
    {kSuspended, Event::kPlacementAgreed, When::kAlways, kSuspended},
    {kSuspended, Event::kCompletePhase, When::kAlways, kSuspended},
    {kSuspended, Event::kCompleteModule, When::kAlways, kSuspended},
    {kSuspended, Event::kWriteProposal, When::kAlways, kSuspended},
    {kSuspended, Event::kSubmitProposal, When::kAlways, kSuspended},
    {kSuspended, Event::kReviewProposal, When::kAlways, kSuspended},
    {kSuspended, Event::kEndStay, When::kOwing, kEnded},
    {kSuspended, Event::kEndStay, When::kNothingOwed, kClosed},
    {kSuspended, Event::kStayIsOver, When::kOwing, kEnded},
    {kSuspended, Event::kStayIsOver, When::kNothingOwed, kClosed},
    {kSuspended, Event::kWithdraw, When::kAlways, kWithdrawn},
    {kSuspended, Event::kCancel, When::kAlways, kCancelled},

    // After it. Whatever comes last closes the application.
    {kEnded, Event::kSubmitReport, When::kOwing, kEnded},
    {kEnded, Event::kSubmitReport, When::kNothingOwed, kClosed},
    {kEnded, Event::kReportIsOverdue, When::kAlways, kEnded},
    {kEnded, Event::kCompletePhase, When::kOwing, kEnded},
    {kEnded, Event::kCompletePhase, When::kNothingOwed, kClosed},
    {kEnded, Event::kCompleteModule, When::kOwing, kEnded},
    {kEnded, Event::kCompleteModule, When::kNothingOwed, kClosed},
    {kEnded, Event::kWriteProposal, When::kAlways, kEnded},
    {kEnded, Event::kSubmitProposal, When::kAlways, kEnded},
    {kEnded, Event::kReviewProposal, When::kOwing, kEnded},
    {kEnded, Event::kReviewProposal, When::kNothingOwed, kClosed},
    {kEnded, Event::kRecordReturn, When::kOwing, kReturned},
    {kEnded, Event::kRecordReturn, When::kNothingOwed, kClosed},
    {kEnded, Event::kRecordEvaluation, When::kOwing, kEnded},
    {kEnded, Event::kRecordEvaluation, When::kNothingOwed, kClosed},
    {kEnded, Event::kStepIsOverdue, When::kAlways, kEnded},

    {kReturned, Event::kSubmitReport, When::kOwing, kReturned},
    {kReturned, Event::kSubmitReport, When::kNothingOwed, kClosed},
    {kReturned, Event::kReportIsOverdue, When::kAlways, kReturned},
    {kReturned, Event::kWriteProposal, When::kAlways, kReturned},
    {kReturned, Event::kSubmitProposal, When::kAlways, kReturned},
    {kReturned, Event::kReviewProposal, When::kOwing, kReturned},
    {kReturned, Event::kReviewProposal, When::kNothingOwed, kClosed},
    {kReturned, Event::kBeginImplementation, When::kAlways, kImplementing},
    {kReturned, Event::kRecordEvaluation, When::kOwing, kReturned},
    {kReturned, Event::kRecordEvaluation, When::kNothingOwed, kClosed},
    {kReturned, Event::kStepIsOverdue, When::kAlways, kReturned},

    {kImplementing, Event::kSubmitReport, When::kAlways, kImplementing},
    {kImplementing, Event::kReportIsOverdue, When::kAlways, kImplementing},
    {kImplementing, Event::kWriteProposal, When::kAlways, kImplementing},
    {kImplementing, Event::kSubmitProposal, When::kAlways, kImplementing},
    {kImplementing, Event::kReviewProposal, When::kAlways, kImplementing},
    {kImplementing, Event::kNominateMentor, When::kAlways, kImplementing},
    {kImplementing, Event::kCompleteImplementation, When::kOwing, kImplemented},
    {kImplementing, Event::kCompleteImplementation, When::kNothingOwed, kClosed},
    {kImplementing, Event::kStepIsOverdue, When::kAlways, kImplementing},

    {kImplemented, Event::kSubmitReport, When::kOwing, kImplemented},
    {kImplemented, Event::kSubmitReport, When::kNothingOwed, kClosed},
    {kImplemented, Event::kReportIsOverdue, When::kAlways, kImplemented},
    {kImplemented, Event::kWriteProposal, When::kAlways, kImplemented},
    {kImplemented, Event::kSubmitProposal, When::kAlways, kImplemented},
    {kImplemented, Event::kReviewProposal, When::kOwing, kImplemented},
    {kImplemented, Event::kReviewProposal, When::kNothingOwed, kClosed},
    {kImplemented, Event::kRecordEvaluation, When::kOwing, kImplemented},
    {kImplemented, Event::kRecordEvaluation, When::kNothingOwed, kClosed},
    {kImplemented, Event::kStepIsOverdue, When::kAlways, kImplemented},
};

}  // namespace

absl::Span<const Transition> Transitions() { return kTable; }

bool IsPossible(State from, Event event) {
  for (const Transition& row : kTable) {
    if (row.from == from && row.event == event) return true;
  }
  return false;
}

absl::Status CheckPossible(const v1::Application& application, Event event) {
  if (IsPossible(application.state(), event)) return absl::OkStatus();
  return errors::NotPossibleInState(application, NameOf(event));
}

std::optional<State> Next(State from, Event event, When when) {
  for (const Transition& row : kTable) {
    if (row.from == from && row.event == event && (row.when == when || row.when == When::kAlways)) return row.to;
  }
  return std::nullopt;
}

bool IsFinal(State state) {
  if (state == kNone) return false;
  for (const Transition& row : kTable) {
    if (row.from == state && row.to != state) return false;
  }
  return true;
}

bool IsOpen(State state) { return state != kNone && state != kIneligible && !IsFinal(state); }

absl::string_view NameOf(Event event) {
  switch (event) {
    case Event::kSubmit:
      return "SubmitApplication";
    case Event::kEndorse:
      return "EndorseMember";
    case Event::kTriage:
      return "TriageApplication";
    case Event::kOverrideRule:
      return "OverrideRule";
    case Event::kChangeWishes:
      return "ChangeWishes";
    case Event::kAdoptProgramme:
      return "AdoptProgramme";
    case Event::kCompleteTask:
      return "CompleteTask";
    case Event::kWithdraw:
      return "WithdrawApplication";
    case Event::kCancel:
      return "CancelApplication";
    case Event::kAcceptAward:
      return "AcceptAward";
    case Event::kStartStay:
      return "StartStay";
    case Event::kEndStay:
      return "EndStay";
    case Event::kCompletePhase:
      return "CompletePhase";
    case Event::kCompleteModule:
      return "CompleteModule";
    case Event::kWriteProposal:
      return "WriteProposal";
    case Event::kSubmitProposal:
      return "SubmitProposal";
    case Event::kReviewProposal:
      return "ReviewProposal";
    case Event::kRecordReturn:
      return "RecordReturn";
    case Event::kBeginImplementation:
      return "BeginImplementation";
    case Event::kCompleteImplementation:
      return "CompleteImplementation";
    case Event::kRecordEvaluation:
      return "RecordEvaluation";
    case Event::kNominateMentor:
      return "SubmitApplication of a mentor";
    case Event::kSubmitReport:
      return "SubmitReport";
    case Event::kSearchOpened:
      return "SearchOpened";
    case Event::kHostInvited:
      return "HostInvited";
    case Event::kHostWilling:
      return "HostWilling";
    case Event::kCommandApproved:
      return "CommandApproved";
    case Event::kInvitationEnded:
      return "InvitationEnded";
    case Event::kPlacementAgreed:
      return "PlacementAgreed";
    case Event::kSearchExhausted:
      return "SearchExhausted";
    case Event::kActivitiesSet:
      return "ActivitiesSet";
    case Event::kHomeHostSettled:
      return "HomeHostAgreed or HomeHostNotFound";
    case Event::kClearanceGranted:
      return "ClearanceGranted";
    case Event::kClearanceLost:
      return "ClearanceLost or ClearanceRevoked";
    case Event::kEntryRanked:
      return "the intake was decided and the entry is behind its places";
    case Event::kEntrySelected:
      return "the entry won a place";
    case Event::kEntryNotSelected:
      return "no place can be handed on any more";
    case Event::kEntryDropped:
      return "the intake closed first";
    case Event::kIntakeCancelled:
      return "CancelIntake";
    case Event::kAwardLapses:
      return "the award was not accepted in time";
    case Event::kEndorsementLapses:
      return "nobody endorsed in time";
    case Event::kStartIsOverdue:
      return "the stay's first day has passed without a start";
    case Event::kStayIsMissed:
      return "the stay's last day has passed without a start";
    case Event::kTaskIsOverdue:
      return "a task's due date has passed";
    case Event::kStayIsOver:
      return "the stay's last day has passed";
    case Event::kStepIsOverdue:
      return "the due date of the return, the implementation or the evaluation has passed";
    case Event::kReportIsOverdue:
      return "the report's due date has passed";
  }
  return "";
}

absl::string_view DoorOf(Event event) {
  if (event <= Event::kSubmitReport) return "command";
  return event <= Event::kClearanceLost ? "fact" : "time";
}

absl::string_view NameOf(When when) {
  switch (when) {
    case When::kAlways:
      return "";
    case When::kIneligible:
      return "a rule does not hold";
    case When::kUnendorsed:
      return "eligible, not endorsed";
    case When::kUntriaged:
      return "eligible, to be triaged";
    case When::kSought:
      return "nothing else is asked for, a place is looked for";
    case When::kArranged:
      return "nothing else is asked for, no place is looked for";
    case When::kSameDays:
      return "no place is looked for, and the days are the same";
    case When::kUncleared:
      return "clearance does not hold";
    case When::kCleared:
      return "clearance holds";
    case When::kOwing:
      return "a report or another step is owed";
    case When::kNothingOwed:
      return "nothing is owed";
    case When::kSelects:
      return "nothing is missing, places go by ranking";
    case When::kAnswerAsked:
      return "winners must accept";
    case When::kNoAnswer:
      return "winners need not accept";
  }
  return "";
}

}  // namespace amikeco::applicant
