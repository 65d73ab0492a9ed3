// Intakes and awards through the service's doors: what records do together, and what holds when commands race.
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/store/store_backends.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_awards.h"
#include "services/applicant/test_service.h"
#include "tests/support/seed.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::Date;
using test::kCoordinator;
using test::kGatheringName;
using test::kOfficer;
using test::kOtherSection;
using test::kScholarshipName;
using test::kSection;
using test::kSystem;
using test::Noon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using v1::Entry;
using v1::Intake;

constexpr char kIntake[] = "intakes/I-1";
const Actor kJurors[] = {{"people/anna", "organisations/ipa-us", {options::v1::ROLE_JURY}},
                         {"people/claire", "sections/FR", {options::v1::ROLE_JURY}}};

class Awards : public test::ServiceTest {
 protected:
  Awards() : ServiceTest(testing_awards::AwardProgrammes()) {}

  template <typename Request>
  Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  absl::StatusOr<Intake> Open(const std::string& id = "I-1", const char* programme = kScholarshipName, int places = 0) {
    auto request = test::GoodOpening(programme);
    request.set_intake_id(id);
    request.set_places(places);
    if (programme == std::string(kGatheringName)) {
      *request.mutable_first_day() = Date("2026-07-15");
      *request.mutable_last_day() = Date("2026-07-29");
    }
    return Ask<Intake>(kCoordinator, "OpenIntake", request);
  }
  absl::StatusOr<App> Enter(int number, const std::string& intake = kIntake) {
    auto request = test::EntryRequest();
    request.set_application_id(absl::StrCat("A-", number));
    request.set_member(absl::StrCat("members/M-", number));
    request.set_intake(intake);
    return Ask<App>(kSection, "SubmitApplication", request);
  }
  // Members M-1 … M-`count`, endorsed, and their entries.
  void EnterAll(int count) {
    for (int i = 1; i <= count; ++i) {
      Register(absl::StrCat("M-", i));
      Endorse(absl::StrCat("members/M-", i));
      const auto entered = Enter(i);
      ASSERT_TRUE(entered.ok()) << entered.status();
      ASSERT_EQ(entered->state(), App::STATE_IN_SELECTION);
    }
  }
  absl::StatusOr<Entry> Score(const Actor& juror, int number, int merit, const std::string& intake = kIntake) {
    auto request = Named<v1::ScoreEntryRequest>(intake);
    request.set_application(absl::StrCat("applications/A-", number));
    for (const char* criterion : {"merit", "benefit"}) {
      request.add_points()->set_criterion(criterion);
      request.mutable_points()->rbegin()->set_points(merit);
    }
    return Ask<Entry>(juror, "ScoreEntry", request);
  }
  void ScoreAll(int count) {
    for (int i = 1; i <= count; ++i) {
      for (const Actor& juror : kJurors) {
        const auto scored = Score(juror, i, 11 - i);
        ASSERT_TRUE(scored.ok()) << scored.status();
      }
    }
  }
  template <typename Request>
  absl::StatusOr<Intake> Do(const char* method, const std::string& intake = kIntake) {
    return Ask<Intake>(kCoordinator, method, Named<Request>(intake));
  }
  absl::StatusOr<App> Withdraw(int number) {
    return Ask<App>(kSection, "WithdrawApplication",
                    Named<v1::WithdrawApplicationRequest>(absl::StrCat("applications/A-", number)));
  }
  absl::StatusOr<App> Accept(int number) {
    return Ask<App>(kSection, "AcceptAward", Named<v1::AcceptAwardRequest>(absl::StrCat("applications/A-", number)));
  }
  State StateOf(int number) { return Get(absl::StrCat("applications/A-", number)).state(); }
  // Everything that is stored folds from its facts.
  void ExpectFolds(int count) {
    ExpectFoldIsRecord<Intake, v1::IntakeFact>(Intakes(), kIntake);
    for (int i = 1; i <= count; ++i) {
      ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), absl::StrCat("applications/A-", i));
    }
  }
};

