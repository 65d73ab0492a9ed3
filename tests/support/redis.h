// RedisServer: a private Redis on a free port of 127.0.0.1, for the tests that need a real one.
#ifndef AMIKECO_TESTS_SUPPORT_REDIS_H_
#define AMIKECO_TESTS_SUPPORT_REDIS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/support/child.h"

namespace amikeco {

// What the server or Sentinel on this port answers to a command, as it stands on the wire; "" when there is none.
std::string AskRedis(int port, absl::string_view command);

// Keeps nothing on disk: a server that was stopped comes back empty, as after a failover to an empty replica.
// The port stays the same. Not thread safe; start it on the test's main thread. The program must be installed
// (redis-server): a test that cannot start it fails, it is not skipped.
class RedisServer {
 public:
  // `arguments` are the command line's, besides those for the port.
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start(const std::vector<std::string>& arguments = {});
  ~RedisServer();

  int port() const { return port_; }
  bool running() const { return child_ != nullptr; }
  // Ends it in order; returns when it has ended.
  void Stop();
  // Ends it with SIGKILL; returns when it has ended.
  void Kill();
  // Stops it if it runs, and starts it on the same port, with other arguments when there are any; returns when it
  // answers.
  absl::Status Restart(const std::vector<std::string>& arguments = {});
  // Freezes and thaws the process: connections stay open, nothing is answered.
  void Pause();
  void Resume();

 private:
  RedisServer(int port, const std::vector<std::string>& arguments)
      : port_(port), arguments_(arguments), folder_("redis") {}
  absl::Status Launch();

  int port_;
  std::vector<std::string> arguments_;
  TemporaryFolder folder_;
  std::unique_ptr<Child> child_;
};

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_REDIS_H_
