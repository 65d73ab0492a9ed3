#include "services/compliance/screening/screener.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "common/base/hash.h"
#include "services/compliance/screening/sound.h"

namespace amikeco::screening {
namespace {

// What is added to the log-odds of the names.
constexpr double kSameCountry = 0.8, kOtherCountry = -1.6, kSamePlace = 0.8;
constexpr double kCannotBeChecked = -1.1;  // the subject's date of birth is known, and the list has none
constexpr double kConfirmed = 0.8;         // by a weak alias
// The names must be this much alike before a weak alias can confirm them.
constexpr double kLeastConfirmable = -2.5;
// As many words as tell most must be found, and of what the rarest of either name weigh this much: all but what is hard
// to recognise; unless circumstances may make up for a whole word. Of syllables none may be missing.
constexpr float kLeastShare = 0.7F, kLeastShareMadeUp = 0.45F, kLeastShareOfWhole = 0.85F;
constexpr double kMadeUp = -1;  // odds of names, if they are enough

double OfBirth(BirthAgreement birth) {
  switch (birth) {
    case BirthAgreement::kUnknown:
      return 0;
    case BirthAgreement::kSameDay:
      return 4.5;
    case BirthAgreement::kSwapped:
      return 3;
    case BirthAgreement::kSlip:
      return 1.5;
    case BirthAgreement::kSameYear:
      return 2.2;
    case BirthAgreement::kNearYear:
      return 0.3;
    case BirthAgreement::kContradicts:
      return -6;
  }
  return 0;
}

// What Probability makes `probability` of.
double LogOdds(double probability) { return std::log(probability / (1 - probability)); }

bool BirthAgrees(BirthAgreement birth) {
  return birth == BirthAgreement::kSameDay || birth == BirthAgreement::kSwapped || birth == BirthAgreement::kSameYear;
}

uint16_t Packed(absl::string_view code) {
  if (code.size() != 2) return 0;
  return static_cast<uint16_t>(static_cast<uint8_t>(absl::ascii_toupper(static_cast<unsigned char>(code[0]))) << 8 |
                               static_cast<uint8_t>(absl::ascii_toupper(static_cast<unsigned char>(code[1]))));
}

void AddUnique(std::vector<uint16_t>& countries, uint16_t country) {
  if (country != 0 && std::find(countries.begin(), countries.end(), country) == countries.end())
    countries.push_back(country);
}

// Words of a place that tell it from others.
void AddPlaceWords(absl::string_view place, std::vector<uint64_t>& words) {
  constexpr size_t kLeastLetters = 4;
  for (const Word& word : SplitWords(place)) {
    if (word.latin.size() >= kLeastLetters) words.push_back(Fnv1a(word.latin));
  }
}

template <typename T>
bool Meet(const std::vector<T>& a, const std::vector<T>& b) {
  return std::any_of(a.begin(), a.end(), [&](const T& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
}

// What stands before the last comma: a place without its country.
absl::string_view WithoutCountry(absl::string_view place) {
  const size_t comma = place.rfind(',');
  return comma == place.npos ? place : place.substr(0, comma);
}

bool IsIndexed(const Token& token) { return token.role == Role::kName || token.role == Role::kGeneric; }

// The words of `name` that are looked for, the rarest first.
std::vector<const Token*> ByRarity(const Name& name) {
  std::vector<const Token*> tokens;
  for (const Token& token : name.tokens) {
    if (IsIndexed(token)) tokens.push_back(&token);
  }
  std::stable_sort(tokens.begin(), tokens.end(), [](const Token* a, const Token* b) { return a->weight > b->weight; });
  return tokens;
}

// Words of a name that tell most: what two names share is either among these of the one or among these of the other.
constexpr size_t kTelling = 2;

float TellingWeight(const std::vector<const Token*>& by_rarity) {
  double total = 0;
  for (size_t i = 0; i < std::min(kTelling, by_rarity.size()); ++i) total += by_rarity[i]->weight;
  return static_cast<float>(total);
}

// Calls `word(latin, weight, first, count)` for neighbours that some write as one: two, and three around a particle.
template <typename Word>
void ForEachJoined(const Name& name, Word word) {
  const auto& tokens = name.tokens;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    std::string latin = tokens[i].latin + tokens[i + 1].latin;
    double weight = std::max(tokens[i].weight, tokens[i + 1].weight);
    word(latin, weight, i, 2);
    if (i + 2 >= tokens.size()) continue;
    if (IsIndexed(tokens[i]) && IsIndexed(tokens[i + 1]) && tokens[i].latin.size() > 3) continue;
    word(latin + tokens[i + 2].latin, std::max(weight, tokens[i + 2].weight), i, 3);
  }
}

}  // namespace

// Memory that each thread keeps from one search to the next.
struct Screener::Scratch {
  NameBits open;
  bool undated_are_whole = false;  // no circumstances may make up for a word where no date of birth is listed
  struct Gained {
    float weight = 0;
    uint16_t words = 0;  // a bit for each of the subject's
    bool of_joined = false;
  };
  std::vector<Gained> gained;     // by listed name, of the words found so far; nothing between searches
  std::vector<uint32_t> touched;  // names that gained
  std::vector<std::pair<uint32_t, float>> words;
  std::vector<Candidate> candidates;
};

Screener::Screener(std::vector<Entry> entries, const Countries& countries) : entries_(std::move(entries)) {
  for (const Entry& entry : entries_) {
    for (const ListedName& name : entry.names) rarity_.Count(name.text);
  }
  Codes codes;
  circumstances_.reserve(entries_.size());
  for (uint32_t number = 0; number < entries_.size(); ++number) {
    const Entry& entry = entries_[number];
    circumstances_.push_back(CircumstancesOf(entry, countries, codes));
    for (uint32_t i = 0; i < entry.names.size(); ++i) {
      const ListedName& listed = entry.names[i];
      Name name = ReadName(listed.text, entry.kind, rarity_);
      if (!name.IsTold()) continue;
      const std::vector<const Token*> tokens = ByRarity(name);
      briefs_.push_back({number, TellingWeight(tokens), static_cast<float>(MostSearchOdds(name)),
                         static_cast<uint32_t>(tokens.size())});
      names_.push_back({std::move(name), number, i, listed.quality});
    }
  }
  std::vector<uint32_t> entry_of;
  for (const Brief& brief : briefs_) entry_of.push_back(brief.entry);
  gate_ = Gate(entries_, entry_of);
  std::vector<Mention> mentions;
  for (uint32_t number = 0; number < names_.size(); ++number) Index(number, mentions);
  Collect(std::move(mentions));
  words_.Build();
}

void Screener::Index(uint32_t number, std::vector<Mention>& mentions) {
  const Name& name = names_[number].name;
  const std::vector<const Token*> tokens = ByRarity(name);
  const auto add = [&](absl::string_view latin, absl::string_view sound, bool is_joined, bool is_telling) {
    mentions.push_back({words_.Add(latin, sound, is_joined), is_telling, is_joined, number});
  };
  for (size_t i = 0; i < tokens.size(); ++i) add(tokens[i]->latin, tokens[i]->sound, false, i < kTelling);
  ForEachJoined(name, [&](absl::string_view latin, double, size_t, size_t) { add(latin, Sound(latin), true, true); });
}

void Screener::Collect(std::vector<Mention> mentions) {
  std::sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
    return std::tuple(a.word, !a.is_telling, a.name, !a.is_joined) <
           std::tuple(b.word, !b.is_telling, b.name, !b.is_joined);
  });
  const auto by_name = [](const Named& a, const Named& b) { return a.name < b.name; };
  names_of_.resize(words_.size());
  for (const Mention& mention : mentions) {
    Names& names = names_of_[mention.word];
    if (names.all == 0) names.first = static_cast<uint32_t>(named_.size());
    const Named named{.name = mention.name, .is_joined = mention.is_joined};
    const auto telling = named_.begin() + names.first;
    if (std::binary_search(telling, telling + names.telling, named, by_name)) continue;
    if (names.all > names.telling && named_.back().name == named.name) continue;
    named_.push_back(named);
    names.telling += mention.is_telling;
    ++names.all;
  }
}

