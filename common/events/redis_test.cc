// The connection to Redis: over TLS, and to the primary that Sentinels name, wherever it moves.
#include "common/events/redis.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/config/textproto.h"
#include "common/rpc/testing/keys.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/redis.h"
#include "tests/support/watched_redis.h"

namespace amikeco {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

MATCHER_P(Unavailable, message, "") {
  return ::testing::ExplainMatchResult(absl::StatusCode::kUnavailable, arg.code(), result_listener) &&
         ::testing::ExplainMatchResult(message, std::string(arg.message()), result_listener);
}

// The value of `key`, which is "" when there is none.
absl::StatusOr<std::string> Get(RedisConnection& redis, const std::string& key) {
  auto reply = redis.Run({"GET", key});
  if (!reply.ok()) return reply.status();
  return std::string(TextOf(**reply));
}

TEST(RedisConnection, CarriesAnyBytesAndManyCommandsInOneGo) {
  const auto server = RedisServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  RedisAddress address;
  address.host = "localhost";
  address.port = (*server)->port();
  RedisConnection redis(address);
  const std::string large(3'000'000, 'x');
  std::vector<RedisCommand> commands = {{"SET", "large", large}, {"SET", std::string("a\0\r\n", 4), "b"}};
  for (int i = 0; i < 5; ++i) commands.push_back({"GET", "large"});
  commands.push_back({"GET", std::string("a\0\r\n", 4)});
  const auto replies = redis.Run(commands);
  ASSERT_TRUE(replies.ok()) << replies.status();
  ASSERT_EQ(replies->size(), commands.size());
  for (int i = 2; i < 7; ++i) EXPECT_TRUE(TextOf(*(*replies)[i]) == large);
  EXPECT_EQ(TextOf(*replies->back()), "b");
}

TEST(RedisConnection, SaysWhereRedisIsNotAndTriesAgainLater) {
  RedisAddress address;
  address.port = FreePort();
  RedisConnection redis(address);
  EXPECT_THAT(redis.Run({"PING"}).status(),
              Unavailable(absl::StrCat("Redis cannot be reached: 127.0.0.1:", address.port, ": Connection refused")));
  // The pause doubles; sooner or later it outlasts the way from one call to the next.
  absl::Status status;
  for (int i = 0; i < 20 && status.message() != "Redis was away a moment ago"; ++i)
    status = redis.Run({"PING"}).status();
  EXPECT_THAT(status, Unavailable("Redis was away a moment ago"));
  address.host = "nowhere.invalid";
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(), Unavailable(HasSubstr("nowhere.invalid:")));
}

class RedisTlsTest : public ::testing::Test {
 protected:
  RedisTlsTest() { Write("ca", authority_); }

  // A certificate and its key as files.
  void Write(const std::string& name, const testing::Certificate& certificate) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / name + ".pem", certificate.pem).ok());
    ASSERT_TRUE(WriteFileAtomically(folder_ / name + ".key", testing::PrivatePem(certificate.key)).ok());
  }

  // A server whose certificate has `san`; it listens for plaintext on its other port.
  void Start(const std::string& san, bool asks_for_certificate = false) {
    Write("server", testing::MakeCertificate(authority_, "redis", san));
    tls_port_ = FreePort();
    auto started = RedisServer::Start({"--tls-port", absl::StrCat(tls_port_), "--tls-cert-file", folder_ / "server.pem",
                                       "--tls-key-file", folder_ / "server.key", "--tls-ca-cert-file",
                                       folder_ / "ca.pem", "--tls-auth-clients", asks_for_certificate ? "yes" : "no"});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  absl::Status Ping(const std::string& host, int port, const std::string& ca = "ca", const std::string& own = "") {
    RedisAddress address;
    address.host = host;
    address.port = port;
    address.tls = RedisTls{folder_ / ca + ".pem", "", ""};
    if (!own.empty()) {
      address.tls->certificate_file = folder_ / own + ".pem";
      address.tls->key_file = folder_ / own + ".key";
    }
    return RedisConnection(address).Run({"PING"}).status();
  }

  const TemporaryFolder folder_{"redis-tls"};
  const testing::Certificate authority_ = testing::MakeAuthority();
  std::unique_ptr<RedisServer> server_;
  int tls_port_ = 0;
};

TEST_F(RedisTlsTest, ReachesAServerByItsNameOrItsAddress) {
  Start("DNS:localhost,IP:127.0.0.1");
  EXPECT_EQ(Ping("localhost", tls_port_), absl::OkStatus());
  EXPECT_EQ(Ping("127.0.0.1", tls_port_), absl::OkStatus());
}

