#include "services/applicant/public_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/applicant/test_world.h"

namespace amikeco::applicant::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::AssistedActivity;
using v1::Figures;
using v1::PublicReport;

// Every year up to 2025 is over.
const char* const kToday = "2026-02-02";

AssistedActivity Activity(const std::string& country, int64_t units, int year = 2024,
                          const std::string& area = "leadership", const std::string& currency = "GBP") {
  AssistedActivity activity;
  activity.set_name("assistedActivities/x");
  activity.set_programme(kInboundName);
  activity.set_country(country);
  activity.set_service_area(area);
  activity.set_year(year);
  if (units > 0) {
    activity.mutable_amount()->set_currency_code(currency);
    activity.mutable_amount()->set_units(units);
  }
  return activity;
}

// All that was recorded, and all reports on it.
struct Office {
  void Record(const AssistedActivity& activity) { activities.push_back(activity); }
  absl::Status Publish(const programme::v1::Programme& programme = Inbound(), const Actor& actor = kCoordinator) {
    std::vector<AssistedActivity> waiting;
    std::vector<size_t> of;
    for (size_t i = 0; i < activities.size(); ++i) {
      if (!IsWaiting(activities[i])) continue;
      waiting.push_back(activities[i]);
      of.push_back(i);
    }
    v1::PublishReportRequest request;
    request.set_programme(programme.name());
    const PublicReport before = reports.empty() ? PublicReport() : reports.back();
    const auto publication = Decide(before, waiting, request, ReportCircumstance{Noon(kToday), actor, programme});
    if (!publication.ok()) return publication.status();
    reports.push_back(Evolve(PublicReport(), publication->published));
    for (size_t i = 0; i < waiting.size(); ++i) {
      if (!publication->reported[i].has_reported()) continue;
      activities[of[i]] = Evolve(activities[of[i]], publication->reported[i]);
    }
    return absl::OkStatus();
  }
  Figures Ask(int year = 0, const std::string& area = "") const { return FiguresOf(reports.back(), year, area); }

  std::vector<AssistedActivity> activities;
  std::vector<PublicReport> reports;
};

constexpr const char* kFive[] = {"AL", "GE", "KE", "MK", "HK"};

int64_t Pounds(const Figures& figures) { return figures.amounts().empty() ? 0 : figures.amounts(0).units(); }

// A3-14
TEST(PublicReport, GivesTheSumsOfFiveCountriesAndNotOfFour) {
  Office office;
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 2; ++k) office.Record(Activity(kFive[i], 100));
  }
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(office.Ask().activities(), 0);
  EXPECT_THAT(office.Ask().amounts(), IsEmpty());
  for (int k = 0; k < 2; ++k) office.Record(Activity(kFive[4], 100));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(office.Ask().activities(), 10);
  EXPECT_EQ(Pounds(office.Ask()), 1000);
  EXPECT_EQ(Pounds(office.Ask(2024, "leadership")), 1000);
  EXPECT_EQ(Pounds(office.Ask(2023, "leadership")), 0);
}

// A3-14
TEST(PublicReport, GivesNoSumOfWhichOneCountryIsNearlyAll) {
  Office office;
  office.Record(Activity("AL", 9500));
  for (const char* country : {"GE", "KE", "MK", "HK", "BM"}) office.Record(Activity(country, 100));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_THAT(office.Ask().amounts(), IsEmpty());
  EXPECT_THAT(office.reports.back().countries(), ElementsAre("AL", "BM", "GE", "HK", "KE", "MK"));
}

// A3-14: the second largest knows its own part.
TEST(PublicReport, GivesNoSumThatTellsOneCountryOfAnother) {
  Office office;
  office.Record(Activity("AL", 5000));
  office.Record(Activity("GE", 4900));
  for (const char* country : {"KE", "MK", "HK"}) office.Record(Activity(country, 10));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_THAT(office.Ask().amounts(), IsEmpty());
}

// A3-14: five activities of five countries would be one of each.
TEST(PublicReport, GivesNoNumberThatIsOneOfEachCountry) {
  Office office;
  for (const char* country : kFive) office.Record(Activity(country, 100));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(office.Ask().activities(), 0);
  EXPECT_EQ(Pounds(office.Ask()), 500);
}

