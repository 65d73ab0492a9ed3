#include "services/applicant/application.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/eligibility.h"
#include "services/applicant/errors.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;
using programme::v1::Programme;
using Facts = std::vector<v1::ApplicationFact>;

absl::Status CheckPossible(const v1::Application& application, Event event) {
  if (IsPossible(application.state(), event)) return absl::OkStatus();
  return errors::NotPossibleInState(application, NameOf(event));
}

v1::ApplicationFact Submitted(const v1::SubmitApplicationRequest& command, const Circumstance& c) {
  v1::ApplicationFact fact;
  v1::ApplicationSubmitted& submitted = *fact.mutable_submitted();
  submitted.set_name(c.name);
  submitted.set_member(command.member());
  submitted.set_section(c.member->section());
  submitted.set_programme(c.programme.name());
  submitted.set_programme_version(c.programme.version());
  *submitted.mutable_wishes() = command.wishes();
  *submitted.mutable_declarations() = command.declarations();
  *submitted.mutable_at() = ToTimestamp(c.now);
  *submitted.mutable_received() = ToDate(Today(c));
  submitted.set_submitter(c.actor.subject);
  submitted.set_time_zone(c.programme.time_zone());
  *submitted.mutable_parties() = c.member->parties();
  submitted.add_parties(c.programme.operator_organisation());
  return fact;
}

v1::ApplicationFact Decided(const v1::Application& application, const std::vector<v1::RuleResult>& results,
                            const Circumstance& c) {
  v1::ApplicationFact fact;
  v1::EligibilityDecided& decided = *fact.mutable_eligibility_decided();
  decided.set_eligible(IsEligible(results));
  decided.mutable_results()->Assign(results.begin(), results.end());
  decided.set_programme_version(c.programme.version());
  const int tier = TierOf(c.programme, c.member->duty_status());
  decided.set_tier(c.programme.tiers(tier).id());
  decided.set_tier_rank(tier);
  *decided.mutable_decided_on() = ToDate(Today(c));
  if (application.has_endorse_by()) {
    *decided.mutable_endorse_by() = application.endorse_by();
  } else if (const int days = EndorsementDays(c.programme, c.place); days > 0) {
    *decided.mutable_endorse_by() = ToDate(Today(c) + days);
  }
  return fact;
}

// Every step with its date; none is due before the day on which it is laid out.
v1::ApplicationFact Planned(const v1::Application& application, const Circumstance& c) {
  v1::ApplicationFact fact;
  const absl::CivilDay received = ToDay(application.received());
  const absl::CivilDay start = ToDay(application.wishes().earliest_start());
  for (const programme::v1::TaskRule& rule : c.programme.tasks()) {
    v1::PlannedTask& task = *fact.mutable_tasks_planned()->add_tasks();
    task.set_id(rule.id());
    task.set_title(rule.title());
    task.set_owner(rule.owner());
    const absl::CivilDay due =
        rule.days_before_start() > 0 ? start - rule.days_before_start() : received + rule.days_after_receipt();
    *task.mutable_due() = ToDate(std::max(due, Today(c)));
    task.set_done_when(rule.done_when());
  }
  return fact;
}

v1::ApplicationFact MatchingOpened(const v1::Application& application) {
  v1::ApplicationFact fact;
  v1::MatchingOpened& opened = *fact.mutable_matching_opened();
  opened.set_round(application.round() + 1);
  opened.set_member(application.member());
  opened.set_section(application.section());
  opened.set_programme(application.programme());
  opened.set_programme_version(application.programme_version());
  opened.set_tier(application.tier());
  opened.set_tier_rank(application.tier_rank());
  *opened.mutable_wishes() = application.wishes();
  *opened.mutable_parties() = application.parties();
  *opened.mutable_received_at() = application.submit_time();
  return fact;
}

v1::ApplicationFact Completed(const v1::Task& task, const Circumstance& c) {
  v1::ApplicationFact fact;
  fact.mutable_task_completed()->set_task(task.id());
  fact.mutable_task_completed()->set_by(c.actor.subject);
  *fact.mutable_task_completed()->mutable_date() = ToDate(Today(c));
  return fact;
}

v1::ApplicationFact Endorsed(const v1::Endorsement& endorsement) {
  v1::ApplicationFact fact;
  *fact.mutable_endorsed()->mutable_endorsement() = endorsement;
  return fact;
}

