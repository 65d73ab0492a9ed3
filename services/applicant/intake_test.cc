#include "services/applicant/intake.h"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/eligibility.h"
#include "services/applicant/explain.h"
#include "services/applicant/test_awards.h"
#include "services/applicant/transitions.h"

namespace amikeco::applicant {
namespace {

using App = v1::Application;
using test::Award;
using test::Date;
using test::Day;
using test::FactNames;
using test::kCoordinator;
using test::kGatheringName;
using test::Noon;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;
using v1::Entry;
using v1::Intake;

const Actor kAnna{"people/anna", "organisations/ipa-us", {options::v1::ROLE_JURY}};
const Actor kBernd{"people/bernd", "sections/DE", {options::v1::ROLE_JURY}};
const Actor kClaire{"people/claire", "sections/FR", {options::v1::ROLE_JURY}};

// The fields that a status complains of.
std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> fields;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  EXPECT_TRUE(bad.ok()) << status;
  if (!bad.ok()) return fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  return fields;
}

std::string Metadata(const absl::Status& status, const std::string& key) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  return info.ok() && info->metadata().contains(key) ? info->metadata().at(key) : "";
}

// One intake in memory with its history.
class Call {
 public:
  explicit Call(const programme::v1::Programme& programme = Award()) : programme(programme) {}

  IntakeCircumstance At(const Actor& actor) const { return {now, actor, programme, "intakes/I-1", taken, "seed"}; }
  absl::Status Take(IntakeFacts facts) {
    if (!facts.ok()) return facts.status();
    last = *std::move(facts);
    for (const auto& fact : last) {
      intake = Evolve(std::move(intake), fact);
      history.push_back(fact);
    }
    return absl::OkStatus();
  }
  template <typename Request>
  absl::Status Do(const Actor& actor, const Request& request) {
    return Take(Decide(intake, request, At(actor)));
  }
  absl::Status Open(const v1::OpenIntakeRequest& request = test::GoodOpening()) { return Do(kCoordinator, request); }
  void Pass(absl::string_view day) {
    now = Noon(day);
    EXPECT_TRUE(Take(Tick(intake, At(test::kSystem))).ok());
  }
  // The application of members/M-`id`, in the state, `minute` after the others.
  void Hear(const std::string& id, App::State state, int minute = 0, const std::string& section = "sections/DE") {
    App application;
    application.set_name("applications/A-" + id);
    application.set_member("members/M-" + id);
    application.set_submitter("people/eva");
    application.set_state(state);
    application.add_parties(application.member());
    application.add_parties(section);
    application.add_parties("organisations/ipa-us");
    *application.mutable_submit_time() = ToTimestamp(Noon(test::kReceived) + absl::Minutes(minute));
    EXPECT_TRUE(Take(Follow(intake, application, At(test::kSystem))).ok());
  }
  absl::Status Score(const Actor& juror, const std::string& id, int merit, int benefit) {
    v1::ScoreEntryRequest request;
    request.set_application("applications/A-" + id);
    for (const auto& [criterion, points] : std::map<std::string, int>{{"merit", merit}, {"benefit", benefit}}) {
      request.add_points()->set_criterion(criterion);
      request.mutable_points()->rbegin()->set_points(points);
    }
    return Do(juror, request);
  }
  Entry::Stage StageOf(const std::string& id) const { return FindEntry(intake, "applications/A-" + id)->stage(); }

  const programme::v1::Programme& programme;
  absl::Time now = Noon(test::kReceived);
  int taken = 0;
  Intake intake;
  std::vector<v1::IntakeFact> history;
  std::vector<v1::IntakeFact> last;
};

// An intake of two places with four entries, of French members, that two jurors have judged: A-1 is best, A-4 last.
Call Judged() {
  Call call;
  EXPECT_TRUE(call.Open().ok());
  for (int i = 1; i <= 4; ++i) {
    const std::string id = absl::StrCat(i);
    call.Hear(id, App::STATE_IN_SELECTION, i, "sections/IT");
    for (const Actor& juror : {kAnna, kBernd}) EXPECT_TRUE(call.Score(juror, id, 10 - i, 5).ok());
  }
  call.Pass("2026-04-01");
  return call;
}

