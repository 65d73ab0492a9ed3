#include "tests/cli/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace amikeco::cli {
namespace {

// The reading end of a pipe whose writing end the program has as `descriptor`.
struct Output {
  std::array<int, 2> ends{-1, -1};
  std::string text;
  bool open = true;
};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

void ReadSome(Output& output) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(output.ends[0], buffer.data(), buffer.size());
  if (count > 0) output.text.append(buffer.data(), static_cast<size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR)) output.open = false;
}

}  // namespace

Ran RunProgram(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment,
               const std::string& interrupt_on) {
  std::vector<std::string> words = {AMIKECO_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(absl::StrCat(name, "=", value));
  Output out, err;
  if (pipe2(out.ends.data(), O_CLOEXEC) != 0 || pipe2(err.ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.ends[1], STDERR_FILENO);
  // A service in the test's process keeps signals back for itself; the program is to get them.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int failed =
      posix_spawn(&pid, words[0].c_str(), &actions, &attributes, Pointers(words).data(), Pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(out.ends[1]);
  close(err.ends[1]);
  if (failed != 0) return {};
  bool interrupted = interrupt_on.empty();
  while (out.open || err.open) {
    std::array<pollfd, 2> ends{{{out.open ? out.ends[0] : -1, POLLIN, 0}, {err.open ? err.ends[0] : -1, POLLIN, 0}}};
    if (poll(ends.data(), ends.size(), -1) < 0 && errno != EINTR) break;
    if (ends[0].revents != 0) ReadSome(out);
    if (ends[1].revents != 0) ReadSome(err);
    if (!interrupted && absl::StrContains(err.text, interrupt_on)) interrupted = kill(pid, SIGINT) == 0;
  }
  close(out.ends[0]);
  close(err.ends[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out.text, err.text};
}

}  // namespace amikeco::cli
