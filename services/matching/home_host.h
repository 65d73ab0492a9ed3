// A home-host: a person near an agency who offers a home on some days, to one officer at a time (A0-21). Pure.
#ifndef AMIKECO_SERVICES_MATCHING_HOME_HOST_H_
#define AMIKECO_SERVICES_MATCHING_HOME_HOST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/dates.h"
#include "services/matching/circumstance.h"
#include "services/matching/ranking.h"

namespace amikeco::matching::v1 {

// The home-host after `fact`.
HomeHost Evolve(HomeHost home_host, const HomeHostFact& fact);

}  // namespace amikeco::matching::v1

namespace amikeco::matching {

// Commands, besides those of the API.
struct OfferHome {
  v1::HomeHostOffered offered;
};
struct BookHome {
  std::string placement;
  Days days;
};
struct FreeHome {
  std::string placement;
};

using HomeHostFacts = absl::StatusOr<std::vector<v1::HomeHostFact>>;

HomeHostFacts Decide(const v1::HomeHost& home_host, const OfferHome& command, const Circumstance& circumstance);
HomeHostFacts Decide(const v1::HomeHost& home_host, const v1::WithdrawHomeStayRequest& command,
                     const Circumstance& circumstance);
// FAILED_PRECONDITION (NO_FREE_SEAT) when the home is not offered, or taken, on one of the days.
HomeHostFacts Decide(const v1::HomeHost& home_host, const BookHome& command, const Circumstance& circumstance);
// No facts when it is not booked for the placement.
HomeHostFacts Decide(const v1::HomeHost& home_host, const FreeHome& command, const Circumstance& circumstance);

// True when the home is offered and free on all the days.
bool IsFree(const v1::HomeHost& home_host, const Days& days);
// For ranking.
Home HomeOf(const v1::HomeHost& home_host);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_HOME_HOST_H_
