// ListKeeper: has the watch-lists that serve loaded before anybody asks, and says how old they are and what waits for a
// person.
#ifndef AMIKECO_SERVICES_COMPLIANCE_LIST_KEEPER_H_
#define AMIKECO_SERVICES_COMPLIANCE_LIST_KEEPER_H_

#include "common/base/clock.h"
#include "common/base/part.h"
#include "common/events/loop.h"
#include "common/observe/metrics.h"
#include "common/store/store.h"
#include "services/compliance/watch_lists.h"

namespace amikeco::compliance {

class ListKeeper final : public Part {
 public:
  // All outlive it.
  ListKeeper(Store& store, const Clock& clock, Metrics& metrics, WatchLists& lists);
  ~ListKeeper() override { Stop(); }

  absl::Status Start() override;
  void Stop() override { loop_.Stop(); }
  // Once; for one thread at a time.
  absl::Status Look();

 private:
  Store& store_;
  const Clock& clock_;
  Metrics& metrics_;
  WatchLists& lists_;
  Loop loop_;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_LIST_KEEPER_H_
