// Loop: the thread of a part that works in steps: wakes when poked, and now and then.
#ifndef AMIKECO_COMMON_EVENTS_LOOP_H_
#define AMIKECO_COMMON_EVENTS_LOOP_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace amikeco {

// Thread safe. A poke that comes while a step runs makes it run again.
class Loop {
 public:
  // `step` works and says how long to wait before the next step, unless poked.
  explicit Loop(std::function<absl::Duration()> step) : step_(std::move(step)) {}
  ~Loop() { Stop(); }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start();
  // Returns when the step in work has ended. May be called more than once, and without Start.
  void Stop();
  void Poke();
  // True while Stop waits: a long step should end early.
  bool stopping();
  // When (SteadyNow) the loop last came back to wait or to ask whether to stop; long ago: a step hangs.
  absl::Time last_turn();

 private:
  void Run();

  const std::function<absl::Duration()> step_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool poked_ = false;
  absl::Time last_turn_ = absl::InfiniteFuture();
  std::thread thread_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_EVENTS_LOOP_H_
