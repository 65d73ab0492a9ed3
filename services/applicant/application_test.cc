#include "services/applicant/application.h"

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/errors.h"
#include "services/applicant/explain.h"
#include "services/applicant/hosting_offer.h"
#include "services/applicant/lifecycle.h"
#include "services/applicant/mentor.h"
#include "services/applicant/test_awards.h"
#include "services/applicant/test_steps.h"
#include "services/applicant/test_world.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::Compliance;
using test::Date;
using test::Day;
using test::FactNames;
using test::Matching;
using test::Noon;
using test::Story;
using test::StoryIn;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

std::vector<State> AllStates() {
  std::vector<State> states;
  for (int i = 0; i < App::State_ARRAYSIZE; ++i) {
    if (App::State_IsValid(i)) states.push_back(static_cast<State>(i));
  }
  return states;
}

bool IsOfSelection(State state) { return state >= App::STATE_IN_SELECTION && state <= App::STATE_AWARD_OFFERED; }

Story AnyStoryIn(State state) { return IsOfSelection(state) ? test::SelectionStory(state) : StoryIn(state); }

// Makes an event happen to a story; the status that a client would get.
using Happening = std::function<absl::Status(Story&)>;

v1::ChangeWishesRequest OtherDates() {
  v1::ChangeWishesRequest request;
  *request.mutable_wishes() = test::GoodWishes();
  *request.mutable_wishes()->mutable_earliest_start() = Date("2027-07-01");
  *request.mutable_wishes()->mutable_latest_end() = Date("2027-08-31");
  return request;
}

v1::OverrideRuleRequest Override(const std::string& rule) {
  v1::OverrideRuleRequest request;
  request.set_rule(rule);
  request.set_reason("the host proposed the date itself");
  return request;
}

std::string OverridableOf(const programme::v1::Programme& programme) {
  for (const auto& rule : programme.eligibility()) {
    if (rule.overridable()) return rule.id();
  }
  return "";
}

v1::CompleteTaskRequest Complete(const std::string& task) {
  v1::CompleteTaskRequest request;
  request.set_task(task);
  return request;
}

template <typename Fact>
Happening Hearing(Fact fact) {
  return [fact](Story& story) {
    story.Hear(fact);
    return absl::OkStatus();
  };
}

// The proposal goes back to its author, if it is handed in.
absl::Status ReturnProposal(Story& story) {
  if (!IsHandedIn(story.application.steps().proposal())) return absl::OkStatus();
  return story.Do(test::kCoordinator, test::Revise());
}

absl::Status WriteProposal(Story& story) {
  AMIKECO_RETURN_IF_ERROR(ReturnProposal(story));
  return story.Do(test::kOfficer, test::GoodProposal());
}

absl::Status SubmitProposal(Story& story) {
  AMIKECO_RETURN_IF_ERROR(WriteProposal(story));
  return story.Do(test::kOfficer, v1::SubmitProposalRequest());
}

absl::Status NominateMentor(Story& story) {
  v1::Member mentor = test::GoodMember();
  mentor.set_name("members/M-90");
  mentor.set_agency(test::kHost);
  v1::SubmitApplicationRequest request;
  request.set_programme(test::kMentorsName);
  AMIKECO_RETURN_IF_ERROR(CheckMentor(mentor, request, story.application, story.programme));
  return story.Take(std::vector{MentorNominated(v1::Application(), mentor)});
}

