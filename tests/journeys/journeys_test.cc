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
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/journeys/story.h"
#include "tests/support/child.h"

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

// A programme that nobody has thought of, with what no other has together: an agency's own officers go in threes, no
// place is looked for, and each has a certificate.
constexpr char kInvented[] = R"(
  name: "programmes/harbour-watch"
  version: 1
  title: "Harbour watch"
  operator_organisation: "organisations/harbours"
  coordinator_title: "Harbour Master"
  time_zone: "Pacific/Auckland"
  applicants { kind: KIND_COHORT without_endorsement: true }
  eligibility { id: "three" reason: "NOT_THREE" cohort { fellows: 3 } }
  eligibility { id: "home" reason: "NOT_AN_AGENCY" home { kinds: [HOME_KIND_AGENCY] } }
  eligibility { id: "length" reason: "LENGTH" stay_length { min_days: 2 max_days: 9 } }
  tiers { id: "all" }
  tasks { id: "boat" title: "Find a boat" owner: ROLE_COORDINATOR days_before_start: 5 }
  matching { mode: MODE_NONE }
  compliance {
    id: "swimming" title: "Swimming certificate" kind: KIND_CERTIFICATE per_person: true mandatory: true
    due_days_before_start: 10
  }
  funding { model: MODEL_SELF_FUNDED cost_categories: ["fuel"] }
  after_stay { report_days: 7 }
  notice_sets: ["application", "arrangement", "clearance"]
)";

// A5-01: it runs from application to completion as a file alone, beside the others.
TEST(Stories, AreToldOfAProgrammeThatIsAFileAlone) {
  const TemporaryFolder folder("programmes");
  std::filesystem::copy("programmes", folder / "all", std::filesystem::copy_options::recursive);
  std::ofstream(folder / "all/harbour_watch.textproto") << kInvented;
  const auto told = Play(
      "clock 2026-09-01\n"
      "member H-1 hosts/NZ01\n"
      "member H-2 hosts/NZ01\n"
      "member H-3 hosts/NZ01\n"
      "submit X H-1 harbour-watch 2026-10-01..2026-10-30 days=20 fellows=H-2\n"
      "submit A H-1 harbour-watch 2026-10-01..2026-10-30 days=3 fellows=H-2,H-3\n"
      "settle\n"
      "show A\n"
      "clear A\n"
      "settle\n"
      "until 2026-10-01\n"
      "start A\n"
      "advance 4d\n"
      "report A\n"
      "show A\n",
      folder / "all");
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_THAT(*told, testing::HasSubstr("results=NOT_THREE,LENGTH"));
  EXPECT_THAT(*told, testing::HasSubstr("swimming/H-3: Nothing was recorded."));
  EXPECT_THAT(*told, testing::HasSubstr("told stay_arranged of applications/A: hosts/NZ01, members/H-1, members/H-2, "
                                        "members/H-3, organisations/harbours"));
  EXPECT_THAT(*told, testing::EndsWith("show A\n  application STATE_CLOSED\n  clearance STATE_CLOSED not cleared\n"))
      << *told;
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
