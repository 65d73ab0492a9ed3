// Names of people and organisations, and how likely two of them are meant for the same one, with the reasons. Pure.
//
// A name is a bag of words: their order counts only around "son of". Each word of one name is laid to the word of the
// other that is most like it: the same, another spelling, the same sound, an initial, a form ("Ted"), two words that
// the other writes as one, or another script. What is left over on both sides speaks against the pair; what only one of
// them has is missing, which people's names often are. Rare words say more than common ones.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_NAMES_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_NAMES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/compliance/screening/letters.h"
#include "services/compliance/screening/words.h"

namespace amikeco::screening {

// Whom or what a name is of.
enum class Kind : uint8_t { kUnknown, kPerson, kOrganisation, kVessel, kAircraft };

// Anything but a person; what is unknown is read as a person's.
bool IsOrganisation(Kind kind);

// How rare words are among the names that were counted.
class Rarity {
 public:
  // Counts each word of `name` once.
  void Count(absl::string_view name);
  // From 0.2, in every tenth name or so, to 1, in none. 1 for all words while nothing was counted.
  double Of(absl::string_view latin) const;

 private:
  absl::flat_hash_map<std::string, int> counts_;
  int names_ = 0;
};

// What a word of this role says beside a name, 0 to 1.
double RoleWeight(Role role);

struct Token {
  std::string written;  // as Word has it
  std::string latin;
  std::string sound;
  Script script = Script::kLatin;
  uint8_t consonants = 0;    // how many ConsonantKey(sound) has
  char first_consonant = 0;  // of these; 0: it has none
  Role role = Role::kName;
  bool of_father = false;  // stands after "son of"
  double weight = 1;       // of its rarity and role, 0 to 1
};

struct Name {
  Kind kind = Kind::kPerson;
  std::vector<Token> tokens;  // in the order in which they were written, but "LADIN, Usama bin" as "Usama bin LADIN"
  bool IsTold() const { return !tokens.empty(); }
};

// All of it is written in a script of syllables, of which nobody leaves one out.
bool IsOfSyllables(const Name& name);

// Words that are read of a name; what follows is ignored.
inline constexpr size_t kMaxTokens = 16;

// A kind that is unknown is read as a person's, unless a legal form shows that it is not.
Name ReadName(absl::string_view written, Kind kind, const Rarity& rarity);

enum class Agreement : uint8_t {
  kSame,         // the same letters
  kSound,        // the same sounds, spelled in another way
  kSpelling,     // a few letters apart
  kForm,         // of one given name
  kInitial,      // one is the first letter, or the beginning, of the other
  kJoined,       // one is several words of the other, written together
  kOtherScript,  // alike, as far as their scripts tell
  kAcronym,      // the first letters of the other's words
  kDifferent,    // left over on both sides
  kMissing,      // only one of them has it
};

struct Reason {
  std::string first;  // words of the first name as written; "" when it lacks one
  std::string second;
  Agreement agreement = Agreement::kSame;
  double likeness = 0;  // 0 to 1
  double weight = 0;    // of the pair in the whole, 0 to 1
};

struct Comparison {
  // 0 to 1: how many of a hundred such pairs are meant for the same one. The same for both orders of the names.
  double score = 0;
  double log_odds = 0;  // the score before it is squeezed into 0 to 1; evidence adds to it
  std::vector<Reason> reasons;
  bool fathers_contradict = false;      // "A bin B" and "B bin A"
  bool legal_forms_contradict = false;  // "X AG" and "X GmbH"
};

Comparison CompareNames(const Name& a, const Name& b);
// What a search through many names needs.
struct NameOdds {
  double pair = 0;    // Comparison::log_odds
  double search = 0;  // the same, less what is to be expected of chance where very many names are searched: little for
                      // names of rare words that agree wholly, much for common words of which some are missing
};
NameOdds OddsOf(const Name& a, const Name& b);
// No name has more `search` odds beside `name`.
double MostSearchOdds(const Name& name);

// A pair of names from which nothing is known but how they are written.
Comparison CompareNames(absl::string_view a, absl::string_view b, Kind kind, const Rarity& rarity);

// Between -infinity and infinity to 0 to 1.
double Probability(double log_odds);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_NAMES_H_
