// Claims, estimates and prices through the door, on a real store.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/claim.h"
#include "services/applicant/costs.h"
#include "services/applicant/test_money.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant {
namespace {

using test::Amount;
using test::Expense;
using test::kCoordinator;
using test::kFinance;
using test::kOfficer;
using test::kOtherSection;
using test::kSection;
using test::kSystem;
using test::Noon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using v1::Claim;

constexpr char kUuid[] = "0f5e3c1e-2b7a-4f0e-9a64-6a1f0c3d2b11";

const Programmes& AllFundings() {
  static const auto& programmes = *[] {
    auto* all = new Programmes(test::RealProgrammes());
    all->Add(test::Sponsored());
    all->Add(test::RecipientPays());
    return all;
  }();
  return programmes;
}

class MoneyTest : public test::ServiceTest {
 protected:
  MoneyTest() : ServiceTest(AllFundings()) {}

  // An application to the programme, by a member of its own.
  void Apply(const std::string& id, const std::string& programme, const std::string& member = "M-17") {
    Register(member);
    Endorse("members/" + member);
    v1::SubmitApplicationRequest request = test::GoodRequest();
    request.set_application_id(id);
    request.set_member("members/" + member);
    request.set_programme(programme);
    const auto application = Ask<v1::Application>(kSection, "SubmitApplication", request);
    ASSERT_TRUE(application.ok()) << application.status();
  }
  // Its stay is over, and it is two days later.
  void Stay(const std::string& id) {
    Clear(id);
    clock_.AdvanceTo(Noon("2026-07-06"));
    v1::StartStayRequest start;
    start.set_name("applications/" + id);
    ASSERT_TRUE(Ask<v1::Application>(kCoordinator, "StartStay", start).ok());
    clock_.AdvanceTo(Noon("2026-07-28"));
    ASSERT_TRUE(TickAll().ok());
  }
  absl::StatusOr<Claim> Submit(const std::string& id, const std::vector<v1::ExpenseLine>& lines,
                               const Actor& actor = kOfficer, const std::string& request_id = "") {
    v1::SubmitClaimRequest request;
    request.set_claim_id(id);
    request.set_application("applications/A-1");
    request.mutable_lines()->Assign(lines.begin(), lines.end());
    request.set_request_id(request_id);
    return Ask<Claim>(actor, "SubmitClaim", request);
  }
  template <typename Request>
  absl::StatusOr<Claim> Do(const Actor& actor, const char* method, const std::string& id = "C-1",
                           Request request = Request()) {
    request.set_name("claims/" + id);
    return Ask<Claim>(actor, method, request);
  }
  absl::StatusOr<Claim> Reject(const std::string& id) {
    v1::RejectClaimRequest request;
    request.set_reason("no expense of the stay");
    return Do(kFinance, "RejectClaim", id, request);
  }
  std::vector<std::string> Listed(const Actor& actor, v1::ListClaimsRequest request = {}) {
    std::vector<std::string> names;
    do {
      const auto page = Ask<v1::ListClaimsResponse>(actor, "ListClaims", request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const Claim& claim : page->claims()) names.push_back(claim.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  v1::RecordPriceSplitRequest Price(const std::string& amount) {
    v1::RecordPriceSplitRequest request;
    request.set_name("priceSplits/A-1");
    *request.mutable_terms()->add_price() = Amount(amount);
    auto& share = *request.mutable_terms()->add_shares();
    share.set_payer(v1::PriceShare::PAYER_DEPARTMENT);
    share.set_department("Aid-Department-Canary");
    *share.mutable_amount() = Amount(amount);
    return request;
  }
  v1::GetPriceSplitRequest ThePrice() {
    v1::GetPriceSplitRequest request;
    request.set_name("priceSplits/A-1");
    return request;
  }
};

// A3-13: what is claimed and what was expected is disclosed as the application is, also when that is decided later.
TEST_F(MoneyTest, IsWithheldFromPartnersWithTheDetailsOfTheApplication) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  ASSERT_TRUE(Submit("C-1", {Expense()}).ok());
  EXPECT_EQ(Do<v1::GetClaimRequest>(kSection, "GetClaim")->lines_size(), 1);
  v1::SetDisclosureRequest restrict;
  restrict.set_name("applications/A-1");
  restrict.set_disclosure_class(options::v1::DISCLOSURE_CLASS_RESTRICTED);
  restrict.set_reason(options::v1::WITHHOLDING_REASON_SAFETY_OF_DEPLOYED);
  ASSERT_TRUE(Ask<options::v1::Disclosure>(kCoordinator, "SetDisclosure", restrict).ok());
  const auto shown = Do<v1::GetClaimRequest>(kSection, "GetClaim");
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->state(), Claim::STATE_SUBMITTED);
  EXPECT_THAT(shown->lines(), IsEmpty());
  EXPECT_THAT(shown->totals(), IsEmpty());
  EXPECT_EQ(shown->disclosure().withheld(0).reason(), options::v1::WITHHOLDING_REASON_SAFETY_OF_DEPLOYED);
  const auto listed = Ask<v1::ListClaimsResponse>(kSection, "ListClaims", v1::ListClaimsRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_THAT(listed->claims(0).lines(), IsEmpty());
  for (const Actor& actor : {kOfficer, kFinance, kCoordinator}) {
    EXPECT_EQ(Do<v1::GetClaimRequest>(actor, "GetClaim")->lines_size(), 1) << actor.subject;
  }
}

// A4-08
TEST_F(MoneyTest, TakesAClaimFromItsReceiptsToItsPayment) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  const auto claim = Submit("C-1", {Expense(), Expense("materials", "EUR 20.00", "books", "2026-07-20")});
  ASSERT_TRUE(claim.ok()) << claim.status();
  v1::ReturnClaimRequest back;
  back.set_reason("The books cost less.");
  ASSERT_TRUE(Do(kCoordinator, "ReturnClaim", "C-1", back).ok());
  v1::ResubmitClaimRequest again;
  *again.add_lines() = Expense();
  *again.add_lines() = Expense("materials", "EUR 18.00", "books", "2026-07-20");
  const auto corrected = Do(kOfficer, "ResubmitClaim", "C-1", again);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->revision(), 2);
  EXPECT_EQ(Do<v1::ApproveClaimRequest>(kOfficer, "ApproveClaim").status().code(), absl::StatusCode::kPermissionDenied);
  ASSERT_TRUE(Do<v1::ApproveClaimRequest>(kFinance, "ApproveClaim").ok());
  v1::RecordPaymentRequest payment;
  payment.set_reference("PAY-1");
  *payment.mutable_day() = test::Date("2026-07-28");
  const auto paid = Do(kFinance, "RecordPayment", "C-1", payment);
  ASSERT_TRUE(paid.ok()) << paid.status();
  EXPECT_EQ(paid->state(), Claim::STATE_PAID);
  EXPECT_EQ(ReasonOf(Do(kFinance, "RecordPayment", "C-1", payment).status()), "CLAIM_NOT_POSSIBLE_IN_STATE");
  ExpectFoldIsRecord<Claim, v1::ClaimFact>(Claims(), "claims/C-1");
}

// A4-08: by a unique key, whoever asks and however often.
TEST_F(MoneyTest, ClaimsAReceiptOnceForAnApplicationUntilItsClaimFreesIt) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  ASSERT_TRUE(Submit("C-1", {Expense("travel", "USD 1.00", "a"), Expense("travel", "USD 1.00", "b")}).ok());
  const auto twice =
      Submit("C-2", {Expense("travel", "USD 1.00", "c"), Expense("materials", "USD 7.00", "b")}, kSection);
  EXPECT_EQ(ReasonOf(twice.status()), "RECEIPT_CLAIMED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(twice.status())->metadata().at("claims"), "claims/C-1");
  EXPECT_TRUE(absl::IsNotFound(Do<v1::GetClaimRequest>(kOfficer, "GetClaim", "C-2").status()));
  ASSERT_TRUE(Submit("C-3", {Expense("travel", "USD 1.00", "c")}).ok());
  ASSERT_TRUE(Do<v1::WithdrawClaimRequest>(kOfficer, "WithdrawClaim", "C-1").ok());
  ASSERT_TRUE(Submit("C-4", {Expense("travel", "USD 1.00", "b")}).ok());
  ASSERT_TRUE(Reject("C-4").ok());
  EXPECT_TRUE(Submit("C-5", {Expense("travel", "USD 1.00", "b")}).ok());
}

TEST_F(MoneyTest, CorrectsAClaimWithItsOwnReceiptsButNotWithAnothers) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  ASSERT_TRUE(Submit("C-1", {Expense("travel", "USD 1.00", "a")}).ok());
  ASSERT_TRUE(Submit("C-2", {Expense("travel", "USD 1.00", "b")}).ok());
  v1::ReturnClaimRequest back;
  back.set_reason("too little");
  ASSERT_TRUE(Do(kFinance, "ReturnClaim", "C-1", back).ok());
  v1::ResubmitClaimRequest again;
  *again.add_lines() = Expense("travel", "USD 2.00", "a");
  *again.add_lines() = Expense("travel", "USD 2.00", "b");
  EXPECT_EQ(ReasonOf(Do(kOfficer, "ResubmitClaim", "C-1", again).status()), "RECEIPT_CLAIMED");
  again.mutable_lines()->RemoveLast();
  EXPECT_TRUE(Do(kOfficer, "ResubmitClaim", "C-1", again).ok());
}

