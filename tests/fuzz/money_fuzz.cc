#include "common/base/money.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
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