TEST_F(RedisTlsTest, CarriesMoreThanOneRecordBothWays) {
  Start("IP:127.0.0.1");
  RedisAddress address;
  address.port = tls_port_;
  address.tls = RedisTls{folder_ / "ca.pem", "", ""};
  RedisConnection redis(address);
  const std::string large(3'000'000, 'x');
  ASSERT_TRUE(redis.Run({"SET", "large", large}).ok());
  EXPECT_TRUE(Get(redis, "large").value_or("") == large);
}

TEST_F(RedisTlsTest, RefusesAServerOfAnotherNameOrAddress) {
  Start("DNS:redis.example,IP:127.0.0.2");
  EXPECT_THAT(Ping("localhost", tls_port_), Unavailable(AllOf(HasSubstr("localhost:"), HasSubstr("ostname mismatch"))));
  EXPECT_THAT(Ping("127.0.0.1", tls_port_), Unavailable(HasSubstr("IP address mismatch")));
}

TEST_F(RedisTlsTest, RefusesAServerOfAnotherAuthority) {
  Start("DNS:localhost");
  Write("other", testing::MakeAuthority());
  EXPECT_THAT(Ping("localhost", tls_port_, "other"), Unavailable(HasSubstr("TLS: its certificate is refused")));
}

TEST_F(RedisTlsTest, ShowsACertificateToAServerThatAsks) {
  Start("DNS:localhost", /*asks_for_certificate=*/true);
  Write("client", testing::MakeCertificate(authority_, "matching", ""));
  EXPECT_EQ(Ping("localhost", tls_port_, "ca", "client"), absl::OkStatus());
  // The server hangs up before or after our first command is sent.
  for (int i = 0; i < 50; ++i) {
    ASSERT_THAT(Ping("localhost", tls_port_), Unavailable(HasSubstr("TLS: tlsv13 alert certificate required")));
  }
}

TEST_F(RedisTlsTest, AsksWhetherTlsIsSpokenThereWhenItIsNot) {
  Start("DNS:localhost");
  EXPECT_THAT(Ping("localhost", server_->port()),
              Unavailable(HasSubstr("no answer for 2s; is TLS spoken on this port?")));
  RedisAddress address;
  address.port = tls_port_;
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(), Unavailable(HasSubstr("127.0.0.1:")));
}

TEST_F(RedisTlsTest, GivesUpAServerThatIsSilent) {
  Start("DNS:localhost");
  server_->Pause();
  RedisAddress address;
  address.host = "localhost";
  address.port = tls_port_;
  address.timeout = absl::Milliseconds(100);
  address.tls = RedisTls{folder_ / "ca.pem", "", ""};
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(), Unavailable(HasSubstr("no answer for 100ms")));
  server_->Resume();
}

TEST_F(RedisTlsTest, IsConfiguredWithFilesThatAreLookedAtAtOnce) {
  Write("client", testing::MakeCertificate(authority_, "matching", ""));
  config::v1::QueueConfig::Redis config;
  config.mutable_tls()->set_ca_file(folder_ / "ca.pem");
  config.mutable_tls()->set_certificate_file(folder_ / "client.pem");
  config.mutable_tls()->set_key_file(folder_ / "client.key");
  EXPECT_TRUE(RedisAddressOf(config).ok());
  config.mutable_tls()->set_key_file(folder_ / "ca.key");
  EXPECT_THAT(std::string(RedisAddressOf(config).status().message()),
              AllOf(HasSubstr("queue.redis.tls.key_file"), HasSubstr("mismatch")));
  config.mutable_tls()->set_key_file(folder_ / "none");
  EXPECT_THAT(std::string(RedisAddressOf(config).status().message()),
              AllOf(HasSubstr("queue.redis.tls.key_file"), HasSubstr("No such file")));
  config.mutable_tls()->set_ca_file(folder_ / "ca.key");
  EXPECT_THAT(std::string(RedisAddressOf(config).status().message()), HasSubstr("queue.redis.tls.ca_file"));
  config.mutable_tls()->clear_ca_file();  // the system's
  config.mutable_tls()->set_key_file(folder_ / "client.key");
  EXPECT_TRUE(RedisAddressOf(config).ok());
}

