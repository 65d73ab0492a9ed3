// The errors that the store itself returns, beside errors::kLostRace and errors::kCorruptRecord of
// common/base.
#ifndef AMIKECO_COMMON_STORE_ERRORS_H_
#define AMIKECO_COMMON_STORE_ERRORS_H_

#include "absl/status/status.h"
#include "common/base/status.h"

namespace amikeco::errors {

inline constexpr ErrorName kStoreUnavailable{
    absl::StatusCode::kUnavailable, kDomain, "STORE_UNAVAILABLE",
    "The database is away, full or failing. Send the same command with the same request_id again, later."};
inline constexpr ErrorName kStoreTimeout{
    absl::StatusCode::kDeadlineExceeded, kDomain, "STORE_TIMEOUT",
    "The database took too long. Send the same command with the same request_id again."};
inline constexpr ErrorName kStoreInUse{
    absl::StatusCode::kFailedPrecondition, kDomain, "STORE_IN_USE",
    "One process at a time may open an SQLite database. Stop the other one, or use PostgreSQL."};
inline constexpr ErrorName kSchemaTooOld{absl::StatusCode::kUnavailable, kDomain, "SCHEMA_TOO_OLD",
                                         "The database was not migrated to what this program needs; run "
                                         "the program once with --migrate, as a user who may change the schema."};
inline constexpr ErrorName kCorruptDatabase{
    absl::StatusCode::kDataLoss, kDomain, "CORRUPT_DATABASE",
    "The database file is damaged; tell the operator, who restores it from a backup."};
inline constexpr ErrorName kKeyTaken{absl::StatusCode::kAlreadyExists, kDomain, "KEY_TAKEN",
                                     "Another record has this value, which may be used once; choose another value."};
inline constexpr ErrorName kBadStoreUse{absl::StatusCode::kInternal, kDomain, "BAD_STORE_USE",
                                        "A bug in this program; tell the operator."};

}  // namespace amikeco::errors

#endif  // AMIKECO_COMMON_STORE_ERRORS_H_
