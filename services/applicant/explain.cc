#include "services/applicant/explain.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "services/applicant/steps.h"
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
  return absl::StrCat("The application was ", what, " by ", application.ending().by(), reason.empty() ? "." : ": ",
                      reason);
}

// "The stay is over; open: the report." for whatever is owed.
std::string OwedSummary(absl::string_view so_far, const App& application, const programme::v1::Programme& programme) {
  std::vector<std::string> open;
  for (const OwedStep& step : Owed(application, programme)) open.push_back(step.what);
  return absl::StrCat(so_far, " Open: ", absl::StrJoin(open, ", "), ".");
}

std::string StayWords(const App& application) {
  const std::string& host = application.placement().host();
  return absl::StrCat(host.empty() ? "" : absl::StrCat("at ", host, " "), "from ",
                      FormatDate(application.placement().start()), " to ", FormatDate(application.placement().end()));
}

std::string Summary(const App& application, const programme::v1::Programme& programme) {
  switch (application.state()) {
    case App::STATE_AWAITING_ENDORSEMENT:
      return "The application is eligible and waits for the endorsement of section or region.";
    case App::STATE_AWAITING_TRIAGE:
      return "The request is within scope and waits for its place in the order.";
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
      return absl::StrCat("The stay ", StayWords(application), " is agreed; it can start when clearance is complete.");
    case App::STATE_CLEARED:
      return absl::StrCat("The stay ", StayWords(application),
                          " is agreed and cleared; it can start on its first day.");
    case App::STATE_STARTED:
      return absl::StrCat("The stay is under way, ", StayWords(application), ".");
    case App::STATE_SUSPENDED:
      return "The stay is suspended: what clearance rests on no longer holds.";
    case App::STATE_ENDED:
      return HasSteps(programme) ? OwedSummary("The stay is over.", application, programme)
                                 : "The stay is over; the report is owed.";
    case App::STATE_RETURNED:
      return OwedSummary("The officer is home again.", application, programme);
    case App::STATE_IMPLEMENTING:
      return OwedSummary("The home agency carries the change proposal out.", application, programme);
    case App::STATE_IMPLEMENTED:
      return OwedSummary("The change proposal was carried out.", application, programme);
    case App::STATE_CLOSED:
      return "The application is closed; nothing is owed.";
    case App::STATE_WITHDRAWN:
      return EndedSummary(application, "withdrawn");
    case App::STATE_CANCELLED:
      return EndedSummary(application, "cancelled");
    case App::STATE_IN_SELECTION:
      return application.award().has_standing() ? absl::StrCat("The entry comes next when winners leave. ",
                                                               application.award().standing().explanation())
                                                : "The entry is judged by the jury.";
    case App::STATE_AWARD_OFFERED:
      return absl::StrCat("The award is offered until ", FormatDate(application.award().answer_by()), ". ",
                          application.award().standing().explanation());
    case App::STATE_AWARDED:
      return absl::StrCat("The award is given. ", application.award().standing().explanation());
    case App::STATE_NOT_SELECTED:
      return absl::StrCat("The entry was not selected. ", application.award().standing().explanation());
    case App::STATE_LAPSED:
      if (application.award().has_answer_by()) {
        return absl::StrCat("The application lapsed: the award was not accepted until ",
                            FormatDate(application.award().answer_by()), ".");
      }
      return application.has_endorsement()
                 ? absl::StrCat("The application lapsed: the stay ", StayWords(application), " was never started.")
                 : "The application lapsed: nobody endorsed it in time.";
    case App::STATE_UNPLACED:
      return "The application ended without a place: no host that could take the officer is left to ask.";
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

// Whose the application is: the person's, or the organisation's.
options::v1::Role ApplicantRole(const App& application) {
  return application.has_assistance() ? options::v1::ROLE_REQUESTER : options::v1::ROLE_OFFICER;
}
const std::string& ApplicantName(const App& application) {
  return application.has_assistance() ? application.assistance().requester() : application.member();
}

void AddSteps(const App& application, const programme::v1::Programme& programme, const std::vector<OwedStep>& steps,
              List& list) {
  for (const OwedStep& step : steps) {
    const options::v1::Role owner = step.owner == options::v1::ROLE_OFFICER ? ApplicantRole(application) : step.owner;
    const std::string name = step.person.empty() ? OwnerName(application, programme, owner) : step.person;
    list.Due(list.Add(step.what, owner, name), step.due);
  }
}

// "Liability waiver of the host agency (liability-waiver/1)": what people call it, and what commands do.
std::string ItemWords(absl::string_view item, const programme::v1::Programme& programme) {
  for (const programme::v1::ComplianceItem& asked : programme.compliance()) {
    if (asked.id() == item.substr(0, item.find('/'))) return absl::StrCat(asked.title(), " (", item, ")");
  }
  return std::string(item);
}

// As compliance told it last; before it has spoken of any, what the programme asks for.
void AddClearanceAsTold(const App& application, const programme::v1::Programme& programme, List& list) {
  const auto add = [&](absl::string_view item) {
    list.Add(ItemWords(item, programme), ApplicantRole(application), ApplicantName(application));
  };
  for (const std::string& item : application.clearance().open_items()) add(item);
  if (!application.clearance().open_items().empty()) return;
  for (const programme::v1::ComplianceItem& item : programme.compliance()) {
    if (item.mandatory()) add(item.id());
  }
}

void AddClearance(const App& application, const programme::v1::Programme& programme,
                  const compliance::v1::Clearance* clearance, List& list) {
  if (clearance == nullptr) return AddClearanceAsTold(application, programme, list);
  if (clearance->state() == compliance::v1::Clearance::STATE_REVOKED) {
    list.Add(absl::StrCat("The clearance, which ", clearance->revoked_by(), " revoked: ", clearance->reason()),
             options::v1::ROLE_COMPLIANCE_OFFICER, programme.operator_organisation());
  }
  for (const compliance::v1::OpenItem& item : clearance->open_items()) {
    if (!item.mandatory()) continue;
    const auto words = [](std::string* out, const compliance::v1::OpenReason& reason) { *out += reason.explanation(); };
    const std::string why = absl::StrJoin(item.reasons(), " ", words);
    list.Due(list.Add(absl::StrCat(ItemWords(item.item(), programme), why.empty() ? "" : ": ", why), item.owner(),
                      item.owner_name()),
             item.due());
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
void AddNextStep(const App& application, const programme::v1::Programme& programme,
                 const compliance::v1::Clearance* clearance, List& list) {
  const std::string& operator_name = programme.operator_organisation();
  switch (application.state()) {
    case App::STATE_AWAITING_ENDORSEMENT:
      list.Due(list.Add("The endorsement of the member", options::v1::ROLE_ENDORSER, application.section()),
               application.endorse_by());
      return;
    case App::STATE_AWAITING_TRIAGE:
      list.Add("The triage of the request", options::v1::ROLE_COORDINATOR, operator_name);
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
      list.Add("The officer's answer", ApplicantRole(application), ApplicantName(application));
      return;
    case App::STATE_AGREED:
      return AddClearance(application, programme, clearance, list);
    case App::STATE_SUSPENDED:
      AddClearance(application, programme, clearance, list);
      return AddSteps(application, programme, OwedByStay(application, programme), list);
    case App::STATE_CLEARED:
      list.Due(list.Add("The start of the stay", ApplicantRole(application), ApplicantName(application)),
               application.placement().start());
      return;
    case App::STATE_STARTED:
      list.Due(list.Add("The end of the stay", ApplicantRole(application), ApplicantName(application)),
               application.placement().end());
      return AddSteps(application, programme, OwedByStay(application, programme), list);
    case App::STATE_IN_SELECTION:
      list.Add(
          application.award().has_standing() ? "A place that a winner leaves" : "The jury's points and the decision",
          options::v1::ROLE_COORDINATOR, programme.operator_organisation());
      return;
    case App::STATE_AWARD_OFFERED:
      list.Due(list.Add("The acceptance of the award", options::v1::ROLE_OFFICER, application.member()),
               application.award().answer_by());
      return;
    case App::STATE_ENDED:
    case App::STATE_RETURNED:
    case App::STATE_IMPLEMENTING:
    case App::STATE_IMPLEMENTED:
      return AddSteps(application, programme, Owed(application, programme), list);
    default:
      return;
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

bool RestsOnClearance(App::State state) { return state == App::STATE_AGREED || state == App::STATE_SUSPENDED; }

v1::ApplicationExplanation Explain(const App& application, const programme::v1::Programme& programme,
                                   absl::CivilDay today, const compliance::v1::Clearance* clearance) {
  v1::ApplicationExplanation explanation;
  explanation.set_name(application.name());
  explanation.set_state(application.state());
  explanation.set_summary(Summary(application, programme));
  *explanation.mutable_rule_results() = application.rule_results();
  List list(explanation, today);
  AddNextStep(application, programme, clearance, list);
  AddTasks(application, programme, list);
  std::stable_sort(explanation.mutable_waiting_for()->begin(), explanation.mutable_waiting_for()->end(), IsEarlier);
  for (const Event event : {Event::kTriage,
                            Event::kAdoptProgramme,
                            Event::kOverrideRule,
                            Event::kChangeWishes,
                            Event::kCompleteTask,
                            Event::kAcceptAward,
                            Event::kStartStay,
                            Event::kEndStay,
                            Event::kCompletePhase,
                            Event::kCompleteModule,
                            Event::kWriteProposal,
                            Event::kSubmitProposal,
                            Event::kReviewProposal,
                            Event::kRecordReturn,
                            Event::kBeginImplementation,
                            Event::kCompleteImplementation,
                            Event::kRecordEvaluation,
                            Event::kSubmitReport,
                            Event::kWithdraw,
                            Event::kCancel}) {
    if (!IsPossible(application.state(), event) || !IsAskedFor(event, application, programme)) continue;
    explanation.add_possible_commands(std::string(NameOf(event)));
  }
  return explanation;
}

}  // namespace amikeco::applicant
