#include "services/compliance/screening/screener.h"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/seed.h"

namespace amikeco::screening {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Entry Listed(std::string id, std::vector<ListedName> names, std::vector<std::string> births = {},
             std::vector<std::string> nationalities = {}) {
  Entry entry;
  entry.list = "list";
  entry.id = std::move(id);
  entry.kind = Kind::kPerson;
  entry.names = std::move(names);
  for (const std::string& birth : births) entry.births.push_back(*ParseBirth(birth));
  entry.nationalities = std::move(nationalities);
  return entry;
}

// A list of invented people, large enough that words can be rare.
std::vector<Entry> List() {
  std::vector<Entry> entries = {
      Listed("brezovsky",
             {{"BREZOVSKY, Zoltan Istvan"}, {"Soltan Brezoffsky", Quality::kStrong}, {"Kalapos", Quality::kWeak}},
             {"1961-03-04"}, {"HU"}),
      Listed("harthi", {{"Salim bin Tariq AL-HARTHI"}}, {"1975"}, {"YE"}),
      Listed("undated", {{"Ingemar Löfgrensson"}}, {}, {"SE"}),
  };
  entries[0].places = {"Szolnok, HU"};
  entries.push_back(Listed("ship", {{"ODALYS KVIST"}}));
  entries.back().kind = Kind::kVessel;
  std::mt19937 random(5);
  const std::string letters = "bdfgklmnprstvzaeiou";
  const auto word = [&] {
    std::string text;
    for (int i = 0; i < 7; ++i) text += letters[random() % letters.size()];
    return text;
  };
  for (int i = 0; i < 500; ++i) {
    entries.push_back(Listed(absl::StrCat("other", i),
                             {{absl::StrCat(i % 4 == 0 ? "Salim " : "Tariq ", word(), " ", word())}}, {"1950"}));
  }
  return entries;
}

class ScreenSubject : public testing::Test {
 protected:
  static void SetUpTestSuite() { screener_ = new Screener(List(), Countries::None()); }
  static void TearDownTestSuite() { delete screener_; }

  static Subject Of(std::string name, const char* birth = "", std::vector<std::string> nationalities = {}) {
    Subject subject;
    subject.names = {std::move(name)};
    subject.birth = ParseBirth(birth);
    subject.nationalities = std::move(nationalities);
    return subject;
  }
  static Screening Screen(const Subject& subject) { return screener_->Screen(subject, Thresholds()); }
  static std::vector<std::string> Ids(const Screening& screening) {
    std::vector<std::string> ids;
    for (const Hit& hit : screening.hits) ids.push_back(screener_->entries()[hit.entry].id);
    return ids;
  }

