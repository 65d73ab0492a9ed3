#include "services/compliance/vetting.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/case_transitions.h"

namespace amikeco::compliance {
namespace {

using v1::VettingCase;
using v1::VettingFact;

std::string Spoken(VettingState state) {
  return absl::AsciiStrToLower(VettingCase::State_Name(state).substr(6));  // without STATE_
}

absl::Status CheckPossible(const VettingCase& vetting, VettingCommand command, absl::string_view method) {
  if (Next(vetting.state(), command)) return absl::OkStatus();
  return errors::CaseNotPossible(vetting.name(), Spoken(vetting.state()), method, PossibleMethods(vetting.state()));
}

absl::Status CheckNotOwn(const VettingCase& vetting, const Circumstance& c) {
  if (!vetting.person().empty() && vetting.person() == c.actor.subject) return errors::OwnCheck(vetting.name());
  return absl::OkStatus();
}

absl::Status CheckUnitTakesPart(const VettingCase& unit) {
  return unit.state() == VettingCase::STATE_REJECTED ? errors::UnitBarred(unit.name()) : absl::OkStatus();
}

bool NeedsClearedUnit(const VettingCase& vetting) { return !vetting.person().empty(); }

// What all facts begin with.
template <typename Fact>
Fact& Stamp(Fact& fact, const VettingCase& vetting, const Circumstance& c) {
  fact.set_name(vetting.name());
  fact.set_application(vetting.application());
  fact.set_by(c.actor.subject);
  *fact.mutable_at() = ToTimestamp(c.now);
  fact.set_programme_version(vetting.programme_version());
  return fact;
}

bool IsWorkingDay(absl::CivilDay day, const google::protobuf::RepeatedPtrField<google::type::Date>& closed_days) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  if (weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday) return false;
  return std::none_of(closed_days.begin(), closed_days.end(),
                      [&](const google::type::Date& closed) { return ToDay(closed) == day; });
}

// Unsubmitted, and waited for by its due day.
bool IsAwaited(const VettingCase& vetting) {
  return vetting.state() == VettingCase::STATE_DRAFT && vetting.has_due() && !vetting.due_noted();
}

absl::Status CheckOutcome(const v1::RecordVettingOutcomeRequest& command) {
  FieldErrors wrong;
  const bool cleared = command.outcome() == VettingCase::STATE_CLEARED;
  if (!cleared && command.outcome() != VettingCase::STATE_SUSPENDED &&
      command.outcome() != VettingCase::STATE_REJECTED) {
    wrong.Add("outcome", "must be STATE_CLEARED, STATE_SUSPENDED or STATE_REJECTED");
  }
  if (!cleared && command.has_cleared_until()) wrong.Add("cleared_until", "is of STATE_CLEARED alone");
  if (!cleared && command.reason().empty()) wrong.Add("reason", "is missing; give a code, as in MORE_TIME_NEEDED");
  if (cleared && !command.reason().empty()) wrong.Add("reason", "is not of STATE_CLEARED");
  return wrong.ToStatus();
}

}  // namespace

absl::CivilDay DueDay(absl::CivilDay start, int lead_working_days,
                      const google::protobuf::RepeatedPtrField<google::type::Date>& closed_days) {
  absl::CivilDay day = start;
  for (int left = lead_working_days; left > 0;) {
    if (IsWorkingDay(--day, closed_days)) --left;
  }
  return day;
}

std::vector<std::string> MissingFrom(const VettingCase& vetting) {
  std::vector<std::string> missing;
  const auto& package = vetting.package();
  for (const std::string& part : vetting.package_needed()) {
    if (std::find(package.begin(), package.end(), part) == package.end()) missing.push_back(part);
  }
  return missing;
}

