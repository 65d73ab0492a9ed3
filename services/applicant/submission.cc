// From submission to the search: an application arrives, is judged, endorsed or triaged, and moves on to its place; and
// the same again when its wishes or its terms change.
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/application.h"
#include "services/applicant/award.h"
#include "services/applicant/disclosure.h"
#include "services/applicant/eligibility.h"
#include "services/applicant/errors.h"
#include "services/applicant/intake.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using google::protobuf::util::MessageDifferencer;
using programme::v1::Applicants;
using programme::v1::MatchingRules;
using programme::v1::Programme;
using Facts = std::vector<v1::ApplicationFact>;

bool AsksForEndorsement(const Programme& programme) {
  return programme.applicants().kind() != Applicants::KIND_ORGANISATION &&
         !programme.applicants().without_endorsement();
}

// Those whose data the application is about, each once: the persons' homes, an organisation, and the operator.
void NameParties(const v1::SubmitApplicationRequest& command, const Circumstance& c,
                 v1::ApplicationSubmitted& submitted) {
  std::vector<std::string> parties;
  for (const v1::Member& person : c.persons) {
    parties.insert(parties.end(), person.parties().begin(), person.parties().end());
  }
  if (command.has_assistance()) parties.push_back(command.assistance().requester());
  parties.push_back(c.programme.operator_organisation());
  std::set<std::string> seen;
  for (const std::string& party : parties) {
    if (seen.insert(party).second) submitted.add_parties(party);
  }
}

v1::ApplicationFact Submitted(const v1::SubmitApplicationRequest& command, const Circumstance& c) {
  v1::ApplicationFact fact;
  v1::ApplicationSubmitted& submitted = *fact.mutable_submitted();
  submitted.set_name(c.name);
  submitted.set_member(command.member());
  if (!c.persons.empty()) submitted.set_section(c.persons[0].section());
  if (c.programme.applicants().kind() == Applicants::KIND_COHORT) {
    for (const v1::Member& person : c.persons) submitted.add_fellows(person.name());
  }
  if (command.has_assistance()) *submitted.mutable_assistance() = command.assistance();
  submitted.set_mentors_for(command.mentors_for());
  submitted.set_intake(command.intake());
  submitted.set_beneficiary_age(BeneficiaryAgeOf(command.beneficiary(), c.programme, Today(c), c.intake));
  submitted.set_programme(c.programme.name());
  submitted.set_programme_version(c.programme.version());
  if (command.has_wishes()) *submitted.mutable_wishes() = command.wishes();
  *submitted.mutable_declarations() = command.declarations();
  *submitted.mutable_at() = ToTimestamp(c.now);
  *submitted.mutable_received() = ToDate(Today(c));
  submitted.set_submitter(c.actor.subject);
  submitted.set_time_zone(c.programme.time_zone());
  NameParties(command, c, submitted);
  const std::vector<std::string> subjects = SubjectsOf(Evolve(v1::Application(), fact));
  if (const auto disclosure = DefaultDisclosure(c.programme, subjects, c.now)) {
    *submitted.mutable_disclosure() = *disclosure;
  }
  return fact;
}

// The programme's days from today, and not behind the intake's last day; nothing when it waits for ever.
std::optional<absl::CivilDay> EndorseBy(const Circumstance& c) {
  if (!AsksForEndorsement(c.programme)) return std::nullopt;
  std::optional<absl::CivilDay> by;
  if (const int days = EndorsementDays(c.programme, c.place); days > 0) by = Today(c) + days;
  if (c.intake != nullptr) by = std::min(by.value_or(ToDay(c.intake->closes())), ToDay(c.intake->closes()));
  return by;
}

v1::ApplicationFact Decided(const v1::Application& application, const std::vector<v1::RuleResult>& results,
                            const Circumstance& c) {
  v1::ApplicationFact fact;
  v1::EligibilityDecided& decided = *fact.mutable_eligibility_decided();
  decided.set_eligible(IsEligible(results));
  decided.mutable_results()->Assign(results.begin(), results.end());
  decided.set_programme_version(c.programme.version());
  const int tier = TierOf(c.programme, c.persons, application.triage().points());
  decided.set_tier(c.programme.tiers(tier).id());
  decided.set_tier_rank(tier);
  *decided.mutable_decided_on() = ToDate(Today(c));
  if (application.has_endorse_by()) {
    *decided.mutable_endorse_by() = application.endorse_by();
  } else if (const auto by = EndorseBy(c)) {
    *decided.mutable_endorse_by() = ToDate(*by);
  }
  decided.set_triage(decided.eligible() && c.programme.has_triage() && !application.has_triage());
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
  *opened.mutable_fellows() = application.fellows();
  if (application.has_disclosure()) *opened.mutable_disclosure() = application.disclosure();
  return fact;
}

