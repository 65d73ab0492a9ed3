// A provider of background checks that checks nobody: what comes of an order is written in the person's reference, as
// in the sandboxes of such providers. For trying out, and to show what a provider answers
// (protos/amikeco/compliance/v1/provider.proto).
//
// A reference is words joined by dots. Each look at the order, the first one when it is placed, moves on to the next
// word; the last stays:
//
//   pending, info, review, clear, consider   what is reported
//   away                                     this call fails with UNAVAILABLE
//   unknown                                  NOT_FOUND: no such person
//   dispute                                  the order stays where it is until it is disputed
//
// Other words are skipped. So "pending.info.clear.17" is pending, then needs something, then is clear; and
// "consider.dispute.review.clear" has to be considered, is looked into when it is disputed, and then is clear.
#ifndef AMIKECO_SAMPLES_CHECK_PROVIDER_CHECK_PROVIDER_H_
#define AMIKECO_SAMPLES_CHECK_PROVIDER_CHECK_PROVIDER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "amikeco/compliance/v1/provider.pb.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"

namespace amikeco::samples {

// Keeps orders for as long as it runs. Thread safe.
class SampleProvider {
 public:
  absl::StatusOr<compliance::v1::ProviderOrder> PlaceOrder(Call& call,
                                                           const compliance::v1::PlaceOrderRequest& request);
  absl::StatusOr<compliance::v1::ProviderOrder> GetOrder(Call& call, const compliance::v1::GetOrderRequest& request);
  absl::StatusOr<compliance::v1::ProviderOrder> DisputeOrder(Call& call,
                                                             const compliance::v1::DisputeOrderRequest& request);
  absl::StatusOr<compliance::v1::ProviderOrder> CancelOrder(Call& call,
                                                            const compliance::v1::CancelOrderRequest& request);

  // Orders that were taken, and those that were cancelled.
  int orders() const;
  int cancelled() const;

 private:
  struct Order {
    std::vector<std::string> words;
    size_t at = 0;
    bool disputed = false;
    bool cancelled = false;
  };

  absl::StatusOr<compliance::v1::ProviderOrder> Look(const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::string, Order> orders_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> placed_ ABSL_GUARDED_BY(mutex_);    // order by request_id
  std::map<std::string, std::string> disputed_ ABSL_GUARDED_BY(mutex_);  // order by request_id
};

void Bind(Chain& chain, SampleProvider& provider);

}  // namespace amikeco::samples

#endif  // AMIKECO_SAMPLES_CHECK_PROVIDER_CHECK_PROVIDER_H_
