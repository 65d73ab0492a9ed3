#include "common/base/edit_distance.h"

#include <gtest/gtest.h>

namespace amikeco {
namespace {

TEST(EditDistance, CountsSlips) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("listen", "listen"), 0u);
  EXPECT_EQ(EditDistance("lisen", "listen"), 1u);
  EXPECT_EQ(EditDistance("listten", "listen"), 1u);
  EXPECT_EQ(EditDistance("lixten", "listen"), 1u);
  EXPECT_EQ(EditDistance("litsen", "listen"), 1u) << "neighbours that changed places are one slip";
  EXPECT_EQ(EditDistance("", "listen"), 6u);
  EXPECT_EQ(EditDistance("listen", ""), 6u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(EditDistance("ca", "abc"), 3u) << "no byte is touched twice";
}

TEST(EditDistance, GivesUpOnceThereAreMoreSlipsThanAskedFor) {
  EXPECT_EQ(EditDistance("kitten", "sitting", 3), 3u);
  EXPECT_GT(EditDistance("kitten", "sitting", 2), 2u);
  EXPECT_GT(EditDistance("kitten", "kittens and cats", 2), 2u);
  EXPECT_EQ(EditDistance("kitten", "kitten", 0), 0u);
  EXPECT_EQ(EditDistance("ab", "ba", 1), 1u) << "a swap is cheaper than its first half";
  EXPECT_EQ(EditDistance("xxab", "xxba", 1), 1u);
}

}  // namespace
}  // namespace amikeco