Days DaysAskedFor(const v1::Wishes& wishes) {
  const absl::CivilDay start = ToDay(wishes.earliest_start());
  return {start, start + wishes.stay_days() - 1};
}

v1::ApplicationFact Arranged(const v1::Application& application) {
  v1::ApplicationFact fact;
  v1::StayArranged& arranged = *fact.mutable_stay_arranged();
  arranged.set_round(application.round() + 1);
  arranged.set_member(application.member());
  arranged.set_section(application.section());
  arranged.set_programme(application.programme());
  arranged.set_programme_version(application.programme_version());
  const Days days = DaysAskedFor(application.wishes());
  *arranged.mutable_start() = ToDate(days.first);
  *arranged.mutable_end() = ToDate(days.last);
  *arranged.mutable_parties() = application.parties();
  *arranged.mutable_fellows() = application.fellows();
  if (application.has_disclosure()) *arranged.mutable_disclosure() = application.disclosure();
  return fact;
}

v1::ApplicationFact Endorsed(const v1::Endorsement& endorsement) {
  v1::ApplicationFact fact;
  *fact.mutable_endorsed()->mutable_endorsement() = endorsement;
  return fact;
}

std::vector<v1::RuleResult> JudgeNow(const v1::Application& application, const Circumstance& c) {
  const Candidate candidate{c.persons,
                            application.wishes(),
                            application.declarations(),
                            ToDay(application.received()),
                            &application.assistance(),
                            application.beneficiary_age()};
  auto results = Judge(c.programme, candidate);
  SetAside(results, application.overrides());
  JudgePlace(c.programme, c.place, candidate, results);
  return results;
}

// A growing list of facts together with the application as it is after them: later facts depend on earlier ones.
class Course {
 public:
  Course(v1::Application application, const Circumstance& c) : application_(std::move(application)), c_(c) {}

  void Add(v1::ApplicationFact fact) {
    application_ = Evolve(std::move(application_), fact);
    facts_.push_back(std::move(fact));
  }
  void CompleteTasks(programme::v1::TaskTrigger trigger) {
    for (v1::ApplicationFact& fact : TasksDone(application_, trigger, c_)) Add(std::move(fact));
  }
  // The steps are laid out; what the endorsement completes is complete when there is one.
  void Plan() {
    if (!c_.programme.tasks().empty()) Add(Planned(application_, c_));
    if (application_.has_endorsement()) CompleteTasks(programme::v1::TASK_TRIGGER_ENDORSED);
    if (application_.has_triage()) CompleteTasks(programme::v1::TASK_TRIGGER_TRIAGED);
  }
  void Endorse(const v1::Endorsement& endorsement) {
    Add(Endorsed(endorsement));
    CompleteTasks(programme::v1::TASK_TRIGGER_ENDORSED);
  }
  // After a change: refused, with all reasons, when it would not be eligible any more.
  absl::Status JudgeAgain() {
    const auto results = JudgeNow(application_, c_);
    if (!IsEligible(results)) return errors::WishesNotEligible(application_.name(), results);
    Add(Decided(application_, results, c_));
    Plan();
    return absl::OkStatus();
  }
  // Nothing is missing any more: a place is looked for, or arranged, or the jury judges.
  void Place() {
    switch (c_.programme.matching().mode()) {
      case MatchingRules::MODE_NONE:
        return Add(Arranged(application_));
      case MatchingRules::MODE_SELECTION:
        return Add(Entered(application_, c_));
      default:
        return Add(MatchingOpened(application_));
    }
  }
  // From a judgement to the state that it leads to.
  void LeaveIntake() {
    const bool endorsable = AsksForEndorsement(c_.programme);
    if (endorsable && !application_.has_endorsement() && c_.persons[0].has_endorsement()) {
      Endorse(c_.persons[0].endorsement());
    }
    Plan();
    const bool endorsed = !endorsable || application_.has_endorsement();
    const bool triaged = !c_.programme.has_triage() || application_.has_triage();
    if (endorsed && triaged) Place();
  }

