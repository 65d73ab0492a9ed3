// What the amount of data costs: the same point read, page, command and relay turn on stores with more and more records
// and twice as many facts, beside the smallest of them; how long a start with all facts unpublished takes; and the
// bytes on disk and in memory.
//
// The stores are filled through Store::Write, many commands in one commit, and their facts numbered, linked and
// published by the product's relay. AMIKECO_BENCH_LARGE adds the largest sizes.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "bench/backends.h"
#include "bench/command_rows.h"
#include "bench/harness.h"
#include "common/base/clock.h"
#include "common/base/hash.h"
#include "common/events/execute.h"
#include "common/events/open.h"
#include "common/events/relay.h"
#include "common/observe/metrics.h"
#include "common/store/open.h"
#include "tests/support/child.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

constexpr char kKind[] = "record";
constexpr int kTogether = 1000;  // records in one commit while a store is filled
constexpr int kReads = 2000;
constexpr int kPages = 200;
constexpr int kTurns = 50;
constexpr int kCallers = 8;

// Ids are spread over the whole table, as the product's random ones are.
std::string IdOf(int64_t number) {
  return absl::StrFormat("records/%016x", Fnv1a(absl::StrCat(number)) * 0x9e3779b97f4a7c15);
}

CommandRows RowsOf(int64_t number, int64_t version) {
  const std::string id = IdOf(number), request = absl::StrCat("request-", number);
  applicant::v1::ApplicationFact fact;
  fact.mutable_lapsed();
  const event::v1::Event event =
      MakeEvent({"applicant", SystemActor("applicant"), absl::Now(), "", ""}, id, version, fact);
  return {{kKind, id, version, std::string(300, 'x')},
          {{"changed", id, false}},
          {0, event.id(), id, version, event.SerializeAsString()},
          {"people/bench", request, "Method", request, std::string(300, 'x'), absl::Now() + absl::Hours(24)}};
}

int64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// Where stores of each size come from.
struct Place {
  config::v1::StoreConfig config;
  std::function<int64_t()> bytes;  // on disk
  // What the server does by itself within a minute of a table's growth, before which it knows nothing of it.
  std::function<void()> vacuum = [] {};
};

// A store of one size, with a relay that is turned by hand.
class Grown {
 public:
  Grown(Place place, int64_t records, const RedisServer& redis) : place_(std::move(place)), records_(records) {
    config::v1::QueueConfig queue = QueueAt(redis);
    static int number = 0;
    queue.mutable_redis()->set_prefix(absl::StrCat("growth", ++number));
    queue_ = OrDie(OpenQueue(queue));
    const int64_t resident = ResidentBytes();
    Fill();
    Recover();
    resident_ = ResidentBytes() - resident;
  }

  int64_t records() const { return records_; }
  double DiskBytesPerRecord() const { return static_cast<double>(disk_) / static_cast<double>(records_); }
  double ResidentBytesPerRecord() const { return static_cast<double>(resident_) / static_cast<double>(records_); }
  double milliseconds_to_open() const { return to_open_; }
  double milliseconds_to_first() const { return to_first_; }
  double published_per_second() const { return published_per_second_; }
  double first_reads() const { return first_reads_; }

  // Microseconds of each, the mean of some.
  double Read() {
    return Mean(kReads, [&] {
      OrDie(store_->Read([&](Reader& reader) -> absl::Status {
        const auto found = reader.Get(kKind, IdOf(Some()));
        if (found.ok() && !*found) return absl::DataLossError("a record is missing");
        return found.status();
      }));
    });
  }
  double Page() {
    return Mean(kPages, [&] {
      OrDie(store_->Read([&](Reader& reader) {
        return reader.Scan({kKind, "changed", "", "", Position{IdOf(Some()), ""}, 50}).status();
      }));
    });
  }
  // From the commit of a fact to its being in the queue.
  double RelayTurn() {
    absl::Duration total;
    for (int i = 0; i < kTurns; ++i) {
      OrDie(WriteCommand(*store_, RowsOf(++last_, 1)));
      const absl::Time start = absl::Now();
      if (OrDie(relay_->RunOnce()) != 1) OrDie(absl::InternalError("the fact was not published"));
      total += absl::Now() - start;
    }
    return absl::ToDoubleMicroseconds(total) / kTurns;
  }
  double CommandsPerSecond() {
    std::atomic<int64_t> next{last_ + 1};
    const double rate =
        Rate(kCallers, absl::Milliseconds(500), [&](int) { return WriteCommand(*store_, RowsOf(next++, 1)); });
    last_ = next;
    while (OrDie(relay_->RunOnce()) > 0) {
    }
    return rate;
  }

 private:
  int64_t Some() { return static_cast<int64_t>(random_() % static_cast<uint64_t>(records_)) + 1; }

  static double Mean(int times, const std::function<void()>& work) {
    const absl::Time start = absl::Now();
    for (int i = 0; i < times; ++i) work();
    return absl::ToDoubleMicroseconds(absl::Now() - start) / times;
  }

  void Fill() {
    const auto store = OrDie(OpenStore(place_.config));
    while (last_ < records_) {
      const int64_t end = std::min<int64_t>(records_, last_ + kTogether);
      OrDie(store->Write([&](Transaction& tx) -> absl::Status {
        for (int64_t number = last_ + 1; number <= end; ++number) {
          OrDie(tx.Append(RowsOf(number, 1).event));
          const CommandRows rows = RowsOf(number, 2);
          OrDie(tx.Append(rows.event));
          OrDie(tx.Put(rows.record, 0, rows.keys));
        }
        return absl::OkStatus();
      }));
      last_ = end;
    }
  }

