// `amikeco assistance import` as a user runs it, against a stand-in for the service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/public_report.pb.h"
#include "common/base/status.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using applicant::v1::AssistedActivity;
using applicant::v1::RecordAssistedActivityRequest;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class ImportActivities : public ::testing::Test {
 protected:
  ImportActivities() {
    server_.On<RecordAssistedActivityRequest, AssistedActivity>(
        "ApplicantService/RecordAssistedActivity",
        [this](const RecordAssistedActivityRequest& request) -> absl::StatusOr<AssistedActivity> {
          FieldErrors wrong;
          if (request.country() == "Germny") wrong.Add("country", "is none");
          AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
          sent_.push_back(request);
          return AssistedActivity();
        });
  }
  Ran Send(const std::string& text, const std::vector<std::string>& flags = {}) {
    std::ofstream(folder_ / "a.csv") << text;
    std::vector<std::string> arguments = {"assistance", "import", folder_ / "a.csv", "--programme", "assistance"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunProgram(arguments, {{"AMIKECO_APPLICANT", absl::StrCat("127.0.0.1:", server_.port())},
                                  {"AMIKECO_AS", "people/carl"},
                                  {"AMIKECO_ROLE", "coordinator"}});
  }

  const TemporaryFolder folder_{"import-activities"};
  std::vector<RecordAssistedActivityRequest> sent_;
  StandIn server_;
};

// A3-16
TEST_F(ImportActivities, RecordsEachRowUnderItsOwnId) {
  const Ran ran = Send(
      "country,ID,service_area,year,currency,amount\n"
      "\"Korea, Republic of\",2019-1,leadership,2019,GBP,1200.5\n"
      "Hong Kong,2019-2,command,2019,,\n");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2\t0\n");
  ASSERT_THAT(sent_, SizeIs(2));
  EXPECT_EQ(sent_[0].programme(), "programmes/assistance");
  EXPECT_EQ(sent_[0].activity_id(), "2019-1");
  EXPECT_EQ(sent_[0].country(), "Korea, Republic of");
  EXPECT_EQ(sent_[0].year(), 2019);
  EXPECT_EQ(sent_[0].amount().currency_code(), "GBP");
  EXPECT_EQ(sent_[0].amount().units(), 1200);
  EXPECT_EQ(sent_[0].amount().nanos(), 500'000'000);
  EXPECT_FALSE(sent_[1].has_amount());
}

TEST_F(ImportActivities, ReportsEveryBadRowWithItsLineAndRecordsTheRest) {
  const Ran ran = Send(
      "id,country,year,currency,amount\n"
      "1,Kenya,2019,GBP,1\n"
      "2,Germny,2019,GBP,1\n"
      ",Kenya,2019,GBP,1\n"
      "4,Kenya,soon,GBP,1\n"
      "5,Kenya,2019,pound,10\n"
      "1,Kenya,2019,GBP,2\n"
      "7,Kenya,2019,GBP,much\n",
      {"--service-area", "command"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("1\t6\n"), HasSubstr("3\tcountry: is none"), HasSubstr("4\tid is empty"),
                             HasSubstr("5\tyear is not a number"), HasSubstr("6\tcurrency and amount: \"pound 10\""),
                             HasSubstr("7\tThe id 1 is on line 2"), HasSubstr("8\tcurrency and amount: ")));
  ASSERT_THAT(sent_, SizeIs(1));
  EXPECT_EQ(sent_[0].service_area(), "command") << "of the flag, for rows that have none";
}

TEST_F(ImportActivities, RefusesAFileThatItCannotRead) {
  EXPECT_EQ(Send("").code, 2);
  EXPECT_EQ(RunProgram({"assistance", "import", "/nowhere.csv", "--programme", "assistance"}, {}).code, 2);
}

}  // namespace
}  // namespace amikeco::cli
