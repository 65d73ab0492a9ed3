#include "services/applicant/after_stay.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"
#include "services/applicant/steps.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using Facts = std::vector<v1::ApplicationFact>;

// The day that the command names, within `possible`; without one `otherwise`.
template <typename Command>
absl::StatusOr<absl::CivilDay> DayOf(const Command& command, absl::CivilDay otherwise, const Days& possible) {
  if (!command.has_day()) return otherwise;
  const absl::CivilDay day = ToDay(command.day());
  FieldErrors wrong;
  if (!possible.Contains(day)) {
    wrong.Add("day", absl::StrCat("must lie between ", FormatDay(possible.first), " and ", FormatDay(possible.last)));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return day;
}

// The part of the stay with that id; INVALID_ARGUMENT names those that there are.
template <typename Parts>
absl::StatusOr<typename Parts::value_type> FindPart(const Parts& parts, absl::string_view field,
                                                    const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& part : parts) {
    if (part.id() == id) return part;
    ids.push_back(part.id());
  }
  FieldErrors wrong;
  wrong.Add(field, absl::StrCat("is not a ", field, " of this stay; there are ", absl::StrJoin(ids, ", ")));
  return wrong.ToStatus();
}

// The last day of the stay that can have been by now.
absl::CivilDay LastDay(const v1::Application& application, const Circumstance& c) {
  return std::min(Today(c), ToDay(application.has_ended_on() ? application.ended_on() : application.placement().end()));
}

// The first day on which the current phase can be complete: no phase ends before the one before it.
absl::CivilDay FirstDayOfPhase(const v1::Application& application) {
  absl::CivilDay first = ToDay(application.start().date());
  for (const v1::Phase& phase : application.steps().phases()) {
    if (phase.has_completed_on()) first = std::max(first, ToDay(phase.completed_on()));
  }
  return first;
}

// Each question of the programme once, and no other.
absl::Status CheckAnswers(const v1::RecordEvaluationRequest& command, const programme::v1::Programme& programme) {
  FieldErrors wrong;
  std::set<std::string> open;
  std::vector<std::string> ids;
  for (const auto& question : programme.after_stay().evaluation().questions()) {
    open.insert(question.id());
    ids.push_back(question.id());
  }
  for (int i = 0; i < command.answers_size(); ++i) {
    if (open.erase(command.answers(i).question()) > 0) continue;
    wrong.Add(absl::StrCat("answers[", i, "].question"),
              absl::StrCat("is none of ", programme.name(), ", or was answered before; its questions are ",
                           absl::StrJoin(ids, ", ")));
  }
  if (!open.empty()) wrong.Add("answers", absl::StrCat("must also answer ", absl::StrJoin(open, ", ")));
  return wrong.ToStatus();
}

absl::Status CheckHandedIn(const v1::Application& application) {
  for (const std::string& author : AuthorsOf(application)) {
    const v1::ChangeProposal& proposal = ProposalOf(application, author);
    if (IsHandedIn(proposal)) continue;
    const std::string& state = v1::ChangeProposal::State_Name(proposal.state());
    return Error(errors::kProposalNotSubmitted,
                 absl::StrCat("The change proposal of ", application.fellows().empty() ? application.name() : author,
                              " is in ", state, "."),
                 {{"name", application.name()}, {"proposal", state}, {"member", author}});
  }
  return absl::OkStatus();
}

}  // namespace

bool HasTheOfficer(const Actor& actor, const v1::Application& application) {
  if (!actor.Has(options::v1::ROLE_HOST_CONTACT) || !application.has_start()) return false;
  const auto& phases = application.steps().phases();
  return actor.organisation == application.placement().host() ||
         std::any_of(phases.begin(), phases.end(),
                     [&](const v1::Phase& phase) { return phase.partner() == actor.organisation; });
}

