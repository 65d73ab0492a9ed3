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

// The first that fits is taken.
constexpr Rule kRules[] = {
    {"shch", "x"}, {"sch", "x"}, {"tsch", "c"}, {"tch", "c"}, {"dzh", "j"}, {"sh", "x"}, {"ch", "c"}, {"cz", "c"},
    {"kh", "q"},   {"gh", "q"},  {"ph", "f"},   {"th", "t"},  {"dh", "d"},  {"zh", "j"}, {"dj", "j"}, {"ts", "z"},
    {"tz", "z"},   {"ck", "k"},  {"qu", "k"},   {"oo", "u"},  {"ou", "u"},  {"ee", "i"}, {"ij", "i"}, {"iy", "i"},
    {"yy", "i"},   {"ce", "se"}, {"ci", "si"},  {"cy", "si"}, {"q", "k"},   {"c", "k"},  {"w", "v"},  {"y", "i"},
};

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
      {"aeiou", 50}, {"kh", 60}, {"lr", 60}, {"fp", 50}, {"mn", 50}, {"jg", 50}, {"iy", 20}, {"ji", 40}, {"kgqc", 40},
      {"qh", 35},    {"td", 40}, {"pb", 40}, {"bv", 40}, {"cjz", 35}, {"sxc", 35}, {"ae", 35}, {"ao", 40}, {"kq", 30},
      {"kc", 35},    {"fv", 30}, {"vu", 30}, {"vo", 45}, {"xc", 30}, {"cj", 30}, {"ei", 25}, {"sz", 20},  {"ou", 20},
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

int ExtraCost(char c, Vowels vowels) {
  const bool left_out = vowels == Vowels::kLeftOut;
  if (IsVowel(c)) return left_out ? 12 : vowels == Vowels::kAdded ? 22 : 50;
  if (c == 'h') return left_out ? 25 : 40;
  if (c == 'v' && left_out) return 40;
  return 100;
}

// The cheapest way from `a` to `b`. `substitution(x, y)`, `extra(x)` and `swap` are costs.
template <typename Substitution, typename Extra>
int Distance(absl::string_view a, absl::string_view b, Substitution substitution, Extra extra, int swap) {
  a = a.substr(0, kMaxWordLetters);
  b = b.substr(0, kMaxWordLetters);
  std::array<std::array<int, kMaxWordLetters + 1>, 3> rows;
  rows[0][0] = 0;
  for (size_t j = 0; j < b.size(); ++j) rows[0][j + 1] = rows[0][j] + extra(b[j]);
  for (size_t i = 0; i < a.size(); ++i) {
    const auto& above = rows[i % 3];
    auto& row = rows[(i + 1) % 3];
    row[0] = above[0] + extra(a[i]);
    for (size_t j = 0; j < b.size(); ++j) {
      int cost = std::min({above[j] + substitution(a[i], b[j]), above[j + 1] + extra(a[i]), row[j] + extra(b[j])});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j]) {
        cost = std::min(cost, rows[(i + 2) % 3][j - 1] + swap);
      }
      row[j + 1] = cost;
    }
  }
  return rows[a.size() % 3][b.size()];
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
    const bool heard = vowels == Vowels::kLeftOut || i == 0 || (rest.size() > 1 && (IsVowel(rest[1]) || rest[1] == 'y'));
    if (rest[0] == 'h' && !heard) {
      ++i;
      continue;
    }
    const Rule* const rule = std::find_if(std::begin(kRules), std::end(kRules),
                                          [&](const Rule& r) { return absl::StartsWith(rest, r.letters); });
    if (rule == std::end(kRules)) {
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

double SpellingLikeness(absl::string_view a, absl::string_view b) {
  const int distance = Distance(
      a, b, [](char x, char y) { return x == y ? 0 : 100; }, [](char) { return 100; }, 100);
  return Likeness(distance, std::min(kMaxWordLetters, std::max(a.size(), b.size())));
}

double SoundLikeness(absl::string_view a, absl::string_view b, Vowels vowels) {
  const Costs& costs = kCosts[static_cast<size_t>(vowels)];
  const int distance = Distance(
      a, b, [&](char x, char y) { return costs[static_cast<size_t>(x) & 127][static_cast<size_t>(y) & 127]; },
      [&](char x) { return ExtraCost(x, vowels); }, 80);
  return Likeness(distance, std::min(kMaxWordLetters, std::max(a.size(), b.size())));
}

}  // namespace amikeco::screening
