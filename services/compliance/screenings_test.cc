// People screened against watch-lists through the call chain on a real store, and the clearances that follow.
#include "services/compliance/screenings.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "gmock/gmock.h"
#include "services/compliance/hit.h"
#include "services/compliance/test_replicas.h"
#include "services/compliance/test_screening.h"

namespace amikeco::compliance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using v1::Clearance;
using v1::Hit;
using v1::Screening;

const Actor kGate{"system/applicant", "", {options::v1::ROLE_SERVICE}};

class ScreeningsTest : public ScreeningTest {
 protected:
  void HearAgreed() {
    matching::v1::PlacementFact fact;
    auto& agreed = *fact.mutable_agreed();
    agreed.set_application("applications/7");
    agreed.set_member("members/F-1");
    agreed.set_programme("programmes/cases");
    agreed.set_programme_version(3);
    for (const char* fellow : {"members/F-1", "members/F-2"}) agreed.add_fellows(fellow);
    auto& leg = *agreed.add_legs();
    leg.set_id("1");
    leg.set_host("hosts/A");
    *leg.mutable_start() = Date("2027-06-14");
    *leg.mutable_end() = Date("2027-06-20");
    leg.set_confirmed(true);
    for (const char* party : {"members/F-1", "members/F-2", "organisations/operator"}) agreed.add_parties(party);
    Hear("placements/7", fact);
  }
  void Erase(const std::string& member) {
    applicant::v1::MemberFact fact;
    fact.mutable_erased();
    Hear(member, fact);
  }
  Clearance Stay() {
    v1::GetClearanceRequest request;
    request.set_name("clearances/7");
    const auto stay = Ask<Clearance>(kGate, "GetClearance", request);
    EXPECT_TRUE(stay.ok()) << stay.status();
    return stay.value_or(Clearance());
  }
  std::vector<std::string> Open() {
    std::vector<std::string> open;
    const Clearance stay = Stay();
    for (const auto& item : stay.open_items()) {
      open.push_back(absl::StrCat(item.item(), " ", v1::OpenReason::Code_Name(item.reasons().rbegin()->code())));
    }
    return open;
  }
  Screening Screened(const std::string& person, const v1::Particulars& particulars) {
    const auto screening = Screen(person, particulars);
    EXPECT_TRUE(screening.ok()) << screening.status();
    return screening.value_or(Screening());
  }
};

// A0-25, A5-04
TEST_F(ScreeningsTest, HoldNobodyByANameAloneAndSomebodyWhoseBirthAgreesUntilAPersonHasLooked) {
  ImportPeople({kBrezovsky});
  EXPECT_EQ(Screened("members/F-1", Person("Ottoline Quarrington", "1961-03-04")).state(), Screening::STATE_CLEAR);
  EXPECT_EQ(Screened("members/F-2", Person("Zoltan Brezovsky")).state(), Screening::STATE_CONSIDER);
  EXPECT_EQ(Screened("members/F-3", Person("Zoltan Brezovsky", "1987-11-30")).state(), Screening::STATE_CLEAR)
      << "born on another day, nobody is the same";
  const Screening held = Screened("members/F-4", Person("Золтан Брезовский", "1961-03-04"));
  const Screening latin = Screened("members/F-5", Person("Brezovsky, Zoltan", "1961-03-04"));
  EXPECT_EQ(latin.state(), Screening::STATE_BLOCKED);
  EXPECT_GE(held.state(), Screening::STATE_CONSIDER);
  v1::Particulars elsewhere = Person("Zoltan Brezovsky", "1961-03-04");
  elsewhere.add_nationalities("NZ");
  EXPECT_EQ(Screened("members/F-6", elsewhere).state(), Screening::STATE_CONSIDER) << "the country contradicts";
  EXPECT_EQ(ReasonOf(Decide(latin.name(), 1, Hit::STATE_FALSE_POSITIVE, kOmar).status()), "OTHER_ADJUDICATOR_NEEDED");
  EXPECT_EQ(Decide(latin.name(), 1, Hit::STATE_TRUE_MATCH)->state(), Screening::STATE_MATCHED);
  ExpectHistoryFoldsTo<Screening, v1::ScreeningFact>(ScreeningTable(), latin.name());
}

