// Calls of the store end at their deadline, whatever they wait for: the server, a connection, a lock, other writers.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/base/deadline.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/store/sqlite_store.h"
#include "tests/support/child.h"
#include "tests/support/postgres_fixture.h"

namespace amikeco {
namespace {

constexpr absl::Duration kDeadline = absl::Milliseconds(500);
// Connecting to a server that does not answer takes libpq 2 s; the rest is for a busy machine.
constexpr absl::Duration kEnds = absl::Seconds(5);
constexpr absl::Duration kPatience = absl::Seconds(30);

// A write that has begun, with its change made, and ends when it is told to.
class OpenWrite {
 public:
  OpenWrite(Store& store, const std::string& id)
      : thread_([this, &store, id] {
          status_ = store.Write([&](Transaction& tx) -> absl::Status {
            AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", id, 1, "x"}, 0, {}));
            AMIKECO_RETURN_IF_ERROR(tx.Get("thing", "nothing").status());  // what was queued is there now
            if (!begun_.HasBeenNotified()) begun_.Notify();
            end_.WaitForNotification();
            return absl::OkStatus();
          });
        }) {
    begun_.WaitForNotification();
  }
  absl::Status End() {
    end_.Notify();
    thread_.join();
    return status_;
  }

 private:
  absl::Status status_;
  absl::Notification begun_, end_;
  std::thread thread_;
};

// Runs `call` with a deadline, which must end it.
template <typename Call>
absl::Status ByDeadline(Call call) {
  const absl::Time begin = SteadyNow();
  const DeadlineScope within(begin + kDeadline);
  const absl::Status status = call();
  EXPECT_LT(SteadyNow() - begin, kEnds) << status;
  return status;
}

class PostgresDeadlines : public PostgresTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(PostgresTest::SetUp());
    config_.set_connections(3);
    store_ = Open();
    ASSERT_NE(store_, nullptr);
  }

  std::unique_ptr<Store> store_;
};

TEST_F(PostgresDeadlines, EndCallsOfAServerThatHangs) {
  ASSERT_EQ(Insert(*store_, "before"), absl::OkStatus());
  auto lock = store_->TryLock("relay");
  ASSERT_TRUE(lock.ok() && *lock != nullptr) << lock.status();
  server_->Pause();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3; ++i) {
        const absl::Status status = ByDeadline(
            [&] { return t % 2 == 0 ? Insert(*store_, absl::StrCat(t, "-", i)) : Has(*store_, "before").status(); });
        EXPECT_TRUE(absl::IsDeadlineExceeded(status) || absl::IsUnavailable(status)) << status;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ByDeadline([&] { return (*lock)->StillHeld() ? absl::OkStatus() : absl::CancelledError(); }).IgnoreError();
  EXPECT_FALSE((*lock)->StillHeld());
  EXPECT_FALSE(ByDeadline([&] { return store_->TryLock("other").status(); }).ok());
  server_->Resume();
  EXPECT_EQ(Insert(*store_, "after"), absl::OkStatus());
  EXPECT_TRUE(Has(*store_, "before").value_or(false));
}

// More bytes than the socket takes: the server must read for them to leave.
TEST_F(PostgresDeadlines, EndTheSendingToAServerThatDoesNotRead) {
  ASSERT_EQ(Insert(*store_, "before"), absl::OkStatus());
  server_->Pause();
  const absl::Status status = ByDeadline([&] {
    return store_->Write([&](Transaction& tx) {
      return tx.Put({"thing", "big", 1, std::string(20'000'000, 'x')}, 0, {});
    });
  });
  server_->Resume();
  EXPECT_EQ(ReasonOf(status), "STORE_TIMEOUT") << status;
  EXPECT_EQ(Insert(*store_, "after"), absl::OkStatus());
}

TEST_F(PostgresDeadlines, EndTheWaitForAConnection) {
  std::vector<std::unique_ptr<OpenWrite>> writes;
  for (int i = 0; i < 3; ++i) writes.push_back(std::make_unique<OpenWrite>(*store_, absl::StrCat("held", i)));
  EXPECT_EQ(ReasonOf(ByDeadline([&] { return Has(*store_, "held0").status(); })), "STORE_TIMEOUT");
  EXPECT_EQ(ReasonOf(ByDeadline([&] { return Insert(*store_, "late"); })), "STORE_TIMEOUT");
  for (auto& write : writes) EXPECT_EQ(write->End(), absl::OkStatus());
  EXPECT_FALSE(Has(*store_, "late").value_or(true));
}

