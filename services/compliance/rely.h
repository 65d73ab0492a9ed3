// Rely: of the transactions that rely on the same thing, one at a time.
//
// The store guards what a transaction writes, and nothing that it only reads (common/store/store.h). A clearance
// follows from records that other commands change: a unit's case could be suspended by one replica while another clears
// a member by it, and both would commit. So whoever changes such a record, and whoever concludes something from it,
// says what it relies on; of two that do so at once the later one runs again, on what the first has left.
#ifndef AMIKECO_SERVICES_COMPLIANCE_RELY_H_
#define AMIKECO_SERVICES_COMPLIANCE_RELY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "common/store/store.h"

namespace amikeco::compliance {

// `thing` is the name of a record, which may have yet to come, or whatever else the transactions have in common. May be
// called again in one transaction.
inline absl::Status Rely(Transaction& tx, absl::string_view thing) {
  constexpr char kKind[] = "reliance";
  AMIKECO_ASSIGN_OR_RETURN(const auto stored, tx.Get(kKind, thing));
  const int64_t version = stored ? stored->version : 0;
  return tx.Put({kKind, std::string(thing), version + 1, ""}, version, {});
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_RELY_H_
