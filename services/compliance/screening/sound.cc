#include "services/compliance/screening/sound.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "absl/strings/match.h"

namespace amikeco::screening {
namespace {

constexpr bool IsVowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

struct Rule {
  absl::string_view letters;
  absl::string_view sound;
};

// By their first letter; of those the first that fits is taken. Two letters of English, each written in Cyrillic by
// itself, are "tkh", "skh" and the like: "тх", "сх".
constexpr Rule kRules[] = {
    {"ch", "c"},  {"cz", "c"},   {"ck", "k"},  {"ce", "se"}, {"ci", "si"},  {"cy", "si"}, {"c", "k"},    {"dkh", "d"},
    {"dzh", "j"}, {"dh", "d"},   {"dj", "j"},  {"ee", "i"},  {"gkh", "q"},  {"gh", "q"},  {"ij", "i"},   {"iy", "i"},
    {"kkh", "q"}, {"kh", "q"},   {"oo", "u"},  {"ou", "u"},  {"pkh", "f"},  {"ph", "f"},  {"qu", "k"},   {"q", "k"},
    {"skh", "x"}, {"shch", "x"}, {"sch", "x"}, {"sh", "x"},  {"tskh", "c"}, {"tkh", "t"}, {"tsch", "c"}, {"tch", "c"},
    {"th", "t"},  {"ts", "z"},   {"tz", "z"},  {"w", "v"},   {"yy", "i"},   {"y", "i"},   {"zkh", "j"},  {"zh", "j"},
};

// Where the rules of each letter begin in kRules; they end where those of the next one do.
constexpr std::array<uint8_t, 27> MakeFirstRules() {
  std::array<uint8_t, 27> first{};
  size_t rule = 0;
  for (size_t letter = 0; letter < first.size(); ++letter) {
    while (rule < std::size(kRules) && static_cast<size_t>(kRules[rule].letters[0] - 'a') < letter) ++rule;
    first[letter] = static_cast<uint8_t>(rule);
  }
  return first;
}
constexpr std::array<uint8_t, 27> kFirstRules = MakeFirstRules();

// The rule for the beginning of `rest`, which is not empty; null for none.
const Rule* RuleFor(absl::string_view rest) {
  const auto letter = static_cast<size_t>(static_cast<uint8_t>(rest[0]) - 'a');
  if (letter >= kFirstRules.size() - 1) return nullptr;
  for (size_t i = kFirstRules[letter]; i < kFirstRules[letter + 1]; ++i) {
    if (absl::StartsWith(rest, kRules[i].letters)) return &kRules[i];
  }
  return nullptr;
}

// What it costs, in hundredths of a letter, to take one sound for another.
using Costs = std::array<std::array<uint8_t, 128>, 128>;

struct Near {
  absl::string_view sounds;  // any two of them
  uint8_t cost;
};

constexpr Costs MakeCosts(Vowels vowels) {
  Costs costs{};
  for (auto& row : costs) row.fill(100);
  // From what is least alike to what is most alike.
  constexpr Near kNear[] = {
      {"aeiou", 50}, {"kh", 60}, {"lr", 60}, {"fp", 50}, {"mn", 50},  {"jg", 50},  {"iy", 20}, {"ji", 40}, {"kgqc", 40},
      {"qh", 35},    {"td", 40}, {"pb", 40}, {"bv", 40}, {"cjz", 35}, {"sxc", 35}, {"ae", 35}, {"ao", 40}, {"kq", 30},
      {"kc", 35},    {"fv", 30}, {"vu", 30}, {"vo", 45}, {"xc", 30},  {"cj", 30},  {"ei", 25}, {"sz", 20}, {"ou", 20},
  };
  constexpr Near kAdded[] = {{"lr", 25}, {"bv", 25}, {"sz", 10}, {"sx", 15}, {"ae", 25}};
  constexpr Near kLoose[] = {
      {"aeiou", 12}, {"vuo", 12}, {"lr", 30}, {"pbfv", 30}, {"td", 35}, {"sztcxj", 40}, {"jgkqch", 45}, {"szxc", 30},
  };
  const auto apply = [&costs](const Near& near) {
    for (const char a : near.sounds) {
      for (const char b : near.sounds) {
        auto& cost = costs[static_cast<size_t>(a)][static_cast<size_t>(b)];
        cost = near.cost < cost ? near.cost : cost;
      }
    }
  };
  for (const Near& near : kNear) apply(near);
  if (vowels == Vowels::kAdded) {
    for (const Near& near : kAdded) apply(near);
  }
  if (vowels == Vowels::kLeftOut) {
    for (const Near& near : kLoose) apply(near);
  }
  for (size_t c = 0; c < costs.size(); ++c) costs[c][c] = 0;
  return costs;
}

// By Vowels.
constexpr Costs kCosts[] = {MakeCosts(Vowels::kWritten), MakeCosts(Vowels::kAdded), MakeCosts(Vowels::kLeftOut)};

using ExtraCosts = std::array<uint8_t, 128>;

// What it costs that only one word has a sound.
constexpr ExtraCosts MakeExtraCosts(Vowels vowels) {
  const bool left_out = vowels == Vowels::kLeftOut;
  ExtraCosts costs{};
  for (size_t c = 0; c < costs.size(); ++c) {
    costs[c] = 100;
    if (IsVowel(static_cast<char>(c))) costs[c] = left_out ? 12 : vowels == Vowels::kAdded ? 22 : 50;
  }
  costs['h'] = left_out ? 25 : 40;
  if (left_out) costs['v'] = 40;
  return costs;
}

constexpr ExtraCosts kExtraCosts[] = {MakeExtraCosts(Vowels::kWritten), MakeExtraCosts(Vowels::kAdded),
                                      MakeExtraCosts(Vowels::kLeftOut)};

// The cheapest way from `a` to `b`, which are not longer than a word may be; when it costs more than `most`, something
// above it.
int Distance(absl::string_view a, absl::string_view b, const Costs& costs, const ExtraCosts& extra, int most) {
  constexpr int kSwap = 80;
  const auto at = [](char c) { return static_cast<size_t>(c) & 127; };
  const size_t size = b.size();
  std::array<std::array<int, kMaxWordLetters + 1>, 3> rows;
  std::array<int, kMaxWordLetters> extra_b;
  rows[0][0] = 0;
  for (size_t j = 0; j < size; ++j) {
    extra_b[j] = extra[at(b[j])];
    rows[0][j + 1] = rows[0][j] + extra_b[j];
  }
  int* twice_above = rows[2].data();
  int* above = rows[0].data();
  int* row = rows[1].data();
  int least_above = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto& cost_of = costs[at(a[i])];
    const int extra_a = extra[at(a[i])];
    int left = row[0] = above[0] + extra_a;
    int least = left;
    for (size_t j = 0; j < size; ++j) {
      const int cost = std::min(above[j] + cost_of[at(b[j])], above[j + 1] + extra_a);
      left = std::min(cost, left + extra_b[j]);
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) left = std::min(left, twice_above[j - 1] + kSwap);
      row[j + 1] = left;
      least = std::min(least, left);
    }
    // Every way goes through one of two rows that follow each other.
    if (least > most && least_above > most) return most + 1;
    least_above = least;
    int* const spare = twice_above;
    twice_above = above;
    above = row;
    row = spare;
  }
  return above[size];
}

