// `amikeco claim import` and the other imports of RowImports, against the applicant service's chain; what the service
// says is the test's.
#include "cli/import_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "cli/api.h"
#include "cli/command.h"
#include "cli/fields.h"
#include "common/base/status.h"
#include "common/rpc/errors.h"
#include "nlohmann/json.hpp"
#include "services/applicant/errors.h"
#include "services/applicant/money_errors.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using applicant::v1::Claim;
using applicant::v1::CostEstimate;
using applicant::v1::Entry;
using applicant::v1::Intake;
using applicant::v1::SubmitClaimRequest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kSubmit[] = "ApplicantService/SubmitClaim";
constexpr char kHeader[] =
    "claim_id,application,category,amount,currency,day,receipt,issuer,media_type,size_bytes,sha256\n";

std::string Expense(const std::string& claim, const std::string& category, const std::string& rest = "") {
  return absl::StrCat(claim, ",A-2027-001,", category, ",12.50,USD,2027-06-02,R-1,carrier,application/pdf,4711,",
                      std::string(64, 'a'), rest, "\n");
}

class ImportRowsTest : public ::testing::Test {
 protected:
  Ran Send(const std::string& noun, const std::string& text, const std::vector<std::string>& flags = {},
           const std::string& verb = "import") {
    const std::string file = folder_ / "file.csv";
    std::ofstream(file, std::ios::binary) << text;
    std::vector<std::string> arguments = {noun, verb, file};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunProgram(arguments, {{"AMIKECO_APPLICANT", absl::StrCat("127.0.0.1:", services_.port())},
                                  {"AMIKECO_AS", "people/tom"},
                                  {"AMIKECO_ORG", "organisations/sponsor"},
                                  {"AMIKECO_ROLE", "coordinator,jury,finance,officer"},
                                  {"LC_ALL", "C.UTF-8"}});
  }
  // "3: reason" of each row that was skipped.
  static std::vector<std::string> Rejected(const Ran& ran) {
    std::vector<std::string> rows;
    const auto report = nlohmann::json::parse(ran.out, nullptr, false);
    if (report.is_discarded()) return {ran.err};
    for (const auto& row : report["rejected"]) {
      rows.push_back(absl::StrCat(row["line"].get<int>(), ": ", row["reason"].get<std::string>()));
    }
    return rows;
  }

  const TemporaryFolder folder_{"import-rows"};
  StandIn services_;
};

TEST(RowImportTable, NamesFieldsThatThereAreAndIsInTheManual) {
  for (const RowImport& import : RowImports()) {
    SCOPED_TRACE(absl::StrCat(import.noun, " ", import.verb));
    const auto* const method = FindMethod(import.method);
    ASSERT_NE(method, nullptr);
    std::string summary;
    for (const Command& command : Commands()) {
      if (absl::string_view(import.noun) == command.noun && absl::string_view(import.verb) == command.verb) {
        summary = command.extra.summary;
      }
    }
    bool has_key = false;
    for (const Column& column : import.columns) {
      EXPECT_THAT(summary, HasSubstr(column.name));
      EXPECT_TRUE(column.set != nullptr || FindPath(*method->input_type(), column.path).ok()) << column.path;
      has_key = has_key || absl::string_view(column.name) == import.key;
    }
    EXPECT_TRUE(has_key) << import.key;
    for (const char* items : {import.rows_of, import.others_of}) {
      if (*items == '\0') continue;
      const auto path = FindPath(*method->input_type(), items);
      ASSERT_TRUE(path.ok()) << items;
      EXPECT_TRUE(path->back()->is_repeated() && path->back()->message_type() != nullptr) << items;
    }
  }
}

