#include "services/compliance/screening/screener.h"

#include <algorithm>
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
constexpr double kMostOfNames = 3.4;  // what names can say at the most

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

uint32_t DayBit(const Birth& birth) { return uint32_t{1} << ((birth.month * 31 + birth.day) % 32); }

bool BirthAgrees(BirthAgreement birth) {
  return birth == BirthAgreement::kSameDay || birth == BirthAgreement::kSwapped || birth == BirthAgreement::kSameYear;
}

bool IsPerson(Kind kind) { return kind == Kind::kPerson; }

// Whether an entry may be of the subject's kind.
bool MayBe(Kind listed, Kind asked) {
  return listed == Kind::kUnknown || asked == Kind::kUnknown || IsPerson(listed) == IsPerson(asked);
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

// Calls `word(latin, weight)` for neighbours that some write as one: two, and three around a particle.
template <typename Word>
void ForEachJoined(const Name& name, Word word) {
  const auto& tokens = name.tokens;
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    std::string latin = tokens[i].latin + tokens[i + 1].latin;
    double weight = std::max(tokens[i].weight, tokens[i + 1].weight);
    word(latin, weight);
    if (i + 2 >= tokens.size()) continue;
    if (IsIndexed(tokens[i]) && IsIndexed(tokens[i + 1]) && tokens[i].latin.size() > 3) continue;
    word(latin + tokens[i + 2].latin, std::max(weight, tokens[i + 2].weight));
  }
}

}  // namespace

// Memory that each thread keeps from one search to the next.
struct Screener::Scratch {
  std::vector<float> gained;      // by name, of the words found so far; all 0 between searches
  std::vector<uint32_t> touched;  // names that gained
  std::vector<std::pair<uint32_t, float>> words;
  std::vector<std::pair<uint32_t, uint32_t>> candidates;  // entry and name
};

Screener::Screener(std::vector<Entry> entries, const Countries& countries) : entries_(std::move(entries)) {
  for (const Entry& entry : entries_) {
    for (const ListedName& name : entry.names) rarity_.Count(name.text);
  }
  Codes codes;
  circumstances_.reserve(entries_.size());
  for (uint32_t number = 0; number < entries_.size(); ++number) {
    const Entry& entry = entries_[number];
    gates_.push_back(GateOf(entry));
    circumstances_.push_back(CircumstancesOf(entry, countries, codes));
    for (uint32_t i = 0; i < entry.names.size(); ++i) {
      const ListedName& listed = entry.names[i];
      Name name = ReadName(listed.text, entry.kind, rarity_);
      if (!name.IsTold()) continue;
      entry_and_weight_.emplace_back(number, TellingWeight(ByRarity(name)));
      names_.push_back({std::move(name), number, i, listed.quality});
    }
  }
  std::vector<Mention> mentions;
  for (uint32_t number = 0; number < names_.size(); ++number) Index(number, mentions);
  Collect(std::move(mentions));
  words_.Build();
}

void Screener::Index(uint32_t number, std::vector<Mention>& mentions) {
  const Name& name = names_[number].name;
  const std::vector<const Token*> tokens = ByRarity(name);
  const auto add = [&](absl::string_view latin, absl::string_view sound, bool is_joined, bool is_telling) {
    mentions.push_back({words_.Add(latin, sound, is_joined), is_telling, number});
  };
  for (size_t i = 0; i < tokens.size(); ++i) add(tokens[i]->latin, tokens[i]->sound, false, i < kTelling);
  ForEachJoined(name, [&](absl::string_view latin, double weight) { add(latin, Sound(latin), true, true); });
}

