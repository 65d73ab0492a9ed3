// How words sound and how much two of them look and sound alike, whichever language wrote them. Words are in a-z and
// 0-9.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_SOUND_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_SOUND_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "services/compliance/screening/letters.h"

namespace amikeco::screening {

// Letters of a word that are compared; longer ones are cut.
inline constexpr size_t kMaxWordLetters = 32;

// The word as it is spoken: one letter a sound, x for "sh", c for "ch", j for "dj" and "zh", q for "kh" and "gh";
// without doubled letters and without an h that is not heard. "Schroeder" xroeder, "Djamel" jamel, "Ghannouchi" qanuxi.
// Where vowels are left out every h is heard, and w and y may be vowels.
std::string Sound(absl::string_view latin, Vowels vowels = Vowels::kWritten);

// Groups of like consonants and where vowels stand between them: words that sound alike mostly have the same.
// "Mohammed", "Muhamad" MaMaT. Finds candidates; says little by itself.
std::string SoundKey(absl::string_view sound);
// The same without vowels, for words from a script that says little about them: MMT.
std::string ConsonantKey(absl::string_view sound);

// Letters apart, as SpellingLikeness counts them, from one word to many.
class SpelledWord {
 public:
  explicit SpelledWord(absl::string_view word);
  int DistanceTo(absl::string_view other) const;

 private:
  static constexpr size_t kLetters = 'z' - '0' + 1;
  std::array<uint32_t, kLetters> where_{};  // bit i of a letter: the word has it at i
  size_t size_;
};

// 0 to 1. Letters apart: each that is added, left out, changed or swapped with its neighbour counts.
double SpellingLikeness(absl::string_view a, absl::string_view b);
// 0 to 1, of sounds: like sounds count for less than others. `vowels`: what the less telling of their scripts says.
// What is less than `least` is 0, and takes less time.
double SoundLikeness(absl::string_view a, absl::string_view b, Vowels vowels, double least = 0);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_SOUND_H_
