// Commands as data: which method a noun and a verb call, and how arguments become its request. Everything else about a
// flag (its type, its meaning, whether it must be given) is read from the proto files.
#ifndef AMIKECO_CLI_COMMAND_H_
#define AMIKECO_CLI_COMMAND_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cli/fields.h"
#include "cli/settings.h"
#include "google/protobuf/descriptor.h"

namespace amikeco::cli {

struct Invocation;

enum class View {
  kRows,     // a table, one row a record
  kDetails,  // all fields of one record, one a line
};

// What a command may have besides.
struct Extra {
  View view = View::kRows;
  const char* preset = "";   // fields with a fixed value, which are no flags: "answer=accept"
  const char* aliases = "";  // flags' other names: "state=region"
  const char* summary = "";  // instead of the method's comment
  // Instead of the fields' comments, for flags that mean something else to a person: "first-line=…|source-id=…". None
  // of them must be given.
  const char* meanings = "";
  bool csv = false;  // rows are printed as comma-separated values, too
  // Instead of calling the method once and printing the answer; returns the exit code.
  absl::StatusOr<int> (*run)(Invocation&) = nullptr;
};

struct Command {
  const char* noun;
  const char* verb;       // "": the noun alone
  const char* method;     // "applicant/GetMember" (see FindMethod); "": none
  const char* arguments;  // fields that are given without a flag: "application,host"; "subject?" may be left out
  const char* example;    // what may follow "amikeco "
  Extra extra = {};

  // "application why"; the noun alone when there is no verb.
  std::string words() const;
  // Every service has the method, and the command asks each of them.
  bool of_every_service() const;
};

// In the order of the manual: all commands of a noun together.
absl::Span<const Command> Commands();
// What a noun is, for the list of nouns.
std::string MeaningOf(absl::string_view noun);

// A flag that sets a field of the request.
struct Flag {
  std::string name;  // "stay-days"
  Path path;
  std::string dotted;  // "wishes.stay-days": always understood too
  bool required;
};

struct Argument {
  std::string name;  // "name", or "FILE" when it is no field
  Path path;         // empty: no field
  bool optional;
};

std::vector<Flag> FlagsOf(const Command& command);
std::vector<Argument> ArgumentsOf(const Command& command);

// "wishes.stay-days", as a person writes a path.
std::string Dotted(const Path& path);
// Given by the engine itself, not by a person.
bool IsEnginesOwn(const google::protobuf::FieldDescriptor& field);
// The fields, dotted, that arguments and fixed values give.
std::set<std::string> GivenWithoutFlags(const Command& command);

// What a table shows of a record: "NAME=name STATE=state". A path may be "a-b" (difference of two numbers), may end in
// "~" (the part behind the last dot), and may begin with "^" (a field of the answer that holds the record). "": the
// type has no columns.
std::string ColumnsOf(const google::protobuf::Descriptor& type);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_COMMAND_H_
