// RedisServer: a private Redis on a free port of 127.0.0.1, for the tests that need a real one.
#ifndef AMIKECO_TESTS_SUPPORT_REDIS_H_
#define AMIKECO_TESTS_SUPPORT_REDIS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/child.h"

namespace amikeco {

// Keeps nothing on disk: a server that was stopped comes back empty, as after a failover to an empty replica.
// The port stays the same. Not thread safe; start it on the test's main thread. The program must be installed
// (redis-server): a test that cannot start it fails, it is not skipped.
class RedisServer {
 public:
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start();
  ~RedisServer();

  int port() const { return port_; }
  // Ends it in order; returns when it has ended.
  void Stop();
  // Ends it with SIGKILL; returns when it has ended.
  void Kill();
  // Stops it if it runs, and starts it on the same port; returns when it answers.
  absl::Status Restart();
  // Freezes and thaws the process: connections stay open, nothing is answered.
  void Pause();
  void Resume();

 private:
  explicit RedisServer(int port) : port_(port), folder_("redis") {}
  absl::Status Launch();

  int port_;
  TemporaryFolder folder_;
  std::unique_ptr<Child> child_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_REDIS_H_
