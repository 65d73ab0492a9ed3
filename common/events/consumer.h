// Consumer: takes the facts of other services from the queue and lets the service react to them.
//
// A fact's effect and the note that it was handled are one transaction, so it happens exactly once however often the
// fact is delivered. Facts of one subject are handled in their order; a subject whose fact must wait does not hold up
// others. reaction.h says what becomes of a fact that fails. While operators pause a source (pauses.h) its facts wait
// in the queue.
#ifndef AMIKECO_COMMON_EVENTS_CONSUMER_H_
#define AMIKECO_COMMON_EVENTS_CONSUMER_H_

#include <memory>
#include <string>
#include <vector>

#include "common/base/part.h"
#include "common/events/reaction.h"
#include "common/events/wiring.h"

namespace amikeco {

struct ConsumerOptions {
  int batch = 64;                                 // facts received at once
  absl::Duration wait = absl::Milliseconds(500);  // how long one Receive waits
  int tries = 8;                                  // of a fact that meets a bug, before it is parked
  absl::Duration least_backoff = absl::Milliseconds(20);
  absl::Duration most_backoff = absl::Seconds(5);
  absl::Duration stuck_after = absl::Seconds(30);  // lag without progress
  int ends = 5;                                    // of processes that tried a fact alone, before it is parked
  absl::Duration least_pause = absl::Seconds(5);   // before such a fact is tried again; doubles with each end
  absl::Duration look_for_pause = absl::Milliseconds(250);
};

class Consumer final : public Part {
 public:
  Consumer(const Wiring& wiring, const Reactions& reactions, const ConsumerOptions& options = {});
  ~Consumer() override;

  // One thread a source.
  absl::Status Start() override;
  void Stop() override;
  // Handles what is there now, without waiting; the number of facts done with (handled, stale, parked, duplicate).
  // The first error of the queue or store, after all sources were tried.
  absl::StatusOr<int> RunOnce();

  const std::vector<std::string>& sources() const { return sources_; }
  // Why the process should be started again: a reaction hangs, or facts have been waiting without progress and nothing
  // that the service depends on is to blame. For liveness. Cheap.
  absl::Status Healthy();

 private:
  class Follower;

  const std::vector<std::string> sources_;
  std::vector<std::unique_ptr<Follower>> followers_;
};

// What reaction.h says of a status.
bool IsStale(const absl::Status& status);
bool IsPassing(const absl::Status& status);

// Where the facts come from that follow from a reaction to `event`.
Origin OriginOfReaction(const Wiring& wiring, const event::v1::Event& event);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_CONSUMER_H_
