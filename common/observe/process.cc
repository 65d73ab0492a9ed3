#include "common/observe/process.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/base/steady.h"
#include "google/protobuf/stubs/logging.h"

namespace amikeco {
namespace {

constexpr absl::Duration kDefaultDrain = absl::Seconds(20);
// How often buffered log lines are written, and RequestStop is noticed.
constexpr absl::Duration kTick = absl::Milliseconds(100);

absl::Duration DrainOf(const config::v1::ProcessConfig& config) {
  const absl::Duration drain = ToDuration(config.drain());
  return drain > absl::ZeroDuration() ? drain : kDefaultDrain;
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  int64_t size = 0;
  int64_t resident = 0;
  file >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double OpenFiles() {
  DIR* const folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = -3;  // "." and ".." and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

double CpuSeconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::shared_ptr<void> ExposeProcess(Metrics& metrics) {
  auto& resident = metrics.Gauge("process_resident_memory_bytes", "Resident memory in bytes.");
  auto& files = metrics.Gauge("process_open_fds", "Open file descriptors.");
  auto& cpu = metrics.Counter("process_cpu_seconds_total", "User and system CPU time in seconds.");
  metrics.Gauge("process_start_time_seconds", "Start of the process since the Unix epoch in seconds.")
      .Set(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  return metrics.OnScrape([&resident, &files, &cpu] {
    resident.Set(ResidentBytes());
    files.Set(OpenFiles());
    cpu.Increment(CpuSeconds() - cpu.Value());
  });
}

// The signal that came within `wait`; 0 for none.
int WaitForSignal(absl::Duration wait) {
  const sigset_t signals = StopSignals();
  const timespec time = absl::ToTimespec(wait);
  const int signal = sigtimedwait(&signals, nullptr, &time);
  return signal > 0 ? signal : 0;
}

// Protobuf complains of each request with bad bytes on standard error; its caller is told anyway.
void LogOfProtobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  Log(level == google::protobuf::LOGLEVEL_FATAL ? LogLevel::kError : LogLevel::kDebug, "protobuf", {{"text", message}});
}

}  // namespace

Process::Process(const config::v1::ProcessConfig& config, absl::string_view service)
    : service_(service),
      drain_(DrainOf(config)),
      drain_delay_(ToDuration(config.drain_delay())),
      tracer_(config.otlp_endpoint(), service, metrics_) {
  SetLog(ParseLogLevel(config.log_level()), service);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write, as a full disk is
  google::protobuf::SetLogHandler(LogOfProtobuf);
  // Debian's Abseil looks for deadlocks at each lock, and gRPC locks a lot: 5 % of the CPU time of a call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  process_metrics_ = ExposeProcess(metrics_);
  if (config.metrics_listen().empty()) return;
  if (absl::Status status = metrics_.Expose(config.metrics_listen(), config.metrics_port_file()); !status.ok()) {
    start_error_ = std::move(status);
  }
}

Process::~Process() { FlushLog(); }

std::shared_ptr<void> Process::AddCheck(Checks& checks, const std::string& name, std::function<absl::Status()> check) {
  const absl::MutexLock lock(&mutex_);
  checks[name] = std::move(check);
  return std::shared_ptr<void>(nullptr, [this, &checks, name](void*) {
    const absl::MutexLock lock(&mutex_);
    checks.erase(name);
  });
}

std::shared_ptr<void> Process::AddReadinessCheck(const std::string& name, std::function<absl::Status()> check) {
  return AddCheck(readiness_, name, std::move(check));
}

std::shared_ptr<void> Process::AddLivenessCheck(const std::string& name, std::function<absl::Status()> check) {
  return AddCheck(liveness_, name, std::move(check));
}

absl::Status Process::RunChecks(const Checks& checks) {
  // Under the lock, so that nothing that a check looks at goes away meanwhile.
  const absl::MutexLock lock(&mutex_);
  std::vector<std::string> failing;
  for (const auto& [name, check] : checks) {
    const absl::Status status = check();
    if (status.ok()) continue;
    const std::string reason = ReasonOf(status);
    failing.push_back(absl::StrCat(name, ": ", reason, reason.empty() ? "" : ": ", status.message()));
  }
  return failing.empty() ? absl::OkStatus() : absl::UnavailableError(absl::StrJoin(failing, "; "));
}

absl::Status Process::Ready() {
  if (stopping_) return absl::UnavailableError("the process is stopping");
  return RunChecks(readiness_);
}

absl::Status Process::Alive() { return RunChecks(liveness_); }

bool Process::WaitForStop(absl::Duration wait) {
  for (const absl::Time end = SteadyNow() + wait; !stop_requested_ && SteadyNow() < end;) {
    if (WaitForSignal(std::clamp(end - SteadyNow(), absl::ZeroDuration(), kTick)) != 0) RequestStop();
  }
  return stop_requested_;
}

void Process::RequestStop() { stop_requested_ = true; }

int Process::WaitUntilToldToStop() {
  int signal = 0;
  SetLogBuffered(true);
  while (signal == 0 && !stop_requested_) {
    signal = WaitForSignal(kTick);
    FlushLog();
  }
  SetLogBuffered(false);
  return signal;
}

// Load balancers learn late that we stop; what they send until then is answered and not refused.
void Process::Linger() {
  for (const absl::Time end = SteadyNow() + drain_delay_; SteadyNow() < end;) {
    if (WaitForSignal(std::clamp(end - SteadyNow(), absl::ZeroDuration(), kTick)) != 0) return;
  }
}

int Process::Run(const std::vector<Part*>& parts) {
  size_t started = 0;
  absl::Status status = start_error_;
  while (status.ok() && started < parts.size()) {
    status = parts[started]->Start();
    if (status.ok()) ++started;
  }
  if (status.ok()) {
    LogInfo("The service has started.");
    LogInfo("The service stops.", {{"signal", WaitUntilToldToStop()}});
    stopping_ = true;
    Linger();
  } else {
    LogError("The service did not start.", {{"error", status.ToString()}});
  }
  stopping_ = true;
  while (started > 0) parts[--started]->Stop();
  LogInfo("The service has stopped.");
  return status.ok() ? 0 : 1;
}

}  // namespace amikeco
