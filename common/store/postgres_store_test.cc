// What is PostgreSQL's alone; what every store must do is in store_conformance_test.cc.
#include "common/store/postgres_store.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/store/sql.h"
#include "tests/support/postgres_fixture.h"

namespace amikeco {
namespace {

class PostgresStoreTest : public PostgresTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(PostgresTest::SetUp());
    store_ = Open();
    ASSERT_NE(store_, nullptr);
  }

  std::unique_ptr<Store> store_;
};

TEST_F(PostgresStoreTest, ReplacesConnectionsThatWereCutWithoutAnError) {
  ASSERT_EQ(Insert(*store_, "a"), absl::OkStatus());
  ASSERT_TRUE(server_->DropConnections().ok());
  EXPECT_TRUE(Has(*store_, "a").value_or(false));
  ASSERT_TRUE(server_->DropConnections().ok());
  EXPECT_EQ(Insert(*store_, "b"), absl::OkStatus());
  EXPECT_TRUE(Has(*store_, "b").value_or(false));
}

TEST_F(PostgresStoreTest, RunsTheBodyAgainWhenTheConnectionIsCutInItsMiddle) {
  ASSERT_EQ(Insert(*store_, "a"), absl::OkStatus());
  int runs = 0;
  EXPECT_EQ(store_->Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", "b", 1, "x"}, 0, {}));
    AMIKECO_RETURN_IF_ERROR(tx.Get("thing", "a").status());
    if (++runs == 1) {
      EXPECT_TRUE(server_->DropConnections().ok());
    }
    return tx.Get("thing", "c").status();
  }),
            absl::OkStatus());
  EXPECT_EQ(runs, 2);
  EXPECT_TRUE(Has(*store_, "b").value_or(false));
}

