// Every story in this folder, played and compared with what it says. `journeys_test --update` writes down what happens
// now; the difference is then read like any other change.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/journeys/story.h"

namespace amikeco::journeys {
namespace {

constexpr char kFolder[] = "tests/journeys";

bool update = false;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> Stories() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") {
      names.push_back(entry.path().stem());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Journeys : public testing::TestWithParam<std::string> {};

TEST_P(Journeys, GoAsTheyAreWrittenDown) {
  const std::string path = std::string(kFolder) + "/" + GetParam() + ".txt";
  const std::string written = ReadFile(path);
  const auto told = Play(written);
  ASSERT_TRUE(told.ok()) << path << ", " << told.status();
  if (update) {
    std::ofstream(path) << *told;
    return;
  }
  const std::vector<std::string> expected = absl::StrSplit(written, '\n');
  const std::vector<std::string> actual = absl::StrSplit(*told, '\n');
  for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    ASSERT_EQ(i < actual.size() ? actual[i] : "(end)", i < expected.size() ? expected[i] : "(end)")
        << "the story differs from line " << i + 1 << " of " << path << " on; see the rest with --update";
  }
}

TEST(Stories, AreAllHere) {
  std::vector<std::string> stories = Stories();
  for (const char* required :
       {"accepted", "declined_then_accepted_elsewhere", "lapsed", "ineligible_with_four_reasons",
        "waiver_too_short_for_changed_dates", "cover_lapsing_during_the_stay", "two_officers_and_one_seat",
        "student_behind_active_officer", "clearance_revoked_before_start", "withdrawn_at_each_state"}) {
    EXPECT_NE(std::find(stories.begin(), stories.end(), required), stories.end()) << required;
  }
}

TEST(Stories, AreToldTheSameTwice) {
  const std::string written = ReadFile(std::string(kFolder) + "/accepted.txt");
  const auto first = Play(written);
  const auto second = Play(written);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*first, *second);
}

INSTANTIATE_TEST_SUITE_P(All, Journeys, testing::ValuesIn(Stories()), [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace amikeco::journeys

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--update") amikeco::journeys::update = true;
  }
  return RUN_ALL_TESTS();
}