Screener::Circumstances Screener::CircumstancesOf(const Entry& entry, const Countries& countries, Codes& codes) {
  const auto code = [&](absl::string_view name) -> Country {
    name = absl::StripAsciiWhitespace(name);
    const auto [known, is_new] = codes.try_emplace(name, Country{0});
    if (is_new) {
      const auto territory = countries.Resolve(name);
      if (territory.ok()) known->second = Packed(absl::string_view(territory->code).substr(0, 2));
    }
    return known->second;
  };
  Circumstances circumstances;
  circumstances.has_weak_alias = std::any_of(entry.names.begin(), entry.names.end(),
                                             [](const ListedName& n) { return n.quality == Quality::kWeak; });
  for (const std::string& nationality : entry.nationalities) AddUnique(circumstances.nationalities, code(nationality));
  for (const std::string& place : entry.places) {
    const size_t comma = place.rfind(',');
    AddUnique(circumstances.countries, code(comma == place.npos ? place : place.substr(comma + 1)));
    AddPlaceWords(WithoutCountry(place), circumstances.places);
  }
  return circumstances;
}

Screener::Own Screener::OwnOf(const Subject& subject) const {
  constexpr size_t kMostNames = 50;
  Own own;
  for (const std::string& name : subject.names) {
    if (own.names.size() == kMostNames) break;
    own.names.push_back(ReadName(name, subject.kind, rarity_));
    own.are_whole.push_back(IsOfSyllables(own.names.back()));
    own.most.push_back(MostSearchOdds(own.names.back()));
  }
  for (const std::string& nationality : subject.nationalities) AddUnique(own.nationalities, Packed(nationality));
  if (subject.place.find(',') != std::string::npos) {
    AddPlaceWords(WithoutCountry(subject.place), own.places);
  } else {
    AddPlaceWords(subject.place, own.places);
  }
  return own;
}

