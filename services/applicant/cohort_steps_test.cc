// What each person of a cohort owes for their stay: a change proposal of their own.
#include <string>
#include <vector>

#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/explain.h"
#include "services/applicant/test_steps.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::kCoordinator;
using test::kOfficer;
using test::kSection;
using test::Noon;
using test::Story;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kFirst[] = "members/M-17";
constexpr char kSecond[] = "members/M-18";
const Actor kSecondOfficer{kSecond, "sections/DE", {options::v1::ROLE_OFFICER}};

v1::WriteProposalRequest WrittenOf(const std::string& member) {
  v1::WriteProposalRequest request = test::GoodProposal();
  request.set_member(member);
  return request;
}
v1::SubmitProposalRequest HandInOf(const std::string& member) {
  v1::SubmitProposalRequest request;
  request.set_member(member);
  return request;
}
v1::ReviewProposalRequest ReviewOf(const std::string& member, v1::ReviewProposalRequest request) {
  request.set_member(member);
  return request;
}

// Two fellows whose stay has begun; what it must bring is there, but for their proposals.
Story TwoFellows() {
  Story story = test::NewFellow();
  story.application.add_fellows(kFirst);
  story.application.add_fellows(kSecond);
  EXPECT_TRUE(story.Do(kCoordinator, test::PhaseDone("academic")).ok());
  EXPECT_TRUE(story.Do(kCoordinator, test::PhaseDone("police")).ok());
  EXPECT_TRUE(story.Do(test::kHostContact, test::ModuleDone("rule-of-law")).ok());
  return story;
}

void HandIn(Story& story, const Actor& fellow) {
  EXPECT_TRUE(story.Do(fellow, test::GoodProposal()).ok());
  EXPECT_TRUE(story.Do(fellow, v1::SubmitProposalRequest()).ok());
}

std::vector<std::string> OwedIds(const Story& story) {
  std::vector<std::string> ids;
  for (const OwedStep& step : Owed(story.application, story.programme)) ids.push_back(step.id);
  return ids;
}

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.ok() && info->metadata().contains(key) ? info->metadata().at(key) : "";
}

std::string FieldOf(const absl::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  return bad.ok() ? bad->field_violations(0).field() + " " + bad->field_violations(0).description() : "";
}

// A1-06
TEST(CohortProposals, AreEachFellowsOwnAndAllNeededForTheEndOfTheStay) {
  Story story = TwoFellows();
  const absl::Status neither = story.Do(kOfficer, v1::EndStayRequest());
  EXPECT_EQ(MetadataOf(neither, "open_steps"), "change-proposal/M-17,change-proposal/M-18");
  HandIn(story, kOfficer);
  const absl::Status one = story.Do(kOfficer, v1::EndStayRequest());
  EXPECT_EQ(ReasonOf(one), "STAY_INCOMPLETE");
  EXPECT_EQ(MetadataOf(one, "open_steps"), "change-proposal/M-18");
  EXPECT_TRUE(story.Do(kSecondOfficer, test::GoodProposal()).ok());
  EXPECT_EQ(MetadataOf(story.Do(kOfficer, v1::EndStayRequest()), "open_steps"), "change-proposal/M-18")
      << "a draft is not enough";
  EXPECT_TRUE(story.Do(kSecondOfficer, v1::SubmitProposalRequest()).ok());
  EXPECT_EQ(story.last.back().proposal_submitted().member(), kSecond);
  EXPECT_TRUE(story.Do(kOfficer, v1::EndStayRequest()).ok());
  const v1::Steps& steps = story.application.steps();
  EXPECT_EQ(steps.proposal().member(), kFirst);
  ASSERT_EQ(steps.fellow_proposals_size(), 1);
  EXPECT_EQ(steps.fellow_proposals(0).member(), kSecond);
  EXPECT_EQ(steps.fellow_proposals(0).state(), v1::ChangeProposal::STATE_SUBMITTED);
}

// A1-06: time ends the stay; nobody's proposal is forgotten.
TEST(CohortProposals, KeepAnIncompleteStayFromTheReturnUntilTheLastIsThere) {
  Story story = TwoFellows();
  HandIn(story, kSecondOfficer);
  story.Pass(Noon("2026-07-27"));
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_THAT(story.last.back().stay_incomplete().open_steps(), ElementsAre("change-proposal/M-17"));
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::RecordReturnRequest())), "STAY_INCOMPLETE");
  HandIn(story, kOfficer);
  EXPECT_TRUE(story.Do(kOfficer, v1::RecordReturnRequest()).ok());
}

