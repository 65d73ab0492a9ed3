// BullMQ as a baseline. Needs node, npm and the root of the tree; the first call installs what is pinned.
#ifndef AMIKECO_BENCH_BULLMQ_H_
#define AMIKECO_BENCH_BULLMQ_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/support/redis.h"

namespace amikeco::bench {

// How many of `jobs` jobs a second one worker finishes that works on `concurrency` at once. `databases`: see
// bench/node/bullmq.js.
double BullmqPerSecond(const RedisServer& redis, int jobs, int concurrency,
                       const std::vector<std::string>& databases = {});

// The concurrency of 1, 10, 50 and 100 that gives most jobs a second.
int BestConcurrency(const std::function<double(int concurrency)>& per_second);

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_BULLMQ_H_
