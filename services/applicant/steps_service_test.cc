// The steps of a stay, mentors and alumni through the service's door.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_service.h"
#include "services/applicant/test_steps.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::kCoordinator;
using test::kHostContact;
using test::kOfficer;
using test::kSection;
using test::Matching;
using test::Noon;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kFellow[] = "applications/F-1";
constexpr char kMember[] = "members/M-17";

class StepsServiceTest : public test::ServiceTest {
 protected:
  // A fellow whose stay has begun.
  void SetUp() override {
    programmes_.Add(test::Fellowship());
    programmes_.Add(test::MentorsProgramme());
    Register("M-17");
    Endorse(kMember);
    auto request = test::GoodRequest();
    request.set_application_id("F-1");
    request.set_programme(test::kFellowshipName);
    const auto submitted = Ask<App>(kSection, "SubmitApplication", request);
    ASSERT_TRUE(submitted.ok()) << submitted.status();
    Clear("F-1");
    clock_.AdvanceTo(Noon("2026-07-06"));
    ASSERT_TRUE(Do(kOfficer, "StartStay", v1::StartStayRequest()).ok());
  }
  template <typename Response = App, typename Request>
  absl::StatusOr<Response> Do(const Actor& actor, absl::string_view method, Request request,
                              const std::string& name = kFellow) {
    request.set_name(name);
    return Ask<Response>(actor, method, request);
  }
  void CompleteStay() {
    using test::ModuleDone;
    using test::PhaseDone;
    EXPECT_TRUE(Do<v1::StayProgress>(kCoordinator, "CompletePhase", PhaseDone("academic")).ok());
    EXPECT_TRUE(Do<v1::StayProgress>(kCoordinator, "CompletePhase", PhaseDone("police")).ok());
    EXPECT_TRUE(Do<v1::StayProgress>(kHostContact, "CompleteModule", ModuleDone("rule-of-law")).ok());
    EXPECT_TRUE(Do(kOfficer, "WriteProposal", test::GoodProposal()).ok());
    EXPECT_TRUE(Do(kOfficer, "SubmitProposal", v1::SubmitProposalRequest()).ok());
  }
  void Implement() {
    CompleteStay();
    EXPECT_TRUE(Do(kOfficer, "EndStay", v1::EndStayRequest()).ok());
    EXPECT_TRUE(Do(kOfficer, "RecordReturn", v1::RecordReturnRequest()).ok());
    const auto begun = Do(kSection, "BeginImplementation", v1::BeginImplementationRequest());
    EXPECT_TRUE(begun.ok()) << begun.status();
  }
  void Close() {
    Implement();
    EXPECT_TRUE(Do(kSection, "CompleteImplementation", v1::CompleteImplementationRequest()).ok());
    EXPECT_TRUE(Do(kSection, "RecordEvaluation", test::GoodEvaluation()).ok());
    EXPECT_TRUE(Do(kCoordinator, "ReviewProposal", test::Accept()).ok());
    v1::SubmitReportRequest report;
    report.set_text("It was good.");
    const auto closed = Do(kOfficer, "SubmitReport", report);
    ASSERT_TRUE(closed.ok()) << closed.status();
    EXPECT_EQ(closed->state(), App::STATE_CLOSED);
  }
  absl::StatusOr<App> Mentor(const Actor& actor, const std::string& member, const std::string& id) {
    auto request = test::GoodRequest();
    request.set_application_id(id);
    request.set_member(member);
    request.set_programme(test::kMentorsName);
    request.set_mentors_for(kFellow);
    *request.mutable_wishes()->mutable_earliest_start() = test::Date("2027-03-01");
    *request.mutable_wishes()->mutable_latest_end() = test::Date("2027-04-30");
    return Ask<App>(actor, "SubmitApplication", request);
  }
  std::vector<std::string> Alumni(const Actor& actor) {
    const auto list = Ask<v1::ListAlumniResponse>(actor, "ListAlumni", v1::ListAlumniRequest());
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<std::string> members;
    for (const auto& one : list->alumni()) members.push_back(one.member());
    return members;
  }
  absl::StatusOr<v1::Member> AllowContact(const Actor& actor, bool allowed) {
    v1::SetAlumniContactRequest request;
    request.set_allowed(allowed);
    return Do<v1::Member>(actor, "SetAlumniContact", request, kMember);
  }
};

// A1-05, A1-06, A1-07, A1-12, A3-20
TEST_F(StepsServiceTest, TakesAFellowThroughAllSteps) {
  Close();
  ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), kFellow);
}

