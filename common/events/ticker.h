// Ticker: lets a service's timed objects do what is due, once a second and when it is poked.
//
// One ticker of a service works at a time, by the store's lock. Each record is its own transaction; one that fails is
// counted, left alone for a while, and holds up no other.
#ifndef AMIKECO_COMMON_EVENTS_TICKER_H_
#define AMIKECO_COMMON_EVENTS_TICKER_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/part.h"
#include "common/events/loop.h"
#include "common/events/reaction.h"
#include "common/events/wiring.h"

namespace amikeco {

struct TickerOptions {
  absl::Duration every = absl::Seconds(1);
  int batch = 200;  // records of one timed object in one round
  absl::Duration least_backoff = absl::Seconds(1);
  absl::Duration most_backoff = absl::Minutes(5);
  // Forgets old requests and inbox rows; so often that each sweep is small.
  absl::Duration sweep_every = absl::Minutes(1);
  int sweep_limit = 5000;
};

class Ticker final : public Part {
 public:
  // The timed objects outlive the ticker.
  Ticker(const Wiring& wiring, std::vector<Timed*> timed, const TickerOptions& options = {});
  ~Ticker() override { Stop(); }

  absl::Status Start() override;
  void Stop() override;
  // Something may be due: the clock was moved.
  void Poke() { loop_.Poke(); }
  // Does what is due now; the number of records that were ticked. 0 while another ticker holds the lock.
  absl::StatusOr<int> RunOnce();
  // Whether something is due that is not being left alone after a failure.
  absl::StatusOr<bool> AnythingDue();

 private:
  struct Failure {
    int times = 0;
    absl::Time not_before;  // SteadyNow
  };
  using FailureKey = std::pair<const Timed*, std::string>;

  absl::StatusOr<std::vector<std::string>> DueOf(Timed& timed, int limit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<int> TickAll(Timed& timed) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool TickOne(Timed& timed, const std::string& name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Sweep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Duration Turn();

  const Wiring wiring_;
  const std::vector<Timed*> timed_;
  const TickerOptions options_;
  absl::Mutex mutex_;
  std::unique_ptr<Store::Lock> lock_ ABSL_GUARDED_BY(mutex_);
  std::map<FailureKey, Failure> failures_ ABSL_GUARDED_BY(mutex_);
  absl::Time sweep_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();

  int rounds_ = 0;  // in a row that did something

  prometheus::Counter& ticked_;
  prometheus::Counter& failed_;
  Loop loop_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_TICKER_H_
