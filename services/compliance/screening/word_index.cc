#include "services/compliance/screening/word_index.h"

#include <algorithm>

#include "services/compliance/screening/sound.h"

namespace amikeco::screening {
namespace {

constexpr uint64_t kBasis = 0xcbf29ce484222325, kPrime = 0x100000001b3;

// What a key is of, so that a sound is not taken for a spelling.
enum Sort : uint64_t { kLetters = 1, kSounds = 2, kConsonants = 3 };

uint64_t Hash(Sort sort, absl::string_view text) {
  uint64_t hash = kBasis ^ sort;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * kPrime;
  return hash;
}

// Shorter words are a letter apart from too many others.
constexpr size_t kLeastSlipped = 4;

// `key` of the word as it is and without each of its letters in turn: two words that are a letter apart share one.
template <typename Key>
void ForEachSlip(absl::string_view latin, Key key) {
  key(Hash(kLetters, latin));
  if (latin.size() < kLeastSlipped) return;
  uint64_t before = kBasis ^ kLetters;
  for (size_t i = 0; i < latin.size(); ++i) {
    if (i == 0 || latin[i] != latin[i - 1]) {
      uint64_t hash = before;
      for (size_t k = i + 1; k < latin.size(); ++k) hash = (hash ^ static_cast<uint8_t>(latin[k])) * kPrime;
      key(hash);
    }
    before = (before ^ static_cast<uint8_t>(latin[i])) * kPrime;
  }
}

// Of words with one sound key, at the least.
constexpr float kOfSound = 0.8F;
constexpr size_t kBrief = 3;  // letters of words that share their sound key with very many others

// A key that is this short says nothing.
constexpr size_t kLeastConsonants = 2;

}  // namespace

uint32_t WordIndex::Add(absl::string_view latin, absl::string_view sound, bool is_joined) {
  const auto [place, is_new] =
      known_.try_emplace(std::string(latin.substr(0, kMaxWordLetters)), static_cast<uint32_t>(words_.size()));
  if (is_new) {
    words_.push_back({place->first, std::string(sound), is_joined});
  } else {
    words_[place->second].is_joined &= is_joined;
  }
  return place->second;
}

void WordIndex::Build() {
  std::vector<std::pair<uint64_t, uint32_t>> pairs;
  for (uint32_t number = 0; number < words_.size(); ++number) {
    const Word& word = words_[number];
    const auto add = [&](uint64_t key) { pairs.emplace_back(key, number); };
    if (word.is_joined) {
      add(Hash(kLetters, word.latin));
    } else {
      ForEachSlip(word.latin, add);
    }
    add(Hash(kSounds, SoundKey(word.sound)));
    const std::string consonants = ConsonantKey(word.sound);
    if (consonants.size() >= kLeastConsonants) add(Hash(kConsonants, consonants));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  numbers_.reserve(pairs.size());
  keys_.reserve(pairs.size());
  present_.resize(kBits / 64);
  for (const auto& [key, number] : pairs) {
    Span& span = keys_[key];
    if (span.count++ == 0) span.first = static_cast<uint32_t>(numbers_.size());
    numbers_.push_back(number);
    present_[BitOf(key) / 64] |= uint64_t{1} << (BitOf(key) % 64);
  }
  known_ = {};
}

float WordIndex::Likeness(const Asked& asked, const SpelledWord& spelled, const Word& word, double least) {
  if (word.latin == asked.latin) return 1;
  const size_t longer = std::max(word.latin.size(), std::min(asked.latin.size(), kMaxWordLetters));
  const auto sound = [&](Vowels vowels) {
    return static_cast<float>(SoundLikeness(asked.sound, word.sound, vowels, least));
  };
  if (longer <= kBrief) {
    const float likeness = sound(Vowels::kWritten);
    return likeness < kOfSound ? 0 : likeness;
  }
  const float likeness = 1 - static_cast<float>(spelled.DistanceTo(word.latin)) / static_cast<float>(longer);
  return asked.vowels == Vowels::kWritten ? likeness : std::max(likeness, sound(asked.vowels));
}

void WordIndex::Find(const Asked& asked, double least, absl::FunctionRef<bool(uint32_t)> wanted,
                     std::vector<std::pair<uint32_t, float>>& found) const {
  found.clear();
  const auto look = [&](uint64_t key, float likeness) {
    if (!IsPresent(key)) return;
    const auto span = keys_.find(key);
    if (span == keys_.end()) return;
    for (uint32_t i = 0; i < span->second.count; ++i) {
      const uint32_t number = numbers_[span->second.first + i];
      if (wanted(number)) found.emplace_back(number, likeness);
    }
  };
  const absl::string_view latin = asked.latin.substr(0, kMaxWordLetters);
  look(Hash(kLetters, latin), 1);
  look(Hash(kSounds, SoundKey(asked.sound)), kOfSound);
  if (!asked.is_joined) ForEachSlip(latin, [&](uint64_t key) { look(key, 0); });
  if (asked.vowels != Vowels::kWritten) {
    const std::string consonants = ConsonantKey(asked.sound);
    if (consonants.size() >= kLeastConsonants) look(Hash(kConsonants, consonants), 0);
  }
  // The same words side by side, with the greatest likeness first.
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
  const SpelledWord spelled(latin);
  size_t kept = 0;
  uint32_t last = ~uint32_t{0};
  for (auto [number, likeness] : found) {
    if (number == last) continue;
    last = number;
    // What a key has told is not looked at again: to reach a word takes longer than all else.
    if (likeness < kOfSound || latin.size() <= kBrief) likeness = Likeness(asked, spelled, words_[number], least);
    if (static_cast<double>(likeness) >= least) found[kept++] = {number, likeness};
  }
  found.resize(kept);
}

}  // namespace amikeco::screening
