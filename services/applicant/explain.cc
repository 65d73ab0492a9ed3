#include "services/applicant/explain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;

std::string IneligibleSummary(const App& application) {
  std::vector<std::string> reasons;
  for (const v1::RuleResult& result : application.rule_results()) {
    if (!result.holds() && !result.overridden()) reasons.push_back(result.reason());
  }
  return absl::StrCat("The application is not eligible: ", absl::StrJoin(reasons, ", "), ".");
}

std::string EndedSummary(const App& application, absl::string_view what) {
  const std::string& reason = application.ending().reason();
  return absl::StrCat("The application was ", what, " by ", application.ending().by(),
                      reason.empty() ? "." : absl::StrCat(": ", reason, "."));
}

std::string StayWords(const App& application) {
  return absl::StrCat("from ", FormatDate(application.placement().start()), " to ",
                      FormatDate(application.placement().end()));
}

std::string Summary(const App& application) {
  switch (application.state()) {
    case App::STATE_AWAITING_ENDORSEMENT:
      return "The application is eligible and waits for the endorsement of section or region.";
    case App::STATE_INELIGIBLE:
      return IneligibleSummary(application);
    case App::STATE_IN_MATCHING:
      return "A host is looked for.";
    case App::STATE_INVITED:
      return "A host was asked and has not yet answered.";
    case App::STATE_HOST_WILLING:
      return "A host is willing; its chain of command has not yet approved.";
    case App::STATE_COMMAND_APPROVED:
      return "A host's command approved; the officer has not yet accepted.";
    case App::STATE_AGREED:
      return absl::StrCat("The stay at ", application.placement().host(), " ", StayWords(application),
                          " is agreed; clearance is not complete.");
    case App::STATE_CLEARED:
      return absl::StrCat("The stay at ", application.placement().host(), " ", StayWords(application),
                          " is agreed and cleared.");
    case App::STATE_STARTED:
      return absl::StrCat("The stay is under way, ", StayWords(application), ".");
    case App::STATE_SUSPENDED:
      return "The stay is suspended: what clearance rests on no longer holds.";
    case App::STATE_ENDED:
      return "The stay is over; the report is owed.";
    case App::STATE_CLOSED:
      return "The application is closed; nothing is owed.";
    case App::STATE_WITHDRAWN:
      return EndedSummary(application, "withdrawn");
    case App::STATE_CANCELLED:
      return EndedSummary(application, "cancelled");
    case App::STATE_LAPSED:
      return "The application lapsed: nobody endorsed it in time.";
    case App::STATE_UNPLACED:
      return "The application ended without a place: no host is left to ask.";
    default:
      return "";
  }
}

class List {
 public:
  List(v1::ApplicationExplanation& explanation, absl::CivilDay today) : explanation_(explanation), today_(today) {}

  v1::Waiting& Add(std::string what, options::v1::Role owner, const std::string& owner_name) {
    v1::Waiting& waiting = *explanation_.add_waiting_for();
    waiting.set_what(std::move(what));
    waiting.set_owner(owner);
    waiting.set_owner_name(owner_name);
    return waiting;
  }
  void Due(v1::Waiting& waiting, const google::type::Date& day) {
    if (day.year() == 0) return;
    *waiting.mutable_due() = day;
    waiting.set_overdue(ToDay(day) < today_);
  }

 private:
  v1::ApplicationExplanation& explanation_;
  absl::CivilDay today_;
};

void AddClearance(const App& application, List& list) {
  if (application.clearance().open_items().empty()) {
    list.Add("The items of the clearance", options::v1::ROLE_OFFICER, application.member());
  }
  for (const std::string& item : application.clearance().open_items()) {
    list.Add(absl::StrCat("The clearance's item ", item), options::v1::ROLE_OFFICER, application.member());
  }
}

