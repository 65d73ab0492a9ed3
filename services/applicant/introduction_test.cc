// Introductions: decisions, and through the door that nobody learns of another what the other has not agreed to.
#include "services/applicant/introduction.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_service.h"

namespace amikeco::applicant {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Introduction = v1::Introduction;

Actor Themselves(const std::string& id, const std::string& section = "sections/DE") {
  return {absl::StrCat("members/", id), section, {options::v1::ROLE_OFFICER}};
}

TEST(SharedInterests, AreThoseOfBothInTheViewersWords) {
  v1::Profile mine, theirs;
  for (const char* interest : {"Chess", "hiking", "Choral  Singing", "chess"}) mine.add_interests(interest);
  for (const char* interest : {"CHESS", "choral singing ", "stamps"}) theirs.add_interests(interest);
  EXPECT_THAT(SharedInterests(mine, theirs), ElementsAre("Chess", "Choral  Singing"));
  EXPECT_THAT(SharedInterests(mine, v1::Profile()), IsEmpty());
}

TEST(DecideIntroduction, IsAnsweredOnceByWhoeverIsAskedAndEndedByEither) {
  Introduction asked;
  asked.set_state(Introduction::STATE_ASKED);
  asked.set_asker("members/A");
  asked.set_asked("members/B");
  const Actor a = Themselves("A"), b = Themselves("B");
  v1::AnswerIntroductionRequest accept, decline;
  accept.set_accept(true);
  EXPECT_EQ(ReasonOf(Decide(asked, accept, {absl::UnixEpoch(), a}).status()), "NOT_ASKED");
  const Introduction mutual = Evolve(asked, Decide(asked, accept, {absl::UnixEpoch(), b})->at(0));
  EXPECT_EQ(mutual.state(), Introduction::STATE_MUTUAL);
  EXPECT_THAT(*Decide(mutual, accept, {absl::UnixEpoch(), b}), IsEmpty());
  EXPECT_EQ(ReasonOf(Decide(mutual, decline, {absl::UnixEpoch(), b}).status()), "INTRODUCTION_IS_DECIDED");
  const Introduction declined = Evolve(asked, Decide(asked, decline, {absl::UnixEpoch(), b})->at(0));
  EXPECT_EQ(declined.state(), Introduction::STATE_DECLINED);
  for (const Actor& actor : {a, b}) {
    for (const Introduction& open : {asked, mutual}) {
      const Introduction ended =
          Evolve(open, Decide(open, v1::EndIntroductionRequest(), {absl::UnixEpoch(), actor})->at(0));
      EXPECT_EQ(ended.state(), Introduction::STATE_ENDED);
      EXPECT_EQ(ReasonOf(Decide(ended, accept, {absl::UnixEpoch(), b}).status()), "INTRODUCTION_IS_DECIDED");
    }
    EXPECT_THAT(*Decide(declined, v1::EndIntroductionRequest(), {absl::UnixEpoch(), actor}), IsEmpty());
  }
}

// A2-12
TEST(Shown, HidesTheOtherUnlessBothConsent) {
  Introduction introduction;
  introduction.set_asker("members/A");
  introduction.set_asked("members/B");
  for (int state = Introduction::State_MIN; state <= Introduction::State_MAX; ++state) {
    introduction.set_state(static_cast<Introduction::State>(state));
    const bool open = state == Introduction::STATE_MUTUAL;
    EXPECT_EQ(Shown(introduction, "members/A").asked(), open ? "members/B" : "") << state;
    EXPECT_EQ(Shown(introduction, "members/B").asker(), open ? "members/A" : "") << state;
    EXPECT_EQ(Shown(introduction, "members/A").asker(), "members/A");
  }
}

class IntroductionTest : public test::ServiceTest {
 protected:
  // A member of the section with these interests, findable if so wished.
  void Enter(const std::string& id, const std::vector<std::string>& interests, bool findable = true,
             const Actor& registrar = test::kSection) {
    Register(id, registrar);
    Write(id, interests, registrar.organisation);
    if (findable) {
      const auto set = SetFindable(id, true, registrar.organisation);
      ASSERT_TRUE(set.ok()) << set.status();
    }
  }
  void Write(const std::string& id, const std::vector<std::string>& interests,
             const std::string& section = "sections/DE") {
    v1::RecordProfileRequest request;
    request.set_name(absl::StrCat("members/", id));
    request.mutable_profile()->set_given_name("Given-" + id);
    request.mutable_profile()->set_family_name("Family-" + id);
    request.mutable_profile()->set_email(id + "@police.example");
    for (const std::string& interest : interests) request.mutable_profile()->add_interests(interest);
    const auto written = Ask<v1::Member>(Themselves(id, section), "RecordProfile", request);
    ASSERT_TRUE(written.ok()) << written.status();
  }
  absl::StatusOr<v1::Member> SetFindable(const std::string& id, bool findable,
                                         const std::string& section = "sections/DE") {
    v1::SetFindableRequest request;
    request.set_name(absl::StrCat("members/", id));
    request.set_findable(findable);
    return Ask<v1::Member>(Themselves(id, section), "SetFindable", request);
  }
  absl::StatusOr<Introduction> Request(const std::string& id, const std::string& interest,
                                       const std::string& section = "") {
    v1::RequestIntroductionRequest request;
    request.set_member(absl::StrCat("members/", id));
    request.set_interest(interest);
    request.set_section(section);
    return Ask<Introduction>(Themselves(id), "RequestIntroduction", request);
  }
  absl::StatusOr<Introduction> Answer(const std::string& id, const std::string& name, bool accept) {
    v1::AnswerIntroductionRequest request;
    request.set_name(name);
    request.set_accept(accept);
    return Ask<Introduction>(Themselves(id), "AnswerIntroduction", request);
  }
  absl::StatusOr<Introduction> End(const std::string& id, const std::string& name) {
    v1::EndIntroductionRequest request;
    request.set_name(name);
    return Ask<Introduction>(Themselves(id), "EndIntroduction", request);
  }
  absl::StatusOr<Introduction> Get(const Actor& actor, const std::string& name) {
    v1::GetIntroductionRequest request;
    request.set_name(name);
    return Ask<Introduction>(actor, "GetIntroduction", request);
  }
};

// A2-12
TEST_F(IntroductionTest, BringsTwoTogetherWhoBothSayYesAndTellsNeitherBefore) {
  Enter("anna", {"Chess", "hiking"});
  Enter("bert", {"chess"});
  const auto asked = Request("anna", "CHESS");
  ASSERT_TRUE(asked.ok()) << asked.status();
  for (const char* id : {"anna", "bert"}) {
    const auto seen = Get(Themselves(id), asked->name());
    ASSERT_TRUE(seen.ok()) << seen.status();
    EXPECT_EQ(seen->state(), Introduction::STATE_ASKED);
    EXPECT_EQ(seen->asked_section(), "sections/DE");
    EXPECT_EQ(seen->shared_interests_size(), 1);
    const std::string other = std::string(id) == "anna" ? "bert" : "anna";
    EXPECT_THAT(seen->ShortDebugString(), Not(HasSubstr(other)));
  }
  EXPECT_THAT(asked->ShortDebugString(), Not(HasSubstr("bert")));
  const auto accepted = Answer("bert", asked->name(), true);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  const auto anna = Get(Themselves("anna"), asked->name());
  EXPECT_EQ(anna->asked(), "members/bert");
  EXPECT_EQ(anna->counterpart().family_name(), "Family-bert");
  EXPECT_EQ(Get(Themselves("bert"), asked->name())->counterpart().email(), "anna@police.example");
  ExpectFoldIsRecord<Introduction, v1::IntroductionFact>(Introductions(), asked->name());
  ExpectFoldIsRecord<v1::Member, v1::MemberFact>(Members(), "members/anna");
}

// A2-12
TEST_F(IntroductionTest, HidesBothAgainWhenOneTakesTheConsentBack) {
  Enter("anna", {"chess"});
  Enter("bert", {"chess"});
  const std::string name = Request("anna", "chess")->name();
  ASSERT_TRUE(Answer("bert", name, true).ok());
  ASSERT_TRUE(End("anna", name).ok());
  const auto seen = Get(Themselves("bert"), name);
  EXPECT_EQ(seen->state(), Introduction::STATE_ENDED);
  EXPECT_THAT(seen->ShortDebugString(), Not(HasSubstr("anna")));
  EXPECT_FALSE(seen->has_counterpart());
  EXPECT_THAT(seen->shared_interests(), IsEmpty());
  EXPECT_EQ(ReasonOf(Request("bert", "chess").status()), "NOBODY_SHARES_INTEREST");
}

// A2-12
TEST_F(IntroductionTest, FindsOnlyWhoAskedToBeFoundAndOnlyOnce) {
  Enter("anna", {"chess"});
  Enter("shy", {"chess"}, false);
  EXPECT_EQ(ReasonOf(Request("anna", "chess").status()), "NOBODY_SHARES_INTEREST");
  EXPECT_EQ(ReasonOf(Request("shy", "chess").status()), "NOT_FINDABLE");
  EXPECT_EQ(Request("anna", "stamps").status().code(), absl::StatusCode::kInvalidArgument);
  Enter("bert", {"chess"});
  ASSERT_TRUE(Request("anna", "chess").ok());
  EXPECT_EQ(ReasonOf(Request("anna", "chess").status()), "NOBODY_SHARES_INTEREST");
  Enter("yves", {"chess"}, true, test::kOtherSection);
  EXPECT_EQ(ReasonOf(Request("anna", "chess", "sections/IT").status()), "NOBODY_SHARES_INTEREST");
  EXPECT_EQ(Request("anna", "chess", "sections/FR")->asked_section(), "sections/FR");
}

// A2-12
TEST_F(IntroductionTest, FollowsTheProfileAndTheWishToBeFound) {
  Enter("anna", {"chess"});
  Enter("bert", {"chess"});
  Write("bert", {"hiking"});
  EXPECT_EQ(ReasonOf(Request("anna", "chess").status()), "NOBODY_SHARES_INTEREST");
  Write("bert", {"chess"});
  ASSERT_TRUE(SetFindable("bert", false).ok());
  EXPECT_EQ(ReasonOf(Request("anna", "chess").status()), "NOBODY_SHARES_INTEREST");
  Write("bert", {});
  EXPECT_EQ(ReasonOf(SetFindable("bert", true).status()), "NO_INTERESTS");
}

// A2-12
TEST_F(IntroductionTest, IsSeenByTheTwoAloneAndDecidedByNobodyForThem) {
  Enter("anna", {"chess"});
  Enter("bert", {"chess"});
  Enter("carl", {"chess"}, false);
  const std::string name = Request("anna", "chess")->name();
  EXPECT_EQ(Get(Themselves("carl"), name).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Get(test::kSection, name).status().code(), absl::StatusCode::kPermissionDenied);
  v1::SetFindableRequest request;
  request.set_name("members/carl");
  request.set_findable(true);
  EXPECT_EQ(Ask<v1::Member>(Themselves("bert"), "SetFindable", request).status().code(), absl::StatusCode::kNotFound);
  const Actor both{"people/eva", "sections/DE", {options::v1::ROLE_OFFICER, options::v1::ROLE_ENDORSER}};
  EXPECT_EQ(ReasonOf(Ask<v1::Member>(both, "SetFindable", request).status()), "NOT_YOURSELF");
  v1::ListIntroductionsRequest list;
  EXPECT_THAT(Ask<v1::ListIntroductionsResponse>(Themselves("anna"), "ListIntroductions", list)->introductions(),
              SizeIs(1));
  EXPECT_THAT(Ask<v1::ListIntroductionsResponse>(Themselves("carl"), "ListIntroductions", list)->introductions(),
              IsEmpty());
}

// A2-12, A5-05
TEST_F(IntroductionTest, EndsWhenOneIsErasedAndNeverStoresAnInterestInClear) {
  Enter("anna", {"canary-keeping"});
  Enter("bert", {"canary-keeping"});
  const std::string name = Request("anna", "canary-keeping")->name();
  ASSERT_TRUE(Answer("bert", name, true).ok());
  ASSERT_TRUE(Get(Themselves("anna"), name)->has_counterpart());
  v1::EraseMemberRequest erase;
  erase.set_name("members/bert");
  ASSERT_TRUE(Ask<v1::Member>(Themselves("bert"), "EraseMember", erase).ok());
  const auto seen = Get(Themselves("anna"), name);
  EXPECT_EQ(seen->state(), Introduction::STATE_ENDED);
  EXPECT_THAT(seen->ShortDebugString(), Not(HasSubstr("bert")));
  const std::string stored = EverythingStored();
  EXPECT_THAT(stored, Not(HasSubstr("canary-keeping")));
  EXPECT_THAT(stored, Not(HasSubstr("Family-bert")));
  EXPECT_TRUE(store_
                  ->Read([&](Reader& reader) -> absl::Status {
                    AMIKECO_ASSIGN_OR_RETURN(const auto listing, Listings().Find(reader, "members/bert"));
                    EXPECT_FALSE(listing.exists());
                    return absl::OkStatus();
                  })
                  .ok());
}

}  // namespace
}  // namespace amikeco::applicant
