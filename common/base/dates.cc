#include "common/base/dates.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/time_util.h"

namespace amikeco {

bool IsRealDate(const google::type::Date& date) {
  if (date.year() < 1 || date.year() > 9999 || date.month() < 1 || date.month() > 12 || date.day() < 1) return false;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  return day.month() == date.month() && day.day() == date.day();
}

absl::CivilDay ToDay(const google::type::Date& date) { return absl::CivilDay(date.year(), date.month(), date.day()); }

google::type::Date ToDate(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::string FormatDay(absl::CivilDay day) { return absl::FormatCivilTime(day); }
std::string FormatDate(const google::type::Date& date) {
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

absl::StatusOr<google::type::Date> ParseDate(absl::string_view text) {
  google::type::Date date;
  int year = 0, month = 0, day = 0;
  const bool digits = text.find_first_not_of("0123456789-") == text.npos;  // SimpleAtoi also takes " 1" and "+1"
  if (digits && text.size() == 10 && text[4] == '-' && text[7] == '-' && absl::SimpleAtoi(text.substr(0, 4), &year) &&
      absl::SimpleAtoi(text.substr(5, 2), &month) && absl::SimpleAtoi(text.substr(8, 2), &day)) {
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    if (IsRealDate(date)) return date;
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a date; write YYYY-MM-DD, as in 2027-03-31"));
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay last = absl::CivilDay(month + 1) - 1;
  return std::min(absl::CivilDay(month) + (day.day() - 1), last);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

std::string SortableTime(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<absl::TimeZone> ParseTimeZone(absl::string_view name) {
  // Abseil would open any file, and takes "localtime" for the machine's zone.
  constexpr size_t kLongest = 60;
  const bool named = !name.empty() && name.size() <= kLongest && absl::ascii_isalpha(name[0]) && name != "localtime" &&
                     std::all_of(name.begin(), name.end(),
                                 [](char c) { return absl::ascii_isalnum(c) || absl::StrContains("/_+-", c); });
  absl::TimeZone zone;
  if (named && absl::LoadTimeZone(name, &zone)) return zone;
  return absl::InvalidArgumentError(named
                                        ? absl::StrCat("\"", name, "\" is not an IANA time zone, such as Europe/Berlin")
                                        : "it is not the name of an IANA time zone, such as Europe/Berlin");
}

}  // namespace amikeco
