#include "services/applicant/eligibility.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Programme;
using test::Date;
using test::Day;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// An applicant to whom nothing is wrong, and what a test changes about it.
struct Applicant {
  v1::Member member = test::GoodMember();
  v1::Wishes wishes = test::GoodWishes();
  v1::Declarations declarations = test::GoodDeclarations();
  absl::CivilDay received = Day(test::kReceived);
};

std::vector<v1::RuleResult> JudgeIn(const Programme& programme, const Applicant& applicant) {
  return Judge(programme, {absl::MakeConstSpan(&applicant.member, 1), applicant.wishes, applicant.declarations,
                           applicant.received});
}

std::vector<std::string> Reasons(const Programme& programme, const Applicant& applicant) {
  std::vector<std::string> reasons;
  for (const auto& result : JudgeIn(programme, applicant)) {
    if (!result.holds()) reasons.push_back(result.reason());
  }
  return reasons;
}

v1::RuleResult ResultOf(const Programme& programme, const Applicant& applicant, const std::string& rule) {
  for (const auto& result : JudgeIn(programme, applicant)) {
    if (result.rule() == rule) return result;
  }
  ADD_FAILURE() << "no rule " << rule;
  return {};
}

Applicant American() {
  Applicant applicant;
  applicant.member.set_section("sections/US");
  applicant.member.set_region("regions/US-9");
  applicant.wishes.set_stay_language("de");
  applicant.declarations.mutable_languages(0)->set_code("de");
  return applicant;
}

TEST(Judge, FindsNothingWrongWithAnApplicantWhoMeetsEveryRule) {
  EXPECT_THAT(Reasons(test::Inbound(), Applicant()), IsEmpty());
  EXPECT_THAT(Reasons(test::Outbound(), American()), IsEmpty());
}

TEST(Judge, AnswersEveryRuleInTheProgrammesOrderWithTheValuesCompared) {
  const auto results = JudgeIn(test::Inbound(), Applicant());
  ASSERT_EQ(static_cast<int>(results.size()), test::Inbound().eligibility_size());
  for (int i = 0; i < test::Inbound().eligibility_size(); ++i) {
    EXPECT_EQ(results[i].rule(), test::Inbound().eligibility(i).id());
    EXPECT_NE(results[i].explanation(), "");
  }
}

// A0-01, A0-04, A0-08, A0-12, A5-03
TEST(Judge, TellsFourReasonsAtOnceAndWhatWouldChangeEachAnswer) {
  Applicant applicant;
  *applicant.member.mutable_membership()->mutable_until() = Date("2025-12-31");
  *applicant.wishes.mutable_earliest_start() = Date("2026-05-01");
  applicant.declarations.clear_languages();
  applicant.declarations.mutable_acknowledgements()->erase(applicant.declarations.acknowledgements().begin());
  EXPECT_THAT(Reasons(test::Inbound(), applicant),
              ElementsAre("NOT_MEMBER", "LANGUAGE", "NOTICE_TOO_SHORT", "FLEXIBILITY_NOT_ACKNOWLEDGED"));
  for (const auto& result : JudgeIn(test::Inbound(), applicant)) {
    EXPECT_EQ(result.holds(), result.remedy().empty()) << result.rule();
    EXPECT_EQ(result.holds(), result.reason().empty()) << result.rule();
  }
}

// A0-01
TEST(Judge, DemandsAMembershipThatIsCurrentOnTheDayOfReceipt) {
  struct Case {
    const char* since;
    const char* until;
    bool holds;
  };
  for (const Case& c : {Case{"2020-01-01", "", true}, Case{"2020-01-01", "2026-02-02", true},
                        Case{"2020-01-01", "2026-02-01", false}, Case{"2026-02-03", "", false}}) {
    Applicant applicant;
    *applicant.member.mutable_membership()->mutable_since() = Date(c.since);
    if (*c.until != '\0') *applicant.member.mutable_membership()->mutable_until() = Date(c.until);
    EXPECT_EQ(ResultOf(test::Inbound(), applicant, "membership").holds(), c.holds) << c.since << " " << c.until;
  }
  Applicant nobody;
  nobody.member.clear_membership();
  EXPECT_EQ(ResultOf(test::Inbound(), nobody, "membership").reason(), "NOT_MEMBER");
}

