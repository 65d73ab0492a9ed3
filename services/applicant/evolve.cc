// How an application folds: one fact after the other. Facts about the steps of a stay and after it fold in
// steps_evolve.cc.
#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "common/base/dates.h"
#include "common/base/zones.h"
#include "services/applicant/application.h"
#include "services/applicant/steps.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant::v1 {
namespace {

void Submit(Application& application, const ApplicationSubmitted& fact) {
  application.set_name(fact.name());
  application.set_member(fact.member());
  application.set_section(fact.section());
  application.set_programme(fact.programme());
  application.set_programme_version(fact.programme_version());
  if (fact.has_wishes()) *application.mutable_wishes() = fact.wishes();
  *application.mutable_declarations() = fact.declarations();
  *application.mutable_submit_time() = fact.at();
  application.set_submitter(fact.submitter());
  *application.mutable_received() = fact.received();
  *application.mutable_parties() = fact.parties();
  application.set_time_zone(fact.time_zone());
  *application.mutable_fellows() = fact.fellows();
  if (fact.has_assistance()) *application.mutable_assistance() = fact.assistance();
  application.set_mentors_for(fact.mentors_for());
  application.set_intake(fact.intake());
  application.set_beneficiary_age(fact.beneficiary_age());
  if (fact.has_disclosure()) *application.mutable_disclosure() = fact.disclosure();
}

void Judge(Application& application, const EligibilityDecided& fact) {
  *application.mutable_rule_results() = fact.results();
  application.set_tier(fact.tier());
  application.set_tier_rank(fact.tier_rank());
  if (!fact.eligible()) {
    application.set_state(Application::STATE_INELIGIBLE);
    return;
  }
  if (fact.has_endorse_by()) *application.mutable_endorse_by() = fact.endorse_by();
  const bool in_intake =
      application.state() == Application::STATE_UNSPECIFIED || application.state() == Application::STATE_INELIGIBLE;
  if (!in_intake) return;
  application.set_state(fact.triage() ? Application::STATE_AWAITING_TRIAGE : Application::STATE_AWAITING_ENDORSEMENT);
}

void Override(Application& application, const RuleOverridden& fact) {
  *application.add_overrides() = fact;
  for (RuleResult& result : *application.mutable_rule_results()) {
    if (result.rule() == fact.rule()) result.set_overridden(true);
  }
}

void Plan(Application& application, const TasksPlanned& fact) {
  application.clear_tasks();
  for (const PlannedTask& planned : fact.tasks()) {
    Task& task = *application.add_tasks();
    task.set_id(planned.id());
    task.set_title(planned.title());
    task.set_owner(planned.owner());
    *task.mutable_due() = planned.due();
    task.set_done_when(planned.done_when());
  }
}

Task* FindTask(Application& application, const std::string& id) {
  for (Task& task : *application.mutable_tasks()) {
    if (task.id() == id) return &task;
  }
  return nullptr;
}

void ForgetClearance(Application& application) {
  application.clear_start_overdue();
  if (!application.has_clearance()) return;
  application.mutable_clearance()->set_cleared(false);
  application.mutable_clearance()->clear_open_items();
}

// A new round knows of no host and no clearance; the placement keeps the round that matching last spoke of, so that
// facts of earlier rounds are seen to be stale.
void OpenMatching(Application& application, const MatchingOpened& fact) {
  application.set_round(fact.round());
  application.set_state(Application::STATE_IN_MATCHING);
  application.mutable_placement()->set_stage(PLACEMENT_STAGE_SEARCHING);
  application.mutable_placement()->clear_host();
  application.mutable_placement()->clear_start();
  application.mutable_placement()->clear_end();
  ForgetClearance(application);
}

void Arrange(Application& application, const StayArranged& fact) {
  application.set_round(fact.round());
  application.set_state(Application::STATE_AGREED);
  application.mutable_placement()->set_round(fact.round());
  application.mutable_placement()->set_stage(PLACEMENT_STAGE_AGREED);
  *application.mutable_placement()->mutable_start() = fact.start();
  *application.mutable_placement()->mutable_end() = fact.end();
  ForgetClearance(application);
}

Application::State StateAt(const Application& application, PlacementStage stage) {
  switch (stage) {
    case PLACEMENT_STAGE_SEARCHING:
      return Application::STATE_IN_MATCHING;
    case PLACEMENT_STAGE_INVITED:
      return Application::STATE_INVITED;
    case PLACEMENT_STAGE_HOST_WILLING:
      return Application::STATE_HOST_WILLING;
    case PLACEMENT_STAGE_COMMAND_APPROVED:
      return Application::STATE_COMMAND_APPROVED;
    case PLACEMENT_STAGE_AGREED:
      return application.clearance().cleared() ? Application::STATE_CLEARED : Application::STATE_AGREED;
    default:
      return application.state();
  }
}

bool IsStaying(const Application& application) {
  return application.state() == Application::STATE_STARTED || application.state() == Application::STATE_SUSPENDED;
}

void NotePlacement(Application& application, const PlacementNoted& fact) {
  *application.mutable_placement() = fact;
  if (!IsStaying(application)) application.set_state(StateAt(application, fact.stage()));
}

void NoteClearance(Application& application, const ClearanceNoted& fact) {
  *application.mutable_clearance() = fact;
  const bool agreed =
      application.state() == Application::STATE_AGREED || application.state() == Application::STATE_CLEARED;
  if (agreed) application.set_state(StateAt(application, PLACEMENT_STAGE_AGREED));
}

void Select(Application& application, const EntrySelected& fact) {
  *application.mutable_award()->mutable_standing() = fact.standing();
  application.set_state(fact.has_answer_by() ? Application::STATE_AWARD_OFFERED : Application::STATE_AWARDED);
  if (fact.has_answer_by()) *application.mutable_award()->mutable_answer_by() = fact.answer_by();
}

void End(Application& application, Application::State state, const std::string& by, const std::string& reason) {
  application.set_state(state);
  application.mutable_ending()->set_by(by);
  application.mutable_ending()->set_reason(reason);
}

// The first moment behind `day`, where the programme's days end.
absl::Time Behind(const Application& application, const google::type::Date& day) {
  return absl::FromCivil(ToDay(day) + 1, ZoneNamed(application.time_zone()));
}

// When time alone will next change something.
absl::Time NextDue(const Application& application) {
  absl::Time due = absl::InfiniteFuture();
  const auto at = [&](const google::type::Date& day) { due = std::min(due, Behind(application, day)); };
  const Application::State state = application.state();
  if (IsPossible(state, Event::kEndorsementLapses) && application.has_endorse_by()) at(application.endorse_by());
  const bool ends = IsPossible(state, Event::kStayIsOver) || IsPossible(state, Event::kStayIsMissed);
  if (ends && application.placement().has_end()) at(application.placement().end());
  if (IsPossible(state, Event::kStartIsOverdue) && application.placement().has_start() &&
      !application.start_overdue()) {
    at(application.placement().start());
  }
  if (IsPossible(state, Event::kReportIsOverdue) && application.has_report_due() && !application.report_overdue()) {
    at(application.report_due());
  }
  for (const DueStep& step : DueSteps(application)) at(step.due);
  if (IsPossible(state, Event::kAwardLapses) && application.award().has_answer_by())
    at(application.award().answer_by());
  if (IsPossible(state, Event::kTaskIsOverdue)) {
    for (const Task& task : application.tasks()) {
      if (!task.done() && !task.overdue()) at(task.due());
    }
  }
  return due;
}

void Fold(Application& application, const ApplicationFact& fact) {
  switch (fact.fact_case()) {
    case ApplicationFact::kSubmitted:
      return Submit(application, fact.submitted());
    case ApplicationFact::kEligibilityDecided:
      return Judge(application, fact.eligibility_decided());
    case ApplicationFact::kRuleOverridden:
      return Override(application, fact.rule_overridden());
    case ApplicationFact::kEndorsed:
      *application.mutable_endorsement() = fact.endorsed().endorsement();
      return;
    case ApplicationFact::kMatchingOpened:
      return OpenMatching(application, fact.matching_opened());
    case ApplicationFact::kStayArranged:
      return Arrange(application, fact.stay_arranged());
    case ApplicationFact::kProgrammeAdopted:
      return application.set_programme_version(fact.programme_adopted().programme_version());
    case ApplicationFact::kTriaged:
      *application.mutable_triage() = fact.triaged();
      application.set_tier(fact.triaged().tier());
      application.set_tier_rank(fact.triaged().tier_rank());
      return;
    case ApplicationFact::kPlacementNoted:
      return NotePlacement(application, fact.placement_noted());
    case ApplicationFact::kClearanceNoted:
      return NoteClearance(application, fact.clearance_noted());
    case ApplicationFact::kStayStarted:
      application.set_state(Application::STATE_STARTED);
      *application.mutable_start() = fact.stay_started();
      return;
    case ApplicationFact::kStaySuspended:
      return application.set_state(Application::STATE_SUSPENDED);
    case ApplicationFact::kStayResumed:
      return application.set_state(Application::STATE_STARTED);
    case ApplicationFact::kStayEnded:
      application.set_state(Application::STATE_ENDED);
      *application.mutable_ended_on() = fact.stay_ended().date();
      if (fact.stay_ended().has_report_due()) *application.mutable_report_due() = fact.stay_ended().report_due();
      return;
    case ApplicationFact::kClosed:
      return application.set_state(Application::STATE_CLOSED);
    case ApplicationFact::kWithdrawn:
      return End(application, Application::STATE_WITHDRAWN, fact.withdrawn().by(), fact.withdrawn().reason());
    case ApplicationFact::kCancelled:
      return End(application, Application::STATE_CANCELLED, fact.cancelled().by(), fact.cancelled().reason());
    case ApplicationFact::kLapsed:
    case ApplicationFact::kStayMissed:
    case ApplicationFact::kAwardLapsed:
      return application.set_state(Application::STATE_LAPSED);
    case ApplicationFact::kUnplaced:
      return application.set_state(Application::STATE_UNPLACED);
    case ApplicationFact::kWishesChanged:
      *application.mutable_wishes() = fact.wishes_changed().wishes();
      *application.mutable_received() = fact.wishes_changed().received();
      return;
    case ApplicationFact::kTaskCompleted:
      if (Task* task = FindTask(application, fact.task_completed().task())) {
        task->set_done(true);
        *task->mutable_done_on() = fact.task_completed().date();
        task->set_done_by(fact.task_completed().by());
      }
      return;
    case ApplicationFact::kTaskOverdue:
      if (Task* task = FindTask(application, fact.task_overdue().task())) task->set_overdue(true);
      return;
    case ApplicationFact::kStartOverdue:
      return application.set_start_overdue(true);
    case ApplicationFact::kReportOverdue:
      return application.set_report_overdue(true);
    case ApplicationFact::kSelectionEntered:
      return application.set_state(Application::STATE_IN_SELECTION);
    case ApplicationFact::kEntryRanked:
      *application.mutable_award()->mutable_standing() = fact.entry_ranked().standing();
      return;
    case ApplicationFact::kEntrySelected:
      return Select(application, fact.entry_selected());
    case ApplicationFact::kEntryNotSelected:
      *application.mutable_award()->mutable_standing() = fact.entry_not_selected().standing();
      return application.set_state(Application::STATE_NOT_SELECTED);
    case ApplicationFact::kAwardAccepted:
      *application.mutable_award()->mutable_accepted_on() = fact.award_accepted().date();
      return application.set_state(Application::STATE_AWARDED);
    case ApplicationFact::kTasksPlanned:
      return Plan(application, fact.tasks_planned());
    case ApplicationFact::kDisclosureSet:
      *application.mutable_disclosure() = fact.disclosure_set().disclosure();
      return;
    default:
      return FoldStep(application, fact);
  }
}

}  // namespace

Application Evolve(Application application, const ApplicationFact& fact) {
  Fold(application, fact);
  application.clear_next_due();
  if (const absl::Time due = NextDue(application); due != absl::InfiniteFuture()) {
    *application.mutable_next_due() = ToTimestamp(due);
  }
  return application;
}

}  // namespace amikeco::applicant::v1