const std::map<Event, Happening>& Happenings() {
  static const auto& happenings = *new std::map<Event, Happening>{
      {Event::kSubmit, [](Story& s) { return s.Submit(); }},
      {Event::kEndorse, [](Story& s) { return s.Endorse(); }},
      {Event::kTriage, [](Story& s) { return s.Do(test::kCoordinator, v1::TriageApplicationRequest()); }},
      {Event::kAdoptProgramme,
       [](Story& s) {
         Story adopting = s;
         adopting.programme.set_version(s.programme.version() + 1);
         const absl::Status status = adopting.Do(test::kCoordinator, v1::AdoptProgrammeRequest());
         if (status.ok()) s.history = adopting.history, s.application = adopting.application;
         return status;
       }},
      {Event::kOverrideRule, [](Story& s) { return s.Do(test::kCoordinator, Override(OverridableOf(s.programme))); }},
      {Event::kChangeWishes, [](Story& s) { return s.Do(test::kOfficer, OtherDates()); }},
      {Event::kCompleteTask, [](Story& s) { return s.Do(test::kCoordinator, Complete(s.programme.tasks(0).id())); }},
      {Event::kAcceptAward, [](Story& s) { return s.Do(test::kOfficer, v1::AcceptAwardRequest()); }},
      {Event::kEntryRanked, Hearing(test::IntakeWithEntry(v1::Entry::STAGE_RESERVE))},
      {Event::kEntrySelected, Hearing(test::IntakeWithEntry(v1::Entry::STAGE_OFFERED))},
      {Event::kEntryNotSelected, Hearing(test::IntakeWithEntry(v1::Entry::STAGE_NOT_SELECTED))},
      {Event::kEntryDropped, Hearing(test::IntakeWithEntry(v1::Entry::STAGE_LEFT))},
      {Event::kIntakeCancelled, Hearing(test::IntakeWithEntry(v1::Entry::STAGE_LEFT, v1::Intake::STATE_CANCELLED))},
      {Event::kAwardLapses,
       [](Story& s) {
         s.Pass(Noon("2026-05-02"));
         return absl::OkStatus();
       }},
      {Event::kWithdraw, [](Story& s) { return s.Do(test::kOfficer, v1::WithdrawApplicationRequest()); }},
      {Event::kCancel, [](Story& s) { return s.Do(test::kCoordinator, v1::CancelApplicationRequest()); }},
      {Event::kStartStay,
       [](Story& s) {
         s.now = Noon("2026-07-10");
         return s.Start();
       }},
      {Event::kEndStay, [](Story& s) { return s.Do(test::kOfficer, v1::EndStayRequest()); }},
      {Event::kCompletePhase, [](Story& s) { return s.Do(test::kCoordinator, test::PhaseDone("academic")); }},
      {Event::kCompleteModule, [](Story& s) { return s.Do(test::kCoordinator, test::ModuleDone("rule-of-law")); }},
      {Event::kWriteProposal, WriteProposal},
      {Event::kSubmitProposal, SubmitProposal},
      {Event::kReviewProposal, [](Story& s) { return s.Do(test::kCoordinator, test::Accept()); }},
      {Event::kRecordReturn, [](Story& s) { return s.Do(test::kOfficer, v1::RecordReturnRequest()); }},
      {Event::kBeginImplementation, [](Story& s) { return s.Do(test::kOfficer, v1::BeginImplementationRequest()); }},
      {Event::kCompleteImplementation,
       [](Story& s) { return s.Do(test::kOfficer, v1::CompleteImplementationRequest()); }},
      {Event::kRecordEvaluation, [](Story& s) { return s.Do(test::kSection, test::GoodEvaluation()); }},
      {Event::kNominateMentor, NominateMentor},
      {Event::kSubmitReport, [](Story& s) { return s.Do(test::kOfficer, v1::SubmitReportRequest()); }},
      {Event::kSearchOpened, Hearing(Matching::Rescheduled(2))},
      {Event::kHostInvited, Hearing(Matching::Invited())},
      {Event::kHostWilling, Hearing(Matching::Willing())},
      {Event::kCommandApproved, Hearing(Matching::CommandApproved())},
      {Event::kInvitationEnded, Hearing(Matching::Ended())},
      {Event::kPlacementAgreed, Hearing(Matching::Agreed())},
      {Event::kSearchExhausted, Hearing(Matching::Exhausted())},
      {Event::kActivitiesSet, Hearing(Matching::Activities())},
      {Event::kHomeHostSettled, Hearing(Matching::HomeHost())},
      {Event::kClearanceGranted, Hearing(Compliance::Granted())},
      {Event::kClearanceLost, Hearing(Compliance::Lost())},
      {Event::kEndorsementLapses,
       [](Story& s) {
         s.Pass(Noon("2026-03-05"));
         return absl::OkStatus();
       }},
      {Event::kTaskIsOverdue,
       [](Story& s) {
         s.Pass(Noon("2026-02-20"));
         return absl::OkStatus();
       }},
      {Event::kStartIsOverdue,
       [](Story& s) {
         s.Pass(Noon("2026-07-07"));
         return absl::OkStatus();
       }},
      {Event::kStayIsMissed,
       [](Story& s) {
         s.Pass(Noon("2026-07-27"));
         return absl::OkStatus();
       }},
      {Event::kStayIsOver,
       [](Story& s) {
         s.Pass(Noon("2026-07-27"));
         return absl::OkStatus();
       }},
      {Event::kStepIsOverdue,
       [](Story& s) {
         s.Pass(Noon("2027-10-01"));
         return absl::OkStatus();
       }},
      {Event::kReportIsOverdue,
       [](Story& s) {
         s.Pass(Noon("2027-01-01"));
         return absl::OkStatus();
       }},
  };
  return happenings;
}

// All places that the table allows for a state and an event.
std::vector<State> Targets(State from, Event event) {
  std::vector<State> targets;
  for (const Transition& row : Transitions()) {
    if (row.from == from && row.event == event) targets.push_back(row.to);
  }
  return targets;
}

bool IsOfSteps(State state) { return state >= App::STATE_RETURNED && state <= App::STATE_IMPLEMENTED; }

bool IsOfSteps(Event event) {
  return (event >= Event::kCompletePhase && event < Event::kSubmitReport) || event == Event::kStepIsOverdue;
}

// In the programme that has what the state or the event needs.
Story StoryFor(State state, Event event) {
  if (IsOfSelection(state) || (!IsOfSteps(state) && !IsOfSteps(event))) return AnyStoryIn(state);
  programme::v1::AfterStay asked = test::AllSteps();
  const bool evaluated = event == Event::kRecordEvaluation;
  if (evaluated && (state == App::STATE_ENDED || state == App::STATE_RETURNED)) asked.clear_implementation_days();
  if (evaluated && state == App::STATE_ENDED) asked.clear_return_days();
  const bool part = event == Event::kCompletePhase || event == Event::kCompleteModule;
  if (!part || (state != App::STATE_STARTED && state != App::STATE_SUSPENDED && state != App::STATE_ENDED)) {
    return test::FellowIn(state, asked);
  }
  Story open = test::NewFellow();
  if (state == App::STATE_SUSPENDED) open.Hear(Compliance::Lost());
  if (state == App::STATE_ENDED) open.Pass(Noon("2026-07-27"));
  return open;
}

class EveryStateAndEvent : public testing::TestWithParam<std::tuple<State, Event>> {};

// Every pair is either in the table, and leads where it says, or is refused with a name (commands) or has no effect.
TEST_P(EveryStateAndEvent, IsInTheTableOrIsRefused) {
  const auto [state, event] = GetParam();
  Story story = StoryFor(state, event);
  ASSERT_EQ(story.state(), state) << App::State_Name(story.state());
  const auto before = story.history.size();
  const absl::Status status = Happenings().at(event)(story);
  if (IsPossible(state, event)) {
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_GT(story.history.size(), before) << "nothing happened";
    EXPECT_THAT(Targets(state, event), Contains(story.state())) << App::State_Name(story.state());
    return;
  }
  // Time may bring something else than asked for; what it brings is tested as its own event.
  if (DoorOf(event) == "time") return;
  EXPECT_EQ(story.history.size(), before) << "something happened";
  EXPECT_EQ(story.state(), state);
  if (DoorOf(event) != "command" || event == Event::kEndorse) {
    EXPECT_TRUE(status.ok()) << status;
    return;
  }
  EXPECT_NE(ReasonOf(status), "") << status;
  EXPECT_TRUE(absl::IsFailedPrecondition(status) || absl::IsAlreadyExists(status)) << status;
}

std::vector<Event> AllEvents() {
  std::vector<Event> events;
  for (const auto& [event, happening] : Happenings()) events.push_back(event);
  return events;
}

INSTANTIATE_TEST_SUITE_P(Applications, EveryStateAndEvent,
                         testing::Combine(testing::ValuesIn(AllStates()), testing::ValuesIn(AllEvents())),
                         [](const auto& info) {
                           return absl::StrCat(App::State_Name(std::get<0>(info.param)).substr(6), "_",
                                               static_cast<int>(std::get<1>(info.param)));
                         });

