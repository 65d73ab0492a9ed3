#include "services/compliance/clearance.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/compliance/errors.h"
#include "services/compliance/judge.h"
#include "services/compliance/test_programme.h"

namespace amikeco::compliance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using v1::Clearance;

const absl::Time kNow = absl::FromCivil(absl::CivilDay(2027, 1, 10), absl::UTCTimeZone());
const Actor kOfficer{"members/M-17", "sections/DE", {options::v1::ROLE_OFFICER}};
const Actor kCompliance{"people/vera", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
const Actor kOther{"people/omar", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};

google::type::Date Day(absl::string_view text) { return *ParseDate(text); }

matching::v1::Leg LegOf(absl::string_view id, absl::string_view host, absl::string_view start, absl::string_view end) {
  matching::v1::Leg leg;
  leg.set_id(std::string(id));
  leg.set_host(std::string(host));
  *leg.mutable_start() = Day(start);
  *leg.mutable_end() = Day(end);
  leg.set_confirmed(true);
  return leg;
}

matching::v1::PlacementAgreed Agreed(const std::vector<matching::v1::Leg>& legs) {
  matching::v1::PlacementAgreed agreed;
  agreed.set_application("applications/7");
  agreed.set_member("members/M-17");
  agreed.set_section("sections/DE");
  agreed.set_programme("programmes/test");
  agreed.set_programme_version(1);
  for (const auto& leg : legs) *agreed.add_legs() = leg;
  for (const char* party : {"members/M-17", "sections/DE", "organisations/ipa-us"}) agreed.add_parties(party);
  return agreed;
}

const std::vector<matching::v1::Leg> kOneLeg = {LegOf("1", "hosts/A", "2027-03-14", "2027-03-20")};
const std::vector<matching::v1::Leg> kTwoLegs = {LegOf("1", "hosts/A", "2027-03-14", "2027-03-20"),
                                                 LegOf("2", "hosts/B", "2027-03-21", "2027-03-24")};

// A clearance under test: commands change it, and every fact is kept.
class Story {
 public:
  explicit Story(const std::vector<matching::v1::Leg>& legs = kOneLeg) { Agree(legs); }

  void Agree(const std::vector<matching::v1::Leg>& legs) {
    Add(OnAgreed(clearance, Agreed(legs), "placements/7", TestProgramme(), now));
  }
  void Legs(const std::vector<matching::v1::Leg>& legs) {
    Add(OnLegsChanged(clearance, Agreed(legs).legs(), TestProgramme(), now));
  }
  template <typename Request>
  absl::Status Do(const Request& request, const Actor& actor) {
    auto decided = Decide(clearance, request, {now, actor});
    if (decided.ok()) Add(*decided);
    return decided.status();
  }
  absl::Status Cover(absl::string_view from, absl::string_view to, absl::string_view kind = "travel-insurance",
                     int replaces = 0) {
    v1::RecordHealthCoverRequest request;
    request.set_kind(std::string(kind));
    *request.mutable_valid_from() = Day(from);
    *request.mutable_valid_to() = Day(to);
    request.set_replaces(replaces);
    return Do(request, kOfficer);
  }
  absl::Status Waiver(absl::string_view host, absl::string_view from, absl::string_view to,
                      absl::string_view item = "") {
    v1::SignWaiverRequest request;
    request.set_host(std::string(host));
    request.set_item(std::string(item));
    *request.mutable_valid_from() = Day(from);
    *request.mutable_valid_to() = Day(to);
    return Do(request, kOfficer);
  }
  absl::Status Check(absl::string_view kind, v1::Outcome outcome, const Actor& actor = kCompliance) {
    v1::RecordBackgroundCheckRequest request;
    request.set_kind(std::string(kind));
    request.set_outcome(outcome);
    return Do(request, actor);
  }
  absl::Status Consent(v1::Consent consent) {
    v1::RecordMediaConsentRequest request;
    request.set_consent(consent);
    return Do(request, kOfficer);
  }
  absl::Status Void(absl::string_view item, int record = 0, const Actor& actor = kCompliance) {
    v1::VoidItemRequest request;
    request.set_item(std::string(item));
    request.set_record(record);
    request.set_reason("RECORDED_IN_ERROR");
    return Do(request, actor);
  }
  absl::Status Revoke(const Actor& actor = kCompliance) {
    v1::RevokeClearanceRequest request;
    request.set_reason("CONDUCT");
    return Do(request, actor);
  }
  absl::Status Reinstate(const Actor& actor) {
    v1::ReinstateClearanceRequest request;
    request.set_reason("RESOLVED");
    return Do(request, actor);
  }
  void Begin(absl::string_view day) {
    now = absl::FromCivil(ToDay(Day(day)), absl::UTCTimeZone()) + absl::Hours(9);
    Add(OnBegun(clearance, Day(day), now));
  }
  void TickOn(absl::string_view day) {
    now = absl::FromCivil(ToDay(Day(day)), absl::UTCTimeZone()) + absl::Hours(1);
    Add(OnTime(clearance, now));
  }
  void Add(const Facts& facts) {
    for (const auto& fact : facts) {
      clearance = Evolve(clearance, fact);
      history.push_back(fact);
    }
  }
  // Everything that one leg of 14 to 20 March needs.
  void Complete() {
    ASSERT_TRUE(Cover("2027-03-14", "2027-03-20").ok());
    ASSERT_TRUE(Waiver("hosts/A", "2027-03-14", "2027-03-20").ok());
    ASSERT_TRUE(Check("ncic", v1::OUTCOME_SATISFIED).ok());
    ASSERT_TRUE(Consent(v1::CONSENT_NO).ok());
  }

  bool cleared() const {
    Clearance described = clearance;
    Describe(described, 1, now);
    EXPECT_TRUE(!described.cleared() || clearance.state() == Clearance::STATE_CLEARED);
    return described.cleared();
  }
  // "health-cover: NOT_COVERED 2027-03-19..2027-03-20", …
  std::vector<std::string> Open() const {
    std::vector<std::string> lines;
    for (const auto& open : Judge(clearance, Today(clearance, now)).open) {
      for (const auto& reason : open.reasons()) {
        std::string line = absl::StrCat(open.item(), ": ", v1::OpenReason::Code_Name(reason.code()).substr(5));
        if (reason.has_first_day()) {
          absl::StrAppend(&line, " ", FormatDate(reason.first_day()), "..", FormatDate(reason.last_day()));
        }
        lines.push_back(line + (reason.record() != 0 ? absl::StrCat(" #", reason.record()) : ""));
      }
    }
    return lines;
  }
  std::vector<std::string> FactNames() const {
    std::vector<std::string> names;
    for (const auto& fact : history) {
      names.push_back(fact.GetReflection()->GetOneofFieldDescriptor(fact, fact.GetDescriptor()->oneof_decl(0))->name());
    }
    return names;
  }

  Clearance clearance;
  Facts history;
  absl::Time now = kNow;
};

TEST(Items, AskForOneWaiverALegAndOneOfTheRestForTheStay) {  // A0-23, A0-24, A0-25, A0-33
  Story story(kTwoLegs);
  std::vector<std::string> items;
  for (const auto& item : story.clearance.items()) {
    items.push_back(absl::StrCat(item.id(), " ", FormatDate(item.first_day()), "..", FormatDate(item.last_day())));
  }
  EXPECT_THAT(items, ElementsAre("health-cover 2027-03-14..2027-03-24", "liability-waiver/1 2027-03-14..2027-03-20",
                                 "liability-waiver/2 2027-03-21..2027-03-24", "background-check 2027-03-14..2027-03-14",
                                 "media-consent 2027-03-14..2027-03-14"));
}

TEST(Items, CountALegThatIsNotConfirmedOnlyWhenItIsTheLeadHosts) {
  auto legs = kTwoLegs;
  legs[0].set_confirmed(false);
  legs[1].set_confirmed(false);
  Story story(legs);
  EXPECT_EQ(story.clearance.items_size(), 4);
  EXPECT_EQ(FormatDate(story.clearance.items(0).last_day()), "2027-03-20");
}

TEST(Judge, NamesEveryOpenItemAtOnce) {  // A5-03
  Story story;
  EXPECT_FALSE(story.cleared());
  EXPECT_THAT(story.Open(), ElementsAre("health-cover: MISSING", "liability-waiver/1: MISSING",
                                        "background-check: MISSING", "media-consent: MISSING"));
}

TEST(Judge, ClearsWhenEverythingHoldsAndStatesItOnce) {  // A5-02
  Story story;
  story.Complete();
  EXPECT_TRUE(story.cleared());
  EXPECT_THAT(story.FactNames(),
              ElementsAre("opened", "item_recorded", "item_recorded", "item_recorded", "item_recorded", "granted"));
}

struct PeriodCase {
  const char* name;
  std::vector<std::pair<std::string, std::string>> covers;
  std::vector<std::string> open;
};

class Covers : public testing::TestWithParam<PeriodCase> {};

TEST_P(Covers, MustHoldOnEveryDayOfTheStay) {  // A0-23, A5-02
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Void("health-cover").ok());
  story.clearance.mutable_records()->DeleteSubrange(0, 1);  // so that the voided one is not among the reasons
  for (const auto& [from, to] : GetParam().covers) ASSERT_TRUE(story.Cover(from, to).ok());
  EXPECT_EQ(story.Open(), GetParam().open);
  EXPECT_EQ(story.cleared(), GetParam().open.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Periods, Covers,
    testing::Values(
        PeriodCase{"Exact", {{"2027-03-14", "2027-03-20"}}, {}},
        PeriodCase{"Longer", {{"2027-01-01", "2027-12-31"}}, {}},
        PeriodCase{
            "EndsADayEarly", {{"2027-03-14", "2027-03-19"}}, {"health-cover: NOT_COVERED 2027-03-20..2027-03-20"}},
        PeriodCase{
            "BeginsADayLate", {{"2027-03-15", "2027-03-20"}}, {"health-cover: NOT_COVERED 2027-03-14..2027-03-14"}},
        PeriodCase{
            "ShortOnBothSides",
            {{"2027-03-16", "2027-03-17"}},
            {"health-cover: NOT_COVERED 2027-03-14..2027-03-15", "health-cover: NOT_COVERED 2027-03-18..2027-03-20"}},
        PeriodCase{"TwoThatMeet", {{"2027-03-01", "2027-03-16"}, {"2027-03-17", "2027-03-31"}}, {}},
        PeriodCase{"TwoThatOverlapRecordedInReverse", {{"2027-03-15", "2027-03-31"}, {"2027-03-01", "2027-03-16"}}, {}},
        PeriodCase{"AGapOfOneDay",
                   {{"2027-03-01", "2027-03-16"}, {"2027-03-18", "2027-03-31"}},
                   {"health-cover: NOT_COVERED 2027-03-17..2027-03-17"}},
        PeriodCase{
            "BeforeTheStay", {{"2026-03-14", "2027-03-13"}}, {"health-cover: NOT_COVERED 2027-03-14..2027-03-20"}}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Judge, SaysThatAWaiverIsForAnotherAgencyAndThatADocumentIsOfAnotherKind) {  // A0-23, A0-24
  Story story;
  ASSERT_TRUE(story.Waiver("hosts/B", "2027-03-14", "2027-03-20", "liability-waiver/1").ok());
  ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-20", "good-wishes").ok());
  EXPECT_THAT(story.Open(), ElementsAre("health-cover: WRONG_KIND #2", "liability-waiver/1: OTHER_AGENCY #1",
                                        "background-check: MISSING", "media-consent: MISSING"));
}

TEST(Judge, WantsAWaiverForEachLegAtItsOwnAgency) {  // A0-24
  Story story(kTwoLegs);
  story.Complete();
  ASSERT_TRUE(story.Cover("2027-03-21", "2027-03-24").ok());
  EXPECT_THAT(story.Open(), ElementsAre("liability-waiver/2: MISSING"));
  ASSERT_TRUE(story.Waiver("hosts/B", "2027-03-21", "2027-03-23").ok());
  EXPECT_THAT(story.Open(), ElementsAre("liability-waiver/2: NOT_COVERED 2027-03-24..2027-03-24"));
  ASSERT_TRUE(story.Waiver("hosts/B", "2027-03-24", "2027-03-24").ok());
  EXPECT_TRUE(story.cleared());
}

TEST(Judge, FindsAWaiverTooShortOnceTheDatesChange) {  // A5-06
  Story story;
  story.Complete();
  ASSERT_TRUE(story.cleared());
  story.Legs({});
  EXPECT_FALSE(story.cleared());
  story.Agree({LegOf("1", "hosts/A", "2027-03-16", "2027-03-22")});
  EXPECT_FALSE(story.cleared());
  EXPECT_THAT(story.Open(), ElementsAre("health-cover: NOT_COVERED 2027-03-21..2027-03-22",
                                        "liability-waiver/1: NOT_COVERED 2027-03-21..2027-03-22"));
  ASSERT_TRUE(story.Cover("2027-03-21", "2027-03-22").ok());
  ASSERT_TRUE(story.Waiver("hosts/A", "2027-03-16", "2027-03-22").ok());
  EXPECT_TRUE(story.cleared());
}

TEST(Judge, TakesAWaiverForEveryLegAtItsAgencyThatItsDatesCover) {  // A0-24
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Waiver("hosts/A", "2027-03-01", "2027-03-31").ok());
  ASSERT_TRUE(story.Cover("2027-03-21", "2027-03-24").ok());
  story.Legs({});
  story.Agree({LegOf("5", "hosts/A", "2027-03-15", "2027-03-17"), LegOf("6", "hosts/A", "2027-03-18", "2027-03-24")});
  EXPECT_TRUE(story.cleared()) << "signed for leg 1, that is no more";
  ASSERT_TRUE(story.Void("liability-waiver/6").ok());
  EXPECT_THAT(story.Open(), ElementsAre("liability-waiver/5: VOIDED #2", "liability-waiver/5: VOIDED #5",
                                        "liability-waiver/6: VOIDED #2", "liability-waiver/6: VOIDED #5"));
}

TEST(Judge, IsLostByAgreementWithAnotherAgencyOnTheSameDays) {  // A0-24
  Story story;
  story.Complete();
  story.Agree({LegOf("1", "hosts/C", "2027-03-14", "2027-03-20")});
  EXPECT_FALSE(story.cleared());
  EXPECT_THAT(story.Open(), ElementsAre("liability-waiver/1: OTHER_AGENCY #2"));
  EXPECT_EQ(story.FactNames().back(), "lost");
}

TEST(Judge, TakesAnyAcceptedCheckThatWasPassedUnlessOneFailed) {  // A0-25
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Check("interpol", v1::OUTCOME_NEEDS_REVIEW).ok());
  EXPECT_THAT(story.Open(), ElementsAre("background-check: NEEDS_REVIEW 2027-03-14..2027-03-14"));
  ASSERT_TRUE(story.Check("interpol", v1::OUTCOME_NOT_SATISFIED).ok());
  EXPECT_THAT(story.Open(), ElementsAre("background-check: NOT_SATISFIED 2027-03-14..2027-03-14"));
  ASSERT_TRUE(story.Check("interpol", v1::OUTCOME_SATISFIED).ok());
  EXPECT_TRUE(story.cleared());
  ASSERT_TRUE(story.Check("hearsay", v1::OUTCOME_NOT_SATISFIED).ok());
  EXPECT_TRUE(story.cleared()) << "a kind that the programme does not know counts neither way";
}

