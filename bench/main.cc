// amikeco-bench: every figure that the documents claim, each beside its baseline in the same run. One line of JSON a
// result. Arguments name the benchmarks to run: service, stores, stale, ranking, latency, transport,
// effects, growth-sqlite, growth-postgres, screening (which needs AMIKECO_SCREENING_DATA); none: all.
#include <cstdio>
#include <cstring>

#include "bench/harness.h"

int main(int argc, char** argv) {
  const struct {
    const char* name;
    void (*run)();
  } benchmarks[] = {{"service", amikeco::bench::BenchCommandsAndReads},
                    {"stores", amikeco::bench::BenchStores},
                    {"stale", amikeco::bench::BenchStaleReads},
                    {"ranking", amikeco::bench::BenchRanking},
                    {"latency", amikeco::bench::BenchCommitToEffect},
                    {"transport", amikeco::bench::BenchTransport},
                    {"effects", amikeco::bench::BenchEffects},
                    {"growth-sqlite", amikeco::bench::BenchGrowthOnSqlite},
                    {"growth-postgres", amikeco::bench::BenchGrowthOnPostgres},
                    {"screening", amikeco::bench::BenchScreening}};
  for (const auto& benchmark : benchmarks) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted = wanted || std::strcmp(argv[i], benchmark.name) == 0;
    if (wanted) benchmark.run();
  }
  return 0;
}
