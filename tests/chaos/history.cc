#include "tests/chaos/history.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace amikeco::chaos {

History::History(const std::string& path)
    : path_(path), file_(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
  if (file_ >= 0) return;
  std::perror(path.c_str());
  std::abort();
}

History::~History() { close(file_); }

// One write a line: O_APPEND keeps the lines of all writers apart.
void History::Write(const nlohmann::json& line) {
  const std::string text = line.dump() + "\n";
  absl::MutexLock lock(&mutex_);
  if (write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size())) return;
  std::perror(path_.c_str());
  std::abort();
}

void History::Call(absl::string_view id, absl::string_view subject, absl::string_view marker) {
  Write({{"line", "call"}, {"id", id}, {"subject", subject}, {"marker", marker}});
}

void History::Acknowledged(absl::string_view id, int64_t version, absl::string_view answer) {
  Write({{"line", "acknowledged"}, {"id", id}, {"version", version}, {"answer", answer}});
}

void History::Refused(absl::string_view id, const absl::Status& status) {
  Write({{"line", "refused"}, {"id", id}, {"code", absl::StatusCodeToString(status.code())}});
}

void History::Fact(const FoundFact& fact) {
  Write({{"line", "fact"},
         {"service", fact.service},
         {"number", fact.number},
         {"event", fact.event},
         {"subject", fact.subject},
         {"version", fact.version},
         {"marker", fact.marker},
         {"cause", fact.cause}});
}

void History::Effect(absl::string_view group, absl::string_view cause) {
  Write({{"line", "effect"}, {"group", group}, {"cause", cause}});
}

void History::Follows(absl::string_view group, absl::string_view service) {
  Write({{"line", "follows"}, {"group", group}, {"service", service}});
}

void History::Record(absl::string_view name, bool same) { Write({{"line", "record"}, {"name", name}, {"same", same}}); }

}  // namespace amikeco::chaos