TEST(Transitions, AreEachPossibleInSomeStoryAndKnowEveryEvent) {
  EXPECT_EQ(Happenings().size(), static_cast<size_t>(Event::kReportIsOverdue) + 1);
  for (const Transition& row : Transitions()) EXPECT_TRUE(Happenings().contains(row.event));
}

TEST(Transitions, LeaveFinalStatesForNothing) {
  for (const State state : {App::STATE_CLOSED, App::STATE_WITHDRAWN, App::STATE_CANCELLED, App::STATE_LAPSED,
                            App::STATE_UNPLACED, App::STATE_AWARDED, App::STATE_NOT_SELECTED}) {
    EXPECT_TRUE(IsFinal(state)) << App::State_Name(state);
    EXPECT_FALSE(IsOpen(state));
    EXPECT_FALSE(AnyStoryIn(state).application.has_next_due()) << App::State_Name(state);
  }
  EXPECT_FALSE(IsFinal(App::STATE_INELIGIBLE));
  EXPECT_FALSE(IsOpen(App::STATE_INELIGIBLE));
  EXPECT_TRUE(IsOpen(App::STATE_SUSPENDED));
}

// docs/lifecycle.md says what the table says. After a change: build/dev/bin/lifecycle-print > docs/lifecycle.md
TEST(Transitions, ArePrintedInTheDocs) {
  std::ifstream file("docs/lifecycle.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), LifecycleDocument());
}

// A0-03
TEST(Decide, LetsAnEligibleApplicationOutOfIntakeOnlyWithAnEndorsement) {
  Story story;
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
  EXPECT_EQ(FormatDate(story.application.endorse_by()), "2026-03-04");
  EXPECT_THAT(FactNames(story.history), Not(Contains("matching_opened")));
  ASSERT_TRUE(story.Endorse().ok());
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
  EXPECT_EQ(story.application.endorsement().endorser(), "people/eva");
}

// A0-03
TEST(Decide, OpensMatchingAtOnceForAMemberWhoWasEndorsedBefore) {
  Story story(test::Endorsed(test::GoodMember()));
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
  EXPECT_THAT(FactNames(story.history),
              ElementsAre("submitted", "eligibility_decided", "endorsed", "tasks_planned", "matching_opened"));
  const auto& opened = story.history.back().matching_opened();
  EXPECT_EQ(opened.round(), 1);
  EXPECT_EQ(opened.tier(), "active-duty");
  EXPECT_THAT(opened.parties(), ElementsAre("members/M-17", "sections/DE", "organisations/ipa-us"));
}

// A0-32
TEST(Decide, RecordsTheVersionOfTheProgrammeThatTheApplicationRunsOn) {
  Story story;
  story.programme.set_version(7);
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(story.application.programme_version(), 7);
  EXPECT_EQ(story.history[1].eligibility_decided().programme_version(), 7);
}

// A0-09
TEST(Decide, TakesTheDayOfReceiptWhereTheCoordinatorWorks) {
  Story story;
  story.now = absl::FromCivil(absl::CivilMinute(2026, 2, 3, 4, 59), absl::UTCTimeZone());  // 23:59 in New York
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(FormatDate(story.application.received()), "2026-02-02");
}

// A5-03
TEST(Decide, KeepsEveryReasonOfAnIneligibleApplication) {
  Story story;
  story.member.set_duty_status(programme::v1::DUTY_STATUS_RETIRED);
  v1::SubmitApplicationRequest request = test::GoodRequest();
  request.mutable_declarations()->clear_languages();
  request.mutable_declarations()->clear_acknowledgements();
  ASSERT_TRUE(story.Submit(request).ok());
  EXPECT_EQ(story.state(), App::STATE_INELIGIBLE);
  std::vector<std::string> reasons;
  for (const auto& result : story.application.rule_results()) {
    if (!result.holds()) reasons.push_back(result.reason());
  }
  EXPECT_THAT(reasons, ElementsAre("DUTY_STATUS", "LANGUAGE", "FLEXIBILITY_NOT_ACKNOWLEDGED", "COSTS_NOT_ACKNOWLEDGED",
                                   "VACATION_NOT_ACKNOWLEDGED"));
  EXPECT_THAT(FactNames(story.history), ElementsAre("submitted", "eligibility_decided"));
}

// A0-10
TEST(Decide, LaysOutTheFiveStepsOfTheNoticePeriodWithDates) {
  Story story;
  ASSERT_TRUE(story.Submit().ok());
  std::map<std::string, std::string> due;
  for (const auto& task : story.application.tasks()) due[task.id()] = FormatDate(task.due());
  EXPECT_EQ(due, (std::map<std::string, std::string>{{"collect-wishes", "2026-02-16"},
                                                     {"find-willing-host", "2026-03-19"},
                                                     {"command-approval", "2026-04-18"},
                                                     {"craft-programme", "2026-06-01"},
                                                     {"seek-home-host", "2026-06-03"}}));
}

bool IsDone(const Story& story, const std::string& id) {
  for (const auto& task : story.application.tasks()) {
    if (task.id() == id) return task.done();
  }
  ADD_FAILURE() << "no task " << id;
  return false;
}

// A0-10
TEST(Decide, CompletesStepsWhenTheThingItselfHappens) {
  Story story = StoryIn(App::STATE_INVITED);
  EXPECT_FALSE(IsDone(story, "find-willing-host"));
  story.Hear(Matching::Willing());
  EXPECT_TRUE(IsDone(story, "find-willing-host"));
  story.Hear(Matching::CommandApproved());
  EXPECT_TRUE(IsDone(story, "command-approval"));
  story.Hear(Matching::Activities());
  EXPECT_TRUE(IsDone(story, "craft-programme"));
  story.Hear(Matching::NoHomeHost());
  EXPECT_TRUE(IsDone(story, "seek-home-host")) << "a search that found nobody is over, too (A0-21)";
  EXPECT_FALSE(IsDone(story, "collect-wishes"));
  ASSERT_TRUE(story.Do(test::kCoordinator, Complete("collect-wishes")).ok());
  EXPECT_TRUE(IsDone(story, "collect-wishes"));
}

// A0-10: an officer who wishes no home leaves nobody with a step that cannot be done.
TEST(Follow, DropsTheSearchForAHomeWhenNoneIsWished) {
  Story wished = StoryIn(App::STATE_COMMAND_APPROVED);
  Story none = wished;
  wished.Hear(Matching::Agreed());
  EXPECT_FALSE(IsDone(wished, "seek-home-host"));
  auto agreed = Matching::Agreed();
  agreed.mutable_agreed()->clear_home_host_until();
  none.Hear(agreed);
  EXPECT_TRUE(IsDone(none, "seek-home-host"));
}

// A0-32: an application is judged by the version that it was received under, until a coordinator says otherwise.
TEST(Decide, AdoptsALaterVersionOfTheProgrammeOnACoordinatorsWordAlone) {
  Story story = StoryIn(App::STATE_INVITED);
  story.programme.set_version(7);
  story.programme.mutable_tasks()->RemoveLast();
  v1::AdoptProgrammeRequest request;
  request.set_reason("the section asked for it");
  EXPECT_EQ(ReasonOf(story.Do(test::kSection, request)), "NOT_YOUR_PROGRAMME");
  ASSERT_TRUE(story.Do(test::kCoordinator, request).ok());
  EXPECT_EQ(story.application.programme_version(), 7);
  EXPECT_EQ(story.application.tasks_size(), story.programme.tasks_size());
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
  EXPECT_EQ(story.last.back().matching_opened().programme_version(), 7);
  EXPECT_EQ(story.last.front().programme_adopted().reason(), "the section asked for it");
  EXPECT_TRUE(absl::IsInvalidArgument(story.Do(test::kCoordinator, request))) << "it is the same version";
}

// A0-32, A5-03
TEST(Decide, RefusesAVersionUnderWhichItWouldNotBeEligibleAndChangesNothing) {
  Story story = StoryIn(App::STATE_AGREED);
  story.programme.set_version(2);
  for (auto& rule : *story.programme.mutable_eligibility()) {
    if (rule.has_notice()) rule.mutable_notice()->set_months(12);
    if (rule.has_stay_length()) rule.mutable_stay_length()->set_max_days(6);
  }
  v1::AdoptProgrammeRequest request;
  const absl::Status refused = story.Do(test::kCoordinator, request);
  EXPECT_EQ(ReasonOf(refused), "WISHES_NOT_ELIGIBLE");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(refused)->metadata().at("reasons"), "NOTICE_TOO_SHORT,STAY_LENGTH");
  EXPECT_EQ(story.state(), App::STATE_AGREED);
  EXPECT_EQ(story.application.programme_version(), 1);
}

