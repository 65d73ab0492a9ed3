// What tests about money share: one programme in each way of funding, and expenses to which nothing is wrong.
#ifndef AMIKECO_SERVICES_APPLICANT_TEST_MONEY_H_
#define AMIKECO_SERVICES_APPLICANT_TEST_MONEY_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/hash.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "gtest/gtest.h"
#include "services/applicant/money.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant::test {

inline const Actor kFinance{"people/fiona", "organisations/ipa-us", {options::v1::ROLE_FINANCE}};

// The inbound programme, paid by a sponsor: travel, materials, and salaries by agreement.
inline programme::v1::Programme Sponsored() {
  programme::v1::Programme programme = Inbound();
  programme.set_name("programmes/test-sponsored");
  auto& funding = *programme.mutable_funding();
  funding.set_model(programme::v1::Funding::MODEL_SPONSOR_REIMBURSES);
  for (const char* id : {"travel", "materials", "salary"}) {
    auto& category = *funding.add_claim_categories();
    category.set_id(id);
    category.set_title(id);
    category.set_needs_agreement(std::string(id) == "salary");
  }
  for (const char* currency : {"USD", "EUR", "JPY"}) funding.add_claim_currencies(currency);
  funding.set_claim_days(30);
  funding.set_claim_travel_days(2);
  return programme;
}

inline programme::v1::Programme RecipientPays() {
  programme::v1::Programme programme = Inbound();
  programme.set_name("programmes/test-recipient");
  programme.mutable_funding()->set_model(programme::v1::Funding::MODEL_RECIPIENT_PAYS);
  return programme;
}

inline google::type::Money Amount(absl::string_view text) { return *ParseMoney(text); }

// "EUR 12.00, USD 1,234.50".
template <typename Amounts>
std::string Text(const Amounts& amounts) {
  return absl::StrJoin(amounts, ", ",
                       [](std::string* out, const google::type::Money& one) { out->append(FormatMoney(one)); });
}

inline std::string Sha(absl::string_view document) {
  std::string hex;
  for (const unsigned char c : Sha256(document)) absl::StrAppend(&hex, absl::Hex(c, absl::kZeroPad2));
  return hex;
}

inline v1::ExpenseLine Expense(const std::string& category = "travel", const std::string& amount = "USD 120.50",
                               const std::string& document = "ticket", const std::string& day = "2026-07-06") {
  v1::ExpenseLine line;
  line.set_category(category);
  *line.mutable_amount() = Amount(amount);
  *line.mutable_day() = Date(day);
  line.mutable_receipt()->set_id("R-1");
  line.mutable_receipt()->set_issuer(v1::RECEIPT_ISSUER_CARRIER);
  line.mutable_receipt()->set_media_type("application/pdf");
  line.mutable_receipt()->set_size_bytes(4711);
  line.mutable_receipt()->set_sha256(Sha(document));
  return line;
}

// `field: description` of everything that is wrong.
inline std::vector<std::string> Violations(const absl::Status& status) {
  std::vector<std::string> violations;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return violations;
  for (const auto& one : bad->field_violations()) {
    violations.push_back(absl::StrCat(one.field(), ": ", one.description()));
  }
  return violations;
}

}  // namespace amikeco::applicant::test

#endif  // AMIKECO_SERVICES_APPLICANT_TEST_MONEY_H_
