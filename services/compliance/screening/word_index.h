// An index of words that answers which known words look or sound like one, without looking at all of them. Immutable
// once built; safe to share between threads.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "services/compliance/screening/letters.h"
#include "services/compliance/screening/sound.h"

namespace amikeco::screening {

class WordIndex {
 public:
  // The number of `latin`, which is added when it is new. `is_joined`: words that stand apart in the name; they are
  // found as they are and by their sound, not by their slips.
  uint32_t Add(absl::string_view latin, absl::string_view sound, bool is_joined);
  // After the last Add.
  void Build();

  size_t size() const { return words_.size(); }

  // Makes `found` the words that are `wanted` and the same, a slip away or of the same sound, each with how alike it is
  // at the least, if that is at least `least`.
  struct Asked {
    absl::string_view latin;
    absl::string_view sound;
    Vowels vowels = Vowels::kWritten;  // of the script that it comes from
    bool is_joined = false;
  };
  void Find(const Asked& asked, double least, absl::FunctionRef<bool(uint32_t)> wanted,
            std::vector<std::pair<uint32_t, float>>& found) const;

 private:
  struct Word {
    std::string latin;
    std::string sound;
    bool is_joined = false;
  };
  static float Likeness(const Asked& asked, const SpelledWord& spelled, const Word& word, double least);

  // Where the words of a key stand in numbers_.
  struct Span {
    uint32_t first = 0;
    uint32_t count = 0;
  };
  bool IsPresent(uint64_t key) const { return (present_[BitOf(key) / 64] >> (BitOf(key) % 64) & 1) != 0; }
  static constexpr size_t kBits = size_t{1} << 23;
  static size_t BitOf(uint64_t key) { return (key ^ key >> 32) % kBits; }

  std::vector<Word> words_;
  absl::flat_hash_map<std::string, uint32_t> known_;
  absl::flat_hash_map<uint64_t, Span> keys_;
  std::vector<uint32_t> numbers_;
  std::vector<uint64_t> present_;  // a bit for each key: most keys that are asked for are not there
};

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_