TEST_F(MoneyTest, AnswersARepeatedClaimTheSameAndTakesItOnce) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  const auto first = Submit("", {Expense()}, kOfficer, kUuid);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Submit("", {Expense()}, kOfficer, kUuid);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_THAT(Listed(kOfficer), ElementsAre(first->name()));
}

// A4-08, A0-28, A3-17: the same expense, through the door.
TEST_F(MoneyTest, RefusesExpensesWhereNobodyPaysThemBack) {
  Apply("A-1", test::kInboundName);
  EXPECT_EQ(ReasonOf(Submit("C-1", {Expense()}).status()), "SELF_FUNDED");
  Apply("A-2", "programmes/test-recipient", "M-18");
  v1::SubmitClaimRequest request;
  request.set_application("applications/A-2");
  *request.add_lines() = Expense();
  EXPECT_EQ(ReasonOf(Ask<Claim>(kSection, "SubmitClaim", request).status()), "RECIPIENT_PAYS");
}

TEST_F(MoneyTest, TellsAtTheDoorWhatIsNoAmountWithItsLine) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  v1::ExpenseLine half_a_yen = Expense("travel", "JPY 7", "b");
  half_a_yen.mutable_amount()->set_nanos(500'000'000);
  v1::ExpenseLine no_hash = Expense("travel", "USD 7.00", "c");
  no_hash.mutable_receipt()->set_sha256("4711");
  const auto refused = Submit("C-1", {Expense(), half_a_yen, no_hash});
  EXPECT_THAT(test::Violations(refused.status()),
              ElementsAre("lines[1].amount: has more digits than JPY has: 0 behind the point",
                          HasSubstr("lines[2].receipt.sha256: must look like")));
}