Call DecidedCall() {
  Call call = Judged();
  EXPECT_TRUE(call.Do(kCoordinator, v1::DecideIntakeRequest()).ok());
  return call;
}

// A1-11
TEST(Intake, OpensAndClosesWithTheDaysOfTheProgrammesZone) {
  Call call;
  auto opening = test::GoodOpening();
  *opening.mutable_opens() = Date("2026-02-10");
  opening.set_home_country("AM");
  ASSERT_TRUE(call.Open(opening).ok());
  EXPECT_EQ(call.intake.state(), Intake::STATE_SCHEDULED);
  EXPECT_EQ(call.intake.places(), 2) << "as the programme says";
  EXPECT_EQ(call.intake.period(), 2026);
  EXPECT_EQ(call.intake.home_country(), "AM");
  const auto zone = *ParseTimeZone("America/New_York");
  EXPECT_EQ(ToTime(call.intake.next_due()), absl::FromCivil(Day("2026-02-10"), zone));
  call.Pass("2026-02-09");
  EXPECT_THAT(call.last, IsEmpty());
  call.Pass("2026-02-10");
  EXPECT_EQ(call.intake.state(), Intake::STATE_OPEN);
  EXPECT_EQ(ToTime(call.intake.next_due()), absl::FromCivil(Day("2026-04-01"), zone));
  call.Pass("2026-03-31");
  EXPECT_EQ(call.intake.state(), Intake::STATE_OPEN);
  call.Pass("2026-04-01");
  EXPECT_EQ(call.intake.state(), Intake::STATE_CLOSED);
  EXPECT_FALSE(call.intake.has_next_due());
}

TEST(Intake, OpensAndClosesAtOnceAfterALongSleep) {
  Call call;
  auto opening = test::GoodOpening();
  *opening.mutable_opens() = Date("2026-02-10");
  ASSERT_TRUE(call.Open(opening).ok());
  call.Pass("2026-06-01");
  EXPECT_THAT(FactNames(call.last), ElementsAre("opened", "closed"));
}

TEST(Intake, IsOpenAtOnceWhenItsFirstDayHasCome) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  EXPECT_THAT(FactNames(call.last), ElementsAre("scheduled", "opened"));
}

TEST(Intake, IsRefusedWithEverythingThatIsWrongWithIt) {
  Call call(Award(kGatheringName));
  auto opening = test::GoodOpening(kGatheringName);
  *opening.mutable_opens() = Date("2026-01-20");
  *opening.mutable_closes() = Date("2026-01-10");
  EXPECT_THAT(WrongFields(call.Open(opening)), UnorderedElementsAre("closes", "closes", "first_day"));
  *opening.mutable_closes() = Date("2026-03-31");
  *opening.mutable_first_day() = Date("2026-03-01");
  *opening.mutable_last_day() = Date("2026-02-01");
  EXPECT_THAT(WrongFields(call.Open(opening)), UnorderedElementsAre("first_day", "last_day"));
  opening.clear_last_day();
  EXPECT_THAT(WrongFields(call.Open(opening)), ElementsAre("last_day"));
  Call exchange(test::Inbound());
  EXPECT_THAT(WrongFields(exchange.Open(test::GoodOpening(test::kInboundName))),
              UnorderedElementsAre("programme", "places"));
  EXPECT_EQ(ReasonOf(Call().Do(kAnna, test::GoodOpening())), "NOT_YOUR_PROGRAMME");
}

// A2-11
TEST(Intake, HasNoMorePlacesThanTheYearHasLeft) {
  Call call;
  call.taken = 1;
  const absl::Status refused = call.Open();
  EXPECT_EQ(ReasonOf(refused), "YEARLY_QUOTA_EXCEEDED");
  EXPECT_EQ(Metadata(refused, "quota"), "2");
  EXPECT_EQ(Metadata(refused, "taken"), "1");
  EXPECT_EQ(Metadata(refused, "period"), "2026");
  auto one = test::GoodOpening();
  one.set_places(1);
  EXPECT_TRUE(call.Open(one).ok());
}

