// An index of words that answers which known words look or sound like one, without looking at all of them. Immutable once
// built; safe to share between threads.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/compliance/screening/letters.h"

namespace amikeco::screening {

class WordIndex {
 public:
  // The number of `latin`, which is added when it is new. `is_joined`: words that stand apart in the name; they are found
  // as they are and by their sound, not by their slips.
  uint32_t Add(absl::string_view latin, absl::string_view sound, bool is_joined);
  // After the last Add.
  void Build();

  size_t size() const { return words_.size(); }

  // Calls `found(number, likeness)` for each word that is the same, a slip away or of the same sound, once. `likeness`
  // is at least `least`.
  struct Asked {
    absl::string_view latin;
    absl::string_view sound;
    Vowels vowels = Vowels::kWritten;  // of the script that it comes from
  };
  void Find(const Asked& asked, double least, std::vector<std::pair<uint32_t, float>>& found) const;

 private:
  struct Word {
    std::string latin;
    std::string sound;
    bool is_joined = false;
  };
  // Where the words of a key stand in numbers_.
  struct Span {
    uint32_t first = 0;
    uint32_t count = 0;
  };

  std::vector<Word> words_;
  absl::flat_hash_map<std::string, uint32_t> known_;
  absl::flat_hash_map<uint64_t, Span> keys_;
  std::vector<uint32_t> numbers_;
};

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_WORD_INDEX_H_
