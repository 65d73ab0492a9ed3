// The table of commands against the API it speaks, and the parts of the command line that need no service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>
#include <wordexp.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "cli/api.h"
#include "cli/command.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/help.h"
#include "cli/invocation.h"
#include "cli/meanings.h"
#include "cli/print.h"
#include "cli/skeleton.h"
#include "common/config/textproto.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Descriptor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::set<const google::protobuf::ServiceDescriptor*>& Services() {
  static const std::set<const google::protobuf::ServiceDescriptor*> kServices = {
      FindMethod("applicant/GetMember")->service(),     FindMethod("matching/GetHost")->service(),
      FindMethod("compliance/GetClearance")->service(), FindMethod("notify/GetContact")->service(),
      FindMethod("ops/GetProgress")->service(),         FindMethod("ops/GetPrivacyPolicy")->service()};
  return kServices;
}

TEST(Commands, CallMethodsThatThereAreWithFieldsThatThereAre) {
  for (const Command& command : Commands()) {
    SCOPED_TRACE(command.words());
    const auto* const method = FindMethod(command.method);
    EXPECT_TRUE(method != nullptr || (*command.method == '\0' && command.extra.run != nullptr));
    for (const Argument& argument : ArgumentsOf(command)) {
      EXPECT_TRUE(!argument.path.empty() || argument.name == "FILE") << argument.name;
    }
    for (absl::string_view preset : absl::StrSplit(command.extra.preset, ' ', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> parts = absl::StrSplit(preset, '=');
      const auto request = NewMessage(*method->input_type());
      const auto path = FindPath(*method->input_type(), parts.first);
      ASSERT_TRUE(path.ok()) << preset;
      EXPECT_TRUE(SetField(*request, *path, parts.second).ok()) << preset;
    }
  }
}

TEST(Commands, HaveFlagsThatCanBeToldApart) {
  for (const Command& command : Commands()) {
    std::set<std::string> names;
    for (const GlobalFlag& flag : GlobalFlags()) names.insert(flag.name);
    const std::vector<Flag> flags = FlagsOf(command);
    for (const Flag& flag : flags) EXPECT_TRUE(names.insert(flag.name).second) << command.words() << " --" << flag.name;
    for (absl::string_view alias : absl::StrSplit(command.extra.aliases, ' ', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> parts = absl::StrSplit(alias, '=');
      EXPECT_TRUE(names.contains(parts.first)) << command.words() << ": no field for the alias " << alias;
    }
  }
}

TEST(Commands, HaveSkeletonsThatCanBeSentBack) {
  for (const Command& command : Commands()) {
    if (*command.method == '\0') continue;
    const std::string skeleton = SkeletonOf(command);
    std::string all = skeleton;  // with all fields
    RE2::GlobalReplace(&all, "(?m)^( *)#([^ ])", "\\1\\2");
    for (const std::string& text : {skeleton, all}) {
      const auto request = NewMessage(*FindMethod(command.method)->input_type());
      const absl::Status parsed = ParseTextprotoText(text, "skeleton", *request);
      // Of a choice only one may be taken.
      EXPECT_TRUE(parsed.ok() || absl::StrContains(parsed.message(), "another member of oneof"))
          << command.words() << ": " << parsed;
    }
  }
}

TEST(Commands, HaveSkeletonsWithoutWhatTheLineGives) {
  const std::string skeleton =
      SkeletonOf(*std::find_if(Commands().begin(), Commands().end(),
                               [](const Command& command) { return command.words() == "assessment write"; }));
  EXPECT_THAT(skeleton, HasSubstr("  # Units that are helped. As often as needed.\n  #recipient_units: \"\"\n"));
  EXPECT_THAT(skeleton, HasSubstr("  conclusion: \"\"\n"));
  EXPECT_THAT(skeleton, Not(HasSubstr("application:")));
  EXPECT_THAT(skeleton, Not(HasSubstr("request_id")));
}

TEST(Commands, ReachEveryMethodOfTheApi) {
  std::set<const google::protobuf::MethodDescriptor*> reached;
  for (const Command& command : Commands()) reached.insert(FindMethod(command.method));
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_TRUE(reached.contains(service->method(i))) << service->method(i)->full_name();
    }
  }
}

