// Ranking: every host judged for one application. Hard conditions exclude, each with its reason; what is left is
// ordered by whole points for soft terms, and ties by a neutral hash of (application, host). Pure.
//
// What is not in these structures cannot be weighed: rank, sex, race, religion, an agency's size, and whether a host
// ever declined or was slow to answer (A2-04, A4-05). Hosts and words are interned, so that some twenty thousand
// agencies are judged in a few milliseconds (A0-16).
#ifndef AMIKECO_SERVICES_MATCHING_RANKING_H_
#define AMIKECO_SERVICES_MATCHING_RANKING_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/matching/calendar.h"

namespace amikeco::matching {

// A word as a number. 0 is no word.
using Symbol = uint32_t;

class Symbols {
 public:
  Symbols() { words_.emplace_back(); }
  Symbol Intern(absl::string_view word);
  // 0 when the word was never interned; then nothing equals it.
  Symbol Find(absl::string_view word) const;
  const std::string& Word(Symbol symbol) const { return words_[symbol]; }

 private:
  absl::flat_hash_map<std::string, Symbol> symbols_;
  std::vector<std::string> words_;
};

// FNV-1a: the same on every machine and in every version.
uint64_t StableHash(absl::string_view text);
// "en" of "en-US", in lower case: languages are compared by it.
std::string PrimaryLanguage(absl::string_view code);

// One home near the host: the days it is offered for and those that are taken.
struct Home {
  DayNumber first = 0;
  DayNumber last = 0;
  std::vector<Taken> taken;
};

// What a host that takes part offers, and what of it is taken.
struct Offering {
  std::vector<Window> windows;
  std::vector<Taken> taken;
  std::vector<Symbol> topics;
  std::vector<Symbol> languages;  // empty: none is ruled out
  bool home_lodging = false;
};

struct DirectoryEntry {
  Symbol host = 0;
  Symbol country = 0;
  Symbol region = 0;
  Symbol agency_type = 0;
  uint64_t hash = 0;                               // of the host's name
  std::shared_ptr<const Offering> offering;        // null: it does not take part
  std::shared_ptr<const std::vector<Home>> homes;  // null: none
};

// `intern` gives words their numbers: Symbols::Intern, or Symbols::Find where words must not be added.
DirectoryEntry MakeEntry(const v1::Host& host, absl::FunctionRef<Symbol(absl::string_view)> intern);

// One application's terms, and the programme's rules for them, made comparable with entries.
struct SearchTerms {
  uint64_t hash = 0;  // of the application's name
  Symbol country = 0;
  bool any_country = true;
  std::vector<Symbol> excluded_countries;
  bool any_section = true;  // else only hosts in these countries:
  std::vector<Symbol> hosting_countries;
  Symbol language = 0;
  bool any_language = true;
  StaySought stay;
  DayNumber wished_start = 0;
  bool homes_count = true;
  std::vector<Symbol> topics;
  std::vector<Symbol> regions;
  std::vector<Symbol> agency_types;
  std::vector<Symbol> hosts;
  std::vector<Symbol> asked;  // hosts that answered this application in this round
  programme::v1::ScoreWeights weights;
};

// The stay cannot begin before `first_day`, whatever the terms say. `asked` are names of hosts. `hosting`: countries
// whose section hosts for the programme; null: every country may host.
SearchTerms MakeTerms(absl::string_view application, const applicant::v1::MatchingOpened& terms,
                      const programme::v1::Programme& programme, DayNumber first_day,
                      const std::vector<std::string>& asked, const Symbols& symbols,
                      const std::vector<std::string>* hosting = nullptr);

// One host for one query.
struct Verdict {
  uint32_t exclusions = 0;  // bit n: v1::Exclusion n; 0: it could take the officer
  int32_t score = 0;
  DayNumber start = 0;

  bool Has(v1::Exclusion exclusion) const { return (exclusions >> exclusion & 1U) != 0; }
};
constexpr uint32_t BitOf(v1::Exclusion exclusion) { return 1U << exclusion; }

// `terms`, unless null, is given what the score is made of.
Verdict Judge(const DirectoryEntry& entry, const SearchTerms& query, const Symbols& symbols,
              std::vector<v1::ScoreTerm>* terms = nullptr);

struct Candidate {
  uint32_t index = 0;  // of the entry
  int32_t score = 0;
  DayNumber start = 0;
  uint64_t lot = 0;
};

struct Ranking {
  std::vector<Candidate> candidates;  // best first
  std::vector<uint8_t> exclusions;    // of each entry, by index
  int32_t excluded_by[8] = {};        // number of entries, by v1::Exclusion
  bool waits = false;                 // some host lacks nothing but a free seat
};

// All entries. Their order does not matter.
Ranking Rank(const SearchTerms& query, absl::Span<const DirectoryEntry> entries, const Symbols& symbols);

// The verdict of a candidate as callers see it.
v1::RankedHost Explain(const DirectoryEntry& entry, const SearchTerms& query, const Symbols& symbols);
// Codes for HostsRanked.excluded: "NO_WINDOW".
std::string CodeOf(v1::Exclusion exclusion);
std::vector<v1::Exclusion> ExclusionsOf(uint32_t bits);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_RANKING_H_
