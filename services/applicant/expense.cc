#include "services/applicant/expense.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/money.h"
#include "common/base/status.h"

namespace amikeco::applicant {
namespace {

using google::type::Money;
using programme::v1::ClaimCategory;
using programme::v1::Funding;

std::string Names(const Funding& funding) {
  return absl::StrJoin(funding.claim_categories(), ", ",
                       [](std::string* out, const ClaimCategory& one) { out->append(one.id()); });
}

void CheckCategory(const v1::ExpenseLine& line, const Funding& funding, const std::string& at, FieldErrors& wrong) {
  const auto& categories = funding.claim_categories();
  const auto found = std::find_if(categories.begin(), categories.end(),
                                  [&](const ClaimCategory& one) { return one.id() == line.category(); });
  if (found == categories.end()) {
    wrong.Add(at + ".category", absl::StrCat("cannot be claimed; what can is ", Names(funding)));
  } else if (found->needs_agreement() && line.agreement().empty()) {
    wrong.Add(at + ".agreement", absl::StrCat("is missing: ", found->id(),
                                              " is claimed with the reference of the agreement that allows it"));
  }
}

void CheckAmount(const Money& amount, const Funding& funding, const std::string& at, FieldErrors& wrong) {
  const auto& accepted = funding.claim_currencies();
  if (SignOf(amount) <= 0) wrong.Add(at + ".amount", "must be more than zero");
  if (accepted.empty() || std::find(accepted.begin(), accepted.end(), amount.currency_code()) != accepted.end()) return;
  wrong.Add(at + ".amount", absl::StrCat("is in ", amount.currency_code(), "; what is paid back is in ",
                                         absl::StrJoin(accepted, ", ")));
}

void CheckDay(absl::CivilDay day, const Days& counted, absl::CivilDay today, const std::string& at,
              FieldErrors& wrong) {
  if (!counted.Contains(day)) {
    wrong.Add(at + ".day", absl::StrCat("is no day of the stay or its travel, or of the award: those are ",
                                        FormatDay(counted.first), " to ", FormatDay(counted.last)));
  }
  if (day > today) wrong.Add(at + ".day", absl::StrCat("has not come yet; today is ", FormatDay(today)));
}

}  // namespace

Days StayOf(const v1::Application& application) {
  if (application.state() == v1::Application::STATE_AWARDED) {
    const auto& award = application.award();
    return {ToDay(application.received()),
            ToDay(award.has_accepted_on() ? award.accepted_on() : application.received())};
  }
  const v1::PlacementNoted& placement = application.placement();
  Days stay{ToDay(application.start().date()), ToDay(application.start().date())};
  if (placement.has_start()) stay.first = ToDay(placement.start());
  if (placement.has_end()) stay.last = ToDay(placement.end());
  if (application.has_ended_on()) stay.last = ToDay(application.ended_on());
  return stay;
}

absl::StatusOr<std::vector<Money>> SumExpenses(const ExpenseLines& lines, const MoneyCircumstance& c) {
  const Funding& funding = c.programme.funding();
  const Days stay = StayOf(c.application);
  Days counted{stay.first - funding.claim_travel_days(), stay.last + funding.claim_travel_days()};
  // What an award is for comes after it.
  if (c.application.state() == v1::Application::STATE_AWARDED) counted.last = std::max(counted.last, TodayOf(c));
  FieldErrors wrong;
  MoneySum sum;
  std::map<std::string, int> receipts;
  for (int i = 0; i < lines.size(); ++i) {
    const v1::ExpenseLine& line = lines[i];
    const std::string at = absl::StrCat("lines[", i, "]");
    CheckCategory(line, funding, at, wrong);
    CheckAmount(line.amount(), funding, at, wrong);
    CheckDay(ToDay(line.day()), counted, TodayOf(c), at, wrong);
    const auto [first, is_new] = receipts.emplace(line.receipt().sha256(), i);
    if (!is_new) {
      wrong.Add(at + ".receipt.sha256", absl::StrCat("is the receipt of lines[", first->second, "] already"));
    }
    sum.Add(line.amount());
  }
  auto totals = sum.Amounts();
  if (!totals.ok()) wrong.Add("lines", totals.status().message());
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return totals;
}

}  // namespace amikeco::applicant