TEST(Commands, OfANounStandTogether) {
  std::set<std::string> nouns;
  std::string last;
  for (const Command& command : Commands()) {
    EXPECT_TRUE(command.noun == last || nouns.insert(command.noun).second) << command.words();
    last = command.noun;
  }
}

TEST(Commands, SayWhatTheyDo) {
  for (const Command& command : Commands()) {
    EXPECT_THAT(HelpFor(command), HasSubstr(absl::StrCat("Usage: amikeco ", command.noun)));
    EXPECT_NE(MeaningOf(absl::string_view(command.noun)), "") << command.noun;
    const auto* const method = FindMethod(command.method);
    EXPECT_TRUE(*command.extra.summary != '\0' || !CommentOf(*method).empty()) << command.words();
  }
}

// Splits like a shell. What a command in it would print is a hash.
std::vector<std::string> ShellWords(const std::string& line) {
  const size_t command = line.find("\"$(");
  const std::string plain = command == line.npos ? line : absl::StrCat(line.substr(0, command), std::string(64, '0'));
  wordexp_t words;
  EXPECT_EQ(wordexp(plain.c_str(), &words, WRDE_NOCMD | WRDE_UNDEF), 0) << plain;
  std::vector<std::string> split(words.we_wordv, words.we_wordv + words.we_wordc);
  wordfree(&words);
  return split;
}

TEST(Commands, HaveExamplesThatAreUnderstood) {
  const auto before = std::filesystem::current_path();
  const auto folder = std::filesystem::temp_directory_path() / absl::StrCat("amikeco-examples-", getpid());
  std::filesystem::create_directories(folder);
  std::filesystem::current_path(folder);
  for (const char* file : {"address.txt", "name.txt", "report.txt", "proposal.txt", "comments.txt", "evaluation.txt",
                           "rights.txt", "ethics.txt"})
    std::ofstream(file) << "text";
  std::ofstream("expenses.json") << R"({"lines": [{"category": "travel"}]})";
  std::ofstream("country.textproto") << R"(content { answers { question: "instability" } })";
  std::ofstream("assessment.textproto") << R"(content { countries: "AM" })";
  std::ofstream("notification.json") << R"({"content": {"countries": ["AM"]}})";
  std::ofstream("particulars.json") << R"({"particulars": {"names": ["Anna Arendt"]}})";
  std::ofstream("person.json") << R"({"particulars": {"names": ["Anna Arendt"]}})";
  std::ofstream("profile.json") << R"({"profile": {"given_name": "Anna"}})";
  for (const Command& command : Commands()) {
    const std::vector<std::string> words = ShellWords(command.example);
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    Invocation invocation;
    const absl::Status status = ParseArguments(arguments, invocation);
    EXPECT_TRUE(status.ok()) << command.example << "\n" << DescribeFailure(status, "", false);
    EXPECT_EQ(invocation.command, &command) << command.example;
  }
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}

// The type of the field at the end of a column's path, or null.
bool IsField(const Descriptor& type, absl::string_view path) { return FindPath(type, path).ok(); }

void CheckColumns(const Descriptor& record, const Descriptor& answer) {
  for (absl::string_view column : absl::StrSplit(ColumnsOf(record), ' ', absl::SkipEmpty())) {
    absl::string_view path = column.substr(column.find('=') + 1);
    const Descriptor& type = absl::ConsumePrefix(&path, "^") ? answer : record;
    absl::ConsumeSuffix(&path, "~");
    for (absl::string_view part : absl::StrSplit(path, '-')) {
      EXPECT_TRUE(IsField(type, part)) << record.full_name() << " " << column;
    }
  }
}

TEST(Columns, AreFieldsOfTheRecordsTheyShow) {
  for (const auto* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const Descriptor& answer = *service->method(i)->output_type();
      const auto* const records = RecordsOf(answer);
      if (absl::StartsWith(answer.name(), "List") || absl::StartsWith(answer.name(), "Search")) {
        EXPECT_NE(records, nullptr) << answer.full_name() << ": its records have no columns";
      }
      CheckColumns(records == nullptr ? answer : *records->message_type(), answer);
    }
  }
}

