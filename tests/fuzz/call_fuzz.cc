// What a caller sends around a request: its place in a trace, ids, who it is, the name of a time zone; and the request,
// all of which goes through the chain as over the wire.
#include "common/base/dates.h"
#include "common/base/identity_name.h"
#include "common/observe/process.h"
#include "common/observe/trace.h"
#include "common/rpc/testing/echo.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;

struct Service {
  Service() { testing::Bind(chain, echoes); }
  const AdjustableClock clock = AdjustableClock::Frozen(absl::FromUnixSeconds(1'800'000'000));
  Process process{QuietProcess(), "echo"};
  Chain chain{LoopbackConfig(), process, clock};
  testing::Echoes echoes;
};

void TryTrace(absl::string_view traceparent) {
  const auto parent = ParseTraceparent(traceparent);
  const TraceContext child = ChildOf(traceparent);
  const auto read = ParseTraceparent(child.Traceparent());
  Require(read && read->trace_id == child.trace_id && read->span_id == child.span_id, "what is sent on can be read");
  if (!parent) return;
  Require(child.trace_id == parent->trace_id && child.sampled == parent->sampled, "a child is of its trace");
  Require(child.span_id != parent->span_id, "and a span of its own");
}

void TryZone(absl::string_view name) {
  const auto zone = ParseTimeZone(name);
  if (!zone.ok()) {
    RequireRefusal(zone.status());
    return Require(IsUtf8(zone.status().message()), "a refusal can be told");
  }
  Require(name.find_first_of(absl::string_view(".:\\\0", 4)) == name.npos && name[0] != '/' && name.size() <= 60,
          "a zone is no path");
}

void RequireAnswer(const Outgoing& answer, absl::string_view subject) {
  Require(!answer.call_id.empty() && answer.call_id.size() <= 64 &&
              answer.call_id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
                  std::string::npos,
          "a call has an id that does no harm");
  Require(IsUtf8(answer.status.message()), "a refusal can be told");
  Require(answer.status.code() != absl::StatusCode::kInternal, answer.status.ToString());
  if (!answer.status.ok()) return Require(answer.response.empty(), "a refusal answers nothing else");
  EchoResponse response;
  Require(response.ParseFromString(answer.response), "an answer can be read");
  Require(response.actor() == subject && IsIdentity(subject), "it is the caller's");
  Require(response.request_id().empty() || (response.request_id().size() == 36 && !response.fingerprint().empty()),
          "what is tried again is known by a UUID");
}

}  // namespace

void Try(absl::string_view input) {
  static auto& service = *new Service;
  const auto [traceparent, id, subject, organisation, roles, zone, request] = Parts<7>(input);
  TryTrace(traceparent);
  TryZone(zone);
  for (const char* method : {testing::kEcho, testing::kChange}) {
    Incoming call;
    call.method = method;
    call.metadata = {{"traceparent", traceparent},
                     {"x-request-id", id},
                     {kSubjectKey, subject},
                     {kOrganisationKey, organisation},
                     {kRolesKey, roles}};
    call.request = request;
    RequireAnswer(service.chain.Dispatch(call), subject);
    EchoRequest good = testing::GoodRequest();
    good.set_request_id(std::string(id));
    const std::string bytes = good.SerializeAsString();
    call.request = bytes;
    RequireAnswer(service.chain.Dispatch(call), subject);
  }
}
}  // namespace amikeco::fuzz
