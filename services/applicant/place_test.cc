#include "services/applicant/place.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/member.h"
#include "services/applicant/test_world.h"
#include "tests/support/seed.h"

namespace amikeco::applicant {
namespace {

using programme::v1::EligibilityRule;
using programme::v1::Programme;
using test::Date;
using test::Day;
using test::kInboundName;
using testing::ElementsAre;
using testing::IsEmpty;

Programme Exchange() {
  Programme programme = test::Inbound();
  programme.mutable_sections()->set_must_send(true);
  return programme;
}

v1::LocalRules& AddTenure(google::protobuf::RepeatedPtrField<v1::LocalRules>& all, int years) {
  v1::LocalRules& local = *all.Add();
  EligibilityRule& rule = *local.add_rules();
  rule.set_id("tenure");
  rule.set_reason("TENURE_TOO_SHORT_HERE");
  rule.mutable_membership_tenure()->set_years(years);
  rule.mutable_membership_tenure()->set_on(EligibilityRule::REFERENCE_DATE_SUBMISSION);
  return local;
}

// An active section that sends, and no region.
Place GoodPlace() {
  Place place{true, v1::Section(), std::nullopt, {}, {}};
  place.section->set_name("sections/DE");
  place.section->mutable_terms()->set_state(v1::Section::STATE_ACTIVE);
  auto& exchange = *place.section->mutable_terms()->add_exchanges();
  exchange.set_programme(kInboundName);
  exchange.set_sends(true);
  return place;
}

struct Person {
  v1::Member member = test::GoodMember();
  v1::Wishes wishes = test::GoodWishes();
  v1::Declarations declarations = test::GoodDeclarations();
  Candidate AsCandidate() const {
    return {absl::MakeConstSpan(&member, 1), wishes, declarations, Day(test::kReceived)};
  }
};

std::vector<v1::RuleResult> JudgeAll(const Programme& programme, const Place& place, const Person& person) {
  auto results = Judge(programme, person.AsCandidate());
  JudgePlace(programme, place, person.AsCandidate(), results);
  return results;
}

std::vector<std::string> Reasons(const std::vector<v1::RuleResult>& results) {
  std::vector<std::string> reasons;
  for (const auto& result : results) {
    if (!result.holds()) reasons.push_back(result.reason());
  }
  return reasons;
}

// A2-10
TEST(JudgePlace, RefusesWhoeverIsOfASectionThatDoesNotSend) {
  const auto reasons = [](const Place& place) { return Reasons(JudgeAll(Exchange(), place, Person())); };
  EXPECT_THAT(reasons(GoodPlace()), IsEmpty());

  Place place = GoodPlace();
  place.section->mutable_terms()->set_state(v1::Section::STATE_SUSPENDED);
  EXPECT_THAT(reasons(place), ElementsAre("SECTION_SUSPENDED"));
  place.section->mutable_terms()->set_state(v1::Section::STATE_PROVISIONAL);
  EXPECT_THAT(reasons(place), ElementsAre("SECTION_PROVISIONAL"));
  place = GoodPlace();
  place.section->mutable_terms()->mutable_exchanges(0)->set_sends(false);
  place.section->mutable_terms()->mutable_exchanges(0)->set_hosts(true);
  EXPECT_THAT(reasons(place), ElementsAre("SECTION_DOES_NOT_SEND"));
  place.section->mutable_terms()->mutable_exchanges(0)->set_programme(test::kOutboundName);
  place.section->mutable_terms()->mutable_exchanges(0)->set_sends(true);
  EXPECT_THAT(reasons(place), ElementsAre("SECTION_DOES_NOT_SEND"));
  place.section.reset();
  EXPECT_THAT(reasons(place), ElementsAre("SECTION_NOT_REGISTERED"));
}

// A2-10
TEST(JudgePlace, AsksNothingOfAnEmptyDirectoryNorForAProgrammeThatDoesNotAsk) {
  EXPECT_EQ(JudgeAll(Exchange(), Place(), Person()).size(), static_cast<size_t>(Exchange().eligibility_size()));
  Programme indifferent = Exchange();
  indifferent.clear_sections();
  Place suspended = GoodPlace();
  suspended.section->mutable_terms()->set_state(v1::Section::STATE_SUSPENDED);
  EXPECT_THAT(Reasons(JudgeAll(indifferent, suspended, Person())), IsEmpty());
}

// A2-03
TEST(JudgePlace, AddsTheRulesOfSectionAndRegionWithTheirOrigin) {
  Place place = GoodPlace();
  AddTenure(*place.section->mutable_terms()->mutable_local_rules(), 2);
  place.region.emplace().set_name("regions/DE-BE");
  AddTenure(*place.region->mutable_terms()->mutable_local_rules(), 10);
  AddTenure(*place.region->mutable_terms()->mutable_local_rules(), 20).set_programme("programmes/another");
  const auto results = JudgeAll(Exchange(), place, Person());
  ASSERT_EQ(results.size(), static_cast<size_t>(Exchange().eligibility_size()) + 3);
  const auto& of_section = results[results.size() - 2];
  EXPECT_EQ(of_section.rule(), "sections/DE/tenure");
  EXPECT_EQ(of_section.origin(), "sections/DE");
  EXPECT_TRUE(of_section.holds());
  const auto& of_region = results.back();
  EXPECT_EQ(of_region.rule(), "regions/DE-BE/tenure");
  EXPECT_EQ(of_region.origin(), "regions/DE-BE");
  EXPECT_EQ(of_region.reason(), "TENURE_TOO_SHORT_HERE");
  EXPECT_FALSE(IsEligible(results));
}

// A2-03
TEST(EndorsementDays, AreTheFewestThatAnybodyGives) {
  Programme programme = Exchange();
  Place place = GoodPlace();
  place.region.emplace();
  programme.set_endorsement_days(30);
  EXPECT_EQ(EndorsementDays(programme, place), 30);
  place.region->mutable_terms()->add_local_rules()->set_endorsement_days(60);
  EXPECT_EQ(EndorsementDays(programme, place), 30);
  place.region->mutable_terms()->mutable_local_rules(0)->set_endorsement_days(10);
  EXPECT_EQ(EndorsementDays(programme, place), 10);
  place.section->mutable_terms()->add_local_rules()->set_endorsement_days(7);
  EXPECT_EQ(EndorsementDays(programme, place), 7);
  programme.set_endorsement_days(0);
  EXPECT_EQ(EndorsementDays(programme, place), 7);
}

TEST(CheckPlace, NamesWhatIsLikeWhatIsNotInTheDirectory) {
  Place place{true, std::nullopt, std::nullopt, {"sections/DK", "sections/DE", "sections/GB"}, {"regions/DE-BE"}};
  FieldErrors wrong;
  CheckSection("sections/DEE", place, wrong);
  CheckRegion("sections/DE", "regions/DE-BB", place, wrong);
  const auto bad = DetailOf<google::rpc::BadRequest>(wrong.ToStatus());
  ASSERT_TRUE(bad.ok());
  EXPECT_EQ(bad->field_violations(0).description(),
            "sections/DEE is not in the directory; did you mean sections/DE or sections/DK?");
  EXPECT_EQ(bad->field_violations(1).description(),
            "regions/DE-BB is not in the directory; did you mean regions/DE-BE?");
}

// ---- Whatever a section or a region writes, it can only refuse.

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(engine_); }
  bool OneIn(int times) { return Below(times) == 0; }