// A0-02
TEST(Judge, DemandsOneDayMoreThanAFullYearOfMembership) {
  struct Case {
    const char* since;
    const char* received;
    bool holds;
  };
  for (const Case& c : {
           Case{"2025-03-01", "2026-03-01", false},  // 365 days
           Case{"2025-03-01", "2026-03-02", true},
           Case{"2023-03-01", "2024-03-01", false},  // 366 days: a leap day lies between
           Case{"2023-03-01", "2024-03-02", true},
           Case{"2024-02-29", "2025-02-28", false},  // joined on a leap day
           Case{"2024-02-29", "2025-03-01", true},
           Case{"2024-12-31", "2025-12-31", false},
           Case{"2024-12-31", "2026-01-01", true},
       }) {
    Applicant applicant;
    *applicant.member.mutable_membership()->mutable_since() = Date(c.since);
    applicant.received = Day(c.received);
    const auto result = ResultOf(test::Inbound(), applicant, "membership-tenure");
    EXPECT_EQ(result.holds(), c.holds) << c.since << " " << c.received << ": " << result.explanation();
  }
}

// A0-02
TEST(FirstDayBeyond, IsTheDayAfterTheAnniversary) {
  struct Case {
    const char* since;
    int years;
    const char* first;
  };
  for (const Case& c : {
           Case{"2024-02-29", 1, "2025-03-01"},  // the anniversary of a leap day is 28 February …
           Case{"2024-02-29", 3, "2027-03-01"},
           Case{"2024-02-29", 4, "2028-03-01"},  // … and 29 February where there is one
           Case{"2096-02-29", 4, "2100-03-01"},  // no leap year
           Case{"2023-02-28", 1, "2024-02-29"},
           Case{"2027-02-28", 1, "2028-02-29"},
           Case{"2027-03-01", 1, "2028-03-02"},
           Case{"2025-12-31", 1, "2027-01-01"},
           Case{"2025-04-30", 2, "2027-05-01"},
       }) {
    EXPECT_EQ(FormatDay(FirstDayBeyond(Day(c.since), c.years)), c.first) << c.since << " + " << c.years;
  }
}

// A0-02: the reference date is the day of receipt, whatever the dates of the stay.
TEST(Judge, CountsMembershipUpToReceiptAndNotUpToTheStay) {
  Applicant applicant;
  *applicant.member.mutable_membership()->mutable_since() = Date("2025-06-01");
  *applicant.wishes.mutable_earliest_start() = Date("2027-07-01");
  *applicant.wishes.mutable_latest_end() = Date("2027-08-31");
  const auto result = ResultOf(test::Inbound(), applicant, "membership-tenure");
  EXPECT_FALSE(result.holds());
  EXPECT_THAT(result.explanation(), HasSubstr("2025-06-01"));
  EXPECT_THAT(result.remedy(), HasSubstr("2026-06-02"));
}

TEST(Judge, CountsMembershipUpToTheFirstPossibleStartWhenTheProgrammeSaysSo) {
  Programme programme = test::Inbound();
  for (auto& rule : *programme.mutable_eligibility()) {
    if (rule.has_membership_tenure()) {
      rule.mutable_membership_tenure()->set_on(programme::v1::EligibilityRule::REFERENCE_DATE_START);
    }
  }
  Applicant applicant;
  *applicant.member.mutable_membership()->mutable_since() = Date("2025-06-30");
  EXPECT_TRUE(ResultOf(programme, applicant, "membership-tenure").holds());
  *applicant.member.mutable_membership()->mutable_since() = Date("2025-07-01");
  EXPECT_FALSE(ResultOf(programme, applicant, "membership-tenure").holds());
}

// A2-05, A2-06: of the three things that are closed to associates, the exchange.
TEST(Judge, RefusesAssociatesForTheirClassAlone) {
  Applicant associate;
  associate.member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  EXPECT_THAT(Reasons(test::Inbound(), associate), ElementsAre("ASSOCIATE_MEMBER"));
}

// A2-07: nothing but a rule of class keeps an associate from taking part.
TEST(Judge, TakesAnAssociateWhereAProgrammeAsksForNoClass) {
  Programme programme = test::Inbound();
  auto& rules = *programme.mutable_eligibility();
  rules.erase(
      std::remove_if(rules.begin(), rules.end(), [](const auto& rule) { return rule.has_class_of_membership(); }),
      rules.end());
  ASSERT_LT(programme.eligibility_size(), test::Inbound().eligibility_size());
  Applicant associate;
  associate.member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  EXPECT_THAT(Reasons(programme, associate), IsEmpty());
}

