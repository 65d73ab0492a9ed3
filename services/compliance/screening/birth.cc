#include "services/compliance/screening/birth.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"

namespace amikeco::screening {
namespace {

constexpr int kFirstYear = 1850, kLastYear = 2100;

// All digits of `text`, or -1.
int Number(absl::string_view text) {
  int number = -1;
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  return digits && text.size() <= 4 && absl::SimpleAtoi(text, &number) ? number : -1;
}

// 1 to 12; 0 when it is none.
int Month(absl::string_view text) {
  constexpr absl::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
  if (text.size() < 3) return 0;
  const size_t at = kMonths.find(absl::AsciiStrToLower(text.substr(0, 3)));
  return at == kMonths.npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

std::optional<Birth> Dated(int year, int month, int day) {
  if (year < kFirstYear || year > kLastYear || month < 0 || month > 12) return std::nullopt;
  if (day != 0 && absl::CivilDay(year, month, day) != absl::CivilDay(year, month) + (day - 1)) return std::nullopt;
  if (day < 0 || day > 31 || (day != 0 && absl::CivilDay(year, month, day).month() != month)) return std::nullopt;
  return Birth{year, year, month, day, false};
}

std::optional<Birth> ParseOne(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::ByAnyChar(" -/."), absl::SkipEmpty());
  if (parts.size() == 1 && parts[0].size() == 4) return Dated(Number(parts[0]), 0, 0);
  if (parts.size() == 2) {
    if (parts[0].size() == 4) return Dated(Number(parts[0]), std::max(1, Number(parts[1])), 0);
    const int month = Month(parts[0]);
    return month == 0 ? std::nullopt : Dated(Number(parts[1]), month, 0);
  }
  if (parts.size() != 3) return std::nullopt;
  const bool year_first = parts[0].size() == 4;
  const int named = Month(parts[1]);
  const int month = named != 0 ? named : Number(parts[1]);
  const int day = Number(parts[year_first ? 2 : 0]);
  if ((named == 0 && !year_first) || month < 1 || day < 1) return std::nullopt;
  return Dated(Number(parts[year_first ? 0 : 2]), month, day);
}

bool IsYearAlone(const Birth& birth) {
  return birth.month == 0 || (birth.month == 1 && birth.day <= 1 && birth.first_year == birth.last_year);
}

// How many digits differ in two dates, written with all their zeros.
int DigitsApart(const Birth& a, const Birth& b) {
  int apart = 0;
  for (auto [x, y] : {std::pair(a.first_year, b.first_year), std::pair(a.month, b.month), std::pair(a.day, b.day)}) {
    for (; x != 0 || y != 0; x /= 10, y /= 10) apart += x % 10 != y % 10;
  }
  return apart;
}

}  // namespace

std::optional<Birth> ParseBirth(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  bool circa = false;
  for (const absl::string_view about : {"circa ", "approximately ", "about ", "c. "}) {
    circa = circa || absl::ConsumePrefix(&text, about);
  }
  if (text.empty()) return std::nullopt;  // split, it may have no part at all
  const std::vector<absl::string_view> ends = absl::StrSplit(text, absl::MaxSplits(" to ", 1));
  std::optional<Birth> birth = ParseOne(ends[0]);
  if (birth.has_value() && ends.size() == 2) {
    const std::optional<Birth> last = ParseOne(ends[1]);
    if (!last.has_value() || last->first_year < birth->first_year) return std::nullopt;
    birth = Birth{birth->first_year, last->first_year, 0, 0, false};
  }
  if (birth.has_value()) birth->circa = circa;
  return birth;
}

std::string FormatBirth(const Birth& birth) {
  std::string text = absl::StrFormat("%04d", birth.first_year);
  if (birth.month != 0) absl::StrAppendFormat(&text, "-%02d", birth.month);
  if (birth.day != 0) absl::StrAppendFormat(&text, "-%02d", birth.day);
  if (birth.last_year != birth.first_year) absl::StrAppendFormat(&text, " to %04d", birth.last_year);
  return birth.circa ? "about " + text : text;
}

bool IsDay(const Birth& birth) {
  return birth.day != 0 && !birth.circa && birth.first_year == birth.last_year && !IsYearAlone(birth);
}

BirthAgreement CompareBirth(const Birth& a, const Birth& b) {
  const int gap = std::max({0, a.first_year - b.last_year, b.first_year - a.last_year});
  const bool spans = a.circa || b.circa || a.first_year != a.last_year || b.first_year != b.last_year;
  if (spans) {
    const int slack = a.circa || b.circa ? 2 : 0;
    return gap <= slack ? BirthAgreement::kNearYear : BirthAgreement::kContradicts;
  }
  const bool same_year = gap == 0;
  if (a.day != 0 && b.day != 0) {
    const bool swapped = a.month == b.day && a.day == b.month;
    const bool same_month = a.month == b.month, same_day = a.day == b.day;
    if (same_year && same_month && same_day) {
      return IsYearAlone(a) ? BirthAgreement::kSameYear : BirthAgreement::kSameDay;
    }
    if (same_year && swapped) return BirthAgreement::kSwapped;
    if (same_year && (same_month || same_day)) return BirthAgreement::kSlip;
    if (same_month && same_day && DigitsApart(a, b) == 1 && !IsYearAlone(a)) return BirthAgreement::kSlip;
    if (!IsYearAlone(a) && !IsYearAlone(b)) {
      return same_year && DigitsApart(a, b) <= 1 ? BirthAgreement::kSlip : BirthAgreement::kContradicts;
    }
  } else if (same_year && a.month != 0 && b.month != 0 && a.month != b.month) {
    return IsYearAlone(a) || IsYearAlone(b) ? BirthAgreement::kSameYear : BirthAgreement::kContradicts;
  }
  if (same_year) return BirthAgreement::kSameYear;
  return gap == 1 ? BirthAgreement::kNearYear : BirthAgreement::kContradicts;
}

BirthAgreement CompareBirths(const std::vector<Birth>& listed, const std::optional<Birth>& birth) {
  if (listed.empty() || !birth.has_value()) return BirthAgreement::kUnknown;
  BirthAgreement best = BirthAgreement::kContradicts;
  for (const Birth& one : listed) best = std::min(best, CompareBirth(one, *birth));
  return best;
}

}  // namespace amikeco::screening
