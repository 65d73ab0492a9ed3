// What README.md tells a newcomer to type, typed: its commands for the command line, Python and Node are taken out of
// it and run by a shell against a real amikeco-applicant.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The fenced block of README.md that follows the line "<!-- tested: NAME -->".
std::string BlockOf(const std::string& name) {
  const std::string readme = TextOf("README.md");
  const std::string opening = absl::StrCat("<!-- tested: ", name, " -->\n```bash\n");
  const size_t begin = readme.find(opening);
  if (begin == std::string::npos) return "echo 'README.md has no such block' >&2; exit 99\n";
  const size_t text = begin + opening.size();
  return readme.substr(text, readme.find("```", text) - text);
}

struct Ran {
  int code = -1;
  std::string output;  // standard output and standard error
};

class Readme : public testing::Test {
 protected:
  Readme() : folder_("samples") {}

  void SetUp() override {
    std::ofstream(folder_ / "kek") << std::string(64, 'a');
    // Nobody listens on the queue's port: intake does not wait for the queue.
    std::ofstream(folder_ / "applicant.textproto") << absl::Substitute(
        R"(common {
             server { listen: "127.0.0.1:0" port_file: "$0/port" identity { insecure_loopback: true } }
             store { sqlite { path: "$0/db" } }
             queue { redis { port: $1 } }
             programmes_dir: "programmes"
             key_file: "$0/kek"
           }
           compliance { target: "127.0.0.1:1" })",
        folder_.path(), FreePort());
    auto started = Child::Start({AMIKECO_SERVICE, "--config", folder_ / "applicant.textproto"},
                                {.log = folder_ / "log", .user = "", .folder = ""});
    ASSERT_TRUE(started.ok()) << started.status();
    service_ = *std::move(started);
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (TextOf(folder_ / "port").empty() && service_->Running() && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    ASSERT_NE(TextOf(folder_ / "port"), "") << TailOf(folder_ / "log");
    setenv("AMIKECO_APPLICANT", absl::StrCat("127.0.0.1:", std::stoi(TextOf(folder_ / "port"))).c_str(), 1);
    setenv("PATH", absl::StrCat(AMIKECO_CLI_FOLDER, ":", getenv("PATH")).c_str(), 1);
  }

  Ran Run(const std::string& script) {
    const std::string log = folder_ / absl::StrCat("output", ++runs_);
    auto shell = Child::Start({"bash", "-euc", script}, {.log = log, .user = "", .folder = ""});
    if (!shell.ok()) return {-1, shell.status().ToString()};
    const auto code = (*shell)->Wait(absl::Minutes(4));
    return {code.value_or(-1), TextOf(log)};
  }

  static std::string NoSuchDay() { return "start=2030-02-30 end=2030-04-01\n"; }

  TemporaryFolder folder_;
  std::unique_ptr<Child> service_;
  int runs_ = 0;
};

TEST_F(Readme, SubmitsAnApplicationFromTheCommandLine) {
  const Ran ran = Run(BlockOf("day") + BlockOf("cli"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, ContainsRegex("applications/[0-9a-z]+\tawaiting-endorsement\tmembers/"));

  const Ran wrong = Run(NoSuchDay() + BlockOf("cli"));
  EXPECT_EQ(wrong.code, 2) << wrong.output;
  EXPECT_THAT(wrong.output, AllOf(HasSubstr("--earliest-start: \"2030-02-30\" is not a date"),
                                  Not(HasSubstr("awaiting-endorsement"))));
}

TEST_F(Readme, SubmitsAnApplicationFromPython) {
  const Ran ran = Run(BlockOf("day") + BlockOf("python"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, ContainsRegex("applications/[0-9a-z]+ STATE_AWAITING_ENDORSEMENT\n"));

  const Ran wrong = Run(NoSuchDay() + BlockOf("python"));
  EXPECT_EQ(wrong.code, 1) << wrong.output;
  EXPECT_THAT(wrong.output, AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("field: \"wishes.earliest_start\""),
                                  HasSubstr("is no day of the calendar"), HasSubstr("reason: \"INVALID_FIELDS\"")));
}

TEST_F(Readme, SubmitsAnApplicationFromNode) {
  const Ran ran = Run(BlockOf("day") + BlockOf("node"));
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_THAT(ran.output, ContainsRegex("applications/[0-9a-z]+ STATE_AWAITING_ENDORSEMENT\n"));

  const Ran wrong = Run(NoSuchDay() + BlockOf("node"));
  EXPECT_EQ(wrong.code, 1) << wrong.output;
  EXPECT_THAT(wrong.output, AllOf(HasSubstr("INVALID_ARGUMENT"), HasSubstr("\"field\": \"wishes.earliest_start\""),
                                  HasSubstr("is no day of the calendar"), HasSubstr("\"reason\": \"INVALID_FIELDS\"")));
}

// An officer who asks for too early a stay is told why, and that is an answer, not an error.
TEST_F(Readme, SamplesPrintEachReasonOfAnApplicationThatIsNotEligible) {
  const std::string tomorrow = "start=$(date -d '+1 day' +%F)\n";
  for (const char* language : {"python", "node"}) {
    const Ran ran = Run(tomorrow + BlockOf(language));
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_THAT(ran.output, AllOf(HasSubstr("STATE_INELIGIBLE\n"), HasSubstr("  NOTICE_TOO_SHORT: "))) << language;
  }
}

// README.md: "Add a programme".
TEST_F(Readme, CheckNamesFileLineFieldAndFixOfAMistakeInAProgramme) {
  const std::string check = absl::StrCat(AMIKECO_SERVICE, " --config ", folder_ / "applicant.textproto", " --check\n");
  const Ran good = Run(check);
  EXPECT_EQ(good.code, 0) << good.output;

  const std::string copies = folder_ / "programmes";
  const Ran bad =
      Run(absl::StrCat("mkdir ", copies, " && cp programmes/*.textproto ", copies, "\n",
                       "sed -i 's/months: 4/monthz: 4/' ", copies, "/ipa_exchange_inbound.textproto\n",
                       "sed -i 's#\"programmes\"#\"", copies, "\"#' ", folder_ / "applicant.textproto", "\n", check));
  EXPECT_EQ(bad.code, 2) << bad.output;
  EXPECT_THAT(bad.output, ContainsRegex("ipa_exchange_inbound.textproto:[0-9]+:[0-9]+: .*\"monthz\""));
}

TEST_F(Readme, CheckRefusesAClockThatCanBeMovedWhereCallersAreNotBelieved) {
  const Ran bad = Run(
      absl::StrCat("sed 's#identity {.*true }#identity { mtls_names { name: \"x\" } }#; s#common {#common { process { "
                   "adjustable_clock: true }#' ",
                   folder_ / "applicant.textproto", " > ", folder_ / "bad.textproto", "\n", AMIKECO_SERVICE,
                   " --config ", folder_ / "bad.textproto", " --check\n"));
  EXPECT_EQ(bad.code, 2) << bad.output;
  EXPECT_THAT(bad.output, HasSubstr("adjustable_clock"));
}

}  // namespace
}  // namespace amikeco
