// The steps of a stay and what follows it: phases, curriculum, change proposal, return, implementation, evaluation.
#include "services/applicant/steps.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/explain.h"
#include "services/applicant/mentor.h"
#include "services/applicant/test_steps.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::AllSteps;
using test::Date;
using test::Day;
using test::FactNames;
using test::FellowIn;
using test::kCoordinator;
using test::kHostContact;
using test::kOfficer;
using test::kSection;
using test::ModuleDone;
using test::NewFellow;
using test::Noon;
using test::PhaseDone;
using test::Story;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string MetadataOf(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.ok() && info->metadata().contains(key) ? info->metadata().at(key) : "";
}

std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  return fields;
}

std::string Count(const std::vector<v1::ApplicationFact>& history, v1::ApplicationFact::FactCase fact) {
  return std::to_string(std::count_if(history.begin(), history.end(),
                                      [&](const v1::ApplicationFact& one) { return one.fact_case() == fact; }));
}

// A1-05
TEST(Phases, AreLaidOutWithPartnersAndLastDaysWhenTheStayBegins) {
  const Story story = NewFellow();
  const auto& phases = story.application.steps().phases();
  ASSERT_EQ(phases.size(), 2);
  EXPECT_EQ(phases[0].partner(), "organisations/university");
  EXPECT_EQ(FormatDate(phases[0].last_day()), "2026-07-12");
  EXPECT_EQ(phases[1].partner(), test::kHost) << "the agency that matching found";
  EXPECT_EQ(FormatDate(phases[1].last_day()), "2026-07-26");
  EXPECT_EQ(story.application.steps().current_phase(), "academic");
}

// A1-05
TEST(Phases, AreCompletedStrictlyInOrderByTheOperatorsCoordinator) {
  Story story = NewFellow();
  const absl::Status early = story.Do(kCoordinator, PhaseDone("police"));
  EXPECT_EQ(ReasonOf(early), "PHASE_NOT_CURRENT");
  EXPECT_EQ(MetadataOf(early, "current_phase"), "academic");
  EXPECT_THAT(story.Do(kCoordinator, PhaseDone("beach")).message(), HasSubstr("academic, police"));
  const Actor of_section{"people/sven", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(story.Do(of_section, PhaseDone("academic"))), "NOT_YOUR_PROGRAMME");
  story.now = Noon("2026-07-14");
  auto academic = PhaseDone("academic");
  *academic.mutable_day() = Date("2026-07-15");
  EXPECT_THAT(WrongFields(story.Do(kCoordinator, academic)), ElementsAre("day")) << "not yet";
  *academic.mutable_day() = Date("2026-07-12");
  ASSERT_TRUE(story.Do(kCoordinator, academic).ok());
  EXPECT_EQ(story.application.steps().current_phase(), "police");
  ASSERT_TRUE(story.Do(kCoordinator, academic).ok());
  EXPECT_THAT(story.last, IsEmpty()) << "again changes nothing";
  auto police = PhaseDone("police");
  *police.mutable_day() = Date("2026-07-11");
  EXPECT_THAT(WrongFields(story.Do(kCoordinator, police)), ElementsAre("day")) << "not before the phase before it";
  police.clear_day();
  ASSERT_TRUE(story.Do(kCoordinator, police).ok());
  EXPECT_EQ(story.application.steps().current_phase(), "");
}

// A1-12
TEST(Curriculum, IsRecordedByThoseWhoHaveTheOfficerAndByTheOperator) {
  Story story = NewFellow();
  const Actor stranger{"people/hal", "hosts/TX0000000", {options::v1::ROLE_HOST_CONTACT}};
  EXPECT_EQ(ReasonOf(story.Do(stranger, ModuleDone("rule-of-law"))), "NOT_YOUR_PROGRAMME");
  ASSERT_TRUE(story.Do(test::kUniversity, ModuleDone("rule-of-law")).ok());
  EXPECT_EQ(story.application.steps().modules(0).completed_by(), "people/uma");
  ASSERT_TRUE(story.Do(kHostContact, ModuleDone("rule-of-law")).ok());
  EXPECT_THAT(story.last, IsEmpty()) << "again changes nothing";
  auto before = ModuleDone("community-service");
  *before.mutable_day() = Date("2026-07-05");
  EXPECT_THAT(WrongFields(story.Do(kHostContact, before)), ElementsAre("day")) << "not before the stay";
  EXPECT_THAT(story.Do(kHostContact, ModuleDone("juggling")).message(), HasSubstr("rule-of-law, community-service"));
  ASSERT_TRUE(story.Do(kCoordinator, ModuleDone("community-service")).ok());
}

