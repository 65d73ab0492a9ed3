#include "services/compliance/screening/names.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <tuple>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "services/compliance/screening/sound.h"

namespace amikeco::screening {
namespace {

// A link between words of two names: `count_a` words of a from `a`, `count_b` words of b from `b`.
struct Link {
  size_t a = 0, b = 0;
  size_t count_a = 1, count_b = 1;
  Agreement agreement = Agreement::kSame;
  double likeness = 0;
};

using Links = absl::InlinedVector<Link, 16>;

constexpr double kLeastLikeness = 0.5;
constexpr size_t kBrief = 3;
constexpr double kLeastOfBrief = 0.6;
constexpr double kLeastOfJoined = 0.8;

// What is known of the vowels where the two are compared; two words of one script are compared as they are.
Vowels VowelsOf(const Token& a, const Token& b) {
  return a.script == b.script ? Vowels::kWritten : std::max(VowelsOf(a.script), VowelsOf(b.script));
}

// Of two words, neither of which is an initial; what is less than `least` need not be right.
void Liken(absl::string_view latin_a, absl::string_view sound_a, absl::string_view latin_b, absl::string_view sound_b,
           Vowels vowels, double least, Link& link) {
  if (latin_a == latin_b) {
    link.likeness = 1;
    link.agreement = Agreement::kSame;
    return;
  }
  const size_t longer = std::max(latin_a.size(), latin_b.size()), shorter = std::min(latin_a.size(), latin_b.size());
  if (longer > 2 * shorter + 1) return;
  const double spelling = vowels == Vowels::kLeftOut ? 0 : SpellingLikeness(latin_a, latin_b);
  constexpr double kHopeless = 0.2;  // of spellings, which sounds do not bring together either
  if (vowels == Vowels::kWritten && spelling < kHopeless) return;
  constexpr double kAlike = 0.9;  // sounds that are more so tell more than letters
  const double sound = SoundLikeness(sound_a, sound_b, vowels, std::max(least, std::min(spelling, kAlike)));
  constexpr double kMostButSame = 0.97;
  link.likeness = std::min(kMostButSame, std::max(sound, spelling));
  link.agreement = sound >= kAlike || sound > spelling ? Agreement::kSound : Agreement::kSpelling;
}

class Aligner {
 public:
  Aligner(const Name& a, const Name& b) : a_(a.tokens), b_(b.tokens) {
    for (size_t i = 0; i < a_.size(); ++i) {
      for (size_t j = 0; j < b_.size(); ++j) Propose(i, j);
    }
    ProposeJoined(a_, b_, true);
    ProposeJoined(b_, a_, false);
    Choose();
  }

  const Links& links() const { return chosen_; }
  bool linked_a(size_t i) const { return (used_a_ >> i & 1) != 0; }
  bool linked_b(size_t i) const { return (used_b_ >> i & 1) != 0; }

 private:
  void Propose(size_t i, size_t j) {
    const Token& a = a_[i];
    const Token& b = b_[j];
    Link link{.a = i, .b = j};
    if (a.role == Role::kInitial || b.role == Role::kInitial) {
      if (a.role != Role::kInitial && a.role != Role::kName) return;
      if (b.role != Role::kInitial && b.role != Role::kName) return;
      if (a.latin[0] != b.latin[0]) return;
      const bool both = a.role == b.role;
      link.agreement = both ? Agreement::kSame : Agreement::kInitial;
      link.likeness = both ? 1 : 0.8;
    } else {
      const auto is_word = [](Role role) { return role == Role::kName || role == Role::kGeneric; };
      const bool plain = is_word(a.role) && is_word(b.role);
      if (!plain && a.role != b.role && a.latin != b.latin) return;
      if (a.role == Role::kLegalForm && a.latin != b.latin) return;
      if (a.script == Script::kHan && b.script == Script::kHan) {
        if (a.written != b.written) return;
        link.likeness = 1;
      } else {
        const Vowels vowels = VowelsOf(a, b);
        Liken(a.latin, a.sound, b.latin, b.sound, vowels, kLeastLikeness, link);
        if (a.script != b.script) link.agreement = Agreement::kOtherScript;
        if (plain && link.likeness < 0.85 && AreForms(a.latin, b.latin)) {
          link.likeness = 0.85;
          link.agreement = Agreement::kForm;
        }
        if (plain && link.likeness < 0.6 && vowels == Vowels::kWritten) ProposeBeginning(a, b, link);
      }
    }
    // A few letters are soon like a few others.
    const bool brief = link.agreement != Agreement::kInitial && std::max(a.latin.size(), b.latin.size()) <= kBrief;
    if (link.likeness >= (brief ? kLeastOfBrief : kLeastLikeness)) proposed_.push_back(link);
  }