// A2-09, A2-11
TEST_F(Awards, GoFromTheCallToTheAcceptedScholarships) {
  ASSERT_TRUE(Open().ok());
  EnterAll(4);
  ScoreAll(4);
  clock_.AdvanceTo(Noon("2026-04-01"));
  ASSERT_TRUE(TickAll().ok());
  const auto decided = Do<v1::DecideIntakeRequest>("DecideIntake");
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(StateOf(1), App::STATE_AWARD_OFFERED);
  EXPECT_EQ(StateOf(2), App::STATE_AWARD_OFFERED);
  EXPECT_EQ(StateOf(3), App::STATE_IN_SELECTION);
  EXPECT_EQ(Get("applications/A-3").award().standing().reason(), "FEWER_POINTS");
  ASSERT_TRUE(Withdraw(1).ok());
  EXPECT_EQ(StateOf(3), App::STATE_AWARD_OFFERED) << "handed on in the same transaction";
  ASSERT_TRUE(Accept(2).ok());
  clock_.AdvanceTo(Noon("2026-04-16"));
  ASSERT_TRUE(TickAll().ok());
  EXPECT_EQ(StateOf(3), App::STATE_LAPSED) << "not accepted in fourteen days";
  EXPECT_EQ(StateOf(4), App::STATE_AWARD_OFFERED);
  const auto accepted = Accept(4);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->state(), App::STATE_AWARDED);
  const auto intake = Ask<Intake>(kOfficer, "GetIntake", Named<v1::GetIntakeRequest>(kIntake));
  ASSERT_TRUE(intake.ok()) << intake.status();
  EXPECT_TRUE(intake->settled());
  EXPECT_NE(intake->lottery_seed(), "") << "published";
  EXPECT_THAT(intake->entries(), IsEmpty());
  ExpectFolds(4);
}

TEST_F(Awards, LetNotSelectedMembersEnterTheNextIntake) {
  ASSERT_TRUE(Open("I-1", kScholarshipName, 1).ok());
  ASSERT_TRUE(Open("I-2", kScholarshipName, 1).ok());
  EnterAll(2);
  EXPECT_EQ(ReasonOf(Enter(1, "intakes/I-2").status()), "APPLICATION_EXISTS");
  ScoreAll(2);
  ASSERT_TRUE(Do<v1::CloseIntakeRequest>("CloseIntake").ok());
  ASSERT_TRUE(Do<v1::DecideIntakeRequest>("DecideIntake").ok());
  auto again = test::EntryRequest();
  again.set_member("members/M-2");
  again.set_intake("intakes/I-2");
  EXPECT_EQ(ReasonOf(Ask<App>(kSection, "SubmitApplication", again).status()), "ACTIVE_APPLICATION_EXISTS")
      << "still behind the places";
  ASSERT_TRUE(Accept(1).ok());
  EXPECT_EQ(StateOf(2), App::STATE_NOT_SELECTED);
  EXPECT_TRUE(Ask<App>(kSection, "SubmitApplication", again).ok());
}

TEST_F(Awards, DropEntriesThatNobodyEndorsedBeforeTheClose) {
  ASSERT_TRUE(Open().ok());
  Register("M-1");
  Register("M-2");
  ASSERT_TRUE(Enter(1).ok());
  ASSERT_TRUE(Enter(2).ok());
  EXPECT_EQ(StateOf(1), App::STATE_AWAITING_ENDORSEMENT);
  Endorse("members/M-1");
  EXPECT_EQ(StateOf(1), App::STATE_IN_SELECTION);
  ASSERT_TRUE(Do<v1::CloseIntakeRequest>("CloseIntake").ok());
  EXPECT_EQ(StateOf(2), App::STATE_LAPSED);
  Endorse("members/M-2");
  EXPECT_EQ(StateOf(2), App::STATE_LAPSED);
  ExpectFolds(2);
}

TEST_F(Awards, EndWithTheirIntakeWhenItIsCancelledAndGiveTheQuotaBack) {
  ASSERT_TRUE(Open().ok());
  EnterAll(1);
  EXPECT_EQ(ReasonOf(Open("I-2").status()), "YEARLY_QUOTA_EXCEEDED");
  auto cancel = Named<v1::CancelIntakeRequest>(kIntake);
  cancel.set_reason("NO_FUNDS");
  ASSERT_TRUE(Ask<Intake>(kCoordinator, "CancelIntake", cancel).ok());
  EXPECT_EQ(StateOf(1), App::STATE_CANCELLED);
  EXPECT_EQ(Get("applications/A-1").ending().reason(), "NO_FUNDS");
  EXPECT_TRUE(Open("I-2").ok());
  ExpectFolds(1);
}

