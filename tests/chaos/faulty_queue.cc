#include "tests/chaos/faulty_queue.h"

#include <map>
#include <utility>

#include "common/base/status.h"

namespace amikeco::chaos {
namespace {

absl::Status Away() { return absl::UnavailableError("the queue is away, says the test"); }

}  // namespace

absl::Status FaultyQueue::Before(absl::string_view source) {
  if (dice_.Happens(faults_.forget)) AMIKECO_RETURN_IF_ERROR(queue_.Begin(source, "forgotten", 0).status());
  return dice_.Happens(faults_.abort) ? Away() : absl::OkStatus();
}

absl::Status FaultyQueue::After(absl::Status done) {
  return done.ok() && dice_.Happens(faults_.answer_lost) ? Away() : done;
}

absl::StatusOr<int64_t> FaultyQueue::Begin(absl::string_view source, absl::string_view epoch, int64_t floor) {
  AMIKECO_RETURN_IF_ERROR(Before(source));
  const auto number = queue_.Begin(source, epoch, floor);
  AMIKECO_RETURN_IF_ERROR(After(number.status()));
  return number;
}

absl::Status FaultyQueue::Publish(const Batch& batch) {
  AMIKECO_RETURN_IF_ERROR(Before(batch.source));
  if (dice_.Happens(faults_.duplicate)) AMIKECO_RETURN_IF_ERROR(queue_.Publish(batch));
  return After(queue_.Publish(batch));
}

// Deals the facts out anew, each subject's in its order.
void FaultyQueue::Reorder(std::vector<Parcel>& parcels) {
  std::map<std::string, std::vector<Parcel>> by_subject;
  for (Parcel& parcel : parcels) by_subject[parcel.subject].push_back(std::move(parcel));
  parcels.clear();
  std::vector<std::vector<Parcel>> piles;
  for (auto& [subject, pile] : by_subject) piles.push_back(std::move(pile));
  std::vector<size_t> dealt(piles.size());
  while (!piles.empty()) {
    const auto i = static_cast<size_t>(dice_.Below(static_cast<int64_t>(piles.size())));
    parcels.push_back(std::move(piles[i][dealt[i]++]));
    if (dealt[i] < piles[i].size()) continue;
    piles.erase(piles.begin() + static_cast<ptrdiff_t>(i));
    dealt.erase(dealt.begin() + static_cast<ptrdiff_t>(i));
  }
}

absl::StatusOr<std::vector<Parcel>> FaultyQueue::Receive(const Subscription& subscription, int limit,
                                                         absl::Duration wait) {
  AMIKECO_RETURN_IF_ERROR(Before(subscription.source));
  AMIKECO_ASSIGN_OR_RETURN(std::vector<Parcel> parcels, queue_.Receive(subscription, limit, wait));
  if (const absl::Status lost = After(absl::OkStatus()); !lost.ok()) {
    queue_.Leave(subscription);  // as by a connection that broke: what was delivered is delivered again
    return lost;
  }
  if (dice_.Happens(faults_.reorder)) Reorder(parcels);
  if (!parcels.empty() && dice_.Happens(faults_.duplicate)) parcels.push_back(parcels.back());
  return parcels;
}

absl::Status FaultyQueue::Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) {
  AMIKECO_RETURN_IF_ERROR(Before(subscription.source));
  return After(queue_.Acknowledge(subscription, parcels));
}

absl::Status FaultyQueue::Trim(absl::string_view source, int64_t number) {
  AMIKECO_RETURN_IF_ERROR(Before(source));
  return After(queue_.Trim(source, number));
}

absl::StatusOr<std::vector<StreamStats>> FaultyQueue::Stats(absl::string_view source) {
  AMIKECO_RETURN_IF_ERROR(Before(source));
  return queue_.Stats(source);
}

}  // namespace amikeco::chaos
