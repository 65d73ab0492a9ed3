#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/applicant/v1/public_report.pb.h"
#include "cli/api.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "cli/import.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "nlohmann/json.hpp"

namespace amikeco::cli {
namespace {

using applicant::v1::RecordAssistedActivityRequest;

struct Rejected {
  int line;
  std::string reason;
};

// The cells of a row by the names of their columns, in lower case.
using Cells = std::map<std::string, std::string>;

Cells CellsOf(const std::vector<std::string>& names, absl::string_view row) {
  Cells cells;
  const std::vector<std::string> values = CsvFields(row);
  for (size_t i = 0; i < names.size() && i < values.size(); ++i) {
    cells[absl::AsciiStrToLower(absl::StripAsciiWhitespace(names[i]))] =
        std::string(absl::StripAsciiWhitespace(values[i]));
  }
  return cells;
}

// Sets what the row has; what it lacks is as the flags said. "": it can be sent; else what is wrong with it.
std::string Fill(const Cells& cells, RecordAssistedActivityRequest& request) {
  const auto cell = [&](const char* column) {
    const auto at = cells.find(column);
    return at == cells.end() ? std::string() : at->second;
  };
  // Without an id of its own a row would be entered once more with each import.
  if (cell("id").empty()) return "id is empty: each row needs one, so that the file can be imported again.";
  request.set_activity_id(cell("id"));
  if (!cell("country").empty()) request.set_country(cell("country"));
  if (!cell("service_area").empty()) request.set_service_area(cell("service_area"));
  int32_t year = request.year();
  if (!cell("year").empty() && !absl::SimpleAtoi(cell("year"), &year)) return "year is not a number.";
  request.set_year(year);
  if (cell("amount").empty()) return "";
  const auto amount = ParseMoney(absl::StrCat(cell("currency"), " ", cell("amount")));
  if (!amount.ok()) return absl::StrCat("currency and amount: ", amount.status().message());
  *request.mutable_amount() = *amount;
  return "";
}

// A row that will never be taken; other failures may pass.
bool IsTheRowsFault(const absl::Status& status) {
  return absl::IsInvalidArgument(status) || absl::IsAlreadyExists(status);
}

// What the file itself loses, before any service has seen it.
std::vector<Rejected> Losses(const CsvFile& file) {
  std::vector<Rejected> rejected;
  for (const int line : file.too_long) rejected.push_back({line, "The row is too long: a quote may be missing."});
  for (const CsvRepeat& repeat : file.repeats) {
    rejected.push_back(
        {repeat.line, absl::StrCat("The id ", repeat.key, " is on line ", repeat.earlier_line, " already.")});
  }
  if (file.unclosed_line != 0) rejected.push_back({file.unclosed_line, "A quote is missing: the file ends inside it."});
  return rejected;
}

void PrintReport(const Settings& settings, int recorded, std::vector<Rejected> rejected) {
  std::sort(rejected.begin(), rejected.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  if (settings.json()) {
    nlohmann::ordered_json json = {{"recorded", recorded}, {"rejected", nlohmann::ordered_json::array()}};
    for (const Rejected& row : rejected) json["rejected"].push_back({{"line", row.line}, {"reason", row.reason}});
    std::cout << json.dump(settings.output == "json" ? 1 : -1) << "\n";
    return;
  }
  const bool aligned = WantsTable(settings);
  std::cout << Table({"RECORDED", "REJECTED"}, {{absl::StrCat(recorded), absl::StrCat(rejected.size())}}, aligned);
  std::vector<std::vector<std::string>> lines;
  for (const Rejected& row : rejected) lines.push_back({absl::StrCat(row.line), row.reason});
  if (!lines.empty()) std::cout << (aligned ? "\n" : "") << Table({"LINE", "REASON"}, lines, aligned);
}

}  // namespace

absl::StatusOr<int> ImportActivities(Invocation& invocation) {
  const auto& given = static_cast<const RecordAssistedActivityRequest&>(*invocation.request);
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadImported(invocation));
  const CsvFile file = SplitCsv(text, 1, kLongestRow, "id");
  AMIKECO_RETURN_IF_ERROR(CheckHeader(invocation.words[0], file));
  const std::vector<std::string> names = CsvFields(file.header);
  const auto& method = *FindMethod("applicant/RecordAssistedActivity");
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, method));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  std::vector<Rejected> rejected = Losses(file);
  Progress progress(file.rows, "rows");
  int done = 0, recorded = 0;
  for (const CsvChunk& row : file.chunks) {
    RecordAssistedActivityRequest request = given;
    std::string wrong = Fill(CellsOf(names, row.text), request);
    if (wrong.empty()) {
      const absl::Status status = session->Call(method, request).status();
      if (!status.ok() && !IsTheRowsFault(status)) {
        absl::FPrintF(stderr, "\nEverything before line %d is recorded; import the file again.\n", row.first_line);
        return status;
      }
      recorded += status.ok() ? 1 : 0;
      wrong = std::string(status.message());
    }
    if (!wrong.empty()) rejected.push_back({row.first_line, wrong});
    progress.Show(++done);
  }
  PrintReport(invocation.settings, recorded, rejected);
  return rejected.empty() ? kOk : kPartial;
}

}  // namespace amikeco::cli
