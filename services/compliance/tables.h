// How clearances are stored and found.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TABLES_H_
#define AMIKECO_SERVICES_COMPLIANCE_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/dates.h"
#include "common/store/table.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

inline constexpr char kByParty[] = "party";
inline constexpr char kByDue[] = "due";

// Values of kByParty begin so: one party's clearances, of one state or (UNSPECIFIED) of all.
inline std::string PartyPrefix(absl::string_view party, v1::Clearance::State state) {
  const std::string prefix = absl::StrCat(party, "|");
  return state == v1::Clearance::STATE_UNSPECIFIED ? prefix : absl::StrCat(prefix, static_cast<int>(state), "|");
}

inline const Table<v1::Clearance>& Clearances() {
  static const Table<v1::Clearance>& table = *new Table<v1::Clearance>("clearance", [](const v1::Clearance& clearance) {
    std::vector<Key> keys;
    for (const std::string& party : clearance.parties()) {
      keys.push_back({kByParty, PartyPrefix(party, clearance.state())});
    }
    if (const auto due = NextDue(clearance)) keys.push_back({kByDue, SortableTime(*due)});
    return keys;
  });
  return table;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TABLES_H_
