// Progress: how far a long command is, on standard error.
#ifndef AMIKECO_CLI_PROGRESS_H_
#define AMIKECO_CLI_PROGRESS_H_

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "absl/strings/str_format.h"

namespace amikeco::cli {

// On a terminal a bar that is drawn over itself, elsewhere a line for each tenth.
class Progress {
 public:
  // `things` are counted: "rows".
  Progress(int64_t total, std::string things)
      : total_(std::max<int64_t>(total, 1)), things_(std::move(things)), terminal_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (terminal_ && shown_ >= 0) std::fputs("\n", stderr);
  }

  void Show(int64_t done) {
    constexpr int kWidth = 40;
    const int percent = static_cast<int>(std::min<int64_t>(100 * done / total_, 100));
    if (terminal_) {
      const int filled = kWidth * percent / 100;
      absl::FPrintF(stderr, "\r[%s%s] %3d %%  %d of %d %s", std::string(filled, '#'), std::string(kWidth - filled, ' '),
                    percent, done, total_, things_);
    } else if (percent / 10 > shown_ / 10 || shown_ < 0) {
      absl::FPrintF(stderr, "%d %%  %d of %d %s\n", percent, done, total_, things_);
    }
    shown_ = percent;
  }

 private:
  const int64_t total_;
  const std::string things_;
  const bool terminal_;
  int shown_ = -1;
};

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_PROGRESS_H_