TEST(Judge, SaysThatARecordWasVoided) {
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Void("background-check", 3).ok());
  EXPECT_THAT(story.Open(), ElementsAre("background-check: VOIDED #3"));
  EXPECT_EQ(story.FactNames().back(), "lost");
  EXPECT_THAT(story.history.back().lost().open_items(), ElementsAre("background-check"));
}

TEST(Judge, TreatsOfficersComingInAndGoingOutAlike) {  // A0-26
  // Direction is in the programme alone: with the same items, a host abroad is judged as a host at home.
  for (const char* host : {"hosts/CA0194200", "hosts/DE-BE-01"}) {
    Story story({LegOf("1", host, "2027-03-14", "2027-03-20")});
    ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-20", "government-care").ok());
    ASSERT_TRUE(story.Waiver(host, "2027-03-14", "2027-03-20").ok());
    ASSERT_TRUE(story.Check("interpol", v1::OUTCOME_SATISFIED).ok());
    ASSERT_TRUE(story.Consent(v1::CONSENT_YES).ok());
    EXPECT_TRUE(story.cleared()) << host;
  }
}

TEST(Media, IsNotAllowedUntilEverybodyAskedHasAgreed) {  // A0-33
  Story story;
  EXPECT_FALSE(MediaAllowed(story.clearance));
  ASSERT_TRUE(story.Consent(v1::CONSENT_NO).ok());
  EXPECT_FALSE(MediaAllowed(story.clearance));
  ASSERT_TRUE(story.Consent(v1::CONSENT_YES).ok());
  EXPECT_TRUE(MediaAllowed(story.clearance));
  ASSERT_TRUE(story.Consent(v1::CONSENT_NO).ok());
  EXPECT_FALSE(MediaAllowed(story.clearance));
  EXPECT_FALSE(MediaAllowed(Clearance()));
}