TEST(CheckTakes, TellsEveryReasonAtOnce) {
  auto opening = test::GoodOpening();
  opening.set_home_organisation("sections/FR");
  const Intake intake = test::OpenIntakeOf(Award(), opening);
  EXPECT_TRUE(CheckTakes(intake, Award(), {"members/M-1", "sections/FR"}, Day("2026-03-31")).ok());
  const absl::Status refused = CheckTakes(intake, Award(kGatheringName), {"sections/DE"}, Day("2026-04-01"));
  EXPECT_EQ(ReasonOf(refused), "INTAKE_TAKES_NO_ENTRIES");
  EXPECT_EQ(Metadata(refused, "reasons"), "OTHER_PROGRAMME,CLOSED,OTHER_ORGANISATION");
  Intake scheduled = test::OpenIntakeOf();
  scheduled.set_state(Intake::STATE_SCHEDULED);
  EXPECT_EQ(Metadata(CheckTakes(scheduled, Award(), {}, Day("2026-01-31")), "reasons"), "NOT_YET_OPEN");
  EXPECT_TRUE(CheckTakes(scheduled, Award(), {}, Day("2026-02-01")).ok()) << "whether or not the clock ticked";
  scheduled.set_state(Intake::STATE_CANCELLED);
  EXPECT_EQ(Metadata(CheckTakes(scheduled, Award(), {}, Day("2026-02-01")), "reasons"), "CANCELLED");
  Intake full = test::OpenIntakeOf();
  for (int i = 0; i < kMostEntries; ++i) full.add_entries();
  EXPECT_EQ(Metadata(CheckTakes(full, Award(), {}, Day("2026-02-01")), "reasons"), "FULL");
}

TEST(ScoreEntry, TakesOneScoreForEachCriterionWithinItsBounds) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  call.Hear("1", App::STATE_IN_SELECTION);
  v1::ScoreEntryRequest request;
  request.set_application("applications/A-1");
  for (const auto& [criterion, points] :
       std::vector<std::pair<const char*, int>>{{"merit", 11}, {"charm", 3}, {"merit", 2}}) {
    request.add_points()->set_criterion(criterion);
    request.mutable_points()->rbegin()->set_points(points);
  }
  EXPECT_THAT(WrongFields(call.Do(kAnna, request)),
              ElementsAre("points[0].points", "points[1].criterion", "points[2].criterion", "points"));
  EXPECT_TRUE(call.Score(kAnna, "1", 10, 0).ok());
  EXPECT_EQ(call.intake.entries(0).scores(0).total(), 30);
}

TEST(ScoreEntry, ReplacesWhatTheSameJurorGaveBeforeUntilTheDecision) {
  Call call = Judged();
  ASSERT_TRUE(call.Score(kAnna, "1", 1, 1).ok());
  ASSERT_EQ(call.intake.entries(0).scores_size(), 2);
  EXPECT_EQ(call.intake.entries(0).scores(0).total(), 4);
  ASSERT_TRUE(call.Score(kAnna, "1", 1, 1).ok());
  EXPECT_THAT(call.last, IsEmpty()) << "the same again";
  ASSERT_TRUE(call.Do(kCoordinator, v1::DecideIntakeRequest()).ok());
  EXPECT_EQ(ReasonOf(call.Score(kAnna, "1", 9, 9)), "NOT_POSSIBLE_FOR_INTAKE");
}

TEST(ScoreEntry, IsForJurorsWhoAreImpartial) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  call.Hear("1", App::STATE_IN_SELECTION);
  EXPECT_EQ(ReasonOf(call.Score(kCoordinator, "1", 1, 1)), "NOT_ON_JURY");
  EXPECT_EQ(ReasonOf(call.Score({"people/x", "sections/NL", {options::v1::ROLE_JURY}}, "1", 1, 1)), "NOT_ON_JURY");
  EXPECT_EQ(ReasonOf(call.Score({"members/M-1", "sections/FR", {options::v1::ROLE_JURY}}, "1", 1, 1)),
            "SECOND_PERSON_NEEDED");
  EXPECT_EQ(ReasonOf(call.Score({"people/eva", "sections/FR", {options::v1::ROLE_JURY}}, "1", 1, 1)),
            "SECOND_PERSON_NEEDED")
      << "who sent it in";
  EXPECT_EQ(ReasonOf(call.Score(kBernd, "1", 1, 1)), "JUROR_OF_OWN_SECTION");
  EXPECT_TRUE(call.Score(kClaire, "1", 1, 1).ok());
  programme::v1::Programme lenient = Award();
  lenient.mutable_selection()->set_jurors_skip_own_section(false);
  Call other(lenient);
  ASSERT_TRUE(other.Open().ok());
  other.Hear("1", App::STATE_IN_SELECTION);
  EXPECT_TRUE(other.Score(kBernd, "1", 1, 1).ok());
}

