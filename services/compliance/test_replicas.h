// Two replicas of the service on one PostgreSQL, for tests of what they do at the same time.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TEST_REPLICAS_H_
#define AMIKECO_SERVICES_COMPLIANCE_TEST_REPLICAS_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/chain.h"
#include "common/rpc/client.h"
#include "common/rpc/testing/configs.h"
#include "common/store/store_backends.h"
#include "services/compliance/service.h"

namespace amikeco::compliance {

// Runs `meanwhile` once: when a transaction has its snapshot, and has yet to do anything.
class SlowStore final : public Store {
 public:
  explicit SlowStore(Store& store) : store_(store) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override {
    return store_.Write([&](Transaction& tx) -> absl::Status {
      AMIKECO_RETURN_IF_ERROR(tx.Get("none", "none").status());
      if (meanwhile) std::exchange(meanwhile, nullptr)();
      return body(tx);
    });
  }
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override { return store_.Read(body); }
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override { return store_.TryLock(name); }
  absl::Status Check() override { return store_.Check(); }
  void OnEvents(std::function<void()> wake) override { store_.OnEvents(std::move(wake)); }

  std::function<void()> meanwhile;

 private:
  Store& store_;
};

// `Fixture` with its service on a database that several replicas can write to at once, and another replica on it.
template <typename Fixture>
class TwoReplicas : public Fixture {
 protected:
  TwoReplicas() : backend_(NewPostgres()) {
    this->service_.reset();
    this->store_ = *backend_->Open();
    slow_ = std::make_unique<SlowStore>(*this->store_);
    this->service_ = ServiceOn(*this->store_);
    other_ = ServiceOn(*slow_);
    this->chain_ = std::make_unique<Chain>(LoopbackConfig(), this->process_, this->clock_);
    Bind(*this->chain_, *this->service_);
    Bind(other_chain_, *other_);
  }

  // Asks the other replica, which does not see what `meanwhile` does in this one.
  template <typename Response, typename Request>
  absl::StatusOr<Response> AskUnaware(const Actor& actor, absl::string_view method, const Request& request,
                                      std::function<void()> meanwhile) {
    slow_->meanwhile = std::move(meanwhile);
    InProcessCaller caller(other_chain_, {"", actor});
    return caller.Call<Response>(absl::StrCat("amikeco.compliance.v1.ComplianceService/", method), request);
  }

 private:
  std::unique_ptr<ComplianceService> ServiceOn(Store& store) {
    return std::make_unique<ComplianceService>(store, this->programmes_, this->dossiers_, this->policy_,
                                               this->templates_);
  }

  const std::unique_ptr<StoreBackend> backend_;
  std::unique_ptr<SlowStore> slow_;
  std::unique_ptr<ComplianceService> other_;
  Chain other_chain_{LoopbackConfig(), this->process_, this->clock_};
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TEST_REPLICAS_H_
