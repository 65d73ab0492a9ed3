#include "services/compliance/background_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/zones.h"
#include "services/compliance/case_errors.h"
#include "services/compliance/case_transitions.h"

namespace amikeco::compliance {
namespace {

using v1::BackgroundCheck;
using v1::CheckFact;

absl::CivilDay DayOf(const BackgroundCheck& check, absl::Time time) {
  return absl::ToCivilDay(time, ZoneNamed(check.time_zone()));
}

// "complete and clear", "pre_adverse".
absl::string_view Spoken(CheckStage stage) {
  switch (stage) {
    case CheckStage::kNone:
      return "not there";
    case CheckStage::kPending:
      return "pending";
    case CheckStage::kSuspended:
      return "suspended";
    case CheckStage::kPaused:
      return "paused";
    case CheckStage::kClear:
      return "clear";
    case CheckStage::kConsider:
      return "to be considered";
    case CheckStage::kEngaged:
      return "engaged";
    case CheckStage::kPreAdverse:
      return "pre-adverse";
    case CheckStage::kAdverse:
      return "adverse";
    case CheckStage::kDispute:
      return "disputed";
    case CheckStage::kCancelled:
      return "cancelled";
  }
  return "";
}

absl::Status CheckPossible(const BackgroundCheck& check, CheckCommand command, absl::string_view method) {
  const CheckStage stage = StageOf(check);
  if (Next(stage, command)) return absl::OkStatus();
  return errors::CaseNotPossible(check.name(), Spoken(stage), method, PossibleMethods(stage));
}

// Who states or adjudicates an outcome: never the person checked, nor, where the programme says so, who asked for it.
absl::Status CheckAdjudicator(const BackgroundCheck& check, const Circumstance& c) {
  if (c.actor.subject == check.person()) return errors::OwnCheck(check.name());
  if (!check.second_person() || c.actor.subject != check.requester()) return absl::OkStatus();
  return Error(errors::kOtherAdjudicatorNeeded,
               absl::StrCat(c.actor.subject, " requested ", check.name(), " and does not adjudicate it."),
               {{"name", check.name()}, {"requester", check.requester()}});
}

// What all facts begin with.
template <typename Fact>
Fact& Stamp(Fact& fact, const BackgroundCheck& check, const Circumstance& c) {
  fact.set_name(check.name());
  fact.set_application(check.application());
  fact.set_by(c.actor.subject);
  *fact.mutable_at() = ToTimestamp(c.now);
  fact.set_programme_version(check.programme_version());
  return fact;
}

bool IsResult(v1::CheckReport report) {
  return report == v1::CHECK_REPORT_CLEAR || report == v1::CHECK_REPORT_CONSIDER;
}

CheckFact Reported(const BackgroundCheck& check, v1::CheckReport report, const std::string& reason,
                   const Circumstance& c) {
  CheckFact fact;
  v1::CheckReported& reported = Stamp(*fact.mutable_reported(), check, c);
  reported.set_report(report);
  reported.set_reason(reason);
  if (!IsResult(report)) return fact;
  const absl::CivilDay today = DayOf(check, c.now);
  *reported.mutable_day() = ToDate(today);
  if (check.valid_days() > 0) *reported.mutable_valid_to() = ToDate(today + check.valid_days());
  return fact;
}

// The stage that a provider's report stands for is the one that the check is in.
bool IsKnown(const BackgroundCheck& check, v1::CheckReport report, const std::string& reason) {
  switch (StageOf(check)) {
    case CheckStage::kPending:
      return report == v1::CHECK_REPORT_PENDING;
    case CheckStage::kSuspended:
      return report == v1::CHECK_REPORT_NEEDS_INFO && reason == check.reason();
    case CheckStage::kPaused:
      return report == v1::CHECK_REPORT_IN_REVIEW && reason == check.reason();
    default:  // a dispute ends with a result
      return !IsResult(report) && (report != v1::CHECK_REPORT_NEEDS_INFO || reason == check.reason());
  }
}

}  // namespace

CheckFacts Decide(const v1::RequestBackgroundCheckRequest& command, const CheckGround& ground, const Circumstance& c) {
  if (command.person() == c.actor.subject) return errors::OwnCheck(ground.name);
  const auto& kinds = ground.rule.accepted_kinds();
  if (std::find(kinds.begin(), kinds.end(), command.kind()) == kinds.end()) {
    const std::string accepted = absl::StrJoin(kinds, ",");
    return Error(errors::kKindNotAccepted,
                 absl::StrCat(ground.programme.name(), " accepts ", accepted, ", not ", command.kind(), "."),
                 {{"kind", command.kind()}, {"accepted_kinds", accepted}});
  }
  FieldErrors wrong;
  if (ground.has_provider && command.reference().empty()) {
    wrong.Add("reference", absl::StrCat("is missing; the provider of ", command.kind(), " knows the person by it"));
  }
  if (!ground.has_provider && !command.reference().empty()) {
    wrong.Add("reference", absl::StrCat("must be empty; ", command.kind(), " has no provider"));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  const programme::v1::CheckRules& rules = ground.rule.check();
  CheckFact fact;
  v1::CheckRequested& requested = *fact.mutable_requested();
  requested.set_name(ground.name);
  requested.set_application(ground.clearance.application());
  requested.set_by(c.actor.subject);
  *requested.mutable_at() = ToTimestamp(c.now);
  requested.set_programme(ground.programme.name());
  requested.set_programme_version(ground.programme.version());
  requested.set_clearance(ground.clearance.name());
  requested.set_item(ground.rule.id());
  requested.set_person(command.person());
  requested.set_kind(command.kind());
  requested.set_by_provider(ground.has_provider);
  requested.set_reference(command.reference());
  requested.set_pre_adverse_days(rules.pre_adverse_days() > 0 ? rules.pre_adverse_days() : kPreAdverseDays);
  requested.set_second_person(rules.second_person());
  requested.set_valid_days(rules.valid_days());
  requested.set_time_zone(ground.programme.time_zone());
  requested.add_parties(command.person());
  requested.add_parties(ground.programme.operator_organisation());
  return std::vector{fact};
}

CheckFacts Decide(const BackgroundCheck& check, const v1::ReportBackgroundCheckRequest& command,
                  const Circumstance& c) {
  const bool waits = command.report() == v1::CHECK_REPORT_NEEDS_INFO || command.report() == v1::CHECK_REPORT_IN_REVIEW;
  FieldErrors wrong;
  if (!waits && !command.reason().empty()) wrong.Add("reason", "is of NEEDS_INFO and IN_REVIEW alone");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckPossible(check, *CommandOf(command.report()), "ReportBackgroundCheck"));
  if (check.by_provider() && command.report() != v1::CHECK_REPORT_PENDING) {
    return Error(errors::kMadeByProvider, absl::StrCat("A provider makes ", check.name(), "."),
                 {{"name", check.name()}, {"kind", check.kind()}});
  }
  if (IsResult(command.report())) AMIKECO_RETURN_IF_ERROR(CheckAdjudicator(check, c));
  return std::vector{Reported(check, command.report(), command.reason(), c)};
}

CheckFacts Decide(const BackgroundCheck& check, const v1::AdjudicateBackgroundCheckRequest& command,
                  const Circumstance& c) {
  constexpr char kMethod[] = "AdjudicateBackgroundCheck";
  CheckFact fact;
  switch (command.adjudication()) {
    case BackgroundCheck::ADJUDICATION_ENGAGED:
      AMIKECO_RETURN_IF_ERROR(CheckPossible(check, CheckCommand::kEngage, kMethod));
      Stamp(*fact.mutable_engaged(), check, c);
      break;
    case BackgroundCheck::ADJUDICATION_PRE_ADVERSE: {
      AMIKECO_RETURN_IF_ERROR(CheckPossible(check, CheckCommand::kPreAdverse, kMethod));
      const absl::Time from = c.now + absl::Hours(24) * check.pre_adverse_days();
      v1::CheckPreAdverse& told = Stamp(*fact.mutable_pre_adverse(), check, c);
      told.set_owner(check.person());
      told.set_item(check.item());
      *told.mutable_adverse_from() = ToTimestamp(from);
      *told.mutable_last_day() = ToDate(DayOf(check, from));
      break;
    }
    default:
      AMIKECO_RETURN_IF_ERROR(CheckPossible(check, CheckCommand::kAdverse, kMethod));
      if (c.now < ToTime(check.adverse_from())) {
        const std::string from = absl::FormatTime(absl::RFC3339_sec, ToTime(check.adverse_from()), absl::UTCTimeZone());
        return Error(errors::kNoticeStillRuns, absl::StrCat(check.name(), " cannot be adverse before ", from, "."),
                     {{"name", check.name()}, {"adverse_from", from}});
      }
      Stamp(*fact.mutable_adverse(), check, c).set_owner(check.person());
      fact.mutable_adverse()->set_item(check.item());
  }
  AMIKECO_RETURN_IF_ERROR(CheckAdjudicator(check, c));
  return std::vector{fact};
}

CheckFacts Decide(const BackgroundCheck& check, const v1::DisputeBackgroundCheckRequest& command,
                  const Circumstance& c) {
  if (!c.actor.Has(options::v1::ROLE_COMPLIANCE_OFFICER) && c.actor.subject != check.person()) {
    return errors::NotTheOfficer(check.name());
  }
  AMIKECO_RETURN_IF_ERROR(CheckPossible(check, CheckCommand::kDispute, "DisputeBackgroundCheck"));
  CheckFact fact;
  Stamp(*fact.mutable_disputed(), check, c).set_reason(command.reason());
  return std::vector{fact};
}

CheckFacts Decide(const BackgroundCheck& check, const v1::CancelBackgroundCheckRequest& command,
                  const Circumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(check, CheckCommand::kCancel, "CancelBackgroundCheck"));
  CheckFact fact;
  Stamp(*fact.mutable_cancelled(), check, c).set_reason(command.reason());
  return std::vector{fact};
}