// A4-08
TEST_F(ImportRowsTest, HandsInEveryClaimWithAllItsRows) {
  services_.Answer(kSubmit, Claim());
  const Ran ran = Send(
      "claim", absl::StrCat(kHeader, Expense("C-1", "travel"), Expense("C-2", "travel"), Expense("C-1", "materials")));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "2\t0\t0\t0\n");
  EXPECT_THAT(ran.err, AllOf(HasSubstr("100 %  3 of 3 rows"), Not(HasSubstr("not read"))));
  EXPECT_THAT(
      services_.requests(),
      ElementsAre(AllOf(HasSubstr("claim_id: \"C-1\" application: \"applications/A-2027-001\" lines { category: "
                                  "\"travel\" amount { currency_code: \"USD\" units: 12 nanos: 500000000 } day { year: "
                                  "2027 month: 6 day: 2 } receipt { id: \"R-1\" issuer: RECEIPT_ISSUER_CARRIER"),
                        HasSubstr("category: \"materials\"")),
                  AllOf(HasSubstr("claim_id: \"C-2\""), Not(HasSubstr("materials")))));
}

TEST_F(ImportRowsTest, ReadsColumnsInAnyOrderAndSpellingAndSaysWhichItDoesNotRead) {
  services_.Answer(kSubmit, Claim());
  const Ran ran =
      Send("claim", absl::StrCat("SHA256,Claim ID,application,category,amount,day,receipt,issuer,"
                                 "Media-Type,size bytes,remarks\n",
                                 std::string(64, 'a'),
                                 ",C-1,A-1,travel,JPY 900,2027-06-02,R-1,carrier,application/pdf,1,seen\n"));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("Columns that are not read: remarks."));
  EXPECT_THAT(services_.requests().at(0), HasSubstr("currency_code: \"JPY\" units: 900"));
}

