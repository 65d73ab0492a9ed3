#include "services/applicant/costs.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_money.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Funding;
using programme::v1::Programme;
using test::Amount;
using test::kCoordinator;
using test::kFinance;
using test::kOfficer;
using test::Noon;
using test::Text;
using test::Violations;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using v1::PriceShare;

v1::Application Open() { return test::StoryIn(v1::Application::STATE_IN_MATCHING).application; }

v1::RecordCostEstimateRequest Estimated(const std::vector<std::pair<std::string, std::string>>& lines,
                                        const std::string& contribution = "") {
  v1::RecordCostEstimateRequest request;
  for (const auto& [category, amount] : lines) {
    auto& line = *request.add_lines();
    line.set_category(category);
    *line.mutable_amount() = Amount(amount);
  }
  if (!contribution.empty()) *request.mutable_section_contribution() = Amount(contribution);
  return request;
}

struct Share {
  std::string amount;
  std::string department = {};  // "": the recipient
};

v1::RecordPriceSplitRequest Priced(const std::vector<std::string>& price, const std::vector<Share>& shares) {
  v1::RecordPriceSplitRequest request;
  for (const std::string& amount : price) *request.mutable_terms()->add_price() = Amount(amount);
  for (const Share& one : shares) {
    auto& share = *request.mutable_terms()->add_shares();
    share.set_payer(one.department.empty() ? PriceShare::PAYER_RECIPIENT : PriceShare::PAYER_DEPARTMENT);
    share.set_department(one.department);
    *share.mutable_amount() = Amount(one.amount);
  }
  return request;
}

struct World {
  Programme programme = test::Inbound();
  v1::Application application = Open();

  MoneyCircumstance At(const Actor& actor) const {
    return {Noon("2026-03-01"), actor, programme, application, "costEstimates/A-1"};
  }
};

// A0-28
TEST(CostEstimate, SumsByCurrencyAndTakesTheSectionsContributionOff) {
  const World world;
  const auto facts =
      Decide(v1::CostEstimate(),
             Estimated({{"air-ticket", "EUR 900.00"}, {"food", "USD 350.25"}, {"hotel", "USD 49.75"}}, "EUR 250.50"),
             world.At(kOfficer));
  ASSERT_TRUE(facts.ok()) << facts.status();
  const v1::CostEstimate estimate = Evolve(v1::CostEstimate(), facts->front());
  EXPECT_EQ(Text(estimate.totals()), "EUR 900.00, USD 400.00");
  EXPECT_EQ(Text(estimate.own_share()), "EUR 649.50, USD 400.00");
  EXPECT_EQ(estimate.revision(), 1);
  EXPECT_EQ(estimate.recorder(), "members/M-17");
  EXPECT_THAT(estimate.parties(), ElementsAre("members/M-17", "sections/DE", "organisations/ipa-us"));
}

// A0-28, A5-03
TEST(CostEstimate, TellsEverythingThatIsWrongAtOnce) {
  const World world;
  const auto refused = Decide(
      v1::CostEstimate(),
      Estimated(
          {{"air-ticket", "EUR 900.00"}, {"yacht", "USD 1.00"}, {"air-ticket", "EUR 1.00"}, {"food", "USD -1.00"}},
          "GBP 1.00"),
      world.At(kOfficer));
  EXPECT_THAT(Violations(refused.status()),
              ElementsAre("lines[1].category: is no cost category of the programme; they are air-ticket, rental-car, "
                          "hotel, food, personal-travel, shopping",
                          HasSubstr("lines[2].category: air-ticket is there in EUR already"),
                          "lines[3].amount: must not be negative",
                          "section_contribution: is more than the total in its currency"));
}

TEST(CostEstimate, IsWrittenAnewAndStaysWhenNothingChanges) {
  const World world;
  const auto first = Estimated({{"food", "USD 350.00"}}, "USD 50.00");
  v1::CostEstimate estimate =
      Evolve(v1::CostEstimate(), Decide(v1::CostEstimate(), first, world.At(kOfficer))->front());
  EXPECT_THAT(*Decide(estimate, first, world.At(kCoordinator)), IsEmpty());
  estimate = Evolve(estimate, Decide(estimate, Estimated({{"food", "USD 400.00"}}), world.At(kOfficer))->front());
  EXPECT_EQ(estimate.revision(), 2);
  EXPECT_FALSE(estimate.has_section_contribution());
  EXPECT_EQ(Text(estimate.own_share()), "USD 400.00");
}