TEST(Decide, LetsNobodyAnswerForTheOfficer) {
  Story story;
  v1::SignWaiverRequest waiver;
  waiver.set_host("hosts/A");
  *waiver.mutable_valid_from() = Day("2027-03-14");
  *waiver.mutable_valid_to() = Day("2027-03-20");
  EXPECT_EQ(ReasonOf(story.Do(waiver, kCompliance)), "NOT_THE_OFFICER");
  v1::RecordMediaConsentRequest consent;
  consent.set_consent(v1::CONSENT_YES);
  consent.set_item("media-consent");
  EXPECT_EQ(ReasonOf(story.Do(consent, kCompliance)), "NOT_THE_OFFICER");
  v1::RecordHealthCoverRequest cover;
  cover.set_kind("travel-insurance");
  *cover.mutable_valid_from() = Day("2027-03-14");
  *cover.mutable_valid_to() = Day("2027-03-20");
  EXPECT_EQ(ReasonOf(story.Do(cover, Actor{"members/M-99", "", {options::v1::ROLE_OFFICER}})), "NOT_THE_OFFICER");
  EXPECT_TRUE(story.Do(cover, kCompliance).ok());
}

TEST(Decide, LetsNobodyAdjudicateTheOwnCase) {  // A5-04
  Story story;
  const Actor self{"members/M-17", "organisations/ipa-us", {options::v1::ROLE_COMPLIANCE_OFFICER}};
  EXPECT_EQ(ReasonOf(story.Check("ncic", v1::OUTCOME_SATISFIED, self)), "OWN_CHECK");
  story.Complete();
  EXPECT_EQ(ReasonOf(story.Void("health-cover", 0, self)), "OWN_CHECK");
  ASSERT_TRUE(story.Revoke().ok());
  EXPECT_EQ(ReasonOf(story.Reinstate(self)), "OWN_CHECK");
}

