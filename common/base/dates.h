// Whole days: conversions, month arithmetic and periods, as the programmes' rules count them.
#ifndef AMIKECO_COMMON_BASE_DATES_H_
#define AMIKECO_COMMON_BASE_DATES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

namespace amikeco {

// True for a complete date that exists (2024-02-29 does, 2023-02-29 does not).
bool IsRealDate(const google::type::Date& date);
// Requires IsRealDate.
absl::CivilDay ToDay(const google::type::Date& date);
google::type::Date ToDate(absl::CivilDay day);
// "2026-03-31".
std::string FormatDay(absl::CivilDay day);
std::string FormatDate(const google::type::Date& date);
// Accepts YYYY-MM-DD alone; INVALID_ARGUMENT otherwise.
absl::StatusOr<google::type::Date> ParseDate(absl::string_view text);

// `months` calendar months later, clamped to the month's last day: 31 October + 4 months = 28 (29) February.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
absl::Duration ToDuration(const google::protobuf::Duration& duration);
// RFC 3339 in UTC with microseconds, fixed width: sorts as bytes in the order of time.
std::string SortableTime(absl::Time time);
// The zone by its IANA name; INVALID_ARGUMENT when unknown.
absl::StatusOr<absl::TimeZone> ParseTimeZone(absl::string_view name);

// A period of whole days, both ends included. Empty when last < first.
struct Days {
  absl::CivilDay first;
  absl::CivilDay last;

  int count() const { return last < first ? 0 : static_cast<int>(last - first) + 1; }
  bool Contains(absl::CivilDay day) const { return first <= day && day <= last; }
  bool Covers(const Days& other) const { return first <= other.first && other.last <= last; }
  bool Overlaps(const Days& other) const { return first <= other.last && other.first <= last; }
  friend bool operator==(const Days&, const Days&) = default;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_DATES_H_
