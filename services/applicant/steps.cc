#include "services/applicant/steps.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

using programme::v1::AfterStay;
using programme::v1::Programme;
using Facts = std::vector<v1::ApplicationFact>;

// `step`, as it is called where each of a cohort owes one: "change-proposal/M-17".
OwedStep OfAuthor(const v1::Application& application, const std::string& author, OwedStep step) {
  if (application.fellows().empty()) return step;
  absl::StrAppend(&step.id, "/", absl::StripPrefix(author, "members/"));
  absl::StrAppend(&step.what, " of ", author);
  if (step.owner == options::v1::ROLE_OFFICER) step.person = author;
  return step;
}

void AddProposals(const v1::Application& application, const AfterStay& asked, std::vector<OwedStep>& owed) {
  if (!asked.has_change_proposal()) return;
  for (const std::string& author : AuthorsOf(application)) {
    if (IsHandedIn(ProposalOf(application, author))) continue;
    owed.push_back(
        OfAuthor(application, author,
                 {"change-proposal", "The change proposal", options::v1::ROLE_OFFICER, application.placement().end()}));
  }
}

void AddReviews(const v1::Application& application, std::vector<OwedStep>& owed) {
  for (const std::string& author : AuthorsOf(application)) {
    if (ProposalOf(application, author).state() != v1::ChangeProposal::STATE_SUBMITTED) continue;
    owed.push_back(
        OfAuthor(application, author,
                 {"proposal-review", "The review of the change proposal", options::v1::ROLE_COORDINATOR, {}}));
  }
}

// Delivery is behind the return and the implementation, where they are asked for: then the outcome can be judged.
bool IsDelivered(const v1::Application& application, const AfterStay& asked) {
  if (asked.implementation_days() > 0) return application.steps().has_implementation_completed();
  return asked.return_days() == 0 || application.steps().has_returned();
}

void PlanPhases(const v1::Application& application, const AfterStay& asked, absl::CivilDay start,
                v1::StepsPlanned& planned) {
  absl::CivilDay next = start;
  const absl::CivilDay end = ToDay(application.placement().end());
  for (const AfterStay::Phase& phase : asked.phases()) {
    v1::PlannedPhase& plan = *planned.add_phases();
    plan.set_id(phase.id());
    plan.set_title(phase.title());
    plan.set_kind(phase.kind());
    const bool at_host = phase.kind() == AfterStay::Phase::PARTNER_KIND_POLICE_HOST;
    plan.set_partner(at_host ? application.placement().host() : phase.partner());
    next += phase.days();
    *plan.mutable_last_day() = ToDate(std::min(next - 1, end));
  }
}

// What follows the stay besides the report, with its dates; nothing when nothing is dated.
std::optional<v1::ApplicationFact> PlanAfterStay(const AfterStay& asked, absl::CivilDay last_day) {
  v1::ApplicationFact fact;
  v1::AfterStayPlanned& planned = *fact.mutable_after_stay_planned();
  if (asked.return_days() > 0) *planned.mutable_return_due() = ToDate(last_day + asked.return_days());
  if (asked.has_evaluation() && asked.implementation_days() == 0) {
    *planned.mutable_evaluation_due() = ToDate(last_day + asked.evaluation().days());
  }
  if (!planned.has_return_due() && !planned.has_evaluation_due()) return std::nullopt;
  return fact;
}

}  // namespace

std::vector<std::string> AuthorsOf(const v1::Application& application) {
  if (application.fellows().empty()) return {application.member()};
  return {application.fellows().begin(), application.fellows().end()};
}

const v1::ChangeProposal& ProposalOf(const v1::Application& application, const std::string& author) {
  if (author == application.member()) return application.steps().proposal();
  for (const v1::ChangeProposal& proposal : application.steps().fellow_proposals()) {
    if (proposal.member() == author) return proposal;
  }
  return v1::ChangeProposal::default_instance();
}

