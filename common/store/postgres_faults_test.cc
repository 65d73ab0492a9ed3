// What PostgreSQL keeps while connections are cut and processes die: many writers' changes, and locks.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/store/postgres_store.h"
#include "tests/support/postgres.h"
#include "tests/support/seed.h"

namespace amikeco {
namespace {

constexpr int kWriters = 16;
constexpr int kConnections = 8;
constexpr int kCounters = 64;
// A lost race is run again 10 times; each time, as many cut connections as the pool has, and one more, are replaced.
constexpr int kMostRuns = 11 * (kConnections + 1);
constexpr absl::Duration kPatience = absl::Seconds(60);

std::string CounterOf(int64_t number) { return absl::StrCat("counters/", number); }

// What the writers were told.
struct Told {
  std::set<std::string> acknowledged;
  std::set<std::string> in_doubt;
  std::set<std::string> refused;  // lost too many races
  std::vector<absl::Status> wrong;
  int most_runs = 0;

  void Add(Told other) {
    acknowledged.merge(other.acknowledged);
    in_doubt.merge(other.in_doubt);
    refused.merge(other.refused);
    wrong.insert(wrong.end(), other.wrong.begin(), other.wrong.end());
    most_runs = std::max(most_runs, other.most_runs);
  }
};

// Adds one to the counter and a fact with the same version. Each run gives the fact another id, so that a change that
// is made twice is there twice.
absl::Status Increment(Store& store, const std::string& counter, const std::string& change, int& runs) {
  return store.Write([&](Transaction& tx) -> absl::Status {
    const std::string event = absl::StrCat(change, "/", ++runs);
    AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.Get("counter", counter));
    const int64_t version = found ? found->version : 0;
    AMIKECO_RETURN_IF_ERROR(tx.Put({"counter", counter, version + 1, change}, version, {}));
    return tx.Append({0, event, counter, version + 1, change});
  });
}

Told WriteUntil(const std::atomic<bool>& end, std::atomic<int64_t>& acknowledged, Store& store, int writer) {
  Told told;
  std::mt19937 random(TestSeed() + static_cast<uint32_t>(writer));
  for (int64_t i = 0; !end; ++i) {
    const std::string change = absl::StrCat(writer, "-", i);
    int runs = 0;
    const absl::Status status = Increment(store, CounterOf(random() % kCounters), change, runs);
    told.most_runs = std::max(told.most_runs, runs);
    if (status.ok()) {
      told.acknowledged.insert(change);
      ++acknowledged;
    } else if (status.code() == absl::StatusCode::kUnavailable) {
      told.in_doubt.insert(change);
    } else if (status.code() == absl::StatusCode::kAborted) {
      told.refused.insert(change);
    } else {
      told.wrong.push_back(status);
    }
  }
  return told;
}

class PostgresFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    auto started = PostgresServer::Start();
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    const auto made = server_->NewDatabase();
    ASSERT_TRUE(made.ok()) << made.status();
    config_.set_conninfo(*made);
    config_.set_connections(kConnections);
    ASSERT_EQ(PostgresStore::Migrate(config_).status(), absl::OkStatus());
  }

  std::unique_ptr<Store> Open() {
    auto opened = PostgresStore::Open(config_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  // Ends one connection of the stores; false when there was none at this place.
  absl::StatusOr<bool> CutOne(uint32_t place) {
    const auto cut = PostgresServer::Execute(
        config_.conninfo(), absl::StrCat("SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE"
                                         " datname = current_database() AND application_name = 'amikeco'"
                                         " ORDER BY pid OFFSET ",
                                         place % (2 * kConnections), " LIMIT 1) AS one"));
    if (!cut.ok()) return cut.status();
    return *cut == "t";
  }
  absl::StatusOr<bool> CutAll() {
    AMIKECO_RETURN_IF_ERROR(server_->DropConnections());
    return true;
  }

  // Cuts connections `rounds` times, one or (each tenth time) all; the writers get on in between.
  void Cut(int64_t rounds, const std::atomic<int64_t>& acknowledged) {
    std::mt19937 random(TestSeed());
    for (int64_t round = 0; round < rounds;) {
      const int64_t before = acknowledged;
      const auto cut = round % 10 == 9 ? CutAll() : CutOne(random());
      ASSERT_TRUE(cut.ok()) << cut.status();
      if (!*cut) continue;
      ++round;
      const absl::Time deadline = absl::Now() + kPatience;
      while (acknowledged < before + kWriters && absl::Now() < deadline) {
        absl::SleepFor(absl::Milliseconds(1));
      }
      ASSERT_GE(acknowledged, before + kWriters) << "the writers do not get on after round " << round;
    }
  }

  // How often each change is there. Every counter's facts are those of its versions, one each.
  static std::map<std::string, int> Found(Store& store) {
    std::map<std::string, int> found;
    for (int counter = 0; counter < kCounters; ++counter) {
      EXPECT_EQ(store.Read([&](Reader& reader) { return CountIn(reader, CounterOf(counter), found); }),
                absl::OkStatus());
    }
    return found;
  }
  static absl::Status CountIn(Reader& reader, const std::string& counter, std::map<std::string, int>& found) {
    AMIKECO_ASSIGN_OR_RETURN(const auto record, reader.Get("counter", counter));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, reader.History(counter, 0, std::numeric_limits<int>::max()));
    EXPECT_EQ(record ? record->version : 0, static_cast<int64_t>(facts.size())) << counter;
    for (size_t i = 0; i < facts.size(); ++i) {
      EXPECT_EQ(facts[i].subject_version, static_cast<int64_t>(i + 1)) << counter;
      ++found[facts[i].body];
    }
    if (record && !facts.empty()) {
      EXPECT_EQ(record->body, facts.back().body) << counter;
    }
    return absl::OkStatus();
  }

  static void Compare(const Told& told, std::map<std::string, int>& found) {
    for (const absl::Status& status : told.wrong) ADD_FAILURE() << status;
    for (const std::string& change : told.acknowledged) EXPECT_EQ(found[change], 1) << change;
    for (const std::string& change : told.in_doubt) EXPECT_LE(found[change], 1) << change;
    for (const std::string& change : told.refused) EXPECT_EQ(found[change], 0) << change;
    EXPECT_LE(told.most_runs, kMostRuns);
    const auto kept = std::count_if(told.in_doubt.begin(), told.in_doubt.end(),
                                    [&](const std::string& change) { return found[change] > 0; });
    std::cout << told.acknowledged.size() << " increments acknowledged, " << told.in_doubt.size() << " in doubt ("
              << kept << " of them kept), " << told.refused.size() << " refused, at most " << told.most_runs << " runs"
              << std::endl;
  }

  std::unique_ptr<PostgresServer> server_;
  config::v1::StoreConfig::Postgres config_;
};