TEST_F(ScreeningsTest, GiveTheReasonsOfAHitToWhoeverDecides) {
  ImportPeople({{"7001", "Zoltan", "Brezovsky", "1961-03-04", "Kalapos"}});
  v1::Particulars person = Person("Zoltan Brezofsky", "1961-04-03");
  person.add_names("Kalapos");
  person.add_nationalities("HU");
  const Screening screening = Screened("members/F-1", person);
  ASSERT_THAT(screening.hits(), SizeIs(1));
  EXPECT_FALSE(screening.hits(0).has_explanation()) << "answers of commands are kept for retries";
  const auto shown = Get(screening.name());
  ASSERT_TRUE(shown.ok()) << shown.status();
  const Hit& hit = shown->hits(0);
  EXPECT_EQ(hit.match().list(), "watchLists/un");
  EXPECT_EQ(hit.match().entry(), "7001");
  EXPECT_EQ(hit.match().birth(), v1::BIRTH_MATCH_SWAPPED);
  EXPECT_EQ(hit.match().country(), v1::COUNTRY_MATCH_SAME);
  EXPECT_EQ(hit.match().confirming_aliases(), 1);
  EXPECT_EQ(hit.explanation().own_name(), "Zoltan Brezofsky");
  EXPECT_THAT(hit.explanation().listed_name(), HasSubstr("Brezovsky"));
  EXPECT_THAT(hit.explanation().names().reasons(), SizeIs(2));
  EXPECT_THAT(hit.explanation().confirming(), ElementsAre("Kalapos"));
  EXPECT_THAT(hit.explanation().births(), ElementsAre("1961-03-04"));
  EXPECT_EQ(Screened("members/F-2", Person("Kalapos", "1961-03-04")).state(), Screening::STATE_CLEAR)
      << "a weak alias is never a hit";
  EXPECT_EQ(Get(screening.name(), kStranger).status().code(), absl::StatusCode::kNotFound);
}

// A0-25
TEST_F(ScreeningsTest, ClearTheStayOnceEachPersonIsScreenedAndEachHitIsDecidedAbout) {
  ImportPeople({kBrezovsky});
  HearAgreed();
  EXPECT_THAT(Open(), ElementsAre("screening/F-1 CODE_MISSING", "screening/F-2 CODE_MISSING"));
  Screened("members/F-1", Person("Ottoline Quarrington", "1970-05-06"));
  EXPECT_THAT(Open(), ElementsAre("screening/F-2 CODE_MISSING"));
  const Screening hit = Screened("members/F-2", Person("Zoltan Brezovsky", "1961-03-04"));
  EXPECT_THAT(Open(), ElementsAre("screening/F-2 CODE_NEEDS_REVIEW"));
  ASSERT_TRUE(Decide(hit.name(), 1, Hit::STATE_FALSE_POSITIVE).ok());
  EXPECT_TRUE(Stay().cleared());
  ASSERT_TRUE(Decide(hit.name(), 1, Hit::STATE_OPEN).ok());
  ASSERT_TRUE(Decide(hit.name(), 1, Hit::STATE_TRUE_MATCH).ok());
  EXPECT_THAT(Open(), ElementsAre("screening/F-2 CODE_NOT_SATISFIED"));
  v1::RecordReviewRequest by_hand;
  by_hand.set_name("clearances/7");
  by_hand.set_item("screening/F-2");
  by_hand.set_outcome(v1::OUTCOME_SATISFIED);
  EXPECT_EQ(ReasonOf(Ask<Clearance>(kVera, "RecordReview", by_hand).status()), "KEPT_AS_CASE");
  ASSERT_TRUE(Screen("members/F-1", Person("Zoltan Brezovsky", "1961-03-04"), kStranger).ok());
  EXPECT_THAT(Open(), SizeIs(1)) << "what another organisation finds is not the operator's";
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), "clearances/7");
}

