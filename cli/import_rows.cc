#include "cli/import_rows.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/fields.h"
#include "cli/import.h"
#include "cli/invocation.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/special.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

const RowImport& ImportOf(const Command& command) {
  const auto imports = RowImports();
  return *std::find_if(imports.begin(), imports.end(), [&](const RowImport& import) {
    return absl::string_view(import.noun) == command.noun && absl::string_view(import.verb) == command.verb;
  });
}

// "Claim ID", "claim-id" and "claim_id" are the same column.
std::string Normal(absl::string_view title) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripAsciiWhitespace(title)), {{" ", "_"}, {"-", "_"}});
}

// "Air ticket" is the category air-ticket.
std::string IdOf(absl::string_view title) { return absl::StrReplaceAll(Normal(title), {{"_", "-"}}); }

const Column* FindColumn(const RowImport& import, absl::string_view name) {
  for (const Column& column : import.columns) {
    if (name == column.name) return &column;
  }
  return nullptr;
}

bool HasAmounts(const RowImport& import) {
  return import.others_are_amounts ||
         std::any_of(import.columns.begin(), import.columns.end(), [](const Column& c) { return c.amount(); });
}

// The columns of a file and what they are to the import.
struct Header {
  std::vector<std::string> titles;  // as they are written
  std::vector<std::string> names;
  const RowImport& import;

  bool Has(absl::string_view name) const { return std::find(names.begin(), names.end(), name) != names.end(); }
  bool IsItem(size_t i) const {
    return *import.others_of != '\0' && FindColumn(import, names[i]) == nullptr && names[i] != kCurrencyColumn &&
           !names[i].empty();
  }
  bool IsRead(size_t i) const {
    return FindColumn(import, names[i]) != nullptr || IsItem(i) || (names[i] == kCurrencyColumn && HasAmounts(import));
  }
};

absl::StatusOr<Header> ReadHeader(const RowImport& import, const CsvFile& file) {
  Header header{CsvFields(file.header), {}, import};
  for (const std::string& title : header.titles) {
    if (header.Has(Normal(title)) && FindColumn(import, Normal(title)) != nullptr) {
      return Error(kUsageError, absl::StrCat("The header has the column ", title, " twice; nothing was imported."));
    }
    header.names.push_back(Normal(title));
  }
  for (const Column& column : import.columns) {
    if (!column.required() || header.Has(column.name)) continue;
    return Error(kUsageError, absl::StrCat("The header has no column ", column.name, "; nothing was imported."));
  }
  std::vector<std::string> unread;
  for (size_t i = 0; i < header.names.size(); ++i) {
    if (!header.IsRead(i)) unread.push_back(header.titles[i]);
  }
  if (!unread.empty()) absl::FPrintF(stderr, "Columns that are not read: %s.\n", absl::StrJoin(unread, ", "));
  return header;
}

// What is sent at once.
struct Record {
  std::string key;
  std::unique_ptr<Message> request;
  std::vector<int> lines;            // of the file, a row each
  std::vector<std::string> columns;  // whose cells became items, as they are written
  std::set<int> told;                // lines that the report has something to say of
};

void Tell(Record& record, int line, absl::string_view reason, ImportReport& report) {
  Reject(report, line, reason);
  record.told.insert(line);
}

const FieldDescriptor& FieldOf(const Message& message, const char* name) {
  return *message.GetDescriptor()->FindFieldByName(name);
}

absl::Status SetCell(Message& message, absl::string_view path, std::string cell) {
  AMIKECO_ASSIGN_OR_RETURN(const Path found, FindPath(*message.GetDescriptor(), path));
  // Words of a list may have spaces between them, as commas would have to be quoted.
  if (found.back()->is_repeated() && found.back()->message_type() == nullptr)
    std::replace(cell.begin(), cell.end(), ' ', ',');
  return SetField(message, found, cell, TextFiles::kNever);
}