// A4-08: what is wrong with one expense keeps its whole claim back, and no other.
TEST_F(ImportRowsTest, ReportsEveryWrongRowOfAClaimAndSendsNothingOfIt) {
  services_.Answer(kSubmit, Claim());
  const Ran ran = Send("claim",
                       absl::StrCat(kHeader, Expense("C-1", "travel"), Expense("C-2", "travel"),
                                    "C-1,A-2027-001,travel,twelve,USD,2027-02-30,R-2,carrier,application/pdf,1,bb\n",
                                    Expense("", "travel"), "C-2,A-9,travel,1,USD,2027-06-02,R-3,carrier,a/b,1,c\n",
                                    Expense("C-3", "travel"), "C-3,short\n"),
                       {"-o", "json"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_THAT(Rejected(ran),
              ElementsAre("2: Nothing of claim_id C-1 was imported: see line 4.",
                          "3: Nothing of claim_id C-2 was imported: see line 6.",
                          AllOf(HasSubstr("4: amount: "), HasSubstr("day: ")), "5: claim_id is empty.",
                          "6: claim_id C-2 is on line 3, with other values than here: one of the two is wrong.",
                          "8: The row has 2 fields, the header has 11."));
  EXPECT_THAT(services_.requests(), ElementsAre(HasSubstr("claim_id: \"C-3\"")))
      << "a row that does not say which claim it is of keeps none back";
}

TEST_F(ImportRowsTest, PutsWhatTheServiceSaysOnTheRowThatItIsAbout) {
  services_.On<SubmitClaimRequest, Claim>(kSubmit, [](const SubmitClaimRequest& request) -> absl::StatusOr<Claim> {
    if (request.claim_id() == "C-0") {
      return applicant::errors::Exists(applicant::errors::kClaimExists, "claims/C-0");
    }
    if (request.claim_id() == "C-9") return NotFound(request.application());
    FieldErrors wrong;
    if (request.lines_size() > 1) wrong.Add("lines[1].category", "is none of the programme's");
    AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
    return Claim();
  });
  const Ran ran = Send("claim",
                       absl::StrCat(kHeader, Expense("C-0", "travel"), Expense("C-1", "travel"),
                                    Expense("C-9", "travel"), Expense("C-1", "golf"), Expense("C-4", "travel")),
                       {"-o", "json"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  const auto report = nlohmann::json::parse(ran.out);
  EXPECT_EQ(report["created"], 1);
  EXPECT_EQ(report["unchanged"], 1) << "a claim that is there already";
  EXPECT_THAT(Rejected(ran), ElementsAre("3: Nothing of claim_id C-1 was imported: see line 5.",
                                         HasSubstr("4: There is no applications/A-2027-001"),
                                         "5: category: is none of the programme's"));
}

// A0-28
TEST_F(ImportRowsTest, RecordsEstimatesWithAColumnForEachCategory) {
  services_.Answer("ApplicantService/RecordCostEstimate", CostEstimate());
  const Ran ran = Send("estimate",
                       "application,Air ticket,food,section contribution,currency\nA-1,1200.00,350,200,USD\n"
                       "applications/A-2,EUR 80,,,USD\n");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "0\t2\t0\t0\n");
  EXPECT_THAT(
      services_.requests(),
      ElementsAre(HasSubstr("name: \"costEstimates/A-1\" lines { category: \"air-ticket\" amount { currency_code: "
                            "\"USD\" units: 1200 } } lines { category: \"food\" amount { currency_code: \"USD\" units: "
                            "350 } } section_contribution { currency_code: \"USD\" units: 200 }"),
                  HasSubstr("name: \"costEstimates/A-2\" lines { category: \"air-ticket\" amount { currency_code: "
                            "\"EUR\" units: 80 } } request_id")));
}

// A2-11
TEST_F(ImportRowsTest, GivesAJurorsPointsAndNamesTheCriterionThatIsWrong) {
  services_.On<applicant::v1::ScoreEntryRequest, Entry>(
      "ApplicantService/ScoreEntry", [](const applicant::v1::ScoreEntryRequest& request) -> absl::StatusOr<Entry> {
        FieldErrors wrong;
        if (request.points(1).points() > 10) wrong.Add("points[1].points", "must be 0 to 10");
        if (request.application() == "applications/A-3") {
          return Error(applicant::errors::kJurorOfOwnSection, "applications/A-3 is of sections/DE.");
        }
        AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
        return Entry();
      });
  const Ran ran = Send("entry",
                       "intake,application,merit,benefit\nyear-2027,A-1,8,5\nyear-2027,A-2,8,11\nyear-2027,A-3,1,1\n"
                       "year-2027,A-4,much,1\nyear-2027,A-1,2,2\n",
                       {"-o", "json"});
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out)["updated"], 1);
  EXPECT_THAT(Rejected(ran), ElementsAre("3: benefit: must be 0 to 10", "4: applications/A-3 is of sections/DE.",
                                         HasSubstr("5: merit: “much” is not a whole number."),
                                         "6: application A-1 is on line 2 already."));
  EXPECT_THAT(services_.requests().at(0),
              HasSubstr("name: \"intakes/year-2027\" application: \"applications/A-1\" points { criterion: \"merit\" "
                        "points: 8 } points { criterion: \"benefit\" points: 5 }"));
}

// A1-11
TEST_F(ImportRowsTest, OpensIntakesAndLeavesThoseThatAreThere) {
  std::set<std::string> there;
  services_.On<applicant::v1::OpenIntakeRequest, Intake>(
      "ApplicantService/OpenIntake", [&](const applicant::v1::OpenIntakeRequest& request) -> absl::StatusOr<Intake> {
        if (there.insert(request.intake_id()).second) return Intake();
        return applicant::errors::Exists(applicant::errors::kIntakeExists, request.intake_id());
      });
  const std::string file =
      "intake_id,programme,title,opens,closes,places,announce_to\n"
      "de-2027,training-scholarship,\"Training, 2027\",2027-01-01,2027-03-31,2,DE AT\n"
      "fr-2027,training-scholarship,Training,2027-01-01,2027-03-31,,\n";
  EXPECT_EQ(Send("intake", file).out, "2\t0\t0\t0\n");
  EXPECT_EQ(Send("intake", file).out, "0\t0\t2\t0\n");
  EXPECT_THAT(services_.requests().at(0),
              AllOf(HasSubstr("programme: \"programmes/training-scholarship\" title: \"Training, 2027\""),
                    HasSubstr("places: 2"), HasSubstr("announce_to: \"sections/DE\" announce_to: \"sections/AT\"")));
}

// A4-08
TEST_F(ImportRowsTest, RecordsPaymentsAndReportsThoseThatWereRecordedBefore) {
  services_.On<applicant::v1::RecordPaymentRequest, Claim>(
      "ApplicantService/RecordPayment",
      [](const applicant::v1::RecordPaymentRequest& request) -> absl::StatusOr<Claim> {
        if (request.name() == "claims/C-1") return Claim();
        return Error(applicant::errors::kClaimNotPossibleInState, "claims/C-2 is paid.");
      });
  const Ran ran = Send("claim", "claim,reference,day\nC-1,PAY-1,2027-08-02\nC-2,PAY-2,2027-08-02\n", {"-o", "json"},
                       "import-payments");
  EXPECT_EQ(ran.code, 7) << ran.err;
  EXPECT_EQ(nlohmann::json::parse(ran.out)["updated"], 1);
  EXPECT_THAT(Rejected(ran), ElementsAre("3: claims/C-2 is paid."));
}

// A3-16
TEST_F(ImportRowsTest, RecordsAssistedActivitiesAndReportsWhatWasRecordedOtherwise) {
  constexpr char kMethod[] = "ApplicantService/RecordAssistedActivity";
  const std::string header = "activity_id,programme,country,service_area,year,amount,currency\n";
  services_.Answer(kMethod, applicant::v1::AssistedActivity());
  const std::string korea = "2019-1,a,\"Korea, Republic of\",leadership,2019,1200.50,GBP\n";
  const Ran ran = Send("assistance", absl::StrCat(header, korea, "2019-2,a,Hong Kong,command,2019,,\n"));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(services_.requests(),
              ElementsAre(AllOf(HasSubstr("country: \"Korea, Republic of\""), HasSubstr("units: 1200")),
                          AllOf(HasSubstr("country: \"Hong Kong\""), Not(HasSubstr("amount")))));
  services_.Refuse(kMethod, Error(applicant::errors::kActivityExists, "2019-1 has other content already."));
  EXPECT_THAT(Rejected(Send("assistance", absl::StrCat(header, korea), {"-o", "json"})),
              ElementsAre("2: 2019-1 has other content already."));
}

TEST_F(ImportRowsTest, WaitsWhenItIsToldThatItAsksTooOften) {
  int calls = 0;
  services_.On<SubmitClaimRequest, Claim>(kSubmit, [&](const SubmitClaimRequest&) -> absl::StatusOr<Claim> {
    if (++calls == 3) return Claim();
    absl::Status status = Error(amikeco::errors::kQuotaExceeded, "Too many writes.");
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_nanos(1'000'000);
    SetDetail(status, retry);
    return status;
  });
  const Ran ran = Send("claim", absl::StrCat(kHeader, Expense("C-1", "travel")));
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(calls, 3);
}

TEST_F(ImportRowsTest, EndsAtAServiceThatIsAwayAndSaysHowToGoOn) {
  services_.Refuse(kSubmit, Error(amikeco::errors::kRoleMissing, "not you"));
  const Ran ran = Send("claim", absl::StrCat(kHeader, Expense("C-1", "travel"), Expense("C-2", "travel")));
  EXPECT_EQ(ran.code, 4);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("Everything before line 2 is imported"));
  EXPECT_EQ(services_.requests().size(), 1u);
}