double Likeness(int distance, size_t length) {
  return length == 0 ? 0 : std::max(0.0, 1 - distance / (100.0 * static_cast<double>(length)));
}

std::string KeyOf(absl::string_view sound, bool with_vowels) {
  constexpr absl::string_view kGroupOf = "aPSTaPK.aSKLMNaPKLSTa..SaS";  // of a to z; v may be a vowel
  std::string key;
  char last = 0;
  for (const char c : sound) {
    const char group = c >= 'a' && c <= 'z' ? kGroupOf[static_cast<size_t>(c - 'a')] : c;
    if (group != last && group != '.' && (group != 'a' || with_vowels)) key += group;
    last = group;
  }
  return key;
}

}  // namespace

std::string Sound(absl::string_view latin, Vowels vowels) {
  std::string sound;
  const auto add = [&sound](char c) {
    if (sound.empty() || sound.back() != c) sound += c;
  };
  latin = latin.substr(0, kMaxWordLetters);
  for (size_t i = 0; i < latin.size();) {
    const absl::string_view rest = latin.substr(i);
    if (rest[0] == 'x') {
      if (i > 0) add('k');
      add(i > 0 ? 's' : 'x');
      ++i;
      continue;
    }
    if (rest[0] == 'w' && vowels == Vowels::kLeftOut) {
      add('u');
      ++i;
      continue;
    }
    const bool heard =
        vowels == Vowels::kLeftOut || i == 0 || (rest.size() > 1 && (IsVowel(rest[1]) || rest[1] == 'y'));
    if (rest[0] == 'h' && !heard) {
      ++i;
      continue;
    }
    const Rule* const rule = RuleFor(rest);
    if (rule == nullptr) {
      add(rest[0]);
      ++i;
    } else {
      for (const char c : rule->sound) add(c);
      i += rule->letters.size();
    }
  }
  return sound;
}

