// Prints answers: aligned tables for people, tab-separated lines and JSON for programs.
#ifndef AMIKECO_CLI_PRINT_H_
#define AMIKECO_CLI_PRINT_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cli/command.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

// One service's answer; `service` is "" for commands that ask one service alone.
struct Answer {
  std::string service;
  const google::protobuf::Message* message;
};

// The field that holds the records of an answer to a list; null when the answer is itself the record.
const google::protobuf::FieldDescriptor* RecordsOf(const google::protobuf::Descriptor& type);

// The answers in the form that `settings.output` asks for.
std::string Print(const Settings& settings, View view, const std::vector<Answer>& answers);

// Lines of cells as a table with a header, columns aligned; or, when it is not `aligned`, each line's cells with tabs
// between them and no header.
std::string Table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& lines,
                  bool aligned);
// Proto field names; `pretty` on several lines. Ends with a newline.
std::string ToJson(const google::protobuf::Message& message, bool pretty);

// "table" was asked for, or nothing was and standard output is a terminal.
bool WantsTable(const Settings& settings);
// Standard output's encoding can show ✓ and ✗.
bool SpeaksUtf8();

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_PRINT_H_