  // A last word that was cut off.
  void ProposeBeginning(const Token& a, const Token& b, Link& link) {
    const bool a_is_shorter = a.latin.size() < b.latin.size();
    const Token& shorter = a_is_shorter ? a : b;
    const Token& longer = a_is_shorter ? b : a;
    const Token& last = a_is_shorter ? a_.back() : b_.back();
    if (&shorter != &last || shorter.latin.size() < 2 ||
        longer.latin.compare(0, shorter.latin.size(), shorter.latin) != 0) {
      return;
    }
    link.likeness = 0.6;
    link.agreement = Agreement::kInitial;
  }

  // Several words of `parts` that `wholes` writes as one.
  void ProposeJoined(const std::vector<Token>& parts, const std::vector<Token>& wholes, bool parts_are_a) {
    std::string latin, sound;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      size_t letters = parts[i].latin.size(), consonants = parts[i].consonants;
      for (size_t count = 2; count <= 3 && i + count <= parts.size(); ++count) {
        letters += parts[i + count - 1].latin.size();
        consonants += parts[i + count - 1].consonants;
        if (letters < 4 || letters > kMaxWordLetters) continue;
        latin.clear();
        for (size_t j = 0; j < wholes.size(); ++j) {
          if (!MayBeJoined(parts[i], letters, consonants, wholes[j])) continue;
          if (latin.empty()) {
            for (size_t k = i; k < i + count; ++k) latin += parts[k].latin;
            sound = Sound(latin, VowelsOf(parts[i].script));
          }
          const Token& whole = wholes[j];
          if (whole.role != Role::kName && whole.latin != latin) continue;
          Link link;
          Liken(latin, sound, whole.latin, whole.sound, VowelsOf(parts[i], whole), kLeastOfJoined, link);
          if (link.likeness < kLeastOfJoined) continue;
          link.agreement = Agreement::kJoined;
          link.a = parts_are_a ? i : j;
          link.b = parts_are_a ? j : i;
          (parts_are_a ? link.count_a : link.count_b) = count;
          proposed_.push_back(link);
        }
      }
    }
  }

  // What shows quickly that words of so many letters and consonants, the first of which is `first`, are not `whole`.
  static bool MayBeJoined(const Token& first, size_t letters, size_t consonants, const Token& whole) {
    if (first.script == Script::kHan && whole.script == Script::kHan) return false;
    const size_t size = whole.latin.size();
    const size_t slack = VowelsOf(first, whole) == Vowels::kWritten ? 2 : size / 2;
    if (size + slack < letters || letters + slack < size) return false;
    if (first.first_consonant != whole.first_consonant && first.first_consonant != 0) return false;
    const size_t most_apart = 1 + std::max(letters, size) / 5;
    return consonants <= whole.consonants + most_apart && whole.consonants <= consonants + most_apart;
  }

  size_t Letters(const Link& link) const {
    size_t letters = 0;
    for (size_t i = 0; i < link.count_a; ++i) letters += a_[link.a + i].latin.size();
    for (size_t i = 0; i < link.count_b; ++i) letters += b_[link.b + i].latin.size();
    return letters;
  }