// A growing list of facts together with the application as it is after them: later facts depend on earlier ones.
class Course {
 public:
  explicit Course(v1::Application application) : application_(std::move(application)) {}

  void Add(v1::ApplicationFact fact) {
    application_ = Evolve(std::move(application_), fact);
    facts_.push_back(std::move(fact));
  }
  void CompleteTasks(programme::v1::TaskTrigger trigger, const Circumstance& c) {
    for (v1::ApplicationFact& fact : TasksDone(application_, trigger, c)) Add(std::move(fact));
  }
  // The steps are laid out; what the endorsement completes is complete when there is one.
  void Plan(const Circumstance& c) {
    Add(Planned(application_, c));
    if (application_.has_endorsement()) CompleteTasks(programme::v1::TASK_TRIGGER_ENDORSED, c);
  }
  void Endorse(const v1::Endorsement& endorsement, const Circumstance& c) {
    Add(Endorsed(endorsement));
    CompleteTasks(programme::v1::TASK_TRIGGER_ENDORSED, c);
  }
  void OpenMatching() { Add(MatchingOpened(application_)); }

  const v1::Application& application() const { return application_; }
  Facts facts() && { return std::move(facts_); }

 private:
  v1::Application application_;
  Facts facts_;
};

// From a judgement to the state that it leads to.
void LeaveIntake(Course& course, const Circumstance& c) {
  if (!course.application().has_endorsement() && c.member->has_endorsement()) {
    course.Endorse(c.member->endorsement(), c);
  }
  course.Plan(c);
  if (course.application().has_endorsement()) course.OpenMatching();
}

std::vector<v1::RuleResult> JudgeNow(const v1::Application& application, const Circumstance& c) {
  const Candidate candidate{*c.member, application.wishes(), application.declarations(), ToDay(application.received())};
  auto results = Judge(c.programme, candidate);
  SetAside(results, application.overrides());
  JudgePlace(c.programme, c.place, candidate, results);
  return results;
}

bool DatesChanged(const v1::Wishes& before, const v1::Wishes& after) {
  return !MessageDifferencer::Equals(before.earliest_start(), after.earliest_start()) ||
         !MessageDifferencer::Equals(before.latest_end(), after.latest_end()) ||
         before.stay_days() != after.stay_days();
}

const programme::v1::EligibilityRule* FindRule(const Programme& programme, const std::string& id) {
  for (const auto& rule : programme.eligibility()) {
    if (rule.id() == id) return &rule;
  }
  return nullptr;
}