TEST_F(ScreeningsTest, AreKnownToStaysThatAreAgreedLater) {
  ImportPeople({kBrezovsky});
  Screened("members/F-1", Person("Ottoline Quarrington"));
  Screened("members/F-2", Person("Ingemar Quist"));
  HearAgreed();
  EXPECT_TRUE(Stay().cleared());
}

// A0-25: a list that grows suspends whoever is on it now.
TEST_F(ScreeningsTest, AreMadeAgainForEverybodyWhenAListChanges) {
  ImportPeople({{"7002", "Piotr", "Malinak"}});
  HearAgreed();
  const Screening first = Screened("members/F-1", Person("Ottoline Quarrington", "1970-05-06"));
  const Screening second = Screened("members/F-2", Person("Zoltan Brezovsky", "1961-03-04"));
  EXPECT_TRUE(Stay().cleared());
  EXPECT_THAT(TickAll(), IsEmpty());
  ImportPeople({{"7002", "Piotr", "Malinak"}, kBrezovsky});
  EXPECT_THAT(TickAll(), testing::UnorderedElementsAre(first.name(), second.name()));
  EXPECT_THAT(TickAll(), IsEmpty());
  EXPECT_THAT(Open(), ElementsAre("screening/F-2 CODE_NEEDS_REVIEW"));
  EXPECT_EQ(Get(second.name())->state(), Screening::STATE_BLOCKED);
  EXPECT_EQ(Get(second.name())->requester(), kOmar.subject) << "nobody else asked";
  EXPECT_EQ(Get(first.name())->lists(0).version(), 2);
  ExpectHistoryFoldsTo<Screening, v1::ScreeningFact>(ScreeningTable(), second.name());
}

TEST_F(ScreeningsTest, KeepExceptionsForAsLongAsNeitherSideChanges) {
  ImportPeople({kBrezovsky});
  const std::string name = Screened("members/F-1", Person("Zoltan Brezovsky", "1961-03-04")).name();
  ASSERT_TRUE(Decide(name, 1, Hit::STATE_FALSE_POSITIVE).ok());
  const auto after = [&](const std::vector<Listed>& people) {
    ImportPeople(people);
    TickAll();
    const Screening screening = *Get(name);
    return absl::StrCat(Hit::State_Name(screening.hits(0).state()), " ", screening.hits(0).reason());
  };
  EXPECT_EQ(after({{"7000", "Piotr", "Malinak"}, kBrezovsky}), "STATE_FALSE_POSITIVE LOOKED_AT") << "another line";
  EXPECT_EQ(after({{"7000", "Piotr", "Malinak"}}), "STATE_FALSE_POSITIVE LOOKED_AT") << "off the list";
  EXPECT_EQ(after({kBrezovsky}), "STATE_FALSE_POSITIVE LOOKED_AT") << "and on it again";
  EXPECT_EQ(after({{"7001", "Zoltan", "Brezovsky", "1961-03-04", "Kalapos"}}), "STATE_OPEN ENTRY_CHANGED");
  ASSERT_TRUE(Decide(name, 1, Hit::STATE_FALSE_POSITIVE).ok());
  EXPECT_EQ(Screened("members/F-1", Person("Zoltan Brezovsky", "1961-03-04")).state(), Screening::STATE_CLEAR);
  const Screening changed = Screened("members/F-1", Person("Zoltan I. Brezovsky", "1961-03-04"));
  EXPECT_EQ(changed.name(), name) << "a person has one screening";
  EXPECT_EQ(changed.hits(0).reason(), kPersonChanged);
  ASSERT_TRUE(Decide(name, 1, Hit::STATE_TRUE_MATCH).ok());
  EXPECT_EQ(after({{"7000", "Piotr", "Malinak"}}), "STATE_OPEN ENTRY_GONE") << "a person says that it is over";
}