  // The most alike first; of those the longest, and then those whose words come first, whichever name is which.
  void Choose() {
    std::sort(proposed_.begin(), proposed_.end(), [this](const Link& x, const Link& y) {
      if (x.likeness != y.likeness) return x.likeness > y.likeness;
      const size_t letters_x = Letters(x), letters_y = Letters(y);
      if (letters_x != letters_y) return letters_x > letters_y;
      const auto words = [this](const Link& link) {
        const absl::string_view first = a_[link.a].latin, second = b_[link.b].latin;
        return std::pair(std::min(first, second), std::max(first, second));
      };
      return words(x) < words(y);
    });
    for (const Link& link : proposed_) {
      const uint32_t a = ((1u << link.count_a) - 1) << link.a, b = ((1u << link.count_b) - 1) << link.b;
      if ((used_a_ & a) != 0 || (used_b_ & b) != 0) continue;
      used_a_ |= a;
      used_b_ |= b;
      chosen_.push_back(link);
    }
  }

  const std::vector<Token>& a_;
  const std::vector<Token>& b_;
  absl::InlinedVector<Link, 32> proposed_;
  Links chosen_;
  uint32_t used_a_ = 0, used_b_ = 0;
};

// What speaks for and against a pair.
struct Evidence {
  double agree = 0;       // weights of what agrees, less for what is less alike
  int names = 0;          // words that agree and are names
  double loss = 0;        // what linked words lack in likeness
  double big_loss = 0;    // of that, what is more than a slip
  double excess = 0;      // letters apart, of words that are more than a letter and a half apart
  double known = 0;       // loss between words that are both known as names of their own
  bool anchored = false;  // some name agrees wholly, or as good as
  double heads = 0;       // linked words that are not the same and begin differently
  double clash = 0;       // words left over on both sides
  double missing = 0;     // weights of words that only one has
  bool fathers_contradict = false;
  bool legal_forms_contradict = false;
  bool acronym = false;
  bool single = false;  // one has a single word, and the other more
  bool organisation = false;
  bool joined_across_scripts = false;
};

// Where a script puts vowels between consonants and lacks some of them, nobody writes a name as it was.
constexpr double kLossOfAdded = 0.6;

constexpr double kSyllable = 0.4;  // clash of a syllable that is missing

// Where a slip ends: one wrong letter of five.
constexpr double kSlip = 0.21;

double Likelier(double likeness) { return std::max(0.0, (likeness - kLeastLikeness) / (1 - kLeastLikeness)); }

double WeightOf(const std::vector<Token>& tokens, size_t first, size_t count) {
  double weight = 0;
  for (size_t i = first; i < first + count; ++i) weight += tokens[i].weight;
  return weight;
}

// A rare word that is like a common one may be a slip of it, so it says no more.
double WeightOf(const Name& a, const Name& b, const Link& link) {
  const double first = WeightOf(a.tokens, link.a, link.count_a), second = WeightOf(b.tokens, link.b, link.count_b);
  return link.count_a == link.count_b ? std::min(first, second) : (first + second) / 2;
}

// A word without its vowels is like more others, the shorter it is the more.
double Telling(Vowels vowels, uint8_t consonants) {
  if (vowels != Vowels::kLeftOut) return 1;
  constexpr double kOf[] = {0.1, 0.25, 0.55, 0.9};
  return consonants < std::size(kOf) ? kOf[consonants] : 1;
}
double Telling(const Token& a, const Token& b) {
  return Telling(std::max(VowelsOf(a.script), VowelsOf(b.script)), std::min(a.consonants, b.consonants));
}

bool IsTelling(Role role) { return role == Role::kName || role == Role::kInitial || role == Role::kGeneric; }

using LeftOvers = absl::InlinedVector<size_t, kMaxTokens>;

// Words of `tokens` that no link has; those that tell most first.
template <typename Linked>
LeftOvers LeftOver(const std::vector<Token>& tokens, Linked linked) {
  LeftOvers left;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!linked(i) && IsTelling(tokens[i].role)) left.push_back(i);
  }
  std::sort(left.begin(), left.end(), [&](size_t x, size_t y) { return tokens[x].weight > tokens[y].weight; });
  return left;
}