TEST_F(MoneyTest, ShowsClaimsToTheirPartiesInPagesByTimeOfReceipt) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  for (int i = 0; i < 4; ++i) {
    clock_.Advance(absl::Minutes(1));
    ASSERT_TRUE(Submit(absl::StrCat("C-", 3 - i), {Expense("travel", "USD 1.00", absl::StrCat(i))}).ok());
  }
  ASSERT_TRUE(Reject("C-2").ok());
  v1::ListClaimsRequest in_pages;
  in_pages.set_page_size(2);
  for (const Actor& actor : {kOfficer, kSection, kCoordinator, kFinance}) {
    EXPECT_THAT(Listed(actor, in_pages), ElementsAre("claims/C-3", "claims/C-2", "claims/C-1", "claims/C-0"));
  }
  in_pages.set_application("applications/A-1");
  EXPECT_THAT(Listed(kSystem, in_pages), ElementsAre("claims/C-3", "claims/C-2", "claims/C-1", "claims/C-0"));
  in_pages.set_state(Claim::STATE_REJECTED);
  EXPECT_THAT(Listed(kFinance, in_pages), ElementsAre("claims/C-2"));
  in_pages.clear_application();
  EXPECT_THAT(Listed(kFinance, in_pages), ElementsAre("claims/C-2"));
  const Actor other_finance{"people/felix", "organisations/other", {options::v1::ROLE_FINANCE}};
  for (const Actor& stranger : {kOtherSection, other_finance}) {
    EXPECT_THAT(Listed(stranger), IsEmpty());
    EXPECT_TRUE(absl::IsNotFound(Do<v1::GetClaimRequest>(stranger, "GetClaim", "C-1").status()));
  }
  EXPECT_TRUE(absl::IsNotFound(Do<v1::ApproveClaimRequest>(other_finance, "ApproveClaim", "C-1").status()));
}

TEST_F(MoneyTest, ActsOnTheVersionThatWasRead) {
  Apply("A-1", "programmes/test-sponsored");
  Stay("A-1");
  const auto claim = Submit("C-1", {Expense()});
  ASSERT_TRUE(claim.ok()) << claim.status();
  v1::ReturnClaimRequest back;
  back.set_reason("Which ticket?");
  ASSERT_TRUE(Do(kCoordinator, "ReturnClaim", "C-1", back).ok());
  v1::ResubmitClaimRequest again;
  *again.add_lines() = Expense("travel", "USD 999.00");
  ASSERT_TRUE(Do(kOfficer, "ResubmitClaim", "C-1", again).ok());
  v1::ApproveClaimRequest approve;
  approve.set_etag(claim->etag());
  EXPECT_EQ(ReasonOf(Do(kFinance, "ApproveClaim", "C-1", approve).status()), "ETAG_MISMATCH")
      << "what is approved is what was looked at";
}

