// Countries: names as their publishers write them become codes, and a name that is none is refused with its reason.
//
//   "St. Christopher and Nevis" -> KN    "Korea, Republic of" -> KR    "Türkei", "Turkey" -> TR    "Swaziland" -> SZ
//   "Germny"  COUNTRY_UNKNOWN, with near names    "Congo"  COUNTRY_AMBIGUOUS    "USSR"  COUNTRY_FORMER, with successors
//
// Immutable after loading; safe to share between threads.
#ifndef AMIKECO_COMMON_COUNTRIES_COUNTRIES_H_
#define AMIKECO_COMMON_COUNTRIES_COUNTRIES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"

namespace amikeco {

enum class NameKind;

// Their metadata has `name` as it was given and `codes`, with commas between them.
namespace errors {
inline constexpr ErrorName kCountryUnknown{
    absl::StatusCode::kInvalidArgument, kDomain, "COUNTRY_UNKNOWN",
    "Write the name as ISO 3166 does, or its two-letter code in capitals; `codes` has those with names like it."};
inline constexpr ErrorName kCountryAmbiguous{absl::StatusCode::kInvalidArgument, kDomain, "COUNTRY_AMBIGUOUS",
                                             "Write the one that is meant in full, or its code, which is in `codes`."};
inline constexpr ErrorName kCountryFormer{absl::StatusCode::kInvalidArgument, kDomain, "COUNTRY_FORMER",
                                          "Write the name or the code of one that followed it; they are in `codes`."};
// All of them, for catalogues.
inline constexpr const ErrorName* kCountryErrors[] = {&kCountryUnknown, &kCountryAmbiguous, &kCountryFormer};
}  // namespace errors

struct Territory {
  std::string code;  // ISO 3166-1 alpha-2, "GB"; without one ISO 3166-2, "GB-SCT", or the data file's, "UA-DPR"
  std::string name;  // in English
  // Stands in lists of countries by itself, as the data file sees it: the Faroe Islands do, Hong Kong does not.
  bool is_country = false;
  std::vector<std::string> successors;  // codes; not empty: a former one, with a code of ISO 3166-3, "SUHH"
};

class Countries {
 public:
  // Knows no names: a code of two capitals stands for itself, and nothing else is understood.
  static const Countries& None();
  // The names of all `paths` together (territory_file.h). INVALID_ARGUMENT names file, line, column and fix of every
  // mistake, also where two territories claim the same name.
  static absl::StatusOr<Countries> Load(const std::vector<std::string>& paths);

  // The territory that is meant by `name`: a name in any of its spellings, several names of one territory ("Burma
  // (Myanmar)"), or a code in capitals. Never a former one. INVALID_ARGUMENT with one of the reasons above.
  absl::StatusOr<Territory> Resolve(absl::string_view name) const;

  // The code of what is meant, for a request's `field`, which the refusal names.
  absl::StatusOr<std::string> CodeOf(absl::string_view name, absl::string_view field) const;
  // `code` is that of a country or territory of today.
  bool Has(absl::string_view code) const;

  // By Territory::code or ISO 3166-1 alpha-3, in capitals; former ones too. Null when there is none.
  const Territory* Find(absl::string_view code) const;

 private:
  class Builder;
  // Of a territory, by its index in territories_.
  struct Name {
    std::string key;
    NameKind kind;
    size_t territory;
  };
  using Found = std::vector<const Territory*>;

  // What the key names most; several when it names them as much as each other.
  Found Called(absl::string_view key) const;
  Found Meant(absl::string_view name) const;
  // At most three, the nearest first.
  Found Near(absl::string_view name) const;

  std::vector<Territory> territories_;
  std::vector<Name> names_;                         // by key, the strongest first; a territory has a key once
  absl::flat_hash_map<std::string, size_t> codes_;  // to the index in territories_
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_COUNTRIES_COUNTRIES_H_
