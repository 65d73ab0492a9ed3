// OpenStore: the store that a configuration names.
#ifndef AMIKECO_COMMON_STORE_OPEN_H_
#define AMIKECO_COMMON_STORE_OPEN_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/store/store.h"

namespace amikeco {

// Opens it. An SQLite file has one owner, which brings its schema up to date by this; on PostgreSQL that is a step of
// its own (MigrateStore), and a store whose schema is too old answers SCHEMA_TOO_OLD until it was taken.
// INVALID_ARGUMENT when the configuration names none;
// FAILED_PRECONDITION (STORE_IN_USE) when an SQLite file is in use; UNAVAILABLE when the database cannot be
// reached.
absl::StatusOr<std::unique_ptr<Store>> OpenStore(const config::v1::StoreConfig& config);
// Brings the schema up to date and says what it did. Of several that do so at once one works, and the others wait and
// find it done. Errors as above.
absl::StatusOr<std::string> MigrateStore(const config::v1::StoreConfig& config);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_OPEN_H_
