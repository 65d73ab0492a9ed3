#include "common/rpc/client.h"

#include <grpc/support/time.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>

#include <chrono>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "common/config/textproto.h"
#include "common/observe/trace.h"
#include "common/rpc/errors.h"
#include "common/rpc/identity.h"

namespace amikeco {
namespace {

// Keepalive not more often than servers permit (once a minute).
constexpr int kKeepaliveMillis = 60 * 1000;
// A service that comes back is found soon: gRPC's own first wait is 1 s and the longest 120 s.
constexpr int kFirstReconnectMillis = 100;
constexpr int kLongestReconnectMillis = 5000;

// While no call waits, nobody sees that a connection was made; gRPC looks by itself every 5 s only, so that callers who
// ask again and again, and are refused at once each time, find a service that came back as late as that. gRPC reads
// this when it begins.
void LookAtConnectionsOften() {
  static const int set = setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", /*overwrite=*/0);
  (void)set;
}

std::string RoleNames(const Actor& actor) {
  return absl::StrJoin(actor.roles, ",",
                       [](std::string* out, Role role) { out->append(options::v1::Role_Name(role)); });
}

std::vector<std::pair<std::string, std::string>> MetadataFor(const CallOptions& options, const Credentials& own) {
  const Credentials& credentials = options.credentials ? *options.credentials : own;
  std::vector<std::pair<std::string, std::string>> metadata;
  // The caller's own span, not one for this call that nobody would record: the service hangs its span on it.
  metadata.emplace_back("traceparent", options.traceparent.empty() ? NewTrace().Traceparent() : options.traceparent);
  if (!options.purpose.empty()) metadata.emplace_back("amikeco-purpose", options.purpose);
  if (!credentials.bearer_token.empty()) {
    metadata.emplace_back("authorization", absl::StrCat("Bearer ", credentials.bearer_token));
  }
  if (credentials.actor) {
    metadata.emplace_back(kSubjectKey, credentials.actor->subject);
    metadata.emplace_back(kOrganisationKey, credentials.actor->organisation);
    metadata.emplace_back(kRolesKey, RoleNames(*credentials.actor));
  }
  return metadata;
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const config::v1::PeerConfig& peer) {
  if (peer.ca_file().empty() && peer.certificate_file().empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  if (!peer.ca_file().empty()) {
    AMIKECO_ASSIGN_OR_RETURN(options.pem_root_certs, ReadFile(peer.ca_file()));
  }
  if (!peer.certificate_file().empty()) {
    AMIKECO_ASSIGN_OR_RETURN(options.pem_cert_chain, ReadFile(peer.certificate_file()));
    AMIKECO_ASSIGN_OR_RETURN(options.pem_private_key, ReadFile(peer.key_file()));
  }
  return grpc::SslCredentials(options);
}

// Of gRPC's steady clock: absl::Now() takes seconds to follow a system's clock that is set.
gpr_timespec In(absl::Duration timeout) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN));
}

std::string ToText(grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

grpc::ChannelArguments ArgumentsFor(const std::string& service_config) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMillis);
  // In spite of its name the time that one attempt to connect may take.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kLongestReconnectMillis);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMillis);
  if (service_config.empty()) {
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);  // whoever calls decides
    arguments.SetLoadBalancingPolicyName("round_robin");
  } else {
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 1);
    arguments.SetServiceConfigJSON(service_config);
  }
  return arguments;
}

}  // namespace

struct Channel::Connection {
  std::shared_ptr<grpc::Channel> channel;
};

Channel::Channel(const config::v1::PeerConfig& peer, Credentials credentials, const std::string& service_config)
    : credentials_(std::move(credentials)) {
  LookAtConnectionsOften();
  auto channel_credentials = MakeCredentials(peer);
  if (!channel_credentials.ok()) {
    broken_ = absl::FailedPreconditionError(
        absl::StrCat("peer ", peer.target(), ": ", channel_credentials.status().message()));
    return;
  }
  connection_ = std::make_unique<Connection>(
      Connection{grpc::CreateCustomChannel(peer.target(), *channel_credentials, ArgumentsFor(service_config))});
}

Channel::~Channel() = default;

absl::Status Channel::WaitUntilConnected(absl::Duration timeout) {
  if (!broken_.ok()) return broken_;
  const bool connected =
      connection_->channel->WaitForConnected(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(timeout));
  return connected ? absl::OkStatus() : absl::UnavailableError("the target does not answer");
}

absl::StatusOr<std::string> Channel::CallRaw(absl::string_view method, const std::string& request,
                                             const CallOptions& options) {
  if (!broken_.ok()) return broken_;
  grpc::ClientContext context;
  context.set_deadline(In(options.timeout));
  for (const auto& [key, value] : MetadataFor(options, credentials_)) context.AddMetadata(key, value);
  const std::string path = absl::StrCat("/", method);
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  // The request outlives the call, so gRPC may read it where it lies.
  const grpc::Slice slice(request.data(), request.size(), grpc::Slice::STATIC_SLICE);
  const grpc::ByteBuffer request_buffer(&slice, 1);
  grpc::ByteBuffer response;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(connection_->channel.get(), rpc, &context, request_buffer, &response);
  if (!status.ok()) return FromGrpc(status);
  return ToText(response);
}

absl::StatusOr<std::string> InProcessCaller::CallRaw(absl::string_view method, const std::string& request,
                                                     const CallOptions& options) {
  const auto metadata = MetadataFor(options, credentials_);
  Incoming incoming{.method = method,
                    .metadata = {metadata.begin(), metadata.end()},
                    .peer = {},
                    .request = request,
                    .deadline = SteadyNow() + options.timeout,
                    .cancelled = nullptr};
  Outgoing outgoing = chain_.Dispatch(incoming);
  if (!outgoing.status.ok()) return std::move(outgoing.status);
  return std::move(outgoing.response);
}

absl::Status CheckHealth(Caller& caller, absl::string_view service, absl::Duration timeout) {
  // HealthCheckRequest{service: 1} and HealthCheckResponse{status: 1}, SERVING = 1: too little to generate code for.
  const std::string request =
      service.empty() ? "" : absl::StrCat("\x0a", std::string(1, static_cast<char>(service.size())), service);
  const auto answer = caller.CallRaw("grpc.health.v1.Health/Check", request, {.timeout = timeout});
  if (!answer.ok()) return absl::UnavailableError(answer.status().message());
  return *answer == "\x08\x01" ? absl::OkStatus() : absl::UnavailableError("it does not serve now");
}

}  // namespace amikeco
