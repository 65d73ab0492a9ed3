// The cast and the oracle, without services: what is dealt suits the programmes of the tree, and the oracle's words for
// their rules say what the applicant service's say.
#include "demo/cast.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "common/base/dates.h"
#include "demo/oracle.h"
#include "demo/programmes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "programmes/programmes.h"
#include "services/applicant/award.h"
#include "services/applicant/eligibility.h"

namespace amikeco::demo {
namespace {

using ::testing::HasSubstr;

constexpr int kOfficers = 40;
constexpr int kSeeds = 60;

std::vector<programme::v1::Programme> ProgrammesOfTheTree() {
  const auto loaded = Programmes::Load("programmes");
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  std::vector<programme::v1::Programme> programmes;
  for (const auto* programme : loaded->Latest()) programmes.push_back(*programme);
  return programmes;
}

class CastTest : public ::testing::Test {
 protected:
  // No two seeds begin on days of the same month's position, so that months of every length are counted over.
  static absl::CivilDay FirstDay(int seed) { return absl::CivilDay(2026, 1, 1) + 11 * seed; }
  Cast Deal(int seed) const {
    return MakeCast(seed, kOfficers, FirstDay(seed), programmes_, FindExchange(programmes_).value());
  }

  const std::vector<programme::v1::Programme> programmes_ = ProgrammesOfTheTree();
};

// What the service finds against the applicant.
std::set<std::string> ReasonsOfTheService(const Applicant& applicant, absl::CivilDay today) {
  const absl::CivilDay received = today + applicant.submit_day;
  std::vector<applicant::v1::Member> persons;
  for (const std::string& name : applicant.persons()) {
    applicant::v1::Member& person = persons.emplace_back();
    person.set_name(name);
    person.set_section(applicant.home);
    person.set_duty_status(applicant.duty);
    if (applicant.membership.has_since()) *person.mutable_membership() = applicant.membership;
  }
  applicant::v1::Beneficiary child;
  applicant::v1::Intake intake;
  if (IsForChildren(*applicant.programme)) {
    *child.mutable_birth_date() = ToDate(applicant.child_born);
    *intake.mutable_first_day() = applicant.wishes.earliest_start();
  }
  const int age = applicant::BeneficiaryAgeOf(child, *applicant.programme, received, &intake);
  const auto results = applicant::Judge(
      *applicant.programme, {persons, applicant.wishes, applicant.declarations, received, &applicant.assistance, age});
  std::set<std::string> reasons;
  for (const auto& result : results) {
    if (!result.holds()) reasons.insert(result.reason());
  }
  return reasons;
}

TEST_F(CastTest, OracleAndServiceFindTheSameAgainstEachApplicant) {
  std::set<std::string> seen;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    for (const Applicant& applicant : Deal(seed).applicants) {
      const auto reasons = ReasonsAgainst(applicant, FirstDay(seed));
      EXPECT_EQ(reasons, ReasonsOfTheService(applicant, FirstDay(seed)))
          << applicant.application << " to " << applicant.programme->name();
      seen.insert(reasons.begin(), reasons.end());
    }
  }
  // Each way of being refused that these programmes leave open was dealt.
  for (const char* reason :
       {"COHORT_INCOMPLETE", "OUT_OF_SCOPE", "SERVICE_AREA", "NOT_SENIOR", "STAY_LENGTH", "NOT_A_PARTNER_AGENCY",
        "SECTION_NOT_PARTICIPATING", "NOT_MEMBER", "TENURE_TOO_SHORT", "CHILD_AGE", "ASSOCIATE_MEMBER"}) {
    EXPECT_TRUE(seen.contains(reason)) << reason;
  }
}

TEST_F(CastTest, ExactlyThoseAreForetoldIneligibleWhosePlotSaysSo) {
  for (int seed = 1; seed <= kSeeds; ++seed) {
    const Cast cast = Deal(seed);
    for (const Applicant& applicant : cast.applicants) {
      const Ending ending = Foretell(cast, applicant, FirstDay(seed));
      EXPECT_EQ(ending.state == "INELIGIBLE", applicant.plot == Plot::kIneligible)
          << applicant.application << " to " << applicant.programme->name() << ": " << Title(applicant.plot);
    }
  }
}

TEST_F(CastTest, EachProgrammeOfTheTreeIsPlayedWithSeveralEndings) {
  const Cast cast = Deal(1);
  std::map<std::string, std::set<std::string>> endings;
  for (const Applicant& applicant : cast.applicants) {
    endings[applicant.programme->name()].insert(Foretell(cast, applicant, FirstDay(1)).state);
  }
  for (const auto& programme : programmes_) {
    EXPECT_EQ(WhyNotPlayed(programme), "") << programme.name();
    // An award that nobody accepts is handed on.
    const bool lapses = endings[programme.name()].contains("LAPSED");
    EXPECT_TRUE(lapses || programme.selection().answer_days() == 0) << programme.name();
    for (const char* good : {"AWARDED", "NOT_SELECTED"}) {
      EXPECT_EQ(endings[programme.name()].contains(good), IsJudged(programme)) << programme.name();
    }
    EXPECT_NE(endings[programme.name()].contains("CLOSED"), IsJudged(programme)) << programme.name();
    EXPECT_TRUE(endings[programme.name()].contains("INELIGIBLE")) << programme.name();
    EXPECT_TRUE(endings[programme.name()].contains("WITHDRAWN")) << programme.name();
  }
}

TEST_F(CastTest, OfTwoRequestsThatWantOneSeatTheOneWithMorePointsHasIt) {
  const Cast cast = Deal(1);
  int won = 0;
  for (const Applicant& applicant : cast.applicants) {
    if (!applicant.is_organisation() || applicant.private_seat < 0) continue;
    const bool wins = applicant.plot == Plot::kSeatWon;
    EXPECT_EQ(Foretell(cast, applicant, FirstDay(1)).state, wins ? "CLOSED" : "UNPLACED");
    won += wins ? 1 : 0;
  }
  EXPECT_EQ(won, 1);
}

TEST_F(CastTest, NoTwoEntriesOfACallHaveAsManyPoints) {
  const Cast cast = MakeCast(1, 2000, FirstDay(1), programmes_, FindExchange(programmes_).value());
  std::set<std::pair<int, int>> points;
  for (const Applicant& applicant : cast.applicants) {
    if (applicant.intake < 0) continue;
    EXPECT_TRUE(points.insert({applicant.intake, applicant.points}).second) << applicant.application;
    EXPECT_LE(applicant.points, kJurors * kMostPoints);
    EXPECT_GE(applicant.points, 0);
  }
  EXPECT_EQ(cast.intakes.size(), 4);
}

TEST_F(CastTest, OtherProgrammesChangeNothingInTheStoriesOfTheExchange) {
  const size_t exchange = FindExchange(programmes_).value();
  const Cast all = Deal(7);
  const std::vector<programme::v1::Programme> only{programmes_[exchange]};
  const Cast alone = MakeCast(7, kOfficers, FirstDay(7), only, 0);
  ASSERT_EQ(alone.applicants.size(), kOfficers);
  for (size_t i = 0; i < kOfficers; ++i) {
    EXPECT_EQ(all.applicants[i].application, alone.applicants[i].application);
    EXPECT_EQ(all.applicants[i].plot, alone.applicants[i].plot);
    EXPECT_EQ(all.applicants[i].wishes.SerializeAsString(), alone.applicants[i].wishes.SerializeAsString());
  }
}

TEST_F(CastTest, AProgrammeOfAKindThatCannotBePlayedIsNotPlayed) {
  programme::v1::Programme programme = programmes_.front();
  programme.mutable_matching()->set_mode(programme::v1::MatchingRules::MODE_UNSPECIFIED);
  EXPECT_THAT(WhyNotPlayed(programme), HasSubstr("MODE_UNSPECIFIED"));
  programme = programmes_.front();
  programme.add_eligibility()->set_id("stars-are-right");
  EXPECT_THAT(WhyNotPlayed(programme), HasSubstr("stars-are-right"));
}

}  // namespace
}  // namespace amikeco::demo
