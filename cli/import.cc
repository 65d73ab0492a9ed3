#include "cli/import.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using matching::v1::ImportHostsRequest;
using matching::v1::ImportHostsResponse;

// A chunk is one transaction: small enough for a smooth bar and for others' writes to get in between.
constexpr int kChunkRows = 1000;

// A service that is asked too often says how long to wait; so often it is believed.
constexpr int kWaits = 20;
constexpr absl::Duration kLongestWait = absl::Seconds(30);

// "us_agencies.csv" of data/us_agencies.csv, with nothing in it that a source's name may not have.
std::string SourceOf(absl::string_view file) {
  std::string name(file.substr(file.rfind('/') + 1));
  for (char& c : name) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_') c = '-';
  }
  return name;
}

// Sends the chunks in order and adds up the answers in `report`, which is right also when it fails.
absl::Status Send(Session& session, ImportHostsRequest request, const CsvFile& file, ImportHostsResponse& report) {
  const auto& method = *FindMethod("matching/ImportHosts");
  const int from = request.first_line();
  Progress progress(file.rows, "rows");
  int done = 0;
  for (const CsvChunk& chunk : file.chunks) {
    if (chunk.first_line >= from) {
      request.set_first_line(chunk.first_line);
      request.set_csv_chunk(std::string(chunk.text));
      auto response = session.Call(method, request);
      if (!response.ok()) {
        absl::FPrintF(stderr, "\nEverything before line %d is imported; go on with --first-line %d.\n",
                      chunk.first_line, chunk.first_line);
        return response.status();
      }
      // Counts add up and rejected rows are appended.
      const auto& part = static_cast<const ImportHostsResponse&>(**response);
      report.set_created(report.created() + part.created());
      report.set_updated(report.updated() + part.updated());
      report.set_unchanged(report.unchanged() + part.unchanged());
      report.mutable_rejected()->MergeFrom(part.rejected());
    }
    done += chunk.rows;
    progress.Show(done);
  }
  return absl::OkStatus();
}

void PrintReport(const Settings& settings, const ImportReport& report) {
  if (settings.json()) {
    std::cout << ToJson(report, settings.output == "json");
    return;
  }
  const bool aligned = WantsTable(settings);
  std::cout << Table({"CREATED", "UPDATED", "UNCHANGED", "REJECTED"},
                     {{absl::StrCat(report.created()), absl::StrCat(report.updated()), absl::StrCat(report.unchanged()),
                       absl::StrCat(report.rejected_size())}},
                     aligned);
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : report.rejected()) lines.push_back({absl::StrCat(row.line()), row.reason()});
  if (lines.empty()) return;
  if (aligned) std::cout << "\n";
  std::cout << Table({"LINE", "REASON"}, lines, aligned);
}

}  // namespace

absl::Status CheckNoRequestId(const Invocation& invocation) {
  if (invocation.settings.request_id.empty()) return absl::OkStatus();
  return Error(kUsageError,
               "An import is many commands, each with a request id of its own; it may be sent again without one.");
}

absl::StatusOr<std::string> ReadImported(const Invocation& invocation) {
  AMIKECO_RETURN_IF_ERROR(CheckNoRequestId(invocation));
  const std::string& name = invocation.words[0];
  std::ifstream file(name, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !file.is_open() || (text.empty() && !file.eof())) {
    return Error(kNoFile, absl::StrCat("The file ", name, " cannot be read."), {{"file", name}});
  }
  return text;
}

absl::Status CheckHeader(const std::string& name, const CsvFile& file) {
  if (!file.header.empty()) return absl::OkStatus();
  return Error(kUsageError,
               absl::StrCat(name, file.unclosed_line == 0 ? " has no header row." : " ends inside its header row."));
}

void Reject(ImportReport& report, int line, absl::string_view reason) {
  auto& row = *report.add_rejected();
  row.set_line(line);
  row.set_reason(std::string(reason));
}

std::string RepeatOf(absl::string_view key, absl::string_view value, int earlier_line) {
  return absl::StrCat(key, " ", value, " is on line ", earlier_line, " already.");
}

void ReportLosses(const CsvFile& file, absl::string_view key, ImportReport& report) {
  for (const int line : file.too_long) Reject(report, line, "The row is longer than 512 KiB: a quote may be missing.");
  for (const CsvRepeat& repeat : file.repeats) {
    Reject(report, repeat.line, RepeatOf(key, repeat.key, repeat.earlier_line));
  }
  if (file.unclosed_line == 0) return;
  Reject(report, file.unclosed_line,
         "The file ends inside a quoted field of the row that begins here: it is truncated, or a quote is missing.");
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> CallPatiently(
    Session& session, const google::protobuf::MethodDescriptor& method, google::protobuf::Message& request) {
  for (int waits = 0;; ++waits) {
    auto answer = session.Call(method, request);
    const auto retry = DetailOf<google::rpc::RetryInfo>(answer.status());
    if (!absl::IsResourceExhausted(answer.status()) || !retry.ok() || waits == kWaits) return answer;
    absl::SleepFor(std::min(
        kLongestWait, absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos())));
  }
}

int Conclude(const Settings& settings, ImportReport& report) {
  std::sort(report.mutable_rejected()->pointer_begin(), report.mutable_rejected()->pointer_end(),
            [](const auto* a, const auto* b) { return a->line() < b->line(); });
  PrintReport(settings, report);
  return report.rejected().empty() ? kOk : kPartial;
}

absl::StatusOr<int> ImportHosts(Invocation& invocation) {
  auto& request = static_cast<ImportHostsRequest&>(*invocation.request);
  const std::string& name = invocation.words[0];
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadImported(invocation));
  const CsvFile file = SplitCsv(text, kChunkRows, kLongestRow, "ori");
  AMIKECO_RETURN_IF_ERROR(CheckHeader(name, file));
  if (request.source_id().empty()) request.set_source_id(SourceOf(name));
  request.set_header(std::string(file.header));
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, *FindMethod("matching/ImportHosts")));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  ImportHostsResponse report;
  AMIKECO_RETURN_IF_ERROR(Send(*session, request, file, report));
  ReportLosses(file, "ORI", report);
  return Conclude(invocation.settings, report);
}

}  // namespace amikeco::cli
