#include "common/countries/countries.h"

#include <unicode/uloc.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/edit_distance.h"
#include "common/countries/name_key.h"
#include "common/countries/territory_file.h"

namespace amikeco {
namespace {

constexpr size_t kMostNear = 3;
constexpr size_t kShortestMistyped = 4;  // bytes of a key; every shorter one is near many

// "Germany (DE), Austria (AT) or Switzerland (CH)".
std::string ListOf(const std::vector<const Territory*>& territories) {
  std::string list;
  for (size_t i = 0; i < territories.size(); ++i) {
    const bool last = i + 1 == territories.size();
    absl::StrAppend(&list, i == 0 ? "" : last ? " or " : ", ", territories[i]->name, " (", territories[i]->code, ")");
  }
  return list;
}

std::string CodesOf(const std::vector<const Territory*>& territories) {
  return absl::StrJoin(territories, ",", [](std::string* out, const Territory* territory) { *out += territory->code; });
}

bool IsTwoCapitals(absl::string_view text) {
  return text.size() == 2 && absl::ascii_isupper(static_cast<unsigned char>(text[0])) &&
         absl::ascii_isupper(static_cast<unsigned char>(text[1]));
}

absl::Status Unknown(absl::string_view name, const std::vector<const Territory*>& near) {
  const std::string question = near.empty() ? "." : absl::StrCat("; did you mean ", ListOf(near), "?");
  return Error(errors::kCountryUnknown,
               absl::StrCat("\"", name, "\" is no country or territory that we know", question,
                            " Write its name as ISO 3166 does, or its two-letter code in capitals."),
               {{"name", name}, {"codes", CodesOf(near)}});
}

absl::Status Ambiguous(absl::string_view name, const std::vector<const Territory*>& meant) {
  return Error(
      errors::kCountryAmbiguous,
      absl::StrCat("\"", name, "\" may be ", ListOf(meant), "; write the one that is meant in full, or its code."),
      {{"name", name}, {"codes", CodesOf(meant)}});
}

absl::Status Former(absl::string_view name, const Territory& former, const std::vector<const Territory*>& successors) {
  return Error(errors::kCountryFormer,
               absl::StrCat("\"", name, "\" names a country or territory that is no more; write what followed ",
                            former.name, ": ", ListOf(successors), "."),
               {{"name", name}, {"codes", CodesOf(successors)}});
}

}  // namespace

class Countries::Builder {
 public:
  explicit Builder(const std::vector<TerritoryRow>& rows) : rows_(rows) {}

  absl::StatusOr<Countries> Build() {
    if (NameKey("a").empty()) return absl::InternalError("ICU cannot normalise text: its data is not installed");
    AddTerritories();
    AddAlpha3();
    for (const TerritoryRow& row : rows_) Check(row);
    AMIKECO_RETURN_IF_ERROR(mistakes_.ToStatus());
    AddNames();
    AMIKECO_RETURN_IF_ERROR(mistakes_.ToStatus());
    return std::move(countries_);
  }

 private:
  struct Claim {
    Name name;
    const TerritoryRow* row;
  };

  void AddTerritories() {
    for (const TerritoryRow& row : rows_) {
      if (row.kind != NameKind::kPrimary) continue;
      const auto [at, added] = countries_.codes_.try_emplace(row.code, countries_.territories_.size());
      if (added) {
        countries_.territories_.push_back({row.code, row.name, row.is_country, {}});
        primary_.push_back(&row);
      } else {
        mistakes_.Add(row.place, "kind",
                      absl::StrCat(row.code, " has the primary name \"", primary_[at->second]->name, "\" in ",
                                   primary_[at->second]->place, "; write strong or weak"));
      }
    }
    for (const TerritoryRow& row : rows_) {
      const auto at = countries_.codes_.find(row.code);
      if (row.kind != NameKind::kSuccessor || at == countries_.codes_.end()) continue;
      countries_.territories_[at->second].successors.push_back(row.name);
    }
  }

  void AddAlpha3() {
    for (size_t i = 0; i < countries_.territories_.size(); ++i) {
      const std::string& code = countries_.territories_[i].code;
      if (code.size() != 2) continue;
      countries_.codes_.try_emplace(uloc_getISO3Country(absl::StrCat("und_", code).c_str()), i);
    }
    countries_.codes_.erase("");
  }

  // What a row says of others.
  void Check(const TerritoryRow& row) {
    const Territory* const territory = countries_.Find(row.code);
    if (territory == nullptr || territory->code != row.code) {
      mistakes_.Add(row.place, "code", absl::StrCat("no line gives ", row.code, " a primary name; add one"));
      return;
    }
    if (territory->is_country != row.is_country) {
      mistakes_.Add(row.place, "is_country",
                    absl::StrCat("is ", territory->is_country ? "1" : "0", " for ", row.code, " in ",
                                 primary_[countries_.codes_[row.code]]->place, "; write the same in both"));
    }
    if (row.kind != NameKind::kSuccessor) return;
    const Territory* const successor = countries_.Find(row.name);
    if (successor == nullptr || successor->code != row.name || !successor->successors.empty()) {
      mistakes_.Add(row.place, "name",
                    absl::StrCat("\"", Printable(row.name),
                                 "\" is not the code of a territory that "
                                 "exists; write the code of one that followed ",
                                 row.code));
    }
  }

