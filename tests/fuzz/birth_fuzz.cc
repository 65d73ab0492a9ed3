#include "services/compliance/screening/birth.h"
#include "tests/fuzz/fuzz.h"

// What is read of a text is also read of what it is written as.
void amikeco::fuzz::Try(absl::string_view input) {
  const auto [first, second] = Parts<2>(input);
  const auto birth = screening::ParseBirth(first);
  const auto other = screening::ParseBirth(second);
  if (!birth) return;
  Require(birth->first_year >= 1850 && birth->last_year <= 2100 && birth->first_year <= birth->last_year, "years");
  Require(birth->month >= 0 && birth->month <= 12 && birth->day >= 0 && birth->day <= 31, "months and days");
  Require(birth->month != 0 || birth->day == 0, "no day without its month");
  const auto again = screening::ParseBirth(screening::FormatBirth(*birth));
  Require(again == birth, "what is written is read again as it was");
  Require(screening::CompareBirths({*birth}, birth) != screening::BirthAgreement::kContradicts, "agrees with itself");
  if (other) {
    Require(screening::CompareBirth(*birth, *other) == screening::CompareBirth(*other, *birth), "the same both ways");
  }
}
