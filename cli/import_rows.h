// Imports of files whose rows are records: one call of a method for each, and a report of what became of each row.
//
// What a file may hold is a table, as commands are: which column is which field of the request.
#ifndef AMIKECO_CLI_IMPORT_ROWS_H_
#define AMIKECO_CLI_IMPORT_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

// Column of amounts' currency, where a file keeps it apart: "USD" for all amounts of the row that are bare numbers.
inline constexpr char kCurrencyColumn[] = "currency";

struct Column {
  const char* name;  // in the header; case does not matter, nor whether words are joined by spaces, "-" or "_"
  const char* path;  // the request's field: "terms.title"; "": `set` knows
  enum { kOptional, kRequired, kAmount, kRequiredAmount } kind = kOptional;  // required: in the header
  absl::Status (*set)(google::protobuf::Message& request, const std::string& cell) = nullptr;

  bool required() const { return kind == kRequired || kind == kRequiredAmount; }
  bool amount() const { return kind == kAmount || kind == kRequiredAmount; }
};

struct RowImport {
  const char* noun;
  const char* verb;
  const char* method;  // "applicant/SubmitClaim"
  const char* key;     // column that tells records apart; every row has it
  bool creates;        // rows that were taken are new; otherwise they are updates
  std::vector<Column> columns;
  // Repeated field of which every row adds an item, with the columns whose paths begin with it. Rows with the same key
  // are one record then, sent whole or not at all. "": a row is a record.
  const char* rows_of = "";
  // Repeated field of which every column of another name adds an item: "merit" above 8 is "merit:8". "": they are not
  // read.
  const char* others_of = "";
  bool others_are_amounts = false;
  const char* preset = "";  // what the field is where no cell says it: "terms.state=active"
};

absl::Span<const RowImport> RowImports();

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_IMPORT_ROWS_H_
