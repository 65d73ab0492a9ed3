#include <sys/mman.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/countries/countries.h"
#include "common/countries/territory_file.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  static const int file = memfd_create("territories", 0);
  static const std::string path = absl::StrCat("/proc/self/fd/", file);
  Require(ftruncate(file, 0) == 0 && pwrite(file, input.data(), input.size(), 0) == static_cast<ssize_t>(input.size()),
          "the file is written");
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