// A1-06, A1-12
TEST(EndOfStay, IsRefusedWithAllThatIsMissing) {
  Story story = NewFellow();
  const absl::Status refused = story.Do(kOfficer, v1::EndStayRequest());
  EXPECT_EQ(ReasonOf(refused), "STAY_INCOMPLETE");
  EXPECT_EQ(MetadataOf(refused, "open_steps"), "phase/academic,phase/police,module/rule-of-law,change-proposal");
  test::CompleteStay(story);
  ASSERT_TRUE(story.Do(kOfficer, v1::EndStayRequest()).ok()) << "the optional module is not needed";
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("stay_ended", "after_stay_planned"));
  EXPECT_FALSE(story.application.steps().incomplete());
}

// A1-06
TEST(EndOfStay, ByTimeAloneLeavesWhatIsMissingOverdueAndNothingFollows) {
  Story story = NewFellow();
  story.Pass(Noon("2026-07-27"));
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("stay_ended", "after_stay_planned", "stay_incomplete"));
  EXPECT_THAT(story.last.back().stay_incomplete().open_steps(), Contains("change-proposal"));
  EXPECT_TRUE(story.application.steps().incomplete());
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::RecordReturnRequest())), "STAY_INCOMPLETE");
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::BeginImplementationRequest())), "NOT_POSSIBLE_IN_STATE");
  const auto explanation = Explain(story.application, story.programme, Day("2026-07-28"));
  EXPECT_THAT(explanation.summary(), HasSubstr("The change proposal"));
  bool overdue = false;
  for (const auto& waiting : explanation.waiting_for()) {
    overdue |= waiting.what() == "The change proposal" && waiting.overdue() && waiting.owner_name() == "members/M-17";
  }
  EXPECT_TRUE(overdue) << explanation.DebugString();
  test::CompleteStay(story);
  EXPECT_EQ(FormatDate(story.application.steps().phases(0).completed_on()), "2026-07-26") << "during the stay";
  EXPECT_TRUE(story.Do(kOfficer, v1::RecordReturnRequest()).ok());
}

// A1-06
TEST(ChangeProposal, GoesFromDraftToAcceptedAndBackForRevision) {
  Story story = NewFellow();
  const auto state = [&] { return story.application.steps().proposal().state(); };
  const absl::Status none = story.Do(kOfficer, v1::SubmitProposalRequest());
  EXPECT_EQ(ReasonOf(none), "PROPOSAL_INCOMPLETE");
  EXPECT_EQ(MetadataOf(none, "missing"), "text,topics");
  auto draft = test::GoodProposal();
  draft.clear_topics();
  ASSERT_TRUE(story.Do(kOfficer, draft).ok());
  EXPECT_EQ(state(), v1::ChangeProposal::STATE_DRAFT);
  EXPECT_EQ(MetadataOf(story.Do(kOfficer, v1::SubmitProposalRequest()), "missing"), "topics");
  EXPECT_EQ(ReasonOf(story.Do(kCoordinator, test::Accept())), "PROPOSAL_NOT_SUBMITTED");
  ASSERT_TRUE(story.Do(kOfficer, test::GoodProposal()).ok());
  ASSERT_TRUE(story.Do(kOfficer, v1::SubmitProposalRequest()).ok());
  EXPECT_EQ(state(), v1::ChangeProposal::STATE_SUBMITTED);
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, test::GoodProposal())), "PROPOSAL_IS_SUBMITTED");
  EXPECT_THAT(WrongFields(story.Do(kCoordinator, v1::ReviewProposalRequest())), ElementsAre("comments"));
  ASSERT_TRUE(story.Do(kCoordinator, test::Revise()).ok());
  EXPECT_EQ(state(), v1::ChangeProposal::STATE_RETURNED_FOR_REVISION);
  EXPECT_EQ(MetadataOf(story.Do(kOfficer, v1::EndStayRequest()), "open_steps"),
            "phase/academic,phase/police,module/rule-of-law,change-proposal");
  ASSERT_TRUE(story.Do(kOfficer, test::GoodProposal()).ok());
  EXPECT_EQ(state(), v1::ChangeProposal::STATE_RETURNED_FOR_REVISION);
  ASSERT_TRUE(story.Do(kOfficer, v1::SubmitProposalRequest()).ok());
  EXPECT_EQ(story.application.steps().proposal().revision(), 2);
  ASSERT_TRUE(story.Do(kCoordinator, test::Accept()).ok());
  EXPECT_EQ(state(), v1::ChangeProposal::STATE_ACCEPTED);
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, test::GoodProposal())), "PROPOSAL_IS_SUBMITTED");
}

