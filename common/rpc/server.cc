#include "common/rpc/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>
#include <re2/re2.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "common/base/steady.h"
#include "common/config/textproto.h"
#include "common/rpc/errors.h"
#include "common/rpc/pool.h"
#include "common/rpc/validate.h"

namespace amikeco {
namespace {

using google::protobuf::ServiceDescriptor;

constexpr int kDefaultThreads = 64;
constexpr int kFiveMinutesMillis = 5 * 60 * 1000;
// At least as long as the longest call goes on by default.
constexpr int kConnectionGraceMillis = 30 * 1000;
// We publish "not more often than once a minute"; a little early is forgiven.
constexpr int kLeastPingMillis = 55 * 1000;
constexpr int kMostStreams = 1000;
constexpr int kMostMetadataBytes = 32 << 10;
// Above our own limit, so that what is a little too much still gets an answer with a name.
constexpr int kMostMessageBytes = 2 * static_cast<int>(kMaxRequestBytes);
// A stopping server without calls in work says goodbye for a second.
constexpr std::chrono::milliseconds kFarewellTurn(50);
constexpr int kFarewellTurns = 20;
constexpr unsigned kCertificateRefreshSeconds = 30;
constexpr char kReflectionPlugin[] = "proto_server_reflection";

absl::string_view View(const grpc::string_ref& text) { return {text.data(), text.size()}; }

// The call's metadata, without copying it.
Metadata MetadataOf(const grpc::ServerContextBase& context) {
  Metadata metadata;
  metadata.reserve(context.client_metadata().size());
  for (const auto& [key, value] : context.client_metadata()) metadata.emplace_back(View(key), View(value));
  return metadata;
}

// gRPC counts by a steady clock as well.
absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const gpr_timespec deadline = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_MONOTONIC);
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_MONOTONIC)) == 0) return absl::InfiniteFuture();
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC));
  return SteadyNow() + absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec);
}

Peer PeerOf(const grpc::ServerContextBase& context) {
  const auto auth = context.auth_context();
  if (auth == nullptr || !auth->IsPeerAuthenticated()) return {};
  auto names = auth->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME);
  if (names.empty()) names = auth->FindPropertyValues(GRPC_X509_CN_PROPERTY_NAME);
  return {names.empty() ? "" : std::string(View(names.front()))};
}

// Gives `bytes` to gRPC without copying them.
grpc::ByteBuffer ToBuffer(std::string bytes) {
  auto* const owned = new std::string(std::move(bytes));
  const grpc::Slice slice(
      owned->data(), owned->size(), [](void* string) { delete static_cast<std::string*>(string); }, owned);
  return {&slice, 1};
}

// A request's bytes in one piece: where they lie already when that is one piece.
class Bytes {
 public:
  explicit Bytes(const grpc::ByteBuffer& buffer) {
    if (buffer.TrySingleSlice(&slice_).ok() || buffer.DumpToSingleSlice(&slice_).ok()) return;
    slice_ = grpc::Slice();
  }
  absl::string_view view() const { return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()}; }

 private:
  grpc::Slice slice_;
};

// A status and its trailers onto the call.
grpc::Status Answer(grpc::ServerContextBase& context, const Outgoing& outgoing) {
  context.AddTrailingMetadata("x-request-id", outgoing.call_id);
  const absl::Status& status = outgoing.status;
  if (status.ok()) return grpc::Status::OK;
  if (const auto retry = DetailOf<google::rpc::RetryInfo>(status); retry.ok()) {
    const int64_t millis = retry->retry_delay().seconds() * 1000 + retry->retry_delay().nanos() / 1'000'000;
    context.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(millis));
  }
  return ToGrpc(status);
}

// One call between its arrival and its answer. Deletes itself.
class CallReactor final : public grpc::ServerUnaryReactor, public Pool::Work {
 public:
  CallReactor(Chain& chain, bool has_certificates, const std::string& method, grpc::CallbackServerContext& context,
              const grpc::ByteBuffer& request, grpc::ByteBuffer& response)
      : chain_(chain),
        has_certificates_(has_certificates),
        method_(method),
        context_(context),
        request_(request),
        response_(response),
        place_(chain.Arrive(method)) {}

  // What has no place is refused here: it must not wait behind the work that fills the house.
  void Start(Pool& pool) { place_.RunsAtOnce() ? Run() : pool.Add(this); }

  void Run() override {
    const Bytes bytes(request_);
    Incoming incoming{.method = method_,
                      .metadata = MetadataOf(context_),
                      .peer = has_certificates_ ? PeerOf(context_) : Peer(),
                      .request = bytes.view(),
                      .deadline = DeadlineOf(context_),
                      .cancelled = [this] { return context_.IsCancelled(); }};
    Outgoing outgoing = chain_.Dispatch(incoming, place_);
    const grpc::Status status = Answer(context_, outgoing);
    if (status.ok()) response_ = ToBuffer(std::move(outgoing.response));
    Finish(status);  // nothing of ours may be touched from here on
  }

