// A service for poison_processes_test.cc: appends each fact of "there" to the record of the same name, aborts at one
// that says "crash" and its name, and hangs at one that says "hang" and its name. Ends when all facts are handled (0),
// or when it is not healthy (kHangs), as what runs it would end it.
//
//   amikeco-poisoned NAME DATABASE REDIS_PORT ENDS
#include "tests/chaos/poisoned.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/events/consumer.h"
#include "common/events/redis_queue.h"
#include "common/events/testing.h"

namespace amikeco::chaos {
namespace {

// Long enough for a busy machine, most of the time; one fact too slow is an end, and no fact has too many.
constexpr absl::Duration kHangsAfter = absl::Milliseconds(500);

int Live(const std::string& name, const std::string& database, int port, int ends) {
  auto store = SqliteStore::Open(database);
  if (!store.ok()) {
    std::cerr << store.status() << std::endl;
    return 1;
  }
  RedisAddress address;
  address.port = port;
  RedisQueue queue(address);
  const SystemClock clock;
  Metrics metrics;
  const auto react = [&](Transaction& tx, const event::v1::Event& event, const Origin& origin) {
    const std::string text = testing::TextOf(event);
    if (text == absl::StrCat("crash ", name)) std::abort();
    while (text == absl::StrCat("hang ", name)) pause();
    absl::SleepFor(absl::Milliseconds(1));  // so that a kill finds one in work
    return testing::Service::StateIn(tx, origin, event.subject(), text);
  };
  ConsumerOptions options;
  options.wait = absl::Milliseconds(20);
  options.ends = ends;
  options.least_pause = absl::Milliseconds(2);
  options.stuck_after = kHangsAfter;
  Consumer consumer({name, **store, queue, clock, metrics}, {{"there"}, react}, options);
  (void)consumer.Start();
  while (true) {
    absl::SleepFor(absl::Milliseconds(5));
    if (const absl::Status healthy = consumer.Healthy(); !healthy.ok()) {
      std::cerr << healthy << std::endl;
      std::_Exit(kHangs);
    }
    const auto stats = queue.Stats("there");
    if (!stats.ok()) continue;
    for (const StreamStats& group : *stats) {
      if (group.group == name && group.acknowledged_number == group.last_number) return 0;
    }
  }
}

}  // namespace
}  // namespace amikeco::chaos

int main(int argc, char** argv) {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  int port = 0, ends = 0;
  if (argc != 5 || !absl::SimpleAtoi(argv[3], &port) || !absl::SimpleAtoi(argv[4], &ends)) return 2;
  return amikeco::chaos::Live(argv[1], argv[2], port, ends);
}
