// WatchLists: the files of watch-lists, from the operator's hands to what people are screened against.
//
// Thread safe. The store says which version of each list serves; every replica reads its files from the store and
// builds the same search from them, when it is first asked after a change.
#ifndef AMIKECO_SERVICES_COMPLIANCE_WATCH_LISTS_H_
#define AMIKECO_SERVICES_COMPLIANCE_WATCH_LISTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "amikeco/compliance/v1/watch_list.pb.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/countries/countries.h"
#include "common/events/execute.h"
#include "common/rpc/call.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "services/compliance/screening/screener.h"
#include "services/compliance/watch_list.h"

namespace amikeco::compliance {

// INVALID_ARGUMENT when thresholds or shares are out of their bounds, or a required list is no list.
absl::Status CheckScreening(const config::v1::ScreeningConfig& config);

// All lists in the versions that serve.
struct ServingLists {
  std::string revision;  // of versions, gaps and thresholds
  ScreenedLists lists;
  std::shared_ptr<const screening::Screener> screener;  // never null
};

class WatchLists final {
 public:
  // All outlive it. `config` was checked.
  WatchLists(Store& store, const Countries& countries, const config::v1::ScreeningConfig& config);

  absl::StatusOr<v1::WatchListUpload> UploadWatchListChunk(Call& call, const v1::UploadWatchListChunkRequest& request);
  absl::StatusOr<v1::ImportWatchListResponse> ImportWatchList(Call& call, const v1::ImportWatchListRequest& request);
  absl::StatusOr<v1::WatchList> ServeWatchListVersion(Call& call, const v1::ServeWatchListVersionRequest& request);
  absl::StatusOr<v1::WatchList> GetWatchList(Call& call, const v1::GetWatchListRequest& request);
  absl::StatusOr<v1::ListWatchListsResponse> ListWatchLists(Call& call, const v1::ListWatchListsRequest& request);

  // What the reader's snapshot says is serving, at `now`. The first call after a change takes seconds: make it outside
  // of writes. FAILED_PRECONDITION (NO_WATCH_LIST) when there is none.
  absl::StatusOr<ServingLists> Serving(Reader& reader, absl::Time now);
  // All lists at `now`, and those that are required and missing.
  absl::StatusOr<ScreenedLists> ToScreen(Reader& reader, absl::Time now) const;
  // Its revision alone, at once; "" when there is no list.
  absl::StatusOr<std::string> Revision(Reader& reader, absl::Time now) const;
  const screening::Thresholds& thresholds() const { return thresholds_; }

  // Uploads that are to be discarded; see Timed.
  static absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit);
  static bool Owns(absl::string_view name);
  static absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin);

 private:
  absl::StatusOr<screening::ImportedList> Parse(absl::string_view name, v1::WatchListFormat format,
                                                const std::map<v1::WatchListPart, std::string>& files) const;
  std::string RevisionOf(const ScreenedLists& lists) const;
  // Of the files in these versions.
  absl::StatusOr<std::shared_ptr<const screening::Screener>> ScreenerOf(Reader& reader,
                                                                        const std::vector<v1::WatchList>& lists);

  Store& store_;
  const Countries& countries_;
  const screening::Thresholds thresholds_;
  const double least_share_;
  const RequiredLists required_;
  absl::Mutex mutex_;
  std::string loaded_ ABSL_GUARDED_BY(mutex_);  // the versions that screener_ has
  std::shared_ptr<const screening::Screener> screener_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_WATCH_LISTS_H_