// A1-05, A1-12: who has the officer sees how far the stay has come, and nothing else of the application.
TEST_F(StepsServiceTest, ShowsTheStayToTheHostAndToThePartnersOfItsPhases) {
  const v1::GetStayProgressRequest request;
  for (const Actor& actor : {kHostContact, test::kUniversity, kCoordinator, kOfficer}) {
    const auto progress = Do<v1::StayProgress>(actor, "GetStayProgress", request);
    ASSERT_TRUE(progress.ok()) << actor.subject << progress.status();
    EXPECT_EQ(progress->current_phase(), "academic");
    EXPECT_THAT(progress->modules(), SizeIs(2));
  }
  const Actor stranger{"people/hal", "hosts/TX0000000", {options::v1::ROLE_HOST_CONTACT}};
  EXPECT_TRUE(absl::IsNotFound(Do<v1::StayProgress>(stranger, "GetStayProgress", request).status()));
  const auto refused = Do<v1::StayProgress>(stranger, "CompleteModule", test::ModuleDone("rule-of-law"));
  EXPECT_TRUE(absl::IsNotFound(refused.status())) << refused.status();
  auto stale = test::ModuleDone("rule-of-law");
  stale.set_etag("\"1\"");
  EXPECT_EQ(ReasonOf(Do<v1::StayProgress>(kHostContact, "CompleteModule", stale).status()), "ETAG_MISMATCH");
  EXPECT_TRUE(Do<v1::StayProgress>(kHostContact, "CompleteModule", test::ModuleDone("rule-of-law")).ok());
}

// A1-06, A1-10
TEST_F(StepsServiceTest, KeepsTheWordsOfAProposalInTheDossier) {
  const v1::GetProposalRequest get;
  EXPECT_TRUE(absl::IsNotFound(Do<v1::ProposalText>(kOfficer, "GetProposal", get).status()));
  ASSERT_TRUE(Do(kOfficer, "WriteProposal", test::GoodProposal()).ok());
  ASSERT_TRUE(Do(kOfficer, "SubmitProposal", v1::SubmitProposalRequest()).ok());
  ASSERT_TRUE(Do(kCoordinator, "ReviewProposal", test::Revise()).ok());
  const auto words = Do<v1::ProposalText>(kCoordinator, "GetProposal", get);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(words->text(), HasSubstr("Miller"));
  EXPECT_THAT(words->artefact_titles(), ElementsAre("Policy on foot patrols in the old town"));
  EXPECT_EQ(words->review_comments(), "Say who does it.");
  const Actor other{"members/M-90", "sections/DE", {options::v1::ROLE_OFFICER}};
  EXPECT_TRUE(absl::IsNotFound(Do<v1::ProposalText>(other, "GetProposal", get).status()));
}

// A1-06, A5-05: each fellow's words are in the own dossier, and are erased with it alone.
TEST_F(StepsServiceTest, KeepsTheWordsOfEachOfACohortApart) {
  programme::v1::Programme cohort = test::Fellowship();
  cohort.set_name("programmes/test-cohort");
  cohort.mutable_applicants()->set_kind(programme::v1::Applicants::KIND_COHORT);
  programmes_.Add(cohort);
  clock_.AdvanceTo(Noon("2026-07-06"));
  for (const char* id : {"M-31", "M-32"}) {
    Register(id);
    Endorse(absl::StrCat("members/", id));
  }
  constexpr char kTwo[] = "applications/F-2";
  auto request = test::GoodRequest();
  request.set_application_id("F-2");
  request.set_programme(cohort.name());
  request.set_member("members/M-31");
  request.add_fellows("members/M-32");
  *request.mutable_wishes()->mutable_earliest_start() = test::Date("2026-12-01");
  *request.mutable_wishes()->mutable_latest_end() = test::Date("2027-01-31");
  const auto submitted = Ask<App>(kSection, "SubmitApplication", request);
  ASSERT_TRUE(submitted.ok()) << submitted.status();
  for (const auto& fact : {Matching::Opened(1), Matching::Invited("2026-12-01", "2026-12-21"), Matching::Willing(),
                           Matching::CommandApproved(), Matching::Agreed("2026-12-01", "2026-12-21")}) {
    ASSERT_TRUE(Hear("placements/F-2", fact).ok());
  }
  ASSERT_TRUE(Hear("clearances/F-2", test::Compliance::Granted()).ok());
  gate_.clearance.set_name("clearances/F-2");
  gate_.clearance.clear_legs();
  *gate_.clearance.add_legs() = Matching::Agreed("2026-12-01", "2026-12-21").agreed().legs(0);
  clock_.AdvanceTo(Noon("2026-12-01"));
  const Actor first{"members/M-31", "sections/DE", {options::v1::ROLE_OFFICER}};
  const Actor second{"members/M-32", "sections/DE", {options::v1::ROLE_OFFICER}};
  const auto started = Do(second, "StartStay", v1::StartStayRequest(), kTwo);
  ASSERT_TRUE(started.ok()) << started.status();
  for (const Actor& fellow : {first, second}) {
    auto words = test::GoodProposal();
    words.set_text(absl::StrCat("Words of ", fellow.subject));
    const auto written = Do(fellow, "WriteProposal", words, kTwo);
    ASSERT_TRUE(written.ok()) << written.status();
    ASSERT_TRUE(Do(fellow, "SubmitProposal", v1::SubmitProposalRequest(), kTwo).ok());
  }
  auto revise = test::Revise();
  revise.set_member(second.subject);
  ASSERT_TRUE(Do(kCoordinator, "ReviewProposal", revise, kTwo).ok());
  v1::GetProposalRequest get;
  const auto mine = Do<v1::ProposalText>(first, "GetProposal", get, kTwo);
  ASSERT_TRUE(mine.ok()) << mine.status();
  EXPECT_EQ(mine->text(), "Words of members/M-31");
  EXPECT_EQ(mine->review_comments(), "");
  EXPECT_TRUE(absl::IsInvalidArgument(Do<v1::ProposalText>(kCoordinator, "GetProposal", get, kTwo).status()));
  get.set_member(second.subject);
  for (const Actor& reader : {first, second, kCoordinator}) {
    const auto theirs = Do<v1::ProposalText>(reader, "GetProposal", get, kTwo);
    ASSERT_TRUE(theirs.ok()) << theirs.status();
    EXPECT_EQ(theirs->text(), "Words of members/M-32");
    EXPECT_EQ(theirs->review_comments(), "Say who does it.");
  }
  ASSERT_TRUE(Do(first, "WithdrawApplication", v1::WithdrawApplicationRequest(), kTwo).ok());
  const auto erased = Do<v1::Member>(kSection, "EraseMember", v1::EraseMemberRequest(), second.subject);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(ReasonOf(Do<v1::ProposalText>(kCoordinator, "GetProposal", get, kTwo).status()), "MEMBER_IS_ERASED");
  get.set_member(first.subject);
  EXPECT_TRUE(Do<v1::ProposalText>(kCoordinator, "GetProposal", get, kTwo).ok());
  ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), kTwo);
}

