// The exactly-once effect of commands in another service, one consumer, beside BullMQ with one worker whose jobs each
// commit an equally durable transaction with the same rows: the effect and the note that it was made.
//
// Once without the way there (facts and jobs are in Redis before the time begins), once with it: from the commands'
// commits, record, fact and answer, on both sides by 32 callers, to the last effect.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/bare_sqlite.h"
#include "bench/bullmq.h"
#include "bench/flow.h"
#include "bench/harness.h"
#include "tests/support/child.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

constexpr int kCommands = 1500;
constexpr int kCallers = 32;

double OursPerSecond(bool whole_way) {
  Flow flow(kCommands);
  absl::Time start = absl::Now();
  if (whole_way) flow.StartRelay();
  if (whole_way) flow.StartConsumer();
  CallEach(kCallers, kCommands, [&](int number) { flow.Command(number); });
  if (!whole_way) {
    flow.Publish();
    start = absl::Now();
    flow.StartConsumer();
  }
  flow.AwaitEffects(kCommands);
  return kCommands / absl::ToDoubleSeconds(absl::Now() - start);
}

// Each measurement has empty databases with the product's tables.
class BullmqEffects {
 public:
  explicit BullmqEffects(bool whole_way) : whole_way_(whole_way) {}
  double PerSecond() {
    const auto at = [this](int concurrency) { return PerSecondAt(concurrency); };
    if (concurrency_ == 0) concurrency_ = BestConcurrency(at);
    return at(concurrency_);
  }

 private:
  double PerSecondAt(int concurrency) {
    std::vector<std::string> databases;
    for (int i = 0; i < (whole_way_ ? 2 : 1); ++i) {
      databases.push_back(folder_ / absl::StrCat(++databases_, ".db"));
      OrDie(BareSqlite::Open(databases.back()));
    }
    return BullmqPerSecond(*redis_, kCommands, concurrency, databases);
  }

  const bool whole_way_;
  const std::unique_ptr<RedisServer> redis_ = OrDie(RedisServer::Start());
  const TemporaryFolder folder_{"bench"};
  int databases_ = 0;
  int concurrency_ = 0;
};

void Bench(absl::string_view name, bool whole_way) {
  BullmqEffects bullmq(whole_way);
  std::vector<double> ours, theirs;
  for (int run = 0; run < kRuns; ++run) {
    theirs.push_back(bullmq.PerSecond());
    ours.push_back(OursPerSecond(whole_way));
  }
  Print(name, "effects/s", ours, theirs, true);
}

}  // namespace

void BenchEffects() {
  Bench("effect_exactly_once_beside_bullmq", false);
  Bench("command_to_effect_exactly_once_beside_bullmq", true);
}

}  // namespace amikeco::bench
