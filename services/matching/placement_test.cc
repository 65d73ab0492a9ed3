#include "services/matching/placement.h"

#include <functional>
#include <map>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/matching/errors.h"
#include "services/matching/testing.h"

namespace amikeco::matching {
namespace {

using testing::At;
using testing::CommandOf;
using testing::ContactOf;
using testing::Date;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using testing::kCoordinator;
using testing::kOfficer;
using ::testing::Not;
using v1::Invitation;
using v1::Placement;

const Rules kRules = testing::TestRules();
constexpr char kToday[] = "2026-10-01";

Circumstance By(const Actor& actor, absl::string_view day = kToday) { return {At(day), actor}; }
Circumstance System(absl::string_view day = kToday) { return By(SystemActor("matching"), day); }

template <typename Command>
PlacementFacts Ask(const Placement& placement, const Command& command, const Circumstance& circumstance) {
  if constexpr (requires { Decide(placement, command, circumstance, kRules); }) {
    return Decide(placement, command, circumstance, kRules);
  } else {
    return Decide(placement, command, circumstance);
  }
}

Placement Fold(Placement placement, const PlacementFacts& facts) {
  EXPECT_TRUE(facts.ok()) << facts.status();
  if (!facts.ok()) return placement;
  for (const v1::PlacementFact& fact : *facts) placement = Evolve(std::move(placement), fact);
  return placement;
}

template <typename Command>
Placement After(const Placement& placement, const Command& command, const Circumstance& circumstance) {
  return Fold(placement, Ask(placement, command, circumstance));
}

v1::AnswerInvitationRequest Answer(v1::Answer answer, int ordinal = 0) {
  v1::AnswerInvitationRequest request;
  request.set_answer(answer);
  request.set_ordinal(ordinal);
  return request;
}
v1::ApproveCommandStepRequest Step(absl::string_view step, v1::Answer answer = v1::ANSWER_ACCEPT) {
  v1::ApproveCommandStepRequest request;
  request.set_step(std::string(step));
  request.set_answer(answer);
  return request;
}
v1::AnswerPlacementRequest Take(v1::Answer answer = v1::ANSWER_ACCEPT) {
  v1::AnswerPlacementRequest request;
  request.set_answer(answer);
  return request;
}
v1::AddLegRequest AddLeg(absl::string_view start = "2027-03-03", absl::string_view end = "2027-03-05",
                         absl::string_view host = "hosts/B") {
  v1::AddLegRequest request;
  request.set_host(std::string(host));
  *request.mutable_start() = Date(start);
  *request.mutable_end() = Date(end);
  return request;
}
v1::ConfirmLegRequest ConfirmLeg(absl::string_view leg = "2") {
  v1::ConfirmLegRequest request;
  request.set_leg(std::string(leg));
  return request;
}
v1::RemoveLegRequest RemoveLeg(absl::string_view leg = "2") {
  v1::RemoveLegRequest request;
  request.set_leg(std::string(leg));
  return request;
}
v1::SetActivitiesRequest Activities(absl::string_view leg = "1", absl::string_view day = "2027-03-02") {
  v1::SetActivitiesRequest request;
  auto& activity = *request.add_activities();
  activity.set_leg(std::string(leg));
  *activity.mutable_day() = Date(day);
  activity.set_topic("detectives");
  return request;
}
v1::RespondToHomeStayRequest Respond(v1::Answer answer = v1::ANSWER_ACCEPT) {
  v1::RespondToHomeStayRequest request;
  request.set_answer(answer);
  return request;
}
ConcludeRanking Choose(absl::string_view host = "hosts/A") {
  return {v1::HostsRanked(),
          ChosenHost{std::string(host), {Day("2027-03-01"), Day("2027-03-14")}, {"Captain", "Chief"}}, std::nullopt};
}
ConcludeRanking Wait() { return {v1::HostsRanked(), std::nullopt, At("2026-10-02")}; }

// One placement in each state, reached by commands.
const std::map<std::string, Placement>& States() {
  static const auto& states = *[] {
    auto* made = new std::map<std::string, Placement>();
    std::map<std::string, Placement>& s = *made;
    s["none"] = Placement();
    s["searching"] = After(s["none"], OpenSearch{"applications/17", testing::Terms()}, System());
    s["waiting"] = After(s["searching"], Wait(), System());
    s["invited"] = After(s["searching"], Choose(), System());
    s["willing"] = After(s["invited"], Answer(v1::ANSWER_ACCEPT), By(ContactOf("hosts/A")));
    s["halfway"] = After(s["willing"], Step("Captain"), By(CommandOf("hosts/A")));
    s["approved"] = After(s["halfway"], Step("Chief"), By(CommandOf("hosts/A")));
    s["agreed"] = After(s["approved"], Take(), By(kOfficer));
    s["with-leg"] = After(s["agreed"], AddLeg(), By(kCoordinator));
    s["leg-confirmed"] = After(s["with-leg"], ConfirmLeg(), By(ContactOf("hosts/B")));
    s["home-asked"] = After(s["agreed"], ProposeHome{"homeHosts/1", "members/H"}, System());
    s["home-agreed"] = After(s["home-asked"], Respond(), By(testing::HomeHostActor("members/H")));
    s["no-home"] = After(s["agreed"], PassTime(), System("2027-02-01"));
    s["exhausted"] = After(s["searching"], GiveUp(), System());
    s["ended"] = After(s["agreed"], EndPlacement{"WITHDRAWN"}, System());
    return made;
  }();
  return states;
}
const Placement& In(const std::string& state) { return States().at(state); }

// What each command does in each state: the facts, or "-" for a refusal. The whole machine on one page.
TEST(PlacementMachine, DoesThisInEachStateAndNothingElse) {
  const Circumstance contact = By(ContactOf("hosts/A"));
  const Circumstance command = By(CommandOf("hosts/A"));
  const Circumstance leg_contact = By(ContactOf("hosts/B"));
  const Circumstance home = By(testing::HomeHostActor("members/H"));
  using Run = std::function<PlacementFacts(const Placement&)>;
  const auto run = [](auto what, const Circumstance& circumstance) -> Run {
    return [what, circumstance](const Placement& placement) { return Ask(placement, what, circumstance); };
  };
  const std::map<std::string, Run> commands = {
      {"open round 1", run(OpenSearch{"applications/17", testing::Terms(1)}, System())},
      {"open round 2", run(OpenSearch{"applications/17", testing::Terms(2)}, System())},
      {"choose", run(Choose(), System())},
      {"wait", run(Wait(), System())},
      {"give up", run(GiveUp(), System())},
      {"yield 1", run(YieldSeat{"1"}, System())},
      {"yield 2", run(YieldSeat{"2"}, System())},
      {"lose host A", run(LoseHost{"hosts/A"}, System())},
      {"lose host B", run(LoseHost{"hosts/B"}, System())},
      {"end", run(EndPlacement{"CANCELLED"}, System())},
      {"propose home", run(ProposeHome{"homeHosts/2", "members/I"}, System())},
      {"lose home", run(LoseHome{"homeHosts/1"}, System())},
      {"time soon", run(PassTime(), System("2026-10-02"))},
      {"time in a month", run(PassTime(), System("2026-11-15"))},
      {"time on the first day", run(PassTime(), System("2027-03-01"))},
      {"willing", run(Answer(v1::ANSWER_ACCEPT), contact)},
      {"decline", run(Answer(v1::ANSWER_DECLINE), contact)},
      {"approve Captain", run(Step("Captain"), command)},
      {"approve Chief", run(Step("Chief"), command)},
      {"refuse Chief", run(Step("Chief", v1::ANSWER_DECLINE), command)},
      {"officer takes", run(Take(), By(kOfficer))},
      {"officer declines", run(Take(v1::ANSWER_DECLINE), By(kOfficer))},
      {"add leg", run(AddLeg("2027-03-08", "2027-03-09", "hosts/C"), By(kCoordinator))},
      {"confirm leg", run(ConfirmLeg(), leg_contact)},
      {"remove leg", run(RemoveLeg(), leg_contact)},
      {"set activities", run(Activities(), contact)},
      {"home accepts", run(Respond(), home)},
      {"home declines", run(Respond(v1::ANSWER_DECLINE), home)},
  };
  // command → state → facts; states that are not named refuse, except that those of kNothing state nothing.
  using Outcomes = std::map<std::string, std::string>;
  const std::map<std::string, Outcomes> expected = {
      {"open round 1", {{"none", "search_opened"}}},
      {"open round 2",
       {{"none", "search_opened"},
        {"searching", "rescheduled"},
        {"waiting", "rescheduled"},
        {"invited", "invitation_ended rescheduled"},
        {"willing", "invitation_ended rescheduled"},
        {"halfway", "invitation_ended rescheduled"},
        {"approved", "invitation_ended rescheduled"},
        {"agreed", "rescheduled"},
        {"with-leg", "rescheduled"},
        {"leg-confirmed", "rescheduled"},
        {"home-asked", "rescheduled"},
        {"home-agreed", "rescheduled"},
        {"no-home", "rescheduled"},
        {"exhausted", "rescheduled"}}},
      {"choose", {{"searching", "hosts_ranked host_invited"}, {"waiting", "hosts_ranked host_invited"}}},
      {"wait", {{"searching", "hosts_ranked"}, {"waiting", "hosts_ranked"}}},
      {"give up", {{"searching", "search_exhausted"}, {"waiting", "search_exhausted"}}},
      {"yield 1", {{"invited", "invitation_ended"}, {"willing", "invitation_ended"}, {"halfway", "invitation_ended"}}},
      {"yield 2", {{"with-leg", "leg_removed"}}},
      {"lose host A",
       {{"invited", "invitation_ended"},
        {"willing", "invitation_ended"},
        {"halfway", "invitation_ended"},
        {"approved", "invitation_ended"}}},
      {"lose host B", {{"with-leg", "leg_removed"}}},
      {"end",
       {{"searching", "ended"},
        {"waiting", "ended"},
        {"invited", "invitation_ended ended"},
        {"willing", "invitation_ended ended"},
        {"halfway", "invitation_ended ended"},
        {"approved", "invitation_ended ended"},
        {"agreed", "ended"},
        {"with-leg", "ended"},
        {"leg-confirmed", "ended"},
        {"home-asked", "ended"},
        {"home-agreed", "ended"},
        {"no-home", "ended"},
        {"exhausted", "ended"}}},
      {"propose home",
       {{"agreed", "home_host_proposed"}, {"with-leg", "home_host_proposed"}, {"leg-confirmed", "home_host_proposed"}}},
      {"lose home", {{"home-asked", "home_host_lost"}, {"home-agreed", "home_host_lost"}}},
      {"time in a month",
       {{"invited", "invitation_ended"},
        {"willing", "invitation_ended"},
        {"halfway", "invitation_ended"},
        {"approved", "invitation_ended"}}},
      {"time on the first day",
       {{"invited", "invitation_ended"},
        {"willing", "invitation_ended"},
        {"halfway", "invitation_ended"},
        {"approved", "invitation_ended"},
        {"agreed", "home_host_not_found"},
        {"with-leg", "leg_removed home_host_not_found"},
        {"leg-confirmed", "home_host_not_found"},
        {"home-asked", "home_host_not_found"}}},
      {"willing", {{"invited", "host_willing"}}},
      {"decline",
       {{"invited", "invitation_ended"},
        {"willing", "invitation_ended"},
        {"halfway", "invitation_ended"},
        {"approved", "invitation_ended"}}},
      {"approve Captain", {{"willing", "command_step_approved"}}},
      {"approve Chief", {{"halfway", "command_step_approved command_approved"}}},
      {"refuse Chief", {{"halfway", "invitation_ended"}}},
      {"officer takes", {{"approved", "agreed"}}},
      {"officer declines", {{"approved", "invitation_ended"}}},
      {"add leg",
       {{"agreed", "leg_added"},
        {"with-leg", "leg_added"},
        {"leg-confirmed", "leg_added"},
        {"home-asked", "leg_added"},
        {"home-agreed", "leg_added"},
        {"no-home", "leg_added"}}},
      {"confirm leg", {{"with-leg", "leg_confirmed"}}},
      {"remove leg", {{"with-leg", "leg_removed"}, {"leg-confirmed", "leg_removed"}}},
      {"set activities",
       {{"agreed", "activities_set"},
        {"with-leg", "activities_set"},
        {"leg-confirmed", "activities_set"},
        {"home-asked", "activities_set"},
        {"home-agreed", "activities_set"},
        {"no-home", "activities_set"}}},
      {"home accepts", {{"home-asked", "home_host_agreed"}}},
      {"home declines", {{"home-asked", "home_host_lost"}}},
  };
  const auto nothing = [](const std::string& name) {
    return name.rfind("time", 0) == 0 || name.rfind("lose host", 0) == 0;
  };
  for (const auto& [name, command_of] : commands) {
    for (const auto& [state, placement] : States()) {
      const PlacementFacts facts = command_of(placement);
      std::vector<std::string> stated;
      if (facts.ok()) {
        for (const v1::PlacementFact& fact : *facts) {
          stated.push_back(v1::PlacementFact::descriptor()->FindFieldByNumber(fact.fact_case())->name());
        }
      } else {
        EXPECT_NE(facts.status().code(), absl::StatusCode::kInvalidArgument) << name << " in " << state;
        EXPECT_NE(ReasonOf(facts.status()), "") << name << " in " << state;
      }
      std::string outcome = nothing(name) ? "" : "-";
      if (const auto row = expected.find(name); row != expected.end()) {
        if (const auto cell = row->second.find(state); cell != row->second.end()) outcome = cell->second;
      }
      EXPECT_EQ(facts.ok() ? absl::StrJoin(stated, " ") : "-", outcome) << name << " in " << state;
    }
  }
}

TEST(Placement, DistinguishesWillingFromApprovedByCommand_A0_17) {
  EXPECT_EQ(In("willing").stage(), Placement::STAGE_HOST_WILLING);
  EXPECT_EQ(In("halfway").stage(), Placement::STAGE_HOST_WILLING);
  EXPECT_EQ(In("approved").stage(), Placement::STAGE_COMMAND_APPROVED);
  EXPECT_EQ(ReasonOf(Ask(In("willing"), Step("Chief"), By(CommandOf("hosts/A"))).status()),
            errors::kWrongCommandStep.reason);
}

// A0-17
TEST(Placement, KeepsTheCommandStepsThatTheInvitationWasMadeWith) {
  EXPECT_THAT(In("invited").invitations(0).command_steps(), ElementsAre("Captain", "Chief"));
}

TEST(Placement, ListensOnlyToWhomItAsks) {
  EXPECT_EQ(ReasonOf(Ask(In("invited"), Answer(v1::ANSWER_ACCEPT), By(ContactOf("hosts/B"))).status()),
            errors::kForeignPlacement.reason);
  const Actor other_officer{"members/M-2", "sections/DE", {options::v1::ROLE_OFFICER}};
  EXPECT_EQ(ReasonOf(Ask(In("approved"), Take(), By(other_officer)).status()), errors::kForeignPlacement.reason);
  const Actor other_operator{"people/x", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(Ask(In("approved"), Take(), By(other_operator)).status()), errors::kForeignPlacement.reason);
  EXPECT_TRUE(Ask(In("approved"), Take(), By(kCoordinator)).ok());
  EXPECT_EQ(ReasonOf(Ask(In("with-leg"), ConfirmLeg(), By(ContactOf("hosts/A"))).status()),
            errors::kForeignPlacement.reason);
  EXPECT_EQ(ReasonOf(Ask(In("with-leg"), RemoveLeg(), By(ContactOf("hosts/A"))).status()),
            errors::kForeignPlacement.reason);
  EXPECT_EQ(ReasonOf(Ask(In("agreed"), AddLeg(), By(ContactOf("hosts/B"))).status()), errors::kForeignPlacement.reason);
  EXPECT_EQ(ReasonOf(Ask(In("home-asked"), Respond(), By(testing::HomeHostActor("members/X"))).status()),
            errors::kHomeHostNotAsked.reason);
}

TEST(Placement, DoesNotTakeAnAnswerToAnEarlierInvitation) {
  Placement placement = After(In("invited"), Answer(v1::ANSWER_DECLINE, 1), By(ContactOf("hosts/A")));
  EXPECT_EQ(ReasonOf(Ask(placement, Answer(v1::ANSWER_ACCEPT), By(ContactOf("hosts/A"))).status()),
            errors::kInvitationOver.reason);
  placement = After(placement, OpenSearch{"applications/17", testing::Terms(2)}, System());
  placement = After(placement, Choose(), System());
  EXPECT_EQ(OpenInvitation(placement)->ordinal(), 2);
  EXPECT_EQ(ReasonOf(Ask(placement, Answer(v1::ANSWER_ACCEPT, 1), By(ContactOf("hosts/A"))).status()),
            errors::kInvitationOver.reason);
  EXPECT_TRUE(Ask(placement, Answer(v1::ANSWER_ACCEPT, 2), By(ContactOf("hosts/A"))).ok());
}

TEST(Placement, TakesNoAnswerAfterItsTime) {
  EXPECT_EQ(ReasonOf(Ask(In("invited"), Answer(v1::ANSWER_ACCEPT), By(ContactOf("hosts/A"), "2026-10-15")).status()),
            errors::kInvitationOver.reason);
  EXPECT_TRUE(Ask(In("invited"), Answer(v1::ANSWER_ACCEPT), By(ContactOf("hosts/A"), "2026-10-14")).ok());
  EXPECT_EQ(ReasonOf(Ask(In("approved"), Take(), By(kOfficer, "2026-10-08")).status()), errors::kInvitationOver.reason);
}

TEST(Placement, LetsAnInvitationLapseOnTheDayTheStayWouldBeginAtTheLatest) {
  const Placement placement = After(In("searching"), Choose(), System("2027-02-25"));
  EXPECT_EQ(ToTime(placement.next_due()), At("2027-03-01"));
}

TEST(Placement, AsksAHostAgainOnlyWhenItDidNotAnswer) {
  const auto asked_after = [](const Placement& placement) { return AskedHosts(placement); };
  EXPECT_THAT(asked_after(After(In("invited"), Answer(v1::ANSWER_DECLINE), By(ContactOf("hosts/A")))),
              ElementsAre("hosts/A"));
  EXPECT_THAT(asked_after(After(In("invited"), PassTime(), System("2026-11-01"))), ElementsAre("hosts/A"));
  EXPECT_THAT(asked_after(After(In("approved"), Take(v1::ANSWER_DECLINE), By(kOfficer))), ElementsAre("hosts/A"));
  const Placement yielded = After(In("invited"), YieldSeat{"1"}, System());
  EXPECT_THAT(asked_after(yielded), IsEmpty());
  EXPECT_EQ(CountedInvitations(yielded), 0);
  const Placement again = After(In("invited"), OpenSearch{"applications/17", testing::Terms(2)}, System());
  EXPECT_THAT(asked_after(again), IsEmpty());
  EXPECT_EQ(CountedInvitations(again), 0);
}

TEST(Placement, StatesWhatComplianceNeedsWhenItIsAgreed) {
  const v1::PlacementAgreed agreed = (*Ask(In("approved"), Take(), By(kOfficer)))[0].agreed();
  EXPECT_EQ(agreed.application(), "applications/17");
  EXPECT_EQ(agreed.member(), "members/M-1");
  EXPECT_EQ(agreed.programme_version(), 1);
  ASSERT_EQ(agreed.legs_size(), 1);
  EXPECT_EQ(agreed.legs(0).id(), "1");
  EXPECT_TRUE(agreed.legs(0).confirmed());
  EXPECT_THAT(agreed.parties(), IsSupersetOf({"members/M-1", "sections/DE", "organisations/ipa-us", "hosts/A"}));
}

TEST(Itinerary, GivesEachLegAnIdOfItsOwnForEver_A0_19) {
  Placement placement = In("with-leg");
  placement = After(placement, RemoveLeg(), By(kCoordinator));
  placement = After(placement, AddLeg(), By(kCoordinator));
  EXPECT_EQ(placement.legs(1).id(), "3");
  placement = After(placement, OpenSearch{"applications/17", testing::Terms(2)}, System());
  EXPECT_EQ(NextLeg(placement), "4");
}

TEST(Itinerary, KeepsLegsInsideTheStayAndApart_A0_19) {
  const auto refusal = [](const Placement& placement, const v1::AddLegRequest& leg, absl::string_view day = kToday) {
    return ReasonOf(Ask(placement, leg, By(kCoordinator, day)).status());
  };
  EXPECT_EQ(refusal(In("agreed"), AddLeg("2027-02-28", "2027-03-02")), errors::kLegOutsideStay.reason);
  EXPECT_EQ(refusal(In("agreed"), AddLeg("2027-03-10", "2027-03-15")), errors::kLegOutsideStay.reason);
  EXPECT_EQ(refusal(In("with-leg"), AddLeg("2027-03-05", "2027-03-06", "hosts/C")), errors::kLegOverlaps.reason);
  EXPECT_EQ(refusal(In("agreed"), AddLeg(), "2027-03-01"), errors::kStayBegun.reason);
  EXPECT_EQ(Ask(In("agreed"), AddLeg("2027-03-05", "2027-03-03"), By(kCoordinator)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(In("agreed"), AddLeg("2027-03-03", "2027-03-05", "hosts/A"), By(kCoordinator)).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(Ask(In("with-leg"), RemoveLeg("1"), By(kCoordinator)).status()), errors::kLeadLeg.reason);
  EXPECT_EQ(ReasonOf(Ask(In("with-leg"), RemoveLeg("9"), By(kCoordinator)).status()), errors::kNoSuchLeg.reason);
}

TEST(Itinerary, LosesALegWithoutLosingTheLeadHost_A0_19) {
  const Placement placement = After(In("with-leg"), PassTime(), System("2027-03-01"));
  EXPECT_EQ(placement.stage(), Placement::STAGE_AGREED);
  EXPECT_EQ(placement.legs_size(), 1);
  EXPECT_FALSE(placement.has_legs_expire());
}

TEST(Itinerary, TakesActivitiesOnDaysOfALeg_A0_18) {
  EXPECT_EQ(After(In("agreed"), Activities(), By(kCoordinator)).activities_size(), 1);
  EXPECT_EQ(ReasonOf(Ask(In("agreed"), Activities("1", "2027-03-15"), By(kCoordinator)).status()),
            errors::kActivityOutsideLeg.reason);
  EXPECT_EQ(ReasonOf(Ask(In("agreed"), Activities("2"), By(kCoordinator)).status()),
            errors::kActivityOutsideLeg.reason);
  Placement placement = After(In("with-leg"), Activities("2", "2027-03-03"), By(ContactOf("hosts/B")));
  EXPECT_EQ(After(placement, RemoveLeg(), By(kCoordinator)).activities_size(), 0);
}

TEST(HomeStay, TellsTheOfficerToBookWhenNoneIsFoundInTime_A0_21) {
  EXPECT_EQ(ToTime(In("agreed").home_stay().until()), At("2027-02-01"));
  EXPECT_THAT(*Ask(In("agreed"), PassTime(), System("2027-01-31")), IsEmpty());
  EXPECT_EQ(In("no-home").home_stay().state(), v1::HomeStay::STATE_NOT_FOUND);
  EXPECT_FALSE(In("no-home").has_next_due());
}

TEST(HomeStay, IsLookedForAgainWhenTheHomeHostDeclines_A0_21) {
  const Placement placement =
      After(In("home-asked"), Respond(v1::ANSWER_DECLINE), By(testing::HomeHostActor("members/H")));
  EXPECT_EQ(placement.home_stay().state(), v1::HomeStay::STATE_SEARCHING);
  EXPECT_THAT(placement.home_stay().asked(), ElementsAre("homeHosts/1"));
  EXPECT_THAT(placement.parties(), Not(::testing::Contains("members/H")));
}

TEST(HomeStay, IsReportedMissingAtOnceWhenItIsLostAfterTheDeadline_A0_21) {
  const PlacementFacts facts = Ask(In("home-agreed"), LoseHome{"homeHosts/1"}, System("2027-02-15"));
  ASSERT_EQ(facts->size(), 2u);
  EXPECT_TRUE((*facts)[1].has_home_host_not_found());
}

// A0-21: days begin where the coordinator works, for the search for a home, an invitation's end and the stay.
TEST(Placement, CountsDaysWhereTheCoordinatorWorks) {
  struct Case {
    const char* zone;
    const char* first_of_february;
  };
  for (const Case& c :
       {Case{"UTC", "2027-02-01T00:00:00Z"}, Case{"America/New_York", "2027-02-01T05:00:00Z"},
        Case{"Asia/Kathmandu", "2027-01-31T18:15:00Z"}, Case{"Pacific/Kiritimati", "2027-01-31T10:00:00Z"},
        Case{"Pacific/Pago_Pago", "2027-02-01T11:00:00Z"}}) {
    Rules rules = testing::TestRules();
    rules.zone = *ParseTimeZone(c.zone);
    const absl::Time stay = absl::FromCivil(Day("2027-03-01"), rules.zone);
    const auto agreed = Decide(In("approved"), Take(), By(kOfficer), rules);
    ASSERT_TRUE(agreed.ok()) << agreed.status();
    EXPECT_EQ(
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", ToTime(agreed->front().agreed().home_host_until()), absl::UTCTimeZone()),
        c.first_of_february);
    const auto invited = Decide(In("searching"), Choose(), System("2027-02-25"), rules);
    ASSERT_TRUE(invited.ok()) << invited.status();
    EXPECT_EQ(ToTime(invited->back().host_invited().expires()), stay) << c.zone;
    EXPECT_TRUE(Decide(In("agreed"), AddLeg(), {stay - absl::Minutes(30), kCoordinator}, rules).ok()) << c.zone;
    EXPECT_EQ(ReasonOf(Decide(In("agreed"), AddLeg(), {stay, kCoordinator}, rules).status()),
              errors::kStayBegun.reason);
  }
}

TEST(HomeStay, IsNotLookedForWhenTheOfficerWantsNone) {
  applicant::v1::MatchingOpened terms = testing::Terms();
  terms.mutable_wishes()->set_home_host(false);
  Placement placement = In("approved");
  *placement.mutable_terms() = terms;
  placement = After(placement, Take(), By(kOfficer));
  EXPECT_EQ(placement.home_stay().state(), v1::HomeStay::STATE_UNSPECIFIED);
  EXPECT_FALSE(placement.has_next_due());
}

std::vector<std::string> Changes(const Placement& before, const PlacementFacts& facts) {
  std::vector<std::string> changes;
  Placement placement = before;
  for (const v1::PlacementFact& fact : *facts) {
    for (const SeatChange& change : SeatsAfter(placement, fact)) {
      const char* names[] = {"hold", "secure", "confirm", "release"};
      changes.push_back(absl::StrCat(names[change.command.index()], " ", change.host));
    }
    for (const HomeChange& change : HomesAfter(placement, fact)) {
      changes.push_back(absl::StrCat(change.command.index() == 0 ? "book " : "free ", change.home_host));
    }
    placement = Evolve(placement, fact);
  }
  return changes;
}

TEST(SeatsAndHomes, FollowThePlacementsFacts) {
  const auto after = [](const std::string& state, const auto& command, const Circumstance& circumstance) {
    return Changes(In(state), Ask(In(state), command, circumstance));
  };
  EXPECT_THAT(after("searching", Choose(), System()), ElementsAre("hold hosts/A"));
  EXPECT_THAT(after("invited", Answer(v1::ANSWER_DECLINE), By(ContactOf("hosts/A"))), ElementsAre("release hosts/A"));
  EXPECT_THAT(after("halfway", Step("Chief"), By(CommandOf("hosts/A"))), ElementsAre("secure hosts/A"));
  EXPECT_THAT(after("approved", Take(), By(kOfficer)), ElementsAre("confirm hosts/A"));
  EXPECT_THAT(after("agreed", AddLeg(), By(kCoordinator)), ElementsAre("hold hosts/B"));
  EXPECT_THAT(after("with-leg", ConfirmLeg(), By(ContactOf("hosts/B"))), ElementsAre("confirm hosts/B"));
  EXPECT_THAT(after("leg-confirmed", RemoveLeg(), By(kCoordinator)), ElementsAre("release hosts/B"));
  EXPECT_THAT(after("leg-confirmed", EndPlacement{"X"}, System()), ElementsAre("release hosts/A", "release hosts/B"));
  EXPECT_THAT(after("invited", EndPlacement{"X"}, System()), ElementsAre("release hosts/A"));
  EXPECT_THAT(after("home-agreed", OpenSearch{"applications/17", testing::Terms(2)}, System()),
              ElementsAre("release hosts/A", "free homeHosts/1"));
  EXPECT_THAT(after("agreed", ProposeHome{"homeHosts/1", "members/H"}, System()), ElementsAre("book homeHosts/1"));
  EXPECT_THAT(after("home-asked", Respond(v1::ANSWER_DECLINE), By(testing::HomeHostActor("members/H"))),
              ElementsAre("free homeHosts/1"));
  EXPECT_THAT(after("home-asked", PassTime(), System("2027-02-01")), ElementsAre("free homeHosts/1"));
  EXPECT_THAT(after("no-home", EndPlacement{"X"}, System()), ElementsAre("release hosts/A"));
}

TEST(ViewFor, ShowsTheRankingToCoordinatorsAlone) {
  Placement placement = In("invited");
  placement.mutable_ranking()->set_hosts_judged(5);
  EXPECT_TRUE(ViewFor(placement, kCoordinator).has_ranking());
  EXPECT_FALSE(ViewFor(placement, kOfficer).has_ranking());
  EXPECT_FALSE(ViewFor(placement, testing::kSection).has_ranking());
  EXPECT_FALSE(ViewFor(placement, ContactOf("hosts/A")).has_ranking());
}

TEST(ViewFor, ShowsAHostItsOwnInvitationsAlone) {
  v1::AnswerInvitationRequest decline = Answer(v1::ANSWER_DECLINE);
  decline.set_reason("short of staff");
  Placement placement = After(In("invited"), decline, By(ContactOf("hosts/A")));
  placement = After(placement, Choose("hosts/B"), System());
  EXPECT_EQ(ViewFor(placement, ContactOf("hosts/B")).invitations_size(), 1);
  EXPECT_TRUE(MaySee(placement, ContactOf("hosts/A")));
  const Placement past = ViewFor(placement, ContactOf("hosts/A"));
  ASSERT_EQ(past.invitations_size(), 1);
  EXPECT_EQ(past.invitations(0).host(), "hosts/A");
  EXPECT_EQ(past.stage(), Placement::STAGE_UNSPECIFIED);
  EXPECT_EQ(ViewFor(placement, kOfficer).invitations(0).reason(), "");
  EXPECT_EQ(ViewFor(placement, kCoordinator).invitations(0).reason(), "short of staff");
  EXPECT_FALSE(MaySee(placement, ContactOf("hosts/C")));
}

TEST(ViewFor, HidesFromHostsWhichOtherAgenciesTheOfficerWouldLike) {
  Placement placement = In("invited");
  placement.mutable_terms()->mutable_wishes()->add_hosts("hosts/B");
  EXPECT_EQ(ViewFor(placement, kOfficer).terms().wishes().hosts_size(), 1);
  EXPECT_EQ(ViewFor(placement, ContactOf("hosts/A")).terms().wishes().hosts_size(), 0);
}

TEST(ViewFor, ShowsInvitationsToThoseWhoAnswerThemAndToNoOtherMemberOfTheAgency) {
  const Actor works_there{"members/M-9", "hosts/A", {options::v1::ROLE_OFFICER}};
  EXPECT_FALSE(MaySee(In("invited"), works_there));
  EXPECT_EQ(ViewFor(In("invited"), works_there).invitations_size(), 0);
}

// A0-09: a section may have coordinators of its own; the programme's decide.
TEST(Placement, IsNotDecidedByTheCoordinatorOfASection) {
  const Actor of_section{"people/sven", "sections/DE", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(Ask(In("approved"), Take(), By(of_section)).status()), "FOREIGN_PLACEMENT");
  EXPECT_TRUE(Ask(In("approved"), Take(), By(kCoordinator)).ok());
}

TEST(Evolve, IgnoresAFactThatItDoesNotKnow) {
  const Placement placement = Evolve(In("agreed"), v1::PlacementFact());
  EXPECT_EQ(placement.SerializeAsString(), In("agreed").SerializeAsString());
}

}  // namespace
}  // namespace amikeco::matching