// A3-14: each currency is a figure of its own.
TEST(PublicReport, GivesNoSumInACurrencyThatFewWerePaidIn) {
  Office office;
  for (const char* country : kFive) office.Record(Activity(country, 100));
  office.Record(Activity("KE", 70, 2024, "leadership", "EUR"));
  ASSERT_TRUE(office.Publish().ok());
  ASSERT_EQ(office.Ask().amounts_size(), 1);
  EXPECT_EQ(office.Ask().amounts(0).currency_code(), "GBP");
}

// A3-14
TEST(PublicReport, PutsSmallGroupsTogetherByYearAndThenInAll) {
  Office office;
  for (const char* country : kFive) office.Record(Activity(country, 100, 2024, "leadership"));
  for (const char* country : {"AL", "GE", "KE"}) office.Record(Activity(country, 10, 2024, "command"));
  for (const char* country : {"MK", "HK"}) office.Record(Activity(country, 10, 2024, "intelligence"));
  for (const char* country : {"AL", "GE", "KE"}) office.Record(Activity(country, 1, 2023, "command"));
  for (const char* country : {"MK", "HK"}) office.Record(Activity(country, 1, 2022, "command"));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(Pounds(office.Ask(2024, "leadership")), 500);
  EXPECT_EQ(Pounds(office.Ask(2024, "command")), 0);
  EXPECT_EQ(Pounds(office.Ask(0, "command")), 0);
  EXPECT_EQ(Pounds(office.Ask(2024)), 550);
  EXPECT_EQ(Pounds(office.Ask(2023)), 0);
  EXPECT_EQ(Pounds(office.Ask()), 555);
}

// A3-14: the same question before and after one more activity.
TEST(PublicReport, DoesNotAddOneActivityToAFigure) {
  Office office;
  for (const char* country : kFive) office.Record(Activity(country, 100));
  ASSERT_TRUE(office.Publish().ok());
  office.Record(Activity("KE", 700));
  EXPECT_EQ(ReasonOf(office.Publish()), "NOTHING_TO_PUBLISH");
  EXPECT_EQ(Pounds(office.Ask()), 500);
  for (const char* country : {"AL", "GE", "MK", "HK"}) office.Record(Activity(country, 700));
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(Pounds(office.Ask()), 4000);
  EXPECT_EQ(Pounds(FiguresOf(office.reports.front(), 0, "")), 500) << "a report never changes";
}

// A3-15
TEST(PublicReport, NamesEachCountryOnceAndOnlyThoseOfYearsThatCountAndAreOver) {
  programme::v1::Programme programme = Inbound();
  programme.mutable_disclosure()->set_countries_since(2017);
  Office office;
  for (const int year : {2017, 2018, 2025}) office.Record(Activity("MK", 1, year));
  office.Record(Activity("FK", 1, 2016));
  office.Record(Activity("HK", 1, 2026));
  ASSERT_TRUE(office.Publish(programme).ok());
  EXPECT_THAT(office.reports.back().countries(), ElementsAre("MK"));
}

TEST(PublicReport, IsPublishedByTheOperatorAlone) {
  Office office;
  office.Record(Activity("MK", 1));
  const Actor other{"people/olaf", "organisations/other", {options::v1::ROLE_COORDINATOR}};
  EXPECT_EQ(ReasonOf(office.Publish(Inbound(), other)), "NOT_YOUR_PROGRAMME");
}

TEST(PublicReport, AddsUpBillionths) {
  Office office;
  for (const char* country : kFive) {
    office.Record(Activity(country, 1));
    office.activities.back().mutable_amount()->set_nanos(500'000'000);
  }
  ASSERT_TRUE(office.Publish().ok());
  EXPECT_EQ(office.Ask().amounts(0).units(), 7);
  EXPECT_EQ(office.Ask().amounts(0).nanos(), 500'000'000);
}

v1::RecordAssistedActivityRequest GoodRecord() {
  v1::RecordAssistedActivityRequest request;
  request.set_programme(kInboundName);
  request.set_country("MK");
  request.set_service_area("leadership");
  request.set_year(2024);
  request.mutable_amount()->set_currency_code("GBP");
  request.mutable_amount()->set_units(100);
  return request;
}