// A1-10
TEST(ChangeProposal, ChoosesTopicsOfTheProgrammeAndKeepsItsWordsOutOfTheFacts) {
  Story story = NewFellow();
  auto request = test::GoodProposal();
  request.add_topics("parachuting");
  request.add_topics("community-policing");
  EXPECT_THAT(WrongFields(story.Do(kOfficer, request)), ElementsAre("topics[1]", "topics[2]"));
  ASSERT_TRUE(story.Do(kOfficer, test::GoodProposal()).ok());
  const auto& proposal = story.application.steps().proposal();
  EXPECT_THAT(proposal.topics(), ElementsAre("community-policing"));
  ASSERT_EQ(proposal.artefacts_size(), 1);
  EXPECT_EQ(proposal.artefacts(0).kind(), v1::ARTEFACT_KIND_POLICY);
  EXPECT_EQ(proposal.artefacts(0).size_bytes(), 4711);
  EXPECT_THAT(story.last[0].SerializeAsString() + story.application.SerializeAsString(),
              AllOf(Not(HasSubstr("Miller")), Not(HasSubstr("old town"))));
}

// A1-06
TEST(ChangeProposal, IsReviewedByASecondPersonOfTheOperator) {
  Story story = NewFellow();
  ASSERT_TRUE(story.Do(kCoordinator, test::GoodProposal()).ok());
  ASSERT_TRUE(story.Do(kCoordinator, v1::SubmitProposalRequest()).ok());
  EXPECT_EQ(ReasonOf(story.Do(kCoordinator, test::Accept())), "SECOND_PERSON_NEEDED");
  const Actor self{"members/M-17", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(story.Do(self, test::Accept())), "SECOND_PERSON_NEEDED");
  const Actor of_section{"people/sven", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(story.Do(of_section, test::Accept())), "NOT_YOUR_PROGRAMME");
  const Actor second{"people/cora", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
  EXPECT_TRUE(story.Do(second, test::Accept()).ok());
}

// A1-07
TEST(Return, IsRecordedWithItsDayAndStartsTheTimeOfTheImplementation) {
  Story story = FellowIn(App::STATE_ENDED);
  EXPECT_EQ(FormatDate(story.application.steps().return_due()), "2026-08-09");
  v1::RecordReturnRequest request;
  *request.mutable_day() = Date("2026-07-25");
  EXPECT_THAT(WrongFields(story.Do(kSection, request)), ElementsAre("day")) << "before the end of the stay";
  *request.mutable_day() = Date("2026-07-28");
  EXPECT_THAT(WrongFields(story.Do(kSection, request)), ElementsAre("day")) << "tomorrow";
  *request.mutable_day() = Date("2026-07-26");
  ASSERT_TRUE(story.Do(kSection, request).ok());
  EXPECT_EQ(story.state(), App::STATE_RETURNED);
  EXPECT_EQ(story.application.steps().returned().by(), "people/eva");
  EXPECT_EQ(FormatDate(story.application.steps().implementation_due()), "2027-01-22");
}

// A1-07
TEST(Implementation, BeginsOnlyBehindTheReturnAndWithAProposalThatIsHandedIn) {
  Story ended = FellowIn(App::STATE_ENDED);
  EXPECT_EQ(ReasonOf(ended.Do(kOfficer, v1::BeginImplementationRequest())), "NOT_POSSIBLE_IN_STATE");
  Story story = FellowIn(App::STATE_RETURNED);
  ASSERT_TRUE(story.Do(kCoordinator, test::Revise()).ok());
  const absl::Status refused = story.Do(kOfficer, v1::BeginImplementationRequest());
  EXPECT_EQ(ReasonOf(refused), "PROPOSAL_NOT_SUBMITTED");
  EXPECT_EQ(MetadataOf(refused, "proposal"), "STATE_RETURNED_FOR_REVISION");
  ASSERT_TRUE(story.Do(kOfficer, v1::SubmitProposalRequest()).ok());
  ASSERT_TRUE(story.Do(kOfficer, v1::BeginImplementationRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_IMPLEMENTING);
}

// A3-20
TEST(Evaluation, IsDueAfterDeliveryAndAnswersEveryQuestionOnce) {
  Story story = FellowIn(App::STATE_IMPLEMENTED);
  EXPECT_EQ(FormatDate(story.application.steps().evaluation_due()), "2027-03-01");
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, test::GoodEvaluation())), "NOT_TASK_OWNER");
  auto wrong = test::GoodEvaluation();
  wrong.mutable_answers(1)->set_question("procedures-in-use");
  wrong.add_answers()->set_question("weather");
  EXPECT_THAT(WrongFields(story.Do(kSection, wrong)),
              ElementsAre("answers[1].question", "answers[2].question", "answers"));
  ASSERT_TRUE(story.Do(kSection, test::GoodEvaluation()).ok());
  EXPECT_EQ(story.application.steps().evaluation().answers(1).rating(), 4);
  EXPECT_THAT(story.last[0].SerializeAsString(), Not(HasSubstr("Weber"))) << "words are in the dossier";
  EXPECT_EQ(ReasonOf(story.Do(kSection, test::GoodEvaluation())), "STEP_NOT_OWED");
  ASSERT_TRUE(story.Do(kCoordinator, test::Accept()).ok());
  EXPECT_EQ(story.state(), App::STATE_IMPLEMENTED) << "the report is owed";
  ASSERT_TRUE(story.Do(kOfficer, v1::SubmitReportRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_CLOSED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("report_submitted", "closed"));
}

