#include "common/store/last_write.h"

#include <string>

#include "common/base/status.h"
#include "common/store/errors.h"

namespace amikeco {
namespace {

constexpr char kProbe[] = "probe";
// About what a command writes: a full disk may have room for less.
constexpr size_t kProbeBytes = 64 * 1024;

bool IsTheDatabases(const absl::Status& failure) {
  const std::string reason = ReasonOf(failure);
  return reason == errors::kStoreUnavailable.reason || reason == errors::kStoreTimeout.reason ||
         reason == errors::kCorruptDatabase.reason;
}

}  // namespace

absl::Status LastWrite::Note(absl::Status status) {
  if (const bool failed = IsTheDatabases(status); failed || (status.ok() && failed_)) failed_ = failed;
  return status;
}

absl::Status LastWrite::Check(Store& store) const {
  if (!failed_) return absl::OkStatus();
  return store.Write([](Transaction& tx) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, tx.Get(kProbe, kProbe));
    const int64_t version = found ? found->version : 0;
    return tx.Put({kProbe, kProbe, version + 1, std::string(kProbeBytes, '.')}, version, {});
  });
}

}  // namespace amikeco
