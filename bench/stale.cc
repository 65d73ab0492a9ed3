// Reads that declare how old their answer may be, GetHost on three replicas over one PostgreSQL: with the replicas' own
// caches, with the Redis cache that they share behind those, and with none, while hosts change. In each a reader that
// is answered with more than the declared age ends the program.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "amikeco/options/v1/options.pb.h"
#include "bench/backends.h"
#include "bench/flow.h"
#include "bench/harness.h"
#include "bench/matching.h"
#include "common/cache/redis_cache.h"
#include "common/events/redis.h"
#include "tests/support/postgres.h"
#include "tests/support/redis.h"

namespace amikeco::bench {
namespace {

constexpr int kHosts = 6000;
constexpr int kReplicas = 3;
constexpr int kReaders = 4;      // of each replica
constexpr int kConnections = 6;  // of each replica: three times three replicas share one PostgreSQL
constexpr double kChanges = 20;  // a second, on each replica
constexpr absl::Duration kLength = absl::Seconds(3);

std::string HostId(int host) { return absl::StrCat("BENCH", host); }

// A few hosts are asked for often and most seldom: a tenth of them get nearly half of the reads.
int SomeHost(std::mt19937& random) {
  return static_cast<int>(kHosts * std::pow(std::uniform_real_distribution<double>(0, 1)(random), 3));
}

absl::Duration DeclaredStaleness() {
  const auto& options = matching::v1::Host::descriptor()
                            ->file()
                            ->FindServiceByName("MatchingService")
                            ->FindMethodByName("GetHost")
                            ->options();
  return absl::Seconds(options.GetExtension(options::v1::access).max_staleness_seconds());
}

// What each host was, by its etags, and since when; and how old the answers are that readers get. Thread safe; a host
// is changed by one thread at a time.
class Ages {
 public:
  void Committed(int host, const std::string& etag) {
    absl::MutexLock lock(&mutexes_[host % kShards]);
    etags_[host].push_back({etag, absl::Now()});
  }

  // A read that began at `began` was answered with `etag`.
  void Seen(int host, const std::string& etag, absl::Time began) {
    ++reads_;
    absl::MutexLock lock(&mutexes_[host % kShards]);
    const auto& etags = etags_[host];
    const auto at = std::find_if(etags.rbegin(), etags.rend(), [&](const auto& entry) { return entry.first == etag; });
    // The newest one, or one that is so new that it is not noted yet.
    if (at == etags.rend() || at == etags.rbegin()) return;
    const absl::Time replaced = std::prev(at)->second;
    if (replaced > began) return;
    ++outdated_;
    if (began - replaced <= declared_) return;
    OrDie(absl::DataLossError(
        absl::StrCat(HostId(host), " was answered ", absl::FormatDuration(began - replaced), " after it had changed")));
  }

  int64_t reads() const { return reads_; }
  int64_t outdated() const { return outdated_; }

 private:
  static constexpr int kShards = 64;
  const absl::Duration declared_ = DeclaredStaleness();
  std::atomic<int64_t> reads_{0}, outdated_{0};
  absl::Mutex mutexes_[kShards];
  std::vector<std::vector<std::pair<std::string, absl::Time>>> etags_{kHosts};  // guarded by the host's mutex
};

// Three replicas that cache in one way.
class Replicas {
 public:
  Replicas(const std::string& conninfo, Matching::Cache cache, const RedisServer& redis) {
    RedisAddress address;
    address.port = redis.port();
    for (int i = 0; i < kReplicas; ++i) {
      shared_.push_back(std::make_unique<RedisCache>(address));
      replicas_.push_back(std::make_unique<Matching>(PostgresAt(conninfo, kConnections), cache, shared_.back().get()));
    }
  }

  Caller& caller(int replica) { return replicas_[replica]->caller(); }

  // Changes a host on a replica, and so drops it from the caches that this replica reaches.
  void Change(int replica, int host, Ages& ages) {
    static std::atomic<int> titles{0};
    const auto changed = OrDie(caller(replica).Call<matching::v1::Host>(
        "amikeco.matching.v1.MatchingService/RegisterHost",
        RegistrationOf(HostId(host), absl::StrCat("Police Department ", ++titles))));
    ages.Committed(host, changed.etag());
  }

  // Reads per second over all replicas, while hosts change.
  double PerSecond(Ages& ages) {
    const absl::Time end = absl::Now() + kLength;
    std::vector<std::thread> writers;
    for (int replica = 0; replica < kReplicas; ++replica) {
      writers.emplace_back([&, replica] {
        std::mt19937 random(std::random_device{}());
        for (absl::Time next = absl::Now(); next < end; next += absl::Seconds(1 / kChanges)) {
          absl::SleepFor(next - absl::Now());
          const int host = SomeHost(random);
          Change(replica, host - host % kReplicas + replica, ages);
        }
      });
    }
    const double rate = Rate(kReplicas * kReaders, kLength, [&](int reader) -> absl::Status {
      thread_local std::mt19937 random(std::random_device{}());
      const int host = SomeHost(random);
      matching::v1::GetHostRequest request;
      request.set_name(absl::StrCat("hosts/", HostId(host)));
      const absl::Time began = absl::Now();
      const auto answer =
          caller(reader % kReplicas).Call<matching::v1::Host>("amikeco.matching.v1.MatchingService/GetHost", request);
      if (answer.ok()) ages.Seen(host, answer->etag(), began);
      return answer.status();
    });
    for (std::thread& writer : writers) writer.join();
    return rate;
  }

 private:
  std::vector<std::unique_ptr<RedisCache>> shared_;
  std::vector<std::unique_ptr<Matching>> replicas_;
};

}  // namespace

void BenchStaleReads() {
  const auto postgres = OrDie(PostgresServer::Start());
  const auto redis = OrDie(RedisServer::Start());
  const std::string conninfo = NewDatabase(*postgres);
  Replicas none(conninfo, Matching::Cache::kNone, *redis), own(conninfo, Matching::Cache::kProcess, *redis),
      shared(conninfo, Matching::Cache::kShared, *redis);
  Ages ages;
  CallEach(kReplicas * kReaders, kHosts, [&](int host) { none.Change(host % kReplicas, host, ages); });
  std::vector<double> uncached, in_process, behind;
  for (int run = 0; run < kRuns; ++run) {
    uncached.push_back(none.PerSecond(ages));
    in_process.push_back(own.PerSecond(ages));
    behind.push_back(shared.PerSecond(ages));
  }
  Print("stale_reads_postgres_3_replicas_process_cache", "reads/s", in_process, uncached, true);
  Print("stale_reads_postgres_3_replicas_redis_behind_it", "reads/s", behind, uncached, true);
  std::fprintf(stderr, "stale reads: %lld answers, %lld of them outdated, 0 older than declared\n",
               static_cast<long long>(ages.reads()), static_cast<long long>(ages.outdated()));
}

}  // namespace amikeco::bench