TEST(CheckRedis, RefusesWhatDoesNotGoTogether) {
  const auto mistake = [](const std::string& text) {
    config::v1::QueueConfig::Redis config;
    EXPECT_TRUE(ParseTextprotoText(text, "test", config).ok());
    const absl::Status status = CheckRedis(config);
    EXPECT_EQ(RedisAddressOf(config).status(), status);
    return std::string(status.message());
  };
  EXPECT_EQ(mistake("host: 'redis' port: 6380 tls {}"), "");
  EXPECT_EQ(mistake("sentinels: 'a:26379' sentinels: '[::1]:26379' primary: 'main'"), "");
  EXPECT_THAT(mistake("host: 'a' sentinels: 'a:1' primary: 'main'"), HasSubstr("queue.redis.host: "));
  EXPECT_THAT(mistake("port: 1 sentinels: 'a:1' primary: 'main'"), HasSubstr("queue.redis.port: "));
  EXPECT_THAT(mistake("sentinels: 'a:1'"), HasSubstr("queue.redis.primary: "));
  EXPECT_THAT(mistake("primary: 'main'"), HasSubstr("queue.redis.primary is for sentinels"));
  EXPECT_THAT(mistake("sentinel_password_file: 'x'"), HasSubstr("queue.redis.sentinel_password_file is for sentinels"));
  EXPECT_THAT(mistake("tls { key_file: 'x' }"), HasSubstr("set both certificate_file and key_file"));
  for (const char* wrong : {"a", "a:", ":1", "a:x", "a:0", "a:70000"}) {
    EXPECT_THAT(mistake(absl::StrCat("primary: 'main' sentinels: '", wrong, "'")),
                HasSubstr(absl::StrCat("queue.redis.sentinels: \"", wrong, "\"")))
        << wrong;
  }
}

// A Sentinel of its own, which takes the server on this port for the primary.
struct LoneSentinel {
  LoneSentinel(const std::string& name, int primary_port) {
    const std::string config = absl::StrCat("port ", port, "\nbind 127.0.0.1\ndir ", folder.path(),
                                            "\nsentinel monitor ", name, " 127.0.0.1 ", primary_port, " 2\n");
    EXPECT_TRUE(WriteFileAtomically(folder / "conf", config).ok());
    auto started = Child::Start({"redis-server", folder / "conf", "--sentinel"},
                                {.log = folder / "log", .user = "", .folder = ""});
    EXPECT_TRUE(started.ok()) << started.status();
    if (!started.ok()) return;
    child = *std::move(started);
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (AskRedis(port, "PING").empty() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  }

  const TemporaryFolder folder{"sentinel"};
  const int port = FreePort();
  std::unique_ptr<Child> child;
};

class RedisSentinelTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto started = WatchedRedis::Start();
    ASSERT_TRUE(started.ok()) << started.status();
    redis_ = started->release();
  }
  static void TearDownTestSuite() { delete std::exchange(redis_, nullptr); }
  void SetUp() override { ASSERT_NE(redis_, nullptr); }

  static RedisAddress Address() {
    RedisAddress address;
    for (int i = 0; i < WatchedRedis::kSentinels; ++i) {
      address.sentinels.push_back({"127.0.0.1", redis_->sentinel_port(i)});
    }
    address.primary = WatchedRedis::kPrimary;
    return address;
  }
  // Sets `key` once that can be done again; how long it took.
  static absl::Duration TimeToSet(RedisConnection& redis, const std::string& key, const std::string& value) {
    const absl::Time start = absl::Now();
    absl::Status status = absl::UnavailableError("not tried");
    while (!status.ok() && absl::Now() - start < absl::Seconds(60)) {
      status = redis.Run({"SET", key, value}).status();
      if (!status.ok()) absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_TRUE(status.ok()) << status;
    return absl::Now() - start;
  }
  // What a server has under `key`, as it stands on the wire.
  static std::string At(int server, const std::string& key) {
    return AskRedis(redis_->server(server).port(), "GET " + key);
  }

  static WatchedRedis* redis_;
};
WatchedRedis* RedisSentinelTest::redis_ = nullptr;

TEST_F(RedisSentinelTest, NameThePrimary) {
  RedisConnection redis(Address());
  ASSERT_TRUE(redis.Run({"SET", "a", "1"}).ok());
  EXPECT_EQ(At(*redis_->Primary(), "a"), "$1\r\n1\r\n");
}

TEST_F(RedisSentinelTest, AreAskedInTurnAndTheOneThatAnsweredFirstTheNextTime) {
  RedisAddress address = Address();
  address.sentinels.insert(address.sentinels.begin(), {{"127.0.0.1", FreePort()}, {"nowhere.invalid", 26379}});
  RedisSentinels sentinels(address);
  const auto primary = sentinels.FindPrimary();
  ASSERT_TRUE(primary.ok()) << primary.status();
  EXPECT_EQ(primary->port, redis_->server(*redis_->Primary()).port());
  redis_->KillSentinel(0);  // the one that answered
  EXPECT_TRUE(sentinels.FindPrimary().ok());
  ASSERT_TRUE(redis_->StartSentinel(0).ok());
}

