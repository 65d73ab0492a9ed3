// Names of countries, and files of them: what has a tab is a file.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/textproto.h"
#include "common/countries/countries.h"
#include "common/countries/territory_file.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

void TryFile(absl::string_view input) {
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

// The names that ship, but the weak ones: most of them are, and to look through them all takes too long here.
Countries SomeCountries() {
  std::string some;
  for (const absl::string_view row : absl::StrSplit(*ReadFile("data/territories.tsv"), '\n')) {
    if (!row.empty() && !absl::StrContains(row, "\tweak\t")) absl::StrAppend(&some, row, "\n");
  }
  auto countries = Countries::Load({FileWith(some)});
  Require(countries.ok(), countries.status().ToString());
  return *std::move(countries);
}

void TryName(absl::string_view input) {
  static const auto& countries = *new Countries(SomeCountries());
  const auto found = countries.Resolve(input);
  if (!found.ok()) return RequireRefusal(found.status());
  Require(countries.Has(found->code) && found->successors.empty(), "a name is of a territory of today");
  for (const std::string& name : {found->name, found->code}) {
    const auto again = countries.Resolve(name);
    Require(again.ok() && again->code == found->code, "its own name and code mean the same one");
  }
}

}  // namespace

void Try(absl::string_view input) { absl::StrContains(input, '\t') ? TryFile(input) : TryName(input); }
}  // namespace amikeco::fuzz
