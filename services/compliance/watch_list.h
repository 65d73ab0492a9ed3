// Watch-lists: which version serves, and what may take its place. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_WATCH_LIST_H_
#define AMIKECO_SERVICES_COMPLIANCE_WATCH_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/watch_list.pb.h"
#include "amikeco/config/v1/config.pb.h"
#include "services/compliance/clearance.h"
#include "services/compliance/hit.h"

namespace amikeco::compliance {

using WatchListFacts = absl::StatusOr<std::vector<v1::WatchListFact>>;

// Versions of a list whose files are kept, the serving one among them.
inline constexpr int kKeptVersions = 10;

// `read` has what the files have; its number, time and importer are filled in here. `least_share`: of the entries that
// serve, 0 to 1.
WatchListFacts Decide(const v1::WatchList& list, const v1::ImportWatchListRequest& command,
                      const v1::WatchListVersion& read, double least_share, const Circumstance& c);
WatchListFacts Decide(const v1::WatchList& list, const v1::ServeWatchListVersionRequest& command,
                      const Circumstance& c);

using RequiredLists = google::protobuf::RepeatedPtrField<config::v1::ScreeningConfig::RequiredList>;

// What people are screened against at `now`: all lists, and those that are required and missing.
ScreenedLists ListsToScreen(const std::vector<v1::WatchList>& lists, const RequiredLists& required, absl::Time now);

// Null when it is not kept.
const v1::WatchListVersion* VersionOf(const v1::WatchList& list, int number);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
WatchList Evolve(WatchList list, const WatchListFact& fact);
}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_WATCH_LIST_H_