CheckFacts Decide(const BackgroundCheck& check, const ProviderReport& report, const Circumstance& c) {
  std::vector<CheckFact> facts;
  const CheckStage stage = StageOf(check);
  const auto command = CommandOf(report.report);
  if (!check.by_provider() || !command || !Next(stage, *command)) return facts;
  // Two desks may ask at once: what the other one was told of another order is not this one's.
  if (!check.order().empty() && !report.order.empty() && report.order != check.order()) return facts;
  if (check.order().empty() && !report.order.empty()) {
    Stamp(*facts.emplace_back().mutable_ordered(), check, c).set_order(report.order);
  }
  const std::string reason = IsResult(report.report) ? "" : report.reason;
  if (!IsKnown(check, report.report, reason)) facts.push_back(Reported(check, report.report, reason, c));
  return facts;
}

CheckFacts Decide(const BackgroundCheck& check, const ProviderToldOfCancel&, const Circumstance& c) {
  std::vector<CheckFact> facts;
  if (check.state() != BackgroundCheck::STATE_CANCELLED || check.provider_told()) return facts;
  Stamp(*facts.emplace_back().mutable_provider_told(), check, c);
  return facts;
}

bool IsRunning(const BackgroundCheck& check) {
  switch (StageOf(check)) {
    case CheckStage::kPending:
    case CheckStage::kSuspended:
    case CheckStage::kPaused:
    case CheckStage::kConsider:
    case CheckStage::kPreAdverse:
    case CheckStage::kDispute:
      return true;
    default:
      return false;
  }
}

