#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/matching/csv_import.h"
#include "tests/fuzz/fuzz.h"

// However a file is cut into chunks, what is read of it is the same.
void amikeco::fuzz::Try(absl::string_view input) {
  using matching::ParseAgencies;
  const matching::CsvFile whole = matching::SplitCsv(input);
  if (whole.chunks.size() != 1) return;
  const auto& rows = whole.chunks[0];
  const auto read = ParseAgencies(whole.header, rows.rows, rows.first_line, "US");
  if (!read.ok()) return RequireRefusal(read.status());
  const auto lines = 1 + std::count(input.begin(), input.end(), '\n');
  absl::flat_hash_set<std::string> names;
  for (const auto& agency : read->agencies) {
    Require(names.insert(agency.name()).second, "an agency is there once");
    Require(!agency.title().empty() && agency.latitude() >= -90 && agency.latitude() <= 90, "an agency is whole");
  }
  for (const auto& row : read->rejected) {
    Require(row.line() >= 1 && row.line() <= lines && !row.reason().empty(), "a rejected row has line and reason");
  }
  size_t agencies = 0, rejected = 0;
  for (const auto& chunk : matching::SplitCsv(input, 1, 1).chunks) {
    const auto part = ParseAgencies(whole.header, chunk.rows, chunk.first_line, "US");
    Require(part.ok(), "each chunk is read");
    agencies += part->agencies.size();
    rejected += part->rejected.size();
  }
  Require(agencies + rejected == read->agencies.size() + read->rejected.size(), "no row is lost or read twice");
}