TEST_F(StepsServiceTest, LosesNothingOfAProposalThatIsRefused) {
  ASSERT_TRUE(Do(kOfficer, "WriteProposal", test::GoodProposal()).ok());
  auto wrong = test::GoodProposal();
  wrong.set_text("Something else.");
  wrong.add_topics("parachuting");
  EXPECT_TRUE(absl::IsInvalidArgument(Do(kOfficer, "WriteProposal", wrong).status()));
  const auto words = Do<v1::ProposalText>(kOfficer, "GetProposal", v1::GetProposalRequest());
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->text(), test::GoodProposal().text());
}

// A3-20
TEST_F(StepsServiceTest, KeepsTheWordsOfAnEvaluationInTheDossier) {
  Close();
  const auto words = Do<v1::EvaluationText>(kCoordinator, "GetEvaluation", v1::GetEvaluationRequest());
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_EQ(words->text(), "Chief Weber keeps to it.");
  ASSERT_TRUE(Do<v1::Member>(kSection, "EraseMember", v1::EraseMemberRequest(), kMember).ok());
  EXPECT_EQ(ReasonOf(Do<v1::EvaluationText>(kCoordinator, "GetEvaluation", v1::GetEvaluationRequest()).status()),
            "MEMBER_IS_ERASED");
}

// A1-08, A1-09: a mentor is an officer of the host's agency with an application, and so a clearance, of their own.
TEST_F(StepsServiceTest, LinksAMentorOfTheHostAgencyToTheFellow) {
  Register("M-90", kSection, test::kHost);
  const Actor mentor{"members/M-90", "sections/DE", {options::v1::ROLE_OFFICER}};
  const auto early = Mentor(mentor, "members/M-90", "B-0");
  EXPECT_EQ(ReasonOf(early.status()), "MENTOR_NOT_POSSIBLE") << early.status();
  Implement();
  const auto linked = Mentor(mentor, "members/M-90", "B-1");
  ASSERT_TRUE(linked.ok()) << linked.status();
  EXPECT_EQ(linked->mentors_for(), kFellow);
  EXPECT_EQ(linked->state(), App::STATE_AWAITING_ENDORSEMENT) << "with a process of its own";
  const App fellow = Get(kFellow);
  ASSERT_THAT(fellow.mentors(), SizeIs(1));
  EXPECT_EQ(fellow.mentors(0).mentor_application(), "applications/B-1");
  EXPECT_EQ(fellow.mentors(0).agency(), test::kHost);
  EXPECT_EQ(fellow.state(), App::STATE_IMPLEMENTING);
  ExpectFoldIsRecord<App, v1::ApplicationFact>(Applications(), kFellow);
}