// A5-05
TEST_F(ScreeningsTest, SealWhatIsKnownOfAPersonAndForgetItWithThePerson) {
  ImportPeople({{"7001", "Zoltan", "Brezovsky", "1961-03-04"}});
  HearAgreed();
  v1::Particulars person = Person("Zoltan Brezovsky Quarrington", "1961-03-04");
  person.set_place("Hajdúböszörmény");
  const std::string name = Screened("members/F-1", person).name();
  ASSERT_TRUE(Get(name)->hits(0).has_explanation());
  EXPECT_FALSE(IsOnDisk("Quarrington"));
  EXPECT_FALSE(IsOnDisk("Hajdúböszörmény"));
  EXPECT_TRUE(IsOnDisk("members/F-1")) << "the search finds what there is";
  Erase("members/F-1");
  const auto erased = Get(name);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->state(), Screening::STATE_ENDED);
  EXPECT_EQ(erased->reason(), kErased);
  EXPECT_FALSE(erased->hits(0).has_explanation());
  EXPECT_THAT(Open(), ElementsAre("screening/F-1 CODE_VOIDED", "screening/F-2 CODE_MISSING"));
  ImportPeople({kBrezovsky});
  EXPECT_THAT(TickAll(), IsEmpty());
}

TEST_F(ScreeningsTest, OfDenialOrdersTellNoNameAlthoughThePublisherHasNoIds) {
  ASSERT_TRUE(Import("dpl", v1::WATCH_LIST_FORMAT_DENIED_PERSONS,
                     {"Name\tStreet_Address\tCity\tState\tCountry\tEffective_Date\n"
                      "Zoltan Brezovsky\t1 Main Street\tSzeged\t\tHU\t01/02/2020\n"
                      "Piotr Malinak\t1 Main Street\tKrakow\t\tPL\t01/02/2020\n"
                      "Ingemar Quist\t1 Main Street\tLund\t\tSE\t01/02/2020\n"})
                  .ok());
  const Screening screening = Screened("members/F-1", Person("Zoltan Brezovsky"));
  ASSERT_THAT(screening.hits(), SizeIs(1));
  EXPECT_THAT(screening.hits(0).match().entry(), testing::MatchesRegex("[0-9a-f]+"));
}

TEST_F(ScreeningsTest, EndWithTheirParticularsAndBeginAnew) {
  ImportPeople({kBrezovsky});
  const std::string name = Screened("members/F-1", Person("Zoltan Brezovsky", "1961-03-04")).name();
  ASSERT_TRUE(Decide(name, 1, Hit::STATE_FALSE_POSITIVE).ok());
  v1::EndScreeningRequest end;
  end.set_name(name);
  end.set_reason("STAY_ENDED");
  ASSERT_TRUE(Ask<Screening>(kVera, "EndScreening", end).ok());
  EXPECT_FALSE(Get(name)->hits(0).has_explanation());
  EXPECT_EQ(ReasonOf(Ask<Screening>(kVera, "EndScreening", end).status()), "SCREENING_ENDED");
  EXPECT_EQ(Screened("members/F-1", Person("Zoltan Brezovsky", "1961-03-04")).state(), Screening::STATE_CLEAR)
      << "the exception is known still";
}