std::string Meaning(const char* method, const char* field) {
  return MeaningOf(*FindMethod(method)->input_type()->FindFieldByName(field));
}

TEST(Meanings, AreWrittenOnceForSeveralFields) {
  EXPECT_EQ(Meaning("compliance/RecordVisa", "valid_from"), "Of GRANTED: its first and last day.");
  EXPECT_EQ(Meaning("compliance/RecordVisa", "valid_to"), "Of GRANTED: its first and last day.");
  EXPECT_EQ(Meaning("applicant/GetHostingOffer", "name"), "The hosting offer.");
  EXPECT_EQ(Meaning("applicant/CheckEligibility", "fellows"), "Of a cohort: who goes with the member.");
  EXPECT_EQ(Meaning("applicant/SubmitApplication", "fellows"),
            "Of a cohort: who goes with `member`. What is declared is declared for all of them.")
      << "what the proto file says comes first";
  EXPECT_EQ(Meaning("compliance/RecordVisa", "etag"), "Only if the record still has the etag that was seen.");
}

// A0-28
TEST(Fields, ReadAndWriteMoneyAsPeopleDo) {
  const Descriptor& type = *FindMethod("applicant/RecordCostEstimate")->input_type();
  const auto request = NewMessage(type);
  ASSERT_TRUE(SetField(*request, *FindPath(type, "section-contribution"), "USD 1,200.50").ok());
  ASSERT_TRUE(SetField(*request, *FindPath(type, "lines"), "food:JPY 900").ok());
  EXPECT_EQ(TextAt(*request, "section_contribution"), "USD 1,200.50");
  EXPECT_EQ(TextAt(*request, "lines.amount"), "JPY 900");
  EXPECT_THAT(Flatten(*request), ElementsAre(std::pair("lines", "category=food amount=JPY 900"),
                                             std::pair("section_contribution", "USD 1,200.50")));
  for (const char* wrong : {"1200", "ZZZ 5", "JPY 1.5", "USD"}) {
    EXPECT_FALSE(SetField(*request, *FindPath(type, "section-contribution"), wrong).ok()) << wrong;
  }
}

// A5-05
TEST(Fields, SayWhatAnErasureLeftAsAPersonWouldBeTold) {
  applicant::v1::Member member;
  ops::v1::KeptDocument& notification = *member.add_kept();
  notification.set_document("amikeco.compliance.v1.NotificationContent");
  notification.set_basis(ops::v1::RetentionRule::BASIS_FOREVER);
  notification.set_reason("The law says so.");
  notification.set_policy("ours-1");
  ops::v1::KeptDocument& price = *member.add_kept();
  price.set_document("amikeco.applicant.v1.PriceTerms");
  price.set_basis(ops::v1::RetentionRule::BASIS_WRITTEN);
  price.set_keep_days(3652);
  price.set_reason("Accounts.");
  price.set_policy("ours-1");
  EXPECT_THAT(
      Flatten(member),
      ElementsAre(std::pair("kept", "NotificationContent, for ever: The law says so. (ours-1)"),
                  std::pair("kept", "PriceTerms, until 3652 days after it was written last: Accounts. (ours-1)")));
}

absl::Status Parse(const std::vector<const char*>& arguments, Invocation& invocation) {
  return ParseArguments(arguments, invocation);
}

std::vector<std::string> Complaints(const std::vector<const char*>& arguments) {
  Invocation invocation;
  const absl::Status status = Parse(arguments, invocation);
  std::vector<std::string> complaints;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok()) return {};
  for (const auto& violation : bad->field_violations()) {
    complaints.push_back(absl::StrCat(violation.field(), "|", violation.description()));
  }
  return complaints;
}