// A3-20
TEST(Evaluation, OfAProgrammeWithoutReturnFollowsTheStay) {
  programme::v1::AfterStay asked = AllSteps();
  for (const char* field : {"phases", "modules", "change_proposal", "mentor_programme"}) {
    asked.GetReflection()->ClearField(&asked, asked.GetDescriptor()->FindFieldByName(field));
  }
  asked.clear_report_days();
  asked.clear_return_days();
  asked.clear_implementation_days();
  Story story = NewFellow(asked);
  ASSERT_TRUE(story.Do(kOfficer, v1::EndStayRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_EQ(FormatDate(story.application.steps().evaluation_due()), "2026-10-04");
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::RecordReturnRequest())), "STEP_NOT_OWED");
  EXPECT_EQ(ReasonOf(story.Do(kOfficer, v1::SubmitReportRequest())), "STEP_NOT_OWED");
  ASSERT_TRUE(story.Do(kSection, test::GoodEvaluation()).ok());
  EXPECT_EQ(story.state(), App::STATE_CLOSED);
}

// A3-20, A1-07
TEST(Tick, TellsOfEachOverdueStepOnce) {
  for (const auto& [state, fact, day] : std::vector<std::tuple<State, std::string, std::string>>{
           {App::STATE_ENDED, "return_overdue", "2026-08-10"},
           {App::STATE_RETURNED, "implementation_overdue", "2027-01-24"},
           {App::STATE_IMPLEMENTED, "evaluation_overdue", "2027-03-02"}}) {
    Story story = FellowIn(state);
    story.Pass(Noon(day) - absl::Hours(24));
    EXPECT_THAT(FactNames(story.last), Not(Contains(fact))) << "the whole last day is left";
    story.Pass(Noon(day));
    EXPECT_THAT(FactNames(story.last), Contains(fact));
    EXPECT_EQ(story.state(), state);
    story.Pass(Noon(day) + absl::Hours(24));
    EXPECT_THAT(FactNames(story.last), Not(Contains(fact)));
  }
}

