// Screenings: people screened against watch-lists, when somebody asks and whenever a list changes.
//
// Thread safe. What changes a screening changes the clearances that follow it in the same transaction.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENINGS_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENINGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "common/base/ids.h"
#include "common/events/execute.h"
#include "common/rpc/call.h"
#include "common/store/dossier.h"
#include "services/compliance/watch_lists.h"

namespace amikeco::compliance {

class Screenings final {
 public:
  // All outlive it.
  Screenings(Store& store, const Dossiers& dossiers, WatchLists& lists)
      : store_(store), dossiers_(dossiers), lists_(lists) {}

  absl::StatusOr<v1::Screening> ScreenPerson(Call& call, const v1::ScreenPersonRequest& request);
  absl::StatusOr<v1::Screening> AdjudicateHit(Call& call, const v1::AdjudicateHitRequest& request);
  absl::StatusOr<v1::Screening> EndScreening(Call& call, const v1::EndScreeningRequest& request);
  absl::StatusOr<v1::Screening> GetScreening(Call& call, const v1::GetScreeningRequest& request);
  absl::StatusOr<v1::ListScreeningsResponse> ListScreenings(Call& call, const v1::ListScreeningsRequest& request);
  absl::StatusOr<v1::MatchPersonResponse> MatchPerson(Call& call, const v1::MatchPersonRequest& request);
  absl::StatusOr<v1::NameComparison> CompareNames(Call& call, const v1::CompareNamesRequest& request);

  // The person's dossier was erased: nobody is screened by what is not known.
  absl::Status OnErased(Transaction& tx, const std::string& person, const Origin& origin);

  // Screenings against other lists than those that serve, or with other gaps; see Timed.
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit);
  static bool Owns(absl::string_view name);
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin);

 private:
  template <typename Request>
  absl::StatusOr<v1::Screening> Change(Transaction& tx, const Call& call, const Request& request);
  absl::Status Forget(Transaction& tx, const v1::Screening& screening);
  // Outside of a transaction: so that none has to wait until the lists are loaded.
  absl::Status Load(absl::Time now);

  Store& store_;
  const Dossiers& dossiers_;
  WatchLists& lists_;
  RandomIds ids_;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENINGS_H_
