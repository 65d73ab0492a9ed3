#include "cli/print.h"

#include <google/protobuf/util/json_util.h>
#include <langinfo.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/api.h"

namespace amikeco::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

struct TableColumn {
  std::string title;
  std::string path;
};

std::vector<TableColumn> ParseColumns(absl::string_view text) {
  std::vector<TableColumn> columns;
  for (absl::string_view part : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> column = absl::StrSplit(part, '=');
    columns.push_back({column.first, column.second});
  }
  return columns;
}

int64_t NumberAt(const Message& message, absl::string_view path) {
  int64_t number = 0;
  return absl::SimpleAtoi(TextAt(message, path), &number) ? number : 0;
}

// See ColumnsOf.
std::string Cell(const Message& record, const Message& answer, absl::string_view path) {
  if (absl::ConsumePrefix(&path, "^")) return TextAt(answer, path);
  if (absl::ConsumeSuffix(&path, "~")) {
    const std::string text = TextAt(record, path);
    return text.substr(text.rfind('.') + 1);
  }
  if (const size_t minus = path.find('-'); minus != path.npos) {
    return absl::StrCat(NumberAt(record, path.substr(0, minus)) - NumberAt(record, path.substr(minus + 1)));
  }
  return TextAt(record, path);
}

// The records of an answer: those of a list, or the answer itself.
std::vector<const Message*> Records(const Message& answer) {
  const FieldDescriptor* const field = RecordsOf(*answer.GetDescriptor());
  if (field == nullptr) return {&answer};
  std::vector<const Message*> records;
  for (int i = 0; i < answer.GetReflection()->FieldSize(answer, field); ++i) {
    records.push_back(&answer.GetReflection()->GetRepeatedMessage(answer, field, i));
  }
  return records;
}

const google::protobuf::Descriptor& RecordType(const Message& answer) {
  const FieldDescriptor* const field = RecordsOf(*answer.GetDescriptor());
  return field == nullptr ? *answer.GetDescriptor() : *field->message_type();
}

std::string PrintRows(const std::vector<Answer>& answers, bool aligned) {
  const std::vector<TableColumn> columns = ParseColumns(ColumnsOf(RecordType(*answers[0].message)));
  const bool named = !answers[0].service.empty();
  std::vector<std::string> header;
  if (named) header.emplace_back("SERVICE");
  for (const TableColumn& column : columns) header.push_back(column.title);
  std::vector<std::vector<std::string>> lines;
  for (const Answer& answer : answers) {
    for (const Message* record : Records(*answer.message)) {
      auto& line = lines.emplace_back();
      if (named) line.push_back(answer.service);
      for (const TableColumn& column : columns) line.push_back(Cell(*record, *answer.message, column.path));
    }
  }
  return Table(header, lines, aligned);
}

// Paths in a column of their own; values of several lines below their path.
std::string PrintDetails(const Message& message, bool aligned) {
  const auto fields = Flatten(message);
  if (!aligned) {
    std::vector<std::vector<std::string>> lines;
    for (const auto& [path, value] : fields) lines.push_back({path, value});
    return Table({}, lines, false);
  }
  size_t width = 0;
  for (const auto& [path, value] : fields) width = std::max(width, path.size());
  std::string text;
  for (const auto& [path, value] : fields) {
    if (value.find('\n') != value.npos) {
      absl::StrAppend(&text, path, "\n  ", absl::StrReplaceAll(absl::StripSuffix(value, "\n"), {{"\n", "\n  "}}), "\n");
    } else {
      absl::StrAppend(&text, path, std::string(width + 2 - path.size(), ' '), value, "\n");
    }
  }
  return text;
}

std::string PrintNames(const std::vector<Answer>& answers) {
  std::string text;
  for (const Answer& answer : answers) {
    for (const Message* record : Records(*answer.message)) {
      const std::vector<TableColumn> columns = ParseColumns(ColumnsOf(*record->GetDescriptor()));
      const bool named = record->GetDescriptor()->FindFieldByName("name") != nullptr || columns.empty();
      absl::StrAppend(&text, TextAt(*record, named ? "name" : columns[0].path), "\n");
    }
  }
  return text;
}

// One answer as it is; several as an object by their services' names.
std::string PrintJson(const std::vector<Answer>& answers) {
  if (answers.size() == 1 && answers[0].service.empty()) return ToJson(*answers[0].message, true);
  std::vector<std::string> members;
  for (const Answer& answer : answers) {
    std::string body = ToJson(*answer.message, true);
    body = absl::StrReplaceAll(absl::StripTrailingAsciiWhitespace(body), {{"\n", "\n "}});
    members.push_back(absl::StrCat(" \"", answer.service, "\": ", body));
  }
  return absl::StrCat("{\n", absl::StrJoin(members, ",\n"), "\n}\n");
}

// A record a line; with the service's name when there are several services.
std::string PrintJsonLines(const std::vector<Answer>& answers) {
  std::string text;
  for (const Answer& answer : answers) {
    for (const Message* record : Records(*answer.message)) {
      std::string line = ToJson(*record, false);
      if (!answer.service.empty()) {
        line = absl::StrCat("{\"service\":\"", answer.service, "\"", line == "{}\n" ? "" : ",", line.substr(1));
      }
      text += line;
    }
  }
  return text;
}

// Characters, not bytes: what UTF-8 continues is no character of its own.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

const FieldDescriptor* RecordsOf(const google::protobuf::Descriptor& type) {
  if (!ColumnsOf(type).empty()) return nullptr;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* const field = type.field(i);
    if (field->is_repeated() && field->message_type() != nullptr && !ColumnsOf(*field->message_type()).empty())
      return field;
  }
  return nullptr;
}

std::string Print(const Settings& settings, View view, const std::vector<Answer>& answers) {
  if (settings.output == "json") return PrintJson(answers);
  if (settings.output == "jsonl") return PrintJsonLines(answers);
  if (settings.output == "name") return PrintNames(answers);
  if (view == View::kRows && !ColumnsOf(RecordType(*answers[0].message)).empty()) {
    return PrintRows(answers, WantsTable(settings));
  }
  return PrintDetails(*answers[0].message, WantsTable(settings));
}

std::string Table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& lines,
                  bool aligned) {
  std::vector<std::vector<std::string>> all;
  if (aligned && !header.empty()) all.push_back(header);
  for (const auto& line : lines) {
    auto& cells = all.emplace_back();
    for (const std::string& cell : line)
      cells.push_back(absl::StrReplaceAll(cell, {{"\t", " "}, {"\n", " "}, {"\r", " "}}));
  }
  if (!aligned) {
    return absl::StrJoin(
        all, "", [](std::string* out, const auto& line) { absl::StrAppend(out, absl::StrJoin(line, "\t"), "\n"); });
  }
  std::vector<size_t> widths;
  for (const auto& line : all) {
    widths.resize(std::max(widths.size(), line.size()));
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], Width(line[i]));
  }
  std::string text;
  for (const auto& line : all) {
    std::string row;
    for (size_t i = 0; i < line.size(); ++i)
      absl::StrAppend(&row, line[i], std::string(widths[i] + 2 - Width(line[i]), ' '));
    absl::StrAppend(&text, absl::StripTrailingAsciiWhitespace(row), "\n");
  }
  return text;
}

std::string ToJson(const Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = pretty;
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text, options);
  if (!status.ok()) return "{}\n";
  if (!pretty) text += "\n";
  return text;
}

bool WantsTable(const Settings& settings) {
  return settings.output == "table" || (settings.output.empty() && isatty(STDOUT_FILENO) == 1);
}

bool SpeaksUtf8() { return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

}  // namespace amikeco::cli
