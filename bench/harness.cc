#include "bench/harness.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace amikeco::bench {

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

void Print(absl::string_view name, absl::string_view unit, const std::vector<double>& values,
           const std::vector<double>& baseline, bool more_is_better) {
  const double median = Percentile(values, 0.5), other = Percentile(baseline, 0.5);
  const double ratio = more_is_better ? median / other : other / median;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  absl::PrintF(
      "{\"name\":\"%s\",\"value\":%.4g,\"unit\":\"%s\",\"baseline\":%.4g,\"ratio\":%s,\"n\":%d,\"min\":%.4g,"
      "\"median\":%.4g,\"max\":%.4g}\n",
      name, median, unit, other, std::isfinite(ratio) ? absl::StrFormat("%.3g", ratio) : "null",
      static_cast<int>(values.size()), *least, median, *most);
  std::fflush(stdout);
}

double Rate(int callers, absl::Duration length, const std::function<absl::Status(int caller)>& call) {
  std::atomic<int64_t> calls{0};
  const absl::Time start = absl::Now(), end = start + length;
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&, caller] {
      while (absl::Now() < end) {
        OrDie(call(caller));
        ++calls;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(calls) / absl::ToDoubleSeconds(absl::Now() - start);
}

void OrDie(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

}  // namespace amikeco::bench