// The cells of one row.
class Row {
 public:
  Row(const Header& header, std::vector<std::string> cells) : header_(header), cells_(std::move(cells)) {
    for (std::string& cell : cells_) absl::StripAsciiWhitespace(&cell);
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (header.names[i] == kCurrencyColumn) currency_ = cells_[i];
      if (header.names[i] == header.import.key) key_ = cells_[i];
    }
  }

  const std::string& key() const { return key_; }

  absl::Status Fill(Record& record) const {
    if (*header_.import.rows_of != '\0') TheItem(*record.request);
    std::vector<std::string> wrong;
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (cells_[i].empty()) continue;
      const absl::Status status = Put(i, record);
      if (!status.ok()) wrong.push_back(absl::StrCat(header_.titles[i], ": ", status.message()));
    }
    return wrong.empty() ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrJoin(wrong, " "));
  }

 private:
  absl::Status Put(size_t i, Record& record) const {
    const RowImport& import = header_.import;
    Message& request = *record.request;
    if (header_.IsItem(i)) {
      record.columns.push_back(header_.titles[i]);
      const std::string value = import.others_are_amounts ? WithCurrency(cells_[i]) : cells_[i];
      return SetCell(request, import.others_of, absl::StrCat(IdOf(header_.titles[i]), ":", value));
    }
    const Column* const column = FindColumn(import, header_.names[i]);
    if (column == nullptr) return absl::OkStatus();
    const std::string value = column->amount() ? WithCurrency(cells_[i]) : cells_[i];
    if (column->set != nullptr) return column->set(request, value);
    absl::string_view path = column->path;
    if (*import.rows_of == '\0' || !absl::ConsumePrefix(&path, absl::StrCat(import.rows_of, "."))) {
      return SetCell(request, path, value);
    }
    return SetCell(TheItem(request), path, value);
  }

  // Of a row there is one.
  Message& TheItem(Message& request) const {
    const FieldDescriptor& field = FieldOf(request, header_.import.rows_of);
    const auto& reflection = *request.GetReflection();
    if (reflection.FieldSize(request, &field) == 0) return *reflection.AddMessage(&request, &field);
    return *reflection.MutableRepeatedMessage(&request, &field, 0);
  }

  std::string WithCurrency(const std::string& cell) const {
    const bool bare = !absl::ascii_isalpha(static_cast<unsigned char>(cell[0]));
    return bare && !currency_.empty() ? absl::StrCat(currency_, " ", cell) : cell;
  }

  const Header& header_;
  std::vector<std::string> cells_;
  std::string key_, currency_;
};

// One row as a record; its key is there also when something else in it is wrong.
absl::Status ReadRow(const Header& header, const CsvChunk& text, Record& record) {
  record.lines.push_back(text.first_line);
  std::vector<std::string> cells = CsvFields(text.text);
  if (cells.size() != header.names.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("The row has ", cells.size(), " fields, the header has ", header.names.size(), "."));
  }
  const Row row(header, std::move(cells));
  record.key = row.key();
  if (record.key.empty()) return absl::InvalidArgumentError(absl::StrCat(header.import.key, " is empty."));
  record.request = NewMessage(*FindMethod(header.import.method)->input_type());
  if (*header.import.preset != '\0') {
    const std::pair<absl::string_view, absl::string_view> preset = absl::StrSplit(header.import.preset, '=');
    AMIKECO_RETURN_IF_ERROR(SetCell(*record.request, preset.first, std::string(preset.second)));
  }
  return row.Fill(record);
}

// Adds the row's item to the record that an earlier row began.
absl::Status Join(const RowImport& import, const Record& row, Record& record) {
  const FieldDescriptor& field = FieldOf(*row.request, import.rows_of);
  const auto head = [&](const Record& one) {
    const std::unique_ptr<Message> copy(one.request->New());
    copy->CopyFrom(*one.request);
    copy->GetReflection()->ClearField(copy.get(), &field);
    return copy->SerializeAsString();
  };
  if (head(row) != head(record)) {
    return absl::InvalidArgumentError(absl::StrCat(import.key, " ", record.key, " is on line ", record.lines[0],
                                                   ", with other values than here: one of the two is wrong."));
  }
  const auto& reflection = *row.request->GetReflection();
  reflection.AddMessage(record.request.get(), &field)->CopyFrom(reflection.GetRepeatedMessage(*row.request, &field, 0));
  return absl::OkStatus();
}

// The file's records, in its order. Rows that are wrong are reported.
std::vector<Record> ReadRecords(const Header& header, const CsvFile& file, ImportReport& report) {
  std::vector<Record> records;
  std::map<std::string, size_t> known;
  for (const CsvChunk& chunk : file.chunks) {
    Record row;
    absl::Status status = ReadRow(header, chunk, row);
    const auto [place, is_new] = known.try_emplace(row.key, records.size());
    if (is_new || row.key.empty()) {
      if (!status.ok()) Tell(row, chunk.first_line, status.message(), report);
      records.push_back(std::move(row));
      continue;
    }
    Record& record = records[place->second];
    if (*header.import.rows_of == '\0') {
      Reject(report, chunk.first_line, RepeatOf(header.import.key, row.key, record.lines[0]));
      continue;
    }
    record.lines.push_back(chunk.first_line);
    if (status.ok() && record.told.empty()) status = Join(header.import, row, record);
    if (!status.ok()) Tell(record, chunk.first_line, status.message(), report);
  }
  return records;
}

