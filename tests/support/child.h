// Child: a program that a test starts for itself, and ends by its process id.
#ifndef AMIKECO_TESTS_SUPPORT_CHILD_H_
#define AMIKECO_TESTS_SUPPORT_CHILD_H_

#include <sys/types.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace amikeco {

// Not thread safe. The program dies with the thread that started it, so that a test that crashes leaves
// nothing behind: start children on the test's main thread.
class Child {
 public:
  struct Options {
    std::string log;              // output is appended to this file; "" discards it
    std::string user;             // drop to this user when we are root; "" stays who we are
    std::string folder;           // working directory; "" stays where we are
    int orphan_signal = SIGKILL;  // what it gets when we die
  };

  // `argv[0]` is the program's path, or its name when it is on the PATH.
  static absl::StatusOr<std::unique_ptr<Child>> Start(const std::vector<std::string>& argv, const Options& options);
  // Kills it when it still runs.
  ~Child();

  pid_t pid() const { return pid_; }
  // Whether it has not ended yet.
  bool Running();
  void Signal(int signal);
  // Waits for the end; the exit code, or 128 + the signal that ended it. DEADLINE_EXCEEDED when it goes on.
  absl::StatusOr<int> Wait(absl::Duration patience);
  // Sends `signal`, waits, and kills it if that did not end it.
  void End(int signal, absl::Duration patience);

 private:
  explicit Child(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  bool ended_ = false;
  int code_ = 0;
};

// A folder for a test, removed with all that is in it.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(absl::string_view name);
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // The path of `file` in the folder.
  std::string operator/(absl::string_view file) const;

 private:
  std::string path_;
};

// A TCP port of 127.0.0.1 that nobody listens on just now, and that the system does not give out by itself: a server
// that was ended finds it free again.
int FreePort();

// The last lines of a text file, for error messages.
std::string TailOf(const std::string& path);

}  // namespace amikeco

#endif  // AMIKECO_TESTS_SUPPORT_CHILD_H_
