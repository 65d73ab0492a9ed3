#include "services/compliance/check_desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/hash.h"
#include "common/events/backoff.h"
#include "common/events/execute.h"
#include "common/observe/log.h"
#include "common/observe/trace.h"
#include "services/compliance/case_transitions.h"
#include "services/compliance/follow.h"
#include "services/compliance/provider_answer.h"

namespace amikeco::compliance {
namespace {

constexpr char kService[] = "compliance";
constexpr char kContract[] = "amikeco.compliance.v1.CheckProviderService/";
// Looked at in one go; the others have their turn when these do not wait any more.
constexpr int kMostWaiting = 10'000;

// What the provider may be able to answer in a while; anything else is a refusal.
bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         absl::IsAborted(status);
}

// The same UUID (version 8 of RFC 9562) for the same text, in every replica and after every restart.
std::string UuidOf(absl::string_view text) {
  std::string bytes = Sha256(text).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x80);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  std::string uuid = absl::BytesToHexString(bytes);
  for (const int dash : {20, 16, 12, 8}) uuid.insert(dash, "-");
  return uuid;
}

}  // namespace

CheckDesk::CheckDesk(Store& store, const Clock& clock, std::vector<CheckProvider> providers,
                     const CheckDeskOptions& options)
    : store_(store), clock_(clock), providers_(std::move(providers)), options_(options) {}

absl::Status CheckDesk::Start() {
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

void CheckDesk::Stop() {
  {
    const std::lock_guard<std::mutex> lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool CheckDesk::Stopping() {
  const std::lock_guard<std::mutex> lock(stop_mutex_);
  return stopping_;
}

void CheckDesk::Run() {
  while (!Stopping()) {
    if (const auto made = CallDue(); !made.ok()) {
      LogWarning("Background checks could not be looked up.", {{"error", made.status().message()}});
    }
    std::unique_lock<std::mutex> lock(stop_mutex_);
    stop_.wait_for(lock, absl::ToChronoNanoseconds(options_.look), [this] { return stopping_; });
  }
}

absl::StatusOr<std::vector<v1::BackgroundCheck>> CheckDesk::Waiting() {
  std::vector<v1::BackgroundCheck> waiting;
  AMIKECO_RETURN_IF_ERROR(store_.Read([&](Reader& reader) -> absl::Status {
    waiting.clear();
    AMIKECO_ASSIGN_OR_RETURN(auto found, Checks().Range(reader, kByProvider, "", "", kMostWaiting));
    for (auto& check : found) waiting.push_back(std::move(check.value));
    return absl::OkStatus();
  }));
  return waiting;
}

absl::StatusOr<int> CheckDesk::CallDue() {
  AMIKECO_ASSIGN_OR_RETURN(const auto waiting, Waiting());
  std::map<std::string, Turn> turns;  // of those alone that still wait
  for (const v1::BackgroundCheck& check : waiting) turns[check.name()] = turns_[check.name()];
  turns_ = std::move(turns);
  int made = 0;
  for (const v1::BackgroundCheck& check : waiting) {
    if (Stopping()) break;
    const auto provider = std::find_if(providers_.begin(), providers_.end(),
                                       [&](const CheckProvider& one) { return one.kinds.count(check.kind()) > 0; });
    Turn& turn = turns_[check.name()];
    if (provider == providers_.end() || turn.next > clock_.Now()) continue;
    ++made;
    const absl::Status kept = Handle(check, Ask(*provider->caller, check), turn);
    // It is asked again under the same request_id.
    if (!kept.ok())
      LogWarning("A provider's answer was not kept.", {{"name", check.name()}, {"error", kept.message()}});
  }
  return made;
}

absl::StatusOr<v1::ProviderOrder> CheckDesk::Ask(Caller& caller, const v1::BackgroundCheck& check) {
  const auto call = [&](const char* method, const google::protobuf::Message& request) {
    return caller.Call<v1::ProviderOrder>(absl::StrCat(kContract, method), request,
                                          {.timeout = options_.timeout, .traceparent = NewTrace().Traceparent()});
  };
  const auto about = [&](auto request, const std::string& what) {
    request.set_request_id(UuidOf(absl::StrCat(check.name(), "/", what)));
    request.set_order(check.order());
    return request;
  };
  if (check.order().empty()) {
    v1::PlaceOrderRequest request;
    request.set_request_id(UuidOf(absl::StrCat(check.name(), "/order")));
    request.set_kind(check.kind());
    request.set_reference(check.reference());
    return call("PlaceOrder", request);
  }
  if (check.state() == v1::BackgroundCheck::STATE_CANCELLED) {
    return call("CancelOrder", about(v1::CancelOrderRequest(), "cancel"));
  }
  if (check.state() == v1::BackgroundCheck::STATE_DISPUTE) {
    return call("DisputeOrder", about(v1::DisputeOrderRequest(), absl::StrCat("dispute/", check.disputes())));
  }
  v1::GetOrderRequest request;
  request.set_order(check.order());
  return call("GetOrder", request);
}

absl::Status CheckDesk::Handle(const v1::BackgroundCheck& check, const absl::StatusOr<v1::ProviderOrder>& answer,
                               Turn& turn) {
  const bool cancelled = check.state() == v1::BackgroundCheck::STATE_CANCELLED;
  absl::Status wrong = answer.status();
  if (answer.ok()) {
    turn = {clock_.Now() + options_.poll, 0};
    if (cancelled) return Commit(check.name(), ProviderToldOfCancel());
    auto report = ReportIn(check.order(), *answer);
    if (report.ok()) return Commit(check.name(), *std::move(report));
    wrong = report.status();
  }
  const bool passing = IsPassing(wrong);
  LogWarning("A provider did not answer about a background check as its contract says.",
             {{"name", check.name()}, {"code", absl::StatusCodeToString(wrong.code())}});
  if (passing && ++turn.failures < kMostTries) {
    turn.next = clock_.Now() + BackoffAfter(turn.failures, options_.least_pause, options_.most_pause);
    return absl::OkStatus();
  }
  turn = {clock_.Now() + options_.poll, 0};
  // An order that the provider does not know, or that it could not be told of, is as good as cancelled.
  if (cancelled) return Commit(check.name(), ProviderToldOfCancel());
  return Commit(check.name(),
                ProviderReport{"", v1::CHECK_REPORT_NEEDS_INFO, passing ? kProviderUnavailable : kRefusedByProvider});
}

template <typename Command>
absl::Status CheckDesk::Commit(const std::string& name, const Command& command) {
  const Origin origin{kService, SystemActor(kService), clock_.Now(), NewTrace().Traceparent(), ""};
  return store_.Write([&](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(auto check, Checks().Get(tx, name));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(check.value, command, {origin.time, origin.actor}));
    if (facts.empty()) return absl::OkStatus();
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Checks(), origin, facts, check));
    return Follow(tx, origin, check.value);
  });
}

}  // namespace amikeco::compliance