TEST(ScoreEntry, IsForEntriesThatAreIn) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  call.Hear("1", App::STATE_AWAITING_ENDORSEMENT);
  EXPECT_EQ(ReasonOf(call.Score(kAnna, "1", 1, 1)), "NOT_IN_SELECTION");
  EXPECT_EQ(ReasonOf(call.Score(kAnna, "2", 1, 1)), "NOT_IN_SELECTION");
  call.Hear("1", App::STATE_IN_SELECTION);
  EXPECT_TRUE(call.Score(kAnna, "1", 1, 1).ok());
  call.Hear("1", App::STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(call.Score(kAnna, "1", 1, 1)), "NOT_IN_SELECTION");
}

TEST(ShownTo, HidesTheOtherJurorsPointsUntilTheDecision) {
  const Call call = Judged();
  const Entry mine = ShownTo(kAnna, call.intake.entries(0), Intake::STATE_CLOSED);
  ASSERT_EQ(mine.scores_size(), 1);
  EXPECT_EQ(mine.scores(0).juror(), "people/anna");
  EXPECT_EQ(mine.jurors(), 2);
  EXPECT_THAT(ShownTo(kCoordinator, call.intake.entries(0), Intake::STATE_CLOSED).scores(), IsEmpty());
  EXPECT_EQ(ShownTo(kAnna, call.intake.entries(0), Intake::STATE_DECIDED).scores_size(), 2);
  EXPECT_THAT(Public(call.intake).entries(), IsEmpty());
  EXPECT_EQ(Public(call.intake).entry_count(), 4);
}

TEST(CheckMaySeeRanking, LetsTheJuryAndTheOperatorIn) {
  EXPECT_TRUE(CheckMaySeeRanking(kAnna, Award()).ok());
  EXPECT_TRUE(CheckMaySeeRanking(kCoordinator, Award()).ok());
  EXPECT_TRUE(CheckMaySeeRanking(test::kSystem, Award()).ok());
  EXPECT_EQ(ReasonOf(CheckMaySeeRanking({"people/z", "sections/NL", {options::v1::ROLE_COORDINATOR}}, Award())),
            "NOT_ON_JURY");
}

TEST(DecideIntake, NamesEveryEntryThatTooFewHaveScored) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  for (const char* id : {"1", "2", "3", "4"}) call.Hear(id, App::STATE_IN_SELECTION, 0, "sections/IT");
  for (const Actor& juror : {kAnna, kBernd}) ASSERT_TRUE(call.Score(juror, "2", 5, 5).ok());
  ASSERT_TRUE(call.Score(kAnna, "1", 5, 5).ok());
  call.Hear("4", App::STATE_WITHDRAWN);
  EXPECT_EQ(ReasonOf(call.Do(kCoordinator, v1::DecideIntakeRequest())), "NOT_POSSIBLE_FOR_INTAKE") << "still open";
  call.Pass("2026-04-01");
  const absl::Status refused = call.Do(kCoordinator, v1::DecideIntakeRequest());
  EXPECT_EQ(ReasonOf(refused), "INTAKE_NOT_READY");
  EXPECT_EQ(Metadata(refused, "applications"), "applications/A-1,applications/A-3");
  EXPECT_THAT(std::string(refused.message()), HasSubstr("applications/A-1 (1 of 2 jurors)"));
}

TEST(DecideIntake, IsForASecondPersonOfTheOperator) {
  Call call = Judged();
  EXPECT_EQ(ReasonOf(call.Do({"people/z", "sections/DE", {options::v1::ROLE_COORDINATOR}}, v1::DecideIntakeRequest())),
            "NOT_YOUR_PROGRAMME");
  const auto coordinator = [](const char* subject) {
    return Actor{subject, "organisations/ipa-us", {options::v1::ROLE_COORDINATOR, options::v1::ROLE_JURY}};
  };
  for (const char* subject : {"people/anna", "members/M-3", "people/eva"}) {
    EXPECT_EQ(ReasonOf(call.Do(coordinator(subject), v1::DecideIntakeRequest())), "SECOND_PERSON_NEEDED") << subject;
  }
  EXPECT_TRUE(call.Do(coordinator("people/zoe"), v1::DecideIntakeRequest()).ok());
}

