// The program itself, run as a user runs it, against a server with the real call chain: outputs, errors, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/chain.h"
#include "common/base/dates.h"
#include "common/config/textproto.h"
#include "common/rpc/errors.h"
#include "nlohmann/json.hpp"
#include "services/applicant/errors.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"
#include "tests/support/child.h"

namespace amikeco::cli {
namespace {

using applicant::v1::Application;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr char kSubmit[] = "ApplicantService/SubmitApplication";
constexpr char kGet[] = "ApplicantService/GetApplication";

google::type::Date Day(const char* text) { return *ParseDate(text); }

Application Officer(const std::string& id) {
  Application application;
  application.set_name("applications/" + id);
  application.set_member("members/M-1");
  application.set_programme("programmes/ipa-exchange-inbound");
  application.set_state(Application::STATE_IN_MATCHING);
  *application.mutable_wishes()->mutable_earliest_start() = Day("2027-06-01");
  *application.mutable_wishes()->mutable_latest_end() = Day("2027-06-30");
  *application.mutable_submit_time() =
      ToTimestamp(absl::FromCivil(absl::CivilMinute(2026, 11, 23, 9, 30), absl::UTCTimeZone()));
  return application;
}

class Cli : public ::testing::Test {
 protected:
  Cli() {
    const std::string address = absl::StrCat("127.0.0.1:", server_.port());
    for (const char* service : {"APPLICANT", "MATCHING", "COMPLIANCE", "NOTIFY"}) {
      environment_[absl::StrCat("AMIKECO_", service)] = address;
    }
    environment_["AMIKECO_AS"] = "people/omar";
    environment_["AMIKECO_ORG"] = "organisations/ipa-us";
    environment_["AMIKECO_ROLE"] = "coordinator,registrar,operations,endorser,host-contact,compliance-officer";
    environment_["TZ"] = "UTC";
    environment_["LC_ALL"] = "C.UTF-8";
  }

  Ran Run(const std::vector<std::string>& arguments) { return RunProgram(arguments, environment_); }
  // Runs, and expects success and nothing on standard error.
  std::string Out(const std::vector<std::string>& arguments) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_EQ(ran.err, "");
    return ran.out;
  }