// A story whose stay is arranged, and no host looked for.
Story Arranged() {
  Story story;
  story.programme.mutable_applicants()->set_without_endorsement(true);
  story.programme.mutable_matching()->set_mode(programme::v1::MatchingRules::MODE_NONE);
  EXPECT_TRUE(story.Submit().ok());
  return story;
}

TEST(Decide, ArrangesTheStayOnTheFirstDaysAskedForWhereNoPlaceIsLookedFor) {
  Story story = Arranged();
  EXPECT_EQ(story.state(), App::STATE_AGREED);
  EXPECT_EQ(FormatDate(story.application.placement().start()), "2026-07-01");
  EXPECT_EQ(FormatDate(story.application.placement().end()), "2026-07-21");
  EXPECT_FALSE(story.application.has_endorsement());
  story.Hear(Compliance::Granted());
  EXPECT_EQ(story.state(), App::STATE_CLEARED);
}

// A5-06: an arrangement stands while its days do; another day asks for another clearance.
TEST(Decide, ArrangesAStayAnewOnlyWhenItsDaysChange) {
  Story story = Arranged();
  story.Hear(Compliance::Granted());
  v1::ChangeWishesRequest request;
  *request.mutable_wishes() = test::GoodWishes();
  request.mutable_wishes()->add_topics("detectives");
  *request.mutable_wishes()->mutable_latest_end() = Date("2026-09-30");
  ASSERT_TRUE(story.Do(test::kOfficer, request).ok());
  EXPECT_EQ(story.state(), App::STATE_CLEARED);
  EXPECT_EQ(story.application.round(), 1);
  ASSERT_TRUE(story.Do(test::kOfficer, OtherDates()).ok());
  EXPECT_EQ(story.state(), App::STATE_AGREED);
  EXPECT_EQ(story.application.round(), 2);
  EXPECT_FALSE(story.application.clearance().cleared());
}

// A3-08
TEST(Decide, TriagesByThePointsOfPrioritiesAndHarm) {
  const programme::v1::Programme& programme = **test::RealProgrammes().Find("programmes/ipas-assistance");
  const Actor officer{"people/otto", programme.operator_organisation(), {options::v1::ROLE_COORDINATOR}};
  struct Case {
    std::vector<std::string> priorities;
    int harm;
    int points;
    const char* tier;
  };
  for (const Case& c : {Case{{}, 0, 0, "routine"}, Case{{}, 1, 10, "routine"}, Case{{}, 2, 20, "priority"},
                        Case{{"child-abuse"}, 0, 25, "priority"}, Case{{"child-abuse"}, 3, 55, "urgent"},
                        Case{{"organised-crime", "modern-slavery"}, 0, 55, "urgent"}, Case{{}, 4, 40, "priority"}}) {
    Story story = StoryIn(App::STATE_AWAITING_TRIAGE);
    story.programme = programme;
    v1::TriageApplicationRequest request;
    request.mutable_priorities()->Assign(c.priorities.begin(), c.priorities.end());
    request.set_harm(c.harm);
    ASSERT_TRUE(story.Do(officer, request).ok());
    EXPECT_EQ(story.application.triage().points(), c.points);
    EXPECT_EQ(story.application.tier(), c.tier);
    EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
    EXPECT_EQ(story.last.back().matching_opened().tier_rank(), story.application.tier_rank());
  }
}

