// Follow: brings clearances up to date with the cases that they rest on, in the transaction that changed either.
#ifndef AMIKECO_SERVICES_COMPLIANCE_FOLLOW_H_
#define AMIKECO_SERVICES_COMPLIANCE_FOLLOW_H_

#include <string>
#include <vector>

#include "common/events/execute.h"
#include "services/compliance/case_tables.h"
#include "services/compliance/screening_tables.h"
#include "services/compliance/standing.h"

namespace amikeco::compliance {

// More cases than one stay, or one unit, can have.
inline constexpr int kMostCases = 10'000;

// All that are stored under `value` of `key`.
template <typename T>
absl::StatusOr<std::vector<Versioned<T>>> AllOf(Reader& reader, const Table<T>& table, absl::string_view key,
                                                const std::string& value) {
  return table.Range(reader, key, value, value + "!", kMostCases);
}

absl::StatusOr<Cases> CasesOf(Reader& reader, const v1::Clearance& clearance);
// The case of the person's unit; of a unit's own case the default one.
absl::StatusOr<v1::VettingCase> UnitOf(Reader& reader, const v1::VettingCase& vetting);

// After the days of the stay may have changed: vettings are due on others, and the items are as the cases say (A5-06).
absl::Status FollowLegs(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance);
// After the case changed. A unit's case concerns all clearances that rest on it.
absl::Status Follow(Transaction& tx, const Origin& origin, const v1::VettingCase& vetting);
absl::Status Follow(Transaction& tx, const Origin& origin, const v1::BackgroundCheck& check);
absl::Status Follow(Transaction& tx, const Origin& origin, const v1::VisaCase& visa);
absl::Status Follow(Transaction& tx, const Origin& origin, const v1::Screening& screening);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_FOLLOW_H_