TEST_F(PostgresStoreTest, DoesNotRunAgainWhatMayHaveBeenCommitted) {
  ASSERT_EQ(Insert(*store_, "a"), absl::OkStatus());
  ASSERT_TRUE(PostgresServer::Execute(config_.conninfo(), R"sql(
      CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER dies_at_commit AFTER INSERT ON record DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION die();)sql")
                  .ok());
  int runs = 0;
  const absl::Status status = store_->Write([&](Transaction& tx) {
    ++runs;
    return tx.Put({"thing", "b", 1, "x"}, 0, {});
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(runs, 1);
}

TEST_F(PostgresStoreTest, IsUnavailableWhileTheServerIsAwayAndGoesOnAfterwards) {
  ASSERT_EQ(Insert(*store_, "a"), absl::OkStatus());
  server_->Kill();
  EXPECT_EQ(Insert(*store_, "b").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Has(*store_, "a").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->Check().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->TryLock("relay").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(PostgresStore::Open(config_).status().code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(server_->Restart().ok());
  EXPECT_EQ(store_->Check(), absl::OkStatus());
  EXPECT_TRUE(Has(*store_, "a").value_or(false));
  EXPECT_FALSE(Has(*store_, "b").value_or(true));
  EXPECT_EQ(Insert(*store_, "b"), absl::OkStatus());
}

TEST_F(PostgresStoreTest, IsNotReadyWhileTheDatabaseOnlyReadsOnceAWriteHasShownIt) {
  const auto only_read = [&](absl::string_view on) {
    return PostgresServer::Execute(config_.conninfo() + " options='-c default_transaction_read_only=off'",
                                   absl::StrCat("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET"
                                                " default_transaction_read_only = ",
                                                on, "', current_database()); END $$"))
        .status();
  };
  ASSERT_EQ(Insert(*store_, "a"), absl::OkStatus());
  ASSERT_EQ(only_read("on"), absl::OkStatus());
  ASSERT_TRUE(server_->DropConnections().ok());  // it holds for new sessions
  EXPECT_EQ(store_->Check(), absl::OkStatus());
  EXPECT_EQ(ReasonOf(Insert(*store_, "b")), "STORE_UNAVAILABLE");
  EXPECT_EQ(ReasonOf(store_->Check()), "STORE_UNAVAILABLE");
  EXPECT_TRUE(Has(*store_, "a").value_or(false));
  ASSERT_EQ(only_read("off"), absl::OkStatus());
  ASSERT_TRUE(server_->DropConnections().ok());
  EXPECT_EQ(store_->Check(), absl::OkStatus());
  EXPECT_EQ(Insert(*store_, "b"), absl::OkStatus());
}

TEST_F(PostgresStoreTest, LosesALockWithItsConnectionAndSaysSo) {
  auto lock = store_->TryLock("relay");
  ASSERT_TRUE(lock.ok() && *lock != nullptr);
  EXPECT_TRUE((*lock)->StillHeld());
  ASSERT_TRUE(server_->DropConnections().ok());
  EXPECT_FALSE((*lock)->StillHeld());
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  auto again = store_->TryLock("relay");
  while (again.ok() && *again == nullptr && absl::Now() < deadline) again = store_->TryLock("relay");
  ASSERT_TRUE(again.ok());
  EXPECT_NE(*again, nullptr);
}

TEST_F(PostgresStoreTest, GivesALockToOneOfTwoReplicas) {
  const auto other = Open();
  auto lock = store_->TryLock("relay");
  ASSERT_TRUE(lock.ok() && *lock != nullptr);
  const auto second = other->TryLock("relay");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*second, nullptr);
}

// A replica that stands by asks often.
TEST_F(PostgresStoreTest, AsksForATakenLockAgainOnTheSameConnection) {
  const auto other = Open();
  const auto held = store_->TryLock("relay");
  ASSERT_TRUE(held.ok() && *held != nullptr);
  const auto asking = [&] {
    const auto refused = other->TryLock("relay");
    EXPECT_TRUE(refused.ok() && *refused == nullptr);
    return *PostgresServer::Execute(config_.conninfo(),
                                    "SELECT string_agg(pid::text, ',' ORDER BY pid) FROM pg_stat_activity"
                                    " WHERE datname = current_database() AND query LIKE 'SELECT pg_try_adv%'");
  };
  const std::string first = asking();
  EXPECT_TRUE(absl::StrContains(first, ",")) << first;  // the holder's and the asking one's
  EXPECT_EQ(asking(), first);
}

TEST_F(PostgresStoreTest, LosesNoUpdateOfTwoReplicas) {
  const auto other = Open();
  ASSERT_EQ(store_->Write([](Transaction& tx) { return tx.Put({"thing", "sum", 1, ""}, 0, {}); }), absl::OkStatus());
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Store& store = t % 2 == 0 ? *store_ : *other;
      for (int i = 0; i < 20; ++i) {
        committed += store
                         .Write([](Transaction& tx) -> absl::Status {
                           AMIKECO_ASSIGN_OR_RETURN(const auto sum, tx.Get("thing", "sum"));
                           return tx.Put({"thing", "sum", sum->version + 1, ""}, sum->version, {});
                         })
                         .ok();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(committed, 0);
  EXPECT_EQ(PostgresServer::Execute(config_.conninfo(), "SELECT version FROM record WHERE id = 'sum'").value_or(""),
            absl::StrCat(1 + committed));
}

TEST_F(PostgresStoreTest, IsMigratedByOneOfManyThatDoSoTogether) {
  const auto fresh = server_->NewDatabase();
  ASSERT_TRUE(fresh.ok());
  config_.set_conninfo(*fresh);
  std::vector<absl::StatusOr<std::string>> done(6);
  std::vector<std::thread> threads;
  for (auto& what : done) threads.emplace_back([&] { what = PostgresStore::Migrate(config_); });
  for (auto& thread : threads) thread.join();
  int worked = 0;
  for (const auto& what : done) {
    ASSERT_TRUE(what.ok()) << what.status();
    worked += absl::StrContains(*what, "from step 0");
  }
  EXPECT_EQ(worked, 1);
  EXPECT_EQ(PostgresServer::Execute(*fresh, "SELECT count(*) FROM schema_version").value_or(""),
            std::to_string(SchemaSteps().size()));
}

TEST_F(PostgresStoreTest, RefusesEverythingWhileItsSchemaIsTooOldAndGoesOnOnceItWasMigrated) {
  const auto fresh = server_->NewDatabase();
  ASSERT_TRUE(fresh.ok());
  config_.set_conninfo(*fresh);
  const auto store = Open();
  ASSERT_NE(store, nullptr);
  const auto is_too_old = [&](absl::string_view step) {
    EXPECT_EQ(ReasonOf(store->Check()), "SCHEMA_TOO_OLD");
    EXPECT_TRUE(absl::StrContains(store->Check().message(), step)) << store->Check();
    EXPECT_EQ(ReasonOf(Insert(*store, "a")), "SCHEMA_TOO_OLD");
    EXPECT_EQ(ReasonOf(Has(*store, "a").status()), "SCHEMA_TOO_OLD");
  };
  is_too_old("step 0");
  ASSERT_TRUE(PostgresServer::Execute(*fresh, absl::StrCat("CREATE TABLE schema_version (version BIGINT NOT NULL);"
                                                           "INSERT INTO schema_version VALUES (1);",
                                                           SchemaStep(0, kPostgresDialect)))
                  .ok());
  is_too_old("step 1");
  EXPECT_EQ(PostgresStore::Migrate(config_).value_or(""), "The schema was brought from step 1 to step 2.");
  EXPECT_EQ(store->Check(), absl::OkStatus());
  EXPECT_EQ(Insert(*store, "a"), absl::OkStatus());
}

// Schemas only grow, and the older of two releases goes on beside the newer one.
TEST_F(PostgresStoreTest, TakesASchemaThatIsNewerThanItself) {
  ASSERT_TRUE(PostgresServer::Execute(config_.conninfo(), "INSERT INTO schema_version VALUES (99)").ok());
  EXPECT_EQ(PostgresStore::Migrate(config_).value_or(""), "The schema is at step 99 already.");
  const auto store = Open();
  EXPECT_EQ(store->Check(), absl::OkStatus());
  EXPECT_EQ(Insert(*store, "a"), absl::OkStatus());
}

TEST_F(PostgresStoreTest, OpensNoMoreConnectionsThanConfigured) {
  config_.set_connections(2);
  const auto store = Open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) EXPECT_EQ(Insert(*store, absl::StrCat(t, "-", i)), absl::OkStatus());
    });
  }
  for (auto& thread : threads) thread.join();
  const auto open = PostgresServer::Execute(config_.conninfo(),
                                            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                            " AND application_name = 'amikeco' AND state = 'idle'");
  EXPECT_EQ(open.value_or(""), "2");  // the other store of this test has opened none yet
}

