// `--watch`: every command that reads can be watched, every other one says that it cannot.
#include "cli/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "amikeco/options/v1/options.pb.h"
#include "cli/api.h"
#include "cli/fields.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "common/base/status.h"
#include "common/rpc/errors.h"
#include "tests/cli/program.h"
#include "tests/cli/stand_in.h"

namespace amikeco::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// An answer whose type is known when the test runs.
struct Bytes {
  std::string bytes;
  void SerializeToString(std::string* out) const { *out = bytes; }
};

// The record with `mark` in its texts, and in those inside it that a column shows; numbers tell marks apart, too.
void Mark(Message& record, const std::string& mark) {
  std::vector<Path> paths;
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) paths.push_back({record.GetDescriptor()->field(i)});
  for (const absl::string_view column : absl::StrSplit(ColumnsOf(*record.GetDescriptor()), ' ', absl::SkipEmpty())) {
    const auto path = FindPath(*record.GetDescriptor(), column.substr(column.find('=') + 1));
    if (path.ok()) paths.push_back(*path);
  }
  for (const Path& path : paths) {
    const auto type = path.back()->cpp_type();
    const bool number = type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_DOUBLE;
    if (!number && type != FieldDescriptor::CPPTYPE_STRING) continue;
    if (std::any_of(path.begin(), path.end() - 1, [](const auto* field) { return field->is_repeated(); })) continue;
    EXPECT_TRUE(SetField(record, path, number ? absl::StrCat(mark.size()) : mark).ok());
  }
}

// A list of one record, or a record.
std::string AnswerOf(const Descriptor& type, const std::string& mark) {
  const std::unique_ptr<Message> answer = NewMessage(type);
  const FieldDescriptor* const records = RecordsOf(type);
  Mark(records == nullptr ? *answer : *answer->GetReflection()->AddMessage(answer.get(), records), mark);
  return answer->SerializeAsString();
}

class Watching : public ::testing::Test {
 protected:
  Watching() {
    for (const char* service : {"APPLICANT", "MATCHING", "COMPLIANCE", "NOTIFY"}) {
      environment_[absl::StrCat("AMIKECO_", service)] = absl::StrCat("127.0.0.1:", server_.port());
    }
    environment_["AMIKECO_AS"] = "people/omar";
    environment_["AMIKECO_ORG"] = "organisations/ipa-us";
    environment_["AMIKECO_ROLE"] = absl::StrJoin(Roles(), ",");
  }

  static std::vector<std::string> Roles() {
    std::vector<std::string> roles;
    const auto& type = *options::v1::Role_descriptor();
    for (int i = 1; i < type.value_count(); ++i) roles.push_back(ShortName(*type.value(i)));
    return roles;
  }

  // Answers the looks with `marks`, one after the other, and then refuses, which ends the watch. "" is a service that
  // has no time.
  void AnswerLooks(const Command& command, const std::vector<std::string>& marks) {
    const auto& method = *FindMethod(command.method);
    auto looks = std::make_shared<size_t>(0);
    server_.On<Message, Bytes>(absl::StrCat(method.service()->name(), "/", method.name()),
                               [&method, marks, looks](const Message&) -> absl::StatusOr<Bytes> {
                                 const size_t look = (*looks)++;
                                 if (look >= marks.size()) return Error(errors::kRoleMissing, "no more");
                                 if (marks[look].empty()) return Error(errors::kTooManyCalls, "busy");
                                 return Bytes{AnswerOf(*method.output_type(), marks[look])};
                               });
  }
  Ran Watch(const Command& command, std::vector<std::string> flags) {
    std::vector<std::string> arguments = absl::StrSplit(command.words(), ' ', absl::SkipEmpty());
    for (const Argument& argument : ArgumentsOf(command)) {
      if (!argument.optional) arguments.emplace_back(ExampleOf(argument));
    }
    arguments.insert(arguments.end(), {"--watch", "--every", "1ms"});
    if (command.of_every_service()) arguments.insert(arguments.end(), {"--service", "applicant"});
    for (const Flag& flag : FlagsOf(command)) {
      if (flag.required) arguments.push_back(absl::StrCat("--", flag.name, "=", ExampleOf({"", flag.path, false})));
    }
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return RunProgram(arguments, environment_);
  }
  static std::string ExampleOf(const Argument& argument) {
    const auto& field = *argument.path.back();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return ShortName(*field.enum_type()->value(1));
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 || field.cpp_type() == FieldDescriptor::CPPTYPE_INT64)
      return "1";
    const std::string& example = field.options().GetExtension(options::v1::field).example();
    return example.empty() ? "2027-06-01" : example;
  }

  StandIn server_;
  std::map<std::string, std::string> environment_;
};