absl::StatusOr<std::vector<v1::AssistedActivityFact>> Record(const AssistedActivity& activity,
                                                             const v1::RecordAssistedActivityRequest& request,
                                                             const Actor& actor = kCoordinator) {
  return Decide(activity, request, "assistedActivities/1", Territory{"MK", "North Macedonia", true, {}},
                ReportCircumstance{Noon(kToday), actor, Inbound()});
}

TEST(RecordActivity, SaysEverythingThatIsWrong) {
  v1::RecordAssistedActivityRequest request = GoodRecord();
  request.set_year(2027);
  request.mutable_amount()->set_units(-1);
  const auto bad = DetailOf<google::rpc::BadRequest>(Record({}, request).status());
  ASSERT_TRUE(bad.ok());
  std::vector<std::string> fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, ElementsAre("year", "amount"));
  EXPECT_EQ(ReasonOf(Record({}, GoodRecord(), kSection).status()), "NOT_YOUR_PROGRAMME");
}

TEST(RecordActivity, ChangesNothingWhenItIsThereAndRefusesOtherContent) {
  const auto facts = Record({}, GoodRecord());
  ASSERT_TRUE(facts.ok()) << facts.status();
  AssistedActivity activity = Evolve(AssistedActivity(), facts->front());
  activity.set_counted_in(3);
  EXPECT_THAT(*Record(activity, GoodRecord()), IsEmpty());
  v1::RecordAssistedActivityRequest other = GoodRecord();
  other.mutable_amount()->set_units(101);
  EXPECT_EQ(ReasonOf(Record(activity, other).status()), "ACTIVITY_EXISTS");
}

// A country that was paid nothing must not make up the number of those whose sum is told.
TEST(RecordActivity, KeepsNoAmountOfNothing) {
  v1::RecordAssistedActivityRequest request = GoodRecord();
  request.mutable_amount()->set_units(0);
  EXPECT_FALSE(Record({}, request)->front().recorded().activity().has_amount());
}

// ---- An attacker who has every answer to every question about every report. ----

using Place = std::pair<int, std::string>;

constexpr int kYears[] = {2022, 2023, 2024};
constexpr const char* kAreas[] = {"command", "leadership"};

// Year 0 and area "" are of all.
std::vector<Place> Questions() {
  std::vector<Place> questions = {{0, ""}};
  for (const char* area : kAreas) questions.emplace_back(0, area);
  for (const int year : kYears) {
    questions.emplace_back(year, "");
    for (const char* area : kAreas) questions.emplace_back(year, area);
  }
  return questions;
}

bool IsAbout(const Place& question, const Place& place) {
  return (question.first == 0 || question.first == place.first) &&
         (question.second.empty() || question.second == place.second);
}

Place PlaceOf(const AssistedActivity& activity) { return {activity.year(), activity.service_area()}; }

// Activities of eight countries, and a number (0, 1, 2) of the report before which each is recorded. First there are
// most countries everywhere, so that much is told; then a few, so that differences between reports are tempting.
struct Recorded {
  AssistedActivity activity;
  int batch;
};
constexpr int kChances[] = {80, 20, 45};

std::vector<Recorded> History(uint32_t seed) {
  std::mt19937 dice(seed);
  std::vector<Recorded> history;
  for (int batch = 0; batch < 3; ++batch) {
    for (const int year : kYears) {
      for (const char* area : kAreas) {
        for (const char* country : {"AL", "BM", "FK", "GE", "HK", "KE", "MK", "PS"}) {
          if (static_cast<int>(dice() % 100) >= kChances[batch]) continue;
          history.push_back({Activity(country, 1000 + static_cast<int64_t>(dice() % 5000), year, area), batch});
        }
      }
    }
  }
  return history;
}

// The factor of each activity in one answer.
using Factors = std::vector<int>;

// The groups that grew from one report to the next.
std::set<Place> Grown(const PublicReport& before, const PublicReport& after) {
  std::map<Place, int64_t> sums;
  for (const auto& group : before.groups()) sums[{group.year(), group.service_area()}] = Pounds(group.figures());
  std::set<Place> grown;
  for (const auto& group : after.groups()) {
    const Place place{group.year(), group.service_area()};
    if (Pounds(group.figures()) != sums[place]) grown.insert(place);
  }
  return grown;
}