TEST_F(PostgresDeadlines, EndTheWaitForALockAndLeaveNothingRunning) {
  const auto waiting = [&] {
    return PostgresServer::Execute(config_.conninfo(),
                                   "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                   " AND wait_event_type = 'Lock'")
        .value_or("");
  };
  OpenWrite first(*store_, "same");
  EXPECT_EQ(ReasonOf(ByDeadline([&] { return Insert(*store_, "same"); })), "STORE_TIMEOUT");
  for (const absl::Time begin = absl::Now(); waiting() != "0" && absl::Now() < begin + kPatience;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(waiting(), "0");
  EXPECT_EQ(first.End(), absl::OkStatus());
  EXPECT_EQ(Insert(*store_, "other"), absl::OkStatus());
}

// A call that ran out of time in its own body costs no connection.
TEST_F(PostgresDeadlines, KeepAConnectionThatAnswers) {
  const auto connection = [&] {
    return PostgresServer::Execute(config_.conninfo(),
                                   "SELECT string_agg(pid::text, ',') FROM pg_stat_activity"
                                   " WHERE datname = current_database() AND application_name = 'amikeco'")
        .value_or("");
  };
  ASSERT_EQ(Insert(*store_, "before"), absl::OkStatus());
  const std::string before = connection();
  const absl::Status status = ByDeadline([&] {
    return store_->Write([&](Transaction& tx) {
      const absl::Status put = tx.Put({"thing", "late", 1, "x"}, 0, {});
      absl::SleepFor(kDeadline);
      return put;
    });
  });
  EXPECT_EQ(ReasonOf(status), "STORE_TIMEOUT") << status;
  EXPECT_FALSE(Has(*store_, "late").value_or(true));
  EXPECT_EQ(connection(), before);
}

class SqliteDeadlines : public ::testing::Test {
 protected:
  const TemporaryFolder folder_{"sqlite"};
  const std::unique_ptr<Store> store_ = *SqliteStore::Open(folder_ / "test.db");
};

TEST_F(SqliteDeadlines, EndTheWaitForTheWriterAndTheWriteIsNotMadeLater) {
  std::atomic<int> runs{0};
  OpenWrite first(*store_, "first");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const absl::Status status = ByDeadline([&] {
        return store_->Write([&](Transaction&) {
          ++runs;
          return absl::OkStatus();
        });
      });
      EXPECT_EQ(ReasonOf(status), "STORE_TIMEOUT") << status;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(first.End(), absl::OkStatus());
  EXPECT_EQ(Insert(*store_, "after"), absl::OkStatus());
  EXPECT_EQ(runs, 0);
}

// Its caller waits on: only the commit tells what has become of it.
TEST_F(SqliteDeadlines, DoNotHideWhatBecameOfAWriteThatHasBegun) {
  EXPECT_EQ(ByDeadline([&] {
              return store_->Write([&](Transaction& tx) {
                const absl::Status put = tx.Put({"thing", "late", 1, "x"}, 0, {});
                absl::SleepFor(kDeadline);
                return put;
              });
            }),
            absl::OkStatus());
  EXPECT_TRUE(Has(*store_, "late").value_or(false));
}

TEST_F(SqliteDeadlines, EndARaceThatIsLostAgainAndAgain) {
  int runs = 0;
  const absl::Status status = ByDeadline([&] {
    return store_->Write([&](Transaction&) {
      ++runs;
      absl::SleepFor(kDeadline);
      return Error(errors::kLostRace, "always");
    });
  });
  EXPECT_EQ(ReasonOf(status), "LOST_RACE") << status;
  EXPECT_EQ(runs, 1);
}

TEST_F(SqliteDeadlines, DoNotBeginAWriteThatComesTooLate) {
  const DeadlineScope within(SteadyNow());
  EXPECT_EQ(ReasonOf(Insert(*store_, "late")), "STORE_TIMEOUT");
  EXPECT_FALSE(Has(*store_, "late").value_or(true));
}

}  // namespace
}  // namespace amikeco
