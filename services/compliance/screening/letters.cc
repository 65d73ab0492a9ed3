#include "services/compliance/screening/letters.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace amikeco::screening {
namespace {

struct Letter {
  char32_t letter;
  const char* latin;
};

// As English-language lists write them. Letters of all languages that use the script; sorted.
constexpr Letter kCyrillic[] = {
    {U'а', "a"},  {U'б', "b"},  {U'в', "v"},  {U'г', "g"}, {U'д', "d"},  {U'е', "e"},  {U'ж', "zh"}, {U'з', "z"},
    {U'и', "i"},  {U'й', "y"},  {U'к', "k"},  {U'л', "l"}, {U'м', "m"},  {U'н', "n"},  {U'о', "o"},  {U'п', "p"},
    {U'р', "r"},  {U'с', "s"},  {U'т', "t"},  {U'у', "u"}, {U'ф', "f"},  {U'х', "kh"}, {U'ц', "ts"}, {U'ч', "ch"},
    {U'ш', "sh"}, {U'щ', "sh"}, {U'ъ', ""},   {U'ы', "y"}, {U'ь', ""},   {U'э', "e"},  {U'ю', "yu"}, {U'я', "ya"},
    {U'ѐ', "e"},  {U'ё', "e"},  {U'ђ', "dj"}, {U'ѓ', "g"}, {U'є', "ye"}, {U'ѕ', "z"},  {U'і', "i"},  {U'ї', "yi"},
    {U'ј', "j"},  {U'љ', "lj"}, {U'њ', "nj"}, {U'ћ', "c"}, {U'ќ', "k"},  {U'ѝ', "i"},  {U'ў', "u"},  {U'џ', "dj"},
    {U'ґ', "g"},  {U'ғ', "gh"}, {U'җ', "j"},  {U'қ', "q"}, {U'ң', "ng"}, {U'ү', "u"},  {U'ұ', "u"},  {U'ҳ', "h"},
    {U'ҷ', "j"},  {U'һ', "h"},  {U'ӏ', ""},   {U'ә', "a"}, {U'ө', "o"},
};
constexpr Letter kGreek[] = {
    {U'α', "a"},  {U'β', "v"},  {U'γ', "g"},  {U'δ', "d"}, {U'ε', "e"}, {U'ζ', "z"}, {U'η', "i"},
    {U'θ', "th"}, {U'ι', "i"},  {U'κ', "k"},  {U'λ', "l"}, {U'μ', "m"}, {U'ν', "n"}, {U'ξ', "x"},
    {U'ο', "o"},  {U'π', "p"},  {U'ρ', "r"},  {U'ς', "s"}, {U'σ', "s"}, {U'τ', "t"}, {U'υ', "y"},
    {U'φ', "f"},  {U'χ', "ch"}, {U'ψ', "ps"}, {U'ω', "o"},
};
// Consonants, and the three letters that stand for long vowels as well.
constexpr Letter kArabic[] = {
    {U'ء', ""},   {U'ا', "a"}, {U'ب', "b"},  {U'ة', "a"},  {U'ت', "t"},  {U'ث', "th"}, {U'ج', "j"},  {U'ح', "h"},
    {U'خ', "kh"}, {U'د', "d"}, {U'ذ', "dh"}, {U'ر', "r"},  {U'ز', "z"},  {U'س', "s"},  {U'ش', "sh"}, {U'ص', "s"},
    {U'ض', "d"},  {U'ط', "t"}, {U'ظ', "z"},  {U'ع', "a"},  {U'غ', "gh"}, {U'ف', "f"},  {U'ق', "q"},  {U'ك', "k"},
    {U'ل', "l"},  {U'م', "m"}, {U'ن', "n"},  {U'ه', "h"},  {U'و', "w"},  {U'ى', "a"},  {U'ي', "y"},  {U'ٱ', "a"},
    {U'ٹ', "t"},  {U'ټ', "t"}, {U'پ', "p"},  {U'ځ', "dz"}, {U'څ', "ts"}, {U'چ', "ch"}, {U'ڈ', "d"},  {U'ډ', "d"},
    {U'ڑ', "r"},  {U'ړ', "r"}, {U'ږ', "zh"}, {U'ژ', "zh"}, {U'ښ', "sh"}, {U'ڤ', "v"},  {U'ک', "k"},  {U'ګ', "g"},
    {U'ڭ', "ng"}, {U'گ', "g"}, {U'ں', "n"},  {U'ڼ', "n"},  {U'ھ', "h"},  {U'ہ', "h"},  {U'ۆ', "o"},  {U'ی', "y"},
    {U'ې', "e"},  {U'ے', "e"},
};
constexpr Letter kHebrew[] = {
    {U'א', "a"},  {U'ב', "b"},  {U'ג', "g"}, {U'ד', "d"}, {U'ה', "h"},  {U'ו', "w"}, {U'ז', "z"},
    {U'ח', "kh"}, {U'ט', "t"},  {U'י', "y"}, {U'ך', "k"}, {U'כ', "k"},  {U'ל', "l"}, {U'ם', "m"},
    {U'מ', "m"},  {U'ן', "n"},  {U'נ', "n"}, {U'ס', "s"}, {U'ע', "a"},  {U'ף', "f"}, {U'פ', "p"},
    {U'ץ', "ts"}, {U'צ', "ts"}, {U'ק', "k"}, {U'ר', "r"}, {U'ש', "sh"}, {U'ת', "t"},
};
// Letters without a decomposition.
constexpr Letter kLatin[] = {
    {U'ß', "ss"}, {U'æ', "ae"}, {U'ð', "d"}, {U'ø', "o"}, {U'þ', "th"}, {U'đ', "d"},
    {U'ħ', "h"},  {U'ı', "i"},  {U'ĸ', "k"}, {U'ł', "l"}, {U'ŋ', "ng"}, {U'œ', "oe"},
    {U'ŧ', "t"},  {U'ƙ', "k"},  {U'ə', "a"}, {U'ɓ', "b"}, {U'ɗ', "d"},
};

template <size_t N>
const char* Find(const Letter (&table)[N], UChar32 c) {
  for (const Letter& letter : table) {
    if (static_cast<UChar32>(letter.letter) == c) return letter.latin;
  }
  return nullptr;
}

Script ScriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_LATIN:
      return Script::kLatin;
    case USCRIPT_CYRILLIC:
      return Script::kCyrillic;
    case USCRIPT_GREEK:
      return Script::kGreek;
    case USCRIPT_ARABIC:
      return Script::kArabic;
    case USCRIPT_HEBREW:
      return Script::kHebrew;
    case USCRIPT_HAN:
      return Script::kHan;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
      return Script::kKana;
    case USCRIPT_HANGUL:
      return Script::kHangul;
    default:
      return Script::kOther;
  }
}