// The product's answers. An activity is in the narrowest group of its own that grew with the report which took it up;
// that each answer is the sum of the activities which it is thought to hold, is checked.
std::vector<Factors> AnswersOfTheProduct(const std::vector<Recorded>& history) {
  Office office;
  for (int batch = 0; batch < 3; ++batch) {
    for (const Recorded& one : history) {
      if (one.batch == batch) office.Record(one.activity);
    }
    const absl::Status status = office.Publish();
    EXPECT_TRUE(status.ok() || ReasonOf(status) == "NOTHING_TO_PUBLISH") << status;
  }
  std::vector<std::set<Place>> grown;
  for (size_t i = 0; i < office.reports.size(); ++i) {
    grown.push_back(Grown(i == 0 ? PublicReport() : office.reports[i - 1], office.reports[i]));
  }
  std::vector<Factors> answers;
  for (const PublicReport& report : office.reports) {
    for (const Place& question : Questions()) {
      Factors factors;
      int64_t sum = 0;
      for (const AssistedActivity& activity : office.activities) {
        const int report_of = activity.summed_in();
        bool is_in = report_of != 0 && report_of <= report.number();
        if (is_in) {
          const Place narrow = PlaceOf(activity);
          const auto& groups = grown[static_cast<size_t>(report_of - 1)];
          Place place = groups.contains(narrow) ? narrow : Place(narrow.first, "");
          if (!groups.contains(place)) place = Place(0, "");
          is_in = IsAbout(question, place);
        }
        factors.push_back(is_in ? 1 : 0);
        sum += is_in ? activity.amount().units() : 0;
      }
      EXPECT_EQ(sum, Pounds(FiguresOf(report, question.first, question.second)));
      answers.push_back(factors);
    }
  }
  return answers;
}

// A report that gives each sum of five countries or more, as of the day it is asked.
std::vector<Factors> AnswersOfANaiveReport(const std::vector<Recorded>& history) {
  std::vector<Factors> answers;
  for (int batch = 0; batch < 3; ++batch) {
    for (const Place& question : Questions()) {
      Factors factors;
      std::set<std::string> countries;
      for (const Recorded& one : history) {
        const bool is_in = one.batch <= batch && IsAbout(question, PlaceOf(one.activity));
        factors.push_back(is_in ? 1 : 0);
        if (is_in) countries.insert(one.activity.country());
      }
      if (countries.size() >= kLeastCountries) answers.push_back(factors);
    }
  }
  return answers;
}

// Puts answers together, and looks at which countries are left.
class Attacker {
 public:
  // `countries` of the activities, as bits.
  Attacker(const std::vector<uint32_t>& countries, const std::vector<Factors>& answers) {
    // Activities that have the same factor in every answer always come together.
    std::map<Factors, uint32_t> columns;
    for (size_t i = 0; i < countries.size(); ++i) {
      Factors column;
      for (const Factors& answer : answers) column.push_back(answer[i]);
      columns[column] |= countries[i];
    }
    std::set<Factors> rows;
    for (size_t row = 0; row < answers.size(); ++row) {
      Factors factors;
      for (const auto& [column, mask] : columns) factors.push_back(column[row]);
      if (factors != Factors(factors.size())) rows.insert(factors);
    }
    rows_.assign(rows.begin(), rows.end());
    for (const auto& [column, mask] : columns) masks_.push_back(mask);
  }

  size_t answers() const { return rows_.size(); }

  // The fewest countries in any combination of up to four answers with factors from -2 to 2.
  int FewestInFourAnswers() const {
    int fewest = 99;
    Try(Factors(masks_.size()), 0, 4, fewest);
    return fewest;
  }

  // True when a combination of any number of answers with any factors holds countries of `mask` and no others: one that
  // is zero in the columns of all others, and not everywhere.
  bool CanIsolate(uint32_t mask) const {
    std::vector<Factors> others = rows_;
    for (Factors& row : others) {
      for (size_t i = 0; i < row.size(); ++i) {
        if ((masks_[i] & ~mask) == 0) row[i] = 0;
      }
    }
    return Rank(others) < Rank(rows_);
  }

