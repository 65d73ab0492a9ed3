// How assisted activities and public reports are stored and found.
#ifndef AMIKECO_SERVICES_APPLICANT_REPORT_TABLES_H_
#define AMIKECO_SERVICES_APPLICANT_REPORT_TABLES_H_

#include <vector>

#include "absl/strings/str_format.h"
#include "common/store/table.h"
#include "services/applicant/public_report.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {

inline constexpr char kWaiting[] = "waiting";
inline constexpr char kLatest[] = "latest";

// Counts down, so that the latest report is the first of its programme.
inline constexpr int kMostReports = 999'999;

inline const Table<v1::AssistedActivity>& AssistedActivities() {
  static const auto& table =
      *new Table<v1::AssistedActivity>("assisted-activity", [](const v1::AssistedActivity& activity) {
        std::vector<Key> keys{{kByName, activity.name()}};
        if (IsWaiting(activity)) keys.push_back({kWaiting, KeyOf(activity.programme(), activity.name())});
        return keys;
      });
  return table;
}

inline const Table<v1::PublicReport>& PublicReports() {
  static const auto& table = *new Table<v1::PublicReport>("public-report", [](const v1::PublicReport& report) {
    return std::vector<Key>{
        {kByName, report.name()},
        {kLatest, KeyOf(report.programme(), absl::StrFormat("%06d", kMostReports - report.number()))}};
  });
  return table;
}

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_REPORT_TABLES_H_