// A3-08: everything that is wrong with a triage is told at once, and nothing has changed.
TEST(Decide, RefusesPrioritiesThatAreNoneOrNamedTwice) {
  Story story = StoryIn(App::STATE_AWAITING_TRIAGE);
  auto& priority = *story.programme.mutable_triage()->add_priorities();
  priority.set_id("organised-crime");
  v1::TriageApplicationRequest request;
  for (const char* id : {"organised-crime", "organised-crime", "parking"}) request.add_priorities(id);
  const absl::Status refused = story.Do(test::kCoordinator, request);
  const auto bad = DetailOf<google::rpc::BadRequest>(refused);
  ASSERT_TRUE(bad.ok()) << refused;
  ASSERT_EQ(bad->field_violations_size(), 2);
  EXPECT_EQ(bad->field_violations(0).field(), "priorities[1]");
  EXPECT_EQ(bad->field_violations(1).field(), "priorities[2]");
  EXPECT_EQ(story.state(), App::STATE_AWAITING_TRIAGE);
  EXPECT_EQ(ReasonOf(story.Do(test::kSection, request)), "NOT_YOUR_PROGRAMME");
}

// A0-09: the role that owns the case is the operator's. A section that is a party has no say in it.
TEST(Decide, LeavesOverridesAndCancellationsToTheProgrammesOwnCoordinator) {
  const Actor of_section{"people/sven", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  Story ineligible = StoryIn(App::STATE_INELIGIBLE);
  EXPECT_EQ(ReasonOf(ineligible.Do(of_section, Override("notice"))), "NOT_YOUR_PROGRAMME");
  EXPECT_TRUE(ineligible.Do(test::kCoordinator, Override("notice")).ok());
  Story searching = StoryIn(App::STATE_IN_MATCHING);
  EXPECT_EQ(ReasonOf(searching.Do(of_section, v1::CancelApplicationRequest())), "NOT_YOUR_PROGRAMME");
  EXPECT_EQ(ReasonOf(searching.Do(of_section, Complete("collect-wishes"))), "NOT_TASK_OWNER");
}

// A0-10
TEST(Decide, LetsATaskBeCompletedByItsOwnerOnlyAndOnce) {
  Story story = StoryIn(App::STATE_IN_MATCHING);
  EXPECT_EQ(ReasonOf(story.Do(test::kOfficer, Complete("collect-wishes"))), "NOT_TASK_OWNER");
  EXPECT_EQ(ReasonOf(story.Do(test::kCoordinator, Complete("command-approval"))), "TASK_COMPLETES_ITSELF");
  const absl::Status unknown = story.Do(test::kCoordinator, Complete("walk-the-dog"));
  EXPECT_TRUE(absl::IsInvalidArgument(unknown)) << unknown;
  ASSERT_TRUE(story.Do(test::kCoordinator, Complete("collect-wishes")).ok());
  ASSERT_TRUE(story.Do(test::kCoordinator, Complete("collect-wishes")).ok());
  EXPECT_THAT(story.last, IsEmpty());
}

// A0-10
TEST(Tick, TellsOfEachOverdueTaskOnce) {
  Story story = StoryIn(App::STATE_IN_MATCHING);
  EXPECT_EQ(ToTime(story.application.next_due()),
            absl::FromCivil(Day("2026-02-17"), *ParseTimeZone("America/New_York")));
  story.Pass(Noon("2026-02-16"));
  EXPECT_THAT(story.last, IsEmpty());
  story.Pass(Noon("2026-02-17"));
  ASSERT_THAT(FactNames(story.last), ElementsAre("task_overdue"));
  EXPECT_EQ(story.last[0].task_overdue().task(), "collect-wishes");
  story.Pass(Noon("2026-02-18"));
  EXPECT_THAT(story.last, IsEmpty());
}

// A5-04, A0-08: an exception is explicit and dated.
TEST(Decide, TakesAnOverrideFromASecondPersonAloneAndOfOverridableRulesAlone) {
  Story story;
  v1::SubmitApplicationRequest request = test::GoodRequest();
  *request.mutable_wishes()->mutable_earliest_start() = Date("2026-05-01");
  ASSERT_TRUE(story.Submit(request, test::kCoordinator).ok());
  ASSERT_EQ(story.state(), App::STATE_INELIGIBLE);
  EXPECT_EQ(ReasonOf(story.Do(test::kCoordinator, Override("notice"))), "SECOND_PERSON_NEEDED");
  const Actor self{"members/M-17", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(story.Do(self, Override("notice"))), "SECOND_PERSON_NEEDED");
  const Actor second{"people/cora", "organisations/ipa-us", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(story.Do(second, Override("language"))), "RULE_NOT_OVERRIDABLE");
  EXPECT_TRUE(absl::IsInvalidArgument(story.Do(second, Override("no-such-rule"))));
  ASSERT_TRUE(story.Do(second, Override("notice")).ok());
  EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
  ASSERT_EQ(story.application.overrides_size(), 1);
  EXPECT_EQ(story.application.overrides(0).by(), "people/cora");
  EXPECT_EQ(FormatDate(story.application.overrides(0).date()), "2026-02-02");
}

TEST(Decide, LeavesAnApplicationIneligibleWhileAnotherReasonStands) {
  Story story;
  v1::SubmitApplicationRequest request = test::GoodRequest();
  *request.mutable_wishes()->mutable_earliest_start() = Date("2026-05-01");
  request.mutable_declarations()->clear_languages();
  ASSERT_TRUE(story.Submit(request).ok());
  ASSERT_TRUE(story.Do(test::kCoordinator, Override("notice")).ok());
  EXPECT_EQ(story.state(), App::STATE_INELIGIBLE);
}

// A5-06
TEST(Decide, OpensTheSearchAgainWhenDatesChangeAndForgetsPlaceAndClearance) {
  for (const State state : {App::STATE_IN_MATCHING, App::STATE_INVITED, App::STATE_HOST_WILLING,
                            App::STATE_COMMAND_APPROVED, App::STATE_AGREED, App::STATE_CLEARED}) {
    Story story = StoryIn(state);
    story.now = Noon("2026-05-11");
    ASSERT_TRUE(story.Do(test::kOfficer, OtherDates()).ok()) << App::State_Name(state);
    EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
    EXPECT_EQ(story.application.round(), 2);
    EXPECT_EQ(FormatDate(story.application.received()), "2026-05-11");
    EXPECT_EQ(story.application.placement().host(), "");
    EXPECT_FALSE(story.application.placement().has_start());
    EXPECT_FALSE(story.application.clearance().cleared());
    EXPECT_FALSE(IsDone(story, "command-approval"));
    EXPECT_EQ(story.last.back().matching_opened().wishes().earliest_start().year(), 2027);
  }
}

// A5-06, A0-08
TEST(Decide, RefusesNewDatesThatWouldNotBeEligibleAndChangesNothing) {
  Story story = StoryIn(App::STATE_AGREED);
  v1::ChangeWishesRequest request;
  *request.mutable_wishes() = test::GoodWishes();
  *request.mutable_wishes()->mutable_earliest_start() = Date("2026-07-02");
  story.now = Noon("2026-05-11");
  const auto before = story.application.SerializeAsString();
  const absl::Status refused = story.Do(test::kOfficer, request);
  EXPECT_EQ(ReasonOf(refused), "WISHES_NOT_ELIGIBLE");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(refused)->metadata().at("reasons"), "NOTICE_TOO_SHORT");
  EXPECT_EQ(story.application.SerializeAsString(), before);
  // An override that a second person gave ahead makes it possible.
  ASSERT_TRUE(story.Do(test::kCoordinator, Override("notice")).ok());
  EXPECT_EQ(story.state(), App::STATE_AGREED);
  ASSERT_TRUE(story.Do(test::kOfficer, request).ok());
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
}

