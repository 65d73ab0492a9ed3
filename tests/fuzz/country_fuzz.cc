#include "common/base/status.h"
#include "common/countries/countries.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  static const auto& countries = *new auto(Countries::Load({"data/territories.tsv", "data/territory_additions.tsv"}));
  Require(countries.ok(), countries.status().ToString());
  const auto found = countries->Resolve(input);
  if (!found.ok()) return RequireRefusal(found.status());
  Require(countries->Has(found->code) && found->successors.empty(), "a name is of a territory of today");
  for (const std::string& name : {found->name, found->code}) {
    const auto again = countries->Resolve(name);
    Require(again.ok() && again->code == found->code, "its own name and code mean the same one");
  }
}
