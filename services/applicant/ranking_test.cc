#include "services/applicant/ranking.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/applicant/test_awards.h"
#include "tests/support/seed.h"

namespace amikeco::applicant {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const programme::v1::Selection& Lottery() { return test::Award().selection(); }
const programme::v1::Selection& Earliest() { return test::Award(test::kContestName).selection(); }

absl::Time Received(int minute) { return test::Noon(test::kReceived) + absl::Minutes(minute); }

std::vector<std::string> Order(const std::vector<v1::Placing>& placings) {
  std::vector<std::string> order;
  for (const v1::Placing& placing : placings) order.push_back(placing.application());
  return order;
}

int PositionOf(const std::vector<v1::Placing>& placings, const std::string& application) {
  for (const v1::Placing& placing : placings) {
    if (placing.application() == application) return placing.standing().position();
  }
  return 0;
}

// Contenders with few different means, so that there are ties; each with a lot of its own.
std::vector<Contender> RandomContenders(std::mt19937& dice, int most = 12) {
  std::vector<Contender> contenders(1 + dice() % static_cast<unsigned>(most));
  for (size_t i = 0; i < contenders.size(); ++i) {
    contenders[i].application = absl::StrCat("applications/A-", i);
    contenders[i].jurors = 1 + static_cast<int>(dice() % 4);
    contenders[i].points = static_cast<int64_t>(dice() % 7);
    contenders[i].received = Received(static_cast<int>(dice() % 3));
    contenders[i].lot = LotOf("seed", contenders[i].application);
  }
  return contenders;
}

TEST(Rank, ComparesMeansAsFractions) {
  // 1/3 is more than 33/100, and equal to 2/6.
  const auto placings = Rank(Earliest(),
                             {{"applications/A-1", 33, 100, Received(0)},
                              {"applications/A-2", 2, 6, Received(2)},
                              {"applications/A-3", 1, 3, Received(1)}},
                             1);
  EXPECT_THAT(Order(placings), ElementsAre("applications/A-3", "applications/A-2", "applications/A-1"));
  EXPECT_EQ(placings[0].standing().reason(), "SELECTED");
  EXPECT_EQ(placings[1].standing().reason(), "LATER_RECEIPT");
  EXPECT_EQ(placings[2].standing().reason(), "FEWER_POINTS");
}

TEST(Rank, SaysWhyNotMe) {
  const auto placings = Rank(Lottery(),
                             {{"applications/A-1", 100, 3, Received(0), "a"},
                              {"applications/A-2", 70, 3, Received(1), "b"},
                              {"applications/A-3", 70, 3, Received(0), "c"}},
                             2);
  EXPECT_EQ(placings[0].standing().explanation(),
            "Position 1 of 3 for 2 places. The mean of 3 jurors is 33 1/3 of 40 points.");
  EXPECT_EQ(placings[2].standing().explanation(),
            "Position 3 of 3 for 2 places. The mean of 3 jurors is 23 1/3 of 40 points. The last place went at 23 1/3 "
            "points, by lot.");
  EXPECT_EQ(placings[2].standing().reason(), "LOTTERY");
}

TEST(Rank, OfNobodyIsEmpty) { EXPECT_TRUE(Rank(Lottery(), {}, 2).empty()); }

// printf '%s|%s' seed applications/A-1 | sha256sum
TEST(LotOf, CanBeDrawnAgainByAnybody) {
  EXPECT_EQ(absl::BytesToHexString(LotOf("seed", "applications/A-1")),
            "ca1288ae0b5a81cb7a09f860c07d0f7ccba1cb49fff6b8a1e830e4d6a4dfc8fa");
}

TEST(TotalOf, WeighsEachCriterion) {
  v1::ScoreEntryRequest request;
  for (const auto& [criterion, points] : std::map<std::string, int>{{"merit", 7}, {"benefit", 5}, {"other", 9}}) {
    request.add_points()->set_criterion(criterion);
    request.mutable_points()->rbegin()->set_points(points);
  }
  EXPECT_EQ(TotalOf(Lottery(), request.points()), 3 * 7 + 5);
  EXPECT_EQ(MostPoints(Lottery()), 40);
}

// Every ranking of up to four contenders with every small mean: sorted, ties by lot, exactly the places won.
TEST(Rank, IsInOrderForEverySmallField) {
  constexpr int kMeans = 6;  // 0, 1, 2 of one juror and 0, 1, 2 of two
  for (int field = 0; field < kMeans * kMeans * kMeans * kMeans; ++field) {
    std::vector<Contender> contenders;
    std::map<std::string, Contender> by_name;
    for (int i = 0, rest = field; i < 4; ++i, rest /= kMeans) {
      Contender contender{absl::StrCat("applications/A-", i), (rest % kMeans) % 3, 1 + (rest % kMeans) / 3, Received(0),
                          std::string(1, static_cast<char>('d' - i))};
      by_name[contender.application] = contender;
      contenders.push_back(contender);
    }
    for (int places = 1; places <= 5; ++places) {
      const auto placings = Rank(Lottery(), contenders, places);
      ASSERT_EQ(placings.size(), 4u);
      int won = 0;
      for (size_t i = 0; i < placings.size(); ++i) {
        won += placings[i].standing().reason() == "SELECTED" ? 1 : 0;
        if (i == 0) continue;
        const Contender& before = by_name[placings[i - 1].application()];
        const Contender& after = by_name[placings[i].application()];
        const int64_t difference = before.points * after.jurors - after.points * before.jurors;
        ASSERT_GE(difference, 0) << field;
        if (difference == 0) {
          ASSERT_LT(before.lot, after.lot) << field;
        }
      }
      ASSERT_EQ(won, std::min(places, 4));
    }
  }
}

class Fields : public testing::TestWithParam<int> {
 protected:
  std::mt19937 dice_{TestSeed() + static_cast<unsigned>(GetParam())};
};

TEST_P(Fields, AreRankedAlikeInWhateverOrderTheyCome) {
  auto contenders = RandomContenders(dice_);
  const auto order = Order(Rank(Lottery(), contenders, 2));
  std::shuffle(contenders.begin(), contenders.end(), dice_);
  EXPECT_EQ(Order(Rank(Lottery(), contenders, 2)), order);
}

TEST_P(Fields, AreRankedAlikeWhateverTheyAreCalledWhenLotsAreAsTheyWere) {
  const auto contenders = RandomContenders(dice_);
  std::vector<std::string> names;
  for (const Contender& contender : contenders) names.push_back(contender.application + "-renamed");
  std::shuffle(names.begin(), names.end(), dice_);
  std::map<std::string, std::string> renamed;
  auto others = contenders;
  for (size_t i = 0; i < contenders.size(); ++i) {
    renamed[contenders[i].application] = names[i];
    others[i].application = names[i];
  }
  auto order = Order(Rank(Lottery(), contenders, 2));
  for (std::string& name : order) name = renamed[name];
  EXPECT_EQ(Order(Rank(Lottery(), others, 2)), order);
}

TEST_P(Fields, StayInOrderWhenOneMoreJurorGivesEverybodyTheSame) {
  auto contenders = RandomContenders(dice_);
  for (Contender& contender : contenders) contender.jurors = 3;
  const auto order = Order(Rank(Lottery(), contenders, 2));
  const auto given = static_cast<int64_t>(dice_() % 9);
  for (Contender& contender : contenders) {
    contender.points += given;
    ++contender.jurors;
  }
  EXPECT_EQ(Order(Rank(Lottery(), contenders, 2)), order);
}

TEST_P(Fields, NeverPutAnybodyBackForMorePoints) {
  auto contenders = RandomContenders(dice_);
  const auto before = Rank(Lottery(), contenders, 2);
  Contender& lucky = contenders[dice_() % contenders.size()];
  lucky.points += 1 + static_cast<int64_t>(dice_() % 5);
  EXPECT_LE(PositionOf(Rank(Lottery(), contenders, 2), lucky.application), PositionOf(before, lucky.application));
}

INSTANTIATE_TEST_SUITE_P(Seeds, Fields, testing::Range(0, 100));

}  // namespace
}  // namespace amikeco::applicant