  const v1::Application& application() const { return application_; }
  Facts facts() && { return std::move(facts_); }

 private:
  v1::Application application_;
  const Circumstance& c_;
  Facts facts_;
};

bool DatesChanged(const v1::Wishes& before, const v1::Wishes& after) {
  return !MessageDifferencer::Equals(before.earliest_start(), after.earliest_start()) ||
         !MessageDifferencer::Equals(before.latest_end(), after.latest_end()) ||
         before.stay_days() != after.stay_days();
}

// Nothing is waited for before a place is looked for or arranged.
bool IsPastIntake(const v1::Application& application) {
  return application.state() != v1::Application::STATE_AWAITING_ENDORSEMENT &&
         application.state() != v1::Application::STATE_AWAITING_TRIAGE;
}

// A place was looked for or arranged, and that has to be done again: a search whatever changed, an arrangement only
// when its days did.
bool NeedsAnotherPlace(const v1::Application& before, const v1::Wishes& after, const Circumstance& c) {
  if (!IsPastIntake(before)) return false;
  if (c.programme.matching().mode() != MatchingRules::MODE_NONE) return true;
  const Days was = DaysAskedFor(before.wishes()), is = DaysAskedFor(after);
  return was.first != is.first || was.last != is.last;
}

const programme::v1::EligibilityRule* FindRule(const Programme& programme, const std::string& id) {
  for (const auto& rule : programme.eligibility()) {
    if (rule.id() == id) return &rule;
  }
  return nullptr;
}

bool IsTheirOwn(const v1::Application& application, const std::string& subject) {
  const auto& fellows = application.fellows();
  return subject == application.submitter() || subject == application.member() ||
         std::find(fellows.begin(), fellows.end(), subject) != fellows.end();
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
  if (IsTheirOwn(application, c.actor.subject)) {
    return errors::SecondPersonNeeded(c.actor.subject, application.name());
  }
  return absl::OkStatus();
}

// The organisation itself asks, or the operator enters the request for it: there is one front door (A3-07).
absl::Status CheckRequester(const v1::SubmitApplicationRequest& command, const Circumstance& c) {
  const std::string& requester = command.assistance().requester();
  if (requester.empty() || c.actor.organisation == requester || errors::CheckOperator(c.actor, c.programme).ok()) {
    return absl::OkStatus();
  }
  return Error(errors::kNotYourRequest,
               absl::StrCat(c.actor.organisation, " cannot request assistance for ", requester, "."),
               {{"organisation", c.actor.organisation}, {"requester", requester}});
}

// The points of the priorities named, or what is wrong with them.
absl::StatusOr<int> PointsOf(const programme::v1::Triage& triage, const v1::TriageApplicationRequest& command) {
  std::vector<std::string> ids;
  for (const auto& priority : triage.priorities()) ids.push_back(priority.id());
  FieldErrors wrong;
  std::set<std::string> seen;
  int points = triage.harm_points() * command.harm();
  for (int i = 0; i < command.priorities_size(); ++i) {
    const auto found = std::find(ids.begin(), ids.end(), command.priorities(i));
    const std::string field = absl::StrCat("priorities[", i, "]");
    if (found == ids.end()) {
      wrong.Add(field, absl::StrCat("is not a priority of the programme; those are ", absl::StrJoin(ids, ", ")));
    } else if (!seen.insert(command.priorities(i)).second) {
      wrong.Add(field, "is named twice");
    } else {
      points += triage.priorities(static_cast<int>(found - ids.begin())).points();
    }
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return points;
}

}  // namespace

