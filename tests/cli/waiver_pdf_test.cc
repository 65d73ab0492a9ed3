// `amikeco waiver pdf` and `waiver sign` as a user runs them, against a stand-in for the service.
#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class WaiverCommands : public testing::Test {
 protected:
  Ran Run(const std::vector<std::string>& arguments) {
    return RunProgram(arguments, {{"AMIKECO_COMPLIANCE", absl::StrCat("127.0.0.1:", server_.port())},
                                  {"AMIKECO_AS", "members/M-17"},
                                  {"AMIKECO_ROLE", "officer"}});
  }

  const TemporaryFolder folder_{"waiver-commands"};
  StandIn server_;
};

TEST_F(WaiverCommands, WriteTheDocumentToTheFileAndTellItsHash) {  // A0-24
  compliance::v1::WaiverDocument document;
  document.set_name("waivers/A-1-1");
  document.set_pdf(std::string("%PDF-1.5\n\0\xff\r\n", 13));
  document.set_sha256(std::string(64, 'b'));
  server_.Answer("ComplianceService/RenderWaiver", document);
  const Ran ran = Run({"waiver", "pdf", "A-1-1", folder_ / "waiver.pdf"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(std::string(64, 'b')));
  EXPECT_THAT(ran.out, Not(HasSubstr("PDF-1.5")));
  std::ifstream file(folder_ / "waiver.pdf", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), document.pdf());
  EXPECT_NE(Run({"waiver", "pdf", "A-1-1", folder_ / "no/such/folder/waiver.pdf"}).code, 0);
}

TEST_F(WaiverCommands, SignTheNamedWaiver) {
  server_.Answer("ComplianceService/SignWaiver", compliance::v1::Clearance());
  std::ofstream(folder_ / "name.txt") << "Katarina Zamenhof";
  const Ran ran = Run({"waiver", "sign", "A-1-1", "--signature-name", "@" + (folder_ / "name.txt"),
                       "--acknowledgements", "NO_WEAPONS,SEAT_BELT"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(server_.requests(), ElementsAre(testing::AllOf(
                                      HasSubstr("waiver: \"waivers/A-1-1\""), HasSubstr("\"Katarina Zamenhof\""),
                                      HasSubstr("acknowledgements: \"NO_WEAPONS\" acknowledgements: \"SEAT_BELT\""))));
}

}  // namespace
}  // namespace amikeco::cli