// Stands between one client and the server at `socket`, and counts how often the client speaks after the server did.
class Listener {
 public:
  explicit Listener(std::string socket) : server_(std::move(socket)), door_(Bound(folder_ / ".s.PGSQL.5432")) {
    listen(door_, 8);
    thread_ = std::thread([this] { Run(); });
  }
  ~Listener() {
    shutdown(door_, SHUT_RDWR);
    thread_.join();
    close(door_);
  }
  const std::string& host() const { return folder_.path(); }
  int turns() const { return turns_; }

 private:
  static sockaddr_un AddressOf(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
  }
  static int Bound(const std::string& path) {
    const sockaddr_un address = AddressOf(path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }
  void Run() {
    for (int client = accept(door_, nullptr, nullptr); client >= 0; client = accept(door_, nullptr, nullptr)) {
      const sockaddr_un address = AddressOf(server_);
      const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      EXPECT_EQ(connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
      pollfd ends[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
      for (int last = 1; poll(ends, 2, -1) > 0;) {
        const int from = ends[0].revents != 0 ? 0 : 1;
        char bytes[65536];
        const ssize_t got = read(ends[from].fd, bytes, sizeof(bytes));
        if (got <= 0 || write(ends[1 - from].fd, bytes, static_cast<size_t>(got)) != got) break;
        if (from == 0 && last == 1) ++turns_;
        last = from;
      }
      close(client);
      close(server);
    }
  }

  const TemporaryFolder folder_{"listener"};
  const std::string server_;
  const int door_;
  std::atomic<int> turns_{0};
  std::thread thread_;
};

TEST_F(PostgresStoreTest, TakesARoundTripForEachQuestionAndOneForAllThatACommandChanges) {
  const std::string host = config_.conninfo().substr(5, config_.conninfo().find(' ') - 5);
  Listener listener(host + "/.s.PGSQL.5432");
  config_.set_conninfo(absl::StrCat(config_.conninfo(), " host=", listener.host()));
  config_.set_connections(1);
  const auto store = Open();
  ASSERT_EQ(Insert(*store, "first"), absl::OkStatus());  // it also connects
  const int before = listener.turns();
  for (int i = 0; i < 10; ++i) {
    const std::string id = absl::StrCat("command", i);
    EXPECT_EQ(store->Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_RETURN_IF_ERROR(tx.FindRequest("actor", id).status());
      AMIKECO_RETURN_IF_ERROR(tx.Get("thing", id).status());
      AMIKECO_RETURN_IF_ERROR(tx.Put({"thing", id, 1, "x"}, 0, {Key{"by", "x"}}));
      AMIKECO_RETURN_IF_ERROR(tx.Append({0, id, id, 1, ""}));
      return tx.SaveRequest({"actor", id, "", "", "", absl::Now()});
    }),
              absl::OkStatus());
  }
  EXPECT_EQ(listener.turns() - before, 10 * 3);
}

TEST_F(PostgresStoreTest, SendsThePasswordOfTheFile) {
  const TemporaryFolder folder("password");
  config_.set_password_file(folder / "password");
  EXPECT_TRUE(absl::StrContains(PostgresStore::Open(config_).status().message(), folder / "password"));
  std::ofstream(folder / "password") << "secret\n";
  EXPECT_NE(Open(), nullptr);  // the server trusts everybody; it must not mind
}

}  // namespace
}  // namespace amikeco