void AddExceptions(const App& application, const programme::v1::Programme& programme, List& list) {
  for (const auto& rule : programme.eligibility()) {
    for (const v1::RuleResult& result : application.rule_results()) {
      if (result.rule() != rule.id() || result.holds() || result.overridden() || !rule.overridable()) continue;
      list.Add(absl::StrCat("An exception from the rule ", rule.id(), ", if there is to be one"),
               options::v1::ROLE_COORDINATOR, programme.operator_organisation());
    }
  }
}

// What the state itself waits for.
void AddNextStep(const App& application, const programme::v1::Programme& programme, List& list) {
  const std::string& operator_name = programme.operator_organisation();
  switch (application.state()) {
    case App::STATE_AWAITING_ENDORSEMENT:
      list.Due(list.Add("The endorsement of the member", options::v1::ROLE_ENDORSER, application.section()),
               application.endorse_by());
      return;
    case App::STATE_INELIGIBLE:
      return AddExceptions(application, programme, list);
    case App::STATE_IN_MATCHING:
      list.Add("A host that can be asked", options::v1::ROLE_COORDINATOR, operator_name);
      return;
    case App::STATE_INVITED:
      list.Add("The host's answer", options::v1::ROLE_HOST_CONTACT, application.placement().host());
      return;
    case App::STATE_HOST_WILLING:
      list.Add("The approval of the host's command", options::v1::ROLE_COMMAND_APPROVER,
               application.placement().host());
      return;
    case App::STATE_COMMAND_APPROVED:
      list.Add("The officer's answer", options::v1::ROLE_OFFICER, application.member());
      return;
    case App::STATE_AGREED:
      return AddClearance(application, list);
    case App::STATE_SUSPENDED:
      return AddClearance(application, list);
    case App::STATE_CLEARED:
      list.Due(list.Add("The start of the stay", options::v1::ROLE_OFFICER, application.member()),
               application.placement().start());
      return;
    case App::STATE_STARTED:
      list.Due(list.Add("The end of the stay", options::v1::ROLE_OFFICER, application.member()),
               application.placement().end());
      return;
    case App::STATE_ENDED:
      list.Due(list.Add("The report", options::v1::ROLE_OFFICER, application.member()), application.report_due());
      return;
    default:
      return;
  }
}

std::string OwnerName(const App& application, const programme::v1::Programme& programme, options::v1::Role owner) {
  switch (owner) {
    case options::v1::ROLE_OFFICER:
      return application.member();
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

void AddTasks(const App& application, const programme::v1::Programme& programme, List& list) {
  if (!IsPossible(application.state(), Event::kTaskIsOverdue)) return;
  for (const v1::Task& task : application.tasks()) {
    if (task.done()) continue;
    list.Due(list.Add(task.title(), task.owner(), OwnerName(application, programme, task.owner())), task.due());
  }
}

bool IsEarlier(const v1::Waiting& a, const v1::Waiting& b) {
  if (a.has_due() != b.has_due()) return a.has_due();
  return a.has_due() && ToDay(a.due()) < ToDay(b.due());
}

}  // namespace

v1::ApplicationExplanation Explain(const App& application, const programme::v1::Programme& programme,
                                   absl::CivilDay today) {
  v1::ApplicationExplanation explanation;
  explanation.set_name(application.name());
  explanation.set_state(application.state());
  explanation.set_summary(Summary(application));
  *explanation.mutable_rule_results() = application.rule_results();
  List list(explanation, today);
  AddNextStep(application, programme, list);
  AddTasks(application, programme, list);
  std::stable_sort(explanation.mutable_waiting_for()->begin(), explanation.mutable_waiting_for()->end(), IsEarlier);
  for (const Event event : {Event::kOverrideRule, Event::kChangeWishes, Event::kCompleteTask, Event::kStartStay,
                            Event::kEndStay, Event::kSubmitReport, Event::kWithdraw, Event::kCancel}) {
    if (IsPossible(application.state(), event)) explanation.add_possible_commands(std::string(NameOf(event)));
  }
  return explanation;
}

}  // namespace amikeco::applicant