TEST(Arguments, BecomeTheRequest) {
  Invocation invocation;
  ASSERT_TRUE(Parse({"-o",
                     "json",
                     "application",
                     "submit",
                     "M-1",
                     "--programme=ipa-exchange-inbound",
                     "--earliest-start",
                     "2027-06-01",
                     "--wishes.stay-days",
                     "14",
                     "--topics",
                     "street-patrol,detectives",
                     "--topics=k9",
                     "--languages",
                     "en:C1",
                     "--languages",
                     "de:B2",
                     "--employer-status",
                     "paid-leave",
                     "--home-host",
                     "--set",
                     "declarations.service_years=7"},
                    invocation)
                  .ok());
  EXPECT_EQ(invocation.settings.output, "json");
  EXPECT_EQ(invocation.request->ShortDebugString(),
            "member: \"members/M-1\" programme: \"programmes/ipa-exchange-inbound\" wishes { earliest_start { year: "
            "2027 month: 6 "
            "day: 1 } stay_days: 14 topics: \"street-patrol\" topics: \"detectives\" topics: \"k9\" home_host: true } "
            "declarations { "
            "languages { code: \"en\" level: \"C1\" } languages { code: \"de\" level: \"B2\" } employer_status: "
            "EMPLOYER_STATUS_PAID_LEAVE service_years: 7 }");
}

TEST(Arguments, AreAllComplainedOfAtOnce) {
  EXPECT_THAT(
      Complaints({"application", "submit", "--stay-days", "x", "--earliest-start", "2027-02-30", "--employer-status",
                  "sacked", "--stay-day", "3", "--set", "nothing=1"}),
      ElementsAre(HasSubstr("|There is no flag “--stay-day”. Did you mean “--stay-days”?"),
                  HasSubstr("--stay-days|“x” is not a whole number."), HasSubstr("--earliest-start|"),
                  HasSubstr("--employer-status|“sacked” is none of paid-duty, paid-leave, unpaid-leave, refused."),
                  HasSubstr("--set|there is no field nothing")));
  EXPECT_THAT(Complaints({"application", "withdraw"}), ElementsAre("name|must be given."));
  EXPECT_THAT(Complaints({"member", "get", "M-1", "M-2"}), ElementsAre("|“M-2” is one argument too many."));
  EXPECT_THAT(Complaints({"member", "get", "M-1", "-o", "xml"}), ElementsAre(HasSubstr("table, json, jsonl, name")));
  EXPECT_THAT(Complaints({"member", "get", "M-1", "--as"}), ElementsAre("|--as needs a value."));
  EXPECT_THAT(Complaints({"clearance", "consent", "A-1", "maybe"}), ElementsAre("consent|“maybe” is none of yes, no."));
  EXPECT_THAT(Complaints({"application", "report", "A-1", "--text", "@/no/such/file"}),
              ElementsAre(HasSubstr("cannot be read")));
}

TEST(Arguments, NearMissesAreTold) {
  EXPECT_THAT(Complaints({"aplication"}),
              ElementsAre("|There is no command “aplication”. Did you mean “application”?"));
  EXPECT_THAT(Complaints({"queue", "stat"}),
              ElementsAre("|There is no command “queue stat”. Did you mean “queue stats”?"));
  EXPECT_THAT(Complaints({"inbox", "xyzzy"}), ElementsAre("|There is no command “inbox xyzzy”. inbox has list, read."));
  EXPECT_THAT(Complaints({"xyzzy"}), ElementsAre("|There is no command “xyzzy”."));
}

TEST(ExitCodes, AreThoseOfTheManual) {
  using absl::StatusCode;
  const std::map<StatusCode, int> codes = {
      {StatusCode::kInvalidArgument, 2},  {StatusCode::kOutOfRange, 2},         {StatusCode::kNotFound, 3},
      {StatusCode::kUnauthenticated, 4},  {StatusCode::kPermissionDenied, 4},   {StatusCode::kAborted, 5},
      {StatusCode::kAlreadyExists, 5},    {StatusCode::kFailedPrecondition, 5}, {StatusCode::kUnavailable, 6},
      {StatusCode::kDeadlineExceeded, 6}, {StatusCode::kResourceExhausted, 6},  {StatusCode::kInternal, 1},
      {StatusCode::kUnknown, 1},          {StatusCode::kDataLoss, 1},           {StatusCode::kUnimplemented, 1}};
  for (const auto& [status, code] : codes) EXPECT_EQ(ExitCodeOf(absl::Status(status, "")), code) << status;
}