Screener::Around Screener::Surround(const Subject& subject, const Own& own, uint32_t entry) const {
  const Circumstances& listed = circumstances_[entry];
  Around around;
  around.birth = CompareBirths(entries_[entry].births, subject.birth);
  if (!own.nationalities.empty()) {
    if (Meet(own.nationalities, listed.nationalities)) {
      around.country = CountryAgreement::kSame;
    } else if (Meet(own.nationalities, listed.countries)) {
      around.country = listed.nationalities.empty() ? CountryAgreement::kSame : CountryAgreement::kUnknown;
    } else if (!listed.nationalities.empty() || !listed.countries.empty()) {
      around.country = CountryAgreement::kContradicts;
    }
  }
  around.place_agrees = Meet(own.places, listed.places);
  around.log_odds = OfBirth(around.birth) + (around.place_agrees ? kSamePlace : 0);
  if (subject.birth.has_value() && entries_[entry].births.empty()) around.log_odds += kCannotBeChecked;
  if (around.country == CountryAgreement::kSame) around.log_odds += kSameCountry;
  if (around.country == CountryAgreement::kContradicts) around.log_odds += kOtherCountry;
  return around;
}

void Screener::Candidates(const Own& own, uint32_t own_number, Scratch& scratch) const {
  constexpr double kLeastLikeness = 0.6, kLeastWithoutVowels = 0.75;
  const Name& name = own.names[own_number];
  if (scratch.gained.size() < names_.size()) scratch.gained.resize(names_.size());
  const auto search = [&](const WordIndex::Asked& asked, double weight, uint32_t of_words, bool everywhere) {
    const auto names_of = [&](uint32_t word) {
      const Names& names = names_of_[word];
      return absl::MakeConstSpan(&named_[names.first], everywhere ? names.all : names.telling);
    };
    const auto is_open = [&](const Named& named) { return IsOpen(scratch.open, named.name); };
    words_.Find(
        asked, asked.vowels == Vowels::kLeftOut ? kLeastWithoutVowels : kLeastLikeness,
        [&](uint32_t word) { return std::any_of(names_of(word).begin(), names_of(word).end(), is_open); },
        scratch.words);
    for (const auto& [word, likeness] : scratch.words) {
      const float gain = static_cast<float>(weight) * likeness;
      for (const Named& named : names_of(word)) {
        if (!is_open(named)) continue;
        Scratch::Gained& gained = scratch.gained[named.name];
        if (gained.words == 0) scratch.touched.push_back(named.name);
        gained.weight += gain;
        gained.words |= static_cast<uint16_t>(of_words);
        gained.of_joined |= named.is_joined != 0;
      }
    }
  };
  const std::vector<const Token*> tokens = ByRarity(name);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = *tokens[i];
    search({token.latin, token.sound, VowelsOf(token.script)}, token.weight, 1U << (&token - name.tokens.data()),
           i < kTelling);
  }
  ForEachJoined(name, [&](absl::string_view latin, double weight, size_t first, size_t count) {
    const Vowels vowels = VowelsOf(name.tokens[0].script);
    search({latin, Sound(latin, vowels), vowels, true}, weight, ((1U << count) - 1) << first, true);
  });
  const float total = TellingWeight(tokens);
  for (const uint32_t number : scratch.touched) {
    const Brief& listed = briefs_[number];
    const Scratch::Gained gained = std::exchange(scratch.gained[number], {});
    const float share = gained.weight / std::min(total, listed.telling);
    if (share < kLeastShareMadeUp) continue;
    const auto found = static_cast<size_t>(std::popcount(gained.words));
    const bool is_complete = gained.of_joined || found >= std::min<size_t>({tokens.size(), listed.words, kTelling});
    const bool made_up = share < kLeastShare || !is_complete;
    if (made_up && scratch.undated_are_whole && gate_.IsUndated(number)) continue;
    scratch.candidates.push_back({listed.entry, number, own_number, share, is_complete});
  }
  scratch.touched.clear();
}