bool IsHandedIn(const v1::ChangeProposal& proposal) {
  return proposal.state() == v1::ChangeProposal::STATE_SUBMITTED ||
         proposal.state() == v1::ChangeProposal::STATE_ACCEPTED;
}

std::vector<OwedStep> OwedByStay(const v1::Application& application, const Programme& programme) {
  std::vector<OwedStep> owed;
  for (const v1::Phase& phase : application.steps().phases()) {
    if (phase.has_completed_on()) continue;
    owed.push_back({absl::StrCat("phase/", phase.id()), absl::StrCat("The phase ", phase.title()),
                    options::v1::ROLE_COORDINATOR, phase.last_day()});
  }
  for (const v1::Module& module : application.steps().modules()) {
    if (!module.mandatory() || module.has_completed_on()) continue;
    owed.push_back({absl::StrCat("module/", module.id()), absl::StrCat("The module ", module.title()),
                    options::v1::ROLE_HOST_CONTACT, application.placement().end()});
  }
  AddProposals(application, programme.after_stay(), owed);
  return owed;
}

std::vector<OwedStep> Owed(const v1::Application& application, const Programme& programme) {
  const AfterStay& asked = programme.after_stay();
  const v1::Steps& steps = application.steps();
  std::vector<OwedStep> owed = OwedByStay(application, programme);
  // Where the report closes the application, that alone says that it arrived.
  if (application.has_report_due() && application.state() != v1::Application::STATE_CLOSED) {
    owed.push_back({"report", "The report", options::v1::ROLE_OFFICER, application.report_due()});
  }
  if (asked.return_days() > 0 && !steps.has_returned()) {
    owed.push_back({"return", "The return home", options::v1::ROLE_OFFICER, steps.return_due()});
  }
  if (asked.implementation_days() > 0 && !steps.has_implementation_completed()) {
    owed.push_back({"implementation", "The implementation of the change proposal", options::v1::ROLE_OFFICER,
                    steps.implementation_due()});
  }
  AddReviews(application, owed);
  if (asked.has_evaluation() && !steps.has_evaluation()) {
    owed.push_back({"evaluation", "The evaluation", asked.evaluation().evaluator(), steps.evaluation_due()});
  }
  return owed;
}

std::string OwnerName(const v1::Application& application, const Programme& programme, options::v1::Role owner) {
  switch (owner) {
    case options::v1::ROLE_OFFICER:
    case options::v1::ROLE_REQUESTER:
      return application.has_assistance() ? application.assistance().requester() : application.member();
    case options::v1::ROLE_ENDORSER:
      return application.section();
    case options::v1::ROLE_COORDINATOR:
      return programme.operator_organisation();
    case options::v1::ROLE_HOST_CONTACT:
    case options::v1::ROLE_COMMAND_APPROVER:
      return application.placement().host();
    default:
      return "";
  }
}

bool HasSteps(const Programme& programme) {
  const AfterStay& asked = programme.after_stay();
  return !asked.phases().empty() || !asked.modules().empty() || asked.has_change_proposal() ||
         asked.return_days() > 0 || asked.has_evaluation();
}

bool IsAskedFor(Event event, const v1::Application& application, const Programme& programme) {
  const AfterStay& asked = programme.after_stay();
  const v1::Steps& steps = application.steps();
  switch (event) {
    case Event::kCompletePhase:
      return !steps.phases().empty();
    case Event::kCompleteModule:
      return !steps.modules().empty();
    case Event::kWriteProposal:
    case Event::kSubmitProposal:
    case Event::kReviewProposal:
      return asked.has_change_proposal();
    case Event::kRecordReturn:
      return asked.return_days() > 0;
    case Event::kBeginImplementation:
    case Event::kCompleteImplementation:
      return asked.implementation_days() > 0;
    case Event::kRecordEvaluation:
      return asked.has_evaluation() && !steps.has_evaluation() && IsDelivered(application, asked);
    case Event::kSubmitReport:
      return application.has_report_due();
    default:
      return true;
  }
}

