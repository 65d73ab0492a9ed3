// Server: the gRPC door. Takes calls off the network, gives their bytes to the call chain and sends back its
// answer.
//
//   Server server(config.common().server(), process, clock);
//   ServiceBinding(server, "amikeco.matching.v1.MatchingService")
//       .Method("OptIn", service, &MatchingService::OptIn)
//       .Method("GetHost", service, &MatchingService::GetHost);
//
// A method is `absl::StatusOr<Response> (S::*)(Call&, const Request&)`, runs on a bounded pool and may block.
// Methods are found by their descriptors: a service with a method that is not bound, or that has no access
// option, does not start. See docs/adr/0003-methods-bound-by-descriptor.md for why no generated stubs are
// used.
//
// Also served: grpc.health.v1.Health for "", "liveness" and "readiness" (Process's checks, polled each
// second), and reflection when the config asks for it.
#ifndef AMIKECO_COMMON_RPC_SERVER_H_
#define AMIKECO_COMMON_RPC_SERVER_H_

#include <memory>

#include "absl/status/status.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/clock.h"
#include "common/base/part.h"
#include "common/observe/process.h"
#include "common/rpc/chain.h"

namespace amikeco {

class Server final : public Part {
 public:
  // `process` and `clock` must outlive it. Listens at Start.
  Server(const config::v1::ServerConfig& config, Process& process, const Clock& clock);
  ~Server() override;

  // The calls' way to the methods, for binding and for callers in this process.
  Chain& chain() { return chain_; }
  // The port listened on; 0 before Start.
  int port() const;

  // FAILED_PRECONDITION when the binding, the identity config or the certificates are wrong; UNAVAILABLE when
  // the address cannot be listened on. Writes the port file when calls are answered.
  absl::Status Start() override;
  // Says NOT_SERVING, lets calls in work end for at most Process::drain(), then cancels them.
  void Stop() override;

 private:
  class Door;
  const config::v1::ServerConfig config_;
  Process& process_;
  Chain chain_;
  std::unique_ptr<Door> door_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_SERVER_H_
