// Flow: commands in one service and their effect in another, each on its own SQLite: one commit of record, fact and
// answer; relay; Redis Streams; a consumer that commits the effect, a record, with its inbox row.
#ifndef AMIKECO_BENCH_FLOW_H_
#define AMIKECO_BENCH_FLOW_H_

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

#include "bench/command_rows.h"
#include "common/base/clock.h"
#include "common/events/consumer.h"
#include "common/events/queue.h"
#include "common/events/relay.h"
#include "common/observe/metrics.h"
#include "common/store/store.h"
#include "tests/support/child.h"
#include "tests/support/redis.h"

namespace amikeco::bench {

class Flow {
 public:
  // For commands with the numbers 0 to `most` - 1.
  explicit Flow(int most);
  ~Flow();

  // What command `number` writes.
  static CommandRows RowsOf(int number);
  // Runs command `number`, and returns when it is committed. Thread safe; each number once.
  void Command(int number);
  // Publishes what was committed until now. Only before StartRelay.
  void Publish();
  void StartRelay() { OrStop(relay_.Start()); }
  void StartConsumer() { OrStop(consumer_.Start()); }
  // Waits until `count` commands have had their effect.
  void AwaitEffects(int count);
  // From the return of Command to that of the effect's commit.
  double Milliseconds(int number) const;

 private:
  // The other service's store, that sees which effects each commit has made.
  class Watched;

  static void OrStop(const absl::Status& status);
  absl::Status React(Transaction& tx, const event::v1::Event& event);

  const std::unique_ptr<RedisServer> redis_;
  const TemporaryFolder folder_;
  const SystemClock clock_;
  Metrics from_metrics_, to_metrics_;
  const std::unique_ptr<Store> from_, to_;
  const std::unique_ptr<Watched> watched_;
  const std::unique_ptr<Queue> out_, in_;
  std::vector<std::atomic<int64_t>> committed_nanos_, effect_nanos_;
  std::vector<int> acting_;  // commands whose effects are in the transaction under way; the consumer's thread alone
  std::atomic<int> effects_{0};
  Relay relay_;
  Consumer consumer_;
};

// Calls `command(number)` for 0 to `count` - 1 from `callers` threads, each number once.
void CallEach(int callers, int count, const std::function<void(int number)>& command);
// The same at `rate` calls a second: a call that is late does not delay the others' times.
void CallAtRate(double rate, int count, const std::function<void(int number)>& command);

}  // namespace amikeco::bench

#endif  // AMIKECO_BENCH_FLOW_H_
