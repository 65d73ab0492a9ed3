#include "bench/bullmq.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "bench/harness.h"

namespace amikeco::bench {

double BullmqPerSecond(const RedisServer& redis, int jobs, int concurrency, const std::vector<std::string>& databases) {
  const std::string command =
      absl::StrCat("bench/node/bullmq ", redis.port(), " ", jobs, " ", concurrency, " ", absl::StrJoin(databases, " "));
  FILE* const pipe = popen(command.c_str(), "r");
  char line[64] = {};
  const bool read = pipe != nullptr && std::fgets(line, sizeof(line), pipe) != nullptr;
  double rate = 0;
  if (pipe == nullptr || pclose(pipe) != 0 || !read || !absl::SimpleAtod(line, &rate)) {
    OrDie(absl::UnavailableError("bench/node/bullmq failed: it needs node, npm and the root of the tree"));
  }
  return rate;
}

int BestConcurrency(const std::function<double(int concurrency)>& per_second) {
  int best = 0;
  double most = 0;
  for (const int concurrency : {1, 10, 50, 100}) {
    const double rate = per_second(concurrency);
    if (rate > most) best = concurrency;
    most = std::max(most, rate);
  }
  return best;
}

}  // namespace amikeco::bench