void Screener::Collect(std::vector<Mention> mentions) {
  std::sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
    return std::tuple(a.word, !a.is_telling, a.name) < std::tuple(b.word, !b.is_telling, b.name);
  });
  names_of_.resize(words_.size());
  for (const Mention& mention : mentions) {
    Names& names = names_of_[mention.word];
    if (names.all == 0) names.first = static_cast<uint32_t>(named_.size());
    const auto begin = named_.begin() + names.first;
    if (std::find(begin, begin + names.telling, mention.name) != begin + names.telling) continue;
    if (!mention.is_telling && names.all > names.telling && named_.back() == mention.name) continue;
    named_.push_back(mention.name);
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
    if (own.names.size() < kMostNames) own.names.push_back(ReadName(name, subject.kind, rarity_));
  }
  for (const std::string& nationality : subject.nationalities) AddUnique(own.nationalities, Packed(nationality));
  if (subject.place.find(',') != std::string::npos) {
    AddPlaceWords(WithoutCountry(subject.place), own.places);
  } else {
    AddPlaceWords(subject.place, own.places);
  }
  return own;
}

Screener::Gate Screener::GateOf(const Entry& entry) {
  constexpr int kSlack = 3;  // years; more than any agreement but that of the day and the month allows
  Gate gate;
  gate.kind = entry.kind;
  if (entry.births.size() == 1) gate.only = entry.births[0];
  for (const Birth& birth : entry.births) {
    const int first = birth.first_year - kSlack, last = birth.last_year + kSlack;
    gate.first_year = static_cast<int16_t>(gate.first_year == 0 ? first : std::min<int>(gate.first_year, first));
    gate.last_year = static_cast<int16_t>(std::max<int>(gate.last_year, last));
    if (birth.day != 0) gate.days |= DayBit(birth);
  }
  return gate;
}

