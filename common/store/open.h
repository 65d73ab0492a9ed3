// OpenStore: the store that a configuration names.
#ifndef AMIKECO_COMMON_STORE_OPEN_H_
#define AMIKECO_COMMON_STORE_OPEN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/store/store.h"

namespace amikeco {

// Opens it and brings its schema up to date. INVALID_ARGUMENT when the configuration names none;
// FAILED_PRECONDITION (STORE_IN_USE) when an SQLite file is in use; UNAVAILABLE when the database cannot be
// reached.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_OPEN_H_