// A1-08
TEST_F(StepsServiceTest, RefusesAMentorOfAnotherAgencyAndNamesBoth) {
  Implement();
  Register("M-91", kSection, "hosts/TX0000000");
  const auto refused = Mentor(kSection, "members/M-91", "B-1");
  EXPECT_EQ(ReasonOf(refused.status()), "MENTOR_NOT_POSSIBLE");
  EXPECT_THAT(std::string(refused.status().message()), AllOf(HasSubstr("hosts/TX0000000"), HasSubstr(test::kHost)));
  EXPECT_THAT(Get(kFellow).mentors(), IsEmpty());
  // Who has nothing to do with the fellow does not learn that there is one.
  Register("M-92", test::kOtherSection, "hosts/TX0000000");
  const auto stranger = Mentor(test::kOtherSection, "members/M-92", "B-2");
  EXPECT_TRUE(absl::IsNotFound(stranger.status())) << stranger.status();
}

// A4-20
TEST_F(StepsServiceTest, ListsWhatAnOfficerHasCompleted) {
  v1::ListCompletedAssignmentsRequest request;
  request.set_member(kMember);
  const auto list = [&](const Actor& actor) {
    const auto response = Ask<v1::ListCompletedAssignmentsResponse>(actor, "ListCompletedAssignments", request);
    EXPECT_TRUE(response.ok()) << response.status();
    return std::vector<v1::CompletedAssignment>(response->assignments().begin(), response->assignments().end());
  };
  EXPECT_THAT(list(kOfficer), IsEmpty()) << "nothing is complete yet";
  Close();
  v1::UpdateMembershipRequest update;
  *update.mutable_membership() = test::GoodMember().membership();
  update.set_duty_status(programme::v1::DUTY_STATUS_ACTIVE);
  update.set_agency("hosts/DE-BE-0001");
  ASSERT_TRUE(Do<v1::Member>(kSection, "UpdateMembership", update, kMember).ok());
  const Actor employer{"people/emil", "hosts/DE-BE-0001", {options::v1::ROLE_HOST_CONTACT}};
  for (const Actor& actor : {kOfficer, kSection, kCoordinator, employer}) {
    const auto all = list(actor);
    ASSERT_THAT(all, SizeIs(1)) << actor.subject;
    EXPECT_EQ(all[0].application(), kFellow);
    EXPECT_EQ(all[0].role(), v1::ASSIGNMENT_ROLE_PARTICIPANT);
    EXPECT_EQ(all[0].host(), test::kHost);
    EXPECT_EQ(FormatDate(all[0].first_day()), "2026-07-06");
    EXPECT_EQ(FormatDate(all[0].last_day()), "2026-07-06") << "as it was, not as it was agreed";
  }
  EXPECT_THAT(list(kHostContact), IsEmpty()) << "another agency's officer";
  EXPECT_THAT(list(test::kOtherSection), IsEmpty());
}

// A1-14
TEST_F(StepsServiceTest, ListsOnlyAlumniWhoCompletedAndAllowToBeContacted) {
  ASSERT_TRUE(AllowContact(kOfficer, true).ok());
  EXPECT_THAT(Alumni(kCoordinator), IsEmpty()) << "not completed";
  ASSERT_TRUE(AllowContact(kSection, false).ok());
  Close();
  EXPECT_THAT(Alumni(kCoordinator), IsEmpty()) << "no longer allowed";
  EXPECT_EQ(ReasonOf(AllowContact(kSection, true).status()), "NOT_THE_MEMBER");
  const auto allowed = AllowContact(kOfficer, true);
  ASSERT_TRUE(allowed.ok()) << allowed.status();
  EXPECT_EQ(FormatDate(allowed->alumni_contact_since()), "2026-07-06");
  EXPECT_THAT(Alumni(kCoordinator), ElementsAre(kMember));
  const Actor of_section{"people/sven", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  EXPECT_THAT(Alumni(of_section), IsEmpty()) << "the section operates no programme";
  ASSERT_TRUE(Do<v1::Member>(kSection, "EraseMember", v1::EraseMemberRequest(), kMember).ok());
  EXPECT_THAT(Alumni(kCoordinator), IsEmpty()) << "erased";
  ExpectFoldIsRecord<v1::Member, v1::MemberFact>(Members(), kMember);
}

TEST_F(StepsServiceTest, KeepsTheAgencyOfAMemberThatIsUpdatedWithoutOne) {
  Register("M-90", kSection, test::kHost);
  v1::UpdateMembershipRequest update;
  *update.mutable_membership() = test::GoodMember().membership();
  update.set_duty_status(programme::v1::DUTY_STATUS_RETIRED);
  const auto updated = Do<v1::Member>(kSection, "UpdateMembership", update, "members/M-90");
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->agency(), test::kHost);
}

}  // namespace
}  // namespace amikeco::applicant