  void Open() {
    store_ = OrDie(OpenStore(place_.config));
    OrDie(store_->Check());
    relay_ = std::make_unique<Relay>(Wiring{"applicant", *store_, *queue_, clock_, metrics_});
  }

  // Starts with all facts unpublished, as after a long absence of Redis.
  void Recover() {
    const absl::Time start = absl::Now();
    Open();
    to_open_ = absl::ToDoubleMilliseconds(absl::Now() - start);
    OrDie(relay_->Start());
    while (PublishedNumber() == 0) absl::SleepFor(absl::Milliseconds(1));
    to_first_ = absl::ToDoubleMilliseconds(absl::Now() - start);
    while (PublishedNumber() < 2 * records_) absl::SleepFor(absl::Milliseconds(20));
    published_per_second_ = static_cast<double>(2 * records_) / absl::ToDoubleSeconds(absl::Now() - start);
    // Closed, so that nothing is left in SQLite's log.
    relay_.reset();
    store_.reset();
    place_.vacuum();
    disk_ = place_.bytes();
    Open();
    Warm();
  }

  // A service has been running for long: what is read at random is in memory, and mapped.
  void Warm() {
    first_reads_ = Read();
    for (int64_t read = 0; read < records_ / 4; read += kReads) Read();
  }

  int64_t PublishedNumber() { return OrDie(queue_->Stats("applicant")).front().last_number; }

  const Place place_;
  const int64_t records_;
  int64_t last_ = 0;  // record that was written last
  int64_t disk_ = 0, resident_ = 0;
  double to_open_ = 0, to_first_ = 0, published_per_second_ = 0, first_reads_ = 0;
  std::mt19937_64 random_{7};
  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<Queue> queue_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Relay> relay_;
};

std::vector<int64_t> Sizes(std::vector<int64_t> sizes, const std::vector<int64_t>& large) {
  if (std::getenv("AMIKECO_BENCH_LARGE") != nullptr) sizes.insert(sizes.end(), large.begin(), large.end());
  return sizes;
}

void Bench(absl::string_view database, const std::vector<int64_t>& sizes, const std::function<Place(int64_t)>& place) {
  const auto redis = OrDie(RedisServer::Start());
  Grown least(place(sizes[0]), sizes[0], *redis);
  for (size_t i = 1; i < sizes.size(); ++i) {
    Grown more(place(sizes[i]), sizes[i], *redis);
    const auto print = [&](absl::string_view what, absl::string_view unit, const std::vector<double>& values,
                           const std::vector<double>& baseline, bool more_is_better) {
      Print(absl::StrCat("growth_", database, "_", sizes[i], "_records_", what), unit, values, baseline,
            more_is_better);
    };
    const auto in_turn = [&](absl::string_view what, absl::string_view unit, double (Grown::*measure)(),
                             bool more_is_better) {
      std::vector<double> values, baseline;
      for (int run = 0; run < kRuns; ++run) {
        baseline.push_back((least.*measure)());
        values.push_back((more.*measure)());
      }
      print(what, unit, values, baseline, more_is_better);
    };
    in_turn("point_read", "us", &Grown::Read, false);
    in_turn("page_of_50_at_random", "us", &Grown::Page, false);
    in_turn("command_8_callers", "commands/s", &Grown::CommandsPerSecond, true);
    in_turn("relay_turn", "us", &Grown::RelayTurn, false);
    const auto once = [&](absl::string_view what, absl::string_view unit, double value, double baseline) {
      print(what, unit, {value}, {baseline}, unit == "facts/s");
    };
    once("point_read_after_start", "us", more.first_reads(), least.first_reads());
    once("disk", "bytes/record", more.DiskBytesPerRecord(), least.DiskBytesPerRecord());
    once("memory", "bytes/record", more.ResidentBytesPerRecord(), least.ResidentBytesPerRecord());
    once("start", "ms", more.milliseconds_to_open(), least.milliseconds_to_open());
    once("start_to_first_fact_of_the_backlog", "ms", more.milliseconds_to_first(), least.milliseconds_to_first());
    once("backlog", "facts/s", more.published_per_second(), least.published_per_second());
  }
}

}  // namespace

void BenchGrowthOnSqlite() {
  const TemporaryFolder folder("bench");
  Bench("sqlite", Sizes({10'000, 100'000, 1'000'000}, {5'000'000}), [&](int64_t size) -> Place {
    const std::string path = folder / absl::StrCat(size, ".db");
    return {SqliteAt(path), [path] { return static_cast<int64_t>(std::filesystem::file_size(path)); }};
  });
}

void BenchGrowthOnPostgres() {
  const auto server = OrDie(PostgresServer::Start());
  // The defaults are for the smallest of machines. A quarter of its memory for buffers is what the manual begins with.
  const std::string any = NewDatabase(*server);
  for (const char* setting : {"shared_buffers = '2GB'", "max_wal_size = '8GB'"})
    OrDie(PostgresServer::Execute(any, absl::StrCat("ALTER SYSTEM SET ", setting)));
  OrDie(server->Restart());
  Bench("postgres", Sizes({10'000, 100'000}, {1'000'000, 5'000'000}), [&](int64_t) -> Place {
    const std::string conninfo = NewDatabase(*server);
    return {PostgresAt(conninfo, 16),
            [conninfo] {
              const auto text = OrDie(PostgresServer::Execute(conninfo, "SELECT pg_database_size(current_database())"));
              int64_t bytes = 0;
              if (!absl::SimpleAtoi(text, &bytes)) OrDie(absl::InternalError(text));
              return bytes;
            },
            [conninfo] { OrDie(PostgresServer::Execute(conninfo, "VACUUM ANALYZE")); }};
  });
}

}  // namespace amikeco::bench