bool IsSaidTwice(const std::vector<Token>& tokens, size_t i) {
  return std::count_if(tokens.begin(), tokens.end(), [&](const Token& t) { return t.latin == tokens[i].latin; }) > 1;
}

size_t CountNames(const Name& name) {
  return static_cast<size_t>(
      std::count_if(name.tokens.begin(), name.tokens.end(), [](const Token& t) { return t.role == Role::kName; }));
}

// `single` is the first letters of `words`' words.
bool IsAcronym(const Name& single, const Name& words) {
  const auto is_name = [](const Token& t) { return t.role == Role::kName || t.role == Role::kGeneric; };
  const auto found = std::find_if(single.tokens.begin(), single.tokens.end(), is_name);
  if (found == single.tokens.end() || std::count_if(single.tokens.begin(), single.tokens.end(), is_name) != 1)
    return false;
  std::string letters, all_letters;
  for (const Token& token : words.tokens) {
    if (is_name(token)) letters += token.latin[0];
    if (token.role != Role::kLegalForm) all_letters += token.latin[0];
  }
  return letters.size() >= 2 && (found->latin == letters || found->latin == all_letters);
}

// The father of each stands in the other as the child.
bool FathersContradict(const Name& a, const Name& b, const Links& links) {
  bool a_is_child = false, b_is_child = false;
  for (const Link& link : links) {
    if (a.tokens[link.a].role != Role::kName || b.tokens[link.b].role != Role::kName) continue;
    a_is_child |= a.tokens[link.a].of_father && !b.tokens[link.b].of_father;
    b_is_child |= !a.tokens[link.a].of_father && b.tokens[link.b].of_father;
  }
  return a_is_child && b_is_child;
}

const Token* LegalFormOf(const Name& name) {
  for (const Token& token : name.tokens) {
    if (token.role == Role::kLegalForm) return &token;
  }
  return nullptr;
}

bool LegalFormsContradict(const Name& a, const Name& b) {
  const Token* const first = LegalFormOf(a);
  const Token* const second = LegalFormOf(b);
  return first != nullptr && second != nullptr && first->latin != second->latin;
}

double ClashOf(const Token& token) { return 0.4 + 0.6 * std::min(1.0, token.weight / RoleWeight(token.role)); }

