// How engagement notifications, human-rights assessments and the activities that they are about are stored and found.
#ifndef AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_TABLES_H_
#define AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/dates.h"
#include "services/compliance/assessment.h"
#include "services/compliance/notification.h"
#include "services/compliance/tables.h"

namespace amikeco::compliance {

// Assessments that rest on a country and may be opened again.
inline constexpr char kByCountry[] = "country";
// Assessments that were judged by a version of the policy and may be opened again.
inline constexpr char kByPolicy[] = "policy";

// Values of kByParty begin so: those of one organisation, in one state or (0) in all.
inline std::string StatePrefix(absl::string_view party, int state) {
  return state == 0 ? absl::StrCat(party, "|") : absl::StrCat(party, "|", state, "|");
}

template <typename T>
void AddStateKeys(const T& record, std::vector<Key>& keys) {
  for (const std::string& party : record.parties()) {
    keys.push_back({kByParty, StatePrefix(party, static_cast<int>(record.state()))});
  }
}

// Sorts as the versions count.
inline std::string PolicyKey(absl::string_view policy, int version) {
  return absl::StrFormat("%s@%010d", policy, version);
}

inline const Table<v1::Assessment>& Assessments() {
  static const auto& table = *new Table<v1::Assessment>("assessment", [](const v1::Assessment& assessment) {
    std::vector<Key> keys;
    AddStateKeys(assessment, keys);
    if (const auto due = NextDue(assessment)) keys.push_back({kByDue, SortableTime(*due)});
    if (!IsUnderway(assessment)) return keys;
    for (const std::string& country : assessment.countries()) keys.push_back({kByCountry, country});
    keys.push_back({kByPolicy, PolicyKey(assessment.judgement().policy(), assessment.judgement().policy_version())});
    return keys;
  });
  return table;
}

inline const Table<v1::CountryAssessment>& CountryAssessments() {
  static const auto& table = *new Table<v1::CountryAssessment>("country-assessment", [](const auto& assessment) {
    std::vector<Key> keys;
    for (const std::string& party : assessment.parties()) keys.push_back({kByParty, StatePrefix(party, 0)});
    return keys;
  });
  return table;
}

inline const Table<v1::EngagementNotification>& Notifications() {
  static const auto& table =
      *new Table<v1::EngagementNotification>("engagement-notification", [](const auto& notification) {
        std::vector<Key> keys;
        AddStateKeys(notification, keys);
        return keys;
      });
  return table;
}

inline const Table<v1::Activity>& Activities() {
  static const auto& table =
      *new Table<v1::Activity>("activity", [](const v1::Activity& activity) { return std::vector<Key>(); });
  return table;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_TABLES_H_
