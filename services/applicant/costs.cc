#include "services/applicant/costs.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/applicant/errors.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using google::type::Money;
using programme::v1::Funding;

void CheckCostLines(const v1::RecordCostEstimateRequest& command, const Funding& funding, FieldErrors& wrong) {
  const auto& categories = funding.cost_categories();
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < command.lines_size(); ++i) {
    const v1::CostLine& line = command.lines(i);
    const std::string at = absl::StrCat("lines[", i, "]");
    if (std::find(categories.begin(), categories.end(), line.category()) == categories.end()) {
      wrong.Add(at + ".category",
                absl::StrCat("is no cost category of the programme; they are ", absl::StrJoin(categories, ", ")));
    }
    if (SignOf(line.amount()) < 0) wrong.Add(at + ".amount", "must not be negative");
    if (!seen.emplace(line.category(), line.amount().currency_code()).second) {
      wrong.Add(at + ".category", absl::StrCat(line.category(), " is there in ", line.amount().currency_code(),
                                               " already; write one line for both"));
    }
  }
}

// The estimate with its sums.
absl::StatusOr<v1::CostEstimateRecorded> Summed(const v1::RecordCostEstimateRequest& command, FieldErrors& wrong) {
  MoneySum sum;
  for (const v1::CostLine& line : command.lines()) sum.Add(line.amount());
  const auto totals = sum.Amounts();
  const Money& contribution = command.section_contribution();
  if (command.has_section_contribution()) sum.Subtract(contribution);
  const auto own = sum.Amounts();
  const auto is_negative = [](const Money& one) { return SignOf(one) < 0; };
  if (!totals.ok()) wrong.Add("lines", totals.status().message());
  if (is_negative(contribution)) {
    wrong.Add("section_contribution", "must not be negative");
  } else if (own.ok() && std::any_of(own->begin(), own->end(), is_negative)) {
    wrong.Add("section_contribution", "is more than the total in its currency");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  v1::CostEstimateRecorded recorded;
  *recorded.mutable_lines() = command.lines();
  recorded.mutable_totals()->Assign(totals->begin(), totals->end());
  if (command.has_section_contribution()) *recorded.mutable_section_contribution() = contribution;
  recorded.mutable_own_share()->Assign(own->begin(), own->end());
  return recorded;
}

bool Same(const v1::CostEstimate& estimate, const v1::CostEstimateRecorded& recorded) {
  v1::CostEstimateRecorded before;
  *before.mutable_lines() = estimate.lines();
  *before.mutable_totals() = estimate.totals();
  *before.mutable_own_share() = estimate.own_share();
  if (estimate.has_section_contribution()) *before.mutable_section_contribution() = estimate.section_contribution();
  return google::protobuf::util::MessageDifferencer::Equals(before, recorded);
}

void CheckShares(const v1::PriceTerms& terms, FieldErrors& wrong) {
  for (int i = 0; i < terms.shares_size(); ++i) {
    const v1::PriceShare& share = terms.shares(i);
    const std::string at = absl::StrCat("terms.shares[", i, "]");
    const bool department = share.payer() == v1::PriceShare::PAYER_DEPARTMENT;
    if (SignOf(share.amount()) <= 0) wrong.Add(at + ".amount", "must be more than zero; leave out who bears nothing");
    if (department && share.department().empty()) wrong.Add(at + ".department", "is missing: which one bears it");
    if (!department && !share.department().empty()) wrong.Add(at + ".department", "must be empty of the recipient");
  }
}

// Shares against prices, in each currency. No amount is told: errors are logged, and prices are confidential.
void CheckSums(const v1::PriceTerms& terms, FieldErrors& wrong) {
  std::set<std::string> currencies;
  MoneySum difference;
  for (int i = 0; i < terms.price_size(); ++i) {
    const Money& price = terms.price(i);
    const std::string at = absl::StrCat("terms.price[", i, "]");
    if (SignOf(price) <= 0) wrong.Add(at, "must be more than zero");
    if (!currencies.insert(price.currency_code()).second) {
      wrong.Add(at, absl::StrCat(price.currency_code(), " is there already; write one amount a currency"));
    }
    difference.Subtract(price);
  }
  for (const v1::PriceShare& share : terms.shares()) difference.Add(share.amount());
  const auto left = difference.Amounts();
  if (!left.ok()) return wrong.Add("terms.shares", left.status().message());
  for (const Money& one : *left) {
    if (SignOf(one) == 0) continue;
    wrong.Add("terms.shares", absl::StrCat("are ", SignOf(one) < 0 ? "less" : "more", " than the price in ",
                                           one.currency_code(), "; they must make it up exactly"));
  }
}

}  // namespace

