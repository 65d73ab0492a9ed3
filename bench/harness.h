// What every benchmark uses: repeated measuring, callers side by side, and the line of JSON that is printed.
#ifndef AMIKECO_BENCH_HARNESS_H_
#define AMIKECO_BENCH_HARNESS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace amikeco::bench {

// Prints {"name":…,"value":…,"unit":…,"baseline":…,"ratio":…,"n":…,"min":…,"median":…,"max":…}. The value is the median
// of `values`; the ratio is that of the medians, such that more than 1 is better than the baseline; null where
// one of them is 0.
void Print(absl::string_view name, absl::string_view unit, const std::vector<double>& values,
           const std::vector<double>& baseline, bool more_is_better);

// Calls per second of `callers` threads that call `call(caller)` one after the other for `length`. Ends the program
// when a call fails.
double Rate(int callers, absl::Duration length, const std::function<absl::Status(int caller)>& call);

// Ends the program with what is wrong.
void OrDie(const absl::Status& status);
template <typename T>
T OrDie(absl::StatusOr<T> value) {
  OrDie(value.status());
  return *std::move(value);
}

double Percentile(std::vector<double> values, double share);

// Times that everything is measured: the baseline and ours in turn, so that both see the same machine.
inline constexpr int kRuns = 5;

// The benchmarks.
void BenchCommandsAndReads();
void BenchStores();
void BenchStaleReads();
void BenchRanking();
void BenchCommitToEffect();
void BenchTransport();
void BenchEffects();
void BenchGrowthOnSqlite();
void BenchGrowthOnPostgres();
void BenchScreening();

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_HARNESS_H_
