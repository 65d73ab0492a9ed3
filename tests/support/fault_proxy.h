// FaultProxy: stands between a client and a server on this machine and does harm to what passes.
//
// Listens on a free port of 127.0.0.1. One thread; thread safe.
#ifndef AMIKECO_TESTS_SUPPORT_FAULT_PROXY_H_
#define AMIKECO_TESTS_SUPPORT_FAULT_PROXY_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace amikeco {

class FaultProxy {
 public:
  enum class Fault {
    kNone,
    kCut,         // connections are reset, those that are there and those that come
    kStall,       // connections are taken, and nothing passes either way; later it passes after all
    kDelay,       // everything passes 50 ms late
    kThrottle,    // 10 kB a second pass each way
    kLoseAnswer,  // requests pass; the server's next bytes do not, and the connection is reset: executed, not answered
    kHalfClose,   // the client is told that the server has ended its half; what the client sends passes on
  };

  // `target` is "127.0.0.1:6379", or the path of a Unix socket.
  static absl::StatusOr<std::unique_ptr<FaultProxy>> Start(const std::string& target);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  int port() const { return port_; }
  // What happens from now on.
  void Set(Fault fault);
  // From now on, until Set: one fault after the other, each up to half a second and now and
  // then 3 s long, with pauses of up to 1.5 s, by this seed. A pause goes on while `recovered`, when there is one, says
  // that those who were disturbed have done nothing since: on a busy machine it would be too short for them.
  void Play(uint64_t seed, std::function<bool()> recovered = nullptr);
  // How many faults Play has begun.
  int64_t played() const { return played_; }

 private:
  class Connection;

  explicit FaultProxy(std::string target);
  absl::Status Listen();
  void Run();
  void Accept();
  // The fault now; draws the next one when it is time.
  Fault Current();

  const std::string target_;
  int port_ = 0;
  int listener_ = -1;
  std::list<Connection> connections_;  // of the thread
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> played_{0};
  absl::Mutex mutex_;
  Fault fault_ ABSL_GUARDED_BY(mutex_) = Fault::kNone;
  bool playing_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<bool()> recovered_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_ ABSL_GUARDED_BY(mutex_);
  std::mt19937_64 dice_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_FAULT_PROXY_H_
