// Chain: what every call goes through, in one order, whichever door it comes by. Knows nothing of gRPC.
//
//   observe -> admit -> identify -> permit -> limit -> validate -> dedupe -> the method
//
//   observe   call id, one log line, latency, code, trace span; makes errors fit to leave
//   admit     refuses what is too many at once or has under 50 ms of its deadline left; sets a missing deadline
//   identify  the actor (identity.h)
//   permit    the method's access option; before anything is looked up: nothing is learnt from a refusal
//   limit     the caller's quota (quota.h); behind permit, so that what is refused there costs no token
//   validate  parses the request and checks its field rules (validate.h)
//   dedupe    for writes: request_id must be a UUID; gives the call its request_id and fingerprint for Execute
//
// The answer of the method is redacted for its caller (redact.h), after it was kept for retries and in caches: what is
// kept is whole, and each caller sees its own part of it. An answer that then still holds personal data leaves when it
// was kept who is told it (consulted.h).
//
//   ServiceBinding(chain, "amikeco.matching.v1.MatchingService")
//       .Method("OptIn", service, &MatchingService::OptIn)
//       .Method("GetHost", service, &MatchingService::GetHost);
#ifndef AMIKECO_COMMON_RPC_CHAIN_H_
#define AMIKECO_COMMON_RPC_CHAIN_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/clock.h"
#include "common/observe/process.h"
#include "common/rpc/call.h"
#include "common/rpc/consulted.h"
#include "common/rpc/identity.h"
#include "common/rpc/quota.h"
#include "common/rpc/redact.h"
#include "google/protobuf/message.h"

namespace amikeco {

class Server;

// A call as it arrives. Points into what it was received in.
struct Incoming {
  absl::string_view method;  // "amikeco.matching.v1.MatchingService/GetHost"
  Metadata metadata;
  Peer peer;
  absl::string_view request;                     // serialized
  absl::Time deadline = absl::InfiniteFuture();  // by SteadyNow()
  std::function<bool()> cancelled = nullptr;     // null: never
};

// What goes back: a response when the status is OK.
struct Outgoing {
  absl::Status status;
  std::string response;  // serialized
  std::string call_id;
};

class Chain {
 public:
  // Runs one bound method: parses nothing, checks nothing; `request` is of the method's type. Says whether the answer,
  // as its caller sees it, holds personal data.
  using Body = std::function<absl::Status(Call&, const google::protobuf::Message& request, std::string& response,
                                          bool& personal)>;

  struct Method;
  // A call's place among the calls in work, from its arrival until this is dropped; see Arrive.
  class Place {
   public:
    Place(Place&& other) noexcept
        : chain_(std::exchange(other.chain_, nullptr)), method_(other.method_), free_(other.free_) {}
    Place& operator=(Place&&) = delete;
    ~Place();
    // True when running the call on the thread that received it costs less than handing it over: it will be refused
    // because of too many calls, or its method only reads and has been quick lately. Writes never are.
    bool RunsAtOnce() const;

   private:
    friend class Chain;
    Place(Chain& chain, Method& method, bool is_free) : chain_(&chain), method_(method), free_(is_free) {}
    Chain* chain_;
    Method& method_;
    bool free_;
  };

  Chain(const config::v1::ServerConfig& config, Process& process, const Clock& clock);
  ~Chain();
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  // Use ServiceBinding. `method` must be of the generated pool and `request` its input type's default
  // instance. Errors are kept until Check. Bind everything before the first Dispatch.
  void Bind(const google::protobuf::MethodDescriptor* method, const google::protobuf::Message* request, Body body);
  void AddBindingError(std::string error) { binding_errors_.push_back(std::move(error)); }
  // FAILED_PRECONDITION with everything that is wrong: a method of a bound service that is not bound or has
  // no access option, a type that does not fit, an identity config that cannot be used. To be called once
  // after binding.
  absl::Status Check();
  // From now on each call is answered with `why`, whatever it asks for. To be called before the first Dispatch.
  void Refuse(absl::Status why) { refusal_ = std::move(why); }

  // From now on whoever is told personal data is kept there, which outlives the chain. To be called before the first
  // Dispatch.
  void KeepConsultations(Consultations& consultations) { consultations_ = &consultations; }

