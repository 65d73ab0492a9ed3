// What the tests of cases share: a programme that asks for vetting, a check and a visa, and a stay that it is asked of.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_CASES_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_CASES_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "gtest/gtest.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

inline const Actor kVera{"people/vera", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
inline const Actor kOmar{"people/omar", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
inline const Actor kFirstFellow{"members/F-1", "organisations/police", {options::v1::ROLE_OFFICER}};
inline const Actor kSecondFellow{"members/F-2", "organisations/police", {options::v1::ROLE_OFFICER}};

inline google::type::Date Date(absl::string_view text) { return *ParseDate(text); }
inline absl::Time At(absl::string_view day) {
  return absl::FromCivil(ToDay(Date(day)), absl::UTCTimeZone()) + absl::Hours(9);
}

// Asks for each of the kinds that are kept as cases, of each person.
inline programme::v1::Programme CasesProgramme() {
  using programme::v1::ComplianceItem;
  programme::v1::Programme programme;
  programme.set_name("programmes/cases");
  programme.set_version(3);
  programme.set_operator_organisation("organisations/operator");
  programme.set_time_zone("UTC");
  const auto add = [&](const char* id, ComplianceItem::Kind kind, std::vector<const char*> kinds) {
    ComplianceItem& item = *programme.add_compliance();
    item.set_id(id);
    item.set_kind(kind);
    item.set_mandatory(true);
    item.set_per_person(true);
    item.set_every_day(true);
    item.set_due_days_before_start(30);
    for (const char* accepted : kinds) item.add_accepted_kinds(accepted);
    return &item;
  };
  auto& vetting = *add("vetting", ComplianceItem::KIND_VETTING, {"unit-and-individual"})->mutable_vetting();
  vetting.set_lead_working_days(10);
  for (const char* part : {"full-name", "rank"}) vetting.add_person_package(part);
  vetting.add_unit_package("commander");
  auto& check = *add("background-check", ComplianceItem::KIND_BACKGROUND_CHECK, {"ncic", "interpol"})->mutable_check();
  check.set_second_person(true);
  add("visa", ComplianceItem::KIND_VISA, {"j-1", "not-needed"});
  return programme;
}

// CasesProgramme with the items of one kind alone.
inline programme::v1::Programme ProgrammeOf(programme::v1::ComplianceItem::Kind kind) {
  programme::v1::Programme programme = CasesProgramme();
  const auto all = programme.compliance();
  programme.clear_compliance();
  for (const auto& item : all) {
    if (item.kind() == kind) *programme.add_compliance() = item;
  }
  return programme;
}

// Two fellows of one police, from 14 to 20 June 2027 (a Monday to a Sunday).
inline v1::Clearance StayIn(const programme::v1::Programme& programme, absl::Time now) {
  matching::v1::PlacementAgreed agreed;
  agreed.set_application("applications/7");
  agreed.set_member("members/F-1");
  for (const char* fellow : {"members/F-1", "members/F-2"}) agreed.add_fellows(fellow);
  agreed.set_programme(programme.name());
  agreed.set_programme_version(programme.version());
  auto& leg = *agreed.add_legs();
  leg.set_id("1");
  leg.set_host("hosts/A");
  *leg.mutable_start() = Date("2027-06-14");
  *leg.mutable_end() = Date("2027-06-20");
  leg.set_confirmed(true);
  for (const char* party : {"members/F-1", "members/F-2", "organisations/operator"}) agreed.add_parties(party);
  v1::Clearance clearance;
  for (const auto& fact : OnAgreed(clearance, agreed, "placements/7", programme, now)) {
    clearance = Evolve(std::move(clearance), fact);
  }
  return clearance;
}

// The record after the facts, or as it was when there are none; a refusal is no surprise to random histories.
template <typename T, typename Facts>
T After(T record, const Facts& facts) {
  for (const auto& fact : facts) record = Evolve(std::move(record), fact);
  return record;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_CASES_H_