ApplicationFacts Decide(const v1::Application& application, const v1::SubmitApplicationRequest& command,
                        const Circumstance& c) {
  if (!application.name().empty()) return errors::Exists(errors::kApplicationExists, application.name());
  AMIKECO_RETURN_IF_ERROR(CheckRequester(command, c));
  for (const v1::Member& person : c.persons) {
    if (person.has_erase_time()) return errors::MemberIsErased(person.name());
  }
  FieldErrors wrong;
  CheckForm(command, c.programme, wrong);
  CheckWishes(command.wishes(), command.declarations(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckEntry(c));
  Course course(application, c);
  course.Add(Submitted(command, c));
  course.Add(Decided(course.application(), JudgeNow(course.application(), c), c));
  if (course.application().state() != v1::Application::STATE_INELIGIBLE) course.LeaveIntake();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::Endorsement& endorsement, const Circumstance& c) {
  if (!IsPossible(application.state(), Event::kEndorse)) return Facts{};
  // The last day is over, and the application lapses, whether time's door has been there already or not.
  if (application.has_endorse_by() && Today(c) > ToDay(application.endorse_by())) return Facts{};
  Course course(application, c);
  course.Endorse(endorsement);
  course.Place();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::TriageApplicationRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kTriage));
  if (IsTheirOwn(application, c.actor.subject)) {
    return errors::SecondPersonNeeded(c.actor.subject, application.name());
  }
  AMIKECO_ASSIGN_OR_RETURN(const int points, PointsOf(c.programme.triage(), command));
  v1::ApplicationFact fact;
  v1::ApplicationTriaged& triaged = *fact.mutable_triaged();
  *triaged.mutable_priorities() = command.priorities();
  triaged.set_harm(command.harm());
  triaged.set_points(points);
  triaged.set_tier_rank(TierOf(c.programme, c.persons, points));
  triaged.set_tier(c.programme.tiers(triaged.tier_rank()).id());
  triaged.set_by(c.actor.subject);
  *triaged.mutable_date() = ToDate(Today(c));
  Course course(application, c);
  course.Add(std::move(fact));
  course.CompleteTasks(programme::v1::TASK_TRIGGER_TRIAGED);
  course.Place();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::ChangeWishesRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kChangeWishes));
  FieldErrors wrong;
  if (Selects(c.programme)) wrong.Add("wishes", "cannot be changed: places of this programme go by ranking");
  CheckWishes(command.wishes(), application.declarations(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  if (MessageDifferencer::Equals(command.wishes(), application.wishes())) return Facts{};
  v1::ApplicationFact changed;
  *changed.mutable_wishes_changed()->mutable_wishes() = command.wishes();
  changed.mutable_wishes_changed()->set_by(c.actor.subject);
  // Whoever has to prepare the stay has the same time as for a new application.
  *changed.mutable_wishes_changed()->mutable_received() =
      DatesChanged(application.wishes(), command.wishes()) ? ToDate(Today(c)) : application.received();
  Course course(application, c);
  course.Add(std::move(changed));
  AMIKECO_RETURN_IF_ERROR(course.JudgeAgain());
  if (NeedsAnotherPlace(application, command.wishes(), c)) course.Place();
  return std::move(course).facts();
}

ApplicationFacts Decide(const v1::Application& application, const v1::AdoptProgrammeRequest& command,
                        const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  AMIKECO_RETURN_IF_ERROR(CheckPossible(application, Event::kAdoptProgramme));
  if (IsTheirOwn(application, c.actor.subject)) {
    return errors::SecondPersonNeeded(c.actor.subject, application.name());
  }
  if (Selects(c.programme)) {
    FieldErrors wrong;
    wrong.Add("version", absl::StrCat("cannot be another than that of ", application.intake()));
    return wrong.ToStatus();
  }
  if (c.programme.version() <= application.programme_version()) {
    FieldErrors wrong;
    wrong.Add("version", absl::StrCat("must be later than ", application.programme_version(), ", on which ",
                                      application.name(), " runs"));
    return wrong.ToStatus();
  }
  v1::ApplicationFact adopted;
  adopted.mutable_programme_adopted()->set_programme_version(c.programme.version());
  adopted.mutable_programme_adopted()->set_by(c.actor.subject);
  adopted.mutable_programme_adopted()->set_reason(command.reason());
  *adopted.mutable_programme_adopted()->mutable_date() = ToDate(Today(c));
  Course course(application, c);
  course.Add(std::move(adopted));
  AMIKECO_RETURN_IF_ERROR(course.JudgeAgain());
  if (IsPastIntake(application)) course.Place();
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
  Course course(application, c);
  course.Add(std::move(overridden));
  // Before an application is judged ineligible an override stands in store, for a change of dates.
  if (application.state() != v1::Application::STATE_INELIGIBLE) return std::move(course).facts();
  course.Add(Decided(course.application(), JudgeNow(course.application(), c), c));
  if (course.application().state() == v1::Application::STATE_INELIGIBLE) return std::move(course).facts();
  AMIKECO_RETURN_IF_ERROR(CheckEntry(c));
  course.LeaveIntake();
  return std::move(course).facts();
}

}  // namespace amikeco::applicant
