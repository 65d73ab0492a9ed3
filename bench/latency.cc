// From the commit of a command to its effect in another service: relay, Redis, consumer, and the other service's own
// commit; with nothing else to do, and at half of the rate at which commands have their effect at most. Beside it, at
// the same rates, the bare way through a Redis: XADD, and a reader that commits what each XREAD gave it to plain
// SQLite. That is a durable commit fewer: the relay's, which gives the fact its number and its place in the audit
// chain.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/bare_sqlite.h"
#include "bench/flow.h"
#include "bench/harness.h"
#include "common/events/redis.h"
#include "tests/support/child.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

constexpr double kIdle = 50;  // commands a second
constexpr double kSeconds = 3;
constexpr int kCallers = 32;
constexpr int kSaturating = 5000;
constexpr int kFirst = 20;  // commands that pay for connections and for making the group

// Commands a second that have their effect, when there are always more.
double Saturation() {
  Flow flow(kSaturating);
  flow.StartRelay();
  flow.StartConsumer();
  const absl::Time start = absl::Now();
  CallEach(kCallers, kSaturating, [&](int number) { flow.Command(number); });
  flow.AwaitEffects(kSaturating);
  return kSaturating / absl::ToDoubleSeconds(absl::Now() - start);
}

int CountAt(double rate) { return kFirst + static_cast<int>(rate * kSeconds); }

// Milliseconds from commit to effect, command by command.
std::vector<double> CommitToEffect(double rate) {
  const int count = CountAt(rate);
  Flow flow(count);
  flow.StartRelay();
  flow.StartConsumer();
  CallAtRate(rate, count, [&](int number) { flow.Command(number); });
  flow.AwaitEffects(count);
  std::vector<double> latencies;
  for (int number = kFirst; number < count; ++number) latencies.push_back(flow.Milliseconds(number));
  return latencies;
}

std::vector<double> BareRedis(double rate) {
  const auto redis = OrDie(RedisServer::Start());
  RedisAddress address;
  address.port = redis->port();
  const size_t count = CountAt(rate);
  std::vector<std::atomic<int64_t>> sent(count), seen(count);
  const TemporaryFolder folder("bench");
  const auto sqlite = OrDie(BareSqlite::Open(folder / "bare.db"));
  std::thread reader([&] {
    RedisConnection in(address);
    std::string last = "0";
    for (size_t read = 0; read < count;) {
      const RedisReply reply =
          OrDie(in.Run({"XREAD", "COUNT", "64", "BLOCK", "1000", "STREAMS", "bare", last}, absl::Seconds(1)));
      if (reply->type != REDIS_REPLY_ARRAY) continue;
      const redisReply& entries = *reply->element[0]->element[1];
      std::vector<CommandRows> effects;
      for (size_t i = 0; i < entries.elements; ++i) effects.push_back(Flow::RowsOf(static_cast<int>(read + i)));
      OrDie(sqlite->Write(effects));
      for (size_t i = 0; i < entries.elements; ++i) seen[read++] = absl::GetCurrentTimeNanos();
      last = std::string(TextOf(*entries.element[entries.elements - 1]->element[0]));
    }
  });
  RedisConnection out(address);
  const absl::Time start = absl::Now();
  for (size_t number = 0; number < count; ++number) {
    absl::SleepFor(start + absl::Seconds(static_cast<double>(number) / rate) - absl::Now());
    sent[number] = absl::GetCurrentTimeNanos();
    OrDie(out.Run({"XADD", "bare", "*", "b", std::string(250, 'x')}));
  }
  reader.join();
  std::vector<double> latencies;
  for (size_t number = kFirst; number < count; ++number) {
    latencies.push_back(static_cast<double>(seen[number] - sent[number]) / 1e6);
  }
  return latencies;
}

void Bench(absl::string_view load, double rate) {
  std::vector<double> p50, p99, bare_p50, bare_p99;
  for (int run = 0; run < kRuns; ++run) {
    const std::vector<double> bare = BareRedis(rate), ours = CommitToEffect(rate);
    p50.push_back(Percentile(ours, 0.5));
    p99.push_back(Percentile(ours, 0.99));
    bare_p50.push_back(Percentile(bare, 0.5));
    bare_p99.push_back(Percentile(bare, 0.99));
  }
  const std::string name = absl::StrCat("commit_to_effect_", load, "_", static_cast<int>(rate), "_per_s_p");
  Print(absl::StrCat(name, "50"), "ms", p50, bare_p50, false);
  Print(absl::StrCat(name, "99"), "ms", p99, bare_p99, false);
}

}  // namespace

void BenchCommitToEffect() {
  std::vector<double> most;
  for (int run = 0; run < 3; ++run) most.push_back(Saturation());
  Bench("idle", kIdle);
  Bench("half_load", Percentile(most, 0.5) / 2);
}

}  // namespace amikeco::bench
