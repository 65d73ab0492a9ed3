// Random commands, facts and passing time, from a printed seed: whatever happens, folding the history gives the record,
// every step is one that the table has, and nobody has two open applications to one programme.
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_service.h"
#include "services/applicant/test_steps.h"
#include "services/applicant/transitions.h"
#include "tests/support/seed.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::Compliance;
using test::Date;
using test::kCoordinator;
using test::kOfficer;
using test::kSection;
using test::Matching;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  bool OneIn(int times) { return Below(times) == 0; }
  template <typename T>
  T Of(const std::vector<T>& choices) {
    return choices[static_cast<size_t>(Below(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937 engine_;
};

v1::Wishes RandomWishes(Dice& dice, absl::CivilDay today) {
  v1::Wishes wishes = test::GoodWishes();
  const absl::CivilDay start = today + 100 + dice.Below(200);
  *wishes.mutable_earliest_start() = ToDate(start);
  *wishes.mutable_latest_end() = ToDate(start + 20 + dice.Below(60));
  wishes.set_stay_days(3 + dice.Below(18));
  return wishes;
}

matching::v1::PlacementFact RandomPlacementFact(Dice& dice, int round, absl::CivilDay today) {
  const std::string start = FormatDay(today + dice.Below(20)), end = FormatDay(today + 20 + dice.Below(20));
  switch (dice.Below(10)) {
    case 0:
      return Matching::Opened(round);
    case 1:
      return Matching::Rescheduled(1 + dice.Below(round + 1));
    case 2:
      return Matching::Willing();
    case 3:
      return Matching::CommandApproved();
    case 4:
      return Matching::Agreed(start, end);
    case 5:
      return dice.OneIn(4) ? Matching::Exhausted() : Matching::Ended();
    case 6:
      return Matching::Activities();
    case 7:
      return dice.OneIn(2) ? Matching::HomeHost() : Matching::NoHomeHost();
    default:
      return Matching::Invited(start, end);
  }
}

// The fact that brings the search on, so that random stories also get far.
matching::v1::PlacementFact NextPlacementFact(const App& application, absl::CivilDay today) {
  if (application.placement().round() != application.round()) return Matching::Rescheduled(application.round());
  switch (application.state()) {
    case App::STATE_INVITED:
      return Matching::Willing();
    case App::STATE_HOST_WILLING:
      return Matching::CommandApproved();
    case App::STATE_COMMAND_APPROVED:
      return Matching::Agreed(FormatDay(today), FormatDay(today + 20));
    default:
      return Matching::Invited(FormatDay(today), FormatDay(today + 20));
  }
}

compliance::v1::ClearanceFact RandomClearanceFact(Dice& dice) {
  return dice.Of<compliance::v1::ClearanceFact>(
      {Compliance::Granted(), Compliance::Granted(), Compliance::Lost(), Compliance::Revoked()});
}

bool IsRow(State from, State to) {
  if (from == to) return true;
  for (const Transition& row : Transitions()) {
    if (row.from == from && row.to == to) return true;
  }
  return false;
}

// A random command about the steps of the stay or what follows it.
absl::Status RandomStep(Dice& dice, test::Story& story) {
  switch (dice.Below(11)) {
    case 0:
      return story.Do(kCoordinator, test::PhaseDone(dice.Of<std::string>({"academic", "police", "beach"})));
    case 1:
      return story.Do(test::kHostContact, test::ModuleDone(dice.Of<std::string>({"rule-of-law", "community-service"})));
    case 2:
      return story.Do(kOfficer, test::GoodProposal());
    case 3:
      return story.Do(kOfficer, v1::SubmitProposalRequest());
    case 4:
      return story.Do(kCoordinator, dice.OneIn(2) ? test::Revise() : test::Accept());
    case 5:
      return story.Do(kOfficer, v1::RecordReturnRequest());
    case 6:
      return story.Do(kSection, v1::BeginImplementationRequest());
    case 7:
      return story.Do(kSection, v1::CompleteImplementationRequest());
    case 8:
      return story.Do(kSection, test::GoodEvaluation());
    default:
      return story.Do(kOfficer, v1::SubmitReportRequest());
  }
}

// The programme asks for some of the steps.
programme::v1::Programme RandomProgramme(Dice& dice) {
  programme::v1::Programme programme = dice.OneIn(3) ? test::Inbound() : test::Fellowship();
  programme::v1::AfterStay& asked = *programme.mutable_after_stay();
  if (dice.OneIn(4)) asked.clear_phases();
  if (dice.OneIn(4)) asked.clear_modules();
  if (dice.OneIn(4)) asked.clear_report_days();
  if (dice.OneIn(4)) asked.clear_evaluation();
  if (dice.OneIn(4)) asked.clear_implementation_days();
  if (asked.implementation_days() == 0 && dice.OneIn(3)) asked.clear_return_days();
  if (asked.implementation_days() == 0 && dice.OneIn(3)) asked.clear_change_proposal();
  return programme;
}

// Half of the stories begin with a stay, so that many get to what follows it.
test::Story RandomBeginning(Dice& dice) {
  const programme::v1::Programme programme = RandomProgramme(dice);
  if (dice.OneIn(2)) return test::NewFellow(programme.after_stay());
  return test::Story(dice.OneIn(2) ? test::GoodMember() : test::Endorsed(test::GoodMember()), programme);
}

class PureStory : public testing::TestWithParam<int> {};

TEST_P(PureStory, FoldsToItsRecordAndTakesOnlyStepsOfTheTable) {
  Dice dice(TestSeed() + static_cast<unsigned>(GetParam()));
  test::Story story = RandomBeginning(dice);
  const auto today = [&] { return Today(story.At(kOfficer)); };
  for (int step = 0; step < 100; ++step) {
    const State before = story.state();
    story.now += absl::Hours(dice.Below(dice.OneIn(10) ? 900 : 60));
    v1::ChangeWishesRequest wishes;
    *wishes.mutable_wishes() = RandomWishes(dice, today());
    v1::OverrideRuleRequest override_rule;
    override_rule.set_rule(dice.Of<std::string>({"notice", "stay-length", "duty"}));
    v1::CompleteTaskRequest task;
    task.set_task("collect-wishes");
    switch (dice.Below(24)) {
      case 0: {
        auto request = test::GoodRequest();
        *request.mutable_wishes() = RandomWishes(dice, today());
        (void)story.Submit(request);
        break;
      }
      case 1:
        (void)story.Endorse();
        break;
      case 2:
        (void)story.Do(kOfficer, wishes);
        break;
      case 3:
        (void)story.Do(kCoordinator, override_rule);
        break;
      case 4:
        (void)story.Do(kCoordinator, task);
        break;
      case 5:
        if (dice.OneIn(6)) (void)story.Do(kOfficer, v1::WithdrawApplicationRequest());
        break;
      case 6:
        if (dice.OneIn(6)) (void)story.Do(kCoordinator, v1::CancelApplicationRequest());
        break;
      case 7:
        (void)story.Start();
        break;
      case 8:
        if (dice.OneIn(4)) (void)story.Do(kOfficer, v1::EndStayRequest());
        break;
      case 9:
        (void)story.Do(kOfficer, v1::SubmitReportRequest());
        break;
      case 10:
        story.Pass(story.now);
        break;
      case 11:
        story.Hear(RandomPlacementFact(dice, story.application.round() + 1, today()));
        break;
      case 12:
      case 13:
        story.Hear(RandomClearanceFact(dice));
        break;
      case 14:
      case 15:
      case 16:
      case 17:
      case 18:
      case 19:
        (void)RandomStep(dice, story);
        break;
      default:
        if (story.application.has_start()) {
          (void)RandomStep(dice, story);
          break;
        }
        story.Hear(NextPlacementFact(story.application, today()));
        break;
    }
    const bool closed = story.state() == App::STATE_CLOSED;
    EXPECT_TRUE(!closed || Owed(story.application, story.programme).empty());
    EXPECT_TRUE(IsRow(before, story.state())) << App::State_Name(before) << " to " << App::State_Name(story.state());
    App folded;
    for (const auto& fact : story.history) folded = Evolve(std::move(folded), fact);
    ASSERT_EQ(folded.SerializeAsString(), story.application.SerializeAsString());
    if (story.application.has_next_due()) {
      // What is due can be done: a tick at that moment is never in vain.
      test::Story later = story;
      later.Pass(ToTime(story.application.next_due()));
      EXPECT_FALSE(later.last.empty()) << story.application.DebugString();
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PureStory, testing::Range(0, 200));

class StoredStories : public test::ServiceTest {
 protected:
  // One random command, fact or day; refusals are as good as effects.
  void Step(Dice& dice) {
    const int who = dice.Below(kMembers);
    const std::string member = absl::StrCat("members/M-", who);
    const Actor officer{member, "sections/DE", {options::v1::ROLE_OFFICER}};
    const std::string id = names_.empty() ? "none" : dice.Of(names_);
    const std::string application = "applications/" + id;
    const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), *ParseTimeZone("America/New_York"));
    switch (dice.Below(14)) {
      case 0:
      case 1: {
        auto request = test::GoodRequest();
        request.set_application_id(absl::StrCat("A-", names_.size()));
        request.set_member(member);
        *request.mutable_wishes() = RandomWishes(dice, today);
        const auto submitted = Ask<App>(officer, "SubmitApplication", request);
        if (submitted.ok()) names_.push_back(request.application_id());
        break;
      }
      case 2:
        Named<v1::Member, v1::EndorseMemberRequest>(kSection, "EndorseMember", member);
        break;
      case 3: {
        v1::ChangeWishesRequest request;
        request.set_name(application);
        *request.mutable_wishes() = RandomWishes(dice, today);
        (void)Ask<App>(kSection, "ChangeWishes", request);
        break;
      }
      case 4: {
        v1::OverrideRuleRequest request;
        request.set_name(application);
        request.set_rule("notice");
        request.set_reason("agreed with the host");
        (void)Ask<App>(kCoordinator, "OverrideRule", request);
        break;
      }
      case 5:
        if (dice.OneIn(3)) Named<App, v1::WithdrawApplicationRequest>(kSection, "WithdrawApplication", application);
        break;
      case 6:
        gate_.clearance.set_cleared(!dice.OneIn(4));
        gate_.status = dice.OneIn(4) ? absl::UnavailableError("away") : absl::OkStatus();
        Named<App, v1::StartStayRequest>(kCoordinator, "StartStay", application);
        break;
      case 7: {
        v1::SubmitReportRequest request;
        request.set_name(application);
        request.set_text("It was good.");
        (void)Ask<App>(kSection, "SubmitReport", request);
        break;
      }
      case 8:
        clock_.Advance(absl::Hours(dice.Below(400)));
        EXPECT_TRUE(TickAll().ok());
        break;
      case 9:
        Note(Hear("clearances/" + id, RandomClearanceFact(dice)));
        break;
      case 10:
        Note(Hear("placements/" + id, RandomPlacementFact(dice, 1, today)));
        break;
      default:
        if (id != "none") Note(Hear("placements/" + id, NextPlacementFact(Get(application), today)));
        break;
    }
  }
  template <typename Response, typename Request>
  void Named(const Actor& actor, absl::string_view method, const std::string& name) {
    Request request;
    request.set_name(name);
    (void)Ask<Response>(actor, method, request);
  }
  void Note(const absl::Status& status) { EXPECT_TRUE(status.ok() || absl::IsNotFound(status)) << status; }

  static constexpr int kMembers = 4;
  std::vector<std::string> names_;
};

TEST_F(StoredStories, FoldToTheirRecordsOnARealStore) {
  Dice dice(TestSeed());
  for (int i = 0; i < kMembers; ++i) Register(absl::StrCat("M-", i));
  for (int step = 0; step < 1500; ++step) Step(dice);
  std::map<std::string, int> open;
  std::map<State, int> states;
  for (const std::string& name : names_) {
    ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), "applications/" + name);
    const App application = Get("applications/" + name);
    ++states[application.state()];
    if (IsOpen(application.state())) ++open[application.member() + application.programme()];
  }
  for (int i = 0; i < kMembers; ++i) {
    ExpectFoldIsRecord<v1::Member, v1::MemberFact>(Members(), absl::StrCat("members/M-", i));
  }
  for (const auto& [member, count] : open) EXPECT_EQ(count, 1) << member;
  EXPECT_GT(names_.size(), 5u);
  EXPECT_GT(states.size(), 2u) << "the stories do not get far";
}

}  // namespace
}  // namespace amikeco::applicant
