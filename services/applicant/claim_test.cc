#include "services/applicant/claim.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/claim_transitions.h"
#include "services/applicant/costs.h"
#include "services/applicant/test_money.h"

namespace amikeco::applicant {
namespace {

using test::Amount;
using test::Date;
using test::Expense;
using test::kCoordinator;
using test::kFinance;
using test::kOfficer;
using test::kSection;
using test::Noon;
using test::Violations;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using v1::Claim;

// An application whose stay was from 2026-07-06 to 2026-07-26.
v1::Application Stayed(const programme::v1::Programme& programme) {
  v1::Application application = test::StoryIn(v1::Application::STATE_ENDED).application;
  application.set_programme(programme.name());
  return application;
}

// One claim in memory, with its history.
class Case {
 public:
  explicit Case(programme::v1::Programme by = test::Sponsored()) : programme(std::move(by)) {}

  MoneyCircumstance At(const Actor& actor) const { return {now, actor, programme, application, "claims/C-1"}; }
  absl::Status Take(ClaimFacts facts) {
    if (!facts.ok()) return facts.status();
    for (const v1::ClaimFact& fact : *facts) {
      claim = Evolve(std::move(claim), fact);
      history.push_back(fact);
    }
    return absl::OkStatus();
  }
  absl::Status Submit(const std::vector<v1::ExpenseLine>& lines = {Expense()}, const Actor& actor = kOfficer) {
    v1::SubmitClaimRequest request;
    request.mutable_lines()->Assign(lines.begin(), lines.end());
    return Take(Decide(claim, request, At(actor), claimed));
  }
  absl::Status Resubmit(const std::vector<v1::ExpenseLine>& lines = {Expense()}, const Actor& actor = kOfficer) {
    v1::ResubmitClaimRequest request;
    request.mutable_lines()->Assign(lines.begin(), lines.end());
    return Take(Decide(claim, request, At(actor), claimed));
  }
  template <typename Request>
  absl::Status Do(const Actor& actor, const Request& request = Request()) {
    return Take(Decide(claim, request, At(actor)));
  }
  absl::Status Pay(const Actor& actor = kFinance, const std::string& day = "2026-07-28") {
    v1::RecordPaymentRequest request;
    request.set_reference("PAY-1");
    *request.mutable_day() = Date(day);
    return Do(actor, request);
  }

