#include "services/compliance/screening/names.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/screening/sound.h"
#include "tests/support/seed.h"

namespace amikeco::screening {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::Gt;
using testing::Le;
using testing::Lt;

constexpr double kEven = 0.5;  // the score of a pair that is as likely as not the same

double Person(absl::string_view a, absl::string_view b) { return CompareNames(a, b, Kind::kPerson, Rarity()).score; }
double Organisation(absl::string_view a, absl::string_view b) {
  return CompareNames(a, b, Kind::kOrganisation, Rarity()).score;
}
std::vector<Reason> Reasons(absl::string_view a, absl::string_view b, Kind kind = Kind::kPerson) {
  return CompareNames(a, b, kind, Rarity()).reasons;
}
auto Agrees(absl::string_view first, absl::string_view second, Agreement agreement) {
  return AllOf(Field(&Reason::first, first), Field(&Reason::second, second), Field(&Reason::agreement, agreement));
}

std::vector<std::string> Latin(absl::string_view name) {
  std::vector<std::string> words;
  for (const Word& word : SplitWords(name)) words.push_back(word.latin);
  return words;
}

TEST(SplitWords, WritesAnyScriptInPlainLetters) {
  EXPECT_THAT(Latin("Jürgen Łośev-O’Brannagh"), ElementsAre("jurgen", "losev", "obrannagh"));
  EXPECT_THAT(Latin("Юрий Щукаренко"), ElementsAre("yuriy", "shukarenko"));
  EXPECT_THAT(Latin("Γιώργος Θεοδωράκης"), ElementsAre("giorgos", "theodorakis"));
  EXPECT_THAT(Latin("سليم الحارثي"), ElementsAre("slym", "al", "harthy"));
  EXPECT_THAT(Latin("דורון"), ElementsAre("dwrwn"));
  EXPECT_THAT(Latin("윤서진"), ElementsAre("yun", "so", "chin"));
  EXPECT_THAT(Latin("압둘하이 사리프"), ElementsAre("aptulhai", "saripu"));  // too long for a Korean
  EXPECT_THAT(Latin("عبد الله"), ElementsAre("abd", "allah"));
  EXPECT_THAT(Latin("サトシ"), ElementsAre("satoshi"));
  EXPECT_THAT(Latin("李明"), ElementsAre("li", "ming"));
  EXPECT_THAT(Latin("Ｏｌａｆ"), ElementsAre("olaf"));
}

TEST(SplitWords, ReadsTraditionalCharactersAsSimplifiedOnes) {
  EXPECT_EQ(SplitWords("張")[0].written, SplitWords("张")[0].written);
}

TEST(SplitWords, LeavesOutWhatIsNoUtf8AndWhatIsTooMuch) {
  EXPECT_THAT(Latin("Ol\xFF\xC3go"), ElementsAre("olgo"));
  EXPECT_THAT(Latin("…—!"), ElementsAre());
  EXPECT_LE(SplitWords(std::string(10'000'000, 'a')).front().latin.size(), kMaxNameBytes);
}

TEST(Sound, IsTheSameForSpellingsOfOneSound) {
  EXPECT_EQ(Sound("tchaikov"), Sound("chaikow"));
  EXPECT_EQ(Sound("djamel"), Sound("jamel"));
  EXPECT_EQ(Sound("schukow"), Sound("shukov"));
  EXPECT_EQ(SoundKey(Sound("mohammed")), SoundKey(Sound("muhamad")));
  EXPECT_EQ(ConsonantKey(Sound("mhmd", Vowels::kLeftOut)), ConsonantKey(Sound("muhamad")));
}

TEST(Sound, IsLessAlikeThanIsAskedForOrExactlyAsAlike) {
  std::mt19937 random(TestSeed());
  const auto word = [&] {
    std::string text;
    for (uint32_t letters = 1 + random() % 9; letters > 0; --letters) text += "abdefhijklmnoprstuvxz"[random() % 21];
    return text;
  };
  int alike = 0;
  for (int64_t run = RunSize(20'000, 2'000'000); run > 0; --run) {
    const std::string a = word();
    std::string b = random() % 2 == 0 ? word() : a;
    b[random() % b.size()] = 'e';
    const Vowels vowels = static_cast<Vowels>(random() % 3);
    const double exact = SoundLikeness(a, b, vowels), least = static_cast<double>(random() % 101) / 100;
    ASSERT_EQ(SoundLikeness(a, b, vowels, least), exact < least ? 0 : exact) << a << " " << b << " " << least;
    ASSERT_EQ(exact, SoundLikeness(b, a, vowels)) << a << " " << b;
    alike += exact >= least && least > 0;
  }
  EXPECT_GT(alike, 0);
}

TEST(Sound, CountsASwapOfNeighboursAsOneSlip) {
  EXPECT_EQ(SpelledWord("veldkamp").DistanceTo("vedlkamp"), 1);
  EXPECT_EQ(SpelledWord("veldkamp").DistanceTo("veldkamp"), 0);
  EXPECT_EQ(SpelledWord("veldkamp").DistanceTo("feldkam"), 2);
  EXPECT_EQ(SpelledWord("").DistanceTo("abc"), 3);
}

TEST(CompareNames, DoesNotCareForOrderCaseAccentsAndPunctuation) {
  EXPECT_GT(Person("Zoltán Brezovský", "BREZOVSKY, Zoltan"), 0.9);
  EXPECT_THAT(Reasons("Zoltán Brezovský", "BREZOVSKY, Zoltan"), Each(Field(&Reason::agreement, Agreement::kSame)));
}

TEST(CompareNames, ForgivesASlipAndNotAnotherName) {
  EXPECT_GT(Person("Zoltan Brezovsky", "Zoltan Brezofsky"), kEven);
  EXPECT_GT(Person("Zoltan Brezovsky", "Zoltan Brzeovsky"), kEven);
  EXPECT_LT(Person("Zoltan Brezovsky", "Zoltan Malinak"), 0.1);
  EXPECT_LT(Person("Zoltan Brezovsky", "Milorad Brezovsky"), 0.1);
  EXPECT_THAT(Reasons("Zoltan Brezovsky", "Zoltan Malinak"),
              Contains(Agrees("brezovsky", "malinak", Agreement::kDifferent)));
}

TEST(CompareNames, HearsTheSameNameInSeveralSpellings) {
  EXPECT_GT(Person("Djamel Shukrane", "Jamel Choukrane"), kEven);
  EXPECT_GT(Person("Wladislaw Tschernin", "Vladislav Chernin"), kEven);
  EXPECT_THAT(Reasons("Vladislav Chernin", "Wladislaw Chernin"),
              Contains(Agrees("vladislav", "wladislaw", Agreement::kSound)));
}

TEST(CompareNames, TakesAnInitialForANameThatBeginsWithIt) {
  EXPECT_GT(Person("Z. Brezovsky", "Zoltan Brezovsky"), kEven);
  EXPECT_LT(Person("M. Brezovsky", "Zoltan Brezovsky"), kEven);
  EXPECT_THAT(Reasons("Z. Brezovsky", "Zoltan Brezovsky"), Contains(Agrees("z", "zoltan", Agreement::kInitial)));
}

TEST(CompareNames, KnowsFormsOfGivenNames) {
  EXPECT_GT(Person("Ted Ravensworth", "Theodore Ravensworth"), kEven);
  EXPECT_THAT(Reasons("Ted Ravensworth", "Theodore Ravensworth"),
              Contains(Agrees("ted", "theodore", Agreement::kForm)));
}

TEST(CompareNames, FindsTwoWordsThatAreWrittenAsOne) {
  EXPECT_GT(Person("Pieter van der Ostbergh", "Pieter Vanderostbergh"), kEven);
  EXPECT_GT(Person("ZoltanBrezovsky", "Zoltan Brezovsky"), kEven);
  EXPECT_GT(Person("Abdulkarim Tawfiqi", "Abd al-Karim Tawfiqi"), kEven);
  EXPECT_THAT(Reasons("ZoltanBrezovsky", "Zoltan Brezovsky"),
              Contains(Agrees("zoltanbrezovsky", "zoltan brezovsky", Agreement::kJoined)));
}

TEST(CompareNames, ReadsOtherScripts) {
  EXPECT_GT(Person("Золтан Брезовский", "Zoltan Brezovsky"), kEven);
  EXPECT_GT(Person("سليم الحارثي", "Salim al-Harthi"), kEven);
  EXPECT_LT(Person("سليم الحارثي", "Tariq al-Mansuri"), 0.1);
  EXPECT_GT(Person("윤서진", "Yun So Jin"), kEven);
  EXPECT_THAT(Reasons("سليم", "Salim"), Contains(Field(&Reason::agreement, Agreement::kOtherScript)));
}

TEST(CompareNames, ComparesChineseNamesByTheirCharacters) {
  EXPECT_GT(Person("張明德", "张明德"), kEven);
  // Both are read Shi.
  EXPECT_LT(Person("高石明", "高市明"), kEven);
}

TEST(CompareNames, LetsPartsBeMissingThatPeopleLeaveOut) {
  EXPECT_GT(Person("Zoltan Brezovsky", "Zoltan Istvan Brezovsky"), kEven);
  EXPECT_GT(Person("Dr. Zoltan Brezovsky Jr.", "Zoltan Brezovsky"), 0.9);
  EXPECT_LT(Person("Zoltan", "Zoltan Istvan Brezovsky"), Person("Zoltan Brezovsky", "Zoltan Istvan Brezovsky"));
  EXPECT_THAT(Reasons("Zoltan Brezovsky", "Zoltan Istvan Brezovsky"),
              Contains(Agrees("", "istvan", Agreement::kMissing)));
}

TEST(CompareNames, TellsAFatherFromASon) {
  EXPECT_LT(Person("Salim bin Tariq al-Harthi", "Tariq bin Salim al-Harthi"), kEven);
  EXPECT_TRUE(CompareNames("Salim bin Tariq", "Tariq bin Salim", Kind::kPerson, Rarity()).fathers_contradict);
  EXPECT_GT(Person("Salim bin Tariq al-Harthi", "AL-HARTHI, Salim ibn Tariq"), kEven);
}

TEST(CompareNames, TakesLegalFormsForWhatTheyAre) {
  EXPECT_GT(Organisation("Brezovsky Turbines Ltd.", "BREZOVSKY TURBINES LIMITED"), 0.9);
  EXPECT_GT(Organisation("OAO Brezovsky Turbines", "Brezovsky Turbines Open Joint Stock Company"), 0.9);
  EXPECT_LT(Organisation("Brezovsky Turbines AG", "Brezovsky Turbines GmbH"), kEven);
  EXPECT_TRUE(CompareNames("Brezovsky AG", "Brezovsky GmbH", Kind::kOrganisation, Rarity()).legal_forms_contradict);
  EXPECT_LT(Organisation("Brezovsky Gas Company", "Brezovsky Oil Company"), kEven);
}

TEST(CompareNames, KnowsAnAcronym) {
  EXPECT_GE(Organisation("BTHF", "Brezovsky Turbine Holding Foundation"), kEven);
  EXPECT_THAT(Reasons("BTHF", "Brezovsky Turbine Holding Foundation", Kind::kOrganisation),
              ElementsAre(Field(&Reason::agreement, Agreement::kAcronym)));
}

TEST(CompareNames, HoldsThatRareWordsSayMoreThanCommonOnes) {
  Rarity rarity;
  for (int i = 0; i < 2000; ++i) rarity.Count(absl::StrCat(i % 3 == 0 ? "Salim" : "Tariq", " Family", i));
  EXPECT_LT(rarity.Of("salim"), 0.3);
  EXPECT_EQ(rarity.Of("brezovsky"), 1);
  const double common = CompareNames("Salim Tariq", "Salim Tariq", Kind::kPerson, rarity).score;
  const double rare = CompareNames("Salim Brezovsky", "Salim Brezovsky", Kind::kPerson, rarity).score;
  EXPECT_LT(common, rare);
  EXPECT_LT(
      OddsOf(ReadName("Salim Tariq", Kind::kPerson, rarity), ReadName("Salim Tariq", Kind::kPerson, rarity)).search,
      OddsOf(ReadName("Salim Brezovsky", Kind::kPerson, rarity), ReadName("Salim Brezovsky", Kind::kPerson, rarity))
          .search);
}

// Found by a fuzzer: words that can be linked in several ways that are equally good.
TEST(CompareNames, DoesNotCareWhichNameComesFirst) {
  const std::string once = "h(\xEC\x83\xA9\xE3\x94\xD7\x95";
  const Name a = ReadName("M\xC3\xBClsp(\xEC\x83\xA9\xE3\x94\xD7\x95", Kind::kPerson, Rarity());
  const Name b = ReadName("\xEC\x83\xA9\xE3\x94" + once + once + once + "los", Kind::kPerson, Rarity());
  const Comparison there = CompareNames(a, b), back = CompareNames(b, a);
  EXPECT_EQ(there.score, back.score);
  ASSERT_EQ(there.reasons.size(), back.reasons.size());
  for (size_t i = 0; i < there.reasons.size(); ++i) EXPECT_EQ(there.reasons[i].first, back.reasons[i].second);
}

TEST(CompareNames, SaysNothingOfNamesThatCannotBeRead) {
  EXPECT_LT(Person("", "Zoltan Brezovsky"), 0.01);
  EXPECT_LT(Person("", ""), 0.01);
  EXPECT_LT(Person("---", "…"), 0.01);
  EXPECT_THAT(Reasons("", ""), ElementsAre());
}

// Names of invented words, from a seed.
class Properties : public testing::Test {
 protected:
  std::string RandomWord() {
    constexpr absl::string_view kConsonants = "bdfgklmnprstvz", kVowels = "aeiou";
    std::string word;
    for (int i = 0; i < 3; ++i) {
      word += kConsonants[random_() % kConsonants.size()];
      word += kVowels[random_() % kVowels.size()];
    }
    return word;
  }
  std::vector<std::string> RandomWords(size_t count) {
    std::vector<std::string> words;
    for (size_t i = 0; i < count; ++i) words.push_back(RandomWord());
    return words;
  }
  // Any bytes, mostly of names.
  std::string RandomText() {
    constexpr absl::string_view kPieces[] = {"bin ", "al-", "Ltd ", "J. ", "محمد ", "金",
                                             "김 ",  "O’",  "\xFF", ", ",  "von ",  "№"};
    std::string text;
    for (size_t i = random_() % 8; i > 0; --i) {
      absl::StrAppend(&text,
                      random_() % 2 == 0 ? RandomWord() + " " : std::string(kPieces[random_() % std::size(kPieces)]));
    }
    return text;
  }

  std::mt19937 random_{20261127};
};

TEST_F(Properties, AScoreIsBetween0And1AndTheSameBothWays) {
  for (int i = 0; i < 3000; ++i) {
    const std::string a = RandomText(), b = RandomText();
    for (const Kind kind : {Kind::kPerson, Kind::kOrganisation, Kind::kUnknown}) {
      const Comparison there = CompareNames(a, b, kind, Rarity()), back = CompareNames(b, a, kind, Rarity());
      ASSERT_THAT(there.score, AllOf(Ge(0), Le(1))) << a << " | " << b;
      ASSERT_DOUBLE_EQ(there.score, back.score) << a << " | " << b;
      for (const Reason& reason : there.reasons) {
        ASSERT_THAT(reason.likeness, AllOf(Ge(0), Le(1)));
        ASSERT_THAT(reason.weight, AllOf(Ge(0), Le(1)));
      }
    }
  }
}

TEST_F(Properties, TheOrderOfWordsDoesNotCount) {
  for (int i = 0; i < 500; ++i) {
    std::vector<std::string> words = RandomWords(2 + random_() % 4);
    const std::string name = absl::StrJoin(words, " "), other = absl::StrJoin(RandomWords(3), " ");
    const double same = Person(name, name), different = Person(name, other);
    std::shuffle(words.begin(), words.end(), random_);
    EXPECT_DOUBLE_EQ(Person(absl::StrJoin(words, " "), name), same);
    EXPECT_NEAR(Person(absl::StrJoin(words, " "), other), different, 0.2);
  }
}

TEST_F(Properties, MoreAgreementNeverLowersTheScore) {
  for (int i = 0; i < 500; ++i) {
    const std::vector<std::string> words = RandomWords(4);
    double last = 0;
    // One word after the other of the second name becomes the first one's.
    std::vector<std::string> other = RandomWords(4);
    for (size_t k = 0; k < words.size(); ++k) other[k] = absl::StrCat("x", k, other[k]);
    for (size_t k = 0; k < words.size(); ++k) {
      other[k] = words[k];
      const double score = Person(absl::StrJoin(words, " "), absl::StrJoin(other, " "));
      EXPECT_GE(score, last - 1e-9) << absl::StrJoin(words, " ") << " | " << absl::StrJoin(other, " ");
      last = score;
    }
    EXPECT_GT(last, 0.9);
  }
}

TEST_F(Properties, NamesThatAgreeWhollyDoNotAllHaveOneScore) {
  Rarity rarity;
  for (int i = 0; i < 5000; ++i) rarity.Count(absl::StrCat("Salim ", RandomWord()));
  std::vector<double> scores;
  for (size_t i = 0; i < 200; ++i) {
    const std::string name = absl::StrCat("Salim ", absl::StrJoin(RandomWords(1 + i % 4), " "));
    scores.push_back(CompareNames(name, name, Kind::kPerson, rarity).score);
  }
  std::sort(scores.begin(), scores.end());
  EXPECT_LT(scores.front(), scores.back());
  EXPECT_LT(scores.back(), 0.995);
}

}  // namespace
}  // namespace amikeco::screening
