// From the commit of a command to its effect in another service, with nothing else to do: relay, Redis, consumer, and
// the other service's own commit. Beside it the bare way through the same Redis: XADD, and a reader that waits for it.
#include <hiredis/hiredis.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "bench/harness.h"
#include "common/base/clock.h"
#include "common/events/consumer.h"
#include "common/events/execute.h"
#include "common/events/open.h"
#include "common/events/relay.h"
#include "common/observe/metrics.h"
#include "common/store/open.h"
#include "tests/support/child.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

constexpr int kFacts = 200;

std::unique_ptr<Store> OpenSqlite(const TemporaryFolder& folder, absl::string_view name) {
  config::v1::StoreConfig config;
  config.mutable_sqlite()->set_path(absl::StrCat(folder.path(), "/", name));
  return OrDie(OpenStore(config));
}

std::unique_ptr<Queue> OpenRedis(const RedisServer& redis) {
  config::v1::QueueConfig config;
  config.mutable_redis()->set_port(redis.port());
  return OrDie(OpenQueue(config));
}

event::v1::Event FactNumber(int number) {
  applicant::v1::ApplicationFact fact;
  fact.mutable_lapsed();
  return MakeEvent({"applicant", SystemActor("applicant"), absl::Now(), "", ""}, absl::StrCat("applications/", number),
                   1, fact);
}

void AppendFact(Store& store, int number) {
  const event::v1::Event event = FactNumber(number);
  OrDie(store.Write([&](Transaction& tx) {
    return tx.Append({0, event.id(), event.subject(), 1, event.SerializeAsString()});
  }));
}

// Milliseconds from the return of Write in one service to that of the consumer's commit in the other, fact by fact.
std::vector<double> CommitToEffect(const RedisServer& redis) {
  const TemporaryFolder folder("bench");
  const std::unique_ptr<Store> from = OpenSqlite(folder, "from.db"), to = OpenSqlite(folder, "to.db");
  const std::unique_ptr<Queue> out = OpenRedis(redis), in = OpenRedis(redis);
  const SystemClock clock;
  Metrics from_metrics, to_metrics;
  std::atomic<int64_t> effect_nanos{0};
  std::atomic<int> effects{0};
  // The effect is a fact of the other service's own; its commit is what is waited for.
  to->OnEvents([&] {
    effect_nanos = absl::GetCurrentTimeNanos();
    ++effects;
    effects.notify_one();
  });
  Relay relay({"applicant", *from, *out, clock, from_metrics});
  Consumer consumer({"matching", *to, *in, clock, to_metrics},
                    {{"applicant"}, [](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
                       return tx.Append({0, "effect-" + event.id(), "effects/" + event.id(), 1, "effect"});
                     }});
  OrDie(relay.Start());
  OrDie(consumer.Start());
  std::vector<double> latencies;
  for (int i = 0; i < kFacts; ++i) {
    const int before = effects;
    AppendFact(*from, i);
    const int64_t committed = absl::GetCurrentTimeNanos();
    effects.wait(before);
    // The first facts pay for connections and for making the group.
    if (i >= 20) latencies.push_back(static_cast<double>(effect_nanos - committed) / 1e6);
    absl::SleepFor(absl::Milliseconds(5));  // idle: one fact at a time
  }
  consumer.Stop();
  relay.Stop();
  return latencies;
}

using Connection = std::unique_ptr<redisContext, decltype(&redisFree)>;
using Reply = std::unique_ptr<redisReply, decltype(&freeReplyObject)>;

template <typename... Args>
Reply Command(redisContext* redis, Args... args) {
  Reply reply(static_cast<redisReply*>(redisCommand(redis, args...)), &freeReplyObject);
  if (!reply || reply->type == REDIS_REPLY_ERROR) OrDie(absl::UnavailableError(reply ? reply->str : redis->errstr));
  return reply;
}

std::vector<double> BareRedis(const RedisServer& redis) {
  std::atomic<int64_t> seen_nanos{0};
  std::atomic<int> seen{0};
  std::thread reader([&] {
    const Connection in(redisConnect("127.0.0.1", redis.port()), &redisFree);
    std::string last = "0";
    while (seen < kFacts) {
      const Reply reply = Command(in.get(), "XREAD COUNT 1 BLOCK 1000 STREAMS bare %s", last.c_str());
      if (reply->type != REDIS_REPLY_ARRAY) continue;
      last = reply->element[0]->element[1]->element[0]->element[0]->str;
      seen_nanos = absl::GetCurrentTimeNanos();
      ++seen;
      seen.notify_one();
    }
  });
  const Connection out(redisConnect("127.0.0.1", redis.port()), &redisFree);
  const std::string body = FactNumber(0).SerializeAsString();
  std::vector<double> latencies;
  for (int i = 0; i < kFacts; ++i) {
    const int before = seen;
    const int64_t sent = absl::GetCurrentTimeNanos();
    Command(out.get(), "XADD bare * b %b", body.data(), body.size());
    seen.wait(before);
    if (i >= 20) latencies.push_back(static_cast<double>(seen_nanos - sent) / 1e6);
    absl::SleepFor(absl::Milliseconds(5));
  }
  reader.join();
  return latencies;
}

}  // namespace

void BenchCommitToEffect() {
  std::vector<double> p50, p99, bare_p50, bare_p99;
  for (int run = 0; run < kRuns; ++run) {
    const std::unique_ptr<RedisServer> redis = OrDie(RedisServer::Start());
    const std::vector<double> bare = BareRedis(*redis), ours = CommitToEffect(*redis);
    p50.push_back(Percentile(ours, 0.5));
    p99.push_back(Percentile(ours, 0.99));
    bare_p50.push_back(Percentile(bare, 0.5));
    bare_p99.push_back(Percentile(bare, 0.99));
  }
  Print("commit_to_effect_idle_p50", "ms", p50, bare_p50, false);
  Print("commit_to_effect_idle_p99", "ms", p99, bare_p99, false);
}

}  // namespace amikeco::bench