TEST(Decide, RefusesAPeriodThatEndsBeforeItBegins) {
  Story story;
  const absl::Status status = story.Cover("2027-03-20", "2027-03-14");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations(0).field(), "valid_to");
}

TEST(Decide, AsksWhichItemIsMeantWhenThereAreSeveral) {
  Story story({LegOf("1", "hosts/A", "2027-03-14", "2027-03-16"), LegOf("2", "hosts/A", "2027-03-17", "2027-03-20")});
  EXPECT_EQ(ReasonOf(story.Waiver("hosts/A", "2027-03-14", "2027-03-20")), "ITEM_AMBIGUOUS");
  EXPECT_TRUE(story.Waiver("hosts/A", "2027-03-14", "2027-03-20", "liability-waiver/2").ok());
  EXPECT_EQ(ReasonOf(story.Waiver("hosts/A", "2027-03-14", "2027-03-20", "health-cover")), "ITEM_NOT_ASKED");
  EXPECT_EQ(ReasonOf(story.Waiver("hosts/Z", "2027-03-14", "2027-03-20")), "ITEM_NOT_ASKED");
}

TEST(Decide, VoidsOnlyWhatStillCounts) {
  Story story;
  EXPECT_EQ(ReasonOf(story.Void("health-cover")), "NO_SUCH_RECORD");
  story.Complete();
  EXPECT_EQ(ReasonOf(story.Void("health-cover", 2)), "NO_SUCH_RECORD") << "record 2 is the waiver's";
  EXPECT_TRUE(story.Void("health-cover", 1).ok());
  EXPECT_EQ(ReasonOf(story.Void("health-cover", 1)), "NO_SUCH_RECORD");
  EXPECT_EQ(ReasonOf(story.Cover("2027-03-14", "2027-03-20", "travel-insurance", 1)), "NO_SUCH_RECORD");
}

