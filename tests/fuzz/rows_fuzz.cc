#include <algorithm>
#include <iterator>
#include <memory>

#include "absl/strings/str_cat.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "amikeco/applicant/v1/costs.pb.h"
#include "amikeco/applicant/v1/public_report.pb.h"
#include "amikeco/applicant/v1/sections.pb.h"
#include "cli/csv.h"
#include "cli/fields.h"
#include "cli/import_rows.h"
#include "cli/people.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using google::protobuf::Message;

std::unique_ptr<Message> RequestOf(absl::string_view method) {
  using namespace applicant::v1;  // NOLINT(google-build-using-namespace): the requests
  static const Message* const requests[] = {&RegisterSectionRequest::default_instance(),
                                            &OpenIntakeRequest::default_instance(),
                                            &ScoreEntryRequest::default_instance(),
                                            &SubmitClaimRequest::default_instance(),
                                            &RecordPaymentRequest::default_instance(),
                                            &RecordCostEstimateRequest::default_instance(),
                                            &RecordAssistedActivityRequest::default_instance()};
  const std::string name = absl::StrCat(method.substr(method.find('/') + 1), "Request");
  const auto* const found = std::find_if(std::begin(requests), std::end(requests), [&](const Message* request) {
    return request->GetDescriptor()->name() == name;
  });
  Require(found != std::end(requests), name);
  return std::unique_ptr<Message>((*found)->New());
}

// Every cell in every column of every import, as a partner's file has it.
void FillAll(const std::string& cell) {
  for (const cli::RowImport& import : cli::RowImports()) {
    const auto request = RequestOf(import.method);
    for (const cli::Column& column : import.columns) {
      absl::Status status;
      if (column.set != nullptr) {
        status = column.set(*request, cell);
      } else {
        const auto path = cli::FindPath(*request->GetDescriptor(), column.path);
        Require(path.ok(), column.path);
        status = cli::SetField(*request, *path, cell, cli::TextFiles::kNever);
      }
      if (!status.ok()) RequireRefusal(status);
    }
    cli::Flatten(*request);
  }
}

// As `screen` reads it.
void TryPeople(const cli::CsvFile& file) {
  const auto columns = cli::ReadPeopleHeader(file.header);
  if (!columns.ok()) return RequireRefusal(columns.status());
  for (const cli::CsvChunk& row : file.chunks) {
    cli::Person person;
    const std::string wrong = cli::ReadPerson(*columns, row.text, person);
    Require(IsUtf8(wrong), "what is wrong can be told");
    if (!wrong.empty()) continue;
    const auto& particulars = person.request.particulars();
    Require(!person.name.empty() && particulars.names_size() >= 1 && particulars.names(0) == person.name, "a name");
    Require(
        IsUtf8(person.id) && compliance::v1::MatchPersonRequest().ParseFromString(person.request.SerializeAsString()),
        "whoever is screened can be asked about");
  }
}

}  // namespace

void Try(absl::string_view input) {
  const cli::CsvFile whole = cli::SplitCsv(input, 1000, 1 << 20, "id");
  const auto lines = 1 + std::count(input.begin(), input.end(), '\n');
  int rows = 0, last = 0;
  for (const cli::CsvChunk& chunk : whole.chunks) {
    Require(chunk.first_line > last && chunk.first_line <= lines, "chunks are in the order of their lines");
    Require(chunk.text.data() >= input.data() && chunk.text.data() + chunk.text.size() <= input.data() + input.size(),
            "a chunk is of the file");
    last = chunk.first_line;
    rows += chunk.rows;
  }
  Require(rows == whole.rows, "rows are counted");
  int cells = 4;  // more of one input would be more of the same
  const cli::CsvFile cut = cli::SplitCsv(input, 1, 1 << 20, "");
  TryPeople(cut);
  for (const cli::CsvChunk& row : cut.chunks) {
    for (const std::string& cell : cli::CsvFields(row.text)) {
      if (cells-- > 0) FillAll(cell);
    }
  }
}
}  // namespace amikeco::fuzz
