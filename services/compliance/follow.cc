#include "services/compliance/follow.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/compliance/rely.h"

namespace amikeco::compliance {
namespace {

absl::Status FollowCases(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance) {
  AMIKECO_RETURN_IF_ERROR(Rely(tx, clearance.name));
  for (const v1::RequiredItem& item : clearance.value.items()) {
    if (item.screened_for().empty()) continue;
    for (const std::string& person : PersonsOf(clearance.value, item)) {
      AMIKECO_RETURN_IF_ERROR(Rely(tx, ScreenedKey(item.screened_for(), person)));
    }
  }
  AMIKECO_ASSIGN_OR_RETURN(const Cases cases, CasesOf(tx, clearance.value));
  const Circumstance circumstance{origin.time, origin.actor};
  return Apply(tx, Clearances(), origin,
               OnStandings(clearance.value, Followed::kCases, StandingsOf(clearance.value, cases), circumstance),
               clearance);
}

absl::Status FollowCases(Transaction& tx, const Origin& origin, const std::string& name) {
  AMIKECO_ASSIGN_OR_RETURN(auto clearance, Clearances().Get(tx, name));
  return FollowCases(tx, origin, clearance);
}

}  // namespace

absl::StatusOr<v1::VettingCase> UnitOf(Reader& reader, const v1::VettingCase& vetting) {
  if (vetting.unit_case().empty()) return v1::VettingCase();
  AMIKECO_ASSIGN_OR_RETURN(auto unit, Vettings().Get(reader, vetting.unit_case()));
  return unit.value;
}

absl::StatusOr<Cases> CasesOf(Reader& reader, const v1::Clearance& clearance) {
  const std::string key = CaseKey(clearance.name());
  Cases cases;
  AMIKECO_ASSIGN_OR_RETURN(const auto vettings, AllOf(reader, Vettings(), kByClearance, key));
  for (const auto& vetting : vettings) {
    AMIKECO_ASSIGN_OR_RETURN(auto unit, UnitOf(reader, vetting.value));
    cases.vettings.push_back({vetting.value, std::move(unit)});
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto checks, AllOf(reader, Checks(), kByClearance, key));
  for (const auto& check : checks) cases.checks.push_back(check.value);
  AMIKECO_ASSIGN_OR_RETURN(const auto visas, AllOf(reader, Visas(), kByClearance, key));
  for (const auto& visa : visas) cases.visas.push_back(visa.value);
  std::set<std::string> persons;
  for (const v1::RequiredItem& item : clearance.items()) {
    if (!item.screened_for().empty()) persons.merge(PersonsOf(clearance, item));
  }
  for (const std::string& person : persons) {
    AMIKECO_ASSIGN_OR_RETURN(const auto screenings, AllOf(reader, ScreeningTable(), kByPerson, CaseKey(person)));
    for (const auto& screening : screenings) cases.screenings.push_back(screening.value);
  }
  return cases;
}

absl::Status FollowLegs(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance) {
  const auto& items = clearance.value.items();
  const bool any = std::any_of(items.begin(), items.end(), [](const auto& item) { return item.kept_as_case(); });
  if (!any || clearance.value.legs().empty()) return absl::OkStatus();
  const auto start = FirstDay(clearance.value);
  AMIKECO_ASSIGN_OR_RETURN(auto vettings, AllOf(tx, Vettings(), kByClearance, CaseKey(clearance.name)));
  for (auto& vetting : vettings) {
    const auto facts = OnStart(vetting.value, start, {origin.time, origin.actor});
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Vettings(), origin, facts, vetting));
  }
  return FollowCases(tx, origin, clearance);
}

absl::Status Follow(Transaction& tx, const Origin& origin, const v1::VettingCase& vetting) {
  if (!vetting.clearance().empty()) return FollowCases(tx, origin, vetting.clearance());
  AMIKECO_ASSIGN_OR_RETURN(const auto members, AllOf(tx, Vettings(), kByUnitCase, CaseKey(vetting.name())));
  std::set<std::string> clearances;
  for (const auto& member : members) clearances.insert(member.value.clearance());
  for (const std::string& clearance : clearances) AMIKECO_RETURN_IF_ERROR(FollowCases(tx, origin, clearance));
  return absl::OkStatus();
}

absl::Status Follow(Transaction& tx, const Origin& origin, const v1::BackgroundCheck& check) {
  return FollowCases(tx, origin, check.clearance());
}

absl::Status Follow(Transaction& tx, const Origin& origin, const v1::VisaCase& visa) {
  return FollowCases(tx, origin, visa.clearance());
}

absl::Status Follow(Transaction& tx, const Origin& origin, const v1::Screening& screening) {
  const std::string key = ScreenedKey(screening.organisation(), screening.person());
  AMIKECO_RETURN_IF_ERROR(Rely(tx, key));
  AMIKECO_ASSIGN_OR_RETURN(const auto clearances, AllOf(tx, Clearances(), kByScreened, key));
  for (auto clearance : clearances) AMIKECO_RETURN_IF_ERROR(FollowCases(tx, origin, clearance));
  return absl::OkStatus();
}

}  // namespace amikeco::compliance