TEST(Decide, HoldsNoMoreRecordsThanAStayCanNeed) {
  Story story;
  for (int i = 0; i < kMostRecords; ++i) ASSERT_TRUE(story.Consent(v1::CONSENT_NO).ok());
  EXPECT_EQ(ReasonOf(story.Consent(v1::CONSENT_NO)), "TOO_MANY_RECORDS");
}

TEST(Revocation, StandsWhateverTheItemsSayAndNeedsASecondPersonToEnd) {  // A5-04
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Revoke(kCompliance).ok());
  EXPECT_FALSE(story.cleared());
  EXPECT_TRUE(story.Open().empty());
  ASSERT_TRUE(story.Consent(v1::CONSENT_YES).ok());
  EXPECT_FALSE(story.cleared());
  EXPECT_EQ(ReasonOf(story.Revoke(kOther)), "ALREADY_REVOKED");
  EXPECT_EQ(ReasonOf(story.Reinstate(kCompliance)), "SECOND_PERSON_NEEDED");
  ASSERT_TRUE(story.Reinstate(kOther).ok());
  EXPECT_TRUE(story.cleared());
  EXPECT_EQ(story.FactNames().back(), "granted");
}

TEST(Revocation, OutlivesAPlacementThatEndedAndIsAgreedAnew) {  // A5-04
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Revoke(kCompliance).ok());
  story.Add(OnEnded(story.clearance, "PLACEMENT_ENDED"));
  story.Agree({LegOf("2", "hosts/A", "2027-03-14", "2027-03-20")});
  EXPECT_EQ(story.clearance.state(), Clearance::STATE_REVOKED);
  EXPECT_EQ(story.FactNames().back(), "revoked");
  EXPECT_EQ(ReasonOf(story.Reinstate(kCompliance)), "SECOND_PERSON_NEEDED");
  ASSERT_TRUE(story.Reinstate(kOther).ok());
  EXPECT_TRUE(story.cleared());
}