VettingFacts Decide(const v1::OpenVettingCaseRequest& command, const VettingGround& ground, const Circumstance& c) {
  const bool of_person = !command.person().empty();
  AMIKECO_RETURN_IF_ERROR(CheckUnitTakesPart(ground.unit));
  if (of_person && command.person() == c.actor.subject) return errors::OwnCheck(ground.name);
  const programme::v1::VettingRules& rules = ground.rule.vetting();
  VettingFact fact;
  v1::VettingOpened& opened = *fact.mutable_opened();
  opened.set_name(ground.name);
  opened.set_application(ground.clearance.application());
  opened.set_by(c.actor.subject);
  *opened.mutable_at() = ToTimestamp(c.now);
  opened.set_programme(ground.programme.name());
  opened.set_programme_version(ground.programme.version());
  opened.set_person(command.person());
  opened.set_unit(of_person ? ground.unit.unit() : command.unit());
  opened.set_unit_case(ground.unit.name());
  opened.set_clearance(ground.clearance.name());
  opened.set_item(ground.rule.id());
  *opened.mutable_start() = command.start();
  *opened.mutable_due() = ToDate(DueDay(ToDay(command.start()), rules.lead_working_days(), rules.closed_days()));
  opened.set_time_zone(ground.programme.time_zone());
  *opened.mutable_package_needed() = of_person ? rules.person_package() : rules.unit_package();
  *opened.mutable_closed_days() = rules.closed_days();
  opened.set_lead_working_days(rules.lead_working_days());
  if (of_person) opened.add_parties(command.person());
  opened.add_parties(ground.programme.operator_organisation());
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::RecordVettingPackageRequest& command, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kRecordPackage, "RecordVettingPackage"));
  FieldErrors wrong;
  const auto& needed = vetting.package_needed();
  for (int i = 0; i < command.package_size(); ++i) {
    if (std::find(needed.begin(), needed.end(), command.package(i)) != needed.end()) continue;
    wrong.Add(absl::StrCat("package[", i, "]"), absl::StrCat("is none of ", absl::StrJoin(needed, ", ")));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  VettingFact fact;
  *Stamp(*fact.mutable_package_recorded(), vetting, c).mutable_package() = command.package();
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::SubmitVettingCaseRequest&, const Circumstance& c,
                    const VettingCase& unit) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kSubmit, "SubmitVettingCase"));
  AMIKECO_RETURN_IF_ERROR(CheckUnitTakesPart(unit));
  if (const auto missing = MissingFrom(vetting); !missing.empty()) {
    const std::string parts = absl::StrJoin(missing, ",");
    return Error(errors::kPackageIncomplete, absl::StrCat("The package of ", vetting.name(), " lacks ", parts, "."),
                 {{"name", vetting.name()}, {"missing", parts}});
  }
  VettingFact fact;
  Stamp(*fact.mutable_submitted(), vetting, c);
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::AdvanceVettingCaseRequest& command, const Circumstance& c,
                    const VettingCase& unit) {
  const bool post = command.state() == VettingCase::STATE_POST_REVIEW;
  if (!post && command.state() != VettingCase::STATE_DEPARTMENT_REVIEW) {
    FieldErrors wrong;
    wrong.Add("state", "must be STATE_POST_REVIEW or STATE_DEPARTMENT_REVIEW");
    return wrong.ToStatus();
  }
  AMIKECO_RETURN_IF_ERROR(CheckPossible(
      vetting, post ? VettingCommand::kBeginPostReview : VettingCommand::kBeginDepartmentReview, "AdvanceVettingCase"));
  AMIKECO_RETURN_IF_ERROR(CheckUnitTakesPart(unit));
  VettingFact fact;
  Stamp(*fact.mutable_advanced(), vetting, c).set_state(command.state());
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::RecordVettingOutcomeRequest& command, const Circumstance& c,
                    const VettingCase& unit) {
  AMIKECO_RETURN_IF_ERROR(CheckOutcome(command));
  AMIKECO_RETURN_IF_ERROR(CheckNotOwn(vetting, c));
  VettingFact fact;
  if (command.outcome() == VettingCase::STATE_SUSPENDED) {
    AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kSuspend, "RecordVettingOutcome"));
    Stamp(*fact.mutable_suspended(), vetting, c).set_reason(command.reason());
  } else if (command.outcome() == VettingCase::STATE_REJECTED) {
    AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kReject, "RecordVettingOutcome"));
    Stamp(*fact.mutable_rejected(), vetting, c).set_reason(command.reason());
  } else {
    AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kClear, "RecordVettingOutcome"));
    AMIKECO_RETURN_IF_ERROR(CheckUnitTakesPart(unit));
    if (NeedsClearedUnit(vetting) && unit.state() != VettingCase::STATE_CLEARED) {
      return Error(errors::kUnitNotCleared, absl::StrCat(unit.name(), ", the unit's case, is not cleared."),
                   {{"name", vetting.name()}, {"unit_case", unit.name()}});
    }
    v1::VettingCleared& cleared = Stamp(*fact.mutable_cleared(), vetting, c);
    if (command.has_cleared_until()) *cleared.mutable_cleared_until() = command.cleared_until();
  }
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::RemediateVettingCaseRequest& command, const Circumstance& c) {
  // A person's rejection is final: it is a unit, and its government, that can take effective steps.
  if (!vetting.person().empty()) {
    return errors::CaseNotPossible(vetting.name(), "a person's", "RemediateVettingCase", {});
  }
  AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kRemediate, "RemediateVettingCase"));
  VettingFact fact;
  Stamp(*fact.mutable_remediated(), vetting, c).set_reason(command.reason());
  return std::vector{fact};
}

