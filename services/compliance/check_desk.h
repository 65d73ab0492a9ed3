// CheckDesk: orders background checks from their providers and asks how they go on.
//
// Outside of transactions: a provider is called, and then what it answered is committed, with the clearance that rests
// on it. A call that fails for the moment is made again, later and later, up to kMostTries; then the check waits for a
// person, as it does when the provider refuses. Several replicas may call at once: each call carries a request_id of
// the check's own, so that a provider acts once (protos/amikeco/compliance/v1/provider.proto).
#ifndef AMIKECO_SERVICES_COMPLIANCE_CHECK_DESK_H_
#define AMIKECO_SERVICES_COMPLIANCE_CHECK_DESK_H_

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/provider.pb.h"
#include "common/base/clock.h"
#include "common/base/part.h"
#include "common/rpc/client.h"
#include "common/store/store.h"
#include "services/compliance/background_check.h"

namespace amikeco::compliance {

// Who makes the checks of these kinds.
struct CheckProvider {
  std::set<std::string> kinds;
  Caller* caller = nullptr;  // outlives the desk
};

struct CheckDeskOptions {
  // Time of one call.
  absl::Duration timeout = absl::Seconds(10);
  // Between two questions about a check that goes on.
  absl::Duration poll = absl::Minutes(1);
  // Before the next try after a failed call: doubles from the least to the most.
  absl::Duration least_pause = absl::Seconds(1);
  absl::Duration most_pause = absl::Minutes(5);
  // Real time between two looks at what is due.
  absl::Duration look = absl::Seconds(1);
};

class CheckDesk final : public Part {
 public:
  static constexpr int kMostTries = 8;

  // `store` and `clock` outlive the desk.
  CheckDesk(Store& store, const Clock& clock, std::vector<CheckProvider> providers,
            const CheckDeskOptions& options = {});
  ~CheckDesk() override { Stop(); }

  absl::Status Start() override;
  // Returns when the call in work has been answered or has timed out.
  void Stop() override;
  // Makes the calls that are due now; how many. For one thread at a time.
  absl::StatusOr<int> CallDue();

 private:
  // What is not worth a fact: when a check's provider is called next, and how often it could not be in a row.
  struct Turn {
    absl::Time next = absl::InfinitePast();
    int failures = 0;
  };

  absl::StatusOr<std::vector<v1::BackgroundCheck>> Waiting();
  absl::StatusOr<v1::ProviderOrder> Ask(Caller& caller, const v1::BackgroundCheck& check);
  absl::Status Handle(const v1::BackgroundCheck& check, const absl::StatusOr<v1::ProviderOrder>& answer, Turn& turn);
  template <typename Command>
  absl::Status Commit(const std::string& name, const Command& command);
  bool Stopping();
  void Run();

  Store& store_;
  const Clock& clock_;
  const std::vector<CheckProvider> providers_;
  const CheckDeskOptions options_;
  std::map<std::string, Turn> turns_;  // by check
  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_CHECK_DESK_H_
