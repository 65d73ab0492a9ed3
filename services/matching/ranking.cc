#include "services/matching/ranking.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/base/dates.h"
#include "services/matching/host.h"

namespace amikeco::matching {
namespace {

using v1::EXCLUSION_ALREADY_ASKED, v1::EXCLUSION_LANGUAGE, v1::EXCLUSION_NO_CAPACITY, v1::EXCLUSION_NO_WINDOW,
    v1::EXCLUSION_NOT_PARTICIPATING, v1::EXCLUSION_OUTSIDE_COUNTRY, v1::EXCLUSION_SECTION_DOES_NOT_HOST;

// The finalizer of splitmix64: spreads two hashes into one lot, so that a tie is broken the same way for ever.
uint64_t Lot(uint64_t application, uint64_t host) {
  uint64_t z = application ^ (host + 0x9e3779b97f4a7c15ULL + (application << 6) + (application >> 2));
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

bool Among(const std::vector<Symbol>& symbols, Symbol symbol) {
  return symbol != 0 && std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
}

template <typename Words>
std::vector<Symbol> FindAll(const Words& words, const Symbols& symbols) {
  std::vector<Symbol> found;
  for (const auto& word : words) {
    const Symbol symbol = symbols.Find(word);
    if (symbol != 0 && !Among(found, symbol)) found.push_back(symbol);
  }
  return found;
}

// The language that the stay is held in: the applicant's choice, else the programme's own; "" when neither says.
std::string LanguageOf(const applicant::v1::MatchingOpened& terms, const programme::v1::Programme& programme) {
  if (!terms.wishes().stay_language().empty()) return PrimaryLanguage(terms.wishes().stay_language());
  for (const programme::v1::EligibilityRule& rule : programme.eligibility()) {
    if (rule.has_language() && !rule.language().code().empty()) return PrimaryLanguage(rule.language().code());
  }
  return "";
}

uint32_t Exclusions(const DirectoryEntry& entry, const SearchTerms& query, DayNumber& start) {
  uint32_t bits = 0;
  if ((!query.any_country && entry.country != query.country) || Among(query.excluded_countries, entry.country)) {
    bits |= BitOf(EXCLUSION_OUTSIDE_COUNTRY);
  }
  if (!query.any_section && !Among(query.hosting_countries, entry.country)) {
    bits |= BitOf(EXCLUSION_SECTION_DOES_NOT_HOST);
  }
  if (!query.asked.empty() && Among(query.asked, entry.host)) bits |= BitOf(EXCLUSION_ALREADY_ASKED);
  // Without an offer there is nothing to judge it by: what a host would offer, if it took part, nobody knows.
  if (!entry.offering) return bits | BitOf(EXCLUSION_NOT_PARTICIPATING);
  const Offering& offering = *entry.offering;
  if (!query.any_language && !offering.languages.empty() && !Among(offering.languages, query.language)) {
    bits |= BitOf(EXCLUSION_LANGUAGE);
  }
  if (const auto earliest = EarliestStart(offering.windows, offering.taken, query.stay)) {
    start = *earliest;
  } else {
    bits |= BitOf(WindowsHold(offering.windows, query.stay) ? EXCLUSION_NO_CAPACITY : EXCLUSION_NO_WINDOW);
  }
  return bits;
}

bool HomeAvailable(const DirectoryEntry& entry, const StaySought& stay) {
  if (entry.offering->home_lodging) return true;
  if (!entry.homes) return false;
  return std::any_of(entry.homes->begin(), entry.homes->end(), [&](const Home& home) {
    return EarliestStart({{home.first, home.last, 1}}, home.taken, stay).has_value();
  });
}

// Adds up points, and says what for when somebody wants to know.
class Score {
 public:
  explicit Score(std::vector<v1::ScoreTerm>* terms) : terms_(terms) {}
  void Add(absl::string_view term, int32_t points, absl::string_view detail) {
    if (points == 0) return;
    sum_ += points;
    if (terms_ == nullptr) return;
    v1::ScoreTerm& added = terms_->emplace_back();
    added.set_term(std::string(term));
    added.set_points(points);
    added.set_detail(std::string(detail));
  }
  int32_t sum() const { return sum_; }

 private:
  std::vector<v1::ScoreTerm>* terms_;
  int32_t sum_ = 0;
};

int32_t ScoreOf(const DirectoryEntry& entry, const SearchTerms& query, DayNumber start, const Symbols& symbols,
                std::vector<v1::ScoreTerm>* terms) {
  const programme::v1::ScoreWeights& weights = query.weights;
  Score score(terms);
  for (const Symbol topic : query.topics) {
    if (Among(entry.offering->topics, topic)) score.Add("topic", weights.topic(), symbols.Word(topic));
  }
  const StaySought stay{start, start + query.stay.length - 1, query.stay.length, query.stay.tier};
  if (query.homes_count && weights.home_host() != 0 && HomeAvailable(entry, stay)) {
    score.Add("home-host", weights.home_host(), "");
  }
  if (Among(query.regions, entry.region)) {
    score.Add("preferred-region", weights.preferred_region(), symbols.Word(entry.region));
  }
  if (Among(query.agency_types, entry.agency_type)) {
    score.Add("preferred-type", weights.preferred_type(), symbols.Word(entry.agency_type));
  }
  if (Among(query.hosts, entry.host)) score.Add("preferred-host", weights.preferred_host(), symbols.Word(entry.host));
  if (start == query.wished_start) {
    score.Add("earliest-start", weights.earliest_start(), terms == nullptr ? "" : FormatDay(FromNumber(start)));
  }
  return score.sum();
}

}  // namespace

Symbol Symbols::Intern(absl::string_view word) {
  if (word.empty()) return 0;
  const auto [it, is_new] = symbols_.try_emplace(std::string(word), static_cast<Symbol>(words_.size()));
  if (is_new) words_.emplace_back(word);
  return it->second;
}

Symbol Symbols::Find(absl::string_view word) const {
  const auto it = symbols_.find(word);
  return it == symbols_.end() ? 0 : it->second;
}

uint64_t StableHash(absl::string_view text) {
  uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

std::string PrimaryLanguage(absl::string_view code) { return absl::AsciiStrToLower(code.substr(0, code.find('-'))); }

DirectoryEntry MakeEntry(const v1::Host& host, absl::FunctionRef<Symbol(absl::string_view)> intern) {
  DirectoryEntry entry;
  entry.host = intern(host.name());
  entry.country = intern(host.agency().country());
  entry.region = intern(host.agency().region());
  entry.agency_type = intern(host.agency().agency_type());
  entry.hash = StableHash(host.name());
  if (!host.participating()) return entry;
  auto offering = std::make_shared<Offering>();
  offering->windows = WindowsOf(host.offer());
  offering->taken = TakenOf(host);
  for (const std::string& topic : host.offer().topics()) offering->topics.push_back(intern(topic));
  for (const std::string& code : host.offer().languages()) {
    offering->languages.push_back(intern(PrimaryLanguage(code)));
  }
  for (const int lodging : host.offer().lodging()) {
    offering->home_lodging |= lodging == programme::v1::LODGING_HOME_HOST;
  }
  entry.offering = std::move(offering);
  return entry;
}

SearchTerms MakeTerms(absl::string_view application, const applicant::v1::MatchingOpened& terms,
                      const programme::v1::Programme& programme, DayNumber first_day,
                      const std::vector<std::string>& asked, const Symbols& symbols,
                      const std::vector<std::string>* hosting) {
  const applicant::v1::Wishes& wishes = terms.wishes();
  const programme::v1::MatchingRules& rules = programme.matching();
  SearchTerms query;
  query.hash = StableHash(application);
  query.any_country = rules.host_country().empty();
  query.country = symbols.Find(rules.host_country());
  query.excluded_countries = FindAll(rules.excluded_host_countries(), symbols);
  query.any_section = hosting == nullptr;
  if (hosting != nullptr) query.hosting_countries = FindAll(*hosting, symbols);
  const std::string language = LanguageOf(terms, programme);
  query.any_language = language.empty();
  query.language = symbols.Find(language);
  query.wished_start = ToNumber(wishes.earliest_start());
  query.stay = {std::max(query.wished_start, first_day), ToNumber(wishes.latest_end()), wishes.stay_days(),
                terms.tier_rank(), std::max(1, terms.fellows_size())};
  // Lodging that does not count is weighed for nobody (A0-22); the only lodging that is weighed at all is a home
  // (A0-20).
  query.homes_count = std::find(rules.excluded_lodging().begin(), rules.excluded_lodging().end(),
                                programme::v1::LODGING_HOME_HOST) == rules.excluded_lodging().end();
  query.topics = FindAll(wishes.topics(), symbols);
  query.regions = FindAll(wishes.regions(), symbols);
  query.agency_types = FindAll(wishes.agency_types(), symbols);
  query.hosts = FindAll(wishes.hosts(), symbols);
  query.asked = FindAll(asked, symbols);
  query.weights = rules.weights();
  return query;
}

Verdict Judge(const DirectoryEntry& entry, const SearchTerms& query, const Symbols& symbols,
              std::vector<v1::ScoreTerm>* terms) {
  Verdict verdict;
  verdict.exclusions = Exclusions(entry, query, verdict.start);
  if (verdict.exclusions == 0) verdict.score = ScoreOf(entry, query, verdict.start, symbols, terms);
  return verdict;
}

Ranking Rank(const SearchTerms& query, absl::Span<const DirectoryEntry> entries, const Symbols& symbols) {
  Ranking ranking;
  ranking.exclusions.resize(entries.size());
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const Verdict verdict = Judge(entries[i], query, symbols);
    ranking.exclusions[i] = static_cast<uint8_t>(verdict.exclusions);
    if (verdict.exclusions == 0) {
      ranking.candidates.push_back({i, verdict.score, verdict.start, Lot(query.hash, entries[i].hash)});
      continue;
    }
    ranking.waits |= verdict.exclusions == BitOf(EXCLUSION_NO_CAPACITY);
    for (uint32_t bits = verdict.exclusions; bits != 0; bits &= bits - 1) {
      ++ranking.excluded_by[__builtin_ctz(bits)];
    }
  }
  std::sort(ranking.candidates.begin(), ranking.candidates.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.lot != b.lot) return a.lot < b.lot;
    return symbols.Word(entries[a.index].host) < symbols.Word(entries[b.index].host);
  });
  return ranking;
}

v1::RankedHost Explain(const DirectoryEntry& entry, const SearchTerms& query, const Symbols& symbols) {
  std::vector<v1::ScoreTerm> terms;
  const Verdict verdict = Judge(entry, query, symbols, &terms);
  v1::RankedHost ranked;
  ranked.set_host(symbols.Word(entry.host));
  ranked.set_score(verdict.score);
  for (v1::ScoreTerm& term : terms) *ranked.add_terms() = std::move(term);
  *ranked.mutable_start() = ToDate(FromNumber(verdict.start));
  *ranked.mutable_end() = ToDate(FromNumber(verdict.start + query.stay.length - 1));
  return ranked;
}

std::string CodeOf(v1::Exclusion exclusion) {
  constexpr absl::string_view kPrefix = "EXCLUSION_";
  return v1::Exclusion_Name(exclusion).substr(kPrefix.size());
}

std::vector<v1::Exclusion> ExclusionsOf(uint32_t bits) {
  std::vector<v1::Exclusion> exclusions;
  for (; bits != 0; bits &= bits - 1) exclusions.push_back(static_cast<v1::Exclusion>(__builtin_ctz(bits)));
  return exclusions;
}

}  // namespace amikeco::matching