  void OnDone() override { delete this; }
  // OnDone only frees memory, so gRPC need not move to another thread for it.
  bool InternalInlineable() override { return true; }

 private:
  Chain& chain_;
  const bool has_certificates_;
  const std::string& method_;
  grpc::CallbackServerContext& context_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
  const Chain::Place place_;
};

// What generated code would be for one service, with bytes in the place of messages.
class ServiceOfBytes final : public grpc::Service {
 public:
  ServiceOfBytes(const ServiceDescriptor* service, Chain& chain, Pool& pool, bool has_certificates) {
    paths_.reserve(2 * static_cast<size_t>(service->method_count()));  // gRPC keeps pointers into them
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string& path =
          paths_.emplace_back(absl::StrCat("/", service->full_name(), "/", service->method(i)->name()));
      const std::string& name = paths_.emplace_back(path.substr(1));
      AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
      MarkMethodRawCallback(
          i, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [&chain, &pool, &name, has_certificates](grpc::CallbackServerContext* context,
                                                          const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
                   auto* const call = new CallReactor(chain, has_certificates, name, *context, *request, *response);
                   call->Start(pool);
                   return call;
                 }));
    }
  }

 private:
  std::vector<std::string> paths_;
};

// Answers whatever is not bound, so that it is counted and named like every other refusal.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  explicit UnknownMethods(Chain& chain) : chain_(chain) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    class Refusal final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Refusal(const grpc::Status& status) { Finish(status); }
      void OnDone() override { delete this; }
    };
    Incoming incoming;
    incoming.method = absl::StripPrefix(context->method(), "/");
    incoming.metadata = MetadataOf(*context);
    return new Refusal(Answer(*context, chain_.Dispatch(incoming)));
  }

 private:
  Chain& chain_;
};

// Linking the reflection library puts it into every server; this leaves it where the config asks for it.
class ReflectionOption final : public grpc::ServerBuilderOption {
 public:
  explicit ReflectionOption(bool wanted) : wanted_(wanted) {}
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->erase(std::remove_if(plugins->begin(), plugins->end(),
                                  [](const auto& plugin) { return plugin->name() == kReflectionPlugin; }),
                   plugins->end());
    if (wanted_) plugins->push_back(std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>());
  }

 private:
  const bool wanted_;
};

// Only names and numbers that can be nothing else: "127.example.org" is a name that anybody may own.
bool IsLoopback(absl::string_view listen) {
  static const RE2* const kLoopback = new RE2(R"((127(\.\d{1,3}){3}|localhost|\[::1\]):\d+|unix:.*)");
  return RE2::FullMatch(re2::StringPiece(listen.data(), listen.size()), *kLoopback);
}

// Certificates are read again when their files change, so that they can be renewed without a restart.
absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const config::v1::ServerConfig& config) {
  if (!config.has_tls()) return grpc::InsecureServerCredentials();
  const auto& tls = config.tls();
  if (tls.certificate_file().empty() || tls.key_file().empty()) {
    return absl::FailedPreconditionError("server.tls: set both certificate_file and key_file");
  }
  // gRPC would only notice when the first client comes.
  for (const std::string* path : {&tls.certificate_file(), &tls.key_file(), &tls.client_ca_file()}) {
    if (path->empty()) continue;
    if (const auto text = ReadFile(*path); !text.ok()) {
      return absl::FailedPreconditionError(absl::StrCat("server.tls: ", text.status().message()));
    }
  }
  using grpc::experimental::FileWatcherCertificateProvider;
  const auto provider =
      tls.client_ca_file().empty()
          ? std::make_shared<FileWatcherCertificateProvider>(tls.key_file(), tls.certificate_file(),
                                                             kCertificateRefreshSeconds)
          : std::make_shared<FileWatcherCertificateProvider>(tls.key_file(), tls.certificate_file(),
                                                             tls.client_ca_file(), kCertificateRefreshSeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  if (!tls.client_ca_file().empty()) {
    options.watch_root_certs();
    // Asked for and not demanded: probes have none, and people bring tokens.
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMostMessageBytes);
  // Two servers on one port would share its calls, and both would look healthy.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMostStreams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  // Clients look for new replicas when they connect again.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kFiveMinutesMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionGraceMillis);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kFiveMinutesMillis);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20 * 1000);
}

// gRPC never accepts a connection again after one that it could not accept, mostly for want of file descriptors
// (grpc/grpc#20418), and tells nobody but its log.
std::atomic<bool>& AcceptsNoMore() {
  static std::atomic<bool> accepts_no_more{false};
  return accepts_no_more;
}

// gRPC's own complaints, as lines of our log: what reads the log expects JSON. Its errors are mostly its clients'.
void LogOfGrpc(gpr_log_func_args* line) {
  if (absl::StartsWith(line->message, "Failed accept")) AcceptsNoMore() = true;
  Log(line->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning : LogLevel::kDebug, "grpc",
      {{"text", line->message}});
}

}  // namespace

