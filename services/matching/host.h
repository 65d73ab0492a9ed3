// A host agency: its directory entry, whether it takes part, what it offers, and who has its seats. Pure.
//
// A seat is never sold twice: on every day on which a seat is newly given, at most `capacity` seats are taken
// afterwards. Capacity may be lowered below what is taken at any time; nobody loses a seat by that (A4-06).
#ifndef AMIKECO_SERVICES_MATCHING_HOST_H_
#define AMIKECO_SERVICES_MATCHING_HOST_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/dates.h"
#include "services/matching/calendar.h"
#include "services/matching/circumstance.h"

namespace amikeco::matching::v1 {

// The host after `fact`.
Host Evolve(Host host, const HostFact& fact);

}  // namespace amikeco::matching::v1

namespace amikeco::matching {

// Commands, besides those of the API. A seat is known by placement and leg.
struct RegisterAgency {
  v1::Agency agency;
};
struct HoldSeat {
  v1::SeatHeld seat;
};
struct SecureSeat {
  std::string placement;
  std::string leg;
};
struct ConfirmSeat {
  std::string placement;
  std::string leg;
};
struct ReleaseSeat {
  std::string placement;
  std::string leg;
};

using HostFacts = absl::StatusOr<std::vector<v1::HostFact>>;

// No facts when the directory says the same already.
HostFacts Decide(const v1::Host& host, const RegisterAgency& command, const Circumstance& circumstance);
HostFacts Decide(const v1::Host& host, const v1::OptInRequest& command, const Circumstance& circumstance);
HostFacts Decide(const v1::Host& host, const v1::OptOutRequest& command, const Circumstance& circumstance);
HostFacts Decide(const v1::Host& host, const v1::UpdateOfferRequest& command, const Circumstance& circumstance);
// FAILED_PRECONDITION (NO_FREE_SEAT) when a day of the stay has none; seats that yield do count as taken here, so
// release them first (SeatsToYield).
HostFacts Decide(const v1::Host& host, const HoldSeat& command, const Circumstance& circumstance);
HostFacts Decide(const v1::Host& host, const SecureSeat& command, const Circumstance& circumstance);
HostFacts Decide(const v1::Host& host, const ConfirmSeat& command, const Circumstance& circumstance);
// No facts when no such seat is taken.
HostFacts Decide(const v1::Host& host, const ReleaseSeat& command, const Circumstance& circumstance);

// Everything that is wrong with an offer: INVALID_ARGUMENT with a violation each.
absl::Status CheckOffer(const v1::HostOffer& offer);

// For the calendar functions; windows come in order.
std::vector<Window> WindowsOf(const v1::HostOffer& offer);
std::vector<Taken> TakenOf(const v1::Host& host);

// The bookings that must make room so that a stay of that tier, for so many, fits on `days`: held ones of a worse tier,
// the worst tier first and the youngest first (A0-05). Empty when there is room already; nullopt when there is none for
// this tier.
std::optional<std::vector<v1::Booking>> SeatsToYield(const v1::Host& host, const Days& days, int tier_rank,
                                                     int seats = 1);

// True when `actor` may speak for the agency (A3-09).
bool MayActFor(absl::string_view host, const Actor& actor);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_HOST_H_
