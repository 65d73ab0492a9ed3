#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/config/textproto.h"
#include "common/countries/countries.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

// The names that ship, but the weak ones: most of them are, and to look through them all takes too long here.
Countries SomeCountries() {
  std::string some;
  for (const absl::string_view row : absl::StrSplit(*ReadFile("data/territories.tsv"), '\n')) {
    if (!absl::StrContains(row, "\tweak\t")) absl::StrAppend(&some, row, "\n");
  }
  auto countries = Countries::Load({FileWith(some)});
  Require(countries.ok(), countries.status().ToString());
  return *std::move(countries);
}

}  // namespace

void Try(absl::string_view input) {
  static const auto& countries = *new Countries(SomeCountries());
  const auto found = countries.Resolve(input);
  if (!found.ok()) return RequireRefusal(found.status());
  Require(countries.Has(found->code) && found->successors.empty(), "a name is of a territory of today");
  for (const std::string& name : {found->name, found->code}) {
    const auto again = countries.Resolve(name);
    Require(again.ok() && again->code == found->code, "its own name and code mean the same one");
  }
}
}  // namespace amikeco::fuzz