bool AwaitsProvider(const BackgroundCheck& check) {
  if (!check.by_provider()) return false;
  switch (StageOf(check)) {
    case CheckStage::kPending:
    case CheckStage::kPaused:
      return true;
    case CheckStage::kDispute:
    case CheckStage::kSuspended:  // not until a person has looked at it
      return check.reason() != kProviderUnavailable && check.reason() != kRefusedByProvider;
    case CheckStage::kCancelled:
      return !check.order().empty() && !check.provider_told();
    default:
      return false;
  }
}

void Describe(BackgroundCheck& check) {
  for (std::string& method : PossibleMethods(StageOf(check))) check.add_possible_commands(std::move(method));
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

void Apply(BackgroundCheck& check, const CheckRequested& requested) {
  check.set_name(requested.name());
  check.set_application(requested.application());
  check.set_clearance(requested.clearance());
  check.set_item(requested.item());
  check.set_person(requested.person());
  check.set_kind(requested.kind());
  check.set_programme(requested.programme());
  check.set_programme_version(requested.programme_version());
  check.set_requester(requested.by());
  *check.mutable_request_time() = requested.at();
  check.set_by_provider(requested.by_provider());
  check.set_reference(requested.reference());
  check.set_pre_adverse_days(requested.pre_adverse_days());
  check.set_second_person(requested.second_person());
  check.set_valid_days(requested.valid_days());
  check.set_time_zone(requested.time_zone());
  *check.mutable_parties() = requested.parties();
  check.set_state(BackgroundCheck::STATE_PENDING);
}

// Checked anew: what was decided before no longer counts.
void Undecide(BackgroundCheck& check) {
  check.clear_result();
  check.clear_adjudication();
  check.clear_adverse_from();
  check.clear_result_day();
  check.clear_valid_to();
}

void Apply(BackgroundCheck& check, const CheckReported& reported) {
  const bool disputed = check.state() == BackgroundCheck::STATE_DISPUTE;
  check.set_reason(reported.reason());
  switch (reported.report()) {
    case CHECK_REPORT_PENDING:
      if (!disputed) check.set_state(BackgroundCheck::STATE_PENDING);
      break;
    case CHECK_REPORT_NEEDS_INFO:
      if (!disputed) check.set_state(BackgroundCheck::STATE_SUSPENDED);
      break;
    case CHECK_REPORT_IN_REVIEW:
      if (!disputed) check.set_state(BackgroundCheck::STATE_PAUSED);
      break;
    case CHECK_REPORT_CLEAR:
    case CHECK_REPORT_CONSIDER:
      Undecide(check);
      check.set_state(BackgroundCheck::STATE_COMPLETE);
      check.set_result(reported.report() == CHECK_REPORT_CLEAR ? BackgroundCheck::RESULT_CLEAR
                                                               : BackgroundCheck::RESULT_CONSIDER);
      *check.mutable_result_day() = reported.day();
      if (reported.has_valid_to()) *check.mutable_valid_to() = reported.valid_to();
      break;
    default:
      break;  // of a newer program
  }
}

template <typename Fact>
void Adjudicate(BackgroundCheck& check, BackgroundCheck::Adjudication adjudication, const Fact& fact) {
  check.set_adjudication(adjudication);
  check.clear_adverse_from();
  check.set_decider(fact.by());
  *check.mutable_decide_time() = fact.at();
}

}  // namespace