// The programme's rule, when the actor may set it aside for this application.
absl::Status CheckOverride(const v1::Application& application, const v1::OverrideRuleRequest& command,
                           const Circumstance& c) {
  const programme::v1::EligibilityRule* rule = FindRule(c.programme, command.rule());
  if (rule == nullptr) {
    FieldErrors wrong;
    std::vector<std::string> ids;
    for (const auto& one : c.programme.eligibility()) ids.push_back(one.id());
    wrong.Add("rule",
              absl::StrCat("is not a rule of ", c.programme.name(), "; its rules are ", absl::StrJoin(ids, ", ")));
    return wrong.ToStatus();
  }
  if (!rule->overridable()) {
    return Error(errors::kRuleNotOverridable,
                 absl::StrCat("The rule ", rule->id(), " of ", c.programme.name(), " cannot be set aside."),
                 {{"rule", rule->id()}, {"programme", c.programme.name()}});
  }
  if (c.actor.subject == application.submitter() || c.actor.subject == application.member()) {
    return errors::SecondPersonNeeded(c.actor.subject, application.name());
  }
  return absl::OkStatus();
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

absl::CivilDay Today(const Circumstance& c) {
  const auto zone = ParseTimeZone(c.programme.time_zone());
  return absl::ToCivilDay(c.now, zone.ok() ? *zone : absl::UTCTimeZone());
}

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitApplicationRequest& command,
                        const Circumstance& c) {
  if (!application.name().empty()) return errors::Exists(errors::kApplicationExists, application.name());
  if (c.member->has_erase_time()) return errors::MemberIsErased(c.member->name());
  FieldErrors wrong;
  CheckWishes(command.wishes(), command.declarations(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  Course course(application);
  course.Add(Submitted(command, c));
  course.Add(Decided(course.application(), JudgeNow(course.application(), c), c));
  if (course.application().state() != v1::Application::STATE_INELIGIBLE) LeaveIntake(course, c);
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::Endorsement& endorsement, const Circumstance& c) {
  if (!IsPossible(application.state(), Event::kEndorse)) return Facts{};
  Course course(application);
  course.Endorse(endorsement, c);
  course.OpenMatching();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::ChangeWishesRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kChangeWishes));
  FieldErrors wrong;
  CheckWishes(command.wishes(), application.declarations(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  if (MessageDifferencer::Equals(command.wishes(), application.wishes())) return Facts{};
  v1::ApplicationFact changed;
  *changed.mutable_wishes_changed()->mutable_wishes() = command.wishes();
  changed.mutable_wishes_changed()->set_by(c.actor.subject);
  // Whoever has to prepare the stay has the same time as for a new application.
  *changed.mutable_wishes_changed()->mutable_received() =
      DatesChanged(application.wishes(), command.wishes()) ? ToDate(Today(c)) : application.received();
  Course course(application);
  course.Add(std::move(changed));
  const auto results = JudgeNow(course.application(), c);
  if (!IsEligible(results)) return errors::WishesNotEligible(application.name(), results);
  course.Add(Decided(course.application(), results, c));
  course.Plan(c);
  if (application.state() != v1::Application::STATE_AWAITING_ENDORSEMENT) course.OpenMatching();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::OverrideRuleRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kOverrideRule));
  AMIKECO_RETURN_IF_ERROR(CheckOverride(application, command, c));
  const auto& overrides = application.overrides();
  if (std::any_of(overrides.begin(), overrides.end(), [&](const auto& one) { return one.rule() == command.rule(); })) {
    return Facts{};
  }
  v1::ApplicationFact overridden;
  overridden.mutable_rule_overridden()->set_rule(command.rule());
  overridden.mutable_rule_overridden()->set_by(c.actor.subject);
  overridden.mutable_rule_overridden()->set_reason(command.reason());
  *overridden.mutable_rule_overridden()->mutable_date() = ToDate(Today(c));
  Course course(application);
  course.Add(std::move(overridden));
  // Before an application is judged ineligible an override stands in store, for a change of dates.
  if (application.state() != v1::Application::STATE_INELIGIBLE) return std::move(course).facts();
  course.Add(Decided(course.application(), JudgeNow(course.application(), c), c));
  if (course.application().state() != v1::Application::STATE_INELIGIBLE) LeaveIntake(course, c);
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::CompleteTaskRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kCompleteTask));
  AMIKECO_ASSIGN_OR_RETURN(const v1::Task task, FindTask(application, command.task()));
  const bool owner = task.owner() != options::v1::ROLE_COORDINATOR && c.actor.Has(task.owner());
  if (!owner && !errors::CheckOperator(c.actor, c.programme).ok()) {
    return Error(errors::kNotTaskOwner,
                 absl::StrCat("The task ", task.id(), " is owed by ", options::v1::Role_Name(task.owner()), "."),
                 {{"task", task.id()}, {"owner", options::v1::Role_Name(task.owner())}});
  }
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
  return Facts{fact};
}

ApplicationFacts Decide(const v1::Application& application, const v1::EndStayRequest& command, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kEndStay));
  return EndOfStay(std::min(Today(c), ToDay(application.placement().end())), c);
}

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitReportRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kSubmitReport));
  v1::ApplicationFact fact;
  *fact.mutable_closed()->mutable_date() = ToDate(Today(c));
  return Facts{fact};
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

std::vector<v1::ApplicationFact> EndOfStay(absl::CivilDay last_day, const Circumstance& c) {
  v1::ApplicationFact ended;
  *ended.mutable_stay_ended()->mutable_date() = ToDate(last_day);
  const int report_days = c.programme.after_stay().report_days();
  if (report_days > 0) {
    *ended.mutable_stay_ended()->mutable_report_due() = ToDate(last_day + report_days);
    return Facts{ended};
  }
  v1::ApplicationFact closed;
  *closed.mutable_closed()->mutable_date() = ToDate(last_day);
  return Facts{ended, closed};
}

}  // namespace amikeco::applicant