// A2-11: another year has its own quota.
TEST_F(Awards, AreTwoScholarshipsInEachYear) {
  ASSERT_TRUE(Open("I-1", kScholarshipName, 1).ok());
  ASSERT_TRUE(Open("I-2", kScholarshipName, 1).ok());
  EXPECT_EQ(ReasonOf(Open("I-3", kScholarshipName, 1).status()), "YEARLY_QUOTA_EXCEEDED");
  auto next_year = test::GoodOpening();
  next_year.set_period(2027);
  EXPECT_TRUE(Ask<Intake>(kCoordinator, "OpenIntake", next_year).ok());
}

// A1-11
TEST_F(Awards, ListTheIterationsOfAProgrammeByTheirFirstDay) {
  ASSERT_TRUE(Open("I-2", kGatheringName).ok());
  auto earlier = test::GoodOpening(kGatheringName);
  earlier.set_intake_id("I-9");
  *earlier.mutable_opens() = Date("2026-01-01");
  *earlier.mutable_first_day() = Date("2026-07-15");
  *earlier.mutable_last_day() = Date("2026-07-29");
  earlier.set_home_organisation("sections/FR");
  ASSERT_TRUE(Ask<Intake>(kCoordinator, "OpenIntake", earlier).ok());
  ASSERT_TRUE(Open().ok());
  v1::ListIntakesRequest request;
  request.set_programme(kGatheringName);
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    const auto page = Ask<v1::ListIntakesResponse>(kOfficer, "ListIntakes", request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const Intake& intake : page->intakes()) names.push_back(intake.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("intakes/I-9", "intakes/I-2"));
  request.set_state(Intake::STATE_CLOSED);
  EXPECT_THAT(Ask<v1::ListIntakesResponse>(kOfficer, "ListIntakes", request)->intakes(), IsEmpty());
}

TEST_F(Awards, ShowAJurorTheOwnPointsAloneUntilTheDecision) {
  ASSERT_TRUE(Open().ok());
  EnterAll(1);
  ASSERT_TRUE(Score(kJurors[0], 1, 9).ok());
  const auto scored = Score(kJurors[1], 1, 3);
  ASSERT_TRUE(scored.ok()) << scored.status();
  EXPECT_EQ(scored->scores_size(), 1);
  const auto ranking = [&](const Actor& actor) {
    return Ask<v1::Ranking>(actor, "GetRanking", Named<v1::GetRankingRequest>(kIntake));
  };
  EXPECT_EQ(ranking(kJurors[0])->entries(0).scores(0).total(), 36);
  EXPECT_EQ(ranking(kJurors[0])->entries(0).scores_size(), 1);
  EXPECT_THAT(ranking(kCoordinator)->entries(0).scores(), IsEmpty());
  const Actor elsewhere{"people/z", "sections/NL", {options::v1::ROLE_JURY}};
  EXPECT_EQ(ReasonOf(ranking(elsewhere).status()), "NOT_ON_JURY");
  EXPECT_EQ(ReasonOf(ranking(kSection).status()), "ROLE_MISSING");
  ASSERT_TRUE(Do<v1::CloseIntakeRequest>("CloseIntake").ok());
  ASSERT_TRUE(Do<v1::DecideIntakeRequest>("DecideIntake").ok());
  EXPECT_EQ(ranking(kCoordinator)->entries(0).scores_size(), 2);
}

TEST_F(Awards, KeepTheChildInTheDossierAlone) {
  ASSERT_TRUE(Open("I-1", kGatheringName).ok());
  Register("M-1");
  auto request = test::EntryRequest(kGatheringName);
  request.set_application_id("A-1");
  request.set_member("members/M-1");
  request.mutable_beneficiary()->set_given_name("Wilhelmina");
  request.mutable_beneficiary()->set_family_name("Xylander");
  *request.mutable_beneficiary()->mutable_birth_date() = Date("2011-03-09");
  const auto entered = Ask<App>(kSection, "SubmitApplication", request);
  ASSERT_TRUE(entered.ok()) << entered.status();
  EXPECT_EQ(entered->beneficiary_age(), 15);
  EXPECT_THAT(entered->DebugString(), Not(HasSubstr("Xylander")));
  const auto child = [&](const Actor& actor) {
    return Ask<v1::Beneficiary>(actor, "GetBeneficiary", Named<v1::GetBeneficiaryRequest>("applications/A-1"));
  };
  ASSERT_TRUE(child(kCoordinator).ok()) << child(kCoordinator).status();
  EXPECT_EQ(child(kCoordinator)->family_name(), "Xylander");
  EXPECT_TRUE(absl::IsNotFound(child(kOtherSection).status()));
  ASSERT_TRUE(store_
                  ->Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto facts, reader.UnnumberedEvents(1000));
                    for (const auto& fact : facts) EXPECT_THAT(fact.body, Not(HasSubstr("Xylander")));
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_TRUE(Withdraw(1).ok());
  ASSERT_TRUE(Ask<v1::Member>(kSection, "EraseMember", Named<v1::EraseMemberRequest>("members/M-1")).ok());
  EXPECT_EQ(ReasonOf(child(kCoordinator).status()), "MEMBER_IS_ERASED");
}