std::optional<Hit> Screener::Judge(const Subject& subject, const Own& own, absl::Span<const Candidate> candidates,
                                   const Thresholds& thresholds) const {
  const uint32_t entry = candidates[0].entry;
  const Around around = Surround(subject, own, entry);
  const double enough = LogOdds(thresholds.consider) - around.log_odds;
  const bool made_up = enough <= kMadeUp;
  double best = std::max(kLeastConfirmable, enough - (circumstances_[entry].has_weak_alias ? kConfirmed : 0));
  // The search odds of a candidate; nothing when they cannot be more than `least`.
  const auto odds_of = [&](const Candidate& candidate, double least) -> std::optional<double> {
    if (!made_up && (candidate.share < kLeastShare || !candidate.is_complete)) return {};
    if (own.are_whole[candidate.own] && candidate.share < kLeastShareOfWhole) return {};
    if (std::min<double>(briefs_[candidate.name].most, own.most[candidate.own]) <= least) return {};
    const double odds = OddsOf(own.names[candidate.own], names_[candidate.name].name).search;
    return odds > least ? std::optional(odds) : std::nullopt;
  };
  const Candidate* found = nullptr;
  for (const Candidate& candidate : candidates) {
    if (names_[candidate.name].quality == Quality::kWeak) continue;
    if (const auto odds = odds_of(candidate, best)) {
      best = *odds;
      found = &candidate;
    }
  }
  if (found == nullptr) return std::nullopt;
  const IndexedName& listed = names_[found->name];
  Hit hit;
  for (const Candidate& candidate : candidates) {
    const IndexedName& alias = names_[candidate.name];
    if (alias.quality != Quality::kWeak || !odds_of(candidate, 0)) continue;
    const std::string& text = entries_[entry].names[alias.number].text;
    if (hit.confirming.empty() || hit.confirming.back() != text) hit.confirming.push_back(text);
  }
  const double odds = best + around.log_odds + (hit.confirming.empty() ? 0 : kConfirmed);
  hit.score = Probability(odds);
  if (hit.score < thresholds.consider) return std::nullopt;
  hit.entry = entry;
  hit.birth = around.birth;
  hit.country = around.country;
  hit.place_agrees = around.place_agrees;
  hit.listed_name = entries_[entry].names[listed.number].text;
  hit.own_name = subject.names[found->own];
  hit.names = CompareNames(own.names[found->own], listed.name);
  const bool blocks =
      hit.score >= thresholds.block && BirthAgrees(hit.birth) && hit.country != CountryAgreement::kContradicts;
  hit.outcome = blocks ? Outcome::kBlock : Outcome::kConsider;
  return hit;
}

Screening Screener::Screen(const Subject& subject, const Thresholds& thresholds) const {
  thread_local Scratch scratch;
  const Own own = OwnOf(subject);
  gate_.Open(subject.kind, subject.birth, scratch.open);
  constexpr double kMostOfUndated = kCannotBeChecked + kSameCountry + kSamePlace;
  scratch.undated_are_whole = subject.birth.has_value() && LogOdds(thresholds.consider) - kMostOfUndated > kMadeUp;
  scratch.candidates.clear();
  for (uint32_t i = 0; i < own.names.size(); ++i) Candidates(own, i, scratch);
  std::sort(scratch.candidates.begin(), scratch.candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tuple(a.entry, a.name, a.own) < std::tuple(b.entry, b.name, b.own);
  });
  Screening screening;
  for (absl::Span<const Candidate> rest = scratch.candidates; !rest.empty();) {
    size_t count = 1;
    while (count < rest.size() && rest[count].entry == rest[0].entry) ++count;
    if (auto hit = Judge(subject, own, rest.subspan(0, count), thresholds)) screening.hits.push_back(*std::move(hit));
    rest.remove_prefix(count);
  }
  std::stable_sort(screening.hits.begin(), screening.hits.end(),
                   [](const Hit& a, const Hit& b) { return a.score > b.score; });
  for (const Hit& hit : screening.hits) screening.outcome = std::max(screening.outcome, hit.outcome);
  return screening;
}

}  // namespace amikeco::screening
