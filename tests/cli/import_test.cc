// `amikeco host import` against the real matching service on a real store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/base/ids.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "nlohmann/json.hpp"
#include "programmes/programmes.h"
#include "services/matching/service.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kHeader[] = "ori,agency_name,agency_type_name,state_abbr\n";

class Import : public ::testing::Test {
 protected:
  Import()
      : folder_("import"),
        store_(*SqliteStore::Open(folder_ / "matching.db")),
        programmes_(*Programmes::Load("programmes")),
        service_(*store_, programmes_, ids_),
        process_(QuietProcess(), "matching"),
        server_(LoopbackConfig(), process_, clock_) {
    matching::Bind(server_.chain(), service_);
    EXPECT_TRUE(server_.Start().ok());
    environment_ = {{"AMIKECO_MATCHING", absl::StrCat("127.0.0.1:", server_.port())},
                    {"AMIKECO_AS", "people/rita"},
                    {"AMIKECO_ORG", "organisations/ipa-us"},
                    {"AMIKECO_ROLE", "registrar"},
                    {"LC_ALL", "C.UTF-8"}};
  }
  ~Import() override { server_.Stop(); }

  Ran Send(const std::string& text, const std::vector<std::string>& flags = {}) {
    const std::string file = folder_ / "agencies.csv";
    std::ofstream(file, std::ios::binary) << text;
    std::vector<std::string> arguments = {"host", "import", file, "--timeout", "60s"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunProgram(arguments, environment_);
  }
  std::string Titles() {
    const Ran ran = RunProgram({"host", "search", "-o", "jsonl", "--all"}, environment_);
    std::string titles;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      titles += nlohmann::json::parse(line)["agency"].value("title", "") + ";";
    }
    return titles;
  }

  const TemporaryFolder folder_;
  const std::unique_ptr<Store> store_;
  const Programmes programmes_;
  RandomIds ids_;
  matching::MatchingService service_;
  SystemClock clock_;
  Process process_;
  Server server_;
  std::map<std::string, std::string> environment_;
};

TEST_F(Import, CountsWhatIsNewAndAgainWhatIsUnchanged) {
  const std::string file =
      absl::StrCat(kHeader, "CA0010000,Alameda,County,CA\nCA0020000,\"Alpine, Sheriff\",County,CA\n");
  Ran ran = Send(file);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2\t0\t0\t0\n");
  EXPECT_THAT(ran.err, HasSubstr("100 %  2 of 2 rows"));
  EXPECT_EQ(Send(file).out, "0\t0\t2\t0\n");
  EXPECT_EQ(Titles(), "Alameda;Alpine, Sheriff;");
}

TEST_F(Import, UnderstandsByteOrderMarksWindowsLinesAndOtherOrdersOfColumns) {
  const Ran ran =
      Send("\xEF\xBB\xBFstate_abbr,ori,x,agency_name\r\nCA,CA0010000,,\"Ala\r\nmeda\"\r\nNV,NV0010000,,Carson");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2\t0\t0\t0\n");
}

TEST_F(Import, ReportsEveryBadRowWithItsLineAndImportsTheRest) {
  std::string file = absl::StrCat(kHeader, "CA0010000,Alameda,County,CA\n", ",No key,City,CA\n");
  file += "CA0020000,\"two\nlines\",City,CA\n";  // lines 4 and 5
  file += "CA0030000,,City,CA\n";                // no name
  file += "CA0010000,Alameda again,City,CA\n";
  file += "CA0040000,Amador,City,CA\n";
  const Ran ran = Send(file, {"-o", "json"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_EQ(report["created"], 3);
  std::string lines;
  for (const auto& row : report["rejected"]) lines += absl::StrCat(row["line"].get<int>(), " ");
  EXPECT_EQ(lines, "3 6 7 ");
  EXPECT_THAT(report["rejected"][2]["reason"].get<std::string>(), AllOf(HasSubstr("CA0010000"), HasSubstr("line 2")));
}

TEST_F(Import, SaysThatAFileIsTruncatedAndKeepsWhatIsWhole) {
  const Ran ran = Send(absl::StrCat(kHeader, "CA0010000,Alameda,County,CA\nCA0020000,\"Alpi"));
  EXPECT_EQ(ran.code, 7);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1\t0\t0\t1\n"), HasSubstr("3\tThe file ends inside a quoted field")));
  EXPECT_EQ(Titles(), "Alameda;");
  EXPECT_EQ(Send("").code, 2);
  EXPECT_EQ(Send("ori,\"agency").code, 2);
}

TEST_F(Import, RefusesAHeaderWithoutTheNeededColumns) {
  const Ran ran = Send("ori,agency\nCA0010000,Alameda\n");
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("agency_name"), HasSubstr("go on with --first-line 2")));
}

TEST_F(Import, GoesOnFromALine) {
  std::string file = kHeader;
  for (int i = 0; i < 2500; ++i) absl::StrAppend(&file, "CA", 1000000 + i, ",Agency ", i, ",City,CA\n");
  EXPECT_EQ(Send(file, {"--first-line", "2002"}).out, "500\t0\t0\t0\n");
  const Ran ran = Send(file);
  EXPECT_EQ(ran.out, "2000\t0\t500\t0\n");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("40 %  1000 of 2500 rows\n"), HasSubstr("100 %  2500 of 2500 rows\n")));
}

TEST_F(Import, ImportsTheRealListWhole) {
  const Ran ran =
      RunProgram({"host", "import", "data/us_agencies.csv", "--timeout", "60s", "-o", "json"}, environment_);
  EXPECT_EQ(ran.code, 0) << ran.err << ran.out;
  EXPECT_EQ(nlohmann::json::parse(ran.out)["created"], 18702);
}

// The stand-in holds the first answer back until the program is gone.
TEST(ImportInterrupted, EndsWith130) {
  StandIn server;
  absl::Notification done;
  server.On<matching::v1::ImportHostsRequest, matching::v1::ImportHostsResponse>(
      "MatchingService/ImportHosts",
      [&](const matching::v1::ImportHostsRequest& request) -> absl::StatusOr<matching::v1::ImportHostsResponse> {
        if (request.first_line() > 2) done.WaitForNotificationWithTimeout(absl::Seconds(30));
        return matching::v1::ImportHostsResponse();
      });
  const TemporaryFolder folder("import");
  std::string file = kHeader;
  for (int i = 0; i < 2000; ++i) absl::StrAppend(&file, "CA", 1000000 + i, ",Agency ", i, ",City,CA\n");
  std::ofstream(folder / "agencies.csv") << file;
  const Ran ran = RunProgram({"host", "import", folder / "agencies.csv"},
                             {{"AMIKECO_MATCHING", absl::StrCat("127.0.0.1:", server.port())},
                              {"AMIKECO_AS", "people/rita"},
                              {"AMIKECO_ROLE", "registrar"}},
                             "50 %");
  done.Notify();
  EXPECT_EQ(ran.code, 130);
  EXPECT_EQ(ran.out, "");
}

}  // namespace
}  // namespace amikeco::cli