// A2-11
TEST(DecideIntake, GivesThePlacesToTheFirstAndKeepsTheOthersInOrder) {
  const Call call = DecidedCall();
  EXPECT_EQ(call.StageOf("1"), Entry::STAGE_OFFERED);
  EXPECT_EQ(call.StageOf("2"), Entry::STAGE_OFFERED);
  EXPECT_EQ(call.StageOf("3"), Entry::STAGE_RESERVE);
  EXPECT_EQ(call.StageOf("4"), Entry::STAGE_RESERVE);
  EXPECT_EQ(FormatDate(call.intake.entries(0).answer_by()), "2026-04-15");
  EXPECT_FALSE(call.intake.settled());
}

TEST(DecideIntake, IsFinalAtOnceWhereWinnersNeedNotAccept) {
  Call call(Award(test::kContestName));
  ASSERT_TRUE(call.Open(test::GoodOpening(test::kContestName)).ok());
  for (int i = 1; i <= 2; ++i) {
    call.Hear(absl::StrCat(i), App::STATE_IN_SELECTION, 10 - i);
    v1::ScoreEntryRequest request;
    request.set_application(absl::StrCat("applications/A-", i));
    request.add_points()->set_criterion("picture");
    request.mutable_points(0)->set_points(7);
    ASSERT_TRUE(call.Do(kAnna, request).ok());
  }
  ASSERT_TRUE(call.Do(kCoordinator, v1::CloseIntakeRequest()).ok());
  EXPECT_EQ(call.intake.lottery_seed(), "") << "nothing is drawn";
  ASSERT_TRUE(call.Do(kCoordinator, v1::DecideIntakeRequest()).ok());
  EXPECT_EQ(call.StageOf("2"), Entry::STAGE_AWARDED) << "received earlier";
  EXPECT_EQ(call.StageOf("1"), Entry::STAGE_NOT_SELECTED);
  EXPECT_TRUE(call.intake.settled());
}

TEST(DecideIntake, BreaksTiesByTheLotsOfThePublishedSeed) {
  std::map<std::string, std::vector<std::string>> winners;
  for (const char* seed : {"red", "green", "blue", "grey", "pink"}) {
    Call call;
    ASSERT_TRUE(call.Open().ok());
    for (int i = 1; i <= 6; ++i) {
      call.Hear(absl::StrCat(i), App::STATE_IN_SELECTION, i, "sections/IT");
      for (const Actor& juror : {kAnna, kBernd}) ASSERT_TRUE(call.Score(juror, absl::StrCat(i), 5, 5).ok());
    }
    IntakeCircumstance c = call.At(kCoordinator);
    c.seed = seed;
    ASSERT_TRUE(call.Take(Decide(call.intake, v1::CloseIntakeRequest(), c)).ok());
    EXPECT_EQ(call.intake.lottery_seed(), seed);
    ASSERT_TRUE(call.Do(kCoordinator, v1::DecideIntakeRequest()).ok());
    for (const Entry& entry : call.intake.entries()) {
      if (entry.stage() == Entry::STAGE_OFFERED) winners[seed].push_back(entry.application());
    }
    EXPECT_EQ(winners[seed].size(), 2u);
  }
  std::set<std::vector<std::string>> different;
  for (const auto& [seed, names] : winners) different.insert(names);
  EXPECT_GT(different.size(), 1u) << "the seed makes a difference";
}

TEST(DecideIntake, OfNobodyLeavesThePlacesEmpty) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  ASSERT_TRUE(call.Do(kCoordinator, v1::CloseIntakeRequest()).ok());
  ASSERT_TRUE(call.Do(kCoordinator, v1::DecideIntakeRequest()).ok());
  EXPECT_EQ(call.intake.state(), Intake::STATE_DECIDED);
  EXPECT_TRUE(call.intake.settled());
}

