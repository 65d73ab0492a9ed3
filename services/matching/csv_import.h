// Agencies from CSV (RFC 4180): a header and whole rows become directory entries, and what is wrong with a row is said
// with its line. Pure.
//
// Columns are found by name, in any order; a byte-order mark, CRLF and LF, quoted fields with commas, quotes and line
// ends are understood. A bad row is skipped and reported, the others stand. A header without a needed column refuses
// all.
#ifndef AMIKECO_SERVICES_MATCHING_CSV_IMPORT_H_
#define AMIKECO_SERVICES_MATCHING_CSV_IMPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"

namespace amikeco::matching {

inline constexpr int kMaxRowsPerChunk = 2000;
inline constexpr size_t kMaxChunkBytes = size_t{1} << 20;

// Rows that belong together, as they are in the file.
struct CsvChunk {
  std::string rows;
  int first_line = 1;  // line of the file that the first row begins on
};

struct CsvFile {
  std::string header;
  std::vector<CsvChunk> chunks;
};

// Cuts a file between rows, never inside one, into chunks of at most these many rows and, unless a single row is
// larger, `max_bytes` bytes. An empty text has an empty header.
CsvFile SplitCsv(absl::string_view text, int max_rows = kMaxRowsPerChunk, size_t max_bytes = kMaxChunkBytes);

struct ImportedAgencies {
  std::vector<v1::Agency> agencies;
  std::vector<v1::RejectedRow> rejected;
};

// INVALID_ARGUMENT when the header lacks a needed column or there are too many rows.
absl::StatusOr<ImportedAgencies> ParseAgencies(absl::string_view header, absl::string_view rows, int first_line,
                                               absl::string_view country);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_CSV_IMPORT_H_