// A2-08
TEST(Judge, TakesAStudentWhoIsARegularMemberButNoCadetWhoIsAnAssociate) {
  Applicant student;
  student.member.set_duty_status(programme::v1::DUTY_STATUS_STUDENT);
  EXPECT_THAT(Reasons(test::Inbound(), student), IsEmpty());
  EXPECT_EQ(TierOf(test::Inbound(), absl::MakeConstSpan(&student.member, 1), 0), 1);
  EXPECT_EQ(test::Inbound().tiers(1).id(), "students");

  Applicant cadet = student;
  cadet.member.mutable_membership()->set_membership_class(programme::v1::MEMBERSHIP_CLASS_ASSOCIATE);
  EXPECT_THAT(Reasons(test::Inbound(), cadet), ElementsAre("ASSOCIATE_MEMBER"));
  cadet.member.set_section("sections/US");
  EXPECT_THAT(Reasons(test::Inbound(), cadet), ElementsAre("ASSOCIATE_MEMBER", "SECTION_NOT_PARTICIPATING"));
}

// A0-05, A0-06, A0-27, A2-13
TEST(Judge, LetsActiveOfficersGoBothWaysStudentsInAlone) {
  struct Case {
    programme::v1::DutyStatus status;
    bool in;
    bool out;
  };
  for (const Case& c :
       {Case{programme::v1::DUTY_STATUS_ACTIVE, true, true}, Case{programme::v1::DUTY_STATUS_STUDENT, true, false},
        Case{programme::v1::DUTY_STATUS_RETIRED, false, false}, Case{programme::v1::DUTY_STATUS_SUPPORT, false, false},
        Case{programme::v1::DUTY_STATUS_UNSPECIFIED, false, false}}) {
    Applicant applicant;
    applicant.member.set_duty_status(c.status);
    EXPECT_EQ(ResultOf(test::Inbound(), applicant, "duty").holds(), c.in) << c.status;
    EXPECT_EQ(ResultOf(test::Outbound(), applicant, "duty").holds(), c.out) << c.status;
  }
  const v1::Member active = test::GoodMember();
  EXPECT_EQ(TierOf(test::Inbound(), absl::MakeConstSpan(&active, 1), 0), 0);
}

// A0-30, A2-10
TEST(Judge, SendsEachSectionToItsOwnDirection) {
  Applicant german;
  EXPECT_THAT(Reasons(test::Outbound(), german), ElementsAre("SECTION_NOT_PARTICIPATING"));
  Applicant american = American();
  american.declarations.mutable_languages(0)->set_code("en");
  EXPECT_THAT(Reasons(test::Inbound(), american), ElementsAre("SECTION_NOT_PARTICIPATING"));
}

// A0-04
TEST(Judge, AsksForEnglishInboundAndForTheLanguageOfTheStayOutbound) {
  struct Case {
    const char* code;
    const char* level;
    bool holds;
  };
  for (const Case& c : {Case{"en", "B2", true}, Case{"en", "C2", true}, Case{"en", "B1", false},
                        Case{"EN-gb", "B2", true}, Case{"de", "C2", false}, Case{"eng", "C2", false}}) {
    Applicant applicant;
    applicant.declarations.mutable_languages(0)->set_code(c.code);
    applicant.declarations.mutable_languages(0)->set_level(c.level);
    EXPECT_EQ(ResultOf(test::Inbound(), applicant, "language").holds(), c.holds) << c.code << " " << c.level;
  }
  Applicant american = American();
  american.wishes.set_stay_language("fr");
  EXPECT_THAT(Reasons(test::Outbound(), american), ElementsAre("LANGUAGE"));
  american.wishes.clear_stay_language();
  EXPECT_THAT(ResultOf(test::Outbound(), american, "language").remedy(), HasSubstr("stay_language"));
}

