#include "absl/strings/match.h"
#include "common/countries/countries.h"
#include "common/countries/territory_file.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  const std::string path = FileWith(input);
  const auto rows = ReadTerritoryFile(path);
  const auto countries = Countries::Load({path});
  if (!rows.ok()) {
    RequireRefusal(rows.status());
    return Require(!countries.ok(), "a file that is wrong is not loaded");
  }
  for (const TerritoryRow& row : *rows) {
    Require(absl::StartsWith(row.place, path) && row.name.size() <= kLongestName, "a row has its place and a name");
  }
  if (!countries.ok()) return RequireRefusal(countries.status());
  for (const TerritoryRow& row : *rows) Require(countries->Find(row.code) != nullptr, "each code is known");
}