TEST(Follow, HandsThePlaceOfAWinnerWhoLeavesToTheNextInRank) {
  Call call = DecidedCall();
  call.now = Noon("2026-04-10");
  call.Hear("1", App::STATE_WITHDRAWN);
  EXPECT_THAT(FactNames(call.last), ElementsAre("entry_left", "handed_on"));
  EXPECT_EQ(call.StageOf("3"), Entry::STAGE_OFFERED);
  EXPECT_EQ(FormatDate(FindEntry(call.intake, "applications/A-3")->answer_by()), "2026-04-24");
  call.Hear("3", App::STATE_LAPSED);
  EXPECT_EQ(call.StageOf("4"), Entry::STAGE_OFFERED);
  call.Hear("2", App::STATE_AWARDED);
  EXPECT_FALSE(call.intake.settled());
  call.Hear("4", App::STATE_AWARDED);
  EXPECT_TRUE(call.intake.settled());
}

TEST(Follow, TellsThoseBehindThePlacesOnceAllAreAccepted) {
  Call call = DecidedCall();
  call.Hear("4", App::STATE_WITHDRAWN);
  EXPECT_THAT(FactNames(call.last), ElementsAre("entry_left")) << "had no place to hand on";
  call.Hear("1", App::STATE_AWARDED);
  EXPECT_EQ(call.StageOf("3"), Entry::STAGE_RESERVE);
  call.Hear("2", App::STATE_AWARDED);
  EXPECT_THAT(FactNames(call.last), ElementsAre("awarded", "settled"));
  EXPECT_EQ(call.StageOf("3"), Entry::STAGE_NOT_SELECTED);
  EXPECT_EQ(call.StageOf("4"), Entry::STAGE_LEFT);
}

TEST(Follow, SettlesWhenNobodyIsLeftToHandAPlaceOnTo) {
  Call call = DecidedCall();
  for (const char* id : {"3", "4", "1"}) call.Hear(id, App::STATE_WITHDRAWN);
  EXPECT_FALSE(call.intake.settled());
  call.Hear("2", App::STATE_CANCELLED);
  EXPECT_THAT(FactNames(call.last), ElementsAre("entry_left", "settled"));
}

TEST(Follow, DropsAtTheCloseWhomNobodyEndorsed) {
  Call call;
  ASSERT_TRUE(call.Open().ok());
  call.Hear("1", App::STATE_AWAITING_ENDORSEMENT);
  EXPECT_THAT(FactNames(call.last), ElementsAre("entry_received"));
  call.Hear("2", App::STATE_AWAITING_ENDORSEMENT);
  call.Hear("2", App::STATE_IN_SELECTION);
  EXPECT_THAT(FactNames(call.last), ElementsAre("entry_admitted"));
  call.Hear("3", App::STATE_INELIGIBLE);
  EXPECT_THAT(call.last, IsEmpty());
  call.Pass("2026-04-01");
  EXPECT_EQ(call.StageOf("1"), Entry::STAGE_LEFT);
  EXPECT_EQ(call.StageOf("2"), Entry::STAGE_ADMITTED);
}

TEST(CancelIntake, IsPossibleUntilTheDecisionAndLetsAllGo) {
  Call call = Judged();
  v1::CancelIntakeRequest request;
  request.set_reason("NO_FUNDS");
  EXPECT_EQ(ReasonOf(call.Do(kAnna, request)), "NOT_YOUR_PROGRAMME");
  ASSERT_TRUE(call.Do(kCoordinator, request).ok());
  EXPECT_EQ(call.StageOf("1"), Entry::STAGE_LEFT);
  ASSERT_TRUE(call.Do(kCoordinator, request).ok());
  EXPECT_THAT(call.last, IsEmpty());
  Call decided = DecidedCall();
  EXPECT_EQ(ReasonOf(decided.Do(kCoordinator, request)), "NOT_POSSIBLE_FOR_INTAKE");
}

TEST(Intake, FoldsToItsRecord) {
  Call call = DecidedCall();
  call.Hear("1", App::STATE_WITHDRAWN);
  call.Hear("2", App::STATE_AWARDED);
  call.Hear("3", App::STATE_AWARDED);
  Intake folded;
  for (const auto& fact : call.history) folded = Evolve(std::move(folded), fact);
  EXPECT_EQ(folded.SerializeAsString(), call.intake.SerializeAsString());
}