TEST_F(PostgresFaults, LoseNoAcknowledgedIncrementAndDoubleNone) {
  const auto first = Open(), second = Open();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  std::atomic<bool> end{false};
  std::atomic<int64_t> acknowledged{0};
  std::vector<Told> told(kWriters);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    Store& store = writer % 2 == 0 ? *first : *second;
    writers.emplace_back([&, writer] { told[writer] = WriteUntil(end, acknowledged, store, writer); });
  }
  Cut(RunSize(60, 2000), acknowledged);
  end = true;
  Told all;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers[writer].join();
    all.Add(std::move(told[writer]));
  }
  auto found = Found(*first);
  Compare(all, found);
}

// Refuses a tenth of the inserts of facts at once and a tenth at the commit, as a database does where transactions get
// in each other's way. The sequence counts the refusals: it is not rolled back.
constexpr char kRefuseSome[] = R"sql(
    CREATE SEQUENCE refusals;
    CREATE FUNCTION refuse_some() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF random() < 0.1 THEN
          PERFORM nextval('refusals');
          RAISE EXCEPTION 'refused' USING ERRCODE = CASE WHEN random() < 0.5 THEN '40001' ELSE '40P01' END;
        END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER at_once AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse_some();
    CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION refuse_some();)sql";

TEST_F(PostgresFaults, DoNotShowSerializationFailuresToACaller) {
  const auto store = Open();
  ASSERT_NE(store, nullptr);
  ASSERT_EQ(PostgresServer::Execute(config_.conninfo(), kRefuseSome).status(), absl::OkStatus());
  const int64_t calls = RunSize(5'000, 200'000);
  std::vector<Told> told(kWriters);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      // Counters of its own: every refusal is one of the trigger's.
      for (int64_t i = writer; i < calls; i += kWriters) {
        const std::string change = absl::StrCat(writer, "-", i);
        int runs = 0;
        const absl::Status status = Increment(*store, CounterOf(i % kCounters), change, runs);
        if (!status.ok()) told[writer].wrong.push_back(status);
        told[writer].acknowledged.insert(change);
        told[writer].most_runs = std::max(told[writer].most_runs, runs);
      }
    });
  }
  Told all;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers[writer].join();
    all.Add(std::move(told[writer]));
  }
  auto found = Found(*store);
  Compare(all, found);
  EXPECT_EQ(static_cast<int64_t>(found.size()), calls);
  const auto refusals = PostgresServer::Execute(config_.conninfo(), "SELECT last_value FROM refusals");
  int64_t refused = 0;
  ASSERT_TRUE(refusals.ok() && absl::SimpleAtoi(*refusals, &refused)) << refusals.status();
  std::cout << refused << " of " << calls + refused << " transactions refused" << std::endl;
  EXPECT_GT(refused, calls / 6);  // 19 % of all attempts are 23 % of the calls
}

// The other process: takes the lock, says so with a byte, and holds it until it is killed.
[[noreturn]] void HoldLock(const config::v1::StoreConfig::Postgres& config, int told) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto store = PostgresStore::Open(config);
  if (!store.ok()) _exit(1);
  const auto lock = (*store)->TryLock("relay");
  if (!lock.ok() || *lock == nullptr || write(told, "t", 1) != 1) _exit(1);
  for (;;) pause();
}

// The child is forked while this process has one thread.
TEST_F(PostgresFaults, PassALockOnWithinTwoSecondsWhenItsHolderIsKilled) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t holder = fork();
  ASSERT_GE(holder, 0);
  if (holder == 0) HoldLock(config_, ends[1]);
  close(ends[1]);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 1) << "the other process did not get the lock";
  close(ends[0]);
  const auto store = Open();
  ASSERT_NE(store, nullptr);
  auto lock = store->TryLock("relay");
  EXPECT_TRUE(lock.ok() && *lock == nullptr) << lock.status();

  const absl::Time killed = absl::Now();
  kill(holder, SIGKILL);
  while (lock.ok() && *lock == nullptr && absl::Now() < killed + kPatience) lock = store->TryLock("relay");
  const absl::Duration took = absl::Now() - killed;
  EXPECT_EQ(waitpid(holder, nullptr, 0), holder);
  ASSERT_TRUE(lock.ok() && *lock != nullptr) << lock.status();
  EXPECT_TRUE((*lock)->StillHeld());
  EXPECT_LT(took, absl::Seconds(2));
  std::cout << "the lock was taken " << took << " after its holder was killed" << std::endl;
}

}  // namespace
}  // namespace amikeco
