// Why a host is, or is not, among those that could take an application.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/matching/casework.h"
#include "services/matching/service.h"

namespace amikeco::matching {

struct MatchingService::Question {
  v1::Placement placement;
  const programme::v1::Programme* programme = nullptr;
  Rules rules;
  absl::Time now;
  std::optional<std::vector<std::string>> hosting;

  SearchTerms In(const DirectoryView& view) const {
    return TermsOf(placement, *programme, rules, hosting, now, view.symbols);
  }
};

namespace {

v1::HostVerdict VerdictOf(const DirectoryView& view, uint32_t index, const SearchTerms& query) {
  v1::HostVerdict verdict;
  const DirectoryEntry& entry = view.entries[index];
  verdict.set_host(view.symbols.Word(entry.host));
  verdict.set_title(view.cards[index].title);
  const Verdict judged = Judge(entry, query, view.symbols);
  for (const v1::Exclusion exclusion : ExclusionsOf(judged.exclusions)) verdict.add_exclusions(exclusion);
  if (judged.exclusions == 0) *verdict.mutable_ranked() = Explain(entry, query, view.symbols);
  return verdict;
}

// Where the page begins. The order is made anew for each page, so the token is a place in it.
absl::StatusOr<size_t> BeginOf(const v1::ListRankingRequest& request) {
  FieldErrors wrong;
  uint64_t begin = 0;
  if (request.page_size() < 0) wrong.Add("page_size", "must not be negative; 0 asks for the default, 50");
  if (!request.page_token().empty() && !absl::SimpleAtoi(request.page_token(), &begin)) {
    wrong.Add("page_token", "is not a token that this list gave out; start without one");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  return static_cast<size_t>(begin);
}

// Indexes of the candidates, best first, and then of the others by name.
std::vector<uint32_t> OrderOf(const Ranking& ranking, const DirectoryView& view, bool excluded) {
  std::vector<uint32_t> order;
  for (const Candidate& candidate : ranking.candidates) order.push_back(candidate.index);
  if (!excluded) return order;
  const auto eligible = static_cast<std::ptrdiff_t>(order.size());
  for (uint32_t i = 0; i < ranking.exclusions.size(); ++i) {
    if (ranking.exclusions[i] != 0) order.push_back(i);
  }
  std::sort(order.begin() + eligible, order.end(), [&](uint32_t a, uint32_t b) {
    return view.symbols.Word(view.entries[a].host) < view.symbols.Word(view.entries[b].host);
  });
  return order;
}

}  // namespace

absl::StatusOr<MatchingService::Question> MatchingService::QuestionOf(Reader& reader, const Call& call,
                                                                      absl::string_view application) {
  const std::string name = PlacementOf(application);
  AMIKECO_ASSIGN_OR_RETURN(auto placement, tables_.placements.Get(reader, name));
  if (!call.actor.MaySee(placement.value.terms().parties())) return NotFound(name);
  AMIKECO_RETURN_IF_ERROR(directory_.Refresh(reader));
  Question question{std::move(placement.value), nullptr, {}, call.time, std::nullopt};
  const applicant::v1::MatchingOpened& terms = question.placement.terms();
  AMIKECO_ASSIGN_OR_RETURN(question.programme, programmes_.Find(terms.programme(), terms.programme_version()));
  AMIKECO_ASSIGN_OR_RETURN(question.rules, RulesIn(*question.programme));
  AMIKECO_ASSIGN_OR_RETURN(question.hosting, HostingCountries(reader, tables_, *question.programme));
  return question;
}

absl::StatusOr<v1::HostVerdict> MatchingService::ExplainHost(Call& call, const v1::ExplainHostRequest& request) {
  return Query<v1::HostVerdict>(store_, [&](Reader& reader) -> absl::StatusOr<v1::HostVerdict> {
    AMIKECO_ASSIGN_OR_RETURN(const Question question, QuestionOf(reader, call, request.application()));
    absl::StatusOr<v1::HostVerdict> verdict = NotFound(request.host());
    directory_.Read([&](const DirectoryView& view) {
      const auto it = view.index.find(request.host());
      if (it != view.index.end()) verdict = VerdictOf(view, it->second, question.In(view));
    });
    return verdict;
  });
}

absl::StatusOr<v1::ListRankingResponse> MatchingService::ListRanking(Call& call,
                                                                     const v1::ListRankingRequest& request) {
  using Response = v1::ListRankingResponse;
  AMIKECO_ASSIGN_OR_RETURN(const size_t begin, BeginOf(request));
  const size_t wanted = request.page_size() == 0 ? 50 : static_cast<size_t>(std::min(request.page_size(), 1000));
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(const Question question, QuestionOf(reader, call, request.application()));
    Response response;
    directory_.Read([&](const DirectoryView& view) {
      const SearchTerms query = question.In(view);
      const Ranking ranking = Rank(query, view.entries, view.symbols);
      const std::vector<uint32_t> order = OrderOf(ranking, view, request.excluded());
      response.set_hosts_judged(static_cast<int>(view.entries.size()));
      response.set_eligible(static_cast<int>(ranking.candidates.size()));
      const size_t end = begin < order.size() ? std::min(order.size(), begin + wanted) : begin;
      for (size_t i = begin; i < end; ++i) {
        v1::HostVerdict& verdict = *response.add_hosts() = VerdictOf(view, order[i], query);
        if (verdict.exclusions().empty()) verdict.set_position(static_cast<int>(i) + 1);
      }
      if (end < order.size()) response.set_next_page_token(absl::StrCat(end));
    });
    return response;
  });
}

}  // namespace amikeco::matching