// A file that somebody else wrote must not make the program send this machine's files.
TEST_F(ImportRowsTest, ReadsNoFileThatACellNames) {
  services_.Answer("ApplicantService/OpenIntake", Intake());
  const std::string secret = folder_ / "secret.txt";
  std::ofstream(secret) << "Secret-Text";
  ASSERT_EQ(Send("intake",
                 absl::StrCat("intake_id,programme,title,opens,closes\ni-1,a,@", secret, ",2027-01-01,2027-03-31\n"))
                .code,
            0);
  EXPECT_THAT(services_.requests().at(0), AllOf(HasSubstr("title: \"@"), Not(HasSubstr("Secret-Text"))));
}

TEST_F(ImportRowsTest, RefusesFilesWhoseHeaderIsWrong) {
  EXPECT_THAT(Send("claim", "claim_id,application\n").err, HasSubstr("has no column category"));
  EXPECT_THAT(Send("intake", "intake_id,Intake ID,programme,title,opens,closes\n").err,
              HasSubstr("has the column Intake ID twice"));
  EXPECT_THAT(Send("claim", "\n").err, HasSubstr("has no header row"));
  EXPECT_EQ(Send("entry", "intake,application\n", {"--request-id", "00000000-0000-4000-8000-000000000001"}).code, 2);
  EXPECT_THAT(services_.requests(), IsEmpty());
}

}  // namespace
}  // namespace amikeco::cli