std::vector<std::string> Texts(const CsvFile& file) {
  std::vector<std::string> texts;
  for (const CsvChunk& chunk : file.chunks) texts.push_back(absl::StrCat(chunk.first_line, ":", chunk.text));
  return texts;
}

TEST(SplitCsv, CutsBetweenRowsAndCountsLines) {
  const CsvFile file =
      SplitCsv("\xEF\xBB\xBFori,agency_name\r\nA,one\r\nB,\"two\r\nlines, \"\"quoted\"\"\"\r\nC,three", 2, 1000, "ori");
  EXPECT_EQ(file.header, "ori,agency_name");
  EXPECT_THAT(Texts(file), ElementsAre("2:A,one\r\nB,\"two\r\nlines, \"\"quoted\"\"\"\r\n", "5:C,three"));
  EXPECT_EQ(file.rows, 3);
  EXPECT_EQ(file.unclosed_line, 0);
}

TEST(SplitCsv, TellsOfATruncatedFileAndKeepsWhatIsWhole) {
  const CsvFile file = SplitCsv("ori,agency_name\nA,one\nB,\"tw", 10, 1000, "ori");
  EXPECT_THAT(Texts(file), ElementsAre("2:A,one\n"));
  EXPECT_EQ(file.unclosed_line, 3);
  EXPECT_EQ(SplitCsv("ori,\"agency", 10, 1000, "ori").unclosed_line, 1);
  EXPECT_EQ(SplitCsv("", 10, 1000, "ori").header, "");
}

TEST(SplitCsv, LeavesOutRepeatedKeysAndEndlessRows) {
  const std::string text =
      absl::StrCat("name,ori\none,A\n\ntwo,A\nthree,\"B\"\n", std::string(60, 'x'), ",C\nfour,D\n");
  const CsvFile file = SplitCsv(text, 10, 50, "ori");
  EXPECT_THAT(Texts(file), ElementsAre("2:one,A\n", "5:three,\"B\"\n", "7:four,D\n"));
  ASSERT_EQ(file.repeats.size(), 1u);
  EXPECT_EQ(absl::StrCat(file.repeats[0].line, file.repeats[0].earlier_line, file.repeats[0].key), "42A");
  EXPECT_THAT(file.too_long, ElementsAre(6));
}

TEST(Table, AlignsByCharactersAndNotByBytes) {
  EXPECT_EQ(Table({"A", "B"}, {{"Köln", "1"}, {"a\tb\nc", "2"}}, true), "A      B\nKöln   1\na b c  2\n");
  EXPECT_EQ(Table({"A", "B"}, {{"Köln", "1"}}, false), "Köln\t1\n");
}

TEST(Manual, GivesEveryArgumentAndFlagAMeaning) {
  static const RE2 kRow(R"(\| `(.*)` \| (?:\(required\) )?(.*) \|)");
  static const RE2 kWithoutWords(R"(\s*(\(\S*\))?\s*)");  // at most what may be typed
  std::string command;
  int rows = 0;
  const std::string manual = Manual();
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(manual, '\n'))) {
    if (absl::StartsWith(line, "### ")) command = line;
    std::string name, meaning;
    if (!RE2::FullMatch(line, kRow, &name, &meaning)) continue;
    ++rows;
    EXPECT_FALSE(RE2::FullMatch(meaning, kWithoutWords))
        << command << ": " << name << " has no meaning: write a comment in the proto file, or see cli/meanings.cc";
  }
  EXPECT_GT(rows, 500);
}

TEST(Manual, IsTheOneInDocs) {
  std::ifstream file("docs/cli.md");
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(Manual(), kept) << "Make it again: amikeco help --markdown > docs/cli.md";
}

}  // namespace
}  // namespace amikeco::cli
