#include "services/compliance/screening/screener.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "common/base/hash.h"
#include "services/compliance/screening/sound.h"

namespace amikeco::screening {
namespace {

// What is added to the log-odds of the names. A pair that is met in a search is less likely the same one than a pair that
// somebody asks about, since a search meets very many.
constexpr double kPrior = -1.0;
constexpr double kSameCountry = 0.8, kOtherCountry = -1.2, kSamePlace = 0.8;
constexpr double kConfirmed = 0.8;  // by a weak alias
// The names must be this much alike before a weak alias can confirm them.
constexpr double kLeastConfirmable = -2.5;
constexpr double kMostOfNames = 4.2;  // what names can say at the most

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
      return 1.8;
    case BirthAgreement::kNearYear:
      return 0.3;
    case BirthAgreement::kContradicts:
      return -6;
  }
  return 0;
}

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
  if (country != 0 && std::find(countries.begin(), countries.end(), country) == countries.end()) countries.push_back(country);
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

bool IsIndexed(const Token& token) {
  return token.role == Role::kName || token.role == Role::kGeneric;
}

float TotalWeight(const Name& name) {
  double total = 0;
  for (const Token& token : name.tokens) total += IsIndexed(token) ? token.weight : 0;
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
  circumstances_.reserve(entries_.size());
  for (uint32_t number = 0; number < entries_.size(); ++number) {
    const Entry& entry = entries_[number];
    circumstances_.push_back(CircumstancesOf(entry, countries));
    for (uint32_t i = 0; i < entry.names.size(); ++i) {
      const ListedName& listed = entry.names[i];
      Name name = ReadName(listed.text, entry.kind, rarity_);
      if (!name.IsTold()) continue;
      const float weight = TotalWeight(name);
      names_.push_back({std::move(name), number, i, listed.quality, weight});
    }
  }
  for (uint32_t number = 0; number < names_.size(); ++number) Index(number);
  words_.Build();
}

void Screener::Index(uint32_t number) {
  constexpr size_t kTelling = 2;
  const Name& name = names_[number].name;
  std::vector<const Token*> tokens;
  for (const Token& token : name.tokens) {
    if (IsIndexed(token)) tokens.push_back(&token);
  }
  std::stable_sort(tokens.begin(), tokens.end(), [](const Token* a, const Token* b) { return a->weight > b->weight; });
  const auto add = [&](absl::string_view latin, absl::string_view sound, bool is_joined, bool is_telling) {
    const uint32_t word = words_.Add(latin, sound, is_joined);
    telling_.resize(words_.size());
    having_.resize(words_.size());
    if (is_telling && (telling_[word].empty() || telling_[word].back() != number)) telling_[word].push_back(number);
    if (having_[word].empty() || having_[word].back() != number) having_[word].push_back(number);
  };
  for (size_t i = 0; i < tokens.size(); ++i) add(tokens[i]->latin, tokens[i]->sound, false, i < kTelling);
  ForEachJoined(name, [&](absl::string_view latin, double weight) { add(latin, Sound(latin), true, true); });
}

