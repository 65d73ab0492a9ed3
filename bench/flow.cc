#include "bench/flow.h"

#include <algorithm>
#include <string>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "bench/backends.h"
#include "bench/harness.h"
#include "common/events/execute.h"
#include "common/events/open.h"
#include "common/store/open.h"

namespace amikeco::bench {
namespace {

constexpr char kSubjects[] = "applications/";
// More callers than threads can run: what waits is committed together.
constexpr int kMostCallers = 64;

std::string Body() { return std::string(300, 'x'); }

}  // namespace

class Flow::Watched final : public Store {
 public:
  explicit Watched(Flow& flow) : flow_(flow) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override {
    const absl::Status status = flow_.to_->Write([&](Transaction& tx) {
      flow_.acting_.clear();
      return body(tx);
    });
    if (!status.ok()) return status;
    const int64_t now = absl::GetCurrentTimeNanos();
    for (const int number : flow_.acting_) flow_.effect_nanos_[number] = now;
    flow_.effects_ += static_cast<int>(flow_.acting_.size());
    flow_.effects_.notify_one();
    return status;
  }
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override { return flow_.to_->Read(body); }
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override { return flow_.to_->TryLock(name); }
  absl::Status Check() override { return flow_.to_->Check(); }
  void OnEvents(std::function<void()> wake) override { flow_.to_->OnEvents(std::move(wake)); }

 private:
  Flow& flow_;
};

Flow::Flow(int most)
    : redis_(OrDie(RedisServer::Start())),
      folder_("bench"),
      from_(OrDie(OpenStore(SqliteAt(folder_ / "from.db")))),
      to_(OrDie(OpenStore(SqliteAt(folder_ / "to.db")))),
      watched_(std::make_unique<Watched>(*this)),
      out_(OrDie(OpenQueue(QueueAt(*redis_)))),
      in_(OrDie(OpenQueue(QueueAt(*redis_)))),
      committed_nanos_(most),
      effect_nanos_(most),
      relay_({"applicant", *from_, *out_, clock_, from_metrics_}),
      consumer_({"matching", *watched_, *in_, clock_, to_metrics_},
                {{"applicant"},
                 [this](Transaction& tx, const event::v1::Event& event, const Origin&) { return React(tx, event); }}) {}

Flow::~Flow() {
  consumer_.Stop();
  relay_.Stop();
}

CommandRows Flow::RowsOf(int number) {
  const std::string subject = absl::StrCat(kSubjects, number), id = absl::StrCat("request-", number);
  applicant::v1::ApplicationFact fact;
  fact.mutable_lapsed();
  const event::v1::Event event =
      MakeEvent({"applicant", SystemActor("applicant"), absl::Now(), "", ""}, subject, 1, fact);
  return {{"application", subject, 1, Body()},
          {},
          {0, event.id(), subject, 1, event.SerializeAsString()},
          {"people/bench", id, "SubmitApplication", id, Body(), absl::Now() + absl::Hours(24)}};
}

void Flow::OrStop(const absl::Status& status) { OrDie(status); }

absl::Status Flow::React(Transaction& tx, const event::v1::Event& event) {
  int number = 0;
  if (!absl::SimpleAtoi(absl::StripPrefix(event.subject(), kSubjects), &number)) {
    return absl::InternalError(event.subject());
  }
  acting_.push_back(number);
  return tx.Put({"effect", absl::StrCat("effects/", number), 1, Body()}, 0, {});
}

void Flow::Command(int number) {
  OrDie(WriteCommand(*from_, RowsOf(number)));
  committed_nanos_[number] = absl::GetCurrentTimeNanos();
}

void Flow::Publish() {
  while (OrDie(relay_.RunOnce()) > 0) {
  }
}

void Flow::AwaitEffects(int count) {
  for (int seen = effects_; seen < count; seen = effects_) effects_.wait(seen);
}

double Flow::Milliseconds(int number) const {
  // The effect may be there before the caller's thread runs again.
  return std::max<double>(0, static_cast<double>(effect_nanos_[number] - committed_nanos_[number])) / 1e6;
}

void CallEach(int callers, int count, const std::function<void(int number)>& command) {
  std::atomic<int> next{0};
  std::vector<std::thread> threads;
  for (int caller = 0; caller < callers; ++caller) {
    threads.emplace_back([&] {
      for (int number = next++; number < count; number = next++) command(number);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void CallAtRate(double rate, int count, const std::function<void(int number)>& command) {
  const absl::Time start = absl::Now();
  CallEach(kMostCallers, count, [&](int number) {
    absl::SleepFor(start + absl::Seconds(number / rate) - absl::Now());
    command(number);
  });
}

}  // namespace amikeco::bench