const char* Latin(Script script, UChar32 c) {
  switch (script) {
    case Script::kLatin:
      return Find(kLatin, c);
    case Script::kCyrillic:
      return Find(kCyrillic, c);
    case Script::kGreek:
      return Find(kGreek, c);
    case Script::kArabic:
      return Find(kArabic, c);
    case Script::kHebrew:
      return Find(kHebrew, c);
    default:
      return nullptr;
  }
}

// A syllable as the lists' romanisation has it: aspirates and hard consonants are not told apart.
std::string Syllable(UChar32 c) {
  static constexpr const char* kFirst[] = {"k", "k", "n",  "t",  "t",  "r", "m", "p", "p", "s",
                                           "s", "",  "ch", "ch", "ch", "k", "t", "p", "h"};
  static constexpr const char* kMiddle[] = {"a",  "ae", "ya", "yae", "o",  "e",  "yo", "ye", "o",  "wa", "wae",
                                            "oe", "yo", "u",  "wo",  "we", "wi", "yu", "u",  "ui", "i"};
  static constexpr const char* kLast[] = {"",  "k", "k", "k", "n", "n", "n", "t",  "l", "k", "m", "l", "l", "l",
                                          "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"};
  const int32_t index = c - 0xAC00;
  return absl::StrCat(kFirst[index / 588], kMiddle[index % 588 / 28], kLast[index % 28]);
}

icu::UnicodeString Transliterated(const icu::Transliterator& transliterator, icu::UnicodeString text) {
  transliterator.transliterate(text);
  return text;
}

const icu::Transliterator* MakeTransliterator(const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  return icu::Transliterator::createInstance(id, UTRANS_FORWARD, error);
}

std::string Letters(absl::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)))
      letters += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return letters;
}

