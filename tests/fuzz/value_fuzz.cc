// Days, dates of birth and amounts: each input is tried as all three.
#include "common/base/dates.h"
#include "common/base/money.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/compliance/screening/birth.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

void TryDay(absl::string_view input) {
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

void TryBirths(absl::string_view first, absl::string_view second) {
  const auto birth = screening::ParseBirth(first);
  const auto other = screening::ParseBirth(second);
  if (!birth) return;
  Require(birth->first_year >= 1850 && birth->last_year <= 2100 && birth->first_year <= birth->last_year, "years");
  Require(birth->month >= 0 && birth->month <= 12 && birth->day >= 0 && birth->day <= 31, "months and days");
  Require(birth->month != 0 || birth->day == 0, "no day without its month");
  Require(screening::ParseBirth(screening::FormatBirth(*birth)) == birth, "what is written is read again as it was");
  Require(screening::CompareBirths({*birth}, birth) != screening::BirthAgreement::kContradicts, "agrees with itself");
  if (!other) return;
  Require(screening::CompareBirth(*birth, *other) == screening::CompareBirth(*other, *birth), "the same both ways");
}

void TryAmount(absl::string_view input) {
  const auto money = ParseMoney(input);
  if (!money.ok()) return RequireRefusal(money.status());
  Require(WhatIsWrongWith(*money).empty(), "what is read is an amount");
  const auto again = ParseMoney(FormatMoney(*money));
  Require(again.ok() && google::protobuf::util::MessageDifferencer::Equals(*again, *money),
          "what is written is read again as it was");
  MoneySum sum = MoneySum::Of(std::vector<google::type::Money>{*money, *money});
  sum.Subtract(*money);
  const auto amounts = sum.Amounts();
  Require(amounts.ok() && amounts->size() == 1 && FormatMoney(amounts->front()) == FormatMoney(*money),
          "a sum gives back what was put in");
}

}  // namespace

void Try(absl::string_view input) {
  const auto [first, second] = Parts<2>(input);
  TryDay(first);
  TryBirths(first, second);
  TryAmount(first);
}
}  // namespace amikeco::fuzz
