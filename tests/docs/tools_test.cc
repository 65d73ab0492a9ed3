// The tools that check the tree find what they are there for: small trees with one mistake each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/docs/tool.h"
#include "tests/support/child.h"

namespace amikeco {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Tree : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  Ran RunHere(const std::string& tool, const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> argv = {absl::StrCat("tools/", tool), "--root", folder_.path()};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return RunTool(argv);
  }

  TemporaryFolder folder_{"tree"};
};

class CheckNames : public Tree {
 protected:
  void SetUp() override {
    ASSERT_EQ(RunTool({"git", "init", "--quiet", folder_.path()}).code, 0);
    Write("data/territories.tsv",
          "code\tis_country\tkind\tname\nPE\t1\tprimary\tPeru\nSA\t1\tprimary\tSaudi Arabia\n"
          "SA\t1\tfull\tKingdom of Saudi Arabia\nPE\t1\tweak\tPirou\nUS-OH\t0\tprimary\tOhio\n");
    Write("programmes/border.textproto",
          "name: \"programmes/border-course\"\ntitle: \"Course for Border Guards, at home\"\n"
          "operator_organisation: \"organisations/north-star\"\n");
  }
  Ran Saying(const std::string& code, const std::string& name = "services/applicant/service.cc") {
    Write(name, code + "\n");
    return RunHere("check_names");
  }
};

TEST_F(CheckNames, FindsWhatTheDataNamesHoweverItIsWritten) {
  for (const char* code :
       {"f(\"Peru\");", "constexpr int kSaudiArabia = 1;", "if (in_saudi_arabia) return;",
        "g(\"the Kingdom of Saudi Arabia\");", "f(\"border-course\");", "constexpr bool kBorderCourse = true;",
        "f(\"a Course for Border Guards\");", "f(\"organisations/other\");", "f(\"north-star\");",
        "f(\"hosts/CA0194200\");", "f(\"Honolulu Police Department\");", "f(\"for IACP\");"}) {
    const Ran found = Saying(code);
    EXPECT_EQ(found.code, 1) << code;
    EXPECT_THAT(found.output, HasSubstr("services/applicant/service.cc:1: code names a")) << code;
  }
}

TEST_F(CheckNames, LeavesCommentsTestsOtherWordsAndWhatOnlyTestsShareAlone) {
  Write("services/applicant/service_test.cc", "#include \"services/applicant/test_world.h\"\n// Peru\nf(\"Peru\");\n");
  Write("services/applicant/test_world.h", "inline constexpr char kHome[] = \"Peru\";\n");
  const Ran found = Saying("// As in Peru: programmes/border-course.\nint perusal = peruse(\"Ohio\", \"hosts/\");");
  EXPECT_EQ(found.code, 0) << found.output;
}

TEST_F(CheckNames, FollowsHeadersThatServicesInclude) {
  Write("services/applicant/world.h", "\ninline constexpr char kHome[] = \"Peru\";\n");
  const Ran found = Saying("#include \"services/applicant/world.h\"");
  EXPECT_EQ(found.code, 1);
  EXPECT_THAT(found.output, HasSubstr("services/applicant/world.h:2: code names a country: peru"));
}

// What is written here names no row of the product's: "@0-01" stands for the id that begins with an A.
std::string WithIds(const std::string& text) { return absl::StrReplaceAll(text, {{"@", "A"}}); }
auto HasRow(const std::string& text) { return HasSubstr(WithIds(text)); }

class Requirements : public Tree {
 protected:
  void SetUp() override {
    Write("docs/requirements.tsv",
          WithIds(
              "id\tstatement\tservice\n@0\tThe exchange\t\n@0-01\tMembers alone apply.\tAPP\n@0-02\tFor a year.\tAPP\n"
              "@0-03\tEndorsed.\tAPP\n@0-04\tOthers.\tNOT\n"));
    Write("services/applicant/CMakeLists.txt",
          "amikeco_test(applicant_test\n  SOURCES a_test.cc b_test.cc shared.cc\n  DEPS amikeco_base)\n");
  }
  void Tests(const std::string& text) { Write("services/applicant/a_test.cc", WithIds(text)); }
};