Screener::Circumstances Screener::CircumstancesOf(const Entry& entry, const Countries& countries) const {
  const auto code = [&countries](absl::string_view name) -> Country {
    const auto territory = countries.Resolve(absl::StripAsciiWhitespace(name));
    return territory.ok() ? Packed(absl::string_view(territory->code).substr(0, 2)) : 0;
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
  around.log_odds = kPrior + OfBirth(around.birth) + (around.place_agrees ? kSamePlace : 0);
  if (around.country == CountryAgreement::kSame) around.log_odds += kSameCountry;
  if (around.country == CountryAgreement::kContradicts) around.log_odds += kOtherCountry;
  return around;
}

void Screener::Candidates(const Name& name, Scratch& scratch) const {
  constexpr double kLeastLikeness = 0.6;
  constexpr float kLeastShare = 0.45F;  // of the weight of the shorter name that must be found
  constexpr size_t kAll = 2;  // rarest words of the name that are looked for in all names
  if (scratch.gained.size() < names_.size()) scratch.gained.resize(names_.size(), 0.0F);
  const auto search = [&](absl::string_view latin, absl::string_view sound, Vowels vowels, double weight, bool everywhere) {
    words_.Find({latin, sound, vowels}, kLeastLikeness, scratch.words);
    for (const auto& [word, likeness] : scratch.words) {
      const float gain = static_cast<float>(weight) * likeness;
      for (const uint32_t number : everywhere ? having_[word] : telling_[word]) {
        if (scratch.gained[number] == 0) scratch.touched.push_back(number);
        scratch.gained[number] += gain;
      }
    }
  };
  std::vector<const Token*> tokens;
  for (const Token& token : name.tokens) {
    if (IsIndexed(token)) tokens.push_back(&token);
  }
  std::stable_sort(tokens.begin(), tokens.end(), [](const Token* a, const Token* b) { return a->weight > b->weight; });
  for (size_t i = 0; i < tokens.size(); ++i) {
    search(tokens[i]->latin, tokens[i]->sound, VowelsOf(tokens[i]->script), tokens[i]->weight, i < kAll);
  }
  ForEachJoined(name, [&](absl::string_view latin, double weight) {
    search(latin, Sound(latin, VowelsOf(name.tokens[0].script)), VowelsOf(name.tokens[0].script), weight, true);
  });
  const float total = TotalWeight(name);
  for (const uint32_t number : scratch.touched) {
    const IndexedName& listed = names_[number];
    if (scratch.gained[number] >= kLeastShare * std::min(total, listed.weight)) {
      scratch.candidates.emplace_back(listed.entry, number);
    }
    scratch.gained[number] = 0;
  }
  scratch.touched.clear();
}

std::optional<Hit> Screener::Judge(const Subject& subject, const Own& own, uint32_t entry, absl::Span<const uint32_t> names,
                                   const Thresholds& thresholds) const {
  if (!MayBe(entries_[entry].kind, subject.kind)) return std::nullopt;
  const Around around = Surround(subject, own, entry);
  if (Probability(kMostOfNames + kConfirmed + around.log_odds) < thresholds.consider) return std::nullopt;
  double best = kLeastConfirmable;
  size_t best_own = 0;
  const IndexedName* best_listed = nullptr;
  std::vector<const IndexedName*> weak;
  for (const uint32_t number : names) {
    const IndexedName& listed = names_[number];
    for (size_t i = 0; i < own.names.size(); ++i) {
      const double odds = NameLogOdds(own.names[i], listed.name);
      if (listed.quality == Quality::kWeak) {
        if (odds > 0) weak.push_back(&listed);
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
  const bool blocks = hit.score >= thresholds.block && BirthAgrees(hit.birth) && hit.country != CountryAgreement::kContradicts;
  hit.outcome = blocks ? Outcome::kBlock : Outcome::kConsider;
  return hit;
}

Screening Screener::Screen(const Subject& subject, const Thresholds& thresholds) const {
  thread_local Scratch scratch;
  const Own own = OwnOf(subject);
  scratch.candidates.clear();
  for (const Name& name : own.names) Candidates(name, scratch);
  std::sort(scratch.candidates.begin(), scratch.candidates.end());
  scratch.candidates.erase(std::unique(scratch.candidates.begin(), scratch.candidates.end()), scratch.candidates.end());
  Screening screening;
  std::vector<uint32_t> names;
  for (size_t i = 0; i < scratch.candidates.size();) {
    const uint32_t entry = scratch.candidates[i].first;
    names.clear();
    for (; i < scratch.candidates.size() && scratch.candidates[i].first == entry; ++i) names.push_back(scratch.candidates[i].second);
    if (auto hit = Judge(subject, own, entry, names, thresholds)) screening.hits.push_back(*std::move(hit));
  }
  std::stable_sort(screening.hits.begin(), screening.hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
  for (const Hit& hit : screening.hits) screening.outcome = std::max(screening.outcome, hit.outcome);
  return screening;
}

}  // namespace amikeco::screening