bool Screener::Passes(const Subject& subject, const Gate& gate) const {
  if (!MayBe(gate.kind, subject.kind)) return false;
  if (!subject.birth.has_value() || gate.first_year == 0) return true;
  const Birth& birth = *subject.birth;
  if (gate.only.first_year != 0) return CompareBirth(gate.only, birth) != BirthAgreement::kContradicts;
  if (birth.last_year >= gate.first_year && birth.first_year <= gate.last_year) return true;
  return birth.day != 0 && (gate.days & DayBit(birth)) != 0;
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

void Screener::Candidates(const Subject& subject, const Name& name, Scratch& scratch) const {
  constexpr double kLeastLikeness = 0.6, kLeastWithoutVowels = 0.75;
  // Of what the rarest words of either name weigh, this much must be found: all but what is hard to recognise, unless
  // the dates of birth may make up for a whole word.
  constexpr float kLeastShare = 0.7F, kLeastShareOfBorn = 0.45F, kLeastShareOfWhole = 0.85F;
  const bool is_whole = IsOfSyllables(name);  // no syllable may be missing
  if (scratch.gained.size() < names_.size()) scratch.gained.resize(names_.size(), 0.0F);
  const auto search = [&](absl::string_view latin, absl::string_view sound, Vowels vowels, double weight,
                          bool everywhere, bool is_joined) {
    words_.Find({latin, sound, vowels, is_joined}, vowels == Vowels::kLeftOut ? kLeastWithoutVowels : kLeastLikeness,
                scratch.words);
    for (const auto& [word, likeness] : scratch.words) {
      const float gain = static_cast<float>(weight) * likeness;
      const Names& names = names_of_[word];
      for (const uint32_t number : absl::MakeConstSpan(&named_[names.first], everywhere ? names.all : names.telling)) {
        if (scratch.gained[number] == 0) scratch.touched.push_back(number);
        scratch.gained[number] += gain;
      }
    }
  };
  const std::vector<const Token*> tokens = ByRarity(name);
  for (size_t i = 0; i < tokens.size(); ++i) {
    search(tokens[i]->latin, tokens[i]->sound, VowelsOf(tokens[i]->script), tokens[i]->weight, i < kTelling, false);
  }
  ForEachJoined(name, [&](absl::string_view latin, double weight) {
    search(latin, Sound(latin, VowelsOf(name.tokens[0].script)), VowelsOf(name.tokens[0].script), weight, true, true);
  });
  const float total = TellingWeight(tokens);
  for (const uint32_t number : scratch.touched) {
    const auto [entry, weight] = entry_and_weight_[number];
    const Gate& gate = gates_[entry];
    const bool born = subject.birth.has_value() && gate.first_year != 0;
    const float share = is_whole ? kLeastShareOfWhole : born ? kLeastShareOfBorn : kLeastShare;
    if (scratch.gained[number] >= share * std::min(total, weight) && Passes(subject, gate)) {
      scratch.candidates.emplace_back(entry, number);
    }
    scratch.gained[number] = 0;
  }
  scratch.touched.clear();
}

std::optional<Hit> Screener::Judge(const Subject& subject, const Own& own, uint32_t entry,
                                   absl::Span<const uint32_t> names, const Thresholds& thresholds) const {
  const Around around = Surround(subject, own, entry);
  if (Probability(kMostOfNames + kConfirmed + around.log_odds) < thresholds.consider) return std::nullopt;
  double best = kLeastConfirmable;
  size_t best_own = 0;
  const IndexedName* best_listed = nullptr;
  std::vector<const IndexedName*> weak;
  for (const uint32_t number : names) {
    const IndexedName& listed = names_[number];
    for (size_t i = 0; i < own.names.size(); ++i) {
      const double odds = OddsOf(own.names[i], listed.name).search;
      if (listed.quality == Quality::kWeak) {
        if (odds > 0 && (weak.empty() || weak.back() != &listed)) weak.push_back(&listed);
      } else if (odds > best) {
        best = odds;
        best_own = i;
        best_listed = &listed;
      }
    }
  }
  if (best_listed == nullptr) return std::nullopt;
  const double odds = best + around.log_odds + (weak.empty() ? 0 : kConfirmed);
  if (Probability(odds) < thresholds.consider) return std::nullopt;
  Hit hit;
  hit.entry = entry;
  hit.score = Probability(odds);
  hit.birth = around.birth;
  hit.country = around.country;
  hit.place_agrees = around.place_agrees;
  hit.listed_name = entries_[entry].names[best_listed->number].text;
  for (const IndexedName* alias : weak) hit.confirming.push_back(entries_[entry].names[alias->number].text);
  hit.own_name = subject.names[best_own];
  hit.names = CompareNames(own.names[best_own], best_listed->name);
  const bool blocks =
      hit.score >= thresholds.block && BirthAgrees(hit.birth) && hit.country != CountryAgreement::kContradicts;
  hit.outcome = blocks ? Outcome::kBlock : Outcome::kConsider;
  return hit;
}

Screening Screener::Screen(const Subject& subject, const Thresholds& thresholds) const {
  thread_local Scratch scratch;
  const Own own = OwnOf(subject);
  scratch.candidates.clear();
  for (const Name& name : own.names) Candidates(subject, name, scratch);
  std::sort(scratch.candidates.begin(), scratch.candidates.end());
  scratch.candidates.erase(std::unique(scratch.candidates.begin(), scratch.candidates.end()), scratch.candidates.end());
  Screening screening;
  std::vector<uint32_t> names;
  for (size_t i = 0; i < scratch.candidates.size();) {
    const uint32_t entry = scratch.candidates[i].first;
    names.clear();
    for (; i < scratch.candidates.size() && scratch.candidates[i].first == entry; ++i)
      names.push_back(scratch.candidates[i].second);
    if (auto hit = Judge(subject, own, entry, names, thresholds)) screening.hits.push_back(*std::move(hit));
  }
  std::stable_sort(screening.hits.begin(), screening.hits.end(),
                   [](const Hit& a, const Hit& b) { return a.score > b.score; });
  for (const Hit& hit : screening.hits) screening.outcome = std::max(screening.outcome, hit.outcome);
  return screening;
}

}  // namespace amikeco::screening
