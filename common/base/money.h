// Amounts of money: exact, never of two currencies at once.
#ifndef AMIKECO_COMMON_BASE_MONEY_H_
#define AMIKECO_COMMON_BASE_MONEY_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/money.pb.h"

namespace amikeco {

// Digits behind the point that ISO 4217 gives the currency: 2 for USD, 0 for JPY. Nothing when the code is that of no
// currency in use.
std::optional<int> CurrencyDigits(absl::string_view code);

// What keeps `money` from being an amount, for people: "is in no currency …". "" when nothing does.
std::string WhatIsWrongWith(const google::type::Money& money);

// -1, 0 or 1.
int SignOf(const google::type::Money& money);

// "USD 1,234.50", "JPY -1,000". Requires an amount that nothing is wrong with.
std::string FormatMoney(const google::type::Money& money);
// Takes what FormatMoney writes, with or without commas between thousands: "USD 1234.50". INVALID_ARGUMENT otherwise.
absl::StatusOr<google::type::Money> ParseMoney(absl::string_view text);

// A sum: one amount for each currency. Exact whatever is added on the way.
class MoneySum {
 public:
  template <typename Amounts>
  static MoneySum Of(const Amounts& amounts) {
    MoneySum sum;
    for (const google::type::Money& amount : amounts) sum.Add(amount);
    return sum;
  }

  void Add(const google::type::Money& amount) { nanos_[amount.currency_code()] += NanosOf(amount); }
  void Subtract(const google::type::Money& amount) { nanos_[amount.currency_code()] -= NanosOf(amount); }

  // By currency code; also those that sum up to zero. OUT_OF_RANGE when one is too large for Money.
  absl::StatusOr<std::vector<google::type::Money>> Amounts() const;

 private:
  static absl::int128 NanosOf(const google::type::Money& amount);

  std::map<std::string, absl::int128> nanos_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_MONEY_H_