VettingFacts Decide(const VettingCase& vetting, const v1::CancelVettingCaseRequest& command, const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(vetting, VettingCommand::kCancel, "CancelVettingCase"));
  VettingFact fact;
  Stamp(*fact.mutable_cancelled(), vetting, c).set_reason(command.reason());
  return std::vector{fact};
}

std::vector<VettingFact> OnStart(const VettingCase& vetting, absl::CivilDay start, const Circumstance& c) {
  if (!StandsFor(vetting) || ToDay(vetting.start()) == start) return {};
  VettingFact fact;
  v1::VettingRescheduled& rescheduled = Stamp(*fact.mutable_rescheduled(), vetting, c);
  *rescheduled.mutable_start() = ToDate(start);
  *rescheduled.mutable_due() = ToDate(DueDay(start, vetting.lead_working_days(), vetting.closed_days()));
  return {fact};
}

std::vector<VettingFact> OnTime(const VettingCase& vetting, bool stay_is_over, const Circumstance& c) {
  const auto due = NextDue(vetting);
  if (!due || *due > c.now) return {};
  VettingFact fact;
  if (stay_is_over) {
    Stamp(*fact.mutable_cancelled(), vetting, c).set_reason("STAY_OVER");
    return {fact};
  }
  v1::VettingOverdue& overdue = *fact.mutable_overdue();
  overdue.set_name(vetting.name());
  overdue.set_application(vetting.application());
  *overdue.mutable_due() = vetting.due();
  overdue.set_item(vetting.item());
  return {fact};
}

std::optional<absl::Time> NextDue(const VettingCase& vetting) {
  if (!IsAwaited(vetting)) return std::nullopt;
  return absl::FromCivil(ToDay(vetting.due()) + 1, ZoneNamed(vetting.time_zone()));  // the due day is in time
}

Vetted StandingOf(const VettingCase& person, const VettingCase& unit) {
  for (const VettingCase* one : {&unit, &person}) {
    if (one->state() == VettingCase::STATE_REJECTED) return Vetted::kRejected;
  }
  for (const VettingCase* one : {&unit, &person}) {
    if (one->state() == VettingCase::STATE_SUSPENDED) return Vetted::kSuspended;
  }
  const bool cleared = person.state() == VettingCase::STATE_CLEARED && unit.state() == VettingCase::STATE_CLEARED;
  return cleared ? Vetted::kCleared : Vetted::kNotYet;
}

std::optional<absl::CivilDay> ClearedUntil(const VettingCase& person, const VettingCase& unit) {
  std::optional<absl::CivilDay> until;
  for (const VettingCase* one : {&person, &unit}) {
    if (!one->has_cleared_until()) continue;
    const absl::CivilDay last = ToDay(one->cleared_until());
    until = until ? std::min(*until, last) : last;
  }
  return until;
}