TEST_F(RedisSentinelTest, AreNamedWhenNoneOfThemAnswers) {
  RedisAddress address;
  address.sentinels = {{"127.0.0.1", FreePort()}, {"127.0.0.1", FreePort()}};
  address.primary = "main";
  const std::string one = Describe(address.sentinels[0]), two = Describe(address.sentinels[1]);
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(),
              Unavailable(AllOf(HasSubstr("no Sentinel knows where the primary \"main\" is"),
                                HasSubstr(one + ": Connection refused"), HasSubstr(two + ": Connection refused"))));
}

TEST_F(RedisSentinelTest, SayThatTheyDoNotKnowAName) {
  RedisAddress address = Address();
  address.primary = "mian";
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(),
              Unavailable(AllOf(HasSubstr("the primary \"mian\""), HasSubstr("watches no primary of this name"))));
}

TEST_F(RedisSentinelTest, TellOfAFailoverThatWasAskedFor) {
  ASSERT_TRUE(redis_->Settle().ok());
  RedisConnection redis(Address());
  ASSERT_TRUE(redis.Run({"SET", "b", "before"}).ok());
  const int old = *redis_->Primary();
  ASSERT_TRUE(redis_->FailOver().ok());
  const auto now = redis_->PrimaryAfter(old);
  ASSERT_TRUE(now.ok()) << now.status();
  ASSERT_TRUE(redis_->Settle().ok());
  TimeToSet(redis, "b", "after");
  EXPECT_EQ(At(*now, "b"), "$5\r\nafter\r\n");
}

TEST_F(RedisSentinelTest, TellOfANewPrimaryWhenTheOldOneDied) {
  const absl::Status settled = redis_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  RedisConnection redis(Address());
  ASSERT_TRUE(redis.Run({"SET", "c", "before"}).ok());
  const int old = *redis_->Primary();
  redis_->server(old).Kill();
  TimeToSet(redis, "c", "after");
  const auto now = redis_->PrimaryAfter(old);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(At(*now, "c"), "$5\r\nafter\r\n");
  ASSERT_TRUE(redis_->Rejoin(old).ok());
}

// A frozen primary still takes connections, and comes back believing that it is the primary.
TEST_F(RedisSentinelTest, TellOfANewPrimaryWhenTheOldOneIsFrozenAndComesBack) {
  const absl::Status settled = redis_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  RedisAddress address = Address();
  address.timeout = absl::Milliseconds(500);
  RedisConnection redis(address), idle(address);
  ASSERT_TRUE(redis.Run({"SET", "d", "before"}).ok());
  ASSERT_TRUE(idle.Run({"PING"}).ok());
  const int old = *redis_->Primary();
  redis_->server(old).Pause();
  TimeToSet(redis, "d", "after");
  const auto now = redis_->PrimaryAfter(old);
  ASSERT_TRUE(now.ok()) << now.status();
  EXPECT_EQ(At(*now, "d"), "$5\r\nafter\r\n");
  redis_->server(old).Resume();
  ASSERT_TRUE(redis_->Settle().ok());  // it is made a replica, and its clients are sent away
  absl::StatusOr<std::string> value;
  for (int i = 0; i < 1000 && value.value_or("") != "after"; ++i) {
    value = Get(idle, "d");
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(value.value_or(std::string(value.status().message())), "after");
}

// As one does that is cut off from the others: here, one that has never spoken to any.
TEST_F(RedisSentinelTest, AreNotAskedForEverWhenTheyNameADeadServer) {
  const absl::Status settled = redis_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  RedisAddress address = Address();
  const LoneSentinel alone(WatchedRedis::kPrimary, FreePort());
  address.sentinels.insert(address.sentinels.begin(), {"127.0.0.1", alone.port});
  RedisConnection redis(address);
  EXPECT_THAT(redis.Run({"PING"}).status(), Unavailable(HasSubstr("Connection refused")));
  EXPECT_LT(TimeToSet(redis, "e", "1"), absl::Seconds(10));
  EXPECT_EQ(At(*redis_->Primary(), "e"), "$1\r\n1\r\n");
}

// As one is that has not heard of a failover yet: here, one that was told to watch a replica.
TEST_F(RedisSentinelTest, AreNotBelievedWhenTheyNameAReplica) {
  const absl::Status settled = redis_->Settle();
  ASSERT_TRUE(settled.ok()) << settled;
  const int replica = redis_->server((*redis_->Primary() + 1) % WatchedRedis::kServers).port();
  const LoneSentinel mistaken("mistaken", replica);
  RedisAddress address;
  address.primary = "mistaken";
  address.sentinels = {{"127.0.0.1", mistaken.port}};
  EXPECT_THAT(RedisConnection(address).Run({"PING"}).status(),
              Unavailable(HasSubstr("name a server that is a replica")));
}

}  // namespace
}  // namespace amikeco
