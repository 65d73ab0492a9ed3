#include "tests/support/child.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace amikeco {
namespace {

struct Identity {
  bool change = false;
  uid_t uid = 0;
  gid_t gid = 0;
};

absl::StatusOr<Identity> IdentityOf(const std::string& user) {
  if (user.empty() || geteuid() != 0) return Identity{};
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) return absl::NotFoundError(absl::StrCat("There is no user ", user, " on this machine."));
  return Identity{true, entry->pw_uid, entry->pw_gid};
}

// Runs in the child, between fork and exec: only calls that are safe there.
[[noreturn]] void Become(char* const* argv, const Child::Options& options, const Identity& identity, int log) {
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (identity.change && (setgroups(0, nullptr) != 0 || setgid(identity.gid) != 0 || setuid(identity.uid) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, options.orphan_signal);  // after setuid, which clears it
  if (!options.folder.empty() && chdir(options.folder.c_str()) != 0) _exit(126);
  execvp(argv[0], argv);
  _exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Child>> Child::Start(const std::vector<std::string>& argv, const Options& options) {
  const absl::StatusOr<Identity> identity = IdentityOf(options.user);
  if (!identity.ok()) return identity.status();
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const std::string path = options.log.empty() ? "/dev/null" : options.log;
  const int log = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return absl::InternalError(absl::StrCat(path, ": ", std::strerror(errno)));
  const pid_t pid = fork();
  if (pid == 0) Become(words.data(), options, *identity, log);
  close(log);
  if (pid < 0) return absl::InternalError(absl::StrCat("fork: ", std::strerror(errno)));
  return std::unique_ptr<Child>(new Child(pid));
}

Child::~Child() { End(SIGKILL, absl::Seconds(10)); }

bool Child::Running() { return !Wait(absl::ZeroDuration()).ok(); }

void Child::Signal(int signal) {
  if (!ended_) kill(pid_, signal);
}

absl::StatusOr<int> Child::Wait(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (!ended_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = true;
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError(absl::StrCat("process ", pid_, " still runs"));
    } else {
      absl::SleepFor(absl::Milliseconds(2));
    }
  }
  return code_;
}

void Child::End(int signal, absl::Duration patience) {
  Signal(signal);
  if (Wait(patience).ok()) return;
  Signal(SIGKILL);
  (void)Wait(absl::Seconds(10));
}

TemporaryFolder::TemporaryFolder(absl::string_view name) {
  std::string pattern = (std::filesystem::temp_directory_path() / absl::StrCat("amikeco-", name, "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) std::abort();  // a test cannot go on without
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::operator/(absl::string_view file) const { return absl::StrCat(path_, "/", file); }

int FreePort() {
  std::random_device random;
  std::uniform_int_distribution<int> port(20'000, 29'999);
  for (;;) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port(random)));
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    if (fd < 0) std::abort();  // a test cannot go on without
    if (free) return ntohs(address.sin_port);
  }
}

std::string TailOf(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace amikeco