// A0-08, A0-09
TEST(Judge, CountsFourCalendarMonthsOfNoticeFromReceipt) {
  struct Case {
    const char* received;
    const char* start;
    bool holds;
  };
  for (const Case& c : {Case{"2026-02-02", "2026-06-02", true}, Case{"2026-02-02", "2026-06-01", false},
                        Case{"2026-10-31", "2027-02-28", true},  // the month's last day is enough
                        Case{"2026-10-31", "2027-02-27", false}, Case{"2027-10-31", "2028-02-29", true},
                        Case{"2027-10-31", "2028-02-28", false}, Case{"2026-08-31", "2026-12-31", true},
                        Case{"2026-02-28", "2026-06-28", true}}) {
    Applicant applicant;
    applicant.received = Day(c.received);
    *applicant.wishes.mutable_earliest_start() = Date(c.start);
    *applicant.wishes.mutable_latest_end() = ToDate(Day(c.start) + 60);
    const auto result = ResultOf(test::Inbound(), applicant, "notice");
    EXPECT_EQ(result.holds(), c.holds) << c.received << " " << c.start << ": " << result.explanation();
  }
}

// A0-08: the first start that is late enough, for notice from the end of each kind of month; a day less is too short.
TEST(Judge, CountsNoticeFromTheEndsOfMonths) {
  struct Case {
    const char* received;
    const char* first;
  };
  for (const Case& c :
       {Case{"2026-10-28", "2027-02-28"}, Case{"2026-10-29", "2027-02-28"}, Case{"2026-10-30", "2027-02-28"},
        Case{"2026-11-01", "2027-03-01"}, Case{"2027-10-28", "2028-02-28"}, Case{"2027-10-29", "2028-02-29"},
        Case{"2027-10-30", "2028-02-29"}, Case{"2027-11-01", "2028-03-01"}, Case{"2026-12-31", "2027-04-30"},
        Case{"2027-01-31", "2027-05-31"}, Case{"2027-02-28", "2027-06-28"}, Case{"2028-02-29", "2028-06-29"},
        Case{"2026-05-31", "2026-09-30"}, Case{"2026-07-31", "2026-11-30"}, Case{"2026-09-30", "2027-01-30"}}) {
    Applicant applicant;
    applicant.received = Day(c.received);
    const auto holds_from = [&](absl::CivilDay start) {
      *applicant.wishes.mutable_earliest_start() = ToDate(start);
      *applicant.wishes.mutable_latest_end() = ToDate(start + 60);
      return ResultOf(test::Inbound(), applicant, "notice").holds();
    };
    EXPECT_TRUE(holds_from(Day(c.first))) << c.received << " " << c.first;
    EXPECT_FALSE(holds_from(Day(c.first) - 1)) << c.received << " " << c.first;
  }
}

TEST(Judge, NamesTheFirstStartThatWouldDoAndThatAnExceptionIsPossible) {
  Applicant applicant;
  *applicant.wishes.mutable_earliest_start() = Date("2026-05-01");
  const auto result = ResultOf(test::Inbound(), applicant, "notice");
  EXPECT_THAT(result.remedy(), HasSubstr("2026-06-02"));
  EXPECT_THAT(result.remedy(), HasSubstr("exception"));
}

// A0-12, A0-14, A0-28
TEST(Judge, WantsEachAcknowledgementForItself) {
  for (const auto& [acknowledgement, reason] :
       {std::pair{programme::v1::ACKNOWLEDGEMENT_FLEXIBILITY, "FLEXIBILITY_NOT_ACKNOWLEDGED"},
        std::pair{programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE, "COSTS_NOT_ACKNOWLEDGED"},
        std::pair{programme::v1::ACKNOWLEDGEMENT_NOT_A_VACATION, "VACATION_NOT_ACKNOWLEDGED"}}) {
    Applicant applicant;
    auto& all = *applicant.declarations.mutable_acknowledgements();
    all.erase(std::remove(all.begin(), all.end(), acknowledgement), all.end());
    EXPECT_THAT(Reasons(test::Inbound(), applicant), ElementsAre(reason));
  }
}

// A0-28
TEST(Judge, WantsEveryCategoryOfCostAcknowledged) {
  Applicant applicant;
  applicant.declarations.mutable_cost_categories()->RemoveLast();
  applicant.declarations.mutable_cost_categories()->RemoveLast();
  const auto result = ResultOf(test::Inbound(), applicant, "own-expense");
  EXPECT_FALSE(result.holds());
  EXPECT_THAT(result.explanation(), HasSubstr("personal-travel, shopping"));
}

