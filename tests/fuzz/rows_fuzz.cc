#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "cli/csv.h"
#include "cli/fields.h"
#include "cli/import_rows.h"
#include "google/protobuf/descriptor.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using google::protobuf::Message;

std::unique_ptr<Message> RequestOf(absl::string_view method) {
  const std::string name = absl::StrCat("amikeco.applicant.v1.", method.substr(method.find('/') + 1), "Request");
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(name);
  Require(type != nullptr, name);
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
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
  for (const cli::CsvChunk& row : cli::SplitCsv(input, 1, 1 << 20, "").chunks) {
    for (const std::string& cell : cli::CsvFields(row.text)) FillAll(cell);
  }
}
}  // namespace amikeco::fuzz
