// The one transition table: how every application of every programme runs. Decide reads it; docs/lifecycle.md prints
// it.
//
// What is not in it is refused when a client asks for it, and has no effect when a late fact does.
#ifndef AMIKECO_SERVICES_APPLICANT_TRANSITIONS_H_
#define AMIKECO_SERVICES_APPLICANT_TRANSITIONS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "amikeco/applicant/v1/applicant.pb.h"

namespace amikeco::applicant {

using State = v1::Application::State;

// What happens to an application: a command, a fact of another service, or time.
enum class Event {
  kSubmit,
  kEndorse,
  kTriage,
  kOverrideRule,
  kChangeWishes,
  kAdoptProgramme,
  kCompleteTask,
  kWithdraw,
  kCancel,
  kAcceptAward,
  kStartStay,
  kEndStay,
  kCompletePhase,
  kCompleteModule,
  kWriteProposal,
  kSubmitProposal,
  kReviewProposal,
  kRecordReturn,
  kBeginImplementation,
  kCompleteImplementation,
  kRecordEvaluation,
  kNominateMentor,
  kSubmitReport,
  kSearchOpened,
  kHostInvited,
  kHostWilling,
  kCommandApproved,
  kInvitationEnded,
  kPlacementAgreed,
  kSearchExhausted,
  kActivitiesSet,
  kHomeHostSettled,
  kEntryRanked,
  kEntrySelected,
  kEntryNotSelected,
  kEntryDropped,
  kIntakeCancelled,
  kClearanceGranted,
  kClearanceLost,
  kEndorsementLapses,
  kAwardLapses,
  kStartIsOverdue,
  kStayIsMissed,
  kTaskIsOverdue,
  kStayIsOver,
  kStepIsOverdue,
  kReportIsOverdue,
};

// What decides between rows of the same state and event.
enum class When {
  kAlways,
  kIneligible,  // a rule does not hold and is not set aside
  kUnendorsed,  // eligible, the programme asks for an endorsement and there is none
  kUntriaged,   // eligible, the programme triages
  kSought,      // intake is over and the programme looks for a place
  kArranged,    // intake is over and it does not
  kSameDays,    // it does not, and the days stay as they are
  kUncleared,   // clearance does not hold
  kCleared,     // clearance holds
  kOwing,       // a report or another step that the programme asks for is missing
  kNothingOwed,
  kSelects,      // nothing is missing, and places go by ranking
  kAnswerAsked,  // winners must accept
  kNoAnswer,
};

struct Transition {
  State from;
  Event event;
  When when;
  State to;
};

// All rows, in the order of the process.
absl::Span<const Transition> Transitions();

// True when a row begins so.
bool IsPossible(State from, Event event);
// FAILED_PRECONDITION (NOT_POSSIBLE_IN_STATE) unless one does.
absl::Status CheckPossible(const v1::Application& application, Event event);
// Where it leads; nothing when it is not possible.
std::optional<State> Next(State from, Event event, When when = When::kAlways);
// No row leaves it, other than to itself.
bool IsFinal(State state);
// It holds the officer's one place per programme: submitted, and neither final nor ineligible.
bool IsOpen(State state);

// "SubmitApplication", "HostInvited", "the stay's last day has passed".
absl::string_view NameOf(Event event);
// "command", "fact" or "time".
absl::string_view DoorOf(Event event);
// "eligible and endorsed"; "" for kAlways.
absl::string_view NameOf(When when);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_TRANSITIONS_H_
