#include "services/premises.h"

#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "amikeco/ops/v1/ops.pb.h"
#include "common/base/steady.h"
#include "common/cache/redis_buckets.h"
#include "common/events/backoff.h"
#include "common/events/consumer.h"
#include "common/events/open.h"
#include "common/events/operations.h"
#include "common/events/relay.h"
#include "common/events/ticker.h"
#include "common/privacy/policy.h"
#include "common/privacy/service.h"
#include "common/rpc/server.h"
#include "common/store/errors.h"
#include "common/store/open.h"
#include "programmes/kept.h"

namespace amikeco {
namespace {

void OrExit(absl::string_view what, const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << what << ": " << status.message() << std::endl;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
    for (const auto& violation : bad->field_violations()) {
      std::cerr << "  " << violation.field() << ": " << violation.description() << std::endl;
    }
  }
  std::exit(1);
}

template <typename T>
T OrExit(absl::string_view what, absl::StatusOr<T> opened) {
  OrExit(what, opened.status());
  return *std::move(opened);
}

absl::StatusOr<Countries> CountriesOf(const config::v1::CommonConfig& config) {
  if (config.territories_files().empty()) return Countries::None();
  return Countries::Load({config.territories_files().begin(), config.territories_files().end()});
}

// The facts behind number `after`, as the service at `peer` keeps them.
absl::StatusOr<std::vector<Parcel>> ReadFactsOver(Caller& peer, int64_t after, int limit) {
  ops::v1::ListEventsRequest request;
  request.set_after(after);
  request.set_page_size(limit);
  request.set_kept(true);
  AMIKECO_ASSIGN_OR_RETURN(
      auto response, peer.Call<ops::v1::ListEventsResponse>("amikeco.ops.v1.OperationsService/ListEvents", request));
  std::vector<Parcel> parcels;
  for (auto& entry : *response.mutable_entries()) {
    auto& kept = *entry.mutable_kept();
    parcels.push_back({entry.number(), std::move(*kept.mutable_subject()), std::move(*kept.mutable_body())});
  }
  return parcels;
}

}  // namespace

absl::StatusOr<std::string> Migrate(const config::v1::CommonConfig& config) { return MigrateStore(config.store()); }

absl::StatusOr<std::unique_ptr<Store>> OpenPatiently(const config::v1::StoreConfig& config, Process& process,
                                                     absl::Duration patience) {
  const absl::Time give_up = SteadyNow() + patience;
  for (int tries = 1;; ++tries) {
    auto store = OpenStore(config);
    const bool passing = config.has_postgres() && absl::IsUnavailable(store.status());
    if (!passing || SteadyNow() > give_up) return store;
    LogWarning("The database cannot be opened; trying again.",
               {{"tries", tries}, {"reason", store.status().message()}});
    if (process.WaitForStop(BackoffAfter(tries, absl::Milliseconds(100), absl::Seconds(5)))) return store;
  }
}

absl::Status CheckCommon(const config::v1::CommonConfig& config) {
  if (config.process().adjustable_clock() && !config.server().identity().insecure_loopback()) {
    return absl::InvalidArgumentError(
        "process.adjustable_clock is for demos alone: it needs identity.insecure_loopback");
  }
  AMIKECO_RETURN_IF_ERROR(CheckRedis(config.queue().redis()));
  for (const auto& source : config.queue().sources()) {
    static const auto& services = *new std::set<std::string>{"applicant", "compliance", "matching", "notify"};
    if (services.count(source.service()) > 0 && !source.peer().target().empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat("queue.sources: each takes service: one of ",
                                                   absl::StrJoin(services, ", "),
                                                   ", and peer { target: \"host:port\" }"));
  }
  const auto countries = CountriesOf(config);
  if (!countries.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("territories_files: ", countries.status().message()));
  }
  if (const auto policy = LoadPrivacyPolicy(config.privacy_policy_file()); !policy.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("privacy_policy_file: ", policy.status().message()));
  }
  const absl::Status status = Programmes::Load(config.programmes_dir(), *countries).status();
  return status.ok() ? status : absl::InvalidArgumentError(absl::StrCat("programmes_dir: ", status.message()));
}

