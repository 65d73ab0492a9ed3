#include "common/base/money.h"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/seed.h"

namespace amikeco {
namespace {

using google::type::Money;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

__extension__ typedef __int128 Wide;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();

Money Of(const char* currency, int64_t units, int32_t nanos = 0) {
  Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(Currencies, HaveTheDigitsOfTheirStandard) {
  EXPECT_EQ(CurrencyDigits("USD"), 2);
  EXPECT_EQ(CurrencyDigits("JPY"), 0);
  EXPECT_EQ(CurrencyDigits("KWD"), 3);
  EXPECT_EQ(CurrencyDigits("ALL"), 2) << "though prices are usually written without them";
  EXPECT_EQ(CurrencyDigits("IQD"), 3);
}

TEST(Currencies, AreThoseInUseAndWrittenInCapitals) {
  for (const char* none : {"", "usd", "US", "USDX", "DEM", "XXX", "XAU", "ZZZ"}) {
    EXPECT_EQ(CurrencyDigits(none), std::nullopt) << none;
  }
}

TEST(WhatIsWrongWith, IsNothingForAmounts) {
  for (const Money& money :
       {Of("USD", 0), Of("USD", 1, 500'000'000), Of("USD", -1, -10'000'000), Of("USD", 0, -10'000'000), Of("JPY", 1000),
        Of("KWD", 0, 1'000'000), Of("USD", kMost, 990'000'000), Of("USD", kLeast)}) {
    EXPECT_EQ(WhatIsWrongWith(money), "") << money.DebugString();
  }
}

TEST(WhatIsWrongWith, TellsEachMistake) {
  const std::pair<Money, const char*> mistakes[] = {
      {Of("", 1), "no currency"},
      {Of("DEM", 1), "no currency"},
      {Of("USD", 1, -10'000'000), "different signs"},
      {Of("USD", -1, 10'000'000), "different signs"},
      {Of("USD", 1, 1'000'000'000), "nanos outside"},
      {Of("USD", -1, std::numeric_limits<int32_t>::min()), "nanos outside"},
      {Of("USD", 1, 1), "more digits than USD has: 2"},
      {Of("JPY", 1, 500'000'000), "more digits than JPY has: 0"},
  };
  for (const auto& [money, what] : mistakes) EXPECT_THAT(WhatIsWrongWith(money), HasSubstr(what));
}

TEST(FormatMoney, GroupsThousandsAndWritesTheCurrencysDigits) {
  EXPECT_EQ(FormatMoney(Of("USD", 1234, 500'000'000)), "USD 1,234.50");
  EXPECT_EQ(FormatMoney(Of("USD", 0, -50'000'000)), "USD -0.05");
  EXPECT_EQ(FormatMoney(Of("JPY", -1000)), "JPY -1,000");
  EXPECT_EQ(FormatMoney(Of("KWD", 999, 1'000'000)), "KWD 999.001");
  EXPECT_EQ(FormatMoney(Of("USD", kLeast)), "USD -9,223,372,036,854,775,808.00");
}

TEST(ParseMoney, RefusesWhatIsNoAmountAndSaysHowToWriteOne) {
  for (const char* text : {"",
                           "USD",
                           "USD ",
                           "1.50",
                           "USD1.50",
                           "USD 1.505",
                           "JPY 1.5",
                           "USD 1,23.00",
                           "USD ,123",
                           "USD 1.",
                           "USD .5",
                           "USD +1",
                           "USD --1",
                           "USD 1 000",
                           "usd 1",
                           "USD 1e3",
                           "USD 9223372036854775808",
                           "USD 1,2345",
                           "USD 1234,567",
                           "USD 0x10"}) {
    const auto money = ParseMoney(text);
    EXPECT_TRUE(absl::IsInvalidArgument(money.status())) << text;
    EXPECT_THAT(std::string(money.status().message()), HasSubstr("USD 1,234.50"));
  }
}

TEST(MoneySum, NeverMixesCurrenciesAndKeepsThoseThatComeToNothing) {
  MoneySum sum = MoneySum::Of(std::vector{Of("USD", 1, 500'000'000), Of("EUR", 2), Of("USD", 0, 750'000'000)});
  sum.Subtract(Of("EUR", 2));
  const auto amounts = sum.Amounts();
  ASSERT_TRUE(amounts.ok());
  ASSERT_EQ(amounts->size(), 2);
  EXPECT_EQ(FormatMoney(amounts->front()), "EUR 0.00");
  EXPECT_EQ(FormatMoney(amounts->back()), "USD 2.25");
  EXPECT_THAT(*MoneySum().Amounts(), IsEmpty());
}

TEST(MoneySum, RefusesWhatIsTooLargeButNotOnTheWay) {
  MoneySum sum;
  sum.Add(Of("USD", kMost, 990'000'000));
  sum.Add(Of("USD", 0, 10'000'000));
  EXPECT_TRUE(absl::IsOutOfRange(sum.Amounts().status()));
  sum.Subtract(Of("USD", 0, 10'000'000));
  ASSERT_TRUE(sum.Amounts().ok());
  EXPECT_EQ(sum.Amounts()->front().units(), kMost);
  for (int i = 0; i < 3; ++i) sum.Add(Of("USD", kLeast));
  EXPECT_TRUE(absl::IsOutOfRange(sum.Amounts().status()));
}

class Random {
 public:
  Money Next() {
    static constexpr std::array kCurrencies = {"USD", "EUR", "JPY", "KWD", "GBP"};
    const char* currency = kCurrencies[Below(kCurrencies.size())];
    const int64_t step = currency == kCurrencies[2] ? 0 : currency == kCurrencies[3] ? 1'000'000 : 10'000'000;
    // Small amounts, and such that a few of them are too large together.
    const int64_t units = Below(3) == 0 ? static_cast<int64_t>(Below(kMost)) : static_cast<int64_t>(Below(100'000));
    const int64_t nanos =
        step == 0 ? 0 : static_cast<int64_t>(Below(static_cast<uint64_t>(1'000'000'000 / step))) * step;
    const int sign = Below(2) == 0 ? 1 : -1;
    return Of(currency, sign * units, static_cast<int32_t>(sign * nanos));
  }
  uint64_t Below(uint64_t bound) { return std::uniform_int_distribution<uint64_t>(0, bound - 1)(engine_); }

 private:
  std::mt19937_64 engine_{TestSeed()};
};

TEST(MoneySum, IsExactForRandomAmounts) {
  Random random;
  int too_large = 0;
  for (int round = 0; round < 5000; ++round) {
    MoneySum sum;
    std::map<std::string, Wide> exact;
    for (uint64_t left = 1 + random.Below(40); left > 0; --left) {
      const Money money = random.Next();
      ASSERT_EQ(WhatIsWrongWith(money), "") << money.DebugString();
      const Wide nanos = static_cast<Wide>(money.units()) * 1'000'000'000 + money.nanos();
      const bool add = random.Below(4) != 0;
      add ? sum.Add(money) : sum.Subtract(money);
      exact[money.currency_code()] += add ? nanos : -nanos;
    }
    bool fits = true;
    for (const auto& [currency, nanos] : exact) {
      fits = fits && nanos / 1'000'000'000 <= kMost && nanos / 1'000'000'000 >= kLeast;
    }
    const auto amounts = sum.Amounts();
    ASSERT_EQ(amounts.ok(), fits);
    too_large += fits ? 0 : 1;
    if (!fits) continue;
    ASSERT_THAT(*amounts, SizeIs(exact.size())) << "one amount a currency";
    for (const Money& amount : *amounts) {
      ASSERT_EQ(WhatIsWrongWith(amount), "") << amount.DebugString();
      const Wide nanos = static_cast<Wide>(amount.units()) * 1'000'000'000 + amount.nanos();
      ASSERT_TRUE(nanos == exact.at(amount.currency_code())) << amount.DebugString();
      const auto parsed = ParseMoney(FormatMoney(amount));
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      ASSERT_EQ(parsed->SerializeAsString(), amount.SerializeAsString());
    }
  }
  EXPECT_GT(too_large, 0);
  EXPECT_LT(too_large, 5000);
}

}  // namespace
}  // namespace amikeco