ApplicationFacts Decide(const v1::Application& application, const v1::CompletePhaseRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kCompletePhase, c));
  AMIKECO_ASSIGN_OR_RETURN(const v1::Phase phase, FindPart(application.steps().phases(), "phase", command.phase()));
  if (phase.has_completed_on()) return Facts{};
  const std::string& current = application.steps().current_phase();
  if (phase.id() != current) {
    return Error(errors::kPhaseNotCurrent,
                 absl::StrCat("The current phase of ", application.name(), " is ", current, "."),
                 {{"name", application.name()}, {"phase", phase.id()}, {"current_phase", current}});
  }
  const Days possible{FirstDayOfPhase(application), LastDay(application, c)};
  AMIKECO_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(command, possible.last, possible));
  Facts facts(1);
  v1::PhaseCompleted& completed = *facts.front().mutable_phase_completed();
  completed.set_phase(phase.id());
  completed.set_by(c.actor.subject);
  *completed.mutable_date() = ToDate(day);
  return ThenClosed(application, std::move(facts), Today(c), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::CompleteModuleRequest& command,
                        const Circumstance& c) {
  if (!HasTheOfficer(c.actor, application)) AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kCompleteModule, c));
  AMIKECO_ASSIGN_OR_RETURN(const v1::Module module,
                           FindPart(application.steps().modules(), "module", command.module()));
  if (module.has_completed_on()) return Facts{};
  const Days stay{ToDay(application.start().date()), LastDay(application, c)};
  AMIKECO_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(command, stay.last, stay));
  Facts facts(1);
  v1::ModuleCompleted& completed = *facts.front().mutable_module_completed();
  completed.set_module(module.id());
  completed.set_by(c.actor.subject);
  *completed.mutable_date() = ToDate(day);
  return ThenClosed(application, std::move(facts), Today(c), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::RecordReturnRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kRecordReturn, c));
  AMIKECO_RETURN_IF_ERROR(CheckStayComplete(application, c.programme));
  AMIKECO_ASSIGN_OR_RETURN(const absl::CivilDay day,
                           DayOf(command, Today(c), {ToDay(application.ended_on()), Today(c)}));
  Facts facts(1);
  v1::ReturnRecorded& returned = *facts.front().mutable_return_recorded();
  *returned.mutable_date() = ToDate(day);
  returned.set_by(c.actor.subject);
  const int days = c.programme.after_stay().implementation_days();
  if (days > 0) *returned.mutable_implementation_due() = ToDate(day + days);
  return ThenClosed(application, std::move(facts), Today(c), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::BeginImplementationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kBeginImplementation, c));
  AMIKECO_RETURN_IF_ERROR(CheckHandedIn(application));
  v1::ApplicationFact fact;
  *fact.mutable_implementation_begun()->mutable_date() = ToDate(Today(c));
  fact.mutable_implementation_begun()->set_by(c.actor.subject);
  return Facts{fact};
}

ApplicationFacts Decide(const v1::Application& application, const v1::CompleteImplementationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kCompleteImplementation, c));
  AMIKECO_RETURN_IF_ERROR(CheckHandedIn(application));
  const Days possible{ToDay(application.steps().implementation_begun().date()), Today(c)};
  AMIKECO_ASSIGN_OR_RETURN(const absl::CivilDay day, DayOf(command, Today(c), possible));
  Facts facts(1);
  v1::ImplementationCompleted& completed = *facts.front().mutable_implementation_completed();
  *completed.mutable_date() = ToDate(day);
  completed.set_by(c.actor.subject);
  const auto& asked = c.programme.after_stay();
  if (asked.has_evaluation()) *completed.mutable_evaluation_due() = ToDate(day + asked.evaluation().days());
  return ThenClosed(application, std::move(facts), Today(c), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::RecordEvaluationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kRecordEvaluation, c));
  const auto& asked = c.programme.after_stay().evaluation();
  AMIKECO_RETURN_IF_ERROR(errors::CheckOwner(c.actor, c.programme, "evaluation", asked.evaluator()));
  AMIKECO_RETURN_IF_ERROR(CheckAnswers(command, c.programme));
  Facts facts(1);
  v1::EvaluationRecorded& recorded = *facts.front().mutable_evaluation_recorded();
  *recorded.mutable_answers() = command.answers();
  recorded.set_by(c.actor.subject);
  *recorded.mutable_date() = ToDate(Today(c));
  return ThenClosed(application, std::move(facts), Today(c), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitReportRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckStep(application, Event::kSubmitReport, c));
  Facts facts(1);
  if (!HasSteps(c.programme)) {
    *facts.front().mutable_closed()->mutable_date() = ToDate(Today(c));
    return facts;
  }
  *facts.front().mutable_report_submitted()->mutable_date() = ToDate(Today(c));
  return ThenClosed(application, std::move(facts), Today(c), c);
}

}  // namespace amikeco::applicant
