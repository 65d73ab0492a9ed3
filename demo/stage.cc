#include "demo/stage.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/dates.h"
#include "common/base/status.h"

namespace amikeco::demo {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(1);

struct Address {
  const char* name;
  const char* proto_service;
};
Address AddressOf(Service service) {
  switch (service) {
    case Service::kApplicant:
      return {"applicant", "amikeco.applicant.v1.ApplicantService/"};
    case Service::kMatching:
      return {"matching", "amikeco.matching.v1.MatchingService/"};
    case Service::kCompliance:
      return {"compliance", "amikeco.compliance.v1.ComplianceService/"};
    case Service::kNotify:
      return {"notify", "amikeco.notify.v1.NotifyService/"};
  }
  return {"", ""};
}

// Codes after which the same request may be sent again: its request_id makes that harmless.
bool MayRetry(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsAborted(status) ||
         absl::IsResourceExhausted(status) || absl::IsCancelled(status);
}

const Actor& Operator() {
  static const Actor actor{"people/demo-operator", "organisations/amikeco", {options::v1::ROLE_OPERATIONS}};
  return actor;
}

}  // namespace

Stage::Stage(const std::map<Service, std::string>& targets, const std::string& service_config)
    : retries_by_policy_(!service_config.empty()) {
  for (const auto& [service, target] : targets) {
    if (retries_by_policy_) {
      config::v1::PeerConfig peer;
      peer.set_target(absl::StrCat("ipv4:", target));
      replicas_[service].channels.push_back(std::make_unique<Channel>(peer, Credentials(), service_config));
      continue;
    }
    for (const absl::string_view replica : absl::StrSplit(target, ',')) {
      config::v1::PeerConfig peer;
      peer.set_target(std::string(replica));
      replicas_[service].channels.push_back(std::make_unique<Channel>(peer));
    }
  }
}

absl::Status Stage::CallBytes(Service service, absl::string_view method, const Actor& actor,
                              const google::protobuf::Message& request, google::protobuf::Message& response) {
  const Address address = AddressOf(service);
  const bool operations = method.find('/') != absl::string_view::npos;
  const std::string path = operations ? std::string(method) : absl::StrCat(address.proto_service, method);
  CallOptions options;
  options.credentials = Credentials{"", actor};
  const std::string bytes = request.SerializeAsString();
  Replicas& replicas = replicas_.at(service);
  const absl::Time give_up = absl::Now() + kPatience;
  for (size_t attempt = 0;; ++attempt) {
    const absl::Time sent = absl::Now();
    size_t turn = replicas.turn;
    const auto answer = replicas.channels[turn % replicas.channels.size()]->CallRaw(path, bytes, options);
    if (answer.ok()) {
      if (!response.ParseFromString(*answer)) return absl::DataLossError(absl::StrCat(path, ": answer does not parse"));
      if (attempt == 0 && !operations) {
        absl::MutexLock lock(&mutex_);
        latencies_[absl::StrCat(address.name, ".", method)].push_back(absl::ToDoubleMilliseconds(absl::Now() - sent));
      }
      return absl::OkStatus();
    }
    if (!MayRetry(answer.status()) || retries_by_policy_ || absl::Now() > give_up) {
      const absl::Status& status = answer.status();
      return absl::Status(status.code(),
                          absl::StrCat(address.name, ".", method, ": ", status.message(), " [", ReasonOf(status), "]"));
    }
    {
      absl::MutexLock lock(&mutex_);
      ++retries_;
    }
    // Of several callers that failed on the same replica, one goes on to the next.
    replicas.turn.compare_exchange_strong(turn, turn + 1);
    if (attempt % replicas.channels.size() + 1 == replicas.channels.size()) absl::SleepFor(absl::Milliseconds(100));
  }
}

absl::Status Stage::SetClock(absl::Time time) {
  ops::v1::SetClockRequest request;
  *request.mutable_time() = ToTimestamp(time);
  for (const Service service : kServices) AMIKECO_RETURN_IF_ERROR(SetClockOf(service, request));
  return absl::OkStatus();
}

// A replica that is away when others are told starts at the time that they keep.
absl::Status Stage::SetClockOf(Service service, const ops::v1::SetClockRequest& request) {
  CallOptions options;
  options.credentials = Credentials{"", Operator()};
  const absl::Time give_up = absl::Now() + kPatience;
  for (;;) {
    int told = 0;
    absl::Status away;
    for (const auto& replica : replicas_.at(service).channels) {
      const auto answer =
          replica->Call<ops::v1::SetClockResponse>("amikeco.ops.v1.OperationsService/SetClock", request, options);
      if (answer.ok()) ++told;
      if (!answer.ok() && !MayRetry(answer.status())) return answer.status();
      if (!answer.ok()) away = answer.status();
    }
    if (told > 0) return absl::OkStatus();
    if (absl::Now() > give_up) return away;
    {
      absl::MutexLock lock(&mutex_);
      ++retries_;
    }
    absl::SleepFor(absl::Milliseconds(100));
  }
}

absl::StatusOr<absl::Time> Stage::Now() {
  absl::Time latest = absl::InfinitePast();
  for (const Service service : kServices) {
    AMIKECO_ASSIGN_OR_RETURN(const auto progress,
                             Call<ops::v1::GetProgressResponse>(service, "amikeco.ops.v1.OperationsService/GetProgress",
                                                                Operator(), ops::v1::GetProgressRequest()));
    latest = std::max(latest, ToTime(progress.time()));
  }
  return latest;
}

absl::Status Stage::Settle() {
  const absl::Time give_up = absl::Now() + kPatience;
  // Two looks in a row must show everybody settled and nothing moved in between: a service that settled first may have
  // been given work by one that settled later.
  std::vector<int64_t> before;
  for (;;) {
    std::string left;
    std::vector<int64_t> numbers;
    for (const Service service : kServices) {
      AMIKECO_ASSIGN_OR_RETURN(const auto progress, Call<ops::v1::GetProgressResponse>(
                                                        service, "amikeco.ops.v1.OperationsService/GetProgress",
                                                        Operator(), ops::v1::GetProgressRequest()));
      for (const std::string& what : progress.waiting_for())
        absl::StrAppend(&left, " ", AddressOf(service).name, ": ", what);
      numbers.push_back(progress.published_number());
      numbers.push_back(progress.handled_number());
    }
    const bool settled = left.empty();
    if (settled && numbers == before) return absl::OkStatus();
    before = settled ? numbers : std::vector<int64_t>();
    if (settled) continue;
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(absl::StrCat("the services did not settle within a minute;", left));
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
}

std::map<std::string, std::vector<double>> Stage::Latencies() const {
  absl::MutexLock lock(&mutex_);
  return latencies_;
}

int Stage::retries() const {
  absl::MutexLock lock(&mutex_);
  return retries_;
}

}  // namespace amikeco::demo