// A0-28: a section may help; whether it does decides nothing.
TEST(Judge, LooksAtNoContributionOfTheSection) {
  Applicant applicant;
  const auto before = JudgeIn(test::Inbound(), applicant);
  applicant.declarations.set_section_contribution("the section pays for the train");
  const auto after = JudgeIn(test::Inbound(), applicant);
  ASSERT_EQ(after.size(), before.size());
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].SerializeAsString(), before[i].SerializeAsString());
}

// A0-14
TEST(Judge, PutsPrivateTravelBehindTheLastPossibleDayOfTheStay) {
  Applicant applicant;
  *applicant.declarations.mutable_private_travel_start() = Date("2026-08-31");
  *applicant.declarations.mutable_private_travel_end() = Date("2026-09-10");
  EXPECT_THAT(Reasons(test::Inbound(), applicant), ElementsAre("PRIVATE_TRAVEL_DURING_STAY"));
  *applicant.declarations.mutable_private_travel_start() = Date("2026-09-01");
  EXPECT_THAT(Reasons(test::Inbound(), applicant), IsEmpty());
}

// A0-29
TEST(Judge, WantsTheEmployersConsentWithOrWithoutPay) {
  for (const auto& [status, holds] :
       {std::pair{v1::EMPLOYER_STATUS_UNSPECIFIED, false}, std::pair{v1::EMPLOYER_STATUS_PAID_DUTY, true},
        std::pair{v1::EMPLOYER_STATUS_PAID_LEAVE, true}, std::pair{v1::EMPLOYER_STATUS_UNPAID_LEAVE, true},
        std::pair{v1::EMPLOYER_STATUS_REFUSED, false}}) {
    Applicant applicant;
    applicant.declarations.set_employer_status(status);
    EXPECT_EQ(ResultOf(test::Inbound(), applicant, "employer").holds(), holds) << status;
  }
}

TEST(Judge, KeepsStaysBetweenTheProgrammesBounds) {
  for (const auto& [days, holds] :
       {std::pair{4, false}, std::pair{5, true}, std::pair{90, true}, std::pair{91, false}}) {
    Applicant applicant;
    applicant.wishes.set_stay_days(days);
    EXPECT_EQ(ResultOf(test::Inbound(), applicant, "stay-length").holds(), holds) << days;
  }
}

// A0-07, A2-04
TEST(Judge, LooksAtNeitherRankNorYearsOfService) {
  Applicant applicant;
  const auto before = JudgeIn(test::Inbound(), applicant);
  for (const char* rank : {"", "Chief", "Recruit"}) {
    for (const int years : {0, 1, 40}) {
      applicant.declarations.set_rank(rank);
      applicant.declarations.set_service_years(years);
      const auto after = JudgeIn(test::Inbound(), applicant);
      ASSERT_EQ(after.size(), before.size());
      for (size_t i = 0; i < before.size(); ++i) {
        EXPECT_EQ(after[i].SerializeAsString(), before[i].SerializeAsString());
      }
    }
  }
}

// Every field's name of a message and of the messages in it, as its words.
void CollectFields(const google::protobuf::Descriptor* type, std::set<std::string>& seen,
                   std::set<std::string>& words) {
  if (!seen.insert(std::string(type->full_name())).second) return;
  for (int i = 0; i < type->field_count(); ++i) {
    for (const absl::string_view word : absl::StrSplit(type->field(i)->name(), '_')) words.emplace(word);
    if (type->field(i)->message_type() != nullptr) CollectFields(type->field(i)->message_type(), seen, words);
  }
}

// A2-04: what a candidate is made of, and what rules can ask for, has no place for them: nothing could be permuted.
TEST(Candidate, HasNoFieldForSexRaceOrReligion) {
  std::set<std::string> seen, words;
  for (const auto* type : {v1::Member::descriptor(), v1::Wishes::descriptor(), v1::Declarations::descriptor(),
                           programme::v1::EligibilityRule::descriptor(), programme::v1::PriorityTier::descriptor()}) {
    CollectFields(type, seen, words);
  }
  EXPECT_THAT(words, testing::IsSupersetOf({"section", "duty", "language", "classes"}));  // it still finds fields
  for (const char* forbidden : {"sex", "sexes", "gender", "genders", "race", "races", "ethnicity", "religion",
                                "religions", "belief", "faith", "colour", "color", "orientation"}) {
    EXPECT_EQ(words.count(forbidden), 0u) << forbidden;
  }
}

