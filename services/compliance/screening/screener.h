// Screener: a person or an organisation against all entries of all lists.
//
// The score of a hit is how likely the two are the same: what their names say (names.h), what the dates of birth, the
// countries and the places add to it or take from it. A name alone never blocks, and nothing blocks by itself: BLOCK
// asks a person, and so does CONSIDER. A date of birth that contradicts clears. A weak alias confirms a hit and is
// never one. Immutable once built; safe to share between threads.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_SCREENER_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_SCREENER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "common/countries/countries.h"
#include "services/compliance/screening/gate.h"
#include "services/compliance/screening/lists.h"
#include "services/compliance/screening/names.h"
#include "services/compliance/screening/word_index.h"

namespace amikeco::screening {

struct Subject {
  Kind kind = Kind::kPerson;
  std::vector<std::string> names;  // in any script; the own one first, then aliases
  std::optional<Birth> birth;
  std::vector<std::string> nationalities;  // ISO 3166-1 alpha-2
  std::string place;                       // of birth: "Varna, Bulgaria"
};

// In the order of severity.
enum class Outcome : uint8_t {
  kClear,
  kConsider,  // a person has to look
  kBlock,     // name and birth agree and no country contradicts: held until a person has looked
};

struct Thresholds {
  double consider = 0.5;  // least score of CONSIDER; 0 to 1
  double block = 0.9;     // least score of BLOCK; at least `consider`
};

enum class CountryAgreement : uint8_t { kUnknown, kSame, kContradicts };

struct Hit {
  size_t entry = 0;  // of Screener::entries()
  double score = 0;
  Outcome outcome = Outcome::kClear;
  std::string own_name;     // the subject's name that agrees best,
  std::string listed_name;  // with this one
  Comparison names;         // own_name to listed_name
  BirthAgreement birth = BirthAgreement::kUnknown;
  CountryAgreement country = CountryAgreement::kUnknown;
  bool place_agrees = false;
  std::vector<std::string> confirming;  // weak aliases that agree too
};

struct Screening {
  Outcome outcome = Outcome::kClear;  // of the severest hit
  std::vector<Hit> hits;              // that are not clear, the highest score first
};

class Screener {
 public:
  Screener(std::vector<Entry> entries, const Countries& countries);

  Screening Screen(const Subject& subject, const Thresholds& thresholds) const;

  // Explains a pair of names with the rarity of the lists' words.
  Comparison Compare(absl::string_view a, absl::string_view b, Kind kind) const {
    return CompareNames(a, b, kind, rarity_);
  }

  const std::vector<Entry>& entries() const { return entries_; }
  size_t names() const { return names_.size(); }

 private:
  using Country = uint16_t;  // two letters

  struct IndexedName {
    Name name;
    uint32_t entry = 0;
    uint32_t number = 0;  // among the entry's names
    Quality quality = Quality::kPrimary;
  };
  // What an entry has besides names, in the form in which it is compared.
  struct Circumstances {
    std::vector<Country> nationalities;
    std::vector<Country> countries;  // of birth and of addresses
    std::vector<uint64_t> places;    // hashes of words
    bool has_weak_alias = false;
  };
  struct Own {
    std::vector<Name> names;
    std::vector<bool> are_whole;  // of each name: IsOfSyllables,
    std::vector<double> most;     // and MostSearchOdds
    std::vector<Country> nationalities;
    std::vector<uint64_t> places;
  };
  struct Around {
    BirthAgreement birth = BirthAgreement::kUnknown;
    CountryAgreement country = CountryAgreement::kUnknown;
    bool place_agrees = false;
    double log_odds = 0;
  };
  // A listed name that may be one of the subject's own.
  struct Candidate {
    uint32_t entry;
    uint32_t name;
    uint32_t own;
    float share;       // of what the rarest words of either name weigh: what was found
    bool is_complete;  // as many words were found as tell most
  };
  struct Scratch;

  // Of words to names, while the index is built.
  struct Mention {
    uint32_t word;
    bool is_telling;
    bool is_joined;  // words that stand apart in the name
    uint32_t name;
  };
  struct Named {
    uint32_t name : 31;
    uint32_t is_joined : 1;
  };
  void Index(uint32_t number, std::vector<Mention>& mentions);
  void Collect(std::vector<Mention> mentions);
  using Codes = absl::flat_hash_map<std::string, Country>;  // of names of countries
  static Circumstances CircumstancesOf(const Entry& entry, const Countries& countries, Codes& codes);
  Own OwnOf(const Subject& subject) const;
  Around Surround(const Subject& subject, const Own& own, uint32_t entry) const;
  // Adds the listed names that are open and may be the subject's own name of this number.
  void Candidates(const Own& own, uint32_t number, Scratch& scratch) const;
  // `candidates`: of one entry.
  std::optional<Hit> Judge(const Subject& subject, const Own& own, absl::Span<const Candidate> candidates,
                           const Thresholds& thresholds) const;

  std::vector<Entry> entries_;
  std::vector<Circumstances> circumstances_;
  Gate gate_;
  std::vector<IndexedName> names_;
  // Of each name, side by side.
  struct Brief {
    uint32_t entry;
    float telling;   // weight of its rarest words
    float most;      // MostSearchOdds of it
    uint32_t words;  // that are looked for
  };
  std::vector<Brief> briefs_;
  Rarity rarity_;
  WordIndex words_;
  // Of each word: names that have it among their rarest, and then all others that have it.
  struct Names {
    uint32_t first = 0;    // of named_
    uint32_t telling = 0;  // how many
    uint32_t all = 0;
  };
  std::vector<Names> names_of_;
  std::vector<Named> named_;
};

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_SCREENER_H_
