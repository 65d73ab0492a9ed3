// Every story in this folder, played and compared with what it says. `journeys_test --update` writes down what happens
// now; the difference is then read like any other change.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
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

// What a story can tell of a programme. Awards close with their acceptance, or with the decision where nobody is asked.
constexpr char kClosing[] = "a closing";
constexpr char kRefusal[] = "a refusal";
constexpr char kExpiry[] = "an expiry";
constexpr char kChange[] = "a change of dates, or why there is none";

bool ContainsAny(absl::string_view line, const std::vector<absl::string_view>& parts) {
  return std::any_of(parts.begin(), parts.end(), [&](absl::string_view part) { return absl::StrContains(line, part); });
}

// Of a fact's line.
std::set<std::string> SignsIn(absl::string_view fact) {
  std::set<std::string> signs;
  const bool won = absl::StrContains(fact, " EntrySelected ") && !absl::StrContains(fact, "answer_by=");
  if (won || ContainsAny(fact, {" ApplicationClosed ", " AwardAccepted "})) signs.insert(kClosing);
  if (ContainsAny(fact, {" EligibilityDecided results=", " end=DECLINED "})) signs.insert(kRefusal);
  if (ContainsAny(fact, {" end=LAPSED ", " ApplicationLapsed ", " AwardLapsed ", " StayMissed "}))
    signs.insert(kExpiry);
  if (absl::StrContains(fact, " WishesChanged ")) signs.insert(kChange);
  return signs;
}

// Of a refusal's line, below a command of that verb.
std::set<std::string> SignsInRefusal(absl::string_view refusal, absl::string_view verb) {
  std::set<std::string> signs{kRefusal};
  if (verb == "wishes") signs.insert(kChange);
  // After a call's last day.
  if (absl::StrContains(refusal, " It took entries until ")) signs.insert(kExpiry);
  return signs;
}

// Adds what the story tells, by programme's id: of the applications that it names, their placements and clearances.
void Read(const std::string& story, std::map<std::string, std::set<std::string>>& told) {
  std::map<std::string, std::string> programmes;  // by application's id
  std::vector<std::string> command;
  for (absl::string_view line : absl::StrSplit(story, '\n', absl::SkipEmpty())) {
    if (absl::ConsumePrefix(&line, "  ")) {
      const bool refused = absl::StartsWith(line, "refused ");
      const absl::string_view subject = line.substr(0, line.find(' '));
      const std::string id(refused && command.size() > 1 ? command[1] : subject.substr(subject.find('/') + 1));
      if (const auto programme = programmes.find(id); programme != programmes.end()) {
        told[programme->second].merge(refused ? SignsInRefusal(line, command[0]) : SignsIn(line));
      }
      continue;
    }
    command = absl::StrSplit(line, ' ');
    const bool applies = command[0] == "submit" || command[0] == "request" || command[0] == "enter";
    if (!applies || command.size() < 4) continue;
    const bool exchange = command[3] == "inbound" || command[3] == "outbound";
    programmes[command[1]] = absl::StrCat(exchange ? "ipa-exchange-" : "", command[3]);
  }
}

// Every programme that ships is played from the first request to the end, and not only where all goes well.
TEST(Stories, TellOfEveryProgrammeARefusalAnExpiryAndAChangeOfDates) {
  std::map<std::string, std::set<std::string>> told;
  for (const std::string& name : Stories()) Read(ReadFile(std::string(kFolder) + "/" + name + ".txt"), told);
  int programmes = 0;
  for (const auto& entry : std::filesystem::directory_iterator("programmes")) {
    if (entry.path().extension() != ".textproto") continue;
    ++programmes;
    const std::string programme = absl::StrReplaceAll(entry.path().stem().string(), {{"_", "-"}});
    for (const char* sign : {kClosing, kRefusal, kExpiry, kChange}) {
      EXPECT_TRUE(told[programme].count(sign) > 0)
          << "no story in " << kFolder << " tells of " << programme << " " << sign;
    }
  }
  EXPECT_GE(programmes, 11);
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
