#include "tests/chaos/faulty_store.h"

#include "common/store/errors.h"

namespace amikeco::chaos {
namespace {

absl::Status Away() { return Error(errors::kStoreUnavailable, "The store is away, says the test."); }

}  // namespace

// Its holder takes it for lost, as when the database dropped the connection, and drops it.
class FaultyStore::BrittleLock final : public Store::Lock {
 public:
  BrittleLock(std::unique_ptr<Lock> lock, Dice& dice, double lost) : lock_(std::move(lock)), dice_(dice), lost_(lost) {}
  bool StillHeld() override {
    if (dice_.Happens(lost_)) lock_ = nullptr;
    return lock_ != nullptr && lock_->StillHeld();
  }

 private:
  std::unique_ptr<Lock> lock_;
  Dice& dice_;
  const double lost_;
};

absl::Status FaultyStore::Write(absl::FunctionRef<absl::Status(Transaction& tx)> body) {
  if (dice_.Happens(faults_.abort)) return Away();
  if (dice_.Happens(faults_.run_twice)) {
    (void)store_.Write([&](Transaction& tx) -> absl::Status {
      (void)body(tx);
      return absl::CancelledError("rolled back, to be run again");
    });
  }
  AMIKECO_RETURN_IF_ERROR(store_.Write(body));
  return dice_.Happens(faults_.answer_lost) ? Away() : absl::OkStatus();
}

absl::Status FaultyStore::Read(absl::FunctionRef<absl::Status(Reader& reader)> body) {
  if (dice_.Happens(faults_.abort)) return Away();
  return store_.Read(body);
}

absl::StatusOr<std::unique_ptr<Store::Lock>> FaultyStore::TryLock(absl::string_view name) {
  if (dice_.Happens(faults_.abort)) return Away();
  AMIKECO_ASSIGN_OR_RETURN(auto lock, store_.TryLock(name));
  if (lock == nullptr) return lock;
  return std::make_unique<BrittleLock>(std::move(lock), dice_, faults_.lock_lost);
}

}  // namespace amikeco::chaos
