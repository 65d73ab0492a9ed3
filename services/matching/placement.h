// A placement: the search for one application's place, the host's, its command's and the officer's answers, the
// itinerary and the home stay. Pure.
//
//   SEARCHING -> INVITED -> HOST_WILLING -> COMMAND_APPROVED -> AGREED
//       ^  |        |            |                 |
//       |  |        \------------+-----------------/   declined, lapsed, yielded: the next host is asked
//       |  \-> EXHAUSTED                                          any stage -> ENDED
//       \-- any stage but ENDED, on new terms (a later round)
//
// Seats and homes follow from a placement's facts (SeatsAfter, HomeAfter), in the same transaction.
#ifndef AMIKECO_SERVICES_MATCHING_PLACEMENT_H_
#define AMIKECO_SERVICES_MATCHING_PLACEMENT_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/dates.h"
#include "services/matching/circumstance.h"
#include "services/matching/home_host.h"
#include "services/matching/host.h"

namespace amikeco::matching::v1 {

// The placement after `fact`. Its name is set by SearchOpened.
Placement Evolve(Placement placement, const PlacementFact& fact);

}  // namespace amikeco::matching::v1

namespace amikeco::matching {

// Commands, besides those of the API.

// An application reached matching, or its terms changed.
struct OpenSearch {
  std::string application;
  applicant::v1::MatchingOpened terms;
};
// The host that is to be asked.
struct ChosenHost {
  std::string host;
  Days days;
  std::vector<std::string> command_steps;
};
// All hosts were judged. Without a chosen host the search waits until `retry`, or is over.
struct ConcludeRanking {
  v1::HostsRanked ranking;
  std::optional<ChosenHost> chosen;
  std::optional<absl::Time> retry;
};
// The programme asks no more hosts than it has asked.
struct GiveUp {};
// A better tier takes the seat held for this leg.
struct YieldSeat {
  std::string leg;
};
// The host takes part no more.
struct LoseHost {
  std::string host;
};
struct EndPlacement {
  std::string reason;
};
struct ProposeHome {
  std::string home_host;
  std::string member;
};
// The home-host withdrew.
struct LoseHome {
  std::string home_host;
};
// It is later now.
struct PassTime {};
// The application's disclosure was decided anew.
struct FollowDisclosure {
  options::v1::Disclosure disclosure;
};

using PlacementFacts = absl::StatusOr<std::vector<v1::PlacementFact>>;

// Stale terms: FAILED_PRECONDITION.
PlacementFacts Decide(const v1::Placement& placement, const OpenSearch& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const ConcludeRanking& command, const Circumstance& circumstance,
                      const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const GiveUp& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const YieldSeat& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const LoseHost& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const EndPlacement& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const ProposeHome& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const LoseHome& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const PassTime& command, const Circumstance& circumstance);
PlacementFacts Decide(const v1::Placement& placement, const FollowDisclosure& command,
                      const Circumstance& circumstance);

PlacementFacts Decide(const v1::Placement& placement, const v1::AnswerInvitationRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::ApproveCommandStepRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::AnswerPlacementRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::AddLegRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::ConfirmLegRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::RemoveLegRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::SetActivitiesRequest& command,
                      const Circumstance& circumstance, const Rules& rules);
PlacementFacts Decide(const v1::Placement& placement, const v1::RespondToHomeStayRequest& command,
                      const Circumstance& circumstance, const Rules& rules);

// "placements/17" for "applications/17".
std::string PlacementOf(absl::string_view application);
// The invitation that somebody still has to answer; null: none.
const v1::Invitation* OpenInvitation(const v1::Placement& placement);
bool IsOpen(v1::Invitation::State state);
// Hosts that answered, or let lapse, an invitation of this round: they are not asked again in it. A seat that yielded
// was no answer, so that host may be asked again.
std::vector<std::string> AskedHosts(const v1::Placement& placement);
// Invitations of this round that count against the programme's most.
int CountedInvitations(const v1::Placement& placement);
// Leg of the invitation that is open, or would be next.
std::string NextLeg(const v1::Placement& placement);

// What a placement's fact does to seats: one command for one host.
struct SeatChange {
  std::string host;
  std::variant<HoldSeat, SecureSeat, ConfirmSeat, ReleaseSeat> command;
};
// `before` is the placement that the fact was decided for.
std::vector<SeatChange> SeatsAfter(const v1::Placement& before, const v1::PlacementFact& fact);
// The same for homes.
struct HomeChange {
  std::string home_host;
  std::variant<BookHome, FreeHome> command;
};
std::vector<HomeChange> HomesAfter(const v1::Placement& before, const v1::PlacementFact& fact);

// True when the actor may know of the placement: a party, or a host that was once asked.
bool MaySee(const v1::Placement& placement, const Actor& actor);
// What the actor is shown: only coordinators see the ranking; a host sees its own invitations alone.
v1::Placement ViewFor(v1::Placement placement, const Actor& actor);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_PLACEMENT_H_