TEST(Closed, IsNotOpenedAgainByAChangeOfItsLegs) {
  Story story;
  story.Complete();
  story.Add(OnEnded(story.clearance, "PLACEMENT_ENDED"));
  story.Legs({LegOf("1", "hosts/A", "2027-03-14", "2027-03-19")});
  EXPECT_EQ(story.clearance.state(), Clearance::STATE_CLOSED);
  EXPECT_FALSE(story.cleared());
}

TEST(Revocation, DoesNotGrantOnReinstatementWhatWasLostMeanwhile) {
  Story story;
  story.Complete();
  ASSERT_TRUE(story.Revoke().ok());
  ASSERT_TRUE(story.Void("health-cover").ok());
  ASSERT_TRUE(story.Reinstate(kOther).ok());
  EXPECT_FALSE(story.cleared());
  EXPECT_EQ(story.FactNames().back(), "reinstated");
}

TEST(RunningStay, IsWarnedOfCoverCutShortAndLosesItsClearanceOnTheDay) {  // A5-02
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  EXPECT_EQ(NextDue(story.clearance), std::nullopt) << "the last day ends it";
  ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-17", "travel-insurance", 1).ok());
  EXPECT_TRUE(story.cleared());
  EXPECT_EQ(story.FactNames().back(), "lapsing");
  EXPECT_EQ(FormatDate(story.history.back().lapsing().on()), "2027-03-18");
  EXPECT_THAT(story.history.back().lapsing().items(), ElementsAre("health-cover"));
  EXPECT_EQ(*NextDue(story.clearance), absl::FromCivil(absl::CivilDay(2027, 3, 18), absl::UTCTimeZone()));
  story.TickOn("2027-03-17");
  EXPECT_TRUE(story.cleared());
  story.TickOn("2027-03-18");
  EXPECT_FALSE(story.cleared());
  EXPECT_EQ(story.FactNames().back(), "lost");
  ASSERT_TRUE(story.Cover("2027-03-19", "2027-03-20").ok());
  EXPECT_FALSE(story.cleared());
  story.TickOn("2027-03-19");
  EXPECT_TRUE(story.cleared()) << "renewed cover begins today";
  EXPECT_EQ(NextDue(story.clearance), std::nullopt);
}

TEST(RunningStay, IsToldWhenTheLapseIsAverted) {
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-17", "travel-insurance", 1).ok());
  ASSERT_TRUE(story.Cover("2027-03-18", "2027-03-19").ok());
  EXPECT_EQ(FormatDate(story.history.back().lapsing().on()), "2027-03-20");
  ASSERT_TRUE(story.Cover("2027-03-20", "2027-03-31").ok());
  EXPECT_EQ(story.FactNames().back(), "lapse_averted");
  EXPECT_FALSE(story.clearance.has_lapse_noted());
}

TEST(RunningStay, IsNotClearedByAStateOfYesterdayWhenTheClockWasLate) {
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-17", "travel-insurance", 1).ok());
  story.now = absl::FromCivil(absl::CivilDay(2027, 3, 18), absl::UTCTimeZone());
  EXPECT_EQ(story.clearance.state(), Clearance::STATE_CLEARED);
  EXPECT_FALSE(story.cleared());
}

