// `screen`: the people of a file against the watch-lists, a row each.
#include <cstdio>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/import.h"
#include "cli/invocation.h"
#include "cli/people.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "nlohmann/json.hpp"

namespace amikeco::cli {
namespace {

using compliance::v1::MatchPersonResponse;

std::string Spoken(compliance::v1::MatchOutcome outcome) {
  return std::string(absl::StripPrefix(compliance::v1::MatchOutcome_Name(outcome), "MATCH_OUTCOME_"));
}

const std::vector<std::string>& Header() {
  static const auto& header =
      *new std::vector<std::string>{"LINE", "ID", "NAME", "OUTCOME", "SCORE", "LIST", "ENTRY", "WHY"};
  return header;
}

// A row for each match; one for who has none.
void AddRows(int line, const Person& person, const MatchPersonResponse& response,
             std::vector<std::vector<std::string>>& rows) {
  for (const auto& one : response.matches()) {
    rows.push_back({absl::StrCat(line), person.id, person.name, Spoken(one.match().outcome()),
                    absl::StrFormat("%.2f", one.match().score()), one.match().list(), one.match().entry(),
                    one.explanation().summary()});
  }
  if (response.matches().empty()) {
    rows.push_back({absl::StrCat(line), person.id, person.name, Spoken(response.outcome()), "", "", "", ""});
  }
}

std::string Csv(const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  const auto add = [&](const std::vector<std::string>& cells) {
    absl::StrAppend(
        &text,
        absl::StrJoin(cells, ",",
                      [](std::string* out, const std::string& cell) {
                        const bool quoted = cell.find_first_of(",\"\r\n") != std::string::npos;
                        absl::StrAppend(
                            out, quoted ? absl::StrCat("\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"") : cell);
                      }),
        "\n");
  };
  std::vector<std::string> header = Header();
  for (std::string& title : header) absl::AsciiStrToLower(&title);
  add(header);
  for (const auto& row : rows) add(row);
  return text;
}

std::string Json(const std::vector<std::vector<std::string>>& rows, bool lines) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& row : rows) {
    nlohmann::ordered_json object;
    for (size_t i = 0; i < row.size(); ++i) object[absl::AsciiStrToLower(Header()[i])] = row[i];
    if (lines) absl::StrAppend(&text, object.dump(), "\n");
    all.push_back(std::move(object));
  }
  return lines ? text : all.dump(2) + "\n";
}

void PrintRows(const Settings& settings, const std::vector<std::vector<std::string>>& rows) {
  if (settings.output == "csv") {
    std::cout << Csv(rows);
  } else if (settings.json()) {
    std::cout << Json(rows, settings.output == "jsonl");
  } else {
    std::cout << Table(Header(), rows, WantsTable(settings));
  }
}

// What the service did not like, in a sentence for the report.
std::string WhyRefused(const absl::Status& status) {
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  if (!bad.ok() || bad->field_violations().empty()) return std::string(status.message());
  return absl::StrJoin(bad->field_violations(), "; ", [](std::string* out, const auto& violation) {
    absl::StrAppend(out, absl::StripPrefix(violation.field(), "particulars."), ": ", violation.description());
  });
}

}  // namespace

absl::StatusOr<int> ScreenFile(Invocation& invocation) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadImported(invocation));
  const CsvFile file = SplitCsv(text, 1, kLongestRow, "");
  AMIKECO_RETURN_IF_ERROR(CheckHeader(invocation.words[0], file));
  AMIKECO_ASSIGN_OR_RETURN(const PeopleColumns columns, ReadPeopleHeader(file.header));
  if (!columns.unread.empty()) {
    absl::FPrintF(stderr, "Columns that are not read: %s.\n", absl::StrJoin(columns.unread, ", "));
  }
  const auto& method = *FindMethod("compliance/MatchPerson");
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  ImportReport report;
  ReportLosses(file, "", report);
  std::vector<std::vector<std::string>> rows;
  std::set<std::string> partial, missing;
  Progress progress(file.rows, "people");
  int done = 0;
  for (const CsvChunk& chunk : file.chunks) {
    Person person;
    const std::string wrong = ReadPerson(columns, chunk.text, person);
    if (!wrong.empty()) {
      Reject(report, chunk.first_line, wrong);
    } else {
      const auto answer = CallPatiently(*session, method, person.request);
      if (answer.ok()) {
        const auto& response = static_cast<const MatchPersonResponse&>(**answer);
        AddRows(chunk.first_line, person, response, rows);
        for (const auto& list : response.lists()) {
          if (list.coverage_partial()) partial.insert(list.list());
          if (list.gap() != compliance::v1::ScreenedList::GAP_UNSPECIFIED) missing.insert(list.list());
        }
      } else if (absl::IsInvalidArgument(answer.status())) {
        Reject(report, chunk.first_line, WhyRefused(answer.status()));
      } else {
        return answer.status();  // a part of the result would look like the whole
      }
    }
    progress.Show(++done);
  }
  PrintRows(invocation.settings, rows);
  for (const std::string& list : partial) {
    absl::FPrintF(stderr, "The coverage of %s is partial: that somebody is not on it says little.\n", list);
  }
  for (const std::string& list : missing) {
    absl::FPrintF(stderr, "%s is required and is missing or too old: nobody is clear until it is imported.\n", list);
  }
  for (const auto& row : report.rejected()) absl::FPrintF(stderr, "Line %d: %s\n", row.line(), row.reason());
  return report.rejected().empty() ? kOk : kPartial;
}

}  // namespace amikeco::cli