Evidence Weigh(const Name& a, const Name& b, const Aligner& aligned) {
  Evidence evidence;
  for (const Link& link : aligned.links()) {
    const Role role_a = a.tokens[link.a].role, role_b = b.tokens[link.b].role;
    const double weight = WeightOf(a, b, link);
    evidence.agree += weight * Likelier(link.likeness) * Telling(a.tokens[link.a], b.tokens[link.b]);
    const bool telling = IsTelling(role_a) && IsTelling(role_b);
    if (!telling) continue;
    if (role_a == Role::kName && role_b == Role::kName && link.agreement != Agreement::kInitial) ++evidence.names;
    evidence.anchored |= link.likeness >= 0.9 && link.agreement != Agreement::kInitial &&
                         Telling(a.tokens[link.a], b.tokens[link.b]) >= 0.8;
    if (link.agreement == Agreement::kInitial) continue;
    const Token& first = a.tokens[link.a];
    const Token& second = b.tokens[link.b];
    evidence.joined_across_scripts |= link.agreement == Agreement::kJoined && first.script != second.script;
    const double loss = (1 - link.likeness) * (VowelsOf(first, second) == Vowels::kAdded ? kLossOfAdded : 1);
    evidence.loss += loss;
    if (link.agreement != Agreement::kForm) {
      const auto letters = static_cast<double>(std::max(first.latin.size(), second.latin.size()));
      evidence.excess += std::max(0.0, loss * letters - 1.5);
      if (loss > 0.1) evidence.known += loss * std::min(1 - first.weight, 1 - second.weight);
      if (loss > 0.1 && first.sound[0] != second.sound[0]) evidence.heads += 1;
    }
    evidence.big_loss += std::max(0.0, loss - kSlip);
  }
  LeftOvers left_a = LeftOver(a.tokens, [&](size_t i) { return aligned.linked_a(i); });
  LeftOvers left_b = LeftOver(b.tokens, [&](size_t i) { return aligned.linked_b(i); });
  const size_t both = std::min(left_a.size(), left_b.size());
  for (size_t k = 0; k < both; ++k) {
    evidence.clash += std::min(ClashOf(a.tokens[left_a[k]]), ClashOf(b.tokens[left_b[k]]));
  }
  for (size_t k = both; k < left_a.size(); ++k) {
    if (!IsSaidTwice(a.tokens, left_a[k])) evidence.missing += a.tokens[left_a[k]].weight;
  }
  for (size_t k = both; k < left_b.size(); ++k) {
    if (!IsSaidTwice(b.tokens, left_b[k])) evidence.missing += b.tokens[left_b[k]].weight;
  }
  // Nobody leaves out a syllable of a name that is written in one of the scripts of syllables.
  if (IsOfSyllables(a) || IsOfSyllables(b)) {
    evidence.clash += kSyllable * static_cast<double>(std::max(left_a.size(), left_b.size()) - both);
  }
  evidence.single = evidence.missing > 0.3 && std::min(CountNames(a), CountNames(b)) <= 1;
  evidence.fathers_contradict = FathersContradict(a, b, aligned.links());
  evidence.legal_forms_contradict = LegalFormsContradict(a, b);
  evidence.organisation = IsOrganisation(a.kind) || IsOrganisation(b.kind);
  evidence.acronym = evidence.organisation && evidence.names == 0 && (IsAcronym(a, b) || IsAcronym(b, a));
  return evidence;
}

// Fitted by logistic regression to pairs of names that people have labelled, and rounded; so that 0 is where it is as
// likely as not that both are meant for the same one.
double LogOdds(const Evidence& e) {
  constexpr double kAcronym = 0.4;
  if (e.acronym) return kAcronym;
  if (e.agree == 0) return -8 - e.clash;
  double odds = 1.2 + 2.9 * (1 - std::exp(-e.agree / 2.5));
  odds -=
      2.3 * e.loss + 1.2 * e.big_loss + 2.3 * std::min(e.excess, 3.0) + 0.5 * e.known + 0.9 * std::min(e.heads, 1.0);
  odds -= 1.1 * e.clash + (e.clash > 0.45 ? 5.2 : e.clash * 5.2 / 0.45);
  odds -= 0.1 * e.missing + 0.4 * e.missing / (e.missing + e.agree + 0.3);
  if (e.single) odds -= 1.4;
  if (e.fathers_contradict) odds -= 4;
  if (e.legal_forms_contradict) odds -= 3.5;
  return odds;
}

// What is expected of chance in a search. Fitted to people who are on no list: their names and dates of birth, mixed
// anew among those of one country and script.
double ChanceOf(const Evidence& e) {
  constexpr double kTelling = 1.5;  // about two rare words
  const double inexact = std::min(1.0, 5 * e.loss);
  return (e.anchored ? 0.8 : 1.7) + (0.5 + 1.6 * inexact) * std::max(0.0, kTelling - e.agree) + 1.5 * e.missing +
         (e.joined_across_scripts ? 0.8 : 0);
}

std::string Written(const std::vector<Token>& tokens, size_t first, size_t count) {
  std::string written;
  for (size_t i = first; i < first + count; ++i) absl::StrAppend(&written, i == first ? "" : " ", tokens[i].written);
  return written;
}