  // Counts a call of `method`. A door that queues calls takes the place first, so that waiting calls count too.
  Place Arrive(absl::string_view method);
  int in_flight() const { return in_flight_; }
  // Runs the call on this thread, from observe to observe. Thread safe. `place` is that of the incoming method.
  Outgoing Dispatch(const Incoming& incoming, const Place& place);
  Outgoing Dispatch(const Incoming& incoming) { return Dispatch(incoming, Arrive(incoming.method)); }

  // The layers' names, outermost first.
  static std::vector<absl::string_view> Order();
  // The services that have bound methods, by full name, and all bound methods.
  std::vector<const google::protobuf::ServiceDescriptor*> services() const;
  std::vector<const google::protobuf::MethodDescriptor*> methods() const;
  const config::v1::ServerConfig& config() const { return config_; }
  Quotas& quotas() { return quotas_; }

 private:
  struct Exchange;
  struct Counters;
  // Goes on to the layers inside.
  using Next = absl::Status (*)(Chain&, Exchange&);
  struct Layer;
  static const Layer kLayers[];
  template <int layer>
  static absl::Status Run(Chain& chain, Exchange& exchange);

  absl::Status Observe(Exchange& exchange, Next next);
  absl::Status Admit(Exchange& exchange, Next next);
  absl::Status Identify(Exchange& exchange, Next next);
  absl::Status Permit(Exchange& exchange, Next next);
  absl::Status LimitRate(Exchange& exchange, Next next);
  absl::Status Validate(Exchange& exchange, Next next);
  absl::Status Dedupe(Exchange& exchange, Next next);
  absl::Status RunMethod(Exchange& exchange, Next next);

  void Report(const Exchange& exchange, const absl::Status& cause, const absl::Status& shown, absl::Time start,
              absl::Time end);
  std::unique_ptr<Counters> MakeCounters(absl::string_view service, absl::string_view method);

  const config::v1::ServerConfig config_;
  Process& process_;
  const Clock& clock_;
  const int max_in_flight_;
  const absl::Duration default_deadline_;
  std::atomic<int> in_flight_{0};
  Quotas quotas_;
  std::unique_ptr<Identifier> identifier_;  // null when the config cannot be used
  std::vector<std::string> binding_errors_;
  absl::Status refusal_;
  Consultations* consultations_ = nullptr;
  absl::flat_hash_map<std::string, std::unique_ptr<Method>> methods_;
  std::unique_ptr<Method> unknown_;  // stands for all methods that are not bound
};

// Binds the methods of one service, found by its descriptor. Mistakes come out at Chain::Check
// (Server::Start).
class ServiceBinding {
 public:
  ServiceBinding(Chain& chain, absl::string_view service);
  ServiceBinding(Server& server, absl::string_view service);

  // `absl::StatusOr<Response> (S::*)(Call&, const Request&)`; `service` must outlive the chain.
  template <typename S, typename Owner, typename Request, typename Response>
  ServiceBinding& Method(absl::string_view name, S& service,
                         absl::StatusOr<Response> (Owner::*method)(Call&, const Request&)) {
    return Add<Request, Response>(
        name, [&service, method](Call& call, const Request& request) { return (service.*method)(call, request); });
  }
  template <typename S, typename Owner, typename Request, typename Response>
  ServiceBinding& Method(absl::string_view name, S& service,
                         absl::StatusOr<Response> (Owner::*method)(Call&, const Request&) const) {
    return Add<Request, Response>(
        name, [&service, method](Call& call, const Request& request) { return (service.*method)(call, request); });
  }
  // A function or lambda `absl::StatusOr<Response>(Call&, const Request&)`; name the types.
  template <typename Request, typename Response, typename F>
  ServiceBinding& Add(absl::string_view name, F function) {
    Bind(name, Request::default_instance(), Response::default_instance(),
         [function = std::move(function), redactor = std::make_shared<const Redactor>(Response::descriptor()),
          fields = std::make_shared<const PersonalFields>(Response::descriptor())](
             Call& call, const google::protobuf::Message& request, std::string& response,
             bool& personal) -> absl::Status {
           absl::StatusOr<Response> answer = function(call, static_cast<const Request&>(request));
           if (!answer.ok()) return std::move(answer).status();
           redactor->Redact(call.actor, *answer);
           personal = fields->In(*answer);
           answer->SerializeToString(&response);
           return absl::OkStatus();
         });
    return *this;
  }

 private:
  void Bind(absl::string_view name, const google::protobuf::Message& request, const google::protobuf::Message& response,
            Chain::Body body);

  Chain& chain_;
  const google::protobuf::ServiceDescriptor* service_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_CHAIN_H_