// The number in "lines[2].day" behind `field`, and the rest: "day". Nothing when it is about another field.
std::optional<size_t> IndexIn(absl::string_view violation, absl::string_view field, std::string& rest) {
  size_t index = 0;
  if (field.empty() || !absl::ConsumePrefix(&violation, absl::StrCat(field, "["))) return std::nullopt;
  const size_t close = violation.find(']');
  if (close == violation.npos || !absl::SimpleAtoi(violation.substr(0, close), &index)) return std::nullopt;
  violation.remove_prefix(close + 1);
  absl::ConsumePrefix(&violation, ".");
  rest = std::string(violation);
  return index;
}

// Reports why the service did not take the record, each reason on the row that it is about.
void Refuse(const RowImport& import, const absl::Status& status, Record& record, ImportReport& report) {
  std::vector<std::string> sentences;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
    for (const auto& violation : bad->field_violations()) {
      std::string rest;
      const auto row = IndexIn(violation.field(), import.rows_of, rest);
      if (row && *row < record.lines.size()) {
        Tell(record, record.lines[*row], absl::StrCat(rest, ": ", violation.description()), report);
        continue;
      }
      const auto column = IndexIn(violation.field(), import.others_of, rest);
      const bool known = column && *column < record.columns.size();
      sentences.push_back(
          absl::StrCat(known ? record.columns[*column] : violation.field(), ": ", violation.description()));
    }
  }
  if (sentences.empty() && record.told.empty()) sentences.emplace_back(status.message());
  if (!sentences.empty()) Tell(record, record.lines[0], absl::StrJoin(sentences, "; "), report);
}

// Says of the rows in order that they were left out because of others of the same record.
void TellOfTheRest(const RowImport& import, Record& record, ImportReport& report) {
  const int first = *record.told.begin();
  for (const int line : record.lines) {
    if (record.told.contains(line)) continue;
    Reject(report, line,
           absl::StrCat("Nothing of ", import.key, " ", record.key, " was imported: see line ", first, "."));
  }
}

// A record's own mistake is reported and the next one goes on; anything else ends the import.
absl::Status Send(Session& session, const RowImport& import, Record& record, ImportReport& report) {
  const absl::Status status = CallPatiently(session, *FindMethod(import.method), *record.request).status();
  if (status.ok()) {
    import.creates ? report.set_created(report.created() + 1) : report.set_updated(report.updated() + 1);
  } else if (import.creates && absl::IsAlreadyExists(status)) {
    report.set_unchanged(report.unchanged() + 1);
  } else if (absl::IsInvalidArgument(status) || absl::IsNotFound(status) || absl::IsFailedPrecondition(status) ||
             absl::IsAlreadyExists(status)) {
    Refuse(import, status, record, report);
  } else {
    absl::FPrintF(stderr, "\nEverything before line %d is imported; import the file again to go on.\n",
                  record.lines[0]);
    return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int> ImportRows(Invocation& invocation) {
  const RowImport& import = ImportOf(*invocation.command);
  const std::string& name = invocation.words[0];
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadImported(invocation));
  const CsvFile file = SplitCsv(text, 1, kLongestRow, "");
  AMIKECO_RETURN_IF_ERROR(CheckHeader(name, file));
  AMIKECO_ASSIGN_OR_RETURN(const Header header, ReadHeader(import, file));
  AMIKECO_ASSIGN_OR_RETURN(const Service service, ServiceFor(invocation.settings, *FindMethod(import.method)));
  AMIKECO_ASSIGN_OR_RETURN(const auto session, Session::Open(invocation.settings, service));
  ImportReport report;
  std::vector<Record> records = ReadRecords(header, file, report);
  int rows = 0;
  for (const Record& record : records) rows += static_cast<int>(record.lines.size());
  Progress progress(rows, "rows");
  int done = 0;
  for (Record& record : records) {
    if (record.told.empty()) AMIKECO_RETURN_IF_ERROR(Send(*session, import, record, report));
    if (!record.told.empty()) TellOfTheRest(import, record, report);
    done += static_cast<int>(record.lines.size());
    progress.Show(done);
  }
  ReportLosses(file, import.key, report);
  return Conclude(invocation.settings, report);
}

}  // namespace amikeco::cli
