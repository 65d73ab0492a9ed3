#include "bench/perturbed_names.h"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "bench/harness.h"
#include "services/compliance/screening/words.h"

namespace amikeco::bench {
namespace {

using Words = std::vector<std::string>;
using Random = std::mt19937;

Words Split(absl::string_view name) { return absl::StrSplit(name, absl::ByAnyChar(" -"), absl::SkipEmpty()); }
std::string Join(const Words& words) { return absl::StrJoin(words, " "); }

bool StandsBeside(absl::string_view word) {
  const screening::Role role = screening::RoleInPerson(absl::AsciiStrToLower(word));
  return role == screening::Role::kParticle || role == screening::Role::kSonOf;
}

std::string Reordered(absl::string_view name, Random& random) {
  const Words words = Split(name);
  if (words.size() < 2) return "";
  Words other = words;
  while (other == words) std::shuffle(other.begin(), other.end(), random);
  return Join(other);
}

char Letter(Random& random) { return static_cast<char>('a' + random() % 26); }

// `change(word, at)` of a word that is long enough to be known after it, and of a place inside it.
template <typename Change>
std::string WithSlip(absl::string_view name, Random& random, Change change) {
  constexpr size_t kLeastLetters = 5;
  Words words = Split(name);
  std::vector<std::string*> longer;
  for (std::string& word : words) {
    if (word.size() >= kLeastLetters) longer.push_back(&word);
  }
  if (longer.empty()) return "";
  std::string& word = *longer[random() % longer.size()];
  change(word, random() % (word.size() - 1));
  return Join(words);
}

std::string Swapped(absl::string_view name, Random& random) {
  return WithSlip(name, random, [](std::string& word, size_t at) { std::swap(word[at], word[at + 1]); });
}
std::string Dropped(absl::string_view name, Random& random) {
  return WithSlip(name, random, [](std::string& word, size_t at) { word.erase(at, 1); });
}
std::string Inserted(absl::string_view name, Random& random) {
  return WithSlip(name, random, [&](std::string& word, size_t at) { word.insert(at, 1, Letter(random)); });
}
std::string Replaced(absl::string_view name, Random& random) {
  return WithSlip(name, random, [&](std::string& word, size_t at) { word[at] = Letter(random); });
}
std::string SlippedTwice(absl::string_view name, Random& random) { return Dropped(Replaced(name, random), random); }

std::string WithInitial(absl::string_view name, Random&) {
  Words words = Split(name);
  if (words.size() < 2 || words[0].size() < 2 || StandsBeside(words[0])) return "";
  words[0] = absl::StrCat(words[0].substr(0, 1), ".");
  return Join(words);
}

// Without the father's name and what stands beside it, or the middle name.
std::string WithoutMiddle(absl::string_view name, Random&) {
  Words words = Split(name);
  size_t last = 1;
  while (last + 1 < words.size() && StandsBeside(words[last])) ++last;
  if (last + 1 >= words.size()) return "";
  words.erase(words.begin() + 1, words.begin() + static_cast<ptrdiff_t>(last) + 1);
  return Join(words);
}

std::string WithParticleJoined(absl::string_view name, Random&) {
  Words words = Split(name);
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (!StandsBeside(words[i])) continue;
    absl::StrAppend(&words[i], words[i + 1]);
    words.erase(words.begin() + static_cast<ptrdiff_t>(i) + 1);
    return Join(words);
  }
  return "";
}

std::string WithParticleParted(absl::string_view name, Random&) {
  constexpr size_t kLeastLeft = 4;
  Words words = Split(name);
  for (std::string& word : words) {
    for (const char* particle : {"abdul", "abd", "abu", "al", "el", "ben", "von", "de"}) {
      const absl::string_view start = particle;
      if (word.size() < start.size() + kLeastLeft || !absl::StartsWithIgnoreCase(word, start)) continue;
      word = absl::StrCat(word.substr(0, start.size()), " ", word.substr(start.size()));
      return Join(words);
    }
  }
  return "";
}

Perturbation InScript(const char* name, const char* rules) {
  UErrorCode error = U_ZERO_ERROR;
  const std::shared_ptr<const icu::Transliterator> script(
      icu::Transliterator::createInstance(icu::UnicodeString::fromUTF8(rules), UTRANS_FORWARD, error));
  if (script == nullptr) OrDie(absl::InternalError(absl::StrCat("ICU has no rules for ", rules)));
  return {absl::StrCat("in_", name), [script](absl::string_view text, Random&) {
            icu::UnicodeString written = icu::UnicodeString::fromUTF8(absl::AsciiStrToLower(text));
            script->transliterate(written);
            std::string utf8;
            return written.toUTF8String(utf8);
          }};
}

}  // namespace

std::vector<Perturbation> Perturbations() {
  std::vector<Perturbation> all = {
      {"reordered", Reordered},
      {"letters_swapped", Swapped},
      {"letter_dropped", Dropped},
      {"letter_inserted", Inserted},
      {"letter_replaced", Replaced},
      {"two_slips", SlippedTwice},
      {"initial", WithInitial},
      {"without_middle", WithoutMiddle},
      {"particle_joined", WithParticleJoined},
      {"particle_parted", WithParticleParted},
  };
  for (const auto& [name, rules] : {std::pair("cyrillic", "Latin-Cyrillic"), std::pair("greek", "Latin-Greek"),
                                    std::pair("arabic", "Latin-Arabic; NFD; [:Mn:] Remove; NFC"),
                                    std::pair("hebrew", "Latin-Hebrew; NFD; [:Mn:] Remove; NFC"),
                                    std::pair("katakana", "Latin-Katakana"), std::pair("hangul", "Latin-Hangul"),
                                    std::pair("devanagari", "Latin-Devanagari"), std::pair("thai", "Latin-Thai")}) {
    all.push_back(InScript(name, rules));
  }
  return all;
}

}  // namespace amikeco::bench