 private:
  void Try(const Factors& sum, size_t from, int left, int& fewest) const {
    uint32_t countries = 0;
    for (size_t i = 0; i < sum.size(); ++i) countries |= sum[i] != 0 ? masks_[i] : 0;
    if (countries != 0) fewest = std::min(fewest, std::popcount(countries));
    if (left == 0) return;
    Factors next(sum.size());
    for (size_t row = from; row < rows_.size(); ++row) {
      for (const int factor : {-2, -1, 1, 2}) {
        for (size_t i = 0; i < next.size(); ++i) next[i] = sum[i] + factor * rows_[row][i];
        Try(next, row + 1, left - 1, fewest);
      }
    }
  }

  // Modulo a prime far above all factors, so that it is exact but for a chance of one in a million.
  static int Rank(const std::vector<Factors>& matrix) {
    constexpr int64_t kPrime = 1'000'000'007;
    std::vector<std::vector<int64_t>> rows;
    for (const Factors& row : matrix) rows.emplace_back(row.begin(), row.end());
    size_t rank = 0;
    for (size_t column = 0; column < rows[0].size() && rank < rows.size(); ++column) {
      size_t pivot = rank;
      while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
      if (pivot == rows.size()) continue;
      std::swap(rows[pivot], rows[rank]);
      for (size_t row = rank + 1; row < rows.size(); ++row) {
        // Without division: each row times the other's leading factor.
        const int64_t mine = rows[rank][column], theirs = rows[row][column];
        for (size_t i = 0; i < rows[row].size(); ++i) {
          rows[row][i] = ((rows[row][i] * mine - rows[rank][i] * theirs) % kPrime + kPrime) % kPrime;
        }
      }
      ++rank;
    }
    return static_cast<int>(rank);
  }

  std::vector<Factors> rows_;    // the answers, each once, by column
  std::vector<uint32_t> masks_;  // the countries of each column
};

std::vector<uint32_t> CountriesOf(const std::vector<Recorded>& history) {
  std::map<std::string, uint32_t> bits;
  std::vector<uint32_t> countries;
  for (const Recorded& one : history) {
    countries.push_back(bits.emplace(one.activity.country(), 1u << bits.size()).first->second);
  }
  return countries;
}

constexpr uint32_t kSeeds = 8;

// A3-14
TEST(Attack, FindsNoFewerThanFiveCountriesInAnyFourAnswers) {
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    const auto history = History(seed);
    const Attacker attacker(CountriesOf(history), AnswersOfTheProduct(history));
    EXPECT_GE(attacker.answers(), 12u) << "seed " << seed << ": a report that says nothing is no proof";
    EXPECT_GE(attacker.FewestInFourAnswers(), kLeastCountries) << "seed " << seed;
  }
}

// A3-14: whatever the attacker does with all answers at once.
TEST(Attack, IsolatesNoFourCountriesByAnyLinearCombinationOfAllAnswers) {
  for (uint32_t seed = 1; seed <= 100; ++seed) {
    const auto history = History(seed);
    const Attacker attacker(CountriesOf(history), AnswersOfTheProduct(history));
    for (uint32_t mask = 1; mask < 256; ++mask) {
      if (std::popcount(mask) >= kLeastCountries) continue;
      EXPECT_FALSE(attacker.CanIsolate(mask)) << "seed " << seed << " countries " << mask;
    }
  }
}

// That the attacker is one: small groups alone are not enough.
TEST(Attack, FindsSingleCountriesInAReportThatOnlyLeavesOutSmallGroups) {
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    const auto history = History(seed);
    const Attacker attacker(CountriesOf(history), AnswersOfANaiveReport(history));
    EXPECT_EQ(attacker.FewestInFourAnswers(), 1) << "seed " << seed;
    bool found = false;
    for (uint32_t mask = 1; mask < 256; mask *= 2) found = found || attacker.CanIsolate(mask);
    EXPECT_TRUE(found) << "seed " << seed;
  }
}

}  // namespace
}  // namespace amikeco::applicant::test
