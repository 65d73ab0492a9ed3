// How vetting cases, background checks and visas are stored and found.
#ifndef AMIKECO_SERVICES_COMPLIANCE_CASE_TABLES_H_
#define AMIKECO_SERVICES_COMPLIANCE_CASE_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/store/table.h"
#include "services/compliance/background_check.h"
#include "services/compliance/tables.h"
#include "services/compliance/vetting.h"
#include "services/compliance/visa.h"

namespace amikeco::compliance {

// Of a unit's own case: "<operator>|<unit>|". Of a person's: the unit's case.
inline constexpr char kByUnit[] = "unit";
inline constexpr char kByUnitCase[] = "unit_case";
// Checks whose provider is to be called, in the order in which they were requested.
inline constexpr char kByProvider[] = "provider";

// Values of the keys but kByDue and kByProvider; no part of one is the start of another.
inline std::string CaseKey(absl::string_view of) { return absl::StrCat(of, "|"); }
inline std::string CaseKey(absl::string_view of, int state) { return absl::StrCat(of, "|", state, "|"); }

template <typename Case>
std::vector<Key> CommonKeys(const Case& one) {
  std::vector<Key> keys;
  for (const std::string& party : one.parties()) keys.push_back({kByParty, CaseKey(party, one.state())});
  if (!one.clearance().empty()) keys.push_back({kByClearance, CaseKey(one.clearance())});
  return keys;
}

inline const Table<v1::VettingCase>& Vettings() {
  static const auto& table = *new Table<v1::VettingCase>("vetting-case", [](const v1::VettingCase& vetting) {
    std::vector<Key> keys = CommonKeys(vetting);
    if (vetting.person().empty()) {
      keys.push_back({kByUnit, CaseKey(absl::StrCat(vetting.parties(0), "|", vetting.unit()))});
    } else {
      keys.push_back({kByUnitCase, CaseKey(vetting.unit_case())});
    }
    if (const auto due = NextDue(vetting)) keys.push_back({kByDue, SortableTime(*due)});
    return keys;
  });
  return table;
}

inline const Table<v1::BackgroundCheck>& Checks() {
  static const auto& table = *new Table<v1::BackgroundCheck>("background-check", [](const v1::BackgroundCheck& check) {
    std::vector<Key> keys = CommonKeys(check);
    if (AwaitsProvider(check)) keys.push_back({kByProvider, SortableTime(ToTime(check.request_time()))});
    return keys;
  });
  return table;
}

inline const Table<v1::VisaCase>& Visas() {
  static const auto& table = *new Table<v1::VisaCase>("visa-case", [](const v1::VisaCase& visa) {
    std::vector<Key> keys = CommonKeys(visa);
    if (const auto due = NextDue(visa)) keys.push_back({kByDue, SortableTime(*due)});
    return keys;
  });
  return table;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_CASE_TABLES_H_