TEST(Judge, LetsNobodyThroughARuleItDoesNotKnow) {
  Programme programme = test::Inbound();
  auto& rule = *programme.add_eligibility();
  rule.set_id("of-tomorrow");
  rule.set_reason("OF_TOMORROW");
  EXPECT_THAT(Reasons(programme, Applicant()), ElementsAre("OF_TOMORROW"));
}

// A5-04
TEST(SetAside, MakesEligibleWhoFailsByOverriddenRulesAlone) {
  Applicant applicant;
  *applicant.wishes.mutable_earliest_start() = Date("2026-05-01");
  auto results = JudgeIn(test::Inbound(), applicant);
  EXPECT_FALSE(IsEligible(results));
  google::protobuf::RepeatedPtrField<v1::RuleOverridden> overrides;
  overrides.Add()->set_rule("notice");
  SetAside(results, overrides);
  EXPECT_TRUE(IsEligible(results));
}

std::string WrongFields(const Applicant& applicant) {
  FieldErrors wrong;
  CheckWishes(applicant.wishes, applicant.declarations, wrong);
  const auto bad = DetailOf<google::rpc::BadRequest>(wrong.ToStatus());
  std::string fields;
  if (bad.ok()) {
    for (const auto& violation : bad->field_violations()) absl::StrAppend(&fields, violation.field(), " ");
  }
  return fields;
}

TEST(CheckWishes, RefusesPeriodsThatAreReversedOrTooShortForTheStay) {
  EXPECT_EQ(WrongFields(Applicant()), "");
  Applicant reversed;
  *reversed.wishes.mutable_latest_end() = Date("2026-06-30");
  EXPECT_EQ(WrongFields(reversed), "wishes.latest_end ");
  Applicant tight;
  *tight.wishes.mutable_latest_end() = Date("2026-07-21");
  EXPECT_EQ(WrongFields(tight), "");
  *tight.wishes.mutable_latest_end() = Date("2026-07-20");
  EXPECT_EQ(WrongFields(tight), "wishes.stay_days ");
  Applicant half;
  *half.declarations.mutable_private_travel_start() = Date("2026-09-01");
  EXPECT_EQ(WrongFields(half), "declarations.private_travel_end ");
  *half.declarations.mutable_private_travel_end() = Date("2026-08-01");
  EXPECT_EQ(WrongFields(half), "declarations.private_travel_end ");
}

// The results of a request under the programme, by rule.
std::map<std::string, v1::RuleResult> JudgedRequest(const programme::v1::Programme& programme,
                                                    const v1::Assistance& assistance) {
  const v1::Wishes wishes = test::GoodWishes();
  const v1::Declarations none;
  std::map<std::string, v1::RuleResult> results;
  for (auto& result : Judge(programme, {{}, wishes, none, Day("2026-02-02"), &assistance})) {
    results[result.rule()] = result;
  }
  return results;
}

// A3-10, A3-11, A3-12
TEST(Judge, TakesRequestsWithinScopeAloneAndSaysAllReasonsAtOnce) {
  const programme::v1::Programme& programme = **test::RealProgrammes().Find("programmes/ipas-assistance");
  v1::Assistance good;
  good.set_requester("organisations/interior");
  good.set_requester_type(programme::v1::REQUESTER_TYPE_FOREIGN_GOVERNMENT);
  good.set_category(programme::v1::ASSISTANCE_CATEGORY_ADVICE);
  good.set_service_area("public-protection");
  for (const auto& [rule, result] : JudgedRequest(programme, good)) EXPECT_TRUE(result.holds()) << rule;
  v1::Assistance bad = good;
  bad.set_category(programme::v1::ASSISTANCE_CATEGORY_OPERATIONAL);
  bad.set_service_area("catering");
  auto results = JudgedRequest(programme, bad);
  EXPECT_EQ(results["scope"].reason(), "OUT_OF_SCOPE");
  EXPECT_THAT(results["scope"].explanation(), HasSubstr("operational; possible: course, advice, mentoring"));
  EXPECT_EQ(results["service-area"].reason(), "SERVICE_AREA");
  EXPECT_TRUE(results["requester"].holds());
  for (int type = 1; type < programme::v1::RequesterType_ARRAYSIZE; ++type) {
    good.set_requester_type(static_cast<programme::v1::RequesterType>(type));
    EXPECT_TRUE(JudgedRequest(programme, good)["requester"].holds()) << type;
  }
}