// What exists only between Start and Stop.
class Server::Door {
 public:
  Door(const config::v1::ServerConfig& config, Chain& chain, Process& process)
      : chain_(chain),
        process_(process),
        pool_(config.threads() > 0 ? config.threads() : kDefaultThreads),
        unknown_(chain) {
    const bool has_certificates = !config.tls().client_ca_file().empty();
    for (const ServiceDescriptor* service : chain.services()) {
      services_.push_back(std::make_unique<ServiceOfBytes>(service, chain, pool_, has_certificates));
    }
  }

  ~Door() { Close(); }

  absl::Status Open(const config::v1::ServerConfig& config) {
    const std::string listen = config.listen().empty() ? "127.0.0.1:0" : config.listen();
    if (config.identity().insecure_loopback()) {
      if (!IsLoopback(listen)) {
        return absl::FailedPreconditionError(
            absl::StrCat("identity.insecure_loopback is refused: server.listen ", listen, " is no loopback address"));
      }
      LogWarning("Callers are believed whoever they say they are (insecure_loopback). Never do this in production.");
    } else if (!config.has_tls() && !IsLoopback(listen)) {
      LogWarning("Calls and tokens come unencrypted: server.tls is not set.", {{"listen", listen}});
    }
    auto credentials = MakeCredentials(config);
    if (!credentials.ok()) return credentials.status();
    gpr_set_log_function(LogOfGrpc);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.SetOption(std::make_unique<ReflectionOption>(config.reflection()));
    SetLimits(builder);
    builder.AddListeningPort(listen, *credentials, &port_);
    for (const auto& service : services_) builder.RegisterService(service.get());
    builder.RegisterCallbackGenericService(&unknown_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || (port_ == 0 && !absl::StartsWith(listen, "unix:"))) {
      return absl::UnavailableError(absl::StrCat("server.listen: cannot listen on ", listen, "; is it in use?"));
    }
    TellHealth();
    health_ = std::thread([this] { WatchHealth(); });
    return absl::OkStatus();
  }

  void Close() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    if (health_.joinable()) health_.join();
    if (server_ != nullptr) {
      server_->GetHealthCheckService()->Shutdown();
      std::thread farewell([this] { HangUpWhenIdle(); });
      server_->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(process_.drain()));
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        closed_ = true;
      }
      wake_.notify_all();
      farewell.join();
      server_->Wait();
    }
    pool_.Stop();
  }

  int port() const { return port_; }

 private:
  // gRPC waits until every client has hung up, and one that does not look at its connection, or watches our health,
  // never does. What we wait for is the calls in work, and a moment for those that are on their way to us.
  void HangUpWhenIdle() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (int idle = 0; idle < kFarewellTurns; idle = chain_.in_flight() == 0 ? idle + 1 : 0) {
      if (wake_.wait_for(lock, kFarewellTurn, [this] { return closed_; })) return;
    }
    grpc_server_cancel_all_calls(server_->c_server());
  }

  void TellHealth() {
    auto* const health = server_->GetHealthCheckService();
    const absl::Status ready = process_.Ready();
    const absl::Status alive =
        AcceptsNoMore()
            ? absl::ResourceExhaustedError("no more connections can be accepted: were there too many files open?")
            : process_.Alive();
    health->SetServingStatus("", ready.ok());
    health->SetServingStatus("readiness", ready.ok());
    health->SetServingStatus("liveness", alive.ok());
    if (ready != ready_) LogInfo("Readiness has changed.", {{"ready", ready.ok()}, {"reason", ready.message()}});
    if (alive != alive_) LogError("Liveness has changed.", {{"alive", alive.ok()}, {"reason", alive.message()}});
    ready_ = ready;
    alive_ = alive;
  }

  void WatchHealth() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (!wake_.wait_for(lock, std::chrono::seconds(1), [this] { return closing_; })) {
      lock.unlock();
      TellHealth();
      lock.lock();
    }
  }

  Chain& chain_;
  Process& process_;
  Pool pool_;
  UnknownMethods unknown_;
  std::vector<std::unique_ptr<ServiceOfBytes>> services_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  absl::Status ready_;
  absl::Status alive_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool closing_ = false;
  bool closed_ = false;
  std::thread health_;
};

Server::Server(const config::v1::ServerConfig& config, Process& process, const Clock& clock)
    : config_(config), process_(process), chain_(config, process, clock) {}

Server::~Server() { Stop(); }

int Server::port() const { return door_ == nullptr ? 0 : door_->port(); }

absl::Status Server::Start() {
  AMIKECO_RETURN_IF_ERROR(chain_.Check());
  auto door = std::make_unique<Door>(config_, chain_, process_);
  AMIKECO_RETURN_IF_ERROR(door->Open(config_));
  door_ = std::move(door);
  LogInfo("The server listens.", {{"port", door_->port()}, {"tls", config_.has_tls()}});
  return config_.port_file().empty() ? absl::OkStatus()
                                     : WriteFileAtomically(config_.port_file(), absl::StrCat(door_->port(), "\n"));
}

void Server::Stop() { door_.reset(); }

ServiceBinding::ServiceBinding(Server& server, absl::string_view service) : ServiceBinding(server.chain(), service) {}

}  // namespace amikeco
