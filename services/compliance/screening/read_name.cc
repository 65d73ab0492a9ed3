#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/compliance/screening/common_names.h"
#include "services/compliance/screening/names.h"
#include "services/compliance/screening/sound.h"

namespace amikeco::screening {
namespace {

// "LADIN, Usama bin" is "Usama bin LADIN"; brackets and quotes are parted like words.
std::string Turned(absl::string_view written) {
  const size_t comma = written.find(',');
  if (comma == written.npos || written.find(',', comma + 1) != written.npos) return std::string(written);
  return absl::StrCat(written.substr(comma + 1), " ", written.substr(0, comma));
}

Token MakeToken(Word word, Role role) {
  Token token;
  token.sound = Sound(word.latin, VowelsOf(word.script));
  const std::string consonants = ConsonantKey(token.sound);
  token.consonants = static_cast<uint8_t>(consonants.size());
  token.first_consonant = consonants.empty() ? '\0' : consonants[0];
  token.written = std::move(word.written);
  token.latin = std::move(word.latin);
  token.script = word.script;
  token.role = role;
  return token;
}

// Single letters that follow each other become one word: "J.P. Morgan", "o.O.O.".
std::vector<Word> WithAcronyms(std::vector<Word> words) {
  std::vector<Word> joined;
  bool open = false;
  for (Word& word : words) {
    const bool letter = word.latin.size() == 1 && word.script != Script::kHan;
    if (letter && open) {
      joined.back().written += word.written;
      joined.back().latin += word.latin;
    } else {
      joined.push_back(std::move(word));
    }
    open = letter;
  }
  return joined;
}

// The longest legal form that begins at `first`, and of how many words it is.
std::pair<absl::string_view, size_t> FormAt(const std::vector<Word>& words, size_t first) {
  std::string phrase;
  std::pair<absl::string_view, size_t> best;
  for (size_t count = 1; count <= kMaxLegalFormWords && first + count <= words.size(); ++count) {
    absl::StrAppend(&phrase, count == 1 ? "" : " ", words[first + count - 1].latin);
    const absl::string_view form = LegalForm(phrase);
    if (!form.empty()) best = {form, count};
  }
  return best;
}

std::vector<Token> OrganisationTokens(std::vector<Word> words) {
  words = WithAcronyms(std::move(words));
  std::vector<Token> tokens;
  for (size_t i = 0; i < words.size();) {
    const auto [form, count] = FormAt(words, i);
    if (count == 0) {
      words[i].latin = std::string(WrittenOut(words[i].latin));
      const Role role = RoleInOrganisation(words[i].latin);
      tokens.push_back(MakeToken(std::move(words[i]), role));
      ++i;
      continue;
    }
    Word whole{words[i].written, std::string(form), Script::kLatin};
    for (size_t k = 1; k < count; ++k) absl::StrAppend(&whole.written, " ", words[i + k].written);
    tokens.push_back(MakeToken(std::move(whole), Role::kLegalForm));
    i += count;
  }
  return tokens;
}

std::vector<Token> PersonTokens(std::vector<Word> words) {
  std::vector<Token> tokens;
  for (Word& word : words) {
    const bool whole = word.script == Script::kHan || word.script == Script::kHangul;
    const Role role = whole ? Role::kName : RoleInPerson(word.latin);
    tokens.push_back(MakeToken(std::move(word), role));
  }
  // At the beginning "son of" shows that the words are not in their order.
  for (size_t i = 1; i + 1 < tokens.size(); ++i) {
    if (tokens[i].role != Role::kSonOf) continue;
    size_t next = i + 1;
    while (next + 1 < tokens.size() && tokens[next].role == Role::kParticle) ++next;
    tokens[next].of_father = tokens[next].role == Role::kName;
  }
  return tokens;
}

bool EndsWithLegalForm(const std::vector<Word>& words) {
  for (size_t count = 1; count <= std::min(words.size() - 1, kMaxLegalFormWords); ++count) {
    const auto [form, length] = FormAt(words, words.size() - count);
    if (length == count && words.back().latin.size() > 2) return true;
  }
  return false;
}

}  // namespace

double RoleWeight(Role role) {
  switch (role) {
    case Role::kName:
      return 1;
    case Role::kInitial:
      return 0.35;
    case Role::kGeneric:
      return 0.4;
    case Role::kParticle:
    case Role::kSonOf:
      return 0.06;
    case Role::kLegalForm:
      return 0.05;
    case Role::kTitle:
      return 0.04;
  }
  return 1;
}

bool IsOrganisation(Kind kind) { return kind != Kind::kPerson && kind != Kind::kUnknown; }

void Rarity::Count(absl::string_view name) {
  ++names_;
  std::vector<Word> words = SplitWords(name);
  for (size_t i = 0; i < words.size(); ++i) {
    bool again = false;
    for (size_t k = 0; k < i && !again; ++k) again = words[k].latin == words[i].latin;
    if (!again) ++counts_[words[i].latin];
  }
}

double Rarity::Of(absl::string_view latin) const {
  constexpr int kFew = 1000;  // names, from which nothing can be counted
  constexpr double kMostOfCommon = 0.5;
  const double most = IsCommonName(latin) ? kMostOfCommon : 1;
  if (names_ < kFew) return most;
  const auto found = counts_.find(latin);
  const double count = found == counts_.end() ? 0 : found->second;
  const double tenth = 0.1 * names_;
  return std::clamp(0.2 + 0.8 * std::log(tenth / (count + 1)) / std::log(tenth), 0.2, most);
}

Name ReadName(absl::string_view written, Kind kind, const Rarity& rarity) {
  Name name;
  std::vector<Word> words = SplitWords(IsOrganisation(kind) ? std::string(written) : Turned(written));
  if (words.size() > kMaxTokens) words.resize(kMaxTokens);
  if (kind == Kind::kUnknown) kind = !words.empty() && EndsWithLegalForm(words) ? Kind::kOrganisation : Kind::kPerson;
  name.kind = kind;
  name.tokens = IsOrganisation(kind) ? OrganisationTokens(std::move(words)) : PersonTokens(std::move(words));
  const bool has_name =
      std::any_of(name.tokens.begin(), name.tokens.end(), [](const Token& t) { return t.role == Role::kName; });
  for (Token& token : name.tokens) {
    // A name of nothing but what stands beside names is made of it.
    if (!has_name && token.role != Role::kLegalForm) token.role = Role::kName;
    token.weight = RoleWeight(token.role) * rarity.Of(token.latin);
  }
  return name;
}

}  // namespace amikeco::screening
