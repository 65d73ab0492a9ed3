#include "common/countries/name_key.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

constexpr UChar32 kInvalid = 0xFFFD;

icu::UnicodeString Decoded(absl::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

// Decomposed and without case; empty when ICU's data is not there.
icu::UnicodeString Folded(absl::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString folded;
  const icu::Normalizer2* const compatibility = icu::Normalizer2::getNFKDInstance(error);
  if (U_SUCCESS(error)) compatibility->normalize(Decoded(name), folded, error);
  if (U_FAILURE(error)) return {};
  return folded.foldCase();
}

// Signs inside a word that are not written by everybody.
bool IsAccent(UChar32 c) {
  const uint32_t category = U_GET_GC_MASK(c);
  if ((category & (U_GC_CF_MASK | U_GC_ME_MASK)) != 0) return true;
  if (c >= 0x02B9 && c <= 0x02DF) return true;  // apostrophes and the like that count as letters
  if ((category & U_GC_MN_MASK) == 0) return false;
  if (c == 0x3099 || c == 0x309A) return false;  // that make another kana
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  return script == USCRIPT_INHERITED || script == USCRIPT_COMMON || script == USCRIPT_ARABIC ||
         script == USCRIPT_HEBREW;
}

bool IsPartOfAWord(UChar32 c) {
  return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0 || c == kInvalid;
}

void AppendPlain(std::string& word, UChar32 c) {
  // Letters that have no decomposition, as they are written without their language's keyboard.
  static constexpr std::pair<UChar32, const char*> kPlain[] = {
      {U'æ', "ae"}, {U'ð', "d"}, {U'ø', "o"}, {U'þ', "th"}, {U'đ', "d"},
      {U'ħ', "h"},  {U'ı', "i"}, {U'ł', "l"}, {U'œ', "oe"},
  };
  const auto* const plain =
      std::find_if(std::begin(kPlain), std::end(kPlain), [&](const auto& entry) { return entry.first == c; });
  if (plain != std::end(kPlain)) {
    word += plain->second;
  } else {
    icu::UnicodeString(c).toUTF8String(word);
  }
}

// What `word` adds to a key.
absl::string_view Spelled(absl::string_view word) {
  static constexpr std::pair<absl::string_view, absl::string_view> kSpelled[] = {
      {"the", ""},     {"of", ""},          {"and", ""},           {"former", ""},    {"formerly", ""},
      {"st", "saint"}, {"rep", "republic"}, {"dem", "democratic"}, {"is", "islands"},
  };
  const auto* const spelled =
      std::find_if(std::begin(kSpelled), std::end(kSpelled), [&](const auto& entry) { return entry.first == word; });
  return spelled == std::end(kSpelled) ? word : spelled->second;
}

}  // namespace

std::string NameKey(absl::string_view name) {
  const icu::UnicodeString folded = Folded(name);
  std::string key;
  std::string word;
  for (int32_t i = 0; i < folded.length();) {
    const UChar32 c = folded.char32At(i);
    i += U16_LENGTH(c);
    if (IsAccent(c)) continue;
    if (IsPartOfAWord(c)) {
      AppendPlain(word, c);
    } else {
      absl::StrAppend(&key, Spelled(word));
      word.clear();
    }
  }
  return absl::StrCat(key, Spelled(word));
}

std::string TurnedNameKey(absl::string_view name) {
  name = absl::StripAsciiWhitespace(name);
  const bool bracketed = !name.empty() && name.back() == ')';
  const size_t at = bracketed ? name.rfind('(') : name.rfind(',');
  if (at == name.npos) return "";
  return NameKey(absl::StrCat(name.substr(at + 1), " ", name.substr(0, at)));
}

std::string Printable(absl::string_view text) {
  constexpr int32_t kMost = 80;
  const icu::UnicodeString decoded = Decoded(text.substr(0, 4 * kMost));  // a character has 4 bytes at most
  icu::UnicodeString printable;
  int32_t count = 0;
  int32_t i = 0;
  for (; i < decoded.length() && count < kMost; ++count) {
    const UChar32 c = decoded.char32At(i);
    i += U16_LENGTH(c);
    printable.append((U_GET_GC_MASK(c) & (U_GC_C_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK)) != 0 ? kInvalid : c);
  }
  std::string utf8;
  printable.toUTF8String(utf8);
  if (i < decoded.length() || text.size() > 4 * kMost) utf8 += "…";
  return utf8;
}

}  // namespace amikeco
