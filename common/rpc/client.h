// Client: calls a method by its name, over gRPC or within this process.
//
//   Channel compliance(config.compliance());
//   auto clearance = compliance.Call<GetClearanceResponse>("amikeco.compliance.v1.ComplianceService/GetClearance",
//                                                          request, {.timeout = absl::Seconds(2)});
//
// An error has the service's code, sentence and details (ReasonOf, DetailOf). It does not retry, because whoever calls
// decides; unless it is given a service config such as samples/service_config.json.
#ifndef AMIKECO_COMMON_RPC_CLIENT_H_
#define AMIKECO_COMMON_RPC_CLIENT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/actor.h"
#include "common/rpc/chain.h"
#include "google/protobuf/message.h"

namespace amikeco {

// How a caller says who it is. Neither: by its client certificate alone.
struct Credentials {
  std::string bearer_token;    // without "Bearer "
  std::optional<Actor> actor;  // the caller's word, for services with insecure_loopback
};

struct CallOptions {
  absl::Duration timeout = absl::Seconds(10);
  // The call that this one is made for: the service's span becomes a child of its span. Empty: a new trace.
  std::string traceparent = {};
  // Instead of the caller's own.
  std::optional<Credentials> credentials = std::nullopt;
  // What personal data in the answer is for, one of the service's purposes. Empty: not said.
  std::string purpose = {};
};

// Calls methods of one target. Thread safe.
class Caller {
 public:
  virtual ~Caller() = default;
  // `method` is "package.Service/Method"; request and response are serialized messages.
  virtual absl::StatusOr<std::string> CallRaw(absl::string_view method, const std::string& request,
                                              const CallOptions& options) = 0;

  template <typename Response>
  absl::StatusOr<Response> Call(absl::string_view method, const google::protobuf::Message& request,
                                const CallOptions& options = {}) {
    absl::StatusOr<std::string> bytes = CallRaw(method, request.SerializeAsString(), options);
    if (!bytes.ok()) return std::move(bytes).status();
    Response response;
    if (!response.ParseFromString(*bytes)) return absl::DataLossError("the response does not parse");
    return response;
  }
};

// A connection to one gRPC target. Connects when first used and again after a loss.
class Channel final : public Caller {
 public:
  // TLS when the config names a CA, mutual when it names a certificate; the files are read now, and a file
  // that cannot be read makes every call fail with FAILED_PRECONDITION.
  // `service_config` is gRPC's JSON text, whose policies for retries and load balancing it then follows. Empty: no
  // retries, and calls are spread over all addresses of the target.
  explicit Channel(const config::v1::PeerConfig& peer, Credentials credentials = {},
                   const std::string& service_config = "");
  ~Channel() override;

  absl::StatusOr<std::string> CallRaw(absl::string_view method, const std::string& request,
                                      const CallOptions& options) override;
  // Waits until the target answers, at most `timeout`.
  absl::Status WaitUntilConnected(absl::Duration timeout);

 private:
  struct Connection;
  const Credentials credentials_;
  absl::Status broken_;
  std::unique_ptr<Connection> connection_;
};

// Calls a chain in this process, with all its layers and without a network.
class InProcessCaller final : public Caller {
 public:
  // `chain` must outlive it and must accept the credentials.
  explicit InProcessCaller(Chain& chain, Credentials credentials = {})
      : chain_(chain), credentials_(std::move(credentials)) {}

  absl::StatusOr<std::string> CallRaw(absl::string_view method, const std::string& request,
                                      const CallOptions& options) override;

 private:
  Chain& chain_;
  const Credentials credentials_;
};

// OK while the target says that it serves `service`: "readiness", "liveness" or "" (grpc.health.v1); UNAVAILABLE when
// it says that it does not, or does not answer.
absl::Status CheckHealth(Caller& caller, absl::string_view service, absl::Duration timeout);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_CLIENT_H_
