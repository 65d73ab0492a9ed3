// What is kept as cases: who is vetted, checked, and has a visa, by the steps that each takes.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"
#include "demo/programmes.h"

namespace amikeco::demo {

using compliance::v1::BackgroundCheck;
using compliance::v1::RequiredItem;
using compliance::v1::VettingCase;
using compliance::v1::VisaCase;
using programme::v1::ComplianceItem;

namespace {

// Of an organisation's stay the visitors are not known by name.
std::string PersonOf(const RequiredItem& item, const Applicant& applicant) {
  if (!item.person().empty()) return item.person();
  return applicant.is_organisation() ? "delegates/1" : applicant.member;
}

}  // namespace

absl::StatusOr<bool> Play::HasCase(const Applicant& applicant, const char* method, const std::string& name) {
  compliance::v1::GetVettingCaseRequest vetting;
  compliance::v1::GetBackgroundCheckRequest check;
  vetting.set_name(name);
  check.set_name(name);
  const bool is_check = absl::StartsWith(name, "backgroundChecks/");
  const Actor officer = ComplianceOfficer(applicant);
  const absl::Status found = is_check
                                 ? stage_.Call<BackgroundCheck>(Service::kCompliance, method, officer, check).status()
                                 : stage_.Call<VettingCase>(Service::kCompliance, method, officer, vetting).status();
  if (absl::IsNotFound(found)) return false;
  AMIKECO_RETURN_IF_ERROR(found);
  return true;
}

// From the open case to the authority's decision.
absl::Status Play::Vet(const Applicant& applicant, const compliance::v1::OpenVettingCaseRequest& open, bool fails) {
  const std::string name = "vettingCases/" + open.vetting_case_id();
  AMIKECO_ASSIGN_OR_RETURN(const bool there, HasCase(applicant, "GetVettingCase", name));
  if (there) return absl::OkStatus();
  const auto call = [&](const char* method, auto request) {
    request.set_name(name);
    return stage_.Call<VettingCase>(Service::kCompliance, method, ComplianceOfficer(applicant), request).status();
  };
  AMIKECO_ASSIGN_OR_RETURN(const auto vetting, stage_.Call<VettingCase>(Service::kCompliance, "OpenVettingCase",
                                                                        ComplianceOfficer(applicant), open));
  compliance::v1::RecordVettingPackageRequest package;
  *package.mutable_package() = vetting.package_needed();
  AMIKECO_RETURN_IF_ERROR(call("RecordVettingPackage", package));
  AMIKECO_RETURN_IF_ERROR(call("SubmitVettingCase", compliance::v1::SubmitVettingCaseRequest()));
  for (const auto review : {VettingCase::STATE_POST_REVIEW, VettingCase::STATE_DEPARTMENT_REVIEW}) {
    compliance::v1::AdvanceVettingCaseRequest advance;
    advance.set_state(review);
    AMIKECO_RETURN_IF_ERROR(call("AdvanceVettingCase", advance));
  }
  compliance::v1::RecordVettingOutcomeRequest outcome;
  outcome.set_outcome(fails ? VettingCase::STATE_REJECTED : VettingCase::STATE_CLEARED);
  if (fails) outcome.set_reason("NOT_APPROVED");
  return call("RecordVettingOutcome", outcome);
}

absl::Status Play::RecordByCase(const Applicant& applicant, const std::string& clearance, const RequiredItem& item,
                                bool fails) {
  const std::string id(absl::StripPrefix(clearance, "clearances/"));
  const std::string person = PersonOf(item, applicant);
  const std::string name = absl::StrCat(id, "-", person.substr(person.find('/') + 1));
  if (item.kind() == ComplianceItem::KIND_VETTING) {
    compliance::v1::OpenVettingCaseRequest unit;
    unit.set_vetting_case_id(id + "-unit");
    unit.set_unit("units/" + id);
    unit.set_programme(applicant.programme->name());
    *unit.mutable_start() = item.first_day();
    AMIKECO_RETURN_IF_ERROR(Vet(applicant, unit, false));
    compliance::v1::OpenVettingCaseRequest open;
    open.set_vetting_case_id(name);
    open.set_person(person);
    open.set_unit_case("vettingCases/" + unit.vetting_case_id());
    open.set_clearance(clearance);
    return Vet(applicant, open, fails);
  }
  if (item.kind() == ComplianceItem::KIND_VISA) {
    compliance::v1::RecordVisaRequest visa;
    visa.set_clearance(clearance);
    visa.set_person(person);
    visa.set_state(VisaCase::STATE_NOT_NEEDED);
    return stage_.Call<VisaCase>(Service::kCompliance, "RecordVisa", ComplianceOfficer(applicant), visa).status();
  }
  AMIKECO_ASSIGN_OR_RETURN(const bool there, HasCase(applicant, "GetBackgroundCheck", "backgroundChecks/" + name));
  if (there) return absl::OkStatus();
  compliance::v1::RequestBackgroundCheckRequest request;
  request.set_background_check_id(name);
  request.set_clearance(clearance);
  request.set_person(person);
  request.set_kind(item.accepted_kinds(0));
  AMIKECO_RETURN_IF_ERROR(stage_
                              .Call<BackgroundCheck>(Service::kCompliance, "RequestBackgroundCheck",
                                                     ComplianceOfficer(applicant, "people/desk"), request)
                              .status());
  compliance::v1::ReportBackgroundCheckRequest report;
  report.set_name("backgroundChecks/" + name);
  report.set_report(compliance::v1::CHECK_REPORT_CLEAR);
  return stage_
      .Call<BackgroundCheck>(Service::kCompliance, "ReportBackgroundCheck", ComplianceOfficer(applicant), report)
      .status();
}

}  // namespace amikeco::demo