// A0-28
TEST_F(MoneyTest, KeepsTheEstimateOfAnApplication) {
  Apply("A-1", test::kInboundName);
  v1::RecordCostEstimateRequest request;
  request.set_name("costEstimates/A-1");
  auto& line = *request.add_lines();
  line.set_category("air-ticket");
  *line.mutable_amount() = Amount("USD 1200.00");
  const auto first = Ask<v1::CostEstimate>(kOfficer, "RecordCostEstimate", request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(FormatMoney(first->totals(0)), "USD 1,200.00");
  *request.mutable_section_contribution() = Amount("USD 200.00");
  request.set_etag("\"9\"");
  EXPECT_EQ(ReasonOf(Ask<v1::CostEstimate>(kSection, "RecordCostEstimate", request).status()), "ETAG_MISMATCH");
  request.set_etag(first->etag());
  ASSERT_TRUE(Ask<v1::CostEstimate>(kSection, "RecordCostEstimate", request).ok());
  v1::GetCostEstimateRequest get;
  get.set_name("costEstimates/A-1");
  const auto shown = Ask<v1::CostEstimate>(kCoordinator, "GetCostEstimate", get);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(FormatMoney(shown->own_share(0)), "USD 1,000.00");
  EXPECT_TRUE(absl::IsNotFound(Ask<v1::CostEstimate>(kOtherSection, "GetCostEstimate", get).status()));
  EXPECT_TRUE(absl::IsNotFound(Ask<v1::CostEstimate>(kOtherSection, "RecordCostEstimate", request).status()));
  ExpectFoldIsRecord<v1::CostEstimate, v1::CostEstimateFact>(CostEstimates(), "costEstimates/A-1");
}

// A3-17, A5-05: what it costs and who pays is in no record, fact or kept answer.
TEST_F(MoneyTest, SealsThePriceAndShowsItToTheOperatorAlone) {
  Apply("A-1", "programmes/test-recipient");
  auto request = Price("GBP 987654321.00");
  request.set_request_id(kUuid);
  const auto recorded = Ask<v1::PriceSplit>(kCoordinator, "RecordPriceSplit", request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_FALSE(recorded->has_terms());
  EXPECT_EQ(recorded->revision(), 1);
  EXPECT_THAT(EverythingStored(), Not(HasSubstr("Aid-Department-Canary")));
  for (const Actor& actor : {kCoordinator, kFinance}) {
    const auto shown = Ask<v1::PriceSplit>(actor, "GetPriceSplit", ThePrice());
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(FormatMoney(shown->terms().price(0)), "GBP 987,654,321.00");
    EXPECT_EQ(shown->terms().shares(0).department(), "Aid-Department-Canary");
  }
  const Actor section_desk{"people/eva", "sections/DE", {options::v1::ROLE_COORDINATOR, options::v1::ROLE_FINANCE}};
  EXPECT_TRUE(absl::IsNotFound(Ask<v1::PriceSplit>(section_desk, "GetPriceSplit", ThePrice()).status()));
  EXPECT_EQ(ReasonOf(Ask<v1::PriceSplit>(section_desk, "RecordPriceSplit", Price("GBP 1.00")).status()),
            "NOT_YOUR_PROGRAMME");
  for (const Actor& actor : {kOfficer, kSection, kSystem}) {
    const auto refused = Ask<v1::PriceSplit>(actor, "GetPriceSplit", ThePrice());
    EXPECT_TRUE(absl::IsPermissionDenied(refused.status())) << refused.status();
  }
  ExpectFoldIsRecord<v1::PriceSplit, v1::PriceSplitFact>(PriceSplits(), "priceSplits/A-1");
}

// A3-17: an account, and not about the person.
TEST_F(MoneyTest, KeepsThePriceWhenThePersonIsErased) {
  Apply("A-1", "programmes/test-recipient");
  ASSERT_TRUE(Ask<v1::PriceSplit>(kFinance, "RecordPriceSplit", Price("GBP 1.00")).ok());
  ASSERT_TRUE(Ask<v1::PriceSplit>(kFinance, "RecordPriceSplit", Price("GBP 2.00")).ok());
  v1::WithdrawApplicationRequest withdraw;
  withdraw.set_name("applications/A-1");
  ASSERT_TRUE(Ask<v1::Application>(kOfficer, "WithdrawApplication", withdraw).ok());
  v1::EraseMemberRequest erase;
  erase.set_name("members/M-17");
  ASSERT_TRUE(Ask<v1::Member>(kOfficer, "EraseMember", erase).ok());
  const auto shown = Ask<v1::PriceSplit>(kFinance, "GetPriceSplit", ThePrice());
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->revision(), 2);
  EXPECT_EQ(FormatMoney(shown->terms().price(0)), "GBP 2.00");
}

}  // namespace
}  // namespace amikeco::applicant
