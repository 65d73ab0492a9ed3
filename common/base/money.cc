#include "common/base/money.h"

#include <unicode/ucurr.h>
#include <unicode/uenum.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"

namespace amikeco {
namespace {

using google::type::Money;

constexpr int kNanoDigits = 9;
constexpr int64_t kNanosPerUnit = 1'000'000'000;

// Currencies in use, as ICU keeps them.
const std::set<std::string, std::less<>>& Currencies() {
  static const auto& currencies = *[] {
    auto* found = new std::set<std::string, std::less<>>();
    UErrorCode error = U_ZERO_ERROR;
    UEnumeration* all = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &error);
    int32_t length = 0;
    while (const char* code = U_SUCCESS(error) ? uenum_next(all, &length, &error) : nullptr) found->emplace(code);
    uenum_close(all);
    return found;
  }();
  return currencies;
}

// Minor units of ISO 4217, list one, where they are not 2. ICU has the digits that prices are usually written with,
// which are fewer for many a currency and would refuse amounts that banks transfer.
int MinorDigits(absl::string_view code) {
  static const auto& none = *new std::set<absl::string_view>{"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                                             "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
  static const auto& three = *new std::set<absl::string_view>{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
  if (none.contains(code)) return 0;
  return three.contains(code) ? 3 : 2;
}

int64_t Power(int digits) {
  int64_t power = 1;
  for (int i = 0; i < digits; ++i) power *= 10;
  return power;
}

// True when digits are in front of and between commas as in "1,234,567", or there are no commas.
bool IsGrouped(absl::string_view number) {
  if (!absl::StrContains(number, ',')) return true;
  size_t group = 0;
  for (size_t i = 0; i < number.size(); ++i) {
    if (number[i] != ',') {
      ++group;
    } else if (group == 0 || group > 3 || (group != 3 && absl::StrContains(number.substr(0, i), ','))) {
      return false;
    } else {
      group = 0;
    }
  }
  return group == 3;
}

bool AreDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// "1,234.5" with a sign or none.
bool ParseNumber(absl::string_view text, Money& money) {
  const bool negative = absl::StartsWith(text, "-");
  if (negative) text.remove_prefix(1);
  const size_t point = text.find('.');
  const absl::string_view whole = text.substr(0, point);
  const std::string units = absl::StrReplaceAll(whole, {{",", ""}});
  std::string nanos = point == text.npos ? "0" : std::string(text.substr(point + 1));
  if (!AreDigits(units) || !AreDigits(nanos) || nanos.size() > kNanoDigits || !IsGrouped(whole)) return false;
  nanos.resize(kNanoDigits, '0');
  int64_t unit_number = 0;
  int32_t nano_number = 0;
  if (!absl::SimpleAtoi((negative ? "-" : "") + units, &unit_number) || !absl::SimpleAtoi(nanos, &nano_number)) {
    return false;
  }
  money.set_units(unit_number);
  money.set_nanos(negative ? -nano_number : nano_number);
  return true;
}

// "1234567" → "1,234,567".
std::string Grouped(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace

std::optional<int> CurrencyDigits(absl::string_view code) {
  if (!Currencies().contains(code)) return std::nullopt;
  return MinorDigits(code);
}

std::string WhatIsWrongWith(const Money& money) {
  const std::optional<int> digits = CurrencyDigits(money.currency_code());
  if (!digits) return "is in no currency that is in use; set currency_code to one of ISO 4217, as in USD";
  if (money.nanos() <= -kNanosPerUnit || money.nanos() >= kNanosPerUnit) {
    return "has nanos outside of -999,999,999 to 999,999,999; whole units belong into units";
  }
  if ((money.units() > 0 && money.nanos() < 0) || (money.units() < 0 && money.nanos() > 0)) {
    return "has units and nanos of different signs";
  }
  if (money.nanos() % Power(kNanoDigits - *digits) == 0) return "";
  return absl::StrCat("has more digits than ", money.currency_code(), " has: ", *digits, " behind the point");
}

int SignOf(const Money& money) {
  if (money.units() != 0) return money.units() < 0 ? -1 : 1;
  return money.nanos() == 0 ? 0 : (money.nanos() < 0 ? -1 : 1);
}

std::string FormatMoney(const Money& money) {
  const int digits = CurrencyDigits(money.currency_code()).value_or(kNanoDigits);
  const auto units = static_cast<uint64_t>(money.units());
  std::string text = absl::StrCat(money.currency_code(), " ", SignOf(money) < 0 ? "-" : "",
                                  Grouped(money.units() < 0 ? 0 - units : units));
  if (digits == 0) return text;
  const int64_t nanos = money.nanos() < 0 ? -int64_t{money.nanos()} : money.nanos();
  return absl::StrCat(text, ".",
                      absl::string_view(absl::StrFormat("%09d", nanos)).substr(0, static_cast<size_t>(digits)));
}

absl::StatusOr<Money> ParseMoney(absl::string_view text) {
  Money money;
  const size_t space = text.find(' ');
  money.set_currency_code(std::string(text.substr(0, space)));
  std::string wrong = "has no amount";
  if (space != text.npos && ParseNumber(text.substr(space + 1), money)) wrong = WhatIsWrongWith(money);
  if (wrong.empty()) return money;
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" ", wrong, "; write the currency and the amount, as in \"USD 1,234.50\""));
}

absl::int128 MoneySum::NanosOf(const Money& amount) {
  return absl::int128(amount.units()) * kNanosPerUnit + amount.nanos();
}

absl::StatusOr<std::vector<Money>> MoneySum::Amounts() const {
  std::vector<Money> amounts;
  for (const auto& [currency, nanos] : nanos_) {
    const absl::int128 units = nanos / kNanosPerUnit;
    if (units > std::numeric_limits<int64_t>::max() || units < std::numeric_limits<int64_t>::min()) {
      return absl::OutOfRangeError(absl::StrCat("the sum in ", currency, " is too large"));
    }
    Money& amount = amounts.emplace_back();
    amount.set_currency_code(currency);
    amount.set_units(static_cast<int64_t>(units));
    amount.set_nanos(static_cast<int32_t>(nanos % kNanosPerUnit));
  }
  return amounts;
}

}  // namespace amikeco
