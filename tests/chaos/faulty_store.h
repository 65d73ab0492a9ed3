// FaultyStore: a store that fails as real ones do, by a seeded draw before each call.
#ifndef AMIKECO_TESTS_CHAOS_FAULTY_STORE_H_
#define AMIKECO_TESTS_CHAOS_FAULTY_STORE_H_

#include <memory>
#include <utility>

#include "common/store/store.h"
#include "tests/chaos/dice.h"

namespace amikeco::chaos {

// How often each fault happens, of 1.
struct StoreFaults {
  double abort = 0;        // nothing was done: UNAVAILABLE
  double answer_lost = 0;  // it was done and committed: UNAVAILABLE all the same
  double run_twice = 0;    // the body's first run is rolled back, as after a lost race
  double lock_lost = 0;    // a lock that is held turns out to be gone
};

// Thread safe when `store` is. `store` and `dice` outlive it and its locks.
class FaultyStore final : public Store {
 public:
  FaultyStore(Store& store, Dice& dice, StoreFaults faults) : store_(store), dice_(dice), faults_(faults) {}

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) override;
  absl::Status Read(absl::FunctionRef<absl::Status(Reader& reader)> body) override;
  absl::StatusOr<std::unique_ptr<Lock>> TryLock(absl::string_view name) override;
  absl::Status Check() override { return store_.Check(); }
  void OnEvents(std::function<void()> wake) override { store_.OnEvents(std::move(wake)); }

 private:
  class BrittleLock;
  Store& store_;
  Dice& dice_;
  const StoreFaults faults_;
};

}  // namespace amikeco::chaos

#endif  // AMIKECO_TESTS_CHAOS_FAULTY_STORE_H_