TEST(RunningStay, PutsAGapOnRecordThatTheClockSlept) {
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  ASSERT_TRUE(story.Cover("2027-03-14", "2027-03-15", "travel-insurance", 1).ok());
  ASSERT_TRUE(story.Cover("2027-03-17", "2027-03-20").ok());
  story.TickOn("2027-03-18");
  EXPECT_TRUE(story.cleared());
  const auto names = story.FactNames();
  EXPECT_THAT(std::vector<std::string>(names.end() - 2, names.end()), ElementsAre("lost", "granted"));
  EXPECT_EQ(NextDue(story.clearance), std::nullopt);
}

TEST(RunningStay, LosesItsClearanceByAFailedCheckAtOnce) {  // A0-25
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  ASSERT_TRUE(story.Check("ncic", v1::OUTCOME_NOT_SATISFIED).ok());
  EXPECT_FALSE(story.cleared());
}

TEST(RunningStay, LosesItsClearanceByAFailedCheckThatHoldsFromTodayOn) {  // A0-25
  Story story;
  story.Complete();
  story.Begin("2027-03-14");
  v1::RecordBackgroundCheckRequest request;
  request.set_kind("ncic");
  request.set_outcome(v1::OUTCOME_NOT_SATISFIED);
  *request.mutable_valid_from() = Day("2027-03-16");
  ASSERT_TRUE(story.Do(request, kCompliance).ok());
  EXPECT_FALSE(story.cleared());
}

TEST(RunningStay, IsAnotherOnceItsAgreementWasVoidAndNeedsEveryDayBeforeItStarts) {  // A5-02
  for (const bool closed : {false, true}) {
    Story story;
    story.Complete();
    story.Begin("2027-03-14");
    if (closed) {
      story.Add(OnEnded(story.clearance, "PLACEMENT_ENDED"));
    } else {
      story.Legs({});
    }
    story.Agree({LegOf("2", "hosts/A", "2027-06-01", "2027-06-05")});
    EXPECT_FALSE(story.cleared());
    EXPECT_THAT(story.Open(), ElementsAre("health-cover: NOT_COVERED 2027-06-01..2027-06-05",
                                          "liability-waiver/2: NOT_COVERED 2027-06-01..2027-06-05"));
  }
}

TEST(RunningStay, NeedsTheSecondLegsWaiverFromItsFirstDay) {  // A0-24
  Story story(kTwoLegs);
  story.Complete();
  ASSERT_TRUE(story.Cover("2027-03-21", "2027-03-24").ok());
  ASSERT_TRUE(story.Waiver("hosts/B", "2027-03-21", "2027-03-24").ok());
  story.Begin("2027-03-14");
  ASSERT_TRUE(story.Void("liability-waiver/2").ok());
  EXPECT_TRUE(story.cleared());
  EXPECT_EQ(FormatDate(story.history.back().lapsing().on()), "2027-03-21");
  story.TickOn("2027-03-21");
  EXPECT_FALSE(story.cleared());
}

TEST(Time, StatesEachOpenItemOnceOnItsDueDate) {
  Story story;
  ASSERT_TRUE(story.Consent(v1::CONSENT_NO).ok());
  // The test programme asks for checks 60 days before, cover 30, waivers 14.
  EXPECT_EQ(*NextDue(story.clearance), absl::FromCivil(absl::CivilDay(2027, 1, 13), absl::UTCTimeZone()));
  story.TickOn("2027-01-12");
  story.TickOn("2027-01-13");
  story.TickOn("2027-01-14");
  story.TickOn("2027-03-13");
  EXPECT_THAT(story.FactNames(), ElementsAre("opened", "item_recorded", "item_due", "item_due", "item_due"));
  EXPECT_EQ(story.history[2].item_due().item(), "background-check");
  EXPECT_EQ(story.history[2].item_due().owner(), "members/M-17");
  EXPECT_EQ(NextDue(story.clearance), std::nullopt);
}

TEST(Time, CountsTheDaysOfTheProgrammesZone) {
  struct Case {
    const char* zone;
    const char* due;  // when 13 January begins there
  };
  for (const Case& c :
       {Case{"UTC", "2027-01-13T00:00:00Z"}, Case{"America/New_York", "2027-01-13T05:00:00Z"},
        Case{"Asia/Kathmandu", "2027-01-12T18:15:00Z"}, Case{"Pacific/Kiritimati", "2027-01-12T10:00:00Z"},
        Case{"Pacific/Pago_Pago", "2027-01-13T11:00:00Z"}}) {
    Story story;
    story.clearance.set_time_zone(c.zone);
    const absl::Time due = *NextDue(story.clearance);
    EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", due, absl::UTCTimeZone()), c.due) << c.zone;
    EXPECT_EQ(Today(story.clearance, due), absl::CivilDay(2027, 1, 13)) << c.zone;
    EXPECT_EQ(Today(story.clearance, due - absl::Seconds(1)), absl::CivilDay(2027, 1, 12)) << c.zone;
  }
}