TEST(Explain, SaysWhoOwesEachStepByWhen) {
  const auto owed = [](State state) {
    const Story story = FellowIn(state);
    std::map<std::string, std::string> owners;
    const auto explanation = Explain(story.application, story.programme, Day("2026-08-01"));
    for (const auto& waiting : explanation.waiting_for()) {
      owners[waiting.what()] =
          absl::StrCat(waiting.owner_name(), " ", waiting.has_due() ? FormatDate(waiting.due()) : "");
    }
    return owners;
  };
  using Owners = std::map<std::string, std::string>;
  EXPECT_EQ(owed(App::STATE_RETURNED), (Owners{{"The report", "members/M-17 2026-08-25"},
                                               {"The implementation of the change proposal", "members/M-17 2027-01-23"},
                                               {"The review of the change proposal", "organisations/ipa-us "},
                                               {"The evaluation", "sections/DE "}}));
  EXPECT_EQ(owed(App::STATE_IMPLEMENTED), (Owners{{"The report", "members/M-17 2026-08-25"},
                                                  {"The review of the change proposal", "organisations/ipa-us "},
                                                  {"The evaluation", "sections/DE 2027-03-01"}}));
}

TEST(Explain, OffersOnlyTheStepsThatTheProgrammeAsksFor) {
  const Story plain = test::StoryIn(App::STATE_ENDED);
  EXPECT_THAT(Explain(plain.application, plain.programme, Day("2026-08-01")).possible_commands(),
              ElementsAre("SubmitReport"));
  const Story started = test::StoryIn(App::STATE_STARTED);
  EXPECT_THAT(Explain(started.application, started.programme, Day("2026-07-07")).possible_commands(),
              ElementsAre("EndStay", "WithdrawApplication", "CancelApplication"));
}