 private:
  std::mt19937 engine_;
};

// Any rule with any terms: generous and nonsensical ones, too, and with ids and reasons of the programme's rules.
EligibilityRule RandomRule(Dice& dice, const Programme& programme) {
  const int borrowed = dice.Below(programme.eligibility_size());
  EligibilityRule rule = programme.eligibility(borrowed);
  rule.set_overridable(dice.OneIn(2));
  switch (dice.Below(8)) {
    case 0:
      rule.mutable_membership_tenure()->set_years(dice.Below(30));
      rule.mutable_membership_tenure()->set_on(
          static_cast<EligibilityRule::ReferenceDate>(dice.Below(EligibilityRule::ReferenceDate_ARRAYSIZE)));
      break;
    case 1:
      rule.mutable_notice()->set_months(dice.Below(12));
      break;
    case 2:
      rule.mutable_class_of_membership()->clear_classes();
      rule.mutable_class_of_membership()->add_classes(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
      if (dice.OneIn(2)) rule.mutable_class_of_membership()->add_classes(programme::v1::MEMBERSHIP_CLASS_REGULAR);
      break;
    case 3:
      rule.mutable_duty()->add_statuses(programme::v1::DUTY_STATUS_RETIRED);
      break;
    case 4:
      rule.mutable_stay_length()->set_min_days(dice.Below(20));
      rule.mutable_stay_length()->set_max_days(20 + dice.Below(400));
      break;
    case 5:
      rule.mutable_acknowledgements();
      break;
    case 6:
      rule.clear_rule();
      break;
    default:
      break;
  }
  return rule;
}

template <typename Terms>
void AddRandomRules(Dice& dice, const Programme& programme, Terms& terms) {
  for (int i = dice.Below(4); i > 0; --i) {
    v1::LocalRules& local = *terms.add_local_rules();
    if (dice.OneIn(3)) local.set_programme(dice.OneIn(2) ? programme.name() : "programmes/another");
    for (int r = dice.Below(4); r > 0; --r) *local.add_rules() = RandomRule(dice, programme);
    local.set_endorsement_days(dice.Below(100));
  }
}

Place RandomPlace(Dice& dice, const Programme& programme) {
  Place place;
  place.in_use = !dice.OneIn(5);
  if (!dice.OneIn(4)) {
    place.section = GoodPlace().section;
    place.section->mutable_terms()->set_state(
        static_cast<v1::Section::State>(dice.Below(v1::Section::State_ARRAYSIZE)));
    AddRandomRules(dice, programme, *place.section->mutable_terms());
  }
  if (!dice.OneIn(3)) {
    place.region.emplace().set_name("regions/DE-BE");
    AddRandomRules(dice, programme, *place.region->mutable_terms());
  }
  return place;
}

Person RandomPerson(Dice& dice) {
  Person person;
  auto& membership = *person.member.mutable_membership();
  if (dice.OneIn(4)) membership.set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  if (dice.OneIn(3)) *membership.mutable_since() = ToDate(Day("2025-01-01") + dice.Below(500));
  if (dice.OneIn(4)) *membership.mutable_until() = ToDate(Day("2025-12-01") + dice.Below(120));
  if (dice.OneIn(3)) person.member.set_duty_status(static_cast<programme::v1::DutyStatus>(dice.Below(5)));
  if (dice.OneIn(3)) *person.wishes.mutable_earliest_start() = ToDate(Day("2026-03-01") + dice.Below(150));
  if (dice.OneIn(4)) person.wishes.set_stay_days(1 + dice.Below(60));
  if (dice.OneIn(5)) person.declarations.clear_acknowledgements();
  return person;
}

// A2-03
TEST(JudgePlace, MakesNobodyEligibleWhateverASectionOrARegionWrites) {
  Dice dice(TestSeed());
  int eligible = 0, refused_here = 0;
  const int64_t tries = RunSize(20'000, 1'000'000);
  for (int64_t i = 0; i < tries; ++i) {
    Programme programme = dice.OneIn(2) ? test::Inbound() : test::Outbound();
    programme.mutable_sections()->set_must_send(dice.OneIn(2));
    programme.set_endorsement_days(dice.Below(60));
    const Person person = RandomPerson(dice);
    const Place place = RandomPlace(dice, programme);
    const auto alone = Judge(programme, person.AsCandidate());
    const auto all = JudgeAll(programme, place, person);
    ASSERT_GE(all.size(), alone.size());
    for (size_t r = 0; r < alone.size(); ++r) {
      ASSERT_EQ(all[r].SerializeAsString(), alone[r].SerializeAsString()) << r;
    }
    ASSERT_TRUE(IsEligible(alone) || !IsEligible(all));
    const int days = EndorsementDays(programme, place);
    ASSERT_TRUE(programme.endorsement_days() == 0 || (days > 0 && days <= programme.endorsement_days()));
    eligible += IsEligible(all) ? 1 : 0;
    refused_here += IsEligible(alone) && !IsEligible(all) ? 1 : 0;
  }
  // Otherwise nothing was shown.
  EXPECT_GT(eligible, tries / 200);
  EXPECT_GT(refused_here, tries / 200);
}

// A2-03: an exception that the programme allows its coordinators is none from a rule of a region, even of the same id.
TEST(JudgePlace, LeavesNoRuleOfARegionToBeSetAside) {
  test::Story story;
  story.programme.mutable_sections()->set_must_send(true);
  story.place = GoodPlace();
  story.place.region.emplace().set_name("regions/DE-BE");
  EligibilityRule& rule = *story.place.region->mutable_terms()->add_local_rules()->add_rules();
  rule.set_id("notice");
  rule.set_reason("NOTICE_TOO_SHORT_HERE");
  rule.mutable_notice()->set_months(12);
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(story.state(), v1::Application::STATE_INELIGIBLE);
  v1::OverrideRuleRequest command;
  command.set_reason("they asked");
  command.set_rule("notice");
  ASSERT_TRUE(story.Do(test::kCoordinator, command).ok());
  EXPECT_EQ(story.state(), v1::Application::STATE_INELIGIBLE);
  command.set_rule("regions/DE-BE/notice");
  EXPECT_EQ(story.Do(test::kCoordinator, command).code(), absl::StatusCode::kInvalidArgument);
}

// A2-03
TEST(JudgePlace, ShortensTheTimeToEndorse) {
  test::Story story;
  story.place = GoodPlace();
  story.place.section->mutable_terms()->add_local_rules()->set_endorsement_days(5);
  ASSERT_TRUE(story.Submit().ok());
  EXPECT_EQ(FormatDate(story.application.endorse_by()), FormatDay(Day(test::kReceived) + 5));
}

// ---- What an associate may not and may.

// A2-06, A2-07, A2-13
TEST(RightsOf, AreAllOfARegularMemberAndFunctionsAloneOfAnAssociate) {
  v1::Member member = test::GoodMember();
  EXPECT_THAT(RightsOf(member, Day("2026-02-02")), ElementsAre(v1::MEMBER_RIGHT_VOTE, v1::MEMBER_RIGHT_SCHOLARSHIPS,
                                                               v1::MEMBER_RIGHT_EXCHANGE, v1::MEMBER_RIGHT_FUNCTIONS));
  member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  EXPECT_THAT(RightsOf(member, Day("2026-02-02")), ElementsAre(v1::MEMBER_RIGHT_FUNCTIONS));
  EXPECT_THAT(RightsOf(member, Day("2020-05-03")), IsEmpty());
  *member.mutable_membership()->mutable_until() = Date("2026-02-01");
  EXPECT_THAT(RightsOf(member, Day("2026-02-01")), ElementsAre(v1::MEMBER_RIGHT_FUNCTIONS));
  EXPECT_THAT(RightsOf(member, Day("2026-02-02")), IsEmpty());
  member.mutable_membership()->clear_until();
  *member.mutable_erase_time() = ToTimestamp(test::Noon("2026-01-01"));
  EXPECT_THAT(RightsOf(member, Day("2026-02-02")), IsEmpty());
}

// A2-06: whoever the rights keep from exchanges, every exchange that ships refuses for the class.
TEST(RightsOf, AgreeWithTheExchangesThatShip) {
  for (const Programme* programme : {&test::Inbound(), &test::Outbound()}) {
    Person associate;
    associate.member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
    EXPECT_THAT(Reasons(Judge(*programme, associate.AsCandidate())), testing::Contains("ASSOCIATE_MEMBER"))
        << programme->name();
  }
}

}  // namespace
}  // namespace amikeco::applicant