TEST(Lapses, SayWhatEndsWhen) {
  Story story;
  story.Complete();
  std::vector<std::string> lines;
  for (const auto& lapse : LapsesOf(story.clearance, Today(story.clearance, story.now))) {
    lines.push_back(absl::StrCat(FormatDate(lapse.day()), " ", lapse.item(), lapse.needed() ? " needed" : ""));
  }
  EXPECT_THAT(lines, ElementsAre("2027-03-21 health-cover", "2027-03-21 liability-waiver/1"));
}

// ---- every state and everything that can happen -----------------------------------------------------------------

Story In(absl::string_view state) {
  Story story;
  if (state == "NONE") {
    story.clearance = Clearance();
    return story;
  }
  if (state != "OPEN") story.Complete();
  if (state == "REVOKED") {
    EXPECT_TRUE(story.Revoke().ok());
  }
  if (state == "CLOSED") story.Add(OnEnded(story.clearance, "WITHDRAWN"));
  if (state == "PLACEMENT_ENDED") story.Add(OnEnded(story.clearance, "PLACEMENT_ENDED"));
  if (state == "RUNNING") story.Begin("2027-03-14");
  return story;
}

std::string After(Story story, absl::string_view happening) {
  absl::Status status;
  if (happening == "cover") status = story.Cover("2027-03-14", "2027-03-20");
  if (happening == "void") status = story.Void("health-cover");
  if (happening == "revoke") status = story.Revoke();
  if (happening == "reinstate") status = story.Reinstate(kOther);
  if (happening == "agreed") story.Agree({LegOf("1", "hosts/A", "2027-03-15", "2027-03-21")});
  if (happening == "rescheduled") story.Legs({});
  if (happening == "begun") story.Begin("2027-03-14");
  if (happening == "withdrawn") story.Add(OnEnded(story.clearance, "WITHDRAWN"));
  if (happening == "ended") story.Add(OnEnded(story.clearance, "PLACEMENT_ENDED"));
  if (!status.ok()) return ReasonOf(status);
  return Clearance::State_Name(story.clearance.state()).substr(6);
}

TEST(Transitions, AreTheseAndNoOthers) {
  const std::vector<std::string> happenings = {"cover",       "void",  "revoke",    "reinstate", "agreed",
                                               "rescheduled", "begun", "withdrawn", "ended"};
  const std::map<std::string, std::vector<std::string>> table = {
      {"NONE", {"-", "-", "-", "NOT_REVOKED", "OPEN", "UNSPECIFIED", "UNSPECIFIED", "UNSPECIFIED", "UNSPECIFIED"}},
      {"OPEN", {"OPEN", "NO_SUCH_RECORD", "REVOKED", "NOT_REVOKED", "OPEN", "OPEN", "OPEN", "CLOSED", "CLOSED"}},
      {"CLEARED", {"CLEARED", "OPEN", "REVOKED", "NOT_REVOKED", "OPEN", "OPEN", "CLEARED", "CLOSED", "CLOSED"}},
      {"RUNNING", {"CLEARED", "OPEN", "REVOKED", "NOT_REVOKED", "CLEARED", "OPEN", "CLEARED", "CLOSED", "CLOSED"}},
      {"REVOKED",
       {"REVOKED", "REVOKED", "ALREADY_REVOKED", "CLEARED", "REVOKED", "REVOKED", "REVOKED", "CLOSED", "CLOSED"}},
      {"CLOSED",
       {"CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "CLOSED", "CLOSED", "CLOSED",
        "CLOSED", "CLOSED"}},
      {"PLACEMENT_ENDED",
       {"CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "CLEARANCE_CLOSED", "OPEN", "CLOSED", "CLOSED",
        "CLOSED", "CLOSED"}},
  };
  for (const auto& [state, expected] : table) {
    for (size_t i = 0; i < happenings.size(); ++i) {
      if (expected[i] == "-") continue;  // the service finds no such clearance
      EXPECT_EQ(After(In(state), happenings[i]), expected[i]) << state << " + " << happenings[i];
    }
  }
}

}  // namespace
}  // namespace amikeco::compliance
