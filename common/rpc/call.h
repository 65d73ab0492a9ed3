// Call: what a method knows about the call it answers. Made by the call chain; methods never see gRPC.
#ifndef AMIKECO_COMMON_RPC_CALL_H_
#define AMIKECO_COMMON_RPC_CALL_H_

#include <functional>
#include <string>

#include "absl/time/time.h"
#include "common/base/actor.h"

namespace amikeco {

struct Call {
  std::string method;       // "amikeco.applicant.v1.ApplicantService/SubmitApplication"
  std::string call_id;      // in logs, in traces and in the x-request-id trailer
  std::string traceparent;  // W3C; a new one when the caller sent none
  Actor actor;
  absl::Time time;                               // when the call arrived, by the service's clock
  absl::Time deadline = absl::InfiniteFuture();  // by SteadyNow(); the chain sets one on every call
  // For writing methods with a request_id: what makes a retry answer the same (see Execute).
  std::string request_id;
  std::string fingerprint;
  std::function<bool()> cancelled = [] { return false; };
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_CALL_H_
