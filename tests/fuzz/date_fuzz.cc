#include "common/base/dates.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  const auto date = ParseDate(input);
  if (!date.ok()) return RequireRefusal(date.status());
  Require(IsRealDate(*date), "what is read is a day");
  Require(FormatDate(*date) == input, "what is written is what was read");
  const absl::CivilDay day = ToDay(*date);
  Require(FormatDate(ToDate(day)) == input, "a day is its date");
  for (const int months : {0, 1, 4, 12, 1200}) {
    const absl::CivilDay later = AddMonths(day, months);
    Require(absl::CivilMonth(later) == absl::CivilMonth(day) + months, "so many months later");
    Require(later.day() <= day.day(), "never on a later day of the month");
  }
}