// A5-10: nobody is let through by a rule that asks for somebody else.
TEST(Judge, RefusesAPersonWhereAnOrganisationAppliesAndTheOtherWayRound) {
  const programme::v1::Programme& course = **test::RealProgrammes().Find("programmes/college-course");
  const Applicant person;
  EXPECT_THAT(Reasons(course, person), testing::IsSupersetOf({"REQUESTER_TYPE", "OUT_OF_SCOPE", "SERVICE_AREA"}));
  v1::Assistance request;
  request.set_requester("organisations/interior");
  EXPECT_EQ(JudgedRequest(test::Inbound(), request)["membership"].explanation(), "No person applies.");
}

// A1-02, A1-03
TEST(Judge, JudgesEachOfACohortAndTheirNumber) {
  const programme::v1::Programme& programme = **test::RealProgrammes().Find("programmes/ipet-fellowship");
  v1::Member first = test::GoodMember(), second = test::GoodMember(), third = test::GoodMember();
  first.set_section("organisations/police-of-armenia");
  second.set_section("organisations/police-of-armenia");
  second.set_name("members/M-18");
  third.set_duty_status(programme::v1::DUTY_STATUS_RETIRED);
  v1::Declarations declared;
  declared.set_rank("MAJOR");
  declared.set_service_years(9);
  const v1::Wishes wishes = test::GoodWishes();
  const auto judged = [&](const std::vector<v1::Member>& persons, const std::string& rule) {
    std::vector<std::string> told;
    for (const auto& result : Judge(programme, {persons, wishes, declared, Day("2026-02-02")})) {
      if (result.rule() == rule) told.push_back(absl::StrCat(result.person(), result.holds() ? "+" : "-"));
    }
    return told;
  };
  EXPECT_THAT(judged({first, second}, "cohort"), ElementsAre("+"));
  EXPECT_THAT(judged({first}, "cohort"), ElementsAre("-"));
  EXPECT_THAT(judged({first, second, second}, "cohort"), ElementsAre("-"));
  EXPECT_THAT(judged({first, third}, "cohort"), ElementsAre("-")) << "of two homes";
  EXPECT_THAT(judged({first, second}, "duty"), ElementsAre("members/M-17+", "members/M-18+"));
  EXPECT_THAT(judged({second, third}, "duty"), ElementsAre("members/M-18+", "members/M-17-"));
  EXPECT_THAT(judged({first, second}, "seniority"), ElementsAre("+"));
  declared.set_rank("sergeant");
  EXPECT_THAT(judged({first, second}, "seniority"), ElementsAre("-"));
}

// All that is wrong, a line each.
template <typename Request>
std::string WrongWith(const programme::v1::Programme& programme, const Request& request) {
  std::string lines;
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckApplicants(programme, request));
  if (!bad.ok()) return lines;
  for (const auto& violation : bad->field_violations()) {
    absl::StrAppend(&lines, violation.field(), ": ", violation.description(), "\n");
  }
  return lines;
}

TEST(CheckApplicants, TellsWhoHasToApply) {
  v1::SubmitApplicationRequest person, request;
  person.set_member("members/M-17");
  request.mutable_assistance()->set_requester("organisations/interior");
  const programme::v1::Programme& course = **test::RealProgrammes().Find("programmes/college-course");
  const programme::v1::Programme& fellowship = **test::RealProgrammes().Find("programmes/ipet-fellowship");
  EXPECT_TRUE(CheckApplicants(test::Inbound(), person).ok());
  EXPECT_TRUE(CheckApplicants(course, request).ok());
  EXPECT_THAT(WrongWith(course, person), testing::AllOf(HasSubstr("assistance"), HasSubstr("member")));
  EXPECT_THAT(WrongWith(test::Inbound(), request), HasSubstr("member: is missing"));
  person.add_fellows("members/M-17");
  EXPECT_THAT(WrongWith(fellowship, person), HasSubstr("fellows[0]: is named already"));
  EXPECT_THAT(WrongWith(test::Inbound(), person), HasSubstr("nobody goes together"));
}

}  // namespace
}  // namespace amikeco::applicant