BackgroundCheck Evolve(BackgroundCheck check, const CheckFact& fact) {
  switch (fact.fact_case()) {
    case CheckFact::kRequested:
      Apply(check, fact.requested());
      break;
    case CheckFact::kOrdered:
      check.set_order(fact.ordered().order());
      break;
    case CheckFact::kReported:
      Apply(check, fact.reported());
      break;
    case CheckFact::kEngaged:
      Adjudicate(check, BackgroundCheck::ADJUDICATION_ENGAGED, fact.engaged());
      break;
    case CheckFact::kPreAdverse:
      Adjudicate(check, BackgroundCheck::ADJUDICATION_PRE_ADVERSE, fact.pre_adverse());
      *check.mutable_adverse_from() = fact.pre_adverse().adverse_from();
      break;
    case CheckFact::kAdverse:
      Adjudicate(check, BackgroundCheck::ADJUDICATION_ADVERSE, fact.adverse());
      break;
    case CheckFact::kDisputed:
      Undecide(check);
      check.set_state(BackgroundCheck::STATE_DISPUTE);
      check.set_reason(fact.disputed().reason());
      check.set_disputes(check.disputes() + 1);
      break;
    case CheckFact::kCancelled:
      check.set_state(BackgroundCheck::STATE_CANCELLED);
      check.set_reason(fact.cancelled().reason());
      break;
    case CheckFact::kProviderTold:
      check.set_provider_told(true);
      break;
    case CheckFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return check;
}

}  // namespace amikeco::compliance::v1