TEST_F(Awards, CheckAsTheyWouldBeSubmitted) {
  ASSERT_TRUE(Open("I-1", kGatheringName).ok());
  Register("M-1");
  v1::CheckEligibilityRequest request;
  request.set_member("members/M-1");
  request.set_programme(kGatheringName);
  EXPECT_TRUE(
      absl::IsInvalidArgument(Ask<v1::CheckEligibilityResponse>(kSection, "CheckEligibility", request).status()));
  request.set_intake(kIntake);
  request.mutable_beneficiary()->set_given_name("Mia");
  request.mutable_beneficiary()->set_family_name("M");
  *request.mutable_beneficiary()->mutable_birth_date() = Date("2020-03-09");
  const auto checked = Ask<v1::CheckEligibilityResponse>(kSection, "CheckEligibility", request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_FALSE(checked->eligible());
  EXPECT_THAT(checked->results(0).explanation(), HasSubstr("The child is 6 on the first day; possible are 13 to 17."));
}

TEST_F(Awards, AreNotForAnIntakeThatThereIsNot) {
  Register("M-1");
  EXPECT_TRUE(absl::IsNotFound(Enter(1, "intakes/none").status()));
}

class RandomAwards : public Awards {
 protected:
  int Below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }
  // One random command or day for one of the members from `first` on; refusals are as good as effects.
  void Step(const std::string& intake, int first) {
    const int who = first + Below(kMembers);
    switch (Below(14)) {
      case 0:
      case 1:
      case 2:
        (void)Enter(who, intake);
        break;
      case 3:
      case 4:
        Endorse(absl::StrCat("members/M-", who));
        break;
      case 5:
        if (Below(2) == 0) (void)Withdraw(who);
        break;
      case 6:
        clock_.Advance(absl::Hours(Below(60)));
        ASSERT_TRUE(TickAll().ok());
        break;
      case 7:
        (void)Do<v1::DecideIntakeRequest>("DecideIntake", intake);
        break;
      case 8:
        (void)Accept(who);
        break;
      case 9:
        if (Below(80) == 0) Cancel(intake);
        break;
      default:
        ScoreBoth(who, intake);
        break;
    }
  }
  void Cancel(const std::string& intake) {
    auto cancel = Named<v1::CancelIntakeRequest>(intake);
    cancel.set_reason("NO_FUNDS");
    (void)Ask<Intake>(kCoordinator, "CancelIntake", cancel);
  }
  void ScoreBoth(int who, const std::string& intake) {
    for (const Actor& juror : kJurors) (void)Score(juror, who, Below(11), intake);
  }
  void OpenForDays(const std::string& intake, int period) {
    auto opening = test::GoodOpening();
    opening.set_intake_id(intake.substr(intake.find('/') + 1));
    opening.set_period(period);
    const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), *ParseTimeZone("America/New_York"));
    *opening.mutable_opens() = ToDate(today);
    *opening.mutable_closes() = ToDate(today + 5 + Below(10));
    const auto opened = Ask<Intake>(kCoordinator, "OpenIntake", opening);
    ASSERT_TRUE(opened.ok()) << opened.status();
  }
  // The state that it ended in.
  Intake::State ExpectTogether(const std::string& intake) {
    static const std::map<Entry::Stage, std::set<State>> kStates = {
        {Entry::STAGE_RECEIVED, {App::STATE_AWAITING_ENDORSEMENT}},
        {Entry::STAGE_ADMITTED, {App::STATE_IN_SELECTION}},
        {Entry::STAGE_RESERVE, {App::STATE_IN_SELECTION}},
        {Entry::STAGE_OFFERED, {App::STATE_AWARD_OFFERED}},
        {Entry::STAGE_AWARDED, {App::STATE_AWARDED}},
        {Entry::STAGE_NOT_SELECTED, {App::STATE_NOT_SELECTED}},
        {Entry::STAGE_LEFT, {App::STATE_WITHDRAWN, App::STATE_CANCELLED, App::STATE_LAPSED}}};
    const auto ranking = Ask<v1::Ranking>(kSystem, "GetRanking", Named<v1::GetRankingRequest>(intake));
    EXPECT_TRUE(ranking.ok()) << ranking.status();
    if (!ranking.ok()) return Intake::STATE_UNSPECIFIED;
    int winners = 0;
    for (const Entry& entry : ranking->entries()) {
      EXPECT_TRUE(kStates.at(entry.stage()).contains(Get(entry.application()).state())) << entry.DebugString();
      winners += entry.stage() == Entry::STAGE_OFFERED || entry.stage() == Entry::STAGE_AWARDED ? 1 : 0;
      ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), entry.application());
    }
    EXPECT_LE(winners, ranking->intake().places());
    ExpectFoldIsRecord<Intake, v1::IntakeFact>(Intakes(), intake);
    return ranking->intake().state();
  }

  static constexpr int kMembers = 6;
  std::mt19937 dice_{TestSeed()};
};