CostEstimateFacts Decide(const v1::CostEstimate& estimate, const v1::RecordCostEstimateRequest& command,
                         const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(
      CheckFunded(Funding::MODEL_SELF_FUNDED, "What the participant pays is not estimated", c.programme));
  if (IsFinal(c.application.state())) return errors::NotPossibleInState(c.application, "RecordCostEstimate");
  FieldErrors wrong;
  CheckCostLines(command, c.programme.funding(), wrong);
  AMIKECO_ASSIGN_OR_RETURN(v1::CostEstimateRecorded recorded, Summed(command, wrong));
  if (Same(estimate, recorded)) return std::vector<v1::CostEstimateFact>{};
  recorded.set_estimate(c.name);
  recorded.set_application(c.application.name());
  recorded.set_revision(estimate.revision() + 1);
  recorded.set_recorder(c.actor.subject);
  *recorded.mutable_at() = ToTimestamp(c.now);
  *recorded.mutable_parties() = c.application.parties();
  v1::CostEstimateFact fact;
  *fact.mutable_recorded() = std::move(recorded);
  return std::vector{fact};
}

PriceSplitFacts Decide(const v1::PriceSplit& split, const v1::RecordPriceSplitRequest& command,
                       const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPayer(c));
  AMIKECO_RETURN_IF_ERROR(CheckFunded(Funding::MODEL_RECIPIENT_PAYS, "There is no price to be split", c.programme));
  FieldErrors wrong;
  CheckShares(command.terms(), wrong);
  CheckSums(command.terms(), wrong);
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  v1::PriceSplitFact fact;
  v1::PriceSplitRecorded& recorded = *fact.mutable_recorded();
  recorded.set_split(c.name);
  recorded.set_application(c.application.name());
  recorded.set_revision(split.revision() + 1);
  recorded.set_recorder(c.actor.subject);
  *recorded.mutable_at() = ToTimestamp(c.now);
  recorded.add_parties(c.programme.operator_organisation());
  return std::vector{fact};
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
namespace {

// What both records keep of being written.
template <typename Record, typename Recorded>
void Sign(Record& record, const Recorded& fact) {
  record.set_application(fact.application());
  record.set_revision(fact.revision());
  record.set_recorder(fact.recorder());
  *record.mutable_record_time() = fact.at();
  *record.mutable_parties() = fact.parties();
}

}  // namespace

CostEstimate Evolve(CostEstimate estimate, const CostEstimateFact& fact) {
  if (!fact.has_recorded()) return estimate;
  const CostEstimateRecorded& recorded = fact.recorded();
  Sign(estimate, recorded);
  estimate.set_name(recorded.estimate());
  *estimate.mutable_lines() = recorded.lines();
  *estimate.mutable_totals() = recorded.totals();
  *estimate.mutable_own_share() = recorded.own_share();
  estimate.clear_section_contribution();
  if (recorded.has_section_contribution()) {
    *estimate.mutable_section_contribution() = recorded.section_contribution();
  }
  return estimate;
}

PriceSplit Evolve(PriceSplit split, const PriceSplitFact& fact) {
  if (!fact.has_recorded()) return split;
  Sign(split, fact.recorded());
  split.set_name(fact.recorded().split());
  return split;
}

}  // namespace amikeco::applicant::v1
