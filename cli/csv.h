// Csv: a file of comma-separated rows (RFC 4180), cut into chunks of whole rows without being interpreted.
#ifndef AMIKECO_CLI_CSV_H_
#define AMIKECO_CLI_CSV_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace amikeco::cli {

// Whole rows, with the line of the file (from 1) that the first begins on.
struct CsvChunk {
  int first_line;
  int rows;
  absl::string_view text;
};

// A row whose key an earlier row has already.
struct CsvRepeat {
  int line;
  int earlier_line;
  std::string key;
};

struct CsvFile {
  absl::string_view header;  // the first row without its line end; "" when the file is empty
  std::vector<CsvChunk> chunks;
  // Line on which a row begins whose quote is never closed, so that the rest of the file is lost; 0: none. Not in
  // chunks.
  int unclosed_line = 0;
  // Lines of rows that are longer than a chunk may be. Not in chunks.
  std::vector<int> too_long;
  std::vector<CsvRepeat> repeats;  // not in chunks: the first row stands
  int rows = 0;                    // behind the header, in chunks
};

// The fields of a row, with or without its line end; a quoted field without its quotes.
std::vector<std::string> CsvFields(absl::string_view row);

// Chunks of at most `max_rows` and `max_bytes`. A byte-order mark is dropped, lines may end in LF or CRLF, and quoted
// fields may hold line ends. Rows are told apart by the column `key`, when there is one; "": they are not. The result
// points into `text`.
CsvFile SplitCsv(absl::string_view text, int max_rows, size_t max_bytes, absl::string_view key);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_CSV_H_
