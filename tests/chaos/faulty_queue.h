// FaultyQueue: a queue that fails as Redis does, by a seeded draw before each call.
#ifndef AMIKECO_TESTS_CHAOS_FAULTY_QUEUE_H_
#define AMIKECO_TESTS_CHAOS_FAULTY_QUEUE_H_

#include <vector>

#include "common/events/queue.h"
#include "tests/chaos/dice.h"

namespace amikeco::chaos {

// How often each fault happens, of 1.
struct QueueFaults {
  double abort = 0;        // nothing was done: UNAVAILABLE
  double answer_lost = 0;  // it was done: UNAVAILABLE all the same
  double duplicate = 0;    // a batch is published twice; a fact is received twice
  double reorder = 0;      // what is received comes in another order, but for each subject
  double forget = 0;       // before a call everything is lost, as by FLUSHALL
};

// Thread safe when `queue` is. `queue` and `dice` outlive it.
class FaultyQueue final : public Queue {
 public:
  FaultyQueue(Queue& queue, Dice& dice, QueueFaults faults) : queue_(queue), dice_(dice), faults_(faults) {}

  absl::StatusOr<int64_t> Begin(absl::string_view source, absl::string_view epoch, int64_t floor) override;
  absl::Status Publish(const Batch& batch) override;
  absl::StatusOr<std::vector<Parcel>> Receive(const Subscription& subscription, int limit,
                                              absl::Duration wait) override;
  absl::Status Acknowledge(const Subscription& subscription, absl::Span<const Parcel> parcels) override;
  void Leave(const Subscription& subscription) override { queue_.Leave(subscription); }
  absl::Status Trim(absl::string_view source, int64_t number) override;
  absl::StatusOr<std::vector<StreamStats>> Stats(absl::string_view source) override;
  absl::Status Check() override { return queue_.Check(); }

 private:
  // What goes wrong before the call.
  absl::Status Before(absl::string_view source);
  // `done`, or that its answer was lost.
  absl::Status After(absl::Status done);
  void Reorder(std::vector<Parcel>& parcels);

  Queue& queue_;
  Dice& dice_;
  const QueueFaults faults_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_FAULTY_QUEUE_H_