  StandIn server_;
  std::map<std::string, std::string> environment_;
};

TEST_F(Cli, PrintsAlignedTablesForPeople) {
  applicant::v1::ListApplicationsResponse page;
  *page.add_applications() = Officer("A-1");
  *page.add_applications() = Officer("A-2027-002");
  page.mutable_applications(1)->set_state(Application::STATE_INVITED);
  page.mutable_applications(1)->mutable_placement()->set_host("hosts/CA0194200");
  server_.Answer("ApplicantService/ListApplications", page);
  EXPECT_EQ(
      Out({"application", "list", "-o", "table"}),
      "NAME                     STATE        MEMBER       PROGRAMME                        FROM        TO          HOST"
      "             START  END\n"
      "applications/A-1         in-matching  members/M-1  programmes/ipa-exchange-inbound  2027-06-01  2027-06-30\n"
      "applications/A-2027-002  invited      members/M-1  programmes/ipa-exchange-inbound  2027-06-01  2027-06-30  "
      "hosts/CA0194200\n");
  // Piped: a line a record, a tab between cells, no header.
  EXPECT_THAT(Out({"application", "list"}), StartsWith("applications/A-1\tin-matching\tmembers/M-1\tprogrammes/"
                                                       "ipa-exchange-inbound\t2027-06-01\t2027-06-30\t\t\t\n"));
  EXPECT_EQ(Out({"application", "list", "-o", "name"}), "applications/A-1\napplications/A-2027-002\n");
  EXPECT_THAT(Out({"application", "list", "-o", "jsonl"}),
              StartsWith("{\"name\":\"applications/A-1\",\"member\":\"members/M-1\",\"programme\":"));
}

TEST_F(Cli, PrintsOneRecordAsLinesOfFieldsOrJson) {
  server_.Answer(kGet, Officer("A-1"));
  EXPECT_EQ(Out({"application", "get", "A-1", "-o", "table"}),
            "name                   applications/A-1\n"
            "member                 members/M-1\n"
            "programme              programmes/ipa-exchange-inbound\n"
            "state                  in-matching\n"
            "wishes.earliest_start  2027-06-01\n"
            "wishes.latest_end      2027-06-30\n"
            "submit_time            2026-11-23 09:30:00\n");
  const auto json = nlohmann::json::parse(Out({"application", "get", "A-1", "-o", "json"}));
  EXPECT_EQ(json["state"], "STATE_IN_MATCHING");
  EXPECT_EQ(json["wishes"]["earliest_start"]["month"], 6);
  EXPECT_EQ(json["submit_time"], "2026-11-23T09:30:00Z");
  EXPECT_THAT(server_.requests(), ElementsAre("ApplicantService/GetApplication name: \"applications/A-1\"",
                                              "ApplicantService/GetApplication name: \"applications/A-1\""));
}

TEST_F(Cli, PrintsListsAndMapsInsideARecordOnALineEach) {
  matching::v1::Placement placement;
  placement.set_name("placements/A-1");
  (*placement.mutable_ranking()->mutable_excluded())["NO_WINDOW"] = 3;
  for (const char* id : {"1", "2"}) placement.add_legs()->set_id(id);
  auto& best = *placement.mutable_ranking()->add_shortlist();
  best.set_host("hosts/CA1");
  auto& term = *best.add_terms();
  term.set_term("topic");
  term.set_points(10);
  server_.Answer("MatchingService/GetPlacement", placement);
  EXPECT_EQ(Out({"placement", "get", "A-1"}),
            "name\tplacements/A-1\nranking.shortlist\thost=hosts/CA1 terms={term=topic points=10}\n"
            "ranking.excluded\tNO_WINDOW=3\nlegs\tid=1\nlegs\tid=2\n");
}

TEST_F(Cli, FollowsPagesAndSaysWhenThereAreMore) {
  server_.On<applicant::v1::ListMembersRequest, applicant::v1::ListMembersResponse>(
      "ApplicantService/ListMembers", [](const applicant::v1::ListMembersRequest& request) {
        applicant::v1::ListMembersResponse page;
        page.add_members()->set_name(absl::StrCat("members/M-", request.page_token()));
        if (request.page_token().size() < 2) page.set_next_page_token(request.page_token() + "x");
        return page;
      });
  EXPECT_EQ(Out({"member", "list", "--all", "-o", "name", "--page-size", "1"}),
            "members/M-\nmembers/M-x\nmembers/M-xx\n");
  const Ran ran = Run({"member", "list"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, HasSubstr("There is more: --all"));
}

TEST_F(Cli, NamesTheCallerAndTheCommand) {
  server_.Answer(kSubmit, Officer("A-1"));
  const std::string id = "5f0c7a52-8c1e-4f0e-9d3b-2a64c9d7e1b8";
  Ran ran = Run({"application",
                 "submit",
                 "M-1",
                 "--programme",
                 "ipa-exchange-inbound",
                 "--earliest-start",
                 "2027-06-01",
                 "--latest-end",
                 "2027-06-30",
                 "--stay-days",
                 "14",
                 "--as",
                 "members/M-1",
                 "--org",
                 "sections/DE",
                 "--role",
                 "officer",
                 "--request-id",
                 id,
                 "-v"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(server_.caller(), "members/M-1 sections/DE ROLE_OFFICER");
  EXPECT_THAT(server_.requests().back(), HasSubstr(absl::StrCat("request_id: \"", id, "\"")));
  EXPECT_THAT(ran.err,
              AllOf(StartsWith(absl::StrCat("amikeco.applicant.v1.ApplicantService/SubmitApplication request ", id)),
                    HasSubstr("ms OK")));
}

TEST_F(Cli, ReadsRequestsFromFiles) {
  server_.Answer(kSubmit, Officer("A-1"));
  const TemporaryFolder folder("cli");
  std::ofstream(folder / "request.json")
      << R"({"member": "members/M-9", "programme": "programmes/p", "wishes": {"earliest_start": {"year": 2027, "month": 6, "day": 1},
             "latest_end": {"year": 2027, "month": 6, "day": 30}, "stay_days": 7}})";
  std::ofstream(folder / "request.textproto")
      << "member: 'members/M-8' programme: 'programmes/p' wishes { earliest_start { year: "
         "2027 month: 6 day: 1 } latest_end { year: 2027 month: 6 day: 30 } stay_days: 7 }";
  std::ofstream(folder / "bad.json") << R"({"membr": "members/M-9"})";
  Out({"application", "submit", "-f", folder / "request.json", "--stay-days", "9"});
  EXPECT_THAT(server_.requests().back(), AllOf(HasSubstr("members/M-9"), HasSubstr("stay_days: 9")));
  Out({"application", "submit", "-f", folder / "request.textproto"});
  EXPECT_THAT(server_.requests().back(), AllOf(HasSubstr("members/M-8"), HasSubstr("stay_days: 7")));
  const Ran ran = Run({"application", "submit", "-f", folder / "bad.json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("membr"));
}

// Every exit code, with nothing on standard output.
TEST_F(Cli, HasAnExitCodeForEachKindOfFailure) {
  const std::vector<std::pair<absl::StatusCode, int>> failures = {
      {absl::StatusCode::kDataLoss, 1},          {absl::StatusCode::kInvalidArgument, 2},
      {absl::StatusCode::kNotFound, 3},          {absl::StatusCode::kUnauthenticated, 4},
      {absl::StatusCode::kPermissionDenied, 4},  {absl::StatusCode::kAborted, 5},
      {absl::StatusCode::kAlreadyExists, 5},     {absl::StatusCode::kFailedPrecondition, 5},
      {absl::StatusCode::kResourceExhausted, 6}, {absl::StatusCode::kDeadlineExceeded, 6}};
  for (const auto& [status, code] : failures) {
    server_.Refuse(kGet, Error({status, "test", "REFUSED", ""}, "The test refuses."));
    const Ran ran = Run({"application", "get", "A-1"});
    EXPECT_EQ(ran.code, code) << status << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err, "");
  }
  environment_["AMIKECO_ROLE"] = "auditor";
  EXPECT_EQ(Run({"application", "get", "A-1"}).code, 4);
  EXPECT_EQ(Run({"application", "gett", "A-1"}).code, 2);
  environment_.erase("AMIKECO_APPLICANT");
  EXPECT_EQ(Run({"application", "get", "A-1"}).code, 2);
}

TEST_F(Cli, TellsProgramsOfFailuresInOneJsonObject) {
  const Ran ran = Run({"application", "submit", "M-1", "--stay-days", "999", "-o", "json"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  const auto error = nlohmann::json::parse(ran.err);
  EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["reason"], "INVALID_FIELDS");
  EXPECT_EQ(error["domain"], "amikeco");
  EXPECT_THAT(error["request_id"].get<std::string>(), MatchesRegex("[0-9a-f-]{36}"));
  EXPECT_EQ(error["help"], errors::kInvalidFields.fix);
  std::vector<std::string> fields;
  for (const auto& violation : error["violations"]) fields.push_back(violation["field"]);
  EXPECT_THAT(fields, ElementsAre("programme", "wishes.earliest_start", "wishes.latest_end", "wishes.stay_days"));
  server_.Refuse(kGet, NotFound("applications/A-1"));
  const auto missing = nlohmann::json::parse(Run({"application", "get", "A-1", "-o", "json"}).err);
  EXPECT_EQ(missing["reason"], "RESOURCE_NOT_FOUND");
  EXPECT_EQ(missing["metadata"]["name"], "applications/A-1");
}

TEST_F(Cli, TellsPeopleOfFailuresInSentences) {
  server_.Refuse(kGet, NotFound("applications/A-1"));
  EXPECT_EQ(Run({"application", "get", "A-1"}).err,
            absl::StrCat("amikeco: There is no applications/A-1 that you may see.\n", errors::kNotFound.fix,
                         "\n(NOT_FOUND RESOURCE_NOT_FOUND)\n"));
}

TEST_F(Cli, SaysWhatToDoAboutAServicesOwnErrors) {
  server_.Refuse("ApplicantService/WithdrawApplication",
                 Error(applicant::errors::kActiveApplicationExists, "M-1 has an open application."));
  EXPECT_THAT(Run({"application", "withdraw", "A-1"}).err, HasSubstr(applicant::errors::kActiveApplicationExists.fix));
}

TEST_F(Cli, RetriesWhatIsUnavailableWithTheSameRequestId) {
  int calls = 0;
  server_.On<applicant::v1::EndorseMemberRequest, applicant::v1::Member>(
      "ApplicantService/EndorseMember",
      [&](const applicant::v1::EndorseMemberRequest& request) -> absl::StatusOr<applicant::v1::Member> {
        if (++calls < 3) return absl::UnavailableError("soon");
        applicant::v1::Member member;
        member.set_name(request.name());
        return member;
      });
  EXPECT_EQ(Out({"member", "endorse", "M-1", "-o", "name"}), "members/M-1\n");
  EXPECT_EQ(calls, 3);
  const auto requests = server_.requests();
  EXPECT_EQ(requests[0], requests[2]);
  server_.Refuse("ApplicantService/EndorseMember", absl::UnavailableError("not soon"));
  EXPECT_EQ(Run({"member", "endorse", "M-1"}).code, 6);
  EXPECT_THAT(server_.requests(), SizeIs(6));
}

TEST_F(Cli, SaysWhyAnApplicationIsWhereItIs) {
  applicant::v1::ApplicationExplanation why;
  why.set_name("applications/A-1");
  why.set_state(Application::STATE_INELIGIBLE);
  why.set_summary("Two rules do not hold.");
  auto& rule = *why.add_rule_results();
  rule.set_rule("membership");
  rule.set_holds(true);
  rule.set_explanation("Regular member.");
  auto& notice = *why.add_rule_results();
  notice.set_rule("notice");
  notice.set_reason("TOO_LATE");
  notice.set_explanation("2027-01-02 is before 2027-03-23.");
  notice.set_remedy("Start on 2027-03-23 or later.");
  auto& waiting = *why.add_waiting_for();
  waiting.set_what("The section must endorse the member.");
  waiting.set_owner(options::v1::ROLE_ENDORSER);
  waiting.set_owner_name("sections/DE");
  *waiting.mutable_due() = Day("2026-12-23");
  why.add_possible_commands("WithdrawApplication");
  server_.Answer("ApplicantService/ExplainApplication", why);
  EXPECT_EQ(Out({"application", "why", "A-1"}),
            "applications/A-1: ineligible\n"
            "Two rules do not hold.\n\n"
            "It waits for:\n"
            "  - The section must endorse the member.\n"
            "      owed by endorser sections/DE, due 2026-12-23\n\n"
            "The rules:\n"
            "  ✗ notice (TOO_LATE): 2027-01-02 is before 2027-03-23.\n"
            "      What would change it: Start on 2027-03-23 or later.\n"
            "  ✓ membership: Regular member.\n\n"
            "What can be done now:\n"
            "  application withdraw\n");
  environment_["LC_ALL"] = "C";
  EXPECT_THAT(Out({"application", "why", "A-1"}),
              AllOf(HasSubstr("[--] notice"), HasSubstr("[ok] membership"), Not(HasSubstr("✓"))));
  EXPECT_EQ(nlohmann::json::parse(Out({"application", "why", "A-1", "-o", "json"}))["state"], "STATE_INELIGIBLE");
}

TEST_F(Cli, ShowsWhatAClearanceStillNeedsAndWhenItLapses) {
  compliance::v1::Clearance clearance;
  clearance.set_name("clearances/A-1");
  clearance.set_state(compliance::v1::Clearance::STATE_OPEN);
  clearance.set_version(4);
  for (const char* id : {"background-check", "health-cover"}) {
    auto& item = *clearance.add_items();
    item.set_id(id);
    item.set_mandatory(true);
    *item.mutable_first_day() = Day("2027-06-01");
    *item.mutable_last_day() = Day("2027-06-14");
    *item.mutable_due() = Day("2027-05-01");
  }
  auto& record = *clearance.add_records();
  record.set_number(1);
  record.set_item("health-cover");
  record.set_outcome(compliance::v1::OUTCOME_SATISFIED);
  record.set_kind("travel-insurance");
  record.set_by("members/M-1");
  *record.mutable_valid_from() = Day("2027-06-01");
  *record.mutable_valid_to() = Day("2027-06-20");
  auto& open = *clearance.add_open_items();
  open.set_item("background-check");
  open.set_mandatory(true);
  *open.mutable_due() = Day("2027-05-01");
  open.add_reasons()->set_explanation("Nothing was recorded.");
  open.set_owner(options::v1::ROLE_COMPLIANCE_OFFICER);
  open.set_owner_name("organisations/ipa-us");
  auto& leg = *clearance.add_legs();
  leg.set_id("1");
  leg.set_host("hosts/CA01");
  *leg.mutable_start() = Day("2027-06-01");
  *leg.mutable_end() = Day("2027-06-14");
  record.set_source("visaCases/A-1");
  auto& lapse = *clearance.add_lapses();
  *lapse.mutable_day() = Day("2027-06-21");
  lapse.set_item("health-cover");
  server_.Answer("ComplianceService/GetClearance", clearance);
  EXPECT_EQ(Out({"clearance", "show", "A-1"}),
            "clearances/A-1: open (version 4)\n"
            "✗ The stay may not begin or go on.\n\n"
            "The stay:\n"
            "  1  hosts/CA01  2027-06-01 to 2027-06-14\n\n"
            "Items:\n"
            "  ✗ background-check, for 2027-06-01 to 2027-06-14, due 2027-05-01\n"
            "      open: Nothing was recorded.\n"
            "      owed by compliance-officer organisations/ipa-us\n"
            "  ✓ health-cover, for 2027-06-01 to 2027-06-14\n"
            "      record 1: satisfied, travel-insurance, 2027-06-01 to 2027-06-20, by members/M-1, see "
            "visaCases/A-1\n\n"
            "Pictures and reports: not allowed\n\n"
            "What comes when, if nothing more is recorded:\n"
            "  2027-05-01  background-check is due\n"
            "  2027-06-01  leg 1 at hosts/CA01 begins\n"
            "  2027-06-14  last day of leg 1 at hosts/CA01\n"
            "  2027-06-21  health-cover lapses\n");
}

void ListOf(google::protobuf::RepeatedPtrField<compliance::v1::ScreenedList>& lists, const std::string& name,
            int version, compliance::v1::ScreenedList::Gap gap, bool partial = false) {
  auto& list = *lists.Add();
  list.set_list("watchLists/" + name);
  list.set_version(version);
  list.set_gap(gap);
  list.set_coverage_partial(partial);
}

compliance::v1::Match MatchWith(const std::string& list, int version, const std::string& entry, double score,
                                compliance::v1::MatchOutcome outcome) {
  compliance::v1::Match match;
  match.set_list("watchLists/" + list);
  match.set_list_version(version);
  match.set_entry(entry);
  match.set_score(score);
  match.set_outcome(outcome);
  return match;
}

compliance::v1::Explanation WhyBrezovsky() {
  using compliance::v1::NameComparison;
  compliance::v1::Explanation why;
  why.set_summary("The names sound alike and the date of birth is the same.");
  why.set_own_name("Zoltan Brezovsky");
  why.set_listed_name("BREZOFFSKY, Soltan jr");
  why.mutable_names()->set_score(0.93);
  const auto add = [&](const char* first, const char* second, NameComparison::Agreement agreement, double likeness,
                       double weight) {
    auto& reason = *why.mutable_names()->add_reasons();
    reason.set_first(first);
    reason.set_second(second);
    reason.set_agreement(agreement);
    reason.set_likeness(likeness);
    reason.set_weight(weight);
  };
  add("Zoltan", "Soltan", NameComparison::AGREEMENT_SOUND, 0.9, 0.4);
  add("Brezovsky", "BREZOFFSKY", NameComparison::AGREEMENT_SPELLING, 0.95, 0.55);
  add("", "jr", NameComparison::AGREEMENT_MISSING, 0, 0.05);
  why.add_births("1961-03-04");
  why.add_births("1961");
  why.add_nationalities("HU");
  return why;
}

constexpr char kWhyBrezovsky[] =
    "      The names sound alike and the date of birth is the same.\n"
    "      names: “Zoltan Brezovsky” and, as listed, “BREZOFFSKY, Soltan jr”, alike to 0.93\n"
    "        PERSON     LISTED      AGREEMENT  LIKENESS  WEIGHT\n"
    "        Zoltan     Soltan      sound      0.90      0.40\n"
    "        Brezovsky  BREZOFFSKY  spelling   0.95      0.55\n"
    "        -          jr          missing    0.00      0.05\n"
    "      listed births: 1961-03-04; 1961\n"
    "      listed nationalities: HU\n";

// A0-25
TEST_F(Cli, ShowsWhatWasSearchedAndWhyEachHitIsOne) {
  using compliance::v1::Hit;
  using compliance::v1::ScreenedList;
  const auto time = ToTimestamp(absl::FromUnixSeconds(1'790'000'000));
  compliance::v1::Screening screening;
  screening.set_name("screenings/7");
  screening.set_person("members/M-1");
  screening.set_organisation("organisations/operator");
  screening.set_state(compliance::v1::Screening::STATE_BLOCKED);
  *screening.mutable_screen_time() = time;
  screening.set_omitted(3);
  ListOf(*screening.mutable_lists(), "ofac-sdn", 3, ScreenedList::GAP_UNSPECIFIED);
  ListOf(*screening.mutable_lists(), "un", 0, ScreenedList::GAP_NOT_IMPORTED);
  ListOf(*screening.mutable_lists(), "eu", 2, ScreenedList::GAP_TOO_OLD);
  ListOf(*screening.mutable_lists(), "interpol", 1, ScreenedList::GAP_UNSPECIFIED, true);
  Hit& decided = *screening.add_hits();
  decided.set_number(1);
  decided.set_state(Hit::STATE_FALSE_POSITIVE);
  decided.set_decider("people/vera");
  *decided.mutable_decide_time() = time;
  decided.set_reason("OTHER_BIRTH_DATE");
  *decided.mutable_match() = MatchWith("eu", 2, "7", 0.61, compliance::v1::MATCH_OUTCOME_CONSIDER);
  Hit& open = *screening.add_hits();
  open.set_number(2);
  open.set_state(Hit::STATE_OPEN);
  *open.mutable_match() = MatchWith("ofac-sdn", 3, "101", 0.97, compliance::v1::MATCH_OUTCOME_BLOCK);
  open.mutable_match()->set_birth(compliance::v1::BIRTH_MATCH_SAME_DAY);
  open.mutable_match()->set_country(compliance::v1::COUNTRY_MATCH_SAME);
  *open.mutable_explanation() = WhyBrezovsky();
  server_.Answer("ComplianceService/GetScreening", screening);
  EXPECT_EQ(
      Out({"screening", "get", "7"}),
      absl::StrCat("screenings/7: blocked\n"
                   "✗ Name and birth agree: held until somebody has looked.\n"
                   "members/M-1, screened for organisations/operator on 2026-09-21 14:13:20\n"
                   "To be decided: 2\n\n"
                   "The lists:\n"
                   "  ✓ watchLists/ofac-sdn version 3\n"
                   "  ✗ watchLists/un: NOT SEARCHED, it was never imported\n"
                   "  ✗ watchLists/eu version 2: searched, but TOO OLD\n"
                   "  ✓ watchLists/interpol version 1: in part, so its silence says little\n\n"
                   "The hits:\n"
                   "  2. open: block, score 0.97, watchLists/ofac-sdn version 3, entry 101\n"
                   "      birth: same-day, country: same\n",
                   kWhyBrezovsky,
                   "  1. false-positive by people/vera on 2026-09-21 14:13:20 (OTHER_BIRTH_DATE): consider, score "
                   "0.61, watchLists/eu version 2, entry 7\n\n"
                   "3 further matches are not shown: more has to be known of the person.\n"));
  const auto json = nlohmann::json::parse(Out({"screening", "get", "7", "-o", "json"}));
  EXPECT_EQ(json["lists"][1]["gap"], "GAP_NOT_IMPORTED");
  EXPECT_EQ(Out({"screening", "get", "7", "-o", "name"}), "screenings/7\n");
}

TEST_F(Cli, ShowsWhoIsListedLikeAPersonWhoIsNotKept) {
  using compliance::v1::ScreenedList;
  compliance::v1::MatchPersonResponse response;
  response.set_outcome(compliance::v1::MATCH_OUTCOME_INCOMPLETE);
  ListOf(*response.mutable_lists(), "un", 0, ScreenedList::GAP_NOT_IMPORTED);
  server_.Answer("ComplianceService/MatchPerson", response);
  const std::vector<std::string> command = {"screening", "match", "--names", "Zoltan Brezovsky"};
  EXPECT_EQ(Out(command),
            "✗ incomplete\n\n"
            "The lists:\n"
            "  ✗ watchLists/un: NOT SEARCHED, it was never imported\n");
  response.clear_lists();
  response.set_outcome(compliance::v1::MATCH_OUTCOME_BLOCK);
  auto& one = *response.add_matches();
  *one.mutable_match() = MatchWith("ofac-sdn", 3, "101", 0.97, compliance::v1::MATCH_OUTCOME_BLOCK);
  *one.mutable_explanation() = WhyBrezovsky();
  server_.Answer("ComplianceService/MatchPerson", response);
  EXPECT_EQ(Out(command), absl::StrCat("✗ block\n\n"
                                       "The matches:\n"
                                       "  1. block, score 0.97, watchLists/ofac-sdn version 3, entry 101\n",
                                       kWhyBrezovsky));
}

TEST_F(Cli, AsksEveryServiceAboutItsQueue) {
  ops::v1::GetQueueStatsResponse stats;
  auto& stream = *stats.add_streams();
  stream.set_source("applicant");
  stream.set_group("matching");
  stream.set_length(12);
  stream.set_last_number(40);
  stream.set_acknowledged_number(37);
  stream.mutable_pause()->set_actor("people/ops");
  stream.mutable_pause()->set_reason("mending");
  *stream.mutable_pause()->mutable_pause_time() = ToTimestamp(absl::FromUnixSeconds(1'790'000'000));
  stats.set_parked(2);
  server_.Answer("OperationsService/GetQueueStats", stats);
  EXPECT_EQ(
      Out({"queue", "stats", "--service", "applicant,notify", "-o", "table"}),
      "SERVICE    SOURCE     GROUP     LENGTH  PENDING  LAG  UNPUBLISHED  PARKED  PAUSED               PAUSED-BY   "
      "REASON\n"
      "applicant  applicant  matching  12      0        3    0            2       2026-09-21 14:13:20  people/ops  "
      "mending\n"
      "notify     applicant  matching  12      0        3    0            2       2026-09-21 14:13:20  people/ops  "
      "mending\n");
  const auto json = nlohmann::json::parse(Out({"queue", "stats", "-o", "json"}));
  EXPECT_THAT(json, SizeIs(4));
  EXPECT_EQ(json["compliance"]["parked"], "2");
  const Ran ran = Run({"queue", "redrive", "0b7"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--service NAME"));
}

TEST_F(Cli, PausesTheFollowingOfASourceAndSaysWhatIsPaused) {
  ops::v1::PauseConsumerResponse response;
  auto& pause = *response.add_pauses();
  pause.set_source("applicant");
  pause.set_actor("people/ops");
  pause.set_reason("mending");
  server_.Answer("OperationsService/PauseConsumer", response);
  const std::string out =
      Out({"queue", "pause", "applicant", "--service", "matching", "--reason", "mending", "-o", "table"});
  EXPECT_THAT(out, HasSubstr("people/ops"));
  EXPECT_THAT(out, HasSubstr("mending"));
  EXPECT_EQ(Run({"queue", "pause", "applicant", "--reason", "mending"}).code, 2);
}

TEST_F(Cli, PrintsFactsOfTheAuditTrailWithTheirContent) {
  ops::v1::ListEventsResponse events;
  auto& entry = *events.add_entries();
  entry.set_number(7);
  auto& event = *entry.mutable_event();
  event.set_type("amikeco.applicant.v1.ApplicationWithdrawn");
  event.set_subject("applications/A-1");
  event.set_actor("members/M-1");
  applicant::v1::ApplicationFact fact;
  fact.mutable_withdrawn()->set_by("members/M-1");
  event.mutable_data()->PackFrom(fact);
  server_.Answer("OperationsService/ListEvents", events);
  EXPECT_EQ(Out({"audit", "show", "applications/A-1", "--service", "applicant"}),
            "applicant\t7\t\tapplications/A-1\t0\tApplicationWithdrawn\tmembers/M-1\t\n");
  const auto json = nlohmann::json::parse(Out({"audit", "show", "--service", "applicant", "-o", "json"}));
  EXPECT_EQ(json["applicant"]["entries"][0]["event"]["data"]["withdrawn"]["by"], "members/M-1");
}

// A service that shows a chain of `count` facts, of which `tamper` made what it likes.
void ShowChain(StandIn& server, int count, const std::function<void(ops::v1::ListEventsResponse&)>& tamper) {
  ops::v1::ListEventsResponse all;
  std::string link = FirstLink();
  for (int number = 1; number <= count; ++number) {
    event::v1::Event event;
    event.set_id(absl::StrCat("e-", number));
    event.set_subject("applications/A-1");
    event.set_subject_version(number);
    auto& entry = *all.add_entries();
    entry.set_number(number);
    auto& kept = *entry.mutable_kept();
    kept.set_id(event.id());
    kept.set_subject(event.subject());
    kept.set_subject_version(number);
    kept.set_body(event.SerializeAsString());
    link = LinkOf(link, number, kept.body());
    entry.set_link(link);
  }
  ops::v1::GetAuditHeadResponse head;
  head.set_source("applicant");
  head.set_number(count);
  head.set_link(link);
  tamper(all);
  server.Answer("OperationsService/GetAuditHead", head);
  server.On<ops::v1::ListEventsRequest, ops::v1::ListEventsResponse>(
      "OperationsService/ListEvents",
      [all](const ops::v1::ListEventsRequest& request) -> absl::StatusOr<ops::v1::ListEventsResponse> {
        EXPECT_TRUE(request.kept());
        // As a service does whose answer is larger than a message may be.
        if (request.page_size() > 200) return absl::ResourceExhaustedError("too large");
        ops::v1::ListEventsResponse page;
        for (const auto& entry : all.entries()) {
          if (entry.number() > request.after() && page.entries_size() < request.page_size())
            *page.add_entries() = entry;
        }
        return page;
      });
}

TEST_F(Cli, VerifiesTheAuditChainItself) {
  ShowChain(server_, 300, [](auto&) {});
  const Ran whole = Run({"audit", "verify", "--service", "applicant"});
  EXPECT_EQ(whole.code, 0) << whole.err;
  EXPECT_EQ(whole.out, "applicant\t300\t0\twhole\n");
  EXPECT_THAT(whole.err, HasSubstr("100 %  300 of 300 facts of applicant"));

  ShowChain(server_, 300, [](ops::v1::ListEventsResponse& all) {
    all.mutable_entries(16)->mutable_kept()->mutable_body()->back() ^= 1;
    all.mutable_entries()->DeleteSubrange(250, 1);
    all.mutable_entries(100)->mutable_kept()->set_id("e-other");
  });
  const Ran broken = Run({"audit", "verify", "--service", "all"});
  EXPECT_EQ(broken.code, 1);
  EXPECT_THAT(broken.out, HasSubstr("applicant\t299\t3\tnot whole\nmatching\t299\t3\tnot whole\n"));
  EXPECT_THAT(broken.out, HasSubstr("applicant\tFLIPPED\t17\te-17\t"));
  EXPECT_THAT(broken.out, HasSubstr("notify\tMISLABELLED\t101\te-other\t"));
  EXPECT_THAT(broken.out, HasSubstr("notify\tREMOVED\t251\t\t"));
  const auto json = nlohmann::json::parse(Run({"audit", "verify", "--service", "applicant", "-o", "json"}).out);
  EXPECT_EQ(json["applicant"]["whole"], false);
  EXPECT_EQ(json["applicant"]["faults"].size(), 3u);
  EXPECT_EQ(json["applicant"]["faults"][2]["fault"], "REMOVED");
  EXPECT_EQ(json["applicant"]["faults"][2]["number"], 251);
}

TEST_F(Cli, ChecksThatTheAuditChainStillHasAnExportedHead) {
  const TemporaryFolder folder("head");
  const std::string file = folder / "head.json";
  ShowChain(server_, 300, [](auto&) {});
  std::ofstream(file) << Out({"audit", "head", "--service", "applicant", "-o", "json"});
  const Ran same = Run({"audit", "verify", "--head", file});
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_EQ(same.out, "applicant\t300\t0\twhole, contains the head\n");

  // Whole each, but cut off, and another one.
  ShowChain(server_, 290, [](auto&) {});
  const Ran cut = Run({"audit", "verify", "--head", file});
  EXPECT_EQ(cut.code, 1);
  EXPECT_THAT(cut.out, HasSubstr("applicant\tTRUNCATED\t291\t\t"));
  ShowChain(server_, 310, [](ops::v1::ListEventsResponse& all) {
    std::string link = FirstLink();
    for (auto& entry : *all.mutable_entries()) {
      if (entry.number() == 40) entry.mutable_kept()->set_body(all.entries(40).kept().body());
      link = LinkOf(link, entry.number(), entry.kept().body());
      entry.set_link(link);
    }
  });
  const Ran other = Run({"audit", "verify", "--head", file});
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.out, HasSubstr("applicant\tREWRITTEN\t300\t\t"));

  EXPECT_EQ(Run({"audit", "verify", "--head", file, "--service", "matching"}).code, 2);
  std::ofstream(file) << "{\"applicant\": {\"number\": 3}}";
  EXPECT_EQ(Run({"audit", "verify", "--head", file}).code, 2);
  // Nested so deeply that reading it by recursion would need more stack than there is.
  std::ofstream(file) << "{\"applicant\": " << std::string(200'000, '[') << std::string(200'000, ']') << "}";
  EXPECT_EQ(Run({"audit", "verify", "--head", file}).code, 2);
}

// A5-05
TEST_F(Cli, FindsWhoCameBackWithABackup) {
  const TemporaryFolder folder("erasures");
  const std::string file = folder / "erasures.json";
  const auto erased = [&](const std::vector<std::string>& persons) {
    ops::v1::ListErasuresResponse response;
    for (const std::string& person : persons) response.add_erasures()->set_person(person);
    server_.Answer("PrivacyService/ListErasures", response);
  };
  erased({"members/M-1", "members/M-2"});
  std::ofstream(file) << Out({"privacy", "erasures", "--all", "-o", "json"});
  EXPECT_EQ(Run({"privacy", "verify", "--head", file}).code, 0);
  EXPECT_EQ(Run({"privacy", "verify"}).code, 0);

  // All services are as they were before the second erasure: only the file knows of it.
  erased({"members/M-1"});
  EXPECT_EQ(Run({"privacy", "verify"}).code, 0);
  const Ran found = Run({"privacy", "verify", "--head", file});
  EXPECT_EQ(found.code, 1);
  EXPECT_EQ(found.out, "applicant\tmembers/M-2\ncompliance\tmembers/M-2\nnotify\tmembers/M-2\n");
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  for (const std::string& wrong : {std::string("no json"), std::string("[]"), "{\"erasures\":" + deep + "}"}) {
    std::ofstream(file) << wrong;
    EXPECT_EQ(Run({"privacy", "verify", "--head", file}).code, 2) << wrong.substr(0, 20);
  }
}

TEST_F(Cli, SaysWhetherTheServicesAreReady) {
  EXPECT_THAT(Out({"health"}), AllOf(StartsWith("applicant\t127.0.0.1:"), HasSubstr("\tready\nmatching\t")));
  environment_["AMIKECO_NOTIFY"] = absl::StrCat("127.0.0.1:", FreePort());
  const Ran ran = Run({"health", "--timeout", "2s"});
  EXPECT_EQ(ran.code, 6);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("compliance\t"), HasSubstr("ready\nnotify\t")));
  EXPECT_EQ(Run({"health", "--target", environment_["AMIKECO_APPLICANT"]}).code, 0);
}

TEST_F(Cli, NamesTheServiceThatDoesNotAnswer) {
  const std::string address = absl::StrCat("127.0.0.1:", FreePort());
  environment_["AMIKECO_APPLICANT"] = address;
  const Ran ran = Run({"application", "list"});
  EXPECT_EQ(ran.code, 6);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr(absl::StrCat("No answer from applicant at ", address)));
}

TEST_F(Cli, NeverShowsATokenAndReadsItFromAFile) {
  const TemporaryFolder folder("cli");
  std::ofstream(folder / "token") << "secret-token\n";
  // A token that the service does not trust is refused, although the caller also says a name.
  const Ran ran = Run({"application", "get", "A-1", "--token-file", folder / "token", "-v"});
  EXPECT_EQ(ran.code, 4);
  EXPECT_THAT(ran.err, Not(HasSubstr("secret-token")));
  EXPECT_EQ(Run({"application", "get", "A-1", "--token-file", folder / "nothing"}).code, 2);
}

TEST_F(Cli, ChecksProgrammeFilesWithoutAService) {
  environment_.clear();
  EXPECT_EQ(
      Out({"programme", "check", "programmes/ipa_exchange_inbound.textproto"}),
      "programmes/ipa-exchange-inbound\t1\tIPA Learning and Development Exchange, inbound to the United States\n");
  EXPECT_THAT(Out({"programme", "check", "programmes", "-o", "json"}), HasSubstr("programmes/ipa-exchange-outbound"));
  const TemporaryFolder folder("programme");
  const std::string good = *ReadFile("programmes/ipa_exchange_inbound.textproto");
  const std::string bad = folder / "bad.textproto";
  std::ofstream(bad) << absl::StrReplaceAll(
      good, {{"time_zone: \"America/New_York\"", "time_zone: \"America/Gotham\""}, {"months: 4", "months: -4"}});
  const Ran ran = Run({"programme", "check", bad});
  EXPECT_EQ(ran.code, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, MatchesRegex(absl::StrCat(bad, ":[0-9]+: time_zone: must be an IANA zone, as in [^\n]*\n", bad,
                                                 ":[0-9]+: eligibility.6..notice: months must be 1 or more\n")));
  EXPECT_EQ(Run({"programme", "check", bad, "-o", "json"}).code, 2);
  EXPECT_EQ(Run({"programme", "check", folder / "none"}).code, 3);
}

TEST_F(Cli, HelpsWithoutAService) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{{}, {"help"}, {"--help"}}) {
    EXPECT_THAT(RunProgram(arguments, {}).out, StartsWith("Usage: amikeco <noun> <verb>"));
  }
  EXPECT_THAT(RunProgram({"host"}, {}).out, HasSubstr("host import"));
  EXPECT_THAT(RunProgram({"host", "import", "--help"}, {}).out,
              StartsWith("Example:\n  amikeco host import data/us_agencies.csv\n"));
  EXPECT_THAT(RunProgram({"version"}, {}).out, MatchesRegex("amikeco [0-9.]+\n"));
}

}  // namespace
}  // namespace amikeco::cli
