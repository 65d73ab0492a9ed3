// `amikeco watch-list import` and `amikeco screen` against the real compliance service on a real store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/configs.h"
#include "common/store/sqlite_store.h"
#include "programmes/programmes.h"
#include "services/compliance/service.h"
#include "tests/cli/program.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ScreenCommand : public ::testing::Test {
 protected:
  ScreenCommand()
      : folder_("screen"),
        store_(*SqliteStore::Open(folder_ / "compliance.db")),
        service_(*store_, programmes_, dossiers_, policy_, templates_),
        process_(QuietProcess(), "compliance"),
        server_(LoopbackConfig(), process_, clock_) {
    compliance::Bind(server_.chain(), service_);
    EXPECT_TRUE(server_.Start().ok());
  }
  ~ScreenCommand() override { server_.Stop(); }

  std::string File(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  Ran Run(const std::vector<std::string>& arguments, const std::string& role = "compliance-officer") {
    return RunProgram(arguments, {{"AMIKECO_COMPLIANCE", absl::StrCat("127.0.0.1:", server_.port())},
                                  {"AMIKECO_AS", "people/vera"},
                                  {"AMIKECO_ORG", "organisations/operator"},
                                  {"AMIKECO_ROLE", role},
                                  {"AMIKECO_TIMEOUT", "60s"},
                                  {"LC_ALL", "C.UTF-8"}});
  }
  // Three files of a list, of more than a chunk together.
  std::vector<std::string> Lists() {
    std::string entries, aliases;
    const auto add = [&](int id, absl::string_view name, absl::string_view remarks) {
      absl::StrAppend(&entries, id, ",\"", name, "\",\"individual\",\"P\"");
      for (int i = 0; i < 7; ++i) absl::StrAppend(&entries, ",-0- ");
      absl::StrAppend(&entries, ",\"", remarks, "\"\r\n");
    };
    add(101, "BREZOVSKY, Zoltan", "DOB 04 Mar 1961; nationality Hungary.");
    const std::string letters = "bdfgklmnprstvzaeiou";
    for (int i = 0; i < 12'000; ++i) {
      std::string word;
      for (int n = i + 19; n > 0; n /= 19) word += letters[n % 19];
      add(1000 + i, absl::StrCat("UNLIKE", word, ", ", word, "IST"), "DOB 1950; this is a long remark of no meaning.");
    }
    absl::StrAppend(&aliases, "101,1,\"aka\",\"BREZOFFSKY, Soltan\",-0- \r\n\x1A");
    entries += '\x1A';
    EXPECT_GT(entries.size(), size_t{1} << 20);
    return {File("sdn.csv", entries), File("alt.csv", aliases)};
  }

  const TemporaryFolder folder_;
  const std::unique_ptr<Store> store_;
  const Programmes programmes_;
  const Dossiers dossiers_{*SecretKey::FromBytes(std::string(32, 'k'))};
  const compliance::v1::AssessmentPolicy policy_;
  const compliance::WaiverTemplates templates_;
  compliance::ComplianceService service_;
  SystemClock clock_;
  Process process_;
  Server server_;
};

// A0-25
TEST_F(ScreenCommand, ImportsAListInPiecesAndScreensTheRowsOfAFile) {
  const auto files = Lists();
  const Ran imported =
      Run({"watch-list", "import", "ofac-sdn", "sdn", absl::StrCat(files[0], ",", files[1])}, "operations");
  EXPECT_EQ(imported.code, 0) << imported.err;
  EXPECT_EQ(imported.out, "watchLists/ofac-sdn\t1\t12001\t12002\t0\t0\n");
  EXPECT_THAT(imported.err, HasSubstr("100 %"));
  const std::string people = File("people.csv",
                                  "id,name,birth,nationality,colour\n"
                                  "P-1,Zoltan Brezovsky,1961-03-04,hu,red\n"
                                  "P-2,\"Quarrington, Ottoline\",1970-01-01,,\n"
                                  "P-3,,1970-01-01,,\n"
                                  "P-4,Anna Arendt,yesterday,,\n"
                                  "P-5,Anna\n"
                                  "P-\xff,Anna,,,\n");
  const Ran ran = Run({"screen", people, "-o", "csv"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("line,id,name,outcome,score,list,entry,why\n"
                                  "2,P-1,Zoltan Brezovsky,BLOCK,"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("watchLists/ofac-sdn,101,"), HasSubstr("the date of birth is the same"),
                             HasSubstr("3,P-2,\"Quarrington, Ottoline\",CLEAR,,,,\n"), Not(HasSubstr("Arendt"))));
  EXPECT_THAT(ran.err, AllOf(HasSubstr("Columns that are not read: colour."), HasSubstr("Line 4: name is empty."),
                             HasSubstr("Line 5: birth: must be a date"), HasSubstr("Line 6: The row has 2 fields"),
                             HasSubstr("Line 7: The row is not UTF-8."), HasSubstr("100 %  6 of 6 people")));
  EXPECT_THAT(ran.err, Not(HasSubstr("partial")));
  const std::string notices =
      File("notices.json", R"([{"entity_id": "2026/1", "name": "MALINAK", "forename": "Piotr"}])");
  EXPECT_EQ(Run({"watch-list", "import", "interpol", "notices", notices}, "operations").code, 0);
  const Ran json = Run({"screen", people, "-o", "jsonl"});
  EXPECT_THAT(json.err, HasSubstr("The coverage of watchLists/interpol is partial"));
  EXPECT_THAT(json.out, HasSubstr("{\"line\":\"2\",\"id\":\"P-1\""));
}

TEST_F(ScreenCommand, SaysWhatIsWrongBeforeAnythingIsDone) {
  const std::string people = File("people.csv", "who\nAnna\n");
  EXPECT_EQ(Run({"screen", people}).code, 2);
  EXPECT_EQ(Run({"screen", File("latin.csv",
                                "name,Stra\xdf"
                                "e\nAnna,\n")})
                .code,
            2);
  EXPECT_EQ(Run({"screen", File("one.csv", "name\nAnna\n")}).code, 5) << "there is no list";
  EXPECT_EQ(Run({"watch-list", "list", "-o", "csv"}).code, 2) << "csv is of screen alone";
  EXPECT_EQ(Run({"watch-list", "import", "un", "consolidated", folder_ / "none.xml"}, "operations").code, 2);
  const Ran broken =
      Run({"watch-list", "import", "un", "consolidated", File("un.xml", "<CONSOLIDATED_LIST>")}, "operations");
  EXPECT_EQ(broken.code, 2) << broken.err;
  EXPECT_THAT(broken.err, HasSubstr("watchLists/un"));
}

}  // namespace
}  // namespace amikeco::cli