  static Screener* screener_;
};
Screener* ScreenSubject::screener_ = nullptr;

TEST_F(ScreenSubject, ClearsWhoIsOnNoList) {
  const Screening screening = Screen(Of("Ottoline Quarrington", "1961-03-04", {"HU"}));
  EXPECT_EQ(screening.outcome, Outcome::kClear);
  EXPECT_THAT(screening.hits, IsEmpty());
  EXPECT_THAT(Screen({}).hits, IsEmpty());
  EXPECT_THAT(Screen(Of("")).hits, IsEmpty());
}

TEST_F(ScreenSubject, FindsANameInAnyOrderSpellingAndScript) {
  for (const char* name : {"Zoltan Istvan Brezovsky", "Brezovsky Zoltan", "Zoltan Brezofsky", "Istvan Z. Brezovsky",
                           "Золтан Брезовский", "Dr. Zoltán Brezovský"}) {
    EXPECT_THAT(Ids(Screen(Of(name, "1961-03-04"))), ElementsAre("brezovsky")) << name;
  }
  EXPECT_THAT(Ids(Screen(Of("IngemarLofgrensson", "", {"SE"}))), ElementsAre("undated"));
  EXPECT_THAT(Ids(Screen(Of("سليم بن طارق الحارثي", "1975-06-01"))), ElementsAre("harthi"));
}

TEST_F(ScreenSubject, GivesTheReasonsOfAHit) {
  Subject subject = Of("Zoltan Istvan Brezofsky", "1961-04-03", {"HU"});
  subject.place = "Szolnok";
  const Screening screening = Screen(subject);
  ASSERT_THAT(screening.hits, SizeIs(1));
  const Hit& hit = screening.hits[0];
  EXPECT_EQ(hit.own_name, "Zoltan Istvan Brezofsky");
  EXPECT_EQ(hit.listed_name, "BREZOVSKY, Zoltan Istvan");
  EXPECT_THAT(hit.names.reasons, SizeIs(3));
  EXPECT_EQ(hit.birth, BirthAgreement::kSwapped);
  EXPECT_EQ(hit.country, CountryAgreement::kSame);
  EXPECT_TRUE(hit.place_agrees);
}

TEST_F(ScreenSubject, NeverBlocksByNameAlone) {
  const Screening by_name = Screen(Of("Zoltan Istvan Brezovsky"));
  EXPECT_EQ(by_name.outcome, Outcome::kConsider);
  const Screening undated = Screen(Of("Ingemar Lofgrensson", "", {"SE"}));
  EXPECT_EQ(undated.outcome, Outcome::kConsider);
  EXPECT_EQ(screener_->Screen(Of("Zoltan Istvan Brezovsky"), {.consider = 0, .block = 0}).outcome, Outcome::kConsider);
}

TEST_F(ScreenSubject, BlocksWhenTheBirthAgreesAndNoCountryContradicts) {
  EXPECT_EQ(Screen(Of("Zoltan Brezovsky", "1961-03-04", {"HU"})).outcome, Outcome::kBlock);
  EXPECT_EQ(Screen(Of("Zoltan Brezovsky", "1961-03-04")).outcome, Outcome::kBlock);
  EXPECT_EQ(Screen(Of("Zoltan Brezovsky", "1961-03-04", {"NZ"})).outcome, Outcome::kConsider);
}

TEST_F(ScreenSubject, ClearsANamesakeOfAnotherAge) {
  EXPECT_EQ(Screen(Of("Zoltan Istvan Brezovsky", "1988-11-20")).outcome, Outcome::kClear);
}

TEST_F(ScreenSubject, LetsBirthAndCountryMoveTheScore) {
  const auto score = [](const Subject& subject) {
    const Screening screening = screener_->Screen(subject, {.consider = 0, .block = 1});
    return screening.hits.empty() ? 0 : screening.hits[0].score;
  };
  const char* const name = "Zoltan Istvan Brezovsky";
  const double alone = score(Of(name)), year = score(Of(name, "1961")), day = score(Of(name, "1961-03-04"));
  EXPECT_LT(alone, year);
  EXPECT_LT(year, day);
  EXPECT_LT(score(Of(name, "1988-11-20")), alone);
  EXPECT_LT(score(Of(name, "", {"NZ"})), alone);
  EXPECT_GT(score(Of(name, "", {"HU"})), alone);
  EXPECT_LE(day, 1);
}

TEST_F(ScreenSubject, TakesAWeakAliasForAConfirmationAlone) {
  EXPECT_THAT(Screen(Of("Kalapos", "1961-03-04", {"HU"})).hits, IsEmpty());
  Subject subject = Of("Zoltan Istvan Brezovsky");
  const double without = Screen(subject).hits.at(0).score;
  subject.names.push_back("Kalapos");
  const Screening with = Screen(subject);
  EXPECT_GT(with.hits.at(0).score, without);
  EXPECT_THAT(with.hits.at(0).confirming, ElementsAre("Kalapos"));
}

TEST_F(ScreenSubject, UsesAliasesOfTheSubject) {
  Subject subject = Of("Ottoline Quarrington", "1961-03-04");
  subject.names.push_back("Soltan Brezoffsky");
  const Screening screening = Screen(subject);
  EXPECT_THAT(Ids(screening), ElementsAre("brezovsky"));
  EXPECT_EQ(screening.hits[0].own_name, "Soltan Brezoffsky");
}

TEST_F(ScreenSubject, DoesNotTakeAShipForAPerson) {
  EXPECT_THAT(Screen(Of("Odalys Kvist")).hits, IsEmpty());
  Subject ship = Of("Odalys Kvist");
  ship.kind = Kind::kVessel;
  EXPECT_THAT(Ids(Screen(ship)), ElementsAre("ship"));
}

// The index leaves nobody out that a comparison with every name finds.
TEST_F(ScreenSubject, FindsWhoeverAFullScanFinds) {
  std::mt19937 random(11);
  const Rarity rarity = [] {
    Rarity counted;
    for (const Entry& entry : screener_->entries()) {
      for (const ListedName& name : entry.names) counted.Count(name.text);
    }
    return counted;
  }();
  int found = 0;
  for (int i = 0; i < 50; ++i) {
    const Entry& entry = screener_->entries()[random() % screener_->entries().size()];
    std::string name = entry.names[0].text;
    name[random() % name.size()] = static_cast<char>('a' + random() % 26);
    const Name own = ReadName(name, Kind::kPerson, rarity);
    const Screening screening = Screen(Of(name));
    for (size_t k = 0; k < screener_->entries().size(); ++k) {
      const Entry& listed = screener_->entries()[k];
      if (listed.kind != Kind::kPerson) continue;
      if (Probability(OddsOf(own, ReadName(listed.names[0].text, Kind::kPerson, rarity)).search) < 0.6) continue;
      ++found;
      EXPECT_TRUE(
          std::any_of(screening.hits.begin(), screening.hits.end(), [&](const Hit& hit) { return hit.entry == k; }))
          << name << " | " << listed.names[0].text;
    }
  }
  EXPECT_GT(found, 30);
}

// Neither the order of words, nor their case, nor what cannot be read changes an answer; nothing crashes it.
TEST_F(ScreenSubject, FindsListedPeopleInAnyOrderAndCaseAmongNoise) {
  std::mt19937 random(TestSeed());
  const char* const noise[] = {"", " - ", "\xff", "\xd9", "\xe0\xa4", "  ", "''", "\xe2\x80\x8f"};
  for (int64_t run = RunSize(200, 20'000); run > 0; --run) {
    const size_t number = random() % screener_->entries().size();
    const Entry& entry = screener_->entries()[number];
    if (entry.kind != Kind::kPerson) continue;
    std::string text = absl::AsciiStrToLower(entry.names[0].text);
    std::vector<std::string> words = absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
    if (entry.id != "harthi") std::shuffle(words.begin(), words.end(), random);  // whose father is told by the order
    const std::string name = absl::StrCat(noise[random() % std::size(noise)],
                                          absl::StrJoin(words, absl::StrCat(" ", noise[random() % std::size(noise)])));
    Subject subject = Of(name, "", entry.nationalities);
    if (!entry.births.empty()) subject.birth = entry.births[0];
    EXPECT_THAT(Ids(Screen(subject)), testing::Contains(entry.id)) << name;
  }
}

TEST_F(ScreenSubject, AnswersAnyBytesWithoutHits) {
  std::mt19937 random(TestSeed());
  for (int64_t run = RunSize(500, 50'000); run > 0; --run) {
    std::string bytes;
    for (uint32_t count = random() % 700; count > 0; --count) bytes += static_cast<char>(random());
    EXPECT_THAT(Screen(Of(bytes, run % 2 == 0 ? "1961-03-04" : "")).hits, IsEmpty());
  }
}

TEST_F(ScreenSubject, AnswersManyThreadsAlike) {
  std::vector<std::thread> threads;
  std::vector<double> scores(4);
  for (size_t i = 0; i < scores.size(); ++i) {
    threads.emplace_back([&scores, i] {
      for (int k = 0; k < 20; ++k) scores[i] = Screen(Of("Zoltan Brezofsky", "1961-03-04")).hits.at(0).score;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(scores, testing::Each(scores[0]));
}

}  // namespace
}  // namespace amikeco::screening