absl::Status CheckStep(const v1::Application& application, Event event, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, event));
  if (IsAskedFor(event, application, c.programme)) return absl::OkStatus();
  return errors::StepNotOwed(application, NameOf(event));
}

absl::Status CheckStayComplete(const v1::Application& application, const Programme& programme) {
  std::vector<std::string> open;
  for (const OwedStep& step : OwedByStay(application, programme)) open.push_back(step.id);
  return open.empty() ? absl::OkStatus() : errors::StayIncomplete(application.name(), open);
}

std::optional<v1::ApplicationFact> PlanSteps(const v1::Application& application, const Circumstance& c) {
  const AfterStay& asked = c.programme.after_stay();
  if (asked.phases().empty() && asked.modules().empty()) return std::nullopt;
  v1::ApplicationFact fact;
  PlanPhases(application, asked, Today(c), *fact.mutable_steps_planned());
  for (const AfterStay::Module& module : asked.modules()) {
    v1::PlannedModule& plan = *fact.mutable_steps_planned()->add_modules();
    plan.set_id(module.id());
    plan.set_title(module.title());
    plan.set_mandatory(module.mandatory());
  }
  return fact;
}

Facts EndOfStay(const v1::Application& application, absl::CivilDay last_day, const Circumstance& c) {
  const AfterStay& asked = c.programme.after_stay();
  Facts facts(1);
  v1::StayEnded& ended = *facts.front().mutable_stay_ended();
  *ended.mutable_date() = ToDate(last_day);
  if (asked.report_days() > 0) *ended.mutable_report_due() = ToDate(last_day + asked.report_days());
  if (auto planned = PlanAfterStay(asked, last_day)) facts.push_back(*std::move(planned));
  if (const auto open = OwedByStay(application, c.programme); !open.empty()) {
    v1::StayIncomplete& incomplete = *facts.emplace_back().mutable_stay_incomplete();
    *incomplete.mutable_due() = ToDate(last_day);
    for (const OwedStep& step : open) incomplete.add_open_steps(step.id);
  }
  return ThenClosed(application, std::move(facts), last_day, c);
}

Facts ThenClosed(v1::Application application, Facts facts, absl::CivilDay day, const Circumstance& c) {
  for (const v1::ApplicationFact& fact : facts) application = Evolve(std::move(application), fact);
  if (application.has_ended_on() && Owed(application, c.programme).empty()) {
    *facts.emplace_back().mutable_closed()->mutable_date() = ToDate(day);
  }
  return facts;
}

std::vector<DueStep> DueSteps(const v1::Application& application) {
  std::vector<DueStep> steps;
  if (!IsPossible(application.state(), Event::kStepIsOverdue)) return steps;
  const v1::Steps& known = application.steps();
  if (known.has_return_due() && !known.has_returned() && !known.return_overdue()) {
    DueStep& step = steps.emplace_back();
    step.due = *step.overdue.mutable_return_overdue()->mutable_due() = known.return_due();
  }
  if (known.has_implementation_due() && !known.has_implementation_completed() && !known.implementation_overdue()) {
    DueStep& step = steps.emplace_back();
    step.due = *step.overdue.mutable_implementation_overdue()->mutable_due() = known.implementation_due();
  }
  if (known.has_evaluation_due() && !known.has_evaluation() && !known.evaluation_overdue()) {
    DueStep& step = steps.emplace_back();
    step.due = *step.overdue.mutable_evaluation_overdue()->mutable_due() = known.evaluation_due();
  }
  return steps;
}

void TickSteps(const v1::Application& application, const Circumstance& c, Facts& facts) {
  for (DueStep& step : DueSteps(application)) {
    if (Today(c) > ToDay(step.due)) facts.push_back(std::move(step.overdue));
  }
}

}  // namespace amikeco::applicant
