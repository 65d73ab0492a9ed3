// LastWrite: whether a store can be written to, as the last write showed. Thread safe.
#ifndef AMIKECO_COMMON_STORE_LAST_WRITE_H_
#define AMIKECO_COMMON_STORE_LAST_WRITE_H_

#include <atomic>

#include "absl/status/status.h"
#include "common/store/store.h"

namespace amikeco {

class LastWrite {
 public:
  // Remembers what came of a write and passes it on. A refusal and a lost race say nothing about the database.
  absl::Status Note(absl::Status status);
  // OK when the last write worked; if it did not, tries one (a record of kind "probe") that must then work.
  absl::Status Check(Store& store) const;

 private:
  std::atomic<bool> failed_{false};
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_LAST_WRITE_H_