void Describe(VettingCase& vetting, const VettingCase& unit) {
  for (std::string& part : MissingFrom(vetting)) vetting.add_missing(std::move(part));
  const Vetted standing = vetting.person().empty() ? StandingOf(vetting, vetting) : StandingOf(vetting, unit);
  vetting.set_holds(standing == Vetted::kCleared);
  const char* sentence = "The vetting has not come to an end.";
  if (standing == Vetted::kSuspended) sentence = "There is no decision yet. That says nothing about who is vetted.";
  if (standing == Vetted::kRejected) sentence = "The authority does not let it go ahead.";
  if (standing == Vetted::kCleared) sentence = "Cleared.";
  if (vetting.state() == VettingCase::STATE_CANCELLED) sentence = "The nomination was taken back.";
  vetting.set_explanation(sentence);
  for (std::string& method : PossibleMethods(vetting.state())) {
    if (method == "RemediateVettingCase" && !vetting.person().empty()) continue;
    vetting.add_possible_commands(std::move(method));
  }
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

void Apply(VettingCase& vetting, const VettingOpened& opened) {
  vetting.set_name(opened.name());
  vetting.set_application(opened.application());
  vetting.set_opener(opened.by());
  *vetting.mutable_open_time() = opened.at();
  vetting.set_programme(opened.programme());
  vetting.set_programme_version(opened.programme_version());
  vetting.set_person(opened.person());
  vetting.set_unit(opened.unit());
  vetting.set_unit_case(opened.unit_case());
  vetting.set_clearance(opened.clearance());
  vetting.set_item(opened.item());
  *vetting.mutable_start() = opened.start();
  *vetting.mutable_due() = opened.due();
  *vetting.mutable_parties() = opened.parties();
  vetting.set_time_zone(opened.time_zone());
  *vetting.mutable_package_needed() = opened.package_needed();
  *vetting.mutable_closed_days() = opened.closed_days();
  vetting.set_lead_working_days(opened.lead_working_days());
  vetting.set_state(VettingCase::STATE_DRAFT);
}

// An outcome, with its reason if it has one.
template <typename Fact>
void Conclude(VettingCase& vetting, VettingCase::State state, const Fact& fact) {
  vetting.set_state(state);
  vetting.clear_cleared_until();
  vetting.clear_reason();
  if constexpr (requires { fact.reason(); }) vetting.set_reason(fact.reason());
  vetting.set_decider(fact.by());
  *vetting.mutable_decide_time() = fact.at();
}

}  // namespace

VettingCase Evolve(VettingCase vetting, const VettingFact& fact) {
  switch (fact.fact_case()) {
    case VettingFact::kOpened:
      Apply(vetting, fact.opened());
      break;
    case VettingFact::kPackageRecorded:
      *vetting.mutable_package() = fact.package_recorded().package();
      break;
    case VettingFact::kSubmitted:
      vetting.set_state(VettingCase::STATE_SUBMITTED);
      break;
    case VettingFact::kAdvanced:
      vetting.set_state(fact.advanced().state());
      break;
    case VettingFact::kCleared:
      Conclude(vetting, VettingCase::STATE_CLEARED, fact.cleared());
      if (fact.cleared().has_cleared_until()) *vetting.mutable_cleared_until() = fact.cleared().cleared_until();
      break;
    case VettingFact::kSuspended:
      Conclude(vetting, VettingCase::STATE_SUSPENDED, fact.suspended());
      break;
    case VettingFact::kRejected:
      Conclude(vetting, VettingCase::STATE_REJECTED, fact.rejected());
      break;
    case VettingFact::kRemediated:
      Conclude(vetting, VettingCase::STATE_REMEDIATED, fact.remediated());
      break;
    case VettingFact::kCancelled:
      Conclude(vetting, VettingCase::STATE_CANCELLED, fact.cancelled());
      break;
    case VettingFact::kRescheduled:
      *vetting.mutable_start() = fact.rescheduled().start();
      *vetting.mutable_due() = fact.rescheduled().due();
      vetting.clear_due_noted();
      break;
    case VettingFact::kOverdue:
      vetting.set_due_noted(true);
      break;
    case VettingFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return vetting;
}

}  // namespace amikeco::compliance::v1
