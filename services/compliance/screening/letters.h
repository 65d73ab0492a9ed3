// Words of a name in any script, each in plain Latin letters too.
//
//   "Müller-Łoś"   muller los        "Шойгу"      shoigu             "김정은"     kim chong un
//   "محمد السوداني"  mhmd al swdany    "习近平"      xi jin ping        "ट्रम्प"       tramp
//
// Cyrillic, Greek, Arabic, Hebrew and Hangul are written as lists and newspapers write them; all other scripts go
// through ICU's transliteration. Pure; safe to call from many threads.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_LETTERS_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_LETTERS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace amikeco::screening {

enum class Script : uint8_t { kLatin, kCyrillic, kGreek, kArabic, kHebrew, kHan, kKana, kHangul, kOther };

// What the writing of a word tells of its vowels.
enum class Vowels : uint8_t {
  kWritten,
  kAdded,    // kana and the scripts of India put in some that nobody hears
  kLeftOut,  // Arabic and Hebrew
};
Vowels VowelsOf(Script script);

struct Word {
  std::string written;  // lower case; a Chinese character in its simplified form
  std::string latin;    // a-z and 0-9; never empty
  Script script = Script::kLatin;
};

// Characters of a name that are read; what follows is ignored, so that no input takes long.
inline constexpr size_t kMaxNameBytes = 512;

// Chinese characters and Korean syllables are words of their own, since where they are parted differs from writer to
// writer; but when they are too many for a name of there, they spell a foreign one: each row of them is a word of
// kOther. An Arabic or Hebrew article is parted from its word. What is not UTF-8 is left out.
std::vector<Word> SplitWords(absl::string_view name);

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_LETTERS_H_