std::string SoundKey(absl::string_view sound) { return KeyOf(sound, /*with_vowels=*/true); }

std::string ConsonantKey(absl::string_view sound) { return KeyOf(sound, /*with_vowels=*/false); }

SpelledWord::SpelledWord(absl::string_view word) : size_(std::min(word.size(), kMaxWordLetters)) {
  for (size_t i = 0; i < size_; ++i) where_[static_cast<size_t>(word[i] - '0')] |= uint32_t{1} << i;
}

// One column of the table of distances is two words of bits, after Hyyrö (2003): where a step down is +1 and where -1.
int SpelledWord::DistanceTo(absl::string_view other) const {
  other = other.substr(0, kMaxWordLetters);
  if (size_ == 0) return static_cast<int>(other.size());
  uint32_t plus = ~uint32_t{0}, minus = 0, diagonal = 0, before = 0;
  const uint32_t last = uint32_t{1} << (size_ - 1);
  auto distance = static_cast<int>(size_);
  for (const char c : other) {
    const uint32_t here = where_[static_cast<size_t>(c - '0')];
    const uint32_t swapped = ((~diagonal & here) << 1) & before;
    diagonal = (((here & plus) + plus) ^ plus) | here | minus | swapped;
    uint32_t up = minus | ~(diagonal | plus);
    const uint32_t down = diagonal & plus;
    distance += ((up & last) != 0) - ((down & last) != 0);
    up = up << 1 | 1;
    plus = (down << 1) | ~(diagonal | up);
    minus = up & diagonal;
    before = here;
  }
  return distance;
}

double SpellingLikeness(absl::string_view a, absl::string_view b) {
  return Likeness(100 * SpelledWord(a).DistanceTo(b), std::min(kMaxWordLetters, std::max(a.size(), b.size())));
}

double SoundLikeness(absl::string_view a, absl::string_view b, Vowels vowels, double least) {
  a = a.substr(0, kMaxWordLetters);
  b = b.substr(0, kMaxWordLetters);
  const auto which = static_cast<size_t>(vowels);
  const size_t longer = std::max(a.size(), b.size());
  const auto most = static_cast<int>((1 - least) * 100.0 * static_cast<double>(longer) + 1);
  const double likeness = Likeness(Distance(a, b, kCosts[which], kExtraCosts[which], most), longer);
  return likeness < least ? 0 : likeness;
}

}  // namespace amikeco::screening