  void AddNames() {
    std::vector<Claim> claims;
    for (const TerritoryRow& row : rows_) {
      if (row.kind == NameKind::kSuccessor) continue;
      claims.push_back({{NameKey(row.name), row.kind, countries_.codes_[row.code]}, &row});
    }
    std::stable_sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) {
      return std::tie(a.name.key, a.name.kind, a.name.territory) < std::tie(b.name.key, b.name.kind, b.name.territory);
    });
    for (auto claim = claims.begin(); claim != claims.end();) {
      const auto end = std::find_if(claim, claims.end(), [&](const Claim& c) { return c.name.key != claim->name.key; });
      AddKey(claim, end);
      claim = end;
    }
  }

  // Claims to one key, the strongest first.
  void AddKey(std::vector<Claim>::iterator begin, std::vector<Claim>::iterator end) {
    for (auto claim = begin; claim != end; ++claim) {
      const bool again =
          std::any_of(begin, claim, [&](const Claim& c) { return c.name.territory == claim->name.territory; });
      if (!again) AddClaim(*begin, *claim);
    }
  }

  void AddClaim(const Claim& strongest, const Claim& claim) {
    if (claim.name.kind != NameKind::kWeak && claim.name.kind == strongest.name.kind && &claim != &strongest) {
      mistakes_.Add(claim.row->place, "name",
                    absl::StrCat("\"", claim.row->name, "\" names ", claim.row->code, " as much as ",
                                 strongest.row->code, " in ", strongest.row->place, "; make one of them weaker"));
    }
    countries_.names_.push_back(claim.name);
  }

  const std::vector<TerritoryRow>& rows_;
  FileMistakes mistakes_;
  Countries countries_;
  std::vector<const TerritoryRow*> primary_;  // of each of the territories
};

absl::StatusOr<Countries> Countries::Load(const std::vector<std::string>& paths) {
  std::vector<TerritoryRow> rows;
  for (const std::string& path : paths) {
    AMIKECO_ASSIGN_OR_RETURN(std::vector<TerritoryRow> more, ReadTerritoryFile(path));
    std::move(more.begin(), more.end(), std::back_inserter(rows));
  }
  return Builder(rows).Build();
}

const Countries& Countries::None() {
  static const auto& none = *new Countries();
  return none;
}

absl::StatusOr<std::string> Countries::CodeOf(absl::string_view name, absl::string_view field) const {
  const absl::StatusOr<Territory> territory = Resolve(name);
  if (!territory.ok()) return InField(territory.status(), field);
  return territory->code;
}

bool Countries::Has(absl::string_view code) const {
  if (territories_.empty()) return IsTwoCapitals(code);
  const Territory* const territory = Find(code);
  return territory != nullptr && territory->code == code && territory->successors.empty();
}

absl::StatusOr<Territory> Countries::Resolve(absl::string_view name) const {
  if (territories_.empty() && IsTwoCapitals(name)) return Territory{std::string(name), std::string(name), true, {}};
  const Territory* const coded = Find(name);
  const Found meant = coded == nullptr ? Meant(name) : Found{coded};
  if (meant.empty()) return Unknown(Printable(name), Near(name));
  if (meant.size() > 1) return Ambiguous(Printable(name), meant);
  const Territory& territory = *meant.front();
  if (territory.successors.empty()) return territory;
  Found successors;
  for (const std::string& code : territory.successors) successors.push_back(Find(code));
  return Former(Printable(name), territory, successors);
}

const Territory* Countries::Find(absl::string_view code) const {
  const auto at = codes_.find(code);
  return at == codes_.end() ? nullptr : &territories_[at->second];
}

Countries::Found Countries::Called(absl::string_view key) const {
  Found found;
  auto name = std::lower_bound(names_.begin(), names_.end(), key,
                               [](const Name& entry, absl::string_view wanted) { return entry.key < wanted; });
  const auto strongest = name;
  for (; name != names_.end() && name->key == key && name->kind == strongest->kind; ++name) {
    found.push_back(&territories_[name->territory]);
  }
  return found;
}

Countries::Found Countries::Meant(absl::string_view name) const {
  if (name.size() > kLongestName) return {};
  if (Found found = Called(NameKey(name)); !found.empty()) return found;
  if (Found found = Called(TurnedNameKey(name)); !found.empty()) return found;
  // "Burma (Myanmar)", "West Bank/Gaza": names that mean the same.
  Found same;
  for (const absl::string_view part : absl::StrSplit(name, absl::ByAnyChar("/()"))) {
    const std::string key = NameKey(part);
    if (key.empty()) continue;
    Found found = Called(key);
    if (found.size() != 1 || (!same.empty() && same != found)) return {};
    same = std::move(found);
  }
  return same;
}

Countries::Found Countries::Near(absl::string_view name) const {
  const std::string key = name.size() > kLongestName ? "" : NameKey(name);
  if (key.size() < kShortestMistyped) return {};
  const size_t most = 1 + key.size() / 5;
  // (cost, whether it is no country of today, territory): the nearest name of each. A name that few use costs as much
  // as one slip more, and a beginning as two slips.
  using Candidate = std::tuple<size_t, bool, size_t>;
  std::vector<Candidate> candidates;
  for (const Name& entry : names_) {
    size_t slips = EditDistance(key, entry.key, most);
    if (slips > most && absl::StartsWith(entry.key, key)) slips = 2;
    if (slips > most) continue;
    const Territory& territory = territories_[entry.territory];
    candidates.emplace_back(slips + (entry.kind == NameKind::kWeak ? 1 : 0),
                            !territory.is_country || !territory.successors.empty(), entry.territory);
  }
  std::sort(candidates.begin(), candidates.end());
  Found near;
  for (const auto& [cost, other, index] : candidates) {
    // What is farther away than the nearest by more than a slip is hardly meant.
    if (cost > std::get<0>(candidates.front()) + 1 || near.size() == kMostNear) break;
    const Territory* const territory = &territories_[index];
    if (std::find(near.begin(), near.end(), territory) == near.end()) near.push_back(territory);
  }
  return near;
}

}  // namespace amikeco
