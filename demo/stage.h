// The stage: the four services as the demo's players reach them, over gRPC alone. Every command is sent with a
// request_id and sent again, the same, while a service is away: a service may be killed and started again in the middle
// of the play.
#ifndef AMIKECO_DEMO_STAGE_H_
#define AMIKECO_DEMO_STAGE_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/actor.h"
#include "common/base/ids.h"
#include "common/rpc/client.h"

namespace amikeco::demo {

enum class Service { kApplicant, kMatching, kCompliance, kNotify };
inline constexpr Service kServices[] = {Service::kApplicant, Service::kMatching, Service::kCompliance,
                                        Service::kNotify};

// Thread safe.
class Stage {
 public:
  // `targets` by service: the "host:port" of each replica, separated by commas. One is called for
  // as long as it answers, then the next.
  // With a service config (samples/service_config.json) a service's replicas share one channel that follows it, and
  // nothing is retried here: what a partner would see is returned.
  explicit Stage(const std::map<Service, std::string>& targets, const std::string& service_config = "");

  // Calls "SubmitApplication" of the service as `actor`. Retries while the service is away, for at most a minute; any
  // other error is returned. `request` gets a request_id when it has such a field and none is set.
  template <typename Response, typename Request>
  absl::StatusOr<Response> Call(Service service, absl::string_view method, const Actor& actor, Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(RandomUuid());
    }
    Response response;
    if (absl::Status status = CallBytes(service, method, actor, request, response); !status.ok()) return status;
    return response;
  }

  // Moves the clock of all services forward to `time`, that of each replica that is there.
  absl::Status SetClock(absl::Time time);
  // Waits until nothing is under way in any service: no fact, no due work.
  absl::Status Settle();
  // What the services' clocks show.
  absl::StatusOr<absl::Time> Now();

  // How long each method took, for calls that were answered at once: milliseconds, by "service.method".
  std::map<std::string, std::vector<double>> Latencies() const;
  int retries() const;

 private:
  absl::Status CallBytes(Service service, absl::string_view method, const Actor& actor,
                         const google::protobuf::Message& request, google::protobuf::Message& response);
  absl::Status SetClockOf(Service service, const ops::v1::SetClockRequest& request);

  struct Replicas {
    std::vector<std::unique_ptr<Channel>> channels;
    std::atomic<size_t> turn{0};  // modulo their number: the one that is called
  };

  const bool retries_by_policy_;
  std::map<Service, Replicas> replicas_;
  mutable absl::Mutex mutex_;
  std::map<std::string, std::vector<double>> latencies_ ABSL_GUARDED_BY(mutex_);
  int retries_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_STAGE_H_