std::string Transcribed(const icu::UnicodeString& text) {
  static const icu::Transliterator* const kToLatin = MakeTransliterator("Any-Latin; NFD; [:M:] Remove");
  static const icu::Transliterator* const kToAscii = MakeTransliterator("Latin-ASCII");
  if (kToLatin == nullptr || kToAscii == nullptr) return "";
  const icu::UnicodeString latin = Transliterated(*kToLatin, text);
  std::string utf8;
  latin.toUTF8String(utf8);
  if (static_cast<size_t>(latin.length()) == utf8.size()) return Letters(utf8);  // that is most
  utf8.clear();
  Transliterated(*kToAscii, latin).toUTF8String(utf8);
  return Letters(utf8);
}

// a-z and 0-9 of `text` in any script that ICU knows. ICU takes a microsecond for four characters, and the words of
// names come again and again: each thread keeps those that it has met.
const std::string& Romanised(const icu::UnicodeString& text) {
  constexpr size_t kMostKept = 4096;
  thread_local absl::flat_hash_map<std::u16string, std::string> kept;
  std::u16string key(text.getBuffer(), static_cast<size_t>(text.length()));
  if (const auto found = kept.find(key); found != kept.end()) return found->second;
  if (kept.size() == kMostKept) kept.clear();
  return kept.emplace(std::move(key), Transcribed(text)).first->second;
}

// Readings and simplified forms of the Chinese characters of the basic plane, made once: one by one ICU needs ten
// microseconds for each.
class HanTable {
 public:
  static const HanTable& Get() {
    static const HanTable* const kTable = new HanTable;
    return *kTable;
  }

  static bool Has(UChar32 c) { return c >= kFirst && c <= kLast; }
  const std::string& Reading(UChar32 c) const { return readings_[static_cast<size_t>(c - kFirst)]; }
  UChar32 Simplified(UChar32 c) const { return simplified_[static_cast<size_t>(c - kFirst)]; }

 private:
  static constexpr UChar32 kFirst = 0x4E00, kLast = 0x9FFF;

  HanTable() {
    icu::UnicodeString all;
    for (UChar32 c = kFirst; c <= kLast; ++c) all.append(c).append(UChar{'\n'});
    std::unique_ptr<const icu::Transliterator> to_latin(
        MakeTransliterator("Han-Latin; NFD; [:Mn:] Remove; Latin-ASCII"));
    std::unique_ptr<const icu::Transliterator> to_simplified(MakeTransliterator("Traditional-Simplified"));
    std::string latin;
    Transliterated(*to_latin, all).toUTF8String(latin);
    for (const absl::string_view reading : absl::StrSplit(latin, '\n')) readings_.push_back(Letters(reading));
    readings_.resize(kLast - kFirst + 1);
    const icu::UnicodeString simplified = Transliterated(*to_simplified, all);
    for (int32_t i = 0; i < simplified.length(); i = simplified.moveIndex32(i, 2))
      simplified_.push_back(simplified.char32At(i));
    simplified_.resize(kLast - kFirst + 1);
  }

  std::vector<std::string> readings_;
  std::vector<UChar32> simplified_;
};

// Reads characters and cuts them into words.
class Splitter {
 public:
  std::vector<Word> Split(absl::string_view name) {
    const auto size = static_cast<int32_t>(std::min(name.size(), kMaxNameBytes));
    for (int32_t i = 0; i < size;) {
      UChar32 c = 0;
      U8_NEXT(name.data(), i, size, c);
      if (c < 0) continue;
      if (c < 0x80) {
        Ascii(static_cast<char>(c));
      } else {
        Other(c);
      }
    }
    End();
    return JoinForeign();
  }

