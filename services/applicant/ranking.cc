#include "services/applicant/ranking.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/hash.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Selection;

// The sign of a's mean less b's. A total is at most 20 criteria of 1,000 points and weight 1,000, a sum of 1,000
// jurors' at most 2 * 10^10, so that the products stay far below 2^63.
int64_t MeanDifference(const Contender& a, const Contender& b) { return a.points * b.jurors - b.points * a.jurors; }

bool IsBefore(const Contender& a, const Contender& b) {
  if (const int64_t difference = MeanDifference(a, b); difference != 0) return difference > 0;
  // By lot, else by receipt: there are no lots then. The name decides when all else is equal, so that there is one
  // order.
  return std::tie(a.lot, a.received, a.application) < std::tie(b.lot, b.received, b.application);
}

// "41 1/3".
std::string MeanWords(const Contender& contender) {
  const int64_t whole = contender.points / contender.jurors;
  const int64_t rest = contender.points % contender.jurors;
  if (rest == 0) return absl::StrCat(whole);
  const int64_t divisor = std::gcd(rest, static_cast<int64_t>(contender.jurors));
  return absl::StrCat(whole, " ", rest / divisor, "/", contender.jurors / divisor);
}

const char* ReasonOf(const Selection& selection, const Contender& contender, const Contender& last_winner, bool won) {
  if (won) return "SELECTED";
  if (MeanDifference(contender, last_winner) < 0) return "FEWER_POINTS";
  return selection.tie_rule() == Selection::TIE_RULE_LOTTERY ? "LOTTERY" : "LATER_RECEIPT";
}

std::string Explanation(const v1::Standing& standing, const Contender& contender, const Contender& last_winner) {
  std::string text = absl::StrCat("Position ", standing.position(), " of ", standing.entries(), " for ",
                                  standing.places(), standing.places() == 1 ? " place" : " places", ". The mean of ",
                                  contender.jurors, contender.jurors == 1 ? " juror" : " jurors", " is ",
                                  MeanWords(contender), " of ", standing.most_points(), " points.");
  if (standing.reason() == "SELECTED") return text;
  absl::StrAppend(&text, " The last place went at ", MeanWords(last_winner), " points");
  if (standing.reason() == "LATER_RECEIPT") absl::StrAppend(&text, ", to an entry that was received earlier");
  if (standing.reason() == "LOTTERY") absl::StrAppend(&text, ", by lot");
  return absl::StrCat(text, ".");
}

}  // namespace

int64_t TotalOf(const Selection& selection, const google::protobuf::RepeatedPtrField<v1::CriterionPoints>& points) {
  int64_t total = 0;
  for (const v1::CriterionPoints& given : points) {
    for (const Selection::Criterion& criterion : selection.criteria()) {
      if (criterion.id() == given.criterion()) total += int64_t{criterion.weight()} * given.points();
    }
  }
  return total;
}

int64_t MostPoints(const Selection& selection) {
  int64_t most = 0;
  for (const Selection::Criterion& criterion : selection.criteria()) {
    most += int64_t{criterion.weight()} * criterion.max_points();
  }
  return most;
}

std::string LotOf(absl::string_view seed, absl::string_view application) {
  return Sha256(absl::StrCat(seed, "|", application));
}

std::vector<v1::Placing> Rank(const Selection& selection, std::vector<Contender> contenders, int places) {
  std::sort(contenders.begin(), contenders.end(), IsBefore);
  const int count = static_cast<int>(contenders.size());
  std::vector<v1::Placing> placings;
  for (int i = 0; i < count; ++i) {
    const Contender& contender = contenders[static_cast<size_t>(i)];
    const Contender& last_winner = contenders[static_cast<size_t>(std::clamp(places - 1, 0, count - 1))];
    v1::Placing& placing = placings.emplace_back();
    placing.set_application(contender.application);
    v1::Standing& standing = *placing.mutable_standing();
    standing.set_position(i + 1);
    standing.set_entries(count);
    standing.set_places(places);
    standing.set_points(contender.points);
    standing.set_jurors(contender.jurors);
    standing.set_most_points(MostPoints(selection));
    standing.set_reason(ReasonOf(selection, contender, last_winner, i < places));
    standing.set_explanation(Explanation(standing, contender, last_winner));
  }
  return placings;
}

}  // namespace amikeco::applicant