// Whatever comes last closes the application, in whichever order the rest came.
TEST(Steps, CloseTheApplicationWhenTheLastIsDone) {
  programme::v1::AfterStay asked = AllSteps();
  asked.clear_return_days();
  asked.clear_implementation_days();
  asked.clear_mentor_programme();
  asked.clear_evaluation();
  asked.clear_phases();
  asked.clear_change_proposal();
  Story story = NewFellow(asked);
  story.Pass(Noon("2026-07-27"));
  ASSERT_TRUE(story.Do(kOfficer, v1::SubmitReportRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  ASSERT_TRUE(story.Do(kHostContact, ModuleDone("rule-of-law")).ok());
  EXPECT_EQ(story.state(), App::STATE_CLOSED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("module_completed", "closed"));
}

// A1-08
TEST(Mentor, IsAnOfficerOfTheHostAgencyWhileTheProposalIsImplemented) {
  v1::Member mentor = test::GoodMember();
  mentor.set_name("members/M-90");
  mentor.set_agency(test::kHost);
  v1::SubmitApplicationRequest request;
  request.set_programme(test::kMentorsName);
  const Story fellow = FellowIn(App::STATE_IMPLEMENTING);
  EXPECT_TRUE(CheckMentor(mentor, request, fellow.application, fellow.programme).ok());

  mentor.set_agency("hosts/TX0000000");
  const absl::Status other = CheckMentor(mentor, request, fellow.application, fellow.programme);
  EXPECT_EQ(ReasonOf(other), "MENTOR_NOT_POSSIBLE");
  EXPECT_EQ(MetadataOf(other, "reasons"), "OTHER_AGENCY");
  EXPECT_THAT(std::string(other.message()), AllOf(HasSubstr("hosts/TX0000000"), HasSubstr(test::kHost)));

  mentor.set_name("members/M-17");
  mentor.clear_agency();
  request.set_programme(test::kInboundName);
  const Story early = FellowIn(App::STATE_RETURNED);
  EXPECT_EQ(MetadataOf(CheckMentor(mentor, request, early.application, early.programme), "reasons"),
            "NOT_IMPLEMENTING,OTHER_AGENCY,OTHER_PROGRAMME,SAME_PERSON");
}

// Every sequence of up to six of these commands, from the beginning of the stay on. A refused command changes nothing,
// so that what would follow it is a shorter sequence.
class Walk {
 public:
  using Move = std::function<absl::Status(Story&)>;

  explicit Walk(std::function<void(const Story&)> check) : check_(std::move(check)) {
    const auto add = [&](const Actor& actor, auto request) {
      moves_.push_back([actor, request](Story& story) { return story.Do(actor, request); });
    };
    moves_.push_back([](Story& story) {
      AMIKECO_RETURN_IF_ERROR(story.Do(kCoordinator, PhaseDone("academic")));
      AMIKECO_RETURN_IF_ERROR(story.Do(kCoordinator, PhaseDone("police")));
      return story.Do(kHostContact, ModuleDone("rule-of-law"));
    });
    moves_.push_back([](Story& story) {
      story.Pass(Noon("2026-07-28"));
      return absl::OkStatus();
    });
    add(kOfficer, test::GoodProposal());
    add(kOfficer, v1::SubmitProposalRequest());
    add(kCoordinator, test::Revise());
    add(kCoordinator, test::Accept());
    add(kOfficer, v1::EndStayRequest());
    add(kOfficer, v1::SubmitReportRequest());
    add(kOfficer, v1::RecordReturnRequest());
    add(kOfficer, v1::BeginImplementationRequest());
    add(kOfficer, v1::CompleteImplementationRequest());
    add(kSection, test::GoodEvaluation());
  }

  void From(const Story& story, int depth) {
    check_(story);
    ++visited_;
    if (depth == 0) return;
    for (const Move& move : moves_) {
      Story next = story;
      (void)move(next);
      if (next.history.size() > story.history.size()) From(next, depth - 1);
    }
  }
  int visited() const { return visited_; }

 private:
  std::function<void(const Story&)> check_;
  std::vector<Move> moves_;
  int visited_ = 0;
};

// A1-06, A1-07: exhaustive.
TEST(Order, NoPathReachesImplementingWithoutARecordedReturnAndASubmittedProposal) {
  int implementing = 0;
  Walk walk([&](const Story& story) {
    if (story.last.empty() || story.state() != App::STATE_IMPLEMENTING) return;
    if (!story.last.front().has_implementation_begun()) return;
    ++implementing;
    const auto names = FactNames(story.history);
    EXPECT_THAT(names, Contains("return_recorded"));
    EXPECT_THAT(names, Contains("proposal_submitted"));
    EXPECT_TRUE(IsHandedIn(story.application.steps().proposal()));
    EXPECT_TRUE(OwedByStay(story.application, story.programme).empty());
  });
  walk.From(NewFellow(), 7);  // one more than there are steps on the shortest path
  Story parts = NewFellow();
  test::CompleteStay(parts);
  walk.From(parts, 6);
  EXPECT_GT(implementing, 5);
  EXPECT_GT(walk.visited(), 300);
  std::cout << walk.visited() << " sequences, " << implementing << " of which begin the implementation\n";
}

// A1-06, A1-07: the same of what else must be in order.
TEST(Order, NoPathClosesOrReturnsWithAnythingOwed) {
  int closed = 0;
  Walk walk([&](const Story& story) {
    const State state = story.state();
    if (state == App::STATE_CLOSED) {
      ++closed;
      EXPECT_TRUE(Owed(story.application, story.programme).empty());
      EXPECT_EQ(Count(story.history, v1::ApplicationFact::kClosed), "1");
    }
    const bool returned =
        state == App::STATE_RETURNED || state == App::STATE_IMPLEMENTING || state == App::STATE_IMPLEMENTED;
    EXPECT_EQ(returned || state == App::STATE_CLOSED, story.application.steps().has_returned());
    App folded;
    for (const auto& fact : story.history) folded = Evolve(std::move(folded), fact);
    EXPECT_EQ(folded.SerializeAsString(), story.application.SerializeAsString());
  });
  Story parts = NewFellow();
  test::CompleteStay(parts);
  walk.From(parts, 7);
  EXPECT_GT(closed, 10);
}

}  // namespace
}  // namespace amikeco::applicant
