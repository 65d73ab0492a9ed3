#include "services/applicant/application.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "services/applicant/errors.h"
#include "services/applicant/steps.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using Facts = std::vector<v1::ApplicationFact>;

v1::ApplicationFact Completed(const v1::Task& task, const Circumstance& c) {
  v1::ApplicationFact fact;
  fact.mutable_task_completed()->set_task(task.id());
  fact.mutable_task_completed()->set_by(c.actor.subject);
  *fact.mutable_task_completed()->mutable_date() = ToDate(Today(c));
  return fact;
}

absl::StatusOr<v1::Task> FindTask(const v1::Application& application, const std::string& id) {
  std::vector<std::string> ids;
  for (const v1::Task& task : application.tasks()) {
    if (task.id() == id) return task;
    ids.push_back(task.id());
  }
  FieldErrors wrong;
  wrong.Add("task",
            absl::StrCat("is not a task of ", application.name(), "; its tasks are ", absl::StrJoin(ids, ", ")));
  return wrong.ToStatus();
}

}  // namespace

absl::CivilDay Today(const Circumstance& c) { return absl::ToCivilDay(c.now, ZoneNamed(c.programme.time_zone())); }

ApplicationFacts Decide(const v1::Application& application, const v1::CompleteTaskRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kCompleteTask));
  AMIKECO_ASSIGN_OR_RETURN(const v1::Task task, FindTask(application, command.task()));
  AMIKECO_RETURN_IF_ERROR(errors::CheckOwner(c.actor, c.programme, task.id(), task.owner()));
  if (task.done()) return Facts{};
  if (task.done_when() != programme::v1::TASK_TRIGGER_UNSPECIFIED) {
    return Error(errors::kTaskCompletesItself,
                 absl::StrCat("The task ", task.id(), " is done when the thing itself happens: ",
                              programme::v1::TaskTrigger_Name(task.done_when()), "."),
                 {{"task", task.id()}, {"done_when", programme::v1::TaskTrigger_Name(task.done_when())}});
  }
  return Facts{Completed(task, c)};
}

ApplicationFacts Decide(const v1::Application& application, const v1::WithdrawApplicationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kWithdraw));
  v1::ApplicationFact fact;
  fact.mutable_withdrawn()->set_by(c.actor.subject);
  fact.mutable_withdrawn()->set_reason(command.reason());
  fact.mutable_withdrawn()->set_placement(application.placement().placement());
  return Facts{fact};
}

ApplicationFacts Decide(const v1::Application& application, const v1::CancelApplicationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kCancel));
  v1::ApplicationFact fact;
  fact.mutable_cancelled()->set_by(c.actor.subject);
  fact.mutable_cancelled()->set_reason(command.reason());
  fact.mutable_cancelled()->set_placement(application.placement().placement());
  return Facts{fact};
}

absl::Status CheckStart(const v1::Application& application, const Circumstance& c) {
  if (application.state() == v1::Application::STATE_AGREED) {
    return errors::NotCleared(
        application.name(), {application.clearance().open_items().begin(), application.clearance().open_items().end()});
  }
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kStartStay));
  const Days stay{ToDay(application.placement().start()), ToDay(application.placement().end())};
  if (stay.Contains(Today(c))) return absl::OkStatus();
  return Error(errors::kNotTheDay,
               absl::StrCat("The stay of ", application.name(), " is from ", FormatDay(stay.first), " to ",
                            FormatDay(stay.last), "; today is ", FormatDay(Today(c)), "."),
               {{"name", application.name()},
                {"first_day", FormatDay(stay.first)},
                {"last_day", FormatDay(stay.last)},
                {"today", FormatDay(Today(c))}});
}

ApplicationFacts Decide(const v1::Application& application, const v1::StartStayRequest& command, const Circumstance& c,
                        const GateReading& gate) {
  AMIKECO_RETURN_IF_ERROR(CheckStart(application, c));
  if (!gate.cleared) return errors::NotCleared(application.name(), gate.open_items);
  v1::ApplicationFact fact;
  fact.mutable_stay_started()->set_clearance(gate.clearance);
  fact.mutable_stay_started()->set_clearance_version(gate.version);
  *fact.mutable_stay_started()->mutable_date() = ToDate(Today(c));
  Facts facts{fact};
  if (auto planned = PlanSteps(application, c)) facts.push_back(*std::move(planned));
  return facts;
}

ApplicationFacts Decide(const v1::Application& application, const v1::EndStayRequest& command, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kEndStay));
  AMIKECO_RETURN_IF_ERROR(CheckStayComplete(application, c.programme));
  return EndOfStay(application, std::min(Today(c), ToDay(application.placement().end())), c);
}

std::vector<v1::ApplicationFact> TasksDone(const v1::Application& application, programme::v1::TaskTrigger trigger,
                                           const Circumstance& c) {
  Facts facts;
  if (trigger == programme::v1::TASK_TRIGGER_UNSPECIFIED) return facts;
  for (const v1::Task& task : application.tasks()) {
    if (!task.done() && task.done_when() == trigger) facts.push_back(Completed(task, c));
  }
  return facts;
}

}  // namespace amikeco::applicant
