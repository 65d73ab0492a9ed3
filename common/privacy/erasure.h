// Erasure: how the data of a person ends, in one service's database and in one transaction with what caused it.
#ifndef AMIKECO_COMMON_PRIVACY_ERASURE_H_
#define AMIKECO_COMMON_PRIVACY_ERASURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/events/execute.h"
#include "common/store/dossier.h"
#include "common/store/table.h"

namespace amikeco {

// Keys: "erased" (persons that were erased, by name).
const Table<ops::v1::DataSubject>& DataSubjects();
inline constexpr char kErased[] = "erased";

// Of that person; without a name when nothing has ever happened to their data.
absl::StatusOr<Versioned<ops::v1::DataSubject>> FindDataSubject(Reader& reader, absl::string_view person);

// Erases everything of the person for good, and states what went and what stays. FAILED_PRECONDITION (LEGAL_HOLD) while
// a hold stands. Erased already: OK.
absl::Status ErasePerson(Transaction& tx, const Dossiers& dossiers, const std::string& person, const Origin& origin);
// The same on hearing that they were erased elsewhere: while a hold stands here the erasure waits, and is done when the
// last one is lifted.
absl::Status ErasePersonWhenFree(Transaction& tx, const Dossiers& dossiers, const std::string& person,
                                 const Origin& origin);
// Makes unreadable what there is; the person may have new documents. FAILED_PRECONDITION (LEGAL_HOLD) while a hold
// stands. Nothing to erase: OK.
absl::Status EmptyDossier(Transaction& tx, const Dossiers& dossiers, const std::string& person, const Origin& origin);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_ERASURE_H_