std::vector<std::string> ReasonsAgainst(const test::Story& story) {
  std::vector<std::string> reasons;
  for (const auto& result : story.application.rule_results()) {
    if (!result.holds()) reasons.push_back(result.reason());
  }
  return reasons;
}

// A2-06: associates get no scholarship, and A2-09: nor do officers who do not work.
TEST(Scholarship, IsForWorkingOfficersWhoAreFullMembers) {
  for (const auto& [membership, duty, reasons] :
       std::vector<std::tuple<programme::v1::MembershipClass, programme::v1::DutyStatus, std::vector<std::string>>>{
           {programme::v1::MEMBERSHIP_CLASS_REGULAR, programme::v1::DUTY_STATUS_ACTIVE, {}},
           {programme::v1::MEMBERSHIP_CLASS_ASSOCIATE, programme::v1::DUTY_STATUS_ACTIVE, {"ASSOCIATE_MEMBER"}},
           {programme::v1::MEMBERSHIP_CLASS_REGULAR, programme::v1::DUTY_STATUS_RETIRED, {"NOT_WORKING"}},
           {programme::v1::MEMBERSHIP_CLASS_ASSOCIATE,
            programme::v1::DUTY_STATUS_SUPPORT,
            {"ASSOCIATE_MEMBER", "NOT_WORKING"}}}) {
    v1::Member member = test::Endorsed(test::GoodMember());
    member.mutable_membership()->set_membership_class(membership);
    member.set_duty_status(duty);
    test::Story story(member, Award());
    story.intake = test::OpenIntakeOf();
    ASSERT_TRUE(story.Submit(test::EntryRequest()).ok());
    EXPECT_EQ(ReasonsAgainst(story), reasons);
    EXPECT_EQ(story.state(), reasons.empty() ? App::STATE_IN_SELECTION : App::STATE_INELIGIBLE);
  }
}

// A2-09: teenagers of 13 to 17 on the gathering's first day.
TEST(YouthGathering, IsForTeenageChildrenOfMembers) {
  const auto& programme = Award(kGatheringName);
  auto opening = test::GoodOpening(kGatheringName);
  *opening.mutable_first_day() = Date("2026-07-15");
  *opening.mutable_last_day() = Date("2026-07-29");
  for (const auto& [birth, age] : std::vector<std::pair<const char*, int>>{{"2013-07-16", 12},
                                                                           {"2013-07-15", 13},
                                                                           {"2012-02-29", 14},
                                                                           {"2008-07-16", 17},
                                                                           {"2008-07-15", 18},
                                                                           {"2027-01-01", 0}}) {
    test::Story story(test::GoodMember(), programme);
    story.intake = test::OpenIntakeOf(programme, opening);
    auto request = test::EntryRequest(kGatheringName);
    EXPECT_THAT(WrongFields(story.Submit(request)), ElementsAre("beneficiary"));
    request.mutable_beneficiary()->set_given_name("Mia");
    *request.mutable_beneficiary()->mutable_birth_date() = Date(birth);
    ASSERT_TRUE(story.Submit(request).ok());
    EXPECT_EQ(story.application.beneficiary_age(), age) << birth;
    const bool teenager = age >= 13 && age <= 17;
    EXPECT_EQ(story.state(), teenager ? App::STATE_IN_SELECTION : App::STATE_INELIGIBLE) << birth;
    for (const auto& fact : story.history) {
      EXPECT_THAT(fact.DebugString(), Not(HasSubstr("Mia"))) << "the child's name is no fact";
    }
  }
}

TEST(Submit, AsksForAnIntakeAndForNoWishesWherePlacesGoByRanking) {
  test::Story story(test::GoodMember(), Award());
  auto request = test::GoodRequest();
  request.mutable_beneficiary()->set_given_name("Mia");
  EXPECT_THAT(WrongFields(story.Submit(request)), UnorderedElementsAre("wishes", "intake", "beneficiary"));
  test::Story exchange;
  EXPECT_THAT(WrongFields(exchange.Submit(test::EntryRequest())), UnorderedElementsAre("wishes", "intake"));
  story.intake = test::OpenIntakeOf();
  story.now = Noon("2026-04-01");
  EXPECT_EQ(ReasonOf(story.Submit(test::EntryRequest())), "INTAKE_TAKES_NO_ENTRIES");
}