// A1-06
TEST(CohortProposals, AreWrittenByTheirAuthorOrByOthersWhoSayWhose) {
  Story story = TwoFellows();
  EXPECT_EQ(ReasonOf(story.Do(kSecondOfficer, WrittenOf(kFirst))), "NOT_YOURSELF");
  EXPECT_EQ(ReasonOf(story.Do(kSecondOfficer, HandInOf(kFirst))), "NOT_YOURSELF");
  for (const Actor& other : {kSection, kCoordinator}) {
    EXPECT_EQ(FieldOf(story.Do(other, test::GoodProposal())),
              "member must say whose change proposal is meant; there are members/M-17, members/M-18");
    EXPECT_EQ(FieldOf(story.Do(other, WrittenOf("members/M-99"))),
              "member is not of this application; there are members/M-17, members/M-18");
  }
  EXPECT_TRUE(story.Do(kSection, WrittenOf(kSecond)).ok());
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::SubmitProposalRequest())), "PROPOSAL_INCOMPLETE")
      << "what the other one has written is not one's own";
  EXPECT_TRUE(story.Do(kSection, HandInOf(kSecond)).ok());
  EXPECT_EQ(ReasonOf(story.Do(kSecondOfficer, test::GoodProposal())), "PROPOSAL_IS_SUBMITTED");
  EXPECT_TRUE(story.Do(kOfficer, test::GoodProposal()).ok());
}

// A1-06
TEST(CohortProposals, AreReviewedOneByOne) {
  Story story = TwoFellows();
  HandIn(story, kOfficer);
  EXPECT_TRUE(story.Do(kCoordinator, test::Revise()).ok()) << "the only one that waits is meant";
  EXPECT_EQ(story.last.front().proposal_returned().member(), kFirst);
  HandIn(story, kOfficer);
  HandIn(story, kSecondOfficer);
  EXPECT_THAT(FieldOf(story.Do(kCoordinator, test::Accept())), HasSubstr("member must say whose"));
  EXPECT_TRUE(story.Do(kCoordinator, ReviewOf(kSecond, test::Accept())).ok());
  EXPECT_EQ(story.application.steps().fellow_proposals(0).state(), v1::ChangeProposal::STATE_ACCEPTED);
  EXPECT_EQ(story.application.steps().proposal().state(), v1::ChangeProposal::STATE_SUBMITTED);
  EXPECT_EQ(ReasonOf(story.Do(kCoordinator, ReviewOf(kSecond, test::Accept()))), "PROPOSAL_NOT_SUBMITTED");
  const Actor judging{kFirst, kCoordinator.organisation, kCoordinator.roles};
  EXPECT_EQ(ReasonOf(story.Do(judging, test::Accept())), "SECOND_PERSON_NEEDED") << "not by its author";
}

// A1-07
TEST(CohortProposals, AreAllCarriedOutTogether) {
  Story story = TwoFellows();
  HandIn(story, kOfficer);
  HandIn(story, kSecondOfficer);
  EXPECT_TRUE(story.Do(kOfficer, v1::EndStayRequest()).ok());
  EXPECT_TRUE(story.Do(kOfficer, v1::RecordReturnRequest()).ok());
  EXPECT_TRUE(story.Do(kCoordinator, ReviewOf(kSecond, test::Revise())).ok());
  const absl::Status early = story.Do(kSection, v1::BeginImplementationRequest());
  EXPECT_EQ(ReasonOf(early), "PROPOSAL_NOT_SUBMITTED");
  EXPECT_EQ(MetadataOf(early, "member"), kSecond);
  HandIn(story, kSecondOfficer);
  EXPECT_TRUE(story.Do(kSection, v1::BeginImplementationRequest()).ok());
  EXPECT_THAT(OwedIds(story),
              ElementsAre("report", "implementation", "proposal-review/M-17", "proposal-review/M-18", "evaluation"));
}

// A1-06
TEST(CohortProposals, AreWaitedForOfWhomTheyAre) {
  Story story = TwoFellows();
  HandIn(story, kOfficer);
  const auto explanation = Explain(story.application, story.programme, test::Day("2026-07-08"));
  std::vector<std::string> waiting;
  for (const auto& one : explanation.waiting_for()) waiting.push_back(one.what() + " by " + one.owner_name());
  EXPECT_THAT(waiting, testing::Contains("The change proposal of members/M-18 by members/M-18"));
  EXPECT_THAT(waiting, testing::Not(testing::Contains(HasSubstr("The change proposal of members/M-17"))));
}

// Facts of before there were fellows' proposals say nothing of the author.
TEST(CohortProposals, OfFactsThatNameNobodyAreTheMembers) {
  v1::ApplicationFact fact;
  fact.mutable_proposal_written()->add_topics("community-policing");
  App application;
  application.set_member(kFirst);
  application = Evolve(std::move(application), fact);
  EXPECT_EQ(application.steps().proposal().state(), v1::ChangeProposal::STATE_DRAFT);
  EXPECT_THAT(application.steps().fellow_proposals(), IsEmpty());
  EXPECT_EQ(AuthorsOf(application), std::vector<std::string>{kFirst});
  EXPECT_TRUE(&ProposalOf(application, kFirst) == &application.steps().proposal());
}

}  // namespace
}  // namespace amikeco::applicant
