// What is kept as cases: vettings, background checks, visas.
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

using compliance::v1::BackgroundCheck;
using compliance::v1::VettingCase;
using compliance::v1::VisaCase;

namespace {

// "F-1" is a member; whoever is none is named in full, as in delegates/1.
std::string PersonNamed(const std::string& person) {
  return person.empty() || absl::StrContains(person, '/') ? person : "members/" + person;
}

bool InReview(VettingCase::State state) {
  return state == VettingCase::STATE_SUBMITTED || state == VettingCase::STATE_POST_REVIEW ||
         state == VettingCase::STATE_DEPARTMENT_REVIEW;
}

}  // namespace

template <typename Case, typename Request>
absl::Status Player::SendCase(const Command& c, absl::string_view method, const Request& request,
                              const std::string& by) {
  return Send<Case>(ComplianceOfficer(c, by), absl::StrCat(kCompliance, method), request);
}

absl::Status Player::Unit(const Command& c) {
  compliance::v1::OpenVettingCaseRequest request;
  request.set_vetting_case_id(c.word(0));
  request.set_unit("units/" + c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(1)));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_start(), DateOf(c.word(2)));
  return SendCase<VettingCase>(c, "OpenVettingCase", request);
}

absl::Status Player::Nominate(const Command& c) {
  compliance::v1::OpenVettingCaseRequest request;
  request.set_vetting_case_id(c.word(0));
  request.set_clearance("clearances/" + c.word(1));
  request.set_person(PersonNamed(c.word(2)));
  request.set_unit_case("vettingCases/" + c.word(3));
  operators_[c.word(0)] = operators_[c.word(1)];
  return SendCase<VettingCase>(c, "OpenVettingCase", request);
}

// The next step on the way to the authority's decision.
absl::Status Player::StepOn(const Command& c, const VettingCase& vetting) {
  if (InReview(vetting.state())) {
    compliance::v1::AdvanceVettingCaseRequest advance;
    advance.set_name(vetting.name());
    advance.set_state(vetting.state() == VettingCase::STATE_SUBMITTED ? VettingCase::STATE_POST_REVIEW
                                                                      : VettingCase::STATE_DEPARTMENT_REVIEW);
    return SendCase<VettingCase>(c, "AdvanceVettingCase", advance);
  }
  if (!vetting.missing().empty()) {
    compliance::v1::RecordVettingPackageRequest package;
    package.set_name(vetting.name());
    *package.mutable_package() = vetting.package_needed();
    AMIKECO_RETURN_IF_ERROR(SendCase<VettingCase>(c, "RecordVettingPackage", package));
  }
  compliance::v1::SubmitVettingCaseRequest submit;
  submit.set_name(vetting.name());
  return SendCase<VettingCase>(c, "SubmitVettingCase", submit);
}

absl::Status Player::Vetted(const Command& c) {
  compliance::v1::RecordVettingOutcomeRequest request;
  request.set_name(Of("vettingCases", c));
  VettingCase::State outcome;
  AMIKECO_RETURN_IF_ERROR(ParseEnum(compliance::v1::VettingCase_State_Parse, "STATE", c.word(1), outcome));
  request.set_outcome(outcome);
  if (outcome != VettingCase::STATE_CLEARED) request.set_reason(c.get("reason", "MORE_TIME_NEEDED"));
  if (!c.get("until").empty()) {
    AMIKECO_ASSIGN_OR_RETURN(*request.mutable_cleared_until(), DateOf(c.get("until")));
  }
  compliance::v1::GetVettingCaseRequest get;
  get.set_name(request.name());
  for (int steps = 0; steps < 3; ++steps) {
    AMIKECO_ASSIGN_OR_RETURN(const auto vetting,
                             house_->Call<VettingCase>(Onlooker(), absl::StrCat(kCompliance, "GetVettingCase"), get));
    const auto state = vetting.state();
    const bool decidable = state == VettingCase::STATE_CLEARED || state == VettingCase::STATE_DEPARTMENT_REVIEW;
    if (decidable || (InReview(state) && outcome == VettingCase::STATE_SUSPENDED)) break;
    AMIKECO_RETURN_IF_ERROR(StepOn(c, vetting));
  }
  return SendCase<VettingCase>(c, "RecordVettingOutcome", request);
}

absl::Status Player::Remediate(const Command& c) {
  compliance::v1::RemediateVettingCaseRequest request;
  request.set_name(Of("vettingCases", c));
  request.set_reason("EFFECTIVE_STEPS_TAKEN");
  return SendCase<VettingCase>(c, "RemediateVettingCase", request);
}