TEST(Submit, WaitsForTheEndorsementUntilTheIntakeClosesAtTheLatest) {
  test::Story story(test::GoodMember(), Award());
  story.intake = test::OpenIntakeOf();
  story.now = Noon("2026-03-20");
  ASSERT_TRUE(story.Submit(test::EntryRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_AWAITING_ENDORSEMENT);
  EXPECT_EQ(FormatDate(story.application.endorse_by()), "2026-03-31");
  v1::ChangeWishesRequest change;
  *change.mutable_wishes() = test::GoodWishes();
  EXPECT_THAT(WrongFields(story.Do(test::kOfficer, change)), ElementsAre("wishes"));
  ASSERT_TRUE(story.Endorse().ok());
  EXPECT_EQ(story.state(), App::STATE_IN_SELECTION);
}

TEST(Override, LetsAnEntryInOnlyWhileItsIntakeIsOpen) {
  v1::Member member = test::Endorsed(test::GoodMember());
  member.set_section("sections/XX");
  test::Story story(member, Award());
  story.intake = test::OpenIntakeOf();
  ASSERT_TRUE(story.Submit(test::EntryRequest()).ok());
  ASSERT_EQ(story.state(), App::STATE_INELIGIBLE);
  v1::OverrideRuleRequest request;
  request.set_rule("section");
  test::Story late = story;
  late.now = Noon("2026-04-01");
  EXPECT_EQ(ReasonOf(late.Do(kCoordinator, request)), "INTAKE_TAKES_NO_ENTRIES");
  EXPECT_EQ(late.state(), App::STATE_INELIGIBLE);
  ASSERT_TRUE(story.Do(kCoordinator, request).ok());
  EXPECT_EQ(story.state(), App::STATE_IN_SELECTION);
}

TEST(AcceptAward, IsPossibleUntilItsDayHasPassed) {
  test::Story story = test::SelectionStory(App::STATE_AWARD_OFFERED);
  EXPECT_EQ(FormatDate(story.application.award().answer_by()), "2026-05-01");
  story.Pass(Noon("2026-05-01"));
  EXPECT_THAT(story.last, IsEmpty());
  test::Story late = story;
  late.Pass(Noon("2026-05-02"));
  EXPECT_THAT(FactNames(late.last), ElementsAre("award_lapsed"));
  EXPECT_EQ(late.state(), App::STATE_LAPSED);
  EXPECT_EQ(ReasonOf(late.Do(test::kOfficer, v1::AcceptAwardRequest())), "NOT_POSSIBLE_IN_STATE");
  ASSERT_TRUE(story.Do(test::kOfficer, v1::AcceptAwardRequest()).ok());
  EXPECT_EQ(story.state(), App::STATE_AWARDED);
}

TEST(Explain, TellsAnEntryWhereItStandsAndWhy) {
  const auto summary = [](const test::Story& story) {
    return Explain(story.application, story.programme, Day("2026-04-02")).summary();
  };
  test::Story story = test::SelectionStory(App::STATE_IN_SELECTION);
  EXPECT_EQ(summary(story), "The entry is judged by the jury.");
  story.Hear(test::IntakeWithEntry(Entry::STAGE_RESERVE));
  EXPECT_THAT(summary(story), HasSubstr("comes next when winners leave. Position 1 of 3"));
  EXPECT_THAT(summary(test::SelectionStory(App::STATE_AWARD_OFFERED)), HasSubstr("offered until 2026-05-01"));
  EXPECT_THAT(summary(test::SelectionStory(App::STATE_NOT_SELECTED)), HasSubstr("was not selected. Position"));
  test::Story dropped(test::GoodMember(), Award());
  dropped.intake = test::OpenIntakeOf();
  ASSERT_TRUE(dropped.Submit(test::EntryRequest()).ok());
  dropped.Hear(test::IntakeWithEntry(Entry::STAGE_LEFT, Intake::STATE_CLOSED));
  EXPECT_THAT(summary(dropped), HasSubstr("nobody endorsed it in time"));
}

}  // namespace
}  // namespace amikeco::applicant
