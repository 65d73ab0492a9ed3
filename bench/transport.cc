// Facts through the queue with no effect, published in batches of the relay's size, received and acknowledged in those
// of the consumer's. Beside it, on the same Redis in turn: the same batches by bare pipelined XADD, XREADGROUP and
// XACK, which is the limit, and BullMQ's worker at the best of four concurrencies, whose time of adding jobs is not
// counted.
#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/bullmq.h"
#include "bench/harness.h"
#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/relay.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

const int kPublished = RelayOptions().batch;
const int kReceived = ConsumerOptions().batch;
constexpr int kBatches = 160;
constexpr int kJobs = 5000;

std::string Body() { return std::string(250, 'x'); }

double PerSecond(int count, absl::Time start) { return count / absl::ToDoubleSeconds(absl::Now() - start); }

Batch BatchAfter(int64_t number, const std::string& epoch) {
  Batch batch{"bench", epoch, number, 0, {}};
  for (int i = 1; i <= kPublished; ++i) {
    batch.parcels.push_back({number + i, absl::StrCat("subjects/", number + i), Body()});
  }
  return batch;
}

double OursPerSecond(const RedisServer& redis, int run) {
  RedisAddress address;
  address.port = redis.port();
  address.prefix = absl::StrCat("bench", run);
  RedisQueue queue(address);
  const Subscription subscription{"bench", "group", "consumer"};
  OrDie(queue.Begin("bench", "epoch", 0, {}));
  OrDie(queue.Receive(subscription, 1, absl::ZeroDuration()));  // makes the group
  const absl::Time start = absl::Now();
  for (int64_t number = 0; number < int64_t{kBatches} * kPublished; number += kPublished) {
    OrDie(queue.Publish(BatchAfter(number, "epoch")));
    for (int left = kPublished; left > 0;) {
      const std::vector<Parcel> parcels = OrDie(queue.Receive(subscription, kReceived, absl::Seconds(5)));
      if (parcels.empty()) OrDie(absl::DataLossError("facts did not arrive"));
      OrDie(queue.Acknowledge(subscription, parcels));
      left -= static_cast<int>(parcels.size());
    }
  }
  return PerSecond(kBatches * kPublished, start);
}

void Flush(RedisConnection& redis, std::vector<RedisCommand>& commands) {
  for (const RedisReply& reply : OrDie(redis.Run(commands))) OrDie(StatusOf(*reply));
  commands.clear();
}

double BarePerSecond(const RedisServer& redis, int run) {
  RedisAddress address;
  address.port = redis.port();
  RedisConnection connection(address);
  const std::string stream = absl::StrCat("bare", run);
  OrDie(connection.Run({"XGROUP", "CREATE", stream, "group", "0", "MKSTREAM"}));
  const absl::Time start = absl::Now();
  std::vector<RedisCommand> commands;
  for (int batch = 0; batch < kBatches; ++batch) {
    for (int i = 0; i < kPublished; ++i) {
      commands.push_back({"XADD", stream, "*", "subject", "subjects/1", "event", Body()});
    }
    Flush(connection, commands);
    for (int left = kPublished; left > 0;) {
      const RedisReply reply = OrDie(connection.Run(
          {"XREADGROUP", "GROUP", "group", "consumer", "COUNT", absl::StrCat(kReceived), "STREAMS", stream, ">"}));
      const redisReply& entries = *reply->element[0]->element[1];
      RedisCommand acknowledge = {"XACK", stream, "group"};
      for (size_t i = 0; i < entries.elements; ++i) acknowledge.emplace_back(TextOf(*entries.element[i]->element[0]));
      OrDie(connection.Run(acknowledge));
      left -= static_cast<int>(entries.elements);
    }
  }
  return PerSecond(kBatches * kPublished, start);
}

}  // namespace

void BenchTransport() {
  const std::unique_ptr<RedisServer> redis = OrDie(RedisServer::Start());
  const int concurrency = BestConcurrency([&](int candidate) { return BullmqPerSecond(*redis, kJobs, candidate); });
  std::vector<double> ours, bare, bullmq;
  for (int run = 0; run < kRuns; ++run) {
    bare.push_back(BarePerSecond(*redis, run));
    ours.push_back(OursPerSecond(*redis, run));
    bullmq.push_back(BullmqPerSecond(*redis, kJobs, concurrency));
  }
  Print(absl::StrCat("transport_beside_bare_streams_batch_", kPublished), "facts/s", ours, bare, true);
  Print("transport_beside_bullmq_at_its_best", "facts/s", ours, bullmq, true);
}

}  // namespace amikeco::bench
