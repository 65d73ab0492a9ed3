// OperationsService: what operators and auditors ask of every service (protos/amikeco/ops/v1/ops.proto).
#ifndef AMIKECO_COMMON_EVENTS_OPERATIONS_H_
#define AMIKECO_COMMON_EVENTS_OPERATIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/status.h"
#include "common/events/reaction.h"
#include "common/events/ticker.h"
#include "common/events/wiring.h"
#include "common/rpc/call.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kClockNotAdjustable{
    absl::StatusCode::kFailedPrecondition, kDomain, "CLOCK_NOT_ADJUSTABLE",
    "Start the service with adjustable_clock in its configuration; production never does."};
inline constexpr ErrorName kFactStillRefused{
    absl::StatusCode::kFailedPrecondition, kDomain, "FACT_STILL_REFUSED",
    "The fact failed again for the reason given and stays parked. Remove the cause, then redrive it again."};
inline constexpr ErrorName kFactWaitsBehind{absl::StatusCode::kFailedPrecondition, kDomain, "FACT_WAITS_BEHIND",
                                            "Redrive the earlier parked fact of the same subject; this one follows."};
}  // namespace errors

// Sets the clock to where it was set when the service last ran, gone on by the real time since. Before anything starts.
absl::Status RestoreClock(Store& store, AdjustableClock& clock);

// Thread safe; stateless but for what it is wired to.
class OperationsService {
 public:
  // `clock` is null unless it may be moved; then it is also wiring.clock.
  OperationsService(const Wiring& wiring, Reactions reactions, Ticker& ticker, AdjustableClock* clock);

  absl::StatusOr<ops::v1::GetQueueStatsResponse> GetQueueStats(Call& call,
                                                               const ops::v1::GetQueueStatsRequest& request);
  absl::StatusOr<ops::v1::ListParkedFactsResponse> ListParkedFacts(Call& call,
                                                                   const ops::v1::ListParkedFactsRequest& request);
  absl::StatusOr<ops::v1::RedriveParkedFactResponse> RedriveParkedFact(
      Call& call, const ops::v1::RedriveParkedFactRequest& request);
  absl::StatusOr<ops::v1::PauseConsumerResponse> PauseConsumer(Call& call,
                                                               const ops::v1::PauseConsumerRequest& request);
  absl::StatusOr<ops::v1::ResumeConsumerResponse> ResumeConsumer(Call& call,
                                                                 const ops::v1::ResumeConsumerRequest& request);
  absl::StatusOr<ops::v1::ListEventsResponse> ListEvents(Call& call, const ops::v1::ListEventsRequest& request);
  absl::StatusOr<ops::v1::GetAuditHeadResponse> GetAuditHead(Call& call, const ops::v1::GetAuditHeadRequest& request);
  absl::StatusOr<ops::v1::SetClockResponse> SetClock(Call& call, const ops::v1::SetClockRequest& request);
  absl::StatusOr<ops::v1::GetProgressResponse> GetProgress(Call& call, const ops::v1::GetProgressRequest& request);

 private:
  // Acts on the parked fact and forgets it. With `call` its answer is kept in the same transaction.
  absl::Status Redrive(const ops::v1::ParkedFact& fact, const Call* call);
  absl::Status KeepParked(const ops::v1::ParkedFact& fact, const absl::Status& reason);
  absl::StatusOr<int> RedriveWaiting(const event::v1::Event& first);
  absl::StatusOr<StreamStats> OwnPlace(const std::string& source);
  absl::StatusOr<std::optional<ops::v1::ConsumerPause>> PauseOf(const std::string& source);
  // `source`, or all that are followed when it is empty. INVALID_ARGUMENT when it is not followed.
  absl::StatusOr<std::vector<std::string>> Followed(const std::string& source) const;

  const Wiring wiring_;
  const Reactions reactions_;
  Ticker& ticker_;
  AdjustableClock* const clock_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_OPERATIONS_H_