 private:
  void Ascii(char c) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      Begin(Script::kLatin);
      c = absl::ascii_tolower(static_cast<unsigned char>(c));
      word_.written += c;
      word_.latin += c;
    } else if (c != '\'' && c != '`') {  // Ba'asyir, O'Brien: inside a word
      End();
    }
  }

  void Other(UChar32 c) {
    const uint32_t category = U_GET_GC_MASK(c);
    const bool is_mark = (category & U_GC_M_MASK) != 0;
    const bool is_quote = c == U'’' || c == U'‘' || (c >= 0x02B9 && c <= 0x02DF);
    if (is_quote || (category & U_GC_CF_MASK) != 0) return;
    if ((category & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) == 0) return End();
    c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
    const Script script = is_mark ? word_.script : ScriptOf(c);
    if (script == Script::kKana || script == Script::kOther) {
      Begin(script);
      run_.append(c);
    } else if (!is_mark) {
      Known(script, c);
    }
  }

  void Known(Script script, UChar32 c) {
    if (script == Script::kHan || script == Script::kHangul) return Whole(script, c);
    Begin(script);
    icu::UnicodeString(c).toUTF8String(word_.written);
    if (const char* latin = Latin(script, c)) {
      word_.latin += latin;
      return;
    }
    // An accented letter, a presentation form or a full-width one: what it is made of.
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString parts;
    const icu::Normalizer2* const compatibility = icu::Normalizer2::getNFKDInstance(error);
    if (U_FAILURE(error) || !compatibility->getDecomposition(c, parts)) return;
    for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
      const UChar32 part = u_foldCase(parts.char32At(i), U_FOLD_CASE_DEFAULT);
      if (part < 0x80 && u_isalnum(part)) {
        word_.latin += static_cast<char>(part);
      } else if (const char* latin = Latin(script, part)) {
        word_.latin += latin;
      }
    }
  }

  // More syllables than a name of East Asia has, in rows that are longer than its parts, spell foreign words.
  std::vector<Word> JoinForeign() {
    constexpr ptrdiff_t kMostSyllables = 4;
    constexpr int kMostInRow = 2;
    const auto is_whole = [](const Word& word) {
      return word.script == Script::kHan || word.script == Script::kHangul;
    };
    int row = 0, longest = 0;
    for (size_t i = 0; i < words_.size(); ++i) {
      row = follows_[i] ? row + 1 : 1;
      longest = std::max(longest, row);
    }
    const bool few = std::count_if(words_.begin(), words_.end(), is_whole) <= kMostSyllables;
    if (few || longest <= kMostInRow) return std::move(words_);
    std::vector<Word> joined;
    for (size_t i = 0; i < words_.size(); ++i) {
      const bool goes_on = i > 0 && follows_[i] && is_whole(words_[i]) && is_whole(words_[i - 1]);
      if (goes_on) {
        joined.back().written += words_[i].written;
        joined.back().latin += words_[i].latin;
        joined.back().script = Script::kOther;
      } else {
        joined.push_back(words_[i]);
      }
    }
    return joined;
  }

  // One character that is a word.
  void Whole(Script script, UChar32 c) {
    const bool follows = after_whole_;
    End();
    follows_next_ = follows;
    Begin(script);
    if (script == Script::kHangul) {
      icu::UnicodeString(c).toUTF8String(word_.written);
      if (c >= 0xAC00 && c <= 0xD7A3) word_.latin = Syllable(c);
    } else if (HanTable::Has(c)) {
      icu::UnicodeString(HanTable::Get().Simplified(c)).toUTF8String(word_.written);
      word_.latin = HanTable::Get().Reading(c);
    } else {
      icu::UnicodeString(c).toUTF8String(word_.written);
      word_.latin = Romanised(icu::UnicodeString(c));
    }
    End();
    after_whole_ = true;
  }

  void Begin(Script script) {
    if (in_word_ && word_.script != script) End();
    word_.script = script;
    in_word_ = true;
  }

  void End() {
    after_whole_ = false;
    if (!run_.isEmpty()) {
      run_.toUTF8String(word_.written);
      word_.latin = Romanised(run_);
      run_.remove();
    }
    in_word_ = false;
    if (!word_.latin.empty()) Add(std::move(word_));
    word_ = Word();
  }

  // An article that is written together with its word becomes a word.
  void Add(Word word) {
    constexpr absl::string_view kArticle = "ال", kGod = "الله";
    if (word.written == kGod) word.latin = "allah";  // the one word of which a long vowel is not written
    if (word.script == Script::kArabic && absl::StartsWith(word.written, kArticle) && word.latin.size() >= 4 &&
        word.written != kGod) {
      words_.push_back({std::string(kArticle), "al", Script::kArabic});
      word.written.erase(0, kArticle.size());
      word.latin.erase(0, 2);
    }
    words_.push_back(std::move(word));
    follows_.resize(words_.size());
    follows_.back() = std::exchange(follows_next_, false);
  }

  std::vector<Word> words_;
  std::vector<bool> follows_;  // the word before without a space
  bool after_whole_ = false, follows_next_ = false;
  Word word_;
  bool in_word_ = false;
  icu::UnicodeString run_;  // of the word, when ICU is to read it as a whole
};

}  // namespace

Vowels VowelsOf(Script script) {
  if (script == Script::kArabic || script == Script::kHebrew) return Vowels::kLeftOut;
  return script == Script::kKana || script == Script::kOther ? Vowels::kAdded : Vowels::kWritten;
}

std::vector<Word> SplitWords(absl::string_view name) { return Splitter().Split(name); }

}  // namespace amikeco::screening