TEST(Decide, KeepsTheDayOfReceiptWhenOnlySoftWishesChange) {
  Story story = StoryIn(App::STATE_AWAITING_ENDORSEMENT);
  story.now = Noon("2026-02-20");
  v1::ChangeWishesRequest request;
  *request.mutable_wishes() = test::GoodWishes();
  request.mutable_wishes()->add_topics("detectives");
  ASSERT_TRUE(story.Do(test::kOfficer, request).ok());
  EXPECT_EQ(FormatDate(story.application.received()), "2026-02-02");
  EXPECT_EQ(FormatDate(story.application.endorse_by()), "2026-03-04") << "a change buys no time";
  EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
  ASSERT_TRUE(story.Do(test::kOfficer, request).ok());
  EXPECT_THAT(story.last, IsEmpty());
}

TEST(Follow, IgnoresWhatMatchingSaysOfAnEarlierRound) {
  Story story = StoryIn(App::STATE_HOST_WILLING);
  ASSERT_TRUE(story.Do(test::kOfficer, OtherDates()).ok());
  for (const auto& stale : {Matching::CommandApproved(), Matching::Agreed(), Matching::Ended(), Matching::Invited(),
                            Matching::Exhausted(), Matching::Opened(1)}) {
    story.Hear(stale);
    EXPECT_THAT(story.last, IsEmpty()) << test::FactName(stale);
  }
  story.Hear(Matching::Rescheduled(2));
  story.Hear(Matching::Invited("2027-07-05", "2027-07-25"));
  EXPECT_EQ(story.state(), App::STATE_INVITED);
  EXPECT_EQ(FormatDate(story.application.placement().start()), "2027-07-05");
}

TEST(Follow, AsksTheNextHostAfterADecline) {
  Story story = StoryIn(App::STATE_COMMAND_APPROVED);
  story.Hear(Matching::Ended());
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING);
  EXPECT_EQ(story.application.placement().host(), "");
  story.Hear(Matching::Invited());
  EXPECT_EQ(story.state(), App::STATE_INVITED);
}

TEST(Follow, TakesTheStayFromTheFirstLegsFirstDayToTheLastLegsLast) {
  Story story = StoryIn(App::STATE_COMMAND_APPROVED);
  auto agreed = Matching::Agreed("2026-07-10", "2026-07-19");
  auto& leg = *agreed.mutable_agreed()->add_legs();
  leg.set_host("hosts/CA0100000");
  *leg.mutable_start() = Date("2026-07-20");
  *leg.mutable_end() = Date("2026-07-26");
  story.Hear(agreed);
  EXPECT_EQ(FormatDate(story.application.placement().start()), "2026-07-10");
  EXPECT_EQ(FormatDate(story.application.placement().end()), "2026-07-26");
  EXPECT_EQ(story.application.placement().host(), "hosts/CA0194200");
}

TEST(Follow, RemembersAClearanceThatOvertookTheAgreement) {
  Story story = StoryIn(App::STATE_COMMAND_APPROVED);
  story.Hear(Compliance::Granted());
  EXPECT_EQ(story.state(), App::STATE_COMMAND_APPROVED);
  story.Hear(Matching::Agreed());
  EXPECT_EQ(story.state(), App::STATE_CLEARED);
}

TEST(Follow, IgnoresAClearanceFactThatIsOlderThanWhatIsKnown) {
  Story story = StoryIn(App::STATE_AGREED);
  story.Hear(Compliance::Granted(), 5);
  story.Hear(Compliance::Lost(), 4);
  EXPECT_EQ(story.state(), App::STATE_CLEARED);
  story.Hear(Compliance::Lost(), 6);
  EXPECT_EQ(story.state(), App::STATE_AGREED);
  EXPECT_THAT(story.application.clearance().open_items(), ElementsAre("health-cover"));
}

// A5-02
TEST(Follow, SuspendsARunningStayAndResumesItWithItsClearance) {
  Story story = StoryIn(App::STATE_STARTED);
  story.Hear(Compliance::Revoked());
  EXPECT_EQ(story.state(), App::STATE_SUSPENDED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("clearance_noted", "stay_suspended"));
  story.Hear(Compliance::Granted());
  EXPECT_EQ(story.state(), App::STATE_STARTED);
  EXPECT_THAT(FactNames(story.last), ElementsAre("clearance_noted", "stay_resumed"));
}

// A5-02, A4-07
TEST(Decide, StartsAStayOnlyOnItsDaysAndWithAClearanceThatHoldsNow) {
  Story story = StoryIn(App::STATE_CLEARED);
  story.now = Noon("2026-07-05");
  EXPECT_EQ(ReasonOf(story.Start()), "NOT_THE_DAY");
  story.now = Noon("2026-07-27");
  EXPECT_EQ(ReasonOf(story.Start()), "NOT_THE_DAY");
  story.now = Noon("2026-07-06");
  const absl::Status closed = story.Start({"clearances/A-1", 9, false, {"liability-waiver/1"}});
  EXPECT_EQ(ReasonOf(closed), "NOT_CLEARED");
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(closed)->metadata().at("open_items"), "liability-waiver/1");
  ASSERT_TRUE(story.Start({"clearances/A-1", 9, true, {}}).ok());
  EXPECT_EQ(story.application.start().clearance_version(), 9);
}

