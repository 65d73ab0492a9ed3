// Process: the logs, metrics, traces and signals of one service, and the order in which its parts start and
// stop.
//
//   Process process(config.common().process(), "applicant");
//   ...
//   return process.RunUntilSignal(relay, facts, ticker, server);   // the server last: it stops first
#ifndef AMIKECO_COMMON_OBSERVE_PROCESS_H_
#define AMIKECO_COMMON_OBSERVE_PROCESS_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/part.h"
#include "common/observe/log.h"
#include "common/observe/metrics.h"
#include "common/observe/trace.h"

namespace amikeco {

// Make it first in main(), before anything starts a thread: it takes SIGTERM and SIGINT for all threads made
// after it.
class Process {
 public:
  Process(const config::v1::ProcessConfig& config, absl::string_view service);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  const std::string& service() const { return service_; }
  Metrics& metrics() { return metrics_; }
  Tracer& tracer() { return tracer_; }
  // How long calls in work may go on once the process was told to stop.
  absl::Duration drain() const { return drain_; }

  // The process is ready to be sent calls while every check passes and it is not stopping. Checks run about
  // once a second on one thread and should answer from memory. Dropping the handle removes the check.
  [[nodiscard]] std::shared_ptr<void> AddReadinessCheck(const std::string& name, std::function<absl::Status()> check);
  // OK, or UNAVAILABLE with the checks that fail.
  absl::Status Ready();
  // The process is dead, and should be started again, when one of these fails.
  [[nodiscard]] std::shared_ptr<void> AddLivenessCheck(const std::string& name, std::function<absl::Status()> check);
  absl::Status Alive();

  // Starts the parts in this order, waits for SIGTERM, SIGINT or RequestStop, stops being ready, goes on for the
  // config's drain_delay (a second signal ends it), and stops the parts in reverse. The exit code: 0, or 1 when a part
  // did not start (those that did are stopped).
  template <typename... Parts>
  int RunUntilSignal(Parts&... parts) {
    return Run({static_cast<Part*>(&parts)...});
  }
  int Run(const std::vector<Part*>& parts);
  // Waits, and is true as soon as the process is told to stop. For what may take long before RunUntilSignal.
  bool WaitForStop(absl::Duration wait);
  // Ends RunUntilSignal; from any thread, also before it was called.
  void RequestStop();

 private:
  using Checks = std::map<std::string, std::function<absl::Status()>>;
  std::shared_ptr<void> AddCheck(Checks& checks, const std::string& name, std::function<absl::Status()> check);
  absl::Status RunChecks(const Checks& checks);
  int WaitUntilToldToStop();
  void Linger();

  const std::string service_;
  const absl::Duration drain_;
  const absl::Duration drain_delay_;
  Metrics metrics_;
  Tracer tracer_;
  std::shared_ptr<void> process_metrics_;
  absl::Status start_error_;  // of the constructor; Run ends with it
  std::atomic<bool> stop_requested_{false};
  std::atomic<bool> stopping_{false};
  absl::Mutex mutex_;
  Checks readiness_ ABSL_GUARDED_BY(mutex_);
  Checks liveness_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_OBSERVE_PROCESS_H_
