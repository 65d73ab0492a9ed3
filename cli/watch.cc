#include "cli/watch.h"

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "amikeco/options/v1/options.pb.h"
#include "cli/api.h"
#include "cli/failure.h"
#include "cli/invocation.h"
#include "cli/print.h"
#include "common/base/status.h"

namespace amikeco::cli {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(2);

absl::StatusOr<absl::Duration> PauseOf(const Settings& settings) {
  absl::Duration pause = kEvery;
  if (settings.every.empty() || (absl::ParseDuration(settings.every, &pause) && pause > absl::ZeroDuration())) {
    return pause;
  }
  return Error(kUsageError, absl::StrCat("--every: “", settings.every, "” is not a time such as 500ms, 10s or 2m."));
}

// The service is being replaced, the network is away, or it was asked too often: the next look may find it.
bool Passes(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

}  // namespace

bool CanBeWatched(const Command& command) {
  const auto* const method = FindMethod(command.method);
  if (method == nullptr || method->options().GetExtension(options::v1::access).write()) return false;
  const std::vector<Argument> arguments = ArgumentsOf(command);
  return std::none_of(arguments.begin(), arguments.end(), [](const Argument& one) { return one.path.empty(); });
}

std::string News::In(absl::string_view text) {
  if (text == last_) return "";
  last_ = std::string(text);
  if (!by_line_) return last_;
  std::set<std::string, std::less<>> lines;
  std::string news;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (!lines_.contains(line)) absl::StrAppend(&news, line, "\n");
    lines.emplace(line);
  }
  lines_ = std::move(lines);
  return news;
}

absl::StatusOr<int> Watch(const Invocation& invocation, const std::function<absl::StatusOr<std::string>()>& look) {
  AMIKECO_ASSIGN_OR_RETURN(const absl::Duration pause, PauseOf(invocation.settings));
  const bool rows = invocation.command->extra.run == nullptr && invocation.command->extra.view == View::kRows;
  News news(rows && invocation.settings.output != "json");
  for (bool first = true;; first = false) {
    const absl::StatusOr<std::string> text = look();
    // That nobody answers at all is told at once.
    if (!text.ok() && (first || !Passes(text.status()))) return text.status();
    if (text.ok()) {
      std::cout << news.In(*text) << std::flush;
    } else {
      std::cerr << text.status().message() << "\n";
    }
    if (!std::cout) return kOk;
    absl::SleepFor(pause);
  }
}

}  // namespace amikeco::cli
