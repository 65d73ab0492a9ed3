// `amikeco section import` against the applicant service's chain; what a section answers is the test's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/countries/countries.h"
#include "nlohmann/json.hpp"
#include "services/applicant/errors.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using applicant::v1::RegisterSectionRequest;
using applicant::v1::Section;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImportSections : public ::testing::Test {
 protected:
  ImportSections() : countries_(*Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"})) {
    services_.On<RegisterSectionRequest, Section>(
        "ApplicantService/RegisterSection", [this](const RegisterSectionRequest& request) -> absl::StatusOr<Section> {
          AMIKECO_ASSIGN_OR_RETURN(const std::string code, countries_.CodeOf(request.country(), "country"));
          Section section;
          section.set_name("sections/" + code);
          if (!there_.insert(code).second) {
            return applicant::errors::Exists(applicant::errors::kSectionExists, section.name());
          }
          return section;
        });
  }

  Ran Send(const std::string& text, const std::vector<std::string>& flags = {}) {
    const std::string file = folder_ / "sections.csv";
    std::ofstream(file, std::ios::binary) << text;
    std::vector<std::string> arguments = {"section", "import", file};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunProgram(arguments, {{"AMIKECO_APPLICANT", absl::StrCat("127.0.0.1:", services_.port())},
                                  {"AMIKECO_AS", "people/otto"},
                                  {"AMIKECO_ORG", "organisations/association"},
                                  {"AMIKECO_ROLE", "registrar"},
                                  {"LC_ALL", "C.UTF-8"}});
  }

  const TemporaryFolder folder_{"import-sections"};
  const Countries countries_;
  std::set<std::string> there_;
  StandIn services_;
};

// A2-01, A2-02
TEST_F(ImportSections, RegistersThoseThatAreNotThereAndChangesNothingWhenSentAgain) {
  const std::string file =
      "alpha2,iso_name,source_name_de,status\nDE,Germany,Deutschland,member\nCO,Colombia,Kolumbien,provisional\n"
      "MD,\"Moldova, Republic of\",Moldawien,member\n";
  Ran ran = Send(file);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "3\t0\t0\t0\n");
  EXPECT_THAT(ran.err, HasSubstr("100 %  3 of 3 rows"));
  EXPECT_THAT(services_.requests(), ElementsAre(HasSubstr("title: \"Germany\" state: STATE_ACTIVE"),
                                                HasSubstr("STATE_PROVISIONAL"), HasSubstr("Moldova, Republic of")));
  EXPECT_EQ(Send(file).out, "0\t0\t3\t0\n");
}

TEST_F(ImportSections, ReadsWhatASectionSendsAndHostsFor) {
  ASSERT_EQ(Send("sends,alpha2,hosts,iso_name,contact\na programmes/b,DE,b,Germany,people/secretary\n").code, 0);
  EXPECT_THAT(services_.requests().at(0),
              HasSubstr("exchanges { programme: \"programmes/a\" sends: true } exchanges { programme: \"programmes/b\" "
                        "sends: true hosts: true } contact: \"people/secretary\""));
}

TEST_F(ImportSections, ReportsEveryBadRowWithItsLineAndRegistersTheRest) {
  const Ran ran = Send(
      "alpha2,iso_name,status\nDE,Germany,member\nGermny,Germany,member\nFR,France,sleeping\nIT\nAT,Austria,\n"
      "DE,Germany,member\nCH,,member\n",
      {"-o", "json"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_EQ(report["created"], 2);
  std::string lines;
  for (const auto& row : report["rejected"]) lines += absl::StrCat(row["line"].get<int>(), " ");
  EXPECT_EQ(lines, "3 4 5 7 8 ");
  EXPECT_THAT(report["rejected"][0]["reason"].get<std::string>(), HasSubstr("did you mean Germany (DE)"));
  EXPECT_THAT(report["rejected"][4]["reason"].get<std::string>(), HasSubstr("terms.title"));
}

TEST_F(ImportSections, EndsAtAServiceThatIsAwayAndSaysHowToGoOn) {
  services_.Refuse("ApplicantService/RegisterSection", absl::PermissionDeniedError("not you"));
  const Ran ran = Send("alpha2,iso_name\nDE,Germany\n");
  EXPECT_NE(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("Everything before line 2 is imported"));
  EXPECT_THAT(Send("code,iso_name\nDE,Germany\n").err, HasSubstr("no column alpha2"));
}

// The fix that the catalogue has is told with a refusal.
TEST_F(ImportSections, TellsOfACountryThatIsRefusedHowToWriteIt) {
  const Ran ran = RunProgram({"section", "register", "USSR", "--title", "x", "--state", "active", "--exchanges",
                              "ipa-exchange-inbound:true:false"},
                             {{"AMIKECO_APPLICANT", absl::StrCat("127.0.0.1:", services_.port())},
                              {"AMIKECO_AS", "people/otto"},
                              {"AMIKECO_ORG", "organisations/association"},
                              {"AMIKECO_ROLE", "registrar"}});
  EXPECT_THAT(ran.err, HasSubstr(errors::kCountryFormer.fix));
  EXPECT_THAT(ran.err, HasSubstr("COUNTRY_FORMER"));
  EXPECT_THAT(services_.requests(),
              ElementsAre(HasSubstr("exchanges { programme: \"programmes/ipa-exchange-inbound\" sends: true }")));
}

}  // namespace
}  // namespace amikeco::cli