// Whatever members, jurors, the operator and time do: no more winners than places, an application stands where its
// entry does, and both fold from their facts.
TEST_F(RandomAwards, StayTogetherWithTheirApplications) {
  constexpr int kStories = 12;
  int decided = 0;
  for (int story = 0; story < kStories; ++story) {
    const std::string intake = absl::StrCat("intakes/S-", story);
    const int first = story * 100;
    OpenForDays(intake, 2100 + story);
    for (int i = 0; i < kMembers; ++i) Register(absl::StrCat("M-", first + i));
    for (int step = 0; step < 80; ++step) Step(intake, first);
    // Brought to a decision if chance did not, and then on.
    (void)Do<v1::CloseIntakeRequest>("CloseIntake", intake);
    for (int i = 0; i < kMembers; ++i) ScoreBoth(first + i, intake);
    (void)Do<v1::DecideIntakeRequest>("DecideIntake", intake);
    for (int step = 0; step < 40; ++step) Step(intake, first);
    decided += ExpectTogether(intake) == Intake::STATE_DECIDED ? 1 : 0;
  }
  EXPECT_GT(decided, kStories / 4) << "the stories do not get far";
}

class Quotas : public testing::TestWithParam<MakeBackend> {};

// A2-11: exactly two a year, also when eight coordinators call at once.
TEST_P(Quotas, HoldWhenIntakesAreOpenedAtOnce) {
  const auto backend = GetParam()();
  ASSERT_NE(backend, nullptr);
  auto store = backend->Open();
  ASSERT_TRUE(store.ok()) << store.status();
  RandomIds ids;
  test::Gate gate;
  const Dossiers dossiers{*SecretKey::FromBytes(std::string(32, 'k'))};
  ApplicantService service({**store, testing_awards::AwardProgrammes(), dossiers, ids, gate});
  std::atomic<int> opened{0}, over_quota{0}, lost{0}, other{0};
  std::vector<std::thread> coordinators;
  for (int i = 0; i < 8; ++i) {
    coordinators.emplace_back([&] {
      Call call;
      call.actor = kCoordinator;
      call.time = Noon(test::kReceived);
      auto request = test::GoodOpening();
      request.set_places(1);
      for (;;) {
        const auto intake = service.OpenIntake(call, request);
        const std::string reason = ReasonOf(intake.status());
        if (absl::IsAborted(intake.status())) {
          ++lost;  // and is sent again, as a client does
          continue;
        }
        ++(intake.ok() ? opened : reason == "YEARLY_QUOTA_EXCEEDED" ? over_quota : other);
        return;
      }
    });
  }
  for (std::thread& coordinator : coordinators) coordinator.join();
  EXPECT_EQ(opened, 2);
  EXPECT_EQ(over_quota, 6);
  EXPECT_EQ(other, 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, Quotas, testing::Values(NewSqlite, NewPostgres),
                         [](const auto& info) { return info.index == 0 ? "Sqlite" : "Postgres"; });

}  // namespace
}  // namespace amikeco::applicant