TEST(Tick, EndsTheStayTheDayAfterItsLastAndAsksForTheReport) {
  Story story = StoryIn(App::STATE_STARTED);
  story.Pass(Noon("2026-07-26"));
  EXPECT_EQ(story.state(), App::STATE_STARTED);
  story.Pass(Noon("2026-07-29"));
  EXPECT_EQ(story.state(), App::STATE_ENDED);
  EXPECT_EQ(FormatDate(story.application.ended_on()), "2026-07-26");
  EXPECT_EQ(FormatDate(story.application.report_due()), "2026-08-25");
  story.Pass(Noon("2026-08-26"));
  EXPECT_THAT(FactNames(story.last), ElementsAre("report_overdue"));
  EXPECT_FALSE(story.application.has_next_due());
  ASSERT_TRUE(story.Do(test::kOfficer, v1::SubmitReportRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_CLOSED);
}

// A coordinator hears of a stay that nobody started the day after its first day, once; a late start is possible to the
// last day, and behind it the place is given up.
TEST(Tick, TellsOfAStayThatNobodyStartedAndThenLetsItLapse) {
  for (const State state : {App::STATE_AGREED, App::STATE_CLEARED}) {
    Story story = StoryIn(state);
    story.Pass(Noon("2026-07-06"));
    EXPECT_FALSE(story.application.start_overdue()) << "all of the first day is left";
    story.Pass(Noon("2026-07-07"));
    EXPECT_THAT(FactNames(story.last), Contains("start_overdue"));
    EXPECT_TRUE(story.application.start_overdue());
    story.Pass(Noon("2026-07-08"));
    EXPECT_THAT(FactNames(story.last), IsEmpty());
    story.Pass(Noon("2026-07-26"));
    EXPECT_EQ(story.state(), state);
    Story late = story;
    EXPECT_EQ(late.Start().ok(), state == App::STATE_CLEARED) << "on the last day";
    story.Pass(Noon("2026-07-27"));
    EXPECT_EQ(story.state(), App::STATE_LAPSED);
    EXPECT_THAT(FactNames(story.last), ElementsAre("stay_missed"));
    EXPECT_EQ(story.last[0].stay_missed().placement(), "placements/A-1");
    EXPECT_FALSE(story.application.has_next_due());
    EXPECT_THAT(Explain(story.application, story.programme, Day("2026-08-01")).summary(), HasSubstr("never started"));
  }
}

// A5-06
TEST(Tick, ForgetsAnOverdueStartWhenTheDatesChange) {
  Story story = StoryIn(App::STATE_CLEARED);
  story.Pass(Noon("2026-07-07"));
  ASSERT_TRUE(story.application.start_overdue());
  ASSERT_TRUE(story.Do(test::kOfficer, OtherDates()).ok());
  EXPECT_FALSE(story.application.start_overdue());
  story.Pass(Noon("2026-09-01"));
  EXPECT_EQ(story.state(), App::STATE_IN_MATCHING) << "the old place's days mean nothing any more";
}

TEST(Decide, ClosesAStayAtItsEndWhenNoReportIsAskedFor) {
  Story story = StoryIn(App::STATE_STARTED);
  story.programme.mutable_after_stay()->clear_report_days();
  story.now = Noon("2026-07-12");
  ASSERT_TRUE(story.Do(test::kOfficer, v1::EndStayRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_CLOSED);
  EXPECT_EQ(FormatDate(story.application.ended_on()), "2026-07-12");
}

TEST(Decide, KeepsWhoEndedAnApplicationAndWhy) {
  Story story = StoryIn(App::STATE_AGREED);
  v1::CancelApplicationRequest request;
  request.set_reason("HOST_CLOSED");
  ASSERT_TRUE(story.Do(test::kCoordinator, request).ok());
  EXPECT_EQ(story.application.ending().by(), "people/carl");
  EXPECT_EQ(story.application.ending().reason(), "HOST_CLOSED");
  EXPECT_EQ(story.last[0].cancelled().placement(), "placements/A-1");
}

TEST(Explain, SaysInEveryStateWhatIsAndWhatCanBeDone) {
  for (const State state : AllStates()) {
    if (state == App::STATE_UNSPECIFIED) continue;
    const Story story = IsOfSteps(state) ? test::FellowIn(state) : AnyStoryIn(state);
    const auto explanation = Explain(story.application, story.programme, Today(story.At(test::kOfficer)));
    EXPECT_NE(explanation.summary(), "") << App::State_Name(state);
    EXPECT_EQ(explanation.rule_results_size(), story.programme.eligibility_size());
    EXPECT_EQ(explanation.waiting_for().empty(), IsFinal(state)) << App::State_Name(state);
    EXPECT_EQ(explanation.possible_commands().empty(), IsFinal(state)) << App::State_Name(state);
  }
}

// A0-10
TEST(Explain, NamesWhoOwesWhatByWhenSoonestFirst) {
  const Story story = StoryIn(App::STATE_AWAITING_ENDORSEMENT);
  const auto explanation = Explain(story.application, story.programme, Day("2026-03-05"));
  ASSERT_EQ(explanation.waiting_for_size(), 6);
  EXPECT_EQ(FormatDate(explanation.waiting_for(0).due()), "2026-02-16");
  EXPECT_EQ(explanation.waiting_for(1).owner_name(), "sections/DE");
  EXPECT_EQ(FormatDate(explanation.waiting_for(1).due()), "2026-03-04");
  EXPECT_TRUE(explanation.waiting_for(1).overdue());
  EXPECT_FALSE(explanation.waiting_for(2).overdue());
}

// A0-11
TEST(Explain, PromisesNoPlaceBeforeEverybodyAgreed) {
  for (const State state :
       {App::STATE_IN_MATCHING, App::STATE_INVITED, App::STATE_HOST_WILLING, App::STATE_COMMAND_APPROVED}) {
    const Story story = StoryIn(state);
    EXPECT_THAT(Explain(story.application, story.programme, Day("2026-02-02")).summary(), Not(HasSubstr("hosts/")));
  }
  const Story agreed = StoryIn(App::STATE_AGREED);
  EXPECT_THAT(Explain(agreed.application, agreed.programme, Day("2026-02-02")).summary(), HasSubstr("hosts/CA0194200"));
}

TEST(Explain, NamesTheItemsOfTheClearanceByTheirTitles) {
  const auto waiting = [](const v1::ApplicationExplanation& explanation) {
    std::vector<std::string> all;
    for (const auto& one : explanation.waiting_for()) all.push_back(one.what());
    return all;
  };
  const Story story = StoryIn(App::STATE_AGREED);
  const auto unread = Explain(story.application, story.programme, Day("2026-06-01"));
  EXPECT_THAT(waiting(unread),
              IsSupersetOf({"Own health cover (health-cover)", "Liability waiver of the host agency (liability-waiver)",
                            "Local background check (background-check)"}));
  compliance::v1::Clearance clearance;
  auto& waiver = *clearance.add_open_items();
  waiver.set_item("liability-waiver/1");
  waiver.set_mandatory(true);
  *waiver.mutable_due() = Date("2026-06-22");
  waiver.add_reasons()->set_explanation("Nothing is recorded.");
  waiver.set_owner(options::v1::ROLE_OFFICER);
  waiver.set_owner_name("members/M-1");
  auto& check = *clearance.add_open_items();
  check.set_item("background-check");
  check.set_mandatory(true);
  check.set_owner(options::v1::ROLE_COMPLIANCE_OFFICER);
  check.set_owner_name("organisations/ipa-us");
  clearance.add_open_items()->set_item("media-consent");
  const auto read = Explain(story.application, story.programme, Day("2026-06-23"), &clearance);
  EXPECT_THAT(waiting(read),
              Contains("Liability waiver of the host agency (liability-waiver/1): Nothing is recorded."));
  const auto owed = [&](absl::string_view item) {
    for (const auto& one : read.waiting_for()) {
      if (absl::StrContains(one.what(), item))
        return absl::StrCat(options::v1::Role_Name(one.owner()), " ", one.owner_name());
    }
    return std::string();
  };
  EXPECT_EQ(owed("(liability-waiver/1)"), "ROLE_OFFICER members/M-1");
  EXPECT_EQ(owed("(background-check)"), "ROLE_COMPLIANCE_OFFICER organisations/ipa-us");
  EXPECT_THAT(waiting(read), Not(Contains(HasSubstr("media-consent"))));
  EXPECT_THAT(waiting(read), Not(Contains(HasSubstr("health-cover"))));
  clearance.set_state(compliance::v1::Clearance::STATE_REVOKED);
  clearance.set_revoked_by("people/carl");
  clearance.set_reason("CONDUCT");
  EXPECT_THAT(waiting(Explain(story.application, story.programme, Day("2026-06-23"), &clearance)),
              Contains("The clearance, which people/carl revoked: CONDUCT"));
}

TEST(Catalogue, HoldsEveryReasonOnceInItsForm) {
  std::vector<std::string> reasons;
  for (const ErrorName* name : errors::kCatalogue) {
    EXPECT_THAT(reasons, Not(Contains(name->reason)));
    EXPECT_STREQ(name->domain, errors::kDomain);
    EXPECT_NE(std::string(name->fix), "");
    reasons.push_back(name->reason);
  }
}

// A0-31
TEST(HostingOffer, IsMadeForOnesOwnAgencyOrHomeAndDecidedOnce) {
  const Actor contact{"people/hank", "hosts/CA0194200", {options::v1::ROLE_HOST_CONTACT}};
  v1::OfferToHostRequest request;
  request.set_kind(v1::OFFER_KIND_HOST_AGENCY);
  request.set_host("hosts/CA0194200");
  request.set_programme(test::kInboundName);
  *request.mutable_first_day() = Date("2026-06-01");
  *request.mutable_last_day() = Date("2026-09-30");
  request.set_capacity(2);
  const auto at = [](const Actor& actor) {
    return OfferCircumstance{Noon(test::kReceived), actor, test::Inbound(), "hostingOffers/O-1"};
  };
  v1::HostingOffer offer;
  EXPECT_EQ(ReasonOf(Decide(offer, request, at(test::kOfficer)).status()), "NOT_YOUR_HOST");
  auto facts = Decide(offer, request, at(contact));
  ASSERT_TRUE(facts.ok()) << facts.status();
  offer = Evolve(offer, facts->front());
  EXPECT_EQ(offer.state(), v1::HostingOffer::STATE_RECEIVED);
  EXPECT_THAT(offer.parties(), ElementsAre("hosts/CA0194200", "organisations/ipa-us"));

  v1::DecideHostingOfferRequest decision;
  decision.set_accept(true);
  facts = Decide(offer, decision, at(test::kCoordinator));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->front().accepted().capacity(), 2);
  offer = Evolve(offer, facts->front());
  EXPECT_EQ(offer.state(), v1::HostingOffer::STATE_ACCEPTED);
  EXPECT_THAT(*Decide(offer, decision, at(test::kCoordinator)), IsEmpty());
  decision.set_accept(false);
  EXPECT_EQ(ReasonOf(Decide(offer, decision, at(test::kCoordinator)).status()), "OFFER_IS_DECIDED");

  v1::OfferToHostRequest home = request;
  home.set_kind(v1::OFFER_KIND_HOME_HOST);
  EXPECT_TRUE(absl::IsInvalidArgument(Decide(v1::HostingOffer(), home, at(contact)).status()));
  home.set_home_host("members/M-40");
  EXPECT_EQ(ReasonOf(Decide(v1::HostingOffer(), home, at(contact)).status()), "NOT_YOUR_HOST");
  const Actor member{"members/M-40", "sections/US", {options::v1::ROLE_HOME_HOST}};
  EXPECT_TRUE(Decide(v1::HostingOffer(), home, at(member)).ok());
}

}  // namespace
}  // namespace amikeco::applicant