TEST_F(Requirements, AreShownByTestsThatNameThemAboveInsideOrInTheirName) {
  Tests(
      "// @0-04 stands above a helper and shows nothing.\nint Helper() { return 1; }\n\n"
      "// Members, @0-01 first.\nTEST(Judge, Asks) {\n  f();\n}\n\n"
      "TEST_P(Judge,\n       Counts_@0_02) { f(); }\n\nTYPED_TEST(Judge, Waits) {\n  f();  // @0-03\n}\n");
  Write("tests/journeys/accepted.txt", WithIds("# All of it (@0-03).\nclock 2026-09-01\n"));
  const Ran printed = RunHere("requirements");
  EXPECT_EQ(printed.code, 0) << printed.output;
  EXPECT_THAT(printed.output,
              AllOf(HasRow("3 of 4 rows"),
                    HasRow("### @0-01 · APP\n\nMembers alone apply.\n\n- `applicant_test` · Judge.Asks\n"),
                    HasRow("### @0-02 · APP\n\nFor a year.\n\n- `applicant_test` · Judge.Counts_@0_02\n"),
                    HasRow("- `applicant_test` · Judge.Waits\n"
                           "- `journeys_test` · Journeys.GoAsTheyAreWrittenDown/accepted\n"),
                    HasRow("## Not covered by a test\n\n- @0-04 (NOT): Others.\n"), Not(HasSubstr("passed"))));
}

TEST_F(Requirements, AreToldWithWhatARunCameTo) {
  Tests(
      "// @0-01\nTEST(Judge, Asks) {\n}\n\n// @0-01, @0-02\nTEST_P(Judge, Counts) {\n}\n\n// @0-03\nTEST(Judge, Waits) "
      "{\n}\n");
  Write("results/applicant_test.xml",
        "<testsuites><testsuite name=\"Judge\"><testcase name=\"Asks\" status=\"run\" result=\"completed\" "
        "classname=\"Judge\"/><testcase name=\"Counts/0\" status=\"run\" result=\"completed\" classname=\"All/Judge\"/>"
        "<testcase name=\"Counts/1\" status=\"run\" result=\"completed\" classname=\"All/Judge\"><failure/></testcase>"
        "</testsuite></testsuites>");
  const Ran printed = RunHere("requirements", {"--results", "results"});
  EXPECT_EQ(printed.code, 0) << printed.output;
  EXPECT_THAT(printed.output, AllOf(HasRow("### @0-01 · APP · failed\n"),
                                    HasRow("- passed: `applicant_test` · Judge.Asks\n"
                                           "- failed: `applicant_test` · Judge.Counts\n"),
                                    HasRow("### @0-03 · APP · not run\n")));
}

TEST_F(Requirements, ThatAreNoRowsAreRefusedWhereTheyStand) {
  Tests("// @0-77\nTEST(Judge, Asks) {\n}\n\nTEST(Judge, Counts_@0_78) {\n}\n");
  Write("protos/a.proto", WithIds("\n// As the row says (@9-01).\n"));
  const Ran printed = RunHere("requirements");
  EXPECT_EQ(printed.code, 1);
  EXPECT_THAT(printed.output, AllOf(HasRow("services/applicant/a_test.cc:1: @0-77 is not a row"),
                                    HasRow("services/applicant/a_test.cc:5: @0-78 is not a row"),
                                    HasRow("protos/a.proto:2: @9-01 is not a row"), Not(HasSubstr("# Requirements"))));
}

TEST_F(Requirements, AreNamedOneByOne) {
  for (const char* range : {"@0-01 … @0-03", "@0-01 to @0-03", "@0-01, 02"}) {
    Tests(absl::StrCat("\n// Rows ", range, ".\nTEST(Judge, Asks) {\n}\n"));
    const Ran printed = RunHere("requirements");
    EXPECT_EQ(printed.code, 1) << range;
    EXPECT_THAT(printed.output, HasRow("services/applicant/a_test.cc:2: name each row")) << range;
  }
}

}  // namespace
}  // namespace amikeco