// The check is called like the application and the kind, or as `id` says.
absl::Status Player::CheckAsCase(const Command& c) {
  const std::string id = c.get("id", absl::StrCat(c.word(0), "-", c.word(1)));
  compliance::v1::RequestBackgroundCheckRequest request;
  request.set_background_check_id(id);
  request.set_clearance(Of("clearances", c));
  request.set_kind(c.word(1));
  request.set_person(PersonNamed(c.get("person")));
  AMIKECO_RETURN_IF_ERROR(SendCase<BackgroundCheck>(c, "RequestBackgroundCheck", request, "omar"));
  operators_[id] = operators_[c.word(0)];
  applicants_[id] = request.person().empty() ? applicants_[c.word(0)] : request.person();
  return CheckResult({"check-result", {id, c.word(2) == "passed" ? "clear" : "consider"}, c.named});
}

absl::Status Player::CheckResult(const Command& c) {
  compliance::v1::ReportBackgroundCheckRequest request;
  request.set_name(Of("backgroundChecks", c));
  compliance::v1::CheckReport report;
  AMIKECO_RETURN_IF_ERROR(ParseEnum(compliance::v1::CheckReport_Parse, "CHECK_REPORT", c.word(1), report));
  request.set_report(report);
  return SendCase<BackgroundCheck>(c, "ReportBackgroundCheck", request, c.get("by", "vera"));
}

absl::Status Player::Adjudicate(const Command& c) {
  compliance::v1::AdjudicateBackgroundCheckRequest request;
  request.set_name(Of("backgroundChecks", c));
  BackgroundCheck::Adjudication adjudication;
  AMIKECO_RETURN_IF_ERROR(
      ParseEnum(compliance::v1::BackgroundCheck_Adjudication_Parse, "ADJUDICATION", c.word(1), adjudication));
  request.set_adjudication(adjudication);
  return SendCase<BackgroundCheck>(c, "AdjudicateBackgroundCheck", request, c.get("by", "vera"));
}

absl::Status Player::Dispute(const Command& c) {
  compliance::v1::DisputeBackgroundCheckRequest request;
  request.set_name(Of("backgroundChecks", c));
  request.set_reason(c.get("reason", "ANOTHER_PERSON"));
  return Send<BackgroundCheck>(OfficerOf(c), absl::StrCat(kCompliance, "DisputeBackgroundCheck"), request);
}

absl::Status Player::Visa(const Command& c) {
  compliance::v1::RecordVisaRequest request;
  request.set_clearance(Of("clearances", c));
  request.set_person(PersonNamed(c.get("person")));
  VisaCase::State state;
  AMIKECO_RETURN_IF_ERROR(ParseEnum(compliance::v1::VisaCase_State_Parse, "STATE", c.word(1), state));
  request.set_state(state);
  if (state != VisaCase::STATE_NOT_NEEDED) request.set_type(c.get("type", "j-1"));
  if (c.words.size() > 2) {
    AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
    *request.mutable_valid_from() = days.first;
    *request.mutable_valid_to() = days.last;
  }
  return SendCase<VisaCase>(c, "RecordVisa", request);
}

// What the item of a clearance takes to hold.
absl::Status Player::ClearByCase(const Command& c, const compliance::v1::Clearance& clearance,
                                 const compliance::v1::RequiredItem& item) {
  const auto& open = clearance.open_items();
  if (std::none_of(open.begin(), open.end(), [&](const auto& one) { return one.item() == item.id(); })) {
    return absl::OkStatus();
  }
  const std::string id = c.word(0);
  const std::string person(absl::StripPrefix(item.person(), "members/"));
  if (item.kind() == programme::v1::ComplianceItem::KIND_BACKGROUND_CHECK) {
    return CheckAsCase({"check", {id, item.accepted_kinds(0), "passed"}, {{"person", person}}});
  }
  if (item.kind() == programme::v1::ComplianceItem::KIND_VISA) {
    return Visa({"visa", {id, "not-needed"}, {{"person", person}}});
  }
  const std::string unit = id + "-unit";
  const std::string who = person.empty() ? "delegates/1" : person;
  const std::string vetting = absl::StrCat(id, "-", who.substr(who.find('/') + 1));
  if (operators_.count(unit) == 0) {
    const std::string programme(absl::StripPrefix(clearance.programme(), "programmes/"));
    AMIKECO_RETURN_IF_ERROR(Unit({"unit", {unit, programme, FormatDate(item.first_day())}, {}}));
    AMIKECO_RETURN_IF_ERROR(Vetted({"vetted", {unit, "cleared"}, {}}));
  }
  AMIKECO_RETURN_IF_ERROR(Nominate({"nominate", {vetting, id, who, unit}, {}}));
  return Vetted({"vetted", {vetting, "cleared"}, {}});
}

}  // namespace amikeco::journeys