TEST_F(ScreeningsTest, RefuseWhatWouldClearForTheWrongReason) {
  EXPECT_EQ(ReasonOf(Screen("members/F-1", Person("Anna Arendt")).status()), "NO_WATCH_LIST");
  ImportPeople({kBrezovsky});
  for (const char* name : {"???", " ", "..."}) {
    EXPECT_EQ(Screen("members/F-1", Person(name)).status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
  const auto born = Screen("members/F-1", Person("Anna Arendt", "the day before yesterday"));
  EXPECT_EQ(born.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(born.status().message()), testing::Not(HasSubstr("yesterday")));
  const Actor own{"members/F-1", "organisations/operator", {options::v1::ROLE_COMPLIANCE_OFFICER}};
  EXPECT_EQ(ReasonOf(Screen("members/F-1", Person("Anna Arendt"), own).status()), "OWN_CHECK");
}

TEST_F(ScreeningsTest, AreListedByStateAndByPersonForTheOrganisationAlone) {
  ImportPeople({kBrezovsky});
  const std::string clear = Screened("members/F-1", Person("Ottoline Quarrington")).name();
  const std::string open = Screened("members/F-2", Person("Zoltan Brezovsky")).name();
  const auto names = [&](const Actor& actor, const std::string& person, Screening::State state) {
    v1::ListScreeningsRequest request;
    request.set_person(person);
    request.set_state(state);
    std::vector<std::string> found;
    const auto list = Ask<v1::ListScreeningsResponse>(actor, "ListScreenings", request);
    EXPECT_TRUE(list.ok()) << list.status();
    for (const auto& one : list->screenings()) found.push_back(one.name());
    return found;
  };
  EXPECT_THAT(names(kVera, "", Screening::STATE_UNSPECIFIED), testing::UnorderedElementsAre(clear, open));
  EXPECT_THAT(names(kVera, "", Screening::STATE_CONSIDER), ElementsAre(open));
  EXPECT_THAT(names(kVera, "members/F-1", Screening::STATE_UNSPECIFIED), ElementsAre(clear));
  EXPECT_THAT(names(kStranger, "", Screening::STATE_UNSPECIFIED), IsEmpty());
  // A5-05
  const Actor coordinator{"people/carla", "organisations/operator", {options::v1::ROLE_COORDINATOR}};
  const auto told = Ask<v1::ListScreeningsResponse>(coordinator, "ListScreenings", v1::ListScreeningsRequest());
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_THAT(told->screenings(), SizeIs(2));
  for (const auto& one : told->screenings()) EXPECT_THAT(one.hits(), IsEmpty());
}

TEST_F(ScreeningsTest, ExplainAPersonAndAPairOfNamesAndKeepNothing) {
  ImportPeople({kBrezovsky});
  ASSERT_TRUE(Import("interpol", v1::WATCH_LIST_FORMAT_NOTICES,
                     {R"([{"entity_id": "2026/1", "name": "MALINAK", "forename": "Piotr"}])"})
                  .ok());
  v1::MatchPersonRequest request;
  *request.mutable_particulars() = Person("Zoltan Brezovsky", "1961-03-04");
  const auto match = Ask<v1::MatchPersonResponse>(kVera, "MatchPerson", request);
  ASSERT_TRUE(match.ok()) << match.status();
  EXPECT_EQ(match->outcome(), v1::MATCH_OUTCOME_BLOCK);
  ASSERT_THAT(match->matches(), SizeIs(1));
  EXPECT_THAT(match->matches(0).explanation().summary(), HasSubstr("the date of birth is the same"));
  EXPECT_EQ(match->matches(0).match().list_version(), 1);
  ASSERT_THAT(match->lists(), SizeIs(2));
  EXPECT_TRUE(match->lists(0).coverage_partial()) << match->lists(0).list();
  v1::CompareNamesRequest pair;
  pair.set_first("Zoltan Brezovsky");
  pair.set_second("Soltan Brezofsky");
  const auto compared = Ask<v1::NameComparison>(kVera, "CompareNames", pair);
  ASSERT_TRUE(compared.ok()) << compared.status();
  EXPECT_GT(compared->score(), 0.5);
  EXPECT_THAT(compared->reasons(), SizeIs(2));
  EXPECT_FALSE(IsOnDisk("Soltan"));
}

// A change of the thresholds is a change of what everybody is screened by.
TEST_F(ScreeningsTest, FollowTheThresholdsOfTheInstallation) {
  ImportPeople({kBrezovsky});
  const std::string name = Screened("members/F-1", Person("Zoltan Brezovsky")).name();
  config::v1::ScreeningConfig strict;
  strict.set_consider(1);
  strict.set_block(1);
  Start(strict);
  EXPECT_THAT(TickAll(), ElementsAre(name));
  Start();
  EXPECT_THAT(TickAll(), ElementsAre(name));
}

// A0-25: nobody starts because a list was away, and everybody is asked anew when it is there.
TEST_F(ScreeningsTest, AreIncompleteWhileARequiredListIsMissingOrTooOld) {
  config::v1::ScreeningConfig config;
  config.add_required_lists()->set_list("watchLists/un");
  config.mutable_required_lists(0)->mutable_max_age()->set_seconds(absl::ToInt64Seconds(absl::Hours(48)));
  Start(config);
  EXPECT_EQ(ReasonOf(Screen("members/F-1", Person("Ottoline Quarrington")).status()), "NO_WATCH_LIST");
  ASSERT_TRUE(Import("interpol", v1::WATCH_LIST_FORMAT_NOTICES,
                     {R"([{"entity_id": "2026/1", "name": "MALINAK", "forename": "Piotr"}])"})
                  .ok());
  HearAgreed();
  v1::MatchPersonRequest request;
  *request.mutable_particulars() = Person("Ottoline Quarrington");
  EXPECT_EQ(Ask<v1::MatchPersonResponse>(kVera, "MatchPerson", request)->outcome(), v1::MATCH_OUTCOME_INCOMPLETE);
  const Screening screening = Screened("members/F-1", Person("Ottoline Quarrington"));
  EXPECT_EQ(screening.state(), Screening::STATE_INCOMPLETE);
  EXPECT_THAT(screening.hits(), IsEmpty());
  EXPECT_EQ(screening.lists(1).gap(), v1::ScreenedList::GAP_NOT_IMPORTED);
  EXPECT_THAT(Open(), ElementsAre("screening/F-1 CODE_INCOMPLETE", "screening/F-2 CODE_MISSING"));
  ImportPeople({kBrezovsky});
  EXPECT_THAT(TickAll(), ElementsAre(screening.name()));
  EXPECT_THAT(Open(), ElementsAre("screening/F-2 CODE_MISSING"));
  EXPECT_EQ(Ask<v1::MatchPersonResponse>(kVera, "MatchPerson", request)->outcome(), v1::MATCH_OUTCOME_CLEAR);
  clock_.AdvanceTo(At("2027-02-03"));
  EXPECT_THAT(TickAll(), IsEmpty()) << "not older than it may be";
  clock_.AdvanceTo(At("2027-02-03") + absl::Seconds(1));
  EXPECT_THAT(TickAll(), ElementsAre(screening.name()));
  EXPECT_THAT(TickAll(), IsEmpty());
  EXPECT_EQ(Get(screening.name())->lists(1).gap(), v1::ScreenedList::GAP_TOO_OLD);
  EXPECT_THAT(Open(), ElementsAre("screening/F-1 CODE_INCOMPLETE", "screening/F-2 CODE_MISSING"));
  v1::RecordReviewRequest by_hand;
  by_hand.set_name("clearances/7");
  by_hand.set_item("screening/F-1");
  by_hand.set_outcome(v1::OUTCOME_INCOMPLETE);
  EXPECT_EQ(Ask<Clearance>(kVera, "RecordReview", by_hand).status().code(), absl::StatusCode::kInvalidArgument);
  ExpectHistoryFoldsTo<Screening, v1::ScreeningFact>(ScreeningTable(), screening.name());
  ExpectHistoryFoldsTo<Clearance, v1::ClearanceFact>(Clearances(), "clearances/7");
}

using ScreeningsOfTwoReplicasTest = TwoReplicas<ScreeningsTest>;

TEST_F(ScreeningsOfTwoReplicasTest, HoldAStayThatIsAgreedAtTheSameTime) {
  ImportPeople({kBrezovsky});
  Screened("members/F-1", Person("Ottoline Quarrington", "1970-05-06"));
  v1::ScreenPersonRequest request;
  request.set_person("members/F-1");
  *request.mutable_particulars() = Person("Zoltan Brezovsky", "1961-03-04");
  const auto held = AskUnaware<Screening>(kOmar, "ScreenPerson", request, [&] { HearAgreed(); });
  ASSERT_TRUE(held.ok()) << held.status();
  EXPECT_THAT(Open(), ElementsAre("screening/F-1 CODE_NEEDS_REVIEW", "screening/F-2 CODE_MISSING"));
}

}  // namespace
}  // namespace amikeco::compliance