Premises::Premises(const config::v1::CommonConfig& config, std::string service)
    : config_(config), service_(std::move(service)), process_(config.process(), service_) {
  store_ = OrExit("store", OpenPatiently(config.store(), process_));
  WaitForSchema();
  if (config.process().adjustable_clock()) {
    auto clock = std::make_unique<AdjustableClock>();
    adjustable_ = clock.get();
    OrExit("clock", RestoreClock(*store_, *clock));
    LogWarning("Operations may move this service's clock (adjustable_clock). Never do this in production.");
    clock_ = std::move(clock);
  } else {
    clock_ = std::make_unique<SystemClock>();
  }
  queue_ = OrExit("queue", OpenQueue(config.queue()));
  for (const auto& source : config.queue().sources()) {
    sources_[source.service()] = std::make_unique<Channel>(source.peer(), Credentials{"", SystemActor(service_)});
  }
  countries_ = OrExit("territories_files", CountriesOf(config));
  programmes_ = OrExit("programmes_dir", Programmes::Load(config.programmes_dir(), countries_));
  OrExit("programmes_dir", KeepProgrammes(*store_, programmes_));
  privacy_policy_ = OrExit("privacy_policy_file", LoadPrivacyPolicy(config.privacy_policy_file()));
  dossiers_ = std::make_unique<Dossiers>(OrExit("key_file", SecretKey::FromFile(config.key_file())), &privacy_policy_,
                                         clock_.get());
}

void Premises::WaitForSchema() {
  const absl::Status old = store_->Check();
  if (ReasonOf(old) != errors::kSchemaTooOld.reason) return;
  LogWarning("The service waits until the database has been migrated.",
             {{"reason", errors::kSchemaTooOld.reason}, {"text", old.message()}});
  const SystemClock clock;
  Server server(config_.server(), process_, clock);
  server.chain().Refuse(old);
  const auto ready = process_.AddReadinessCheck("store", [this] { return store_->Check(); });
  OrExit("server", server.Start());
  while (!store_->Check().ok()) {
    if (!process_.WaitForStop(absl::Seconds(1))) continue;
    server.Stop();
    std::exit(0);
  }
  server.Stop();
  LogInfo("The database has been migrated; the service starts.");
}

Wiring Premises::wiring() {
  const auto read = [this](const std::string& source, int64_t after, int limit) -> absl::StatusOr<std::vector<Parcel>> {
    const auto peer = sources_.find(source);
    if (peer == sources_.end()) return absl::NotFoundError(absl::StrCat("queue.sources does not name ", source));
    return ReadFactsOver(*peer->second, after, limit);
  };
  return {service_, *store_, *queue_, *clock_, process_.metrics(), &process_.tracer(), read};
}

int Premises::Run(const Reactions& reactions, const std::vector<Timed*>& timed, const std::function<void(Chain&)>& bind,
                  std::vector<Part*> parts) {
  Server server(config_.server(), process_, *clock_);
  Relay relay(wiring(), RelayOptionsFor(config_.store()));
  Consumer consumer(wiring(), reactions);
  PrivacyService privacy(*store_, *dossiers_, service_, reactions.case_end);
  std::vector<Timed*> all_timed = timed;
  all_timed.push_back(&privacy.retention());
  Ticker ticker(wiring(), all_timed);
  OperationsService operations(wiring(), reactions, ticker, adjustable_);
  bind(server.chain());
  Bind(server.chain(), privacy);
  BindOperations(server.chain(), operations);
  const auto ready = process_.AddReadinessCheck("store", [this] { return store_->Check(); });
  const auto alive = process_.AddLivenessCheck("facts", [&consumer] { return consumer.Healthy(); });
  RedisBuckets buckets(OrExit("queue", RedisAddressOf(config_.queue().redis())), service_);
  SharedQuotas quotas(server.chain().quotas(), buckets);
  if (server.chain().quotas().limited()) parts.push_back(&quotas);
  parts.insert(parts.end(), {&relay, &consumer, &ticker, &server});
  return process_.Run(parts);
}

void BindOperations(Chain& chain, OperationsService& operations) {
  ServiceBinding(chain, "amikeco.ops.v1.OperationsService")
      .Method("GetQueueStats", operations, &OperationsService::GetQueueStats)
      .Method("ListParkedFacts", operations, &OperationsService::ListParkedFacts)
      .Method("RedriveParkedFact", operations, &OperationsService::RedriveParkedFact)
      .Method("PauseConsumer", operations, &OperationsService::PauseConsumer)
      .Method("ResumeConsumer", operations, &OperationsService::ResumeConsumer)
      .Method("ListEvents", operations, &OperationsService::ListEvents)
      .Method("GetAuditHead", operations, &OperationsService::GetAuditHead)
      .Method("SetClock", operations, &OperationsService::SetClock)
      .Method("GetProgress", operations, &OperationsService::GetProgress);
}

}  // namespace amikeco