  programme::v1::Programme programme;
  v1::Application application = Stayed(programme);
  absl::Time now = Noon("2026-07-28");
  Claim claim;
  std::vector<v1::ClaimFact> history;
  ClaimedReceipts claimed;
};

absl::Status Try(Case& one, ClaimCommand command) {
  switch (command) {
    case ClaimCommand::kSubmit:
      return one.Submit();
    case ClaimCommand::kResubmit:
      return one.Resubmit();
    case ClaimCommand::kApprove:
      return one.Do<v1::ApproveClaimRequest>(kFinance);
    case ClaimCommand::kReject:
      return one.Do<v1::RejectClaimRequest>(kFinance);
    case ClaimCommand::kReturn:
      return one.Do<v1::ReturnClaimRequest>(kFinance);
    case ClaimCommand::kRecordPayment:
      return one.Pay();
    case ClaimCommand::kWithdraw:
      return one.Do<v1::WithdrawClaimRequest>(kOfficer);
  }
  return absl::OkStatus();
}

constexpr ClaimCommand kCommands[] = {ClaimCommand::kSubmit,  ClaimCommand::kResubmit, ClaimCommand::kApprove,
                                      ClaimCommand::kReject,  ClaimCommand::kReturn,   ClaimCommand::kRecordPayment,
                                      ClaimCommand::kWithdraw};

// Every state that commands lead to, with the commands that lead there: found, not told.
std::map<ClaimState, std::vector<ClaimCommand>> Reachable() {
  std::map<ClaimState, std::vector<ClaimCommand>> ways{{Claim::STATE_UNSPECIFIED, {}}};
  std::vector<ClaimState> open{Claim::STATE_UNSPECIFIED};
  while (!open.empty()) {
    const std::vector<ClaimCommand> way = ways.at(open.back());
    open.pop_back();
    for (const ClaimCommand command : kCommands) {
      Case one;
      for (const ClaimCommand step : way) EXPECT_TRUE(Try(one, step).ok());
      if (!Try(one, command).ok()) continue;
      std::vector<ClaimCommand> further = way;
      further.push_back(command);
      if (ways.emplace(one.claim.state(), further).second) open.push_back(one.claim.state());
    }
  }
  return ways;
}

// A4-08
TEST(Claim, DoesInEveryStateWhatItsTableSaysAndRefusesEverythingElse) {
  const auto ways = Reachable();
  EXPECT_EQ(ways.size(), static_cast<size_t>(Claim::State_ARRAYSIZE)) << "every state is reached";
  for (const auto& [state, way] : ways) {
    for (const ClaimCommand command : kCommands) {
      SCOPED_TRACE(absl::StrCat(Claim::State_Name(state), " ", NameOf(command)));
      Case one;
      for (const ClaimCommand step : way) ASSERT_TRUE(Try(one, step).ok());
      ASSERT_EQ(one.claim.state(), state);
      const std::string before = one.claim.SerializeAsString();
      const absl::Status tried = Try(one, command);
      const auto next = Next(state, command);
      EXPECT_EQ(tried.ok(), next.has_value()) << tried;
      EXPECT_EQ(one.claim.state(), next.value_or(state));
      Claim folded;
      for (const auto& fact : one.history) folded = Evolve(std::move(folded), fact);
      EXPECT_EQ(folded.SerializeAsString(), one.claim.SerializeAsString());
      if (tried.ok()) continue;
      EXPECT_EQ(one.claim.SerializeAsString(), before) << "a refusal changes nothing";
      const bool again = command == ClaimCommand::kSubmit;
      EXPECT_EQ(ReasonOf(tried), again ? "CLAIM_EXISTS" : "CLAIM_NOT_POSSIBLE_IN_STATE");
    }
  }
}

TEST(Claim, TellsWhatIsPossibleWhenItRefuses) {
  Case one;
  ASSERT_TRUE(one.Submit().ok());
  const auto info = DetailOf<google::rpc::ErrorInfo>(one.Pay());
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->metadata().at("possible_commands"), "ApproveClaim,RejectClaim,ReturnClaim,WithdrawClaim");
}

// A4-08
TEST(Claim, SumsItsLinesByCurrency) {
  Case one;
  ASSERT_TRUE(one.Submit({Expense("travel", "USD 120.50", "a"), Expense("materials", "EUR 3.10", "b"),
                          Expense("travel", "USD 0.75", "c"), Expense("travel", "JPY 900", "d")})
                  .ok());
  EXPECT_EQ(test::Text(one.claim.totals()), "EUR 3.10, JPY 900, USD 121.25");
  EXPECT_EQ(one.claim.claimant(), "members/M-17");
  EXPECT_THAT(one.claim.parties(), ElementsAre("members/M-17", "sections/DE", "organisations/ipa-us"));
}

// A4-08, A5-03: everything at once, each with the index of its line.
TEST(Claim, TellsEverythingThatIsWrongWithItsLinesAtOnce) {
  Case one;
  const absl::Status refused = one.Submit({
      Expense("travel", "USD 1.00", "a"),
      Expense("rental-car", "USD 0.00", "b"),
      Expense("salary", "GBP 100.00", "c"),
      Expense("travel", "USD -5.00", "a", "2026-07-03"),
      Expense("travel", "USD 5.00", "d", "2026-07-29"),
  });
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(
      Violations(refused),
      ElementsAre(
          "lines[1].category: cannot be claimed; what can is travel, materials, salary",
          "lines[1].amount: must be more than zero", HasSubstr("lines[2].agreement: is missing"),
          "lines[2].amount: is in GBP; what is paid back is in USD, EUR, JPY",
          "lines[3].amount: must be more than zero",
          "lines[3].day: is no day of the stay or its travel, or of the award: those are 2026-07-04 to 2026-07-28",
          "lines[3].receipt.sha256: is the receipt of lines[0] already",
          "lines[4].day: is no day of the stay or its travel, or of the award: those are 2026-07-04 to 2026-07-28",
          "lines[4].day: has not come yet; today is 2026-07-28"));
  EXPECT_THAT(one.history, IsEmpty());
}

TEST(Claim, RefusesATotalThatIsTooLarge) {
  Case one;
  const std::string most = "USD 9,223,372,036,854,775,807.00";
  EXPECT_THAT(Violations(one.Submit({Expense("travel", most, "a"), Expense("travel", most, "b")})),
              ElementsAre("lines: the sum in USD is too large"));
}

// A4-08: a salary is claimed by agreement.
TEST(Claim, TakesASalaryWithTheReferenceOfItsAgreement) {
  Case one;
  v1::ExpenseLine salary = Expense("salary", "USD 2000.00");
  EXPECT_THAT(Violations(one.Submit({salary})), ElementsAre(HasSubstr("lines[0].agreement: ")));
  salary.set_agreement("AGR-14");
  EXPECT_TRUE(one.Submit({salary}).ok());
}

TEST(Claim, CountsTheDaysOfAStayThatEndedEarly) {
  Case one;
  *one.application.mutable_ended_on() = Date("2026-07-10");
  EXPECT_TRUE(one.Submit({Expense("travel", "USD 1.00", "a", "2026-07-12")}).ok());
  Case late;
  *late.application.mutable_ended_on() = Date("2026-07-10");
  EXPECT_THAT(Violations(late.Submit({Expense("travel", "USD 1.00", "a", "2026-07-13")})), SizeIs(1));
}

TEST(Claim, IsTakenOnceTheStayHasBegunAndUntilItsLastDay) {
  for (const auto& [day, reason] :
       std::map<std::string, std::string>{{"2026-08-25", ""}, {"2026-08-26", "CLAIM_TOO_LATE"}}) {
    Case one;
    one.now = Noon(day);
    EXPECT_EQ(ReasonOf(one.Submit()), reason) << day;
  }
  Case early;
  early.application = test::StoryIn(v1::Application::STATE_CLEARED).application;
  EXPECT_EQ(ReasonOf(early.Submit()), "STAY_NOT_BEGUN");
  Case endless;
  endless.programme.mutable_funding()->set_claim_days(0);
  endless.now = Noon("2036-01-01");
  EXPECT_TRUE(endless.Submit().ok());
}

// A2-09: what a scholarship pays for comes after it is given, and may have been paid since the member applied.
TEST(Claim, IsTakenForAnAwardThatWasAccepted) {
  Case winner;
  winner.application.clear_start();
  winner.application.set_state(v1::Application::STATE_AWARD_OFFERED);
  *winner.application.mutable_received() = Date("2026-05-02");
  EXPECT_EQ(ReasonOf(winner.Submit()), "STAY_NOT_BEGUN");
  winner.application.set_state(v1::Application::STATE_AWARDED);
  *winner.application.mutable_award()->mutable_accepted_on() = Date("2026-07-01");
  EXPECT_THAT(Violations(winner.Submit({Expense("travel", "USD 1.00", "a", "2026-04-29")})),
              ElementsAre(HasSubstr("lines[0].day: is no day")));
  EXPECT_TRUE(
      winner
          .Submit({Expense("travel", "USD 1.00", "a", "2026-05-02"), Expense("travel", "USD 1.00", "b", "2026-07-28")})
          .ok());
  Case late;
  late.application = winner.application;
  late.now = Noon("2026-08-01");
  EXPECT_EQ(ReasonOf(late.Submit({Expense("travel", "USD 1.00", "a", "2026-07-28")})), "CLAIM_TOO_LATE");
}

TEST(Claim, NamesTheClaimThatHasAReceipt) {
  Case one;
  one.claimed = {{test::Sha("hotel"), "claims/C-0"}};
  const absl::Status refused = one.Submit({Expense(), Expense("travel", "USD 9.00", "hotel")});
  EXPECT_EQ(ReasonOf(refused), "RECEIPT_CLAIMED");
  const auto info = DetailOf<google::rpc::ErrorInfo>(refused);
  EXPECT_EQ(info->metadata().at("fields"), "lines[1].receipt.sha256");
  EXPECT_EQ(info->metadata().at("claims"), "claims/C-0");
}

// A5-04
TEST(Claim, IsDecidedByASecondPersonOfTheOperatorAlone) {
  const Actor elsewhere{"people/felix", "organisations/other", {options::v1::ROLE_FINANCE}};
  const Actor section_desk{"people/eva", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  const Actor claimant{"members/M-17", "organisations/ipa-us", {options::v1::ROLE_FINANCE}};
  const auto decisions = std::vector<std::pair<const char*, std::function<absl::Status(Case&, const Actor&)>>>{
      {"approve", [](Case& one, const Actor& actor) { return one.Do<v1::ApproveClaimRequest>(actor); }},
      {"reject", [](Case& one, const Actor& actor) { return one.Do<v1::RejectClaimRequest>(actor); }},
      {"return", [](Case& one, const Actor& actor) { return one.Do<v1::ReturnClaimRequest>(actor); }},
      {"pay", [](Case& one, const Actor& actor) { return one.Pay(actor); }}};
  for (const auto& [name, decide] : decisions) {
    Case one;
    ASSERT_TRUE(one.Submit({Expense()}, kCoordinator).ok());
    if (std::string(name) == "pay") {
      ASSERT_TRUE(one.Do<v1::ApproveClaimRequest>(kFinance).ok());
    }
    for (const Actor& actor : {elsewhere, section_desk}) {
      EXPECT_EQ(ReasonOf(decide(one, actor)), "NOT_YOUR_PROGRAMME") << name << " " << actor.subject;
    }
    for (const Actor& actor : {claimant, kCoordinator}) {
      EXPECT_EQ(ReasonOf(decide(one, actor)), "SECOND_PERSON_NEEDED") << name << " " << actor.subject;
    }
    EXPECT_TRUE(decide(one, kFinance).ok()) << name;
  }
}

// A5-04: whoever handed it in earlier stays involved.
TEST(Claim, IsNotDecidedByWhoHandedInAnEarlierRevision) {
  Case one;
  ASSERT_TRUE(one.Submit({Expense()}, kCoordinator).ok());
  ASSERT_TRUE(one.Do<v1::ReturnClaimRequest>(kFinance).ok());
  ASSERT_TRUE(one.Resubmit({Expense()}, kOfficer).ok());
  EXPECT_EQ(ReasonOf(one.Do<v1::ApproveClaimRequest>(kCoordinator)), "SECOND_PERSON_NEEDED");
  EXPECT_TRUE(one.Do<v1::ApproveClaimRequest>(kFinance).ok());
}

TEST(Claim, ComesBackCorrectedAsItsNextRevisionEvenBehindTheLastDay) {
  Case one;
  ASSERT_TRUE(one.Submit().ok());
  v1::ReturnClaimRequest back;
  back.set_reason("The ticket was cheaper.");
  ASSERT_TRUE(one.Do(kCoordinator, back).ok());
  EXPECT_EQ(one.claim.reason(), "The ticket was cheaper.");
  one.now = Noon("2026-09-30");
  ASSERT_TRUE(one.Resubmit({Expense("travel", "USD 100.00")}, kSection).ok());
  EXPECT_EQ(one.claim.state(), Claim::STATE_SUBMITTED);
  EXPECT_EQ(one.claim.revision(), 2);
  EXPECT_EQ(one.claim.reason(), "");
  EXPECT_THAT(one.claim.submitters(), ElementsAre("members/M-17", "people/eva"));
  EXPECT_EQ(ToTime(one.claim.first_submit_time()), Noon("2026-07-28"));
  EXPECT_EQ(FormatMoney(one.claim.totals(0)), "USD 100.00");
}

TEST(Claim, IsPaidOnADayBetweenItsApprovalAndToday) {
  Case one;
  ASSERT_TRUE(one.Submit().ok());
  ASSERT_TRUE(one.Do<v1::ApproveClaimRequest>(kFinance).ok());
  one.now = Noon("2026-08-03");
  EXPECT_THAT(Violations(one.Pay(kFinance, "2026-08-04")), ElementsAre("day: has not come yet; today is 2026-08-03"));
  EXPECT_THAT(Violations(one.Pay(kFinance, "2026-07-27")),
              ElementsAre("day: lies before the approval, which was on 2026-07-28"));
  ASSERT_TRUE(one.Pay(kFinance, "2026-08-02").ok());
  EXPECT_EQ(one.claim.payment().reference(), "PAY-1");
  EXPECT_EQ(ReasonOf(one.Pay(kFinance, "2026-08-02")), "CLAIM_NOT_POSSIBLE_IN_STATE") << "exactly once";
}

// A4-08, A0-28, A3-17, A5-10: the same expense under the three ways of funding has three answers, each with its reason.
TEST(AnExpense, HasAnotherAnswerUnderEachWayOfFunding) {
  Case sponsored(test::Sponsored()), own(test::Inbound()), priced(test::RecipientPays());
  EXPECT_EQ(ReasonOf(sponsored.Submit()), "");
  EXPECT_EQ(sponsored.claim.state(), Claim::STATE_SUBMITTED);
  std::set<std::string> sentences;
  for (const auto& [one, reason] : {std::pair{&own, "SELF_FUNDED"}, std::pair{&priced, "RECIPIENT_PAYS"}}) {
    const absl::Status refused = one->Submit();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    EXPECT_EQ(ReasonOf(refused), reason);
    const auto info = DetailOf<google::rpc::ErrorInfo>(refused);
    EXPECT_EQ(info->metadata().at("funding"), programme::v1::Funding::Model_Name(one->programme.funding().model()));
    sentences.insert(std::string(refused.message()));
  }
  EXPECT_THAT(sentences, UnorderedElementsAre(HasSubstr("RecordCostEstimate"), HasSubstr("RecordPriceSplit")));
}

}  // namespace
}  // namespace amikeco::applicant