std::vector<Reason> ReasonsOf(const Name& a, const Name& b, const Aligner& aligned, const Evidence& evidence) {
  std::vector<Reason> reasons;
  if (evidence.acronym) {
    return {{Written(a.tokens, 0, a.tokens.size()), Written(b.tokens, 0, b.tokens.size()), Agreement::kAcronym, 1, 1}};
  }
  double whole = 0;
  for (const Link& link : aligned.links()) {
    const double weight = WeightOf(a, b, link);
    reasons.push_back({Written(a.tokens, link.a, link.count_a), Written(b.tokens, link.b, link.count_b), link.agreement,
                       link.likeness, weight});
  }
  const LeftOvers left_a = LeftOver(a.tokens, [&](size_t i) { return aligned.linked_a(i); });
  const LeftOvers left_b = LeftOver(b.tokens, [&](size_t i) { return aligned.linked_b(i); });
  for (size_t k = 0; k < std::max(left_a.size(), left_b.size()); ++k) {
    const Token* const first = k < left_a.size() ? &a.tokens[left_a[k]] : nullptr;
    const Token* const second = k < left_b.size() ? &b.tokens[left_b[k]] : nullptr;
    reasons.push_back({first == nullptr ? "" : first->written, second == nullptr ? "" : second->written,
                       first != nullptr && second != nullptr ? Agreement::kDifferent : Agreement::kMissing, 0,
                       std::max(first == nullptr ? 0 : first->weight, second == nullptr ? 0 : second->weight)});
  }
  for (const Reason& reason : reasons) whole += reason.weight;
  for (Reason& reason : reasons) reason.weight /= whole;
  return reasons;
}

// Of a name in which nothing can be read.
constexpr double kNothingTold = -10;

// An order of names, in which they are compared: words can be linked in several ways that are equally good, and which
// of them is chosen must not depend on whose name is given first.
bool ComesBefore(const Name& a, const Name& b) {
  return std::lexicographical_compare(
      a.tokens.begin(), a.tokens.end(), b.tokens.begin(), b.tokens.end(),
      [](const Token& x, const Token& y) { return std::tie(x.latin, x.written) < std::tie(y.latin, y.written); });
}

}  // namespace

bool IsOfSyllables(const Name& name) {
  return std::all_of(name.tokens.begin(), name.tokens.end(),
                     [](const Token& t) { return t.script == Script::kHan || t.script == Script::kHangul; });
}

double Probability(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

NameOdds OddsOf(const Name& a, const Name& b) {
  if (!a.IsTold() || !b.IsTold()) return {kNothingTold, kNothingTold};
  const bool turned = ComesBefore(b, a);
  const Name& first = turned ? b : a;
  const Name& second = turned ? a : b;
  const Evidence evidence = Weigh(first, second, Aligner(first, second));
  const double pair = LogOdds(evidence);
  return {pair, pair - ChanceOf(evidence)};
}

double MostSearchOdds(const Name& name) {
  constexpr double kOfJoined = 0.5;  // words that the other writes as one weigh more than that one
  Evidence evidence{.agree = kOfJoined, .anchored = true};
  for (const Token& token : name.tokens) {
    evidence.agree += token.weight * Telling(VowelsOf(token.script), token.consonants);
  }
  return LogOdds(evidence) - ChanceOf(evidence);
}

Comparison CompareNames(const Name& a, const Name& b) {
  Comparison comparison;
  if (!a.IsTold() || !b.IsTold()) {
    comparison.log_odds = kNothingTold;
    comparison.score = Probability(kNothingTold);
    return comparison;
  }
  if (ComesBefore(b, a)) {
    comparison = CompareNames(b, a);
    for (Reason& reason : comparison.reasons) std::swap(reason.first, reason.second);
    return comparison;
  }
  const Aligner aligned(a, b);
  const Evidence evidence = Weigh(a, b, aligned);
  comparison.log_odds = LogOdds(evidence);
  comparison.score = Probability(comparison.log_odds);
  comparison.fathers_contradict = evidence.fathers_contradict;
  comparison.legal_forms_contradict = evidence.legal_forms_contradict;
  comparison.reasons = ReasonsOf(a, b, aligned, evidence);
  return comparison;
}

Comparison CompareNames(absl::string_view a, absl::string_view b, Kind kind, const Rarity& rarity) {
  return CompareNames(ReadName(a, kind, rarity), ReadName(b, kind, rarity));
}

}  // namespace amikeco::screening
