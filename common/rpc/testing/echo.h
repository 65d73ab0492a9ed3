// EchoService for tests: answers with what the call and the request were, or does what the test tells it.
#ifndef AMIKECO_COMMON_RPC_TESTING_ECHO_H_
#define AMIKECO_COMMON_RPC_TESTING_ECHO_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/steady.h"
#include "common/rpc/chain.h"
#include "common/rpc/testing/configs.h"
#include "common/rpc/testing/echo.pb.h"

namespace amikeco::testing {

using testing::v1::EchoRequest;
using testing::v1::EchoResponse;

inline constexpr char kEcho[] = "amikeco.testing.v1.EchoService/Echo";
inline constexpr char kChange[] = "amikeco.testing.v1.EchoService/Change";

class Echoes {
 public:
  // Called first by every method; an error is the method's answer. May block or throw.
  std::function<absl::Status(Call&)> before = [](Call&) { return absl::OkStatus(); };

  absl::StatusOr<EchoResponse> Echo(Call& call, const EchoRequest& request) {
    if (absl::Status status = before(call); !status.ok()) return status;
    EchoResponse response;
    *response.mutable_request() = request;
    response.set_actor(call.actor.subject);
    response.set_request_id(call.request_id);
    response.set_fingerprint(call.fingerprint);
    response.set_deadline_millis(absl::ToInt64Milliseconds(call.deadline - SteadyNow()));
    return response;
  }
};

template <typename ChainOrServer>
void Bind(ChainOrServer& chain, Echoes& echoes) {
  ServiceBinding(chain, "amikeco.testing.v1.EchoService")
      .Method("Echo", echoes, &Echoes::Echo)
      .Method("Change", echoes, &Echoes::Echo);
}

// A request that every rule is content with.
inline EchoRequest GoodRequest() {
  EchoRequest request;
  request.set_text("saluton");
  return request;
}

}  // namespace amikeco::testing

#endif  // AMIKECO_COMMON_RPC_TESTING_ECHO_H_
