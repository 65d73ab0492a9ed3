#include "common/events/consumer.h"

#include "absl/strings/str_join.h"
#include "common/events/follower.h"
#include "common/observe/trace.h"

namespace amikeco {

bool IsStale(const absl::Status& status) { return absl::IsFailedPrecondition(status) || absl::IsNotFound(status); }

bool IsPassing(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

Origin OriginOfReaction(const Wiring& wiring, const event::v1::Event& event) {
  return {wiring.service, SystemActor(wiring.service), wiring.clock.Now(),
          event.traceparent().empty() ? "" : ChildTraceparent(event.traceparent()), event.id()};
}

Consumer::Consumer(const Wiring& wiring, const Reactions& reactions, const ConsumerOptions& options)
    : sources_(reactions.sources) {
  for (const std::string& source : sources_) {
    followers_.push_back(std::make_unique<Follower>(wiring, reactions.react, source, options));
  }
}

Consumer::~Consumer() { Stop(); }

absl::Status Consumer::Start() {
  for (const auto& follower : followers_) follower->Start();
  return absl::OkStatus();
}

void Consumer::Stop() {
  for (const auto& follower : followers_) follower->Stop();
}

absl::StatusOr<int> Consumer::RunOnce() {
  int total = 0;
  absl::Status first;
  for (const auto& follower : followers_) {
    const auto count = follower->Step(absl::ZeroDuration());
    if (count.ok()) total += *count;
    if (!count.ok() && first.ok()) first = count.status();
  }
  if (!first.ok()) return first;
  return total;
}

absl::Status Consumer::Healthy() {
  // All of them: one that hangs can hold up others, whose complaint alone would not tell.
  std::vector<std::string> failing;
  for (const auto& follower : followers_) {
    const absl::Status status = follower->Healthy();
    if (!status.ok()) failing.push_back(std::string(status.message()));
  }
  return failing.empty() ? absl::OkStatus() : absl::InternalError(absl::StrJoin(failing, "; "));
}

}  // namespace amikeco