TEST(CostEstimate, IsRefusedOnceTheApplicationHasEnded) {
  World world;
  world.application.set_state(v1::Application::STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(Decide(v1::CostEstimate(), Estimated({{"food", "USD 1.00"}}), world.At(kOfficer)).status()),
            "NOT_POSSIBLE_IN_STATE");
}

// A3-17
TEST(PriceSplit, MakesUpThePriceInEachCurrency) {
  World world{test::RecipientPays()};
  const auto facts =
      Decide(v1::PriceSplit(),
             Priced({"GBP 9000.00", "USD 10.00"},
                    {{"GBP 6000.00"}, {"GBP 2999.99", "Overseas aid"}, {"GBP 0.01", "Interior"}, {"USD 10.00"}}),
             world.At(kFinance));
  ASSERT_TRUE(facts.ok()) << facts.status();
  const v1::PriceSplit split = Evolve(v1::PriceSplit(), facts->front());
  EXPECT_EQ(split.revision(), 1);
  EXPECT_THAT(split.parties(), ElementsAre("organisations/ipa-us"));
  EXPECT_THAT(facts->front().DebugString(), Not(HasSubstr("GBP"))) << "no amount is in a fact";
}

// A3-17, A5-03: all at once, and without the amounts.
TEST(PriceSplit, TellsEverythingThatIsWrongAtOnceAndNoAmount) {
  World world{test::RecipientPays()};
  const auto refused = Decide(v1::PriceSplit(),
                              Priced({"GBP 8765.00", "USD 10.00", "GBP 1.00", "JPY 0"},
                                     {{"GBP 4321.00"}, {"USD 11.00", "Interior"}, {"EUR 1.00"}}),
                              world.At(kCoordinator));
  EXPECT_THAT(
      Violations(refused.status()),
      ElementsAre("terms.price[2]: GBP is there already; write one amount a currency",
                  "terms.price[3]: must be more than zero", HasSubstr("terms.shares: are more than the price in EUR"),
                  HasSubstr("terms.shares: are less than the price in GBP"),
                  HasSubstr("terms.shares: are more than the price in USD")));
  EXPECT_THAT(refused.status().ToString(), Not(HasSubstr("8765")));
  EXPECT_THAT(refused.status().ToString(), Not(HasSubstr("4321")));
}

TEST(PriceSplit, NamesADepartmentAndNobodyElse) {
  World world{test::RecipientPays()};
  auto request = Priced({"GBP 2.00"}, {{"GBP 1.00"}, {"GBP 1.00", "Interior"}});
  request.mutable_terms()->mutable_shares(0)->set_department("Interior");
  request.mutable_terms()->mutable_shares(1)->clear_department();
  EXPECT_THAT(Violations(Decide(v1::PriceSplit(), request, world.At(kFinance)).status()),
              ElementsAre(HasSubstr("terms.shares[0].department: must be empty"),
                          HasSubstr("terms.shares[1].department: is missing")));
}

TEST(PriceSplit, IsTheOperatorsAlone) {
  World world{test::RecipientPays()};
  for (const Actor& actor : {Actor{"people/eva", "sections/DE", {options::v1::ROLE_COORDINATOR}},
                             Actor{"people/felix", "organisations/other", {options::v1::ROLE_FINANCE}}, kOfficer}) {
    EXPECT_EQ(ReasonOf(Decide(v1::PriceSplit(), Priced({"GBP 1.00"}, {{"GBP 1.00"}}), world.At(actor)).status()),
              "NOT_YOUR_PROGRAMME");
  }
}

// A4-08, A0-28, A3-17: what belongs to another way of funding is refused with who pays instead.
TEST(Funding, AnswersEachCommandOfAnotherWayWithWhoPays) {
  const std::map<std::string, Programme> programmes = {{"SELF_FUNDED", test::Inbound()},
                                                       {"SPONSOR_REIMBURSES", test::Sponsored()},
                                                       {"RECIPIENT_PAYS", test::RecipientPays()}};
  for (const auto& [reason, programme] : programmes) {
    const World world{programme};
    const auto estimate = Decide(v1::CostEstimate(), Estimated({{"food", "USD 1.00"}}), world.At(kOfficer));
    EXPECT_EQ(ReasonOf(estimate.status()), reason == "SELF_FUNDED" ? "" : reason);
    const auto split = Decide(v1::PriceSplit(), Priced({"GBP 1.00"}, {{"GBP 1.00"}}), world.At(kCoordinator));
    EXPECT_EQ(ReasonOf(split.status()), reason == "RECIPIENT_PAYS" ? "" : reason);
  }
}

}  // namespace
}  // namespace amikeco::applicant