TEST_F(Watching, WorksOnEveryCommandThatListsOrShowsRecords) {
  int lists = 0;
  for (const Command& command : Commands()) {
    if (!CanBeWatched(command)) continue;
    SCOPED_TRACE(command.words());
    AnswerLooks(command, {"first", "first", "", "second"});
    const Ran ran = Watch(command, {});
    EXPECT_EQ(ran.code, 4) << ran.err;
    EXPECT_THAT(ran.err, AllOf(HasSubstr("busy"), HasSubstr("no more")))
        << "goes on when a service has no time for a while";
    const Descriptor& answer = *FindMethod(command.method)->output_type();
    EXPECT_NE(ran.out, "");
    if (RecordsOf(answer) == nullptr || command.extra.run != nullptr) continue;
    ++lists;
    const std::vector<std::string> lines = absl::StrSplit(ran.out, '\n', absl::SkipEmpty());
    EXPECT_EQ(lines.size(), 2u) << "what is the same is told once, and what has changed again\n" << ran.out;
  }
  EXPECT_GT(lists, 20) << "every noun that lists";
}

TEST_F(Watching, PrintsAListsHeaderOnceAndWholeAnswersAsJson) {
  for (const Command& command : Commands()) {
    if (command.words() != "claim list") continue;
    AnswerLooks(command, {"claims/C-1", "claims/C-2"});
    const std::string table = Watch(command, {"-o", "table"}).out;
    EXPECT_EQ(table.find("STATE"), table.rfind("STATE")) << table;
    AnswerLooks(command, {"claims/C-1", "claims/C-1", "claims/C-2"});
    const std::string json = Watch(command, {"-o", "json"}).out;
    std::vector<std::string> answers = absl::StrSplit(json, "}\n{");
    EXPECT_EQ(answers.size(), 2u) << json;
  }
}

TEST_F(Watching, EndsWhenTheFirstLookFails) {
  server_.Refuse("ApplicantService/ListClaims", Error(errors::kTooManyCalls, "busy"));
  const Ran ran = RunProgram({"claim", "list", "-w", "--every", "1ms"}, environment_);
  EXPECT_EQ(ran.code, 6) << ran.err;
  EXPECT_EQ(RunProgram({"claim", "list", "-w", "--every", "often"}, environment_).code, 2);
}

// What would be done again and again, and what is no record of a service.
TEST(Commands, ThatChangeSomethingCannotBeWatched) {
  int refused = 0;
  for (const Command& command : Commands()) {
    std::vector<const char*> arguments{command.noun};
    if (*command.verb != '\0') arguments.push_back(command.verb);
    arguments.push_back("--watch");
    Invocation invocation;
    const absl::Status status = ParseArguments(arguments, invocation);
    std::string complaints;
    if (const auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
      for (const auto& violation : bad->field_violations()) absl::StrAppend(&complaints, violation.description(), "\n");
    }
    const std::string sentence =
        absl::StrCat(command.words(), " cannot be watched; commands that list or show records can.");
    if (CanBeWatched(command)) {
      EXPECT_THAT(complaints, Not(HasSubstr("watch"))) << command.words();
    } else {
      EXPECT_THAT(complaints, HasSubstr(sentence));
      ++refused;
    }
    // A verb that lists or gets is one that can be watched, whichever noun it is of.
    const std::set<absl::string_view> reading = {"list", "get", "show", "ranking", "search"};
    EXPECT_TRUE(!reading.contains(command.verb) || CanBeWatched(command)) << command.words();
  }
  EXPECT_GT(refused, 50);
}

TEST(News, AreTheLinesThatWereNotThereBefore) {
  News news(true);
  EXPECT_EQ(news.In("NAME\na 1\nb 1\n"), "NAME\na 1\nb 1\n");
  EXPECT_THAT(news.In("NAME\na 1\nb 1\n"), IsEmpty());
  EXPECT_EQ(news.In("NAME\na 2\nb 1\nc 1\n"), "a 2\nc 1\n");
  EXPECT_THAT(news.In("NAME\nb 1\n"), IsEmpty()) << "what has gone is no line";
  EXPECT_EQ(news.In("NAME\na 2\nb 1\n"), "a 2\n") << "and is news when it comes back";
  News whole(false);
  EXPECT_EQ(whole.In("{\n a\n}\n"), "{\n a\n}\n");
  EXPECT_EQ(whole.In("{\n b\n}\n"), "{\n b\n}\n");
}

}  // namespace
}  // namespace amikeco::cli
