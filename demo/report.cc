#include "demo/report.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"

namespace amikeco::demo {
namespace {

std::string Text(const Ending& ending) {
  if (ending.reasons.empty()) return ending.state;
  return absl::StrCat(ending.state, " (", absl::StrJoin(ending.reasons, ", "), ")");
}

double Percentile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<size_t>(std::ceil(share * static_cast<double>(sorted.size()))) - 1];
}

using Counts = std::map<std::string, int>;

// Of one programme.
struct Tally {
  std::string title;
  int all = 0;
  std::map<std::string, Counts> endings;  // plots by state
  Counts reasons;
};

std::map<std::string, Tally> TalliesOf(const std::vector<Outcome>& outcomes) {
  std::map<std::string, Tally> tallies;
  for (const Outcome& outcome : outcomes) {
    const auto& programme = *outcome.applicant->programme;
    Tally& tally = tallies[programme.name()];
    tally.title = programme.title();
    ++tally.all;
    ++tally.endings[outcome.ended.state][Title(outcome.applicant->plot)];
    for (const std::string& reason : outcome.ended.reasons) ++tally.reasons[reason];
  }
  return tallies;
}

void Print(const std::string& programme, const Tally& tally) {
  absl::PrintF("\n%s: %s\n", programme, tally.title);
  absl::PrintF("  %-12s %6s  %s\n", "ENDED", "NUMBER", "WHY");
  for (const auto& [state, plots] : tally.endings) {
    int all = 0;
    for (const auto& [why, count] : plots) all += count;
    absl::PrintF("  %-12s %6d\n", state, all);
    for (const auto& [why, count] : plots) absl::PrintF("  %-12s %6d  %s\n", "", count, why);
  }
  absl::PrintF("  %-12s %6d\n", "", tally.all);
  for (const auto& [reason, count] : tally.reasons) absl::PrintF("    %-30s %4d\n", reason, count);
}

void PrintLatencies(const std::map<std::string, std::vector<double>>& latencies) {
  absl::PrintF("\n%-36s %7s %9s %9s\n", "STEP", "CALLS", "P50 ms", "P99 ms");
  for (auto [step, values] : latencies) {
    std::sort(values.begin(), values.end());
    absl::PrintF("%-36s %7d %9.2f %9.2f\n", step, static_cast<int>(values.size()), Percentile(values, 0.5),
                 Percentile(values, 0.99));
  }
}

}  // namespace

void ProgressBar::Show(int done, int all, absl::CivilDay day) {
  if (isatty(STDERR_FILENO) != 0) {
    constexpr int kWidth = 40;
    const int filled = all == 0 ? 0 : kWidth * done / all;
    std::fprintf(stderr, "\r%s  [%s%s] %d/%d applications", FormatDay(day).c_str(), std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, '.').c_str(), done, all);
    return;
  }
  const int tenth = all == 0 ? 10 : 10 * done / all;
  if (tenth == last_tenth_) return;
  last_tenth_ = tenth;
  std::fprintf(stderr, "%s  %d/%d applications\n", FormatDay(day).c_str(), done, all);
}

void ProgressBar::Finish() {
  if (isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\n");
}

bool PrintReport(const std::vector<Outcome>& outcomes, const std::map<std::string, std::string>& unplayed,
                 const std::map<std::string, std::vector<double>>& latencies, int retries) {
  for (const auto& [programme, tally] : TalliesOf(outcomes)) Print(programme, tally);
  PrintLatencies(latencies);
  if (retries > 0) absl::PrintF("\n%d calls were sent again because a service was away.\n", retries);

  int wrong = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.ended == outcome.foretold) continue;
    if (wrong++ == 0) absl::PrintF("\nNOT AS FORETOLD\n");
    absl::PrintF("%s (%s): ended %s, foretold %s\n", outcome.applicant->application, Title(outcome.applicant->plot),
                 Text(outcome.ended), Text(outcome.foretold));
  }
  for (const auto& [programme, why] : unplayed) absl::PrintF("\nNOT PLAYED %s: %s\n", programme, why);
  absl::PrintF("\n%d of %d applications ended as the oracle foretold.\n", static_cast<int>(outcomes.size()) - wrong,
               static_cast<int>(outcomes.size()));
  return wrong == 0 && unplayed.empty();
}

}  // namespace amikeco::demo
