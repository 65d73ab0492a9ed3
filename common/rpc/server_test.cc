#include "common/rpc/server.h"

#include <gmock/gmock.h>
#include <grpc/grpc.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/sync_stream.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/config/textproto.h"
#include "common/rpc/client.h"
#include "common/rpc/errors.h"
#include "common/rpc/pool.h"
#include "common/rpc/testing/echo.h"
#include "common/rpc/testing/keys.h"

namespace amikeco::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kReflection[] = "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

const Credentials kCoordinator{"", Actor{"people/K-17", "sections/DE", {options::v1::ROLE_COORDINATOR}}};

config::v1::PeerConfig PeerAt(int port) {
  config::v1::PeerConfig peer;
  peer.set_target(absl::StrCat("127.0.0.1:", port));
  return peer;
}

// True when `condition` holds within 10 s.
template <typename Condition>
bool Eventually(Condition condition) {
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (absl::Now() < give_up) {
    if (condition()) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

class ServerTest : public ::testing::Test {
 protected:
  void Start(const config::v1::ServerConfig& config = LoopbackConfig()) {
    server_.emplace(config, process_, clock_);
    Bind(*server_, echoes_);
    const absl::Status status = server_->Start();
    ASSERT_TRUE(status.ok()) << status;
    channel_.emplace(PeerAt(server_->port()), kCoordinator);
  }

  absl::StatusOr<EchoResponse> Call(const EchoRequest& request, const CallOptions& options = {}) {
    return channel_->Call<EchoResponse>(kEcho, request, options);
  }

  SystemClock clock_;
  Process process_{QuietProcess(), "test"};
  Echoes echoes_;
  std::optional<Server> server_;
  std::optional<Channel> channel_;
};

TEST_F(ServerTest, AnswersOverTheNetwork) {
  Start();
  const auto response = Call(GoodRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->request().text(), "saluton");
  EXPECT_EQ(response->actor(), "people/K-17");
  EXPECT_LE(response->deadline_millis(), 10'000) << "the client's default deadline";
}

TEST_F(ServerTest, CarriesLargeMessagesBothWays) {
  Start();
  EchoRequest request = GoodRequest();
  request.set_content(std::string(3 << 20, 'x'));
  const auto response = Call(request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->request().content().size(), size_t{3} << 20);
}

TEST_F(ServerTest, RestoresAnErrorsNameAndDetailsAtTheClient) {
  Start();
  const absl::Status status = Call(EchoRequest()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  EXPECT_EQ(DetailOf<google::rpc::BadRequest>(status)->field_violations(0).field(), "text");
}

// F2: generated code would answer INTERNAL here.
TEST_F(ServerTest, AnswersUndecodableBytesWithInvalidArgumentAndLives) {
  Start();
  for (const std::string& bytes : {std::string("\x0a\x02\xff\xfe"), std::string("\x0a\x05sal"),
                                   std::string("\xff\xff\xff"), std::string("\x0b")}) {
    const absl::Status status = channel_->CallRaw(kEcho, bytes, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(ReasonOf(status), "INVALID_FIELDS");
  }
  EXPECT_TRUE(Call(GoodRequest()).ok());
}

TEST_F(ServerTest, RefusesOversizedRequestsAndLives) {
  Start();
  EchoRequest request = GoodRequest();
  request.set_content(std::string(4 << 20, 'x'));
  EXPECT_EQ(ReasonOf(Call(request).status()), "REQUEST_TOO_LARGE");
  request.set_content(std::string(9 << 20, 'x'));
  EXPECT_EQ(Call(request).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(Call(GoodRequest()).ok());
}

TEST_F(ServerTest, NamesTheRefusalOfAnUnknownMethod) {
  Start();
  for (const char* method : {"amikeco.testing.v1.EchoService/Drop", "amikeco.none.v1.NoService/Get"}) {
    const absl::Status status = channel_->CallRaw(method, "", {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
    EXPECT_EQ(ReasonOf(status), "UNKNOWN_METHOD");
  }
}

TEST_F(ServerTest, SendsTheCallsIdAndWhenToRetryInTrailers) {
  config::v1::ServerConfig config = LoopbackConfig();
  config.set_max_in_flight(1);
  Start(config);
  absl::Notification entered;
  absl::Notification leave;
  echoes_.before = [&](amikeco::Call&) {
    entered.Notify();
    leave.WaitForNotification();
    return absl::OkStatus();
  };
  std::thread busy([&] { EXPECT_TRUE(Call(GoodRequest()).ok()); });
  entered.WaitForNotification();
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "call-1");
  grpc::ByteBuffer response;
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
  const std::string path = absl::StrCat("/", kEcho);
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Slice empty;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(channel.get(), method, &context, grpc::ByteBuffer(&empty, 1), &response);
  leave.Notify();
  busy.join();
  EXPECT_EQ(ReasonOf(FromGrpc(status)), "TOO_MANY_CALLS");
  const auto& trailers = context.GetServerTrailingMetadata();
  ASSERT_EQ(trailers.count("x-request-id"), 1u);
  EXPECT_EQ(trailers.find("x-request-id")->second, "call-1");
  ASSERT_EQ(trailers.count("grpc-retry-pushback-ms"), 1u);
  EXPECT_EQ(trailers.find("grpc-retry-pushback-ms")->second, "250");
}

TEST_F(ServerTest, LetsAMethodSeeThatItsCallerGaveUp) {
  Start();
  std::atomic<bool> seen{false};
  echoes_.before = [&](amikeco::Call& call) {
    seen = Eventually([&] { return call.cancelled(); });
    return absl::OkStatus();
  };
  EXPECT_EQ(Call(GoodRequest(), {.timeout = absl::Milliseconds(100)}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return seen.load(); }));
}

TEST_F(ServerTest, AnswersManyCallersAtOnce) {
  config::v1::ServerConfig config = LoopbackConfig();
  config.set_threads(4);
  Start(config);
  std::atomic<int> good{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 16; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 50; ++i) {
        EchoRequest request = GoodRequest();
        request.set_free(absl::StrCat(caller, "-", i));
        const auto response = Call(request);
        if (response.ok() && response->request().free() == request.free()) ++good;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(good, 800);
}

// T7
TEST_F(ServerTest, StopLetsTheCallInWorkEndAndTakesNoNewOne) {
  Start();
  absl::Notification entered;
  absl::Notification leave;
  std::atomic<int> calls{0};
  echoes_.before = [&](amikeco::Call&) {
    if (++calls > 1) return absl::OkStatus();  // those that come before the stop takes effect
    entered.Notify();
    leave.WaitForNotification();
    return absl::OkStatus();
  };
  Channel late(PeerAt(server_->port()), kCoordinator);
  absl::StatusOr<EchoResponse> answer = absl::UnknownError("no answer");
  std::thread caller([&] { answer = Call(GoodRequest()); });
  entered.WaitForNotification();
  std::thread stopper([&] { server_->Stop(); });
  const bool refused = Eventually([&] {
    return late.Call<EchoResponse>(kEcho, GoodRequest(), {.timeout = absl::Seconds(2)}).status().code() ==
           absl::StatusCode::kUnavailable;
  });
  leave.Notify();
  caller.join();
  stopper.join();
  EXPECT_TRUE(refused);
  EXPECT_TRUE(answer.ok()) << answer.status();
}

// Far below the time that calls in work would be given.
constexpr absl::Duration kSoon = absl::Seconds(10);

// As one whose process looks at its connections only while it calls, or whose machine is gone.
TEST_F(ServerTest, StopDoesNotWaitForAClientThatNeverHangsUp) {
  Start();
  const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const absl::string_view preface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
  ASSERT_EQ(write(client, preface.data(), preface.size()), static_cast<ssize_t>(preface.size()));
  char settings[9];
  ASSERT_EQ(read(client, settings, sizeof(settings)), 9) << "the server has taken the connection";
  const absl::Time start = absl::Now();
  server_->Stop();
  EXPECT_LT(absl::Now() - start, kSoon);
  close(client);
}

TEST_F(ServerTest, StopDoesNotWaitForAClientThatWatchesItsHealth) {
  Start();
  const auto channel =
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()), grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  const grpc::internal::RpcMethod watch("/grpc.health.v1.Health/Watch", grpc::internal::RpcMethod::SERVER_STREAMING);
  const grpc::Slice empty;
  const grpc::ByteBuffer everything(&empty, 1);
  const std::unique_ptr<grpc::ClientReader<grpc::ByteBuffer>> states(
      grpc::internal::ClientReaderFactory<grpc::ByteBuffer>::Create(channel.get(), watch, &context, everything));
  grpc::ByteBuffer state;
  ASSERT_TRUE(states->Read(&state));
  const absl::Time start = absl::Now();
  server_->Stop();
  EXPECT_LT(absl::Now() - start, kSoon);
  while (states->Read(&state)) {
  }
  EXPECT_FALSE(states->Finish().ok());
}

TEST_F(ServerTest, CanBeStoppedWithoutAStart) {
  Server server(LoopbackConfig(), process_, clock_);
  server.Stop();
}

// T1, T2
TEST_F(ServerTest, HealthTellsReadinessAndLiveness) {
  std::atomic<bool> store_is_there{false};
  const auto check = process_.AddReadinessCheck(
      "store", [&] { return store_is_there ? absl::OkStatus() : absl::UnavailableError("away"); });
  Start();
  const auto serves = [&](const char* service) { return CheckHealth(*channel_, service, absl::Seconds(5)).ok(); };
  EXPECT_FALSE(serves("readiness"));
  EXPECT_FALSE(serves(""));
  EXPECT_TRUE(serves("liveness"));
  EXPECT_FALSE(serves("nothing"));
  store_is_there = true;
  EXPECT_TRUE(Eventually([&] { return serves("readiness") && serves(""); }));
}

// T3
TEST_F(ServerTest, ServesReflectionWhereItIsAskedForAlone) {
  const std::string list_services = "\x3a\x01*";
  Start();
  EXPECT_EQ(channel_->CallRaw(kReflection, list_services, {}).status().code(), absl::StatusCode::kUnimplemented);
  config::v1::ServerConfig config = LoopbackConfig();
  config.set_reflection(true);
  Start(config);
  const auto services = channel_->CallRaw(kReflection, list_services, {});
  ASSERT_TRUE(services.ok()) << services.status();
  EXPECT_THAT(*services, HasSubstr("amikeco.testing.v1.EchoService"));
  EXPECT_THAT(*services, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(ServerTest, WritesItsPortFileWhenItAnswers) {
  config::v1::ServerConfig config = LoopbackConfig();
  config.set_port_file(absl::StrCat(::testing::TempDir(), "port-", getpid()));
  Start(config);
  EXPECT_EQ(ReadFile(config.port_file()).value(), absl::StrCat(server_->port(), "\n"));
  std::filesystem::remove(config.port_file());
}

absl::Status StartStatus(Process& process, const config::v1::ServerConfig& config) {
  static SystemClock clock;
  static Echoes echoes;
  Server server(config, process, clock);
  Bind(server, echoes);
  return server.Start();
}

TEST_F(ServerTest, DoesNotShareAPort) {
  Start();
  config::v1::ServerConfig config = LoopbackConfig();
  config.set_listen(absl::StrCat("127.0.0.1:", server_->port()));
  EXPECT_EQ(StartStatus(process_, config).code(), absl::StatusCode::kUnavailable);
}

TEST_F(ServerTest, BelievesCallersOnALoopbackAddressAlone) {
  config::v1::ServerConfig config = LoopbackConfig();
  for (const char* listen : {"0.0.0.0:0", "[::]:0", "127.evil.example:0", "192.168.0.1:0"}) {
    config.set_listen(listen);
    const absl::Status status = StartStatus(process_, config);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << listen;
    EXPECT_THAT(std::string(status.message()), HasSubstr("no loopback address"));
  }
}

TEST_F(ServerTest, RefusesToStartWithoutIdentity) {
  EXPECT_THAT(std::string(StartStatus(process_, config::v1::ServerConfig()).message()), HasSubstr("identity"));
}

class TlsTest : public ServerTest {
 protected:
  TlsTest() : folder_(absl::StrCat(::testing::TempDir(), "tls-", getpid())) {
    std::filesystem::create_directories(folder_);
    const Certificate server = MakeCertificate(authority_, "server", "IP:127.0.0.1");
    Write("ca.pem", authority_.pem);
    Write("server.pem", server.pem);
    Write("server.key", PrivatePem(server.key));
    auto* tls = config_.mutable_tls();
    tls->set_certificate_file(Path("server.pem"));
    tls->set_key_file(Path("server.key"));
    tls->set_client_ca_file(Path("ca.pem"));
    auto* name = config_.mutable_identity()->add_mtls_names();
    name->set_name("spiffe://amikeco/matching");
    name->set_subject("services/matching");
    name->add_roles("ROLE_SERVICE");
  }
  ~TlsTest() override {
    channel_.reset();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string Path(const std::string& name) { return absl::StrCat(folder_, "/", name); }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(WriteFileAtomically(Path(name), text).ok());
  }

  config::v1::PeerConfig Peer(const Certificate* client) {
    config::v1::PeerConfig peer = PeerAt(server_->port());
    peer.set_ca_file(Path("ca.pem"));
    if (client == nullptr) return peer;
    Write("client.pem", client->pem);
    Write("client.key", PrivatePem(client->key));
    peer.set_certificate_file(Path("client.pem"));
    peer.set_key_file(Path("client.key"));
    return peer;
  }

  absl::StatusOr<EchoResponse> CallAs(const Certificate* client) {
    Channel channel(Peer(client));
    return channel.Call<EchoResponse>(kEcho, GoodRequest(), {.timeout = absl::Seconds(5)});
  }

  const std::string folder_;
  const Certificate authority_ = MakeAuthority();
  config::v1::ServerConfig config_;
};

// P11
TEST_F(TlsTest, KnowsACallerByItsCertificate) {
  Start(config_);
  const Certificate matching = MakeCertificate(authority_, "ignored", "URI:spiffe://amikeco/matching");
  const auto response = CallAs(&matching);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->actor(), "services/matching");
}

TEST_F(TlsTest, RefusesCallersThatItDoesNotKnow) {
  Start(config_);
  EXPECT_EQ(ReasonOf(CallAs(nullptr).status()), "NO_CREDENTIALS");
  const Certificate stranger = MakeCertificate(authority_, "stranger", "");
  EXPECT_EQ(ReasonOf(CallAs(&stranger).status()), "CERTIFICATE_UNKNOWN");
  const Certificate forger = MakeAuthority();
  const Certificate forged = MakeCertificate(forger, "x", "URI:spiffe://amikeco/matching");
  EXPECT_EQ(CallAs(&forged).status().code(), absl::StatusCode::kUnavailable) << "TLS ends the connection";
  Channel plain(PeerAt(server_->port()), kCoordinator);
  EXPECT_FALSE(plain.Call<EchoResponse>(kEcho, GoodRequest(), {.timeout = absl::Seconds(5)}).ok());
}

TEST_F(TlsTest, RefusesToStartWithoutItsFiles) {
  config_.mutable_tls()->set_key_file(Path("nothing"));
  EXPECT_THAT(std::string(StartStatus(process_, config_).message()), HasSubstr("nothing"));
  config_.mutable_tls()->clear_key_file();
  EXPECT_EQ(StartStatus(process_, config_).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Channel, SaysWhichFileItCannotRead) {
  config::v1::PeerConfig peer = PeerAt(1);
  peer.set_ca_file("/nowhere/ca.pem");
  Channel channel(peer);
  const absl::Status status = channel.CallRaw(kEcho, "", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere/ca.pem"));
}

TEST(Channel, AnswersUnavailableWhenNobodyListens) {
  Channel channel(PeerAt(1));
  EXPECT_EQ(channel.CallRaw(kEcho, "", {.timeout = absl::Seconds(2)}).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(channel.WaitUntilConnected(absl::Milliseconds(50)).ok());
}

TEST(InProcessCaller, GoesThroughTheWholeChain) {
  SystemClock clock;
  Process process(QuietProcess(), "test");
  Chain chain(LoopbackConfig(), process, clock);
  Echoes echoes;
  Bind(chain, echoes);
  InProcessCaller caller(chain, kCoordinator);
  const auto response = caller.Call<EchoResponse>(kChange, GoodRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->actor(), "people/K-17");
  const Credentials officer{"", Actor{"people/K-18", "", {options::v1::ROLE_OFFICER}}};
  EXPECT_EQ(ReasonOf(caller.Call<EchoResponse>(kChange, GoodRequest(), {.credentials = officer}).status()),
            "ROLE_MISSING");
}

class Counting final : public Pool::Work {
 public:
  explicit Counting(std::atomic<int>& count) : count_(count) {}
  void Run() override { ++count_; }

 private:
  std::atomic<int>& count_;
};

TEST(Pool, RunsAllThatWasAddedBeforeItStops) {
  std::atomic<int> count{0};
  Counting work(count);
  Pool pool(3);
  for (int i = 0; i < 10'000; ++i) pool.Add(&work);
  pool.Stop();
  EXPECT_EQ(count, 10'000);
}

// gRPC ends connections in threads of its own; what of them is left when the program ends looks like a leak.
class AllConnectionsEnded final : public ::testing::Environment {
 public:
  void TearDown() override {
    grpc_init();
    grpc_shutdown_blocking();
  }
};

const auto* const kAtTheEnd = ::testing::AddGlobalTestEnvironment(new AllConnectionsEnded);

}  // namespace
}  // namespace amikeco::testing
