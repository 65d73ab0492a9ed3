// What a placement is and what follows from its facts; placement.cc has what may happen to it.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/matching/placement.h"

namespace amikeco::matching {
namespace {

using v1::Invitation, v1::Placement, v1::PlacementFact;

// All seats that the placement has.
std::vector<SeatChange> ReleaseAll(const Placement& placement) {
  std::vector<SeatChange> changes;
  if (const Invitation* open = OpenInvitation(placement)) {
    changes.push_back({open->host(), ReleaseSeat{placement.name(), NextLeg(placement)}});
  }
  for (const v1::Leg& leg : placement.legs()) {
    changes.push_back({leg.host(), ReleaseSeat{placement.name(), leg.id()}});
  }
  return changes;
}

// Invitations are the business of those who answer them, not of everybody in the agency.
bool AnswersFor(absl::string_view host, const Actor& actor) {
  return actor.organisation == host &&
         (actor.Has(options::v1::ROLE_HOST_CONTACT) || actor.Has(options::v1::ROLE_COMMAND_APPROVER));
}

HoldSeat Hold(const Placement& placement, const v1::Leg& leg) {
  HoldSeat hold;
  hold.seat.set_placement(placement.name());
  hold.seat.set_leg(leg.id());
  *hold.seat.mutable_start() = leg.start();
  *hold.seat.mutable_end() = leg.end();
  hold.seat.set_tier_rank(placement.terms().tier_rank());
  hold.seat.set_seats(placement.terms().fellows_size());
  return hold;
}

}  // namespace

std::string PlacementOf(absl::string_view application) {
  return absl::StrCat("placements/", absl::StripPrefix(application, "applications/"));
}

bool IsOpen(Invitation::State state) {
  return state == Invitation::STATE_OPEN || state == Invitation::STATE_WILLING ||
         state == Invitation::STATE_COMMAND_APPROVED;
}

const Invitation* OpenInvitation(const Placement& placement) {
  if (placement.invitations().empty()) return nullptr;
  const Invitation& last = *placement.invitations().rbegin();
  return IsOpen(last.state()) ? &last : nullptr;
}

std::vector<std::string> AskedHosts(const Placement& placement) {
  std::vector<std::string> asked;
  for (const Invitation& invitation : placement.invitations()) {
    const bool answered = invitation.state() == Invitation::STATE_DECLINED ||
                          invitation.state() == Invitation::STATE_LAPSED ||
                          invitation.state() == Invitation::STATE_OFFICER_DECLINED;
    if (answered && invitation.round() == placement.terms().round()) asked.push_back(invitation.host());
  }
  return asked;
}

int CountedInvitations(const Placement& placement) {
  return static_cast<int>(
      std::count_if(placement.invitations().begin(), placement.invitations().end(), [&](const Invitation& invitation) {
        return invitation.round() == placement.terms().round() && invitation.state() != Invitation::STATE_YIELDED;
      }));
}

std::string NextLeg(const Placement& placement) { return absl::StrCat(placement.last_leg() + 1); }

std::vector<SeatChange> SeatsAfter(const Placement& before, const PlacementFact& fact) {
  const std::string& name = before.name();
  switch (fact.fact_case()) {
    case PlacementFact::kHostInvited: {
      v1::Leg lead;
      lead.set_id(NextLeg(before));
      *lead.mutable_start() = fact.host_invited().start();
      *lead.mutable_end() = fact.host_invited().end();
      return {{fact.host_invited().host(), Hold(before, lead)}};
    }
    case PlacementFact::kCommandApproved:
      return {{fact.command_approved().host(), SecureSeat{name, NextLeg(before)}}};
    case PlacementFact::kInvitationEnded:
      return {{fact.invitation_ended().host(), ReleaseSeat{name, NextLeg(before)}}};
    case PlacementFact::kAgreed:
      return {{fact.agreed().legs(0).host(), ConfirmSeat{name, fact.agreed().legs(0).id()}}};
    case PlacementFact::kLegAdded:
      return {{fact.leg_added().leg().host(), Hold(before, fact.leg_added().leg())}};
    case PlacementFact::kLegConfirmed:
      return {{fact.leg_confirmed().leg().host(), ConfirmSeat{name, fact.leg_confirmed().leg().id()}}};
    case PlacementFact::kLegRemoved:
      return {{fact.leg_removed().leg().host(), ReleaseSeat{name, fact.leg_removed().leg().id()}}};
    case PlacementFact::kEnded:
    case PlacementFact::kRescheduled:
      return ReleaseAll(before);
    default:
      return {};
  }
}

std::vector<HomeChange> HomesAfter(const Placement& before, const PlacementFact& fact) {
  const v1::HomeStay& stay = before.home_stay();
  const bool has_home = stay.state() == v1::HomeStay::STATE_PROPOSED || stay.state() == v1::HomeStay::STATE_AGREED;
  switch (fact.fact_case()) {
    case PlacementFact::kHomeHostProposed: {
      const Days days{ToDay(before.legs(0).start()), ToDay(before.legs(0).end())};
      return {{fact.home_host_proposed().home_host(), BookHome{before.name(), days}}};
    }
    case PlacementFact::kHomeHostLost:
    case PlacementFact::kHomeHostNotFound:
    case PlacementFact::kEnded:
    case PlacementFact::kRescheduled:
      if (!has_home) return {};
      return {{stay.home_host(), FreeHome{before.name()}}};
    default:
      return {};
  }
}

bool MaySee(const Placement& placement, const Actor& actor) {
  return actor.MaySee(placement.parties()) ||
         std::any_of(placement.invitations().begin(), placement.invitations().end(),
                     [&](const Invitation& asked) { return AnswersFor(asked.host(), actor); });
}

Placement ViewFor(Placement placement, const Actor& actor) {
  const auto& parties = placement.terms().parties();
  const bool of_the_case = actor.Has(options::v1::ROLE_SERVICE) || actor.MaySee(parties);
  if (of_the_case && (actor.Has(options::v1::ROLE_COORDINATOR) || actor.Has(options::v1::ROLE_SERVICE) ||
                      actor.Has(options::v1::ROLE_AUDITOR))) {
    return placement;
  }
  placement.clear_ranking();
  if (of_the_case) {
    // Why a host said no is between it and the coordinator.
    for (Invitation& invitation : *placement.mutable_invitations()) invitation.clear_reason();
    return placement;
  }
  auto& invitations = *placement.mutable_invitations();
  invitations.erase(std::remove_if(invitations.begin(), invitations.end(),
                                   [&](const Invitation& asked) { return !AnswersFor(asked.host(), actor); }),
                    invitations.end());
  // Which other agencies the officer would like is not theirs to know.
  placement.mutable_terms()->mutable_wishes()->clear_hosts();
  if (!actor.MaySee(placement.parties())) {
    // A host that was asked once knows what it was asked and no more.
    placement.clear_legs();
    placement.clear_activities();
    placement.clear_home_stay();
    placement.clear_end_reason();
    placement.clear_stage();
    placement.clear_next_due();
    placement.clear_parties();
    placement.mutable_terms()->clear_member();
    placement.mutable_terms()->clear_parties();
  }
  return placement;
}

}  // namespace amikeco::matching

namespace amikeco::matching::v1 {
namespace {

Invitation::State StateOf(InvitationEnd end) {
  switch (end) {
    case INVITATION_END_DECLINED:
      return Invitation::STATE_DECLINED;
    case INVITATION_END_LAPSED:
      return Invitation::STATE_LAPSED;
    case INVITATION_END_OFFICER_DECLINED:
      return Invitation::STATE_OFFICER_DECLINED;
    case INVITATION_END_YIELDED:
      return Invitation::STATE_YIELDED;
    default:
      return Invitation::STATE_RECALLED;
  }
}

void Invite(Placement& placement, const HostInvited& fact) {
  Invitation& invitation = *placement.add_invitations();
  invitation.set_placement(placement.name());
  invitation.set_ordinal(fact.ordinal());
  invitation.set_round(fact.round());
  invitation.set_application(fact.application());
  invitation.set_host(fact.host());
  *invitation.mutable_start() = fact.start();
  *invitation.mutable_end() = fact.end();
  invitation.set_state(Invitation::STATE_OPEN);
  *invitation.mutable_expires() = fact.expires();
  *invitation.mutable_command_steps() = fact.command_steps();
  placement.set_stage(Placement::STAGE_INVITED);
}

// The last invitation, if there is one, as `state`.
void MoveTo(Placement& placement, Invitation::State state, Placement::Stage stage) {
  placement.set_stage(stage);
  if (placement.invitations().empty()) return;
  placement.mutable_invitations()->rbegin()->set_state(state);
}

void Expire(Placement& placement, const google::protobuf::Timestamp& at) {
  if (!placement.invitations().empty()) *placement.mutable_invitations()->rbegin()->mutable_expires() = at;
}

void Agree(Placement& placement, const PlacementAgreed& fact) {
  MoveTo(placement, Invitation::STATE_AGREED, Placement::STAGE_AGREED);
  *placement.mutable_legs() = fact.legs();
  placement.set_last_leg(placement.last_leg() + 1);
  placement.clear_home_stay();
  if (fact.has_home_host_until()) {
    placement.mutable_home_stay()->set_state(HomeStay::STATE_SEARCHING);
    *placement.mutable_home_stay()->mutable_until() = fact.home_host_until();
  }
}

auto FindLeg(Placement& placement, const std::string& id) {
  auto& legs = *placement.mutable_legs();
  return std::find_if(legs.begin(), legs.end(), [&](const Leg& leg) { return leg.id() == id; });
}

void LoseHome(Placement& placement) {
  HomeStay& stay = *placement.mutable_home_stay();
  if (!stay.home_host().empty()) stay.add_asked(stay.home_host());
  stay.clear_home_host();
  stay.clear_member();
  stay.set_state(HomeStay::STATE_SEARCHING);
}

// The terms with the disclosure that they brought, which is the whole placement's from then on.
void SetTerms(Placement& placement, const applicant::v1::MatchingOpened& terms) {
  *placement.mutable_terms() = terms;
  if (!terms.has_disclosure()) return;
  *placement.mutable_disclosure() = terms.disclosure();
  placement.mutable_terms()->clear_disclosure();
}

void Reschedule(Placement& placement, const PlacementRescheduled& fact) {
  SetTerms(placement, fact.terms());
  placement.set_stage(Placement::STAGE_SEARCHING);
  placement.clear_ranking();
  placement.clear_legs();
  placement.clear_activities();
  placement.clear_home_stay();
}

void EvolveHomeStay(Placement& placement, const PlacementFact& fact) {
  HomeStay& stay = *placement.mutable_home_stay();
  switch (fact.fact_case()) {
    case PlacementFact::kHomeHostProposed:
      stay.set_state(HomeStay::STATE_PROPOSED);
      stay.set_home_host(fact.home_host_proposed().home_host());
      stay.set_member(fact.home_host_proposed().member());
      break;
    case PlacementFact::kHomeHostAgreed:
      stay.set_state(HomeStay::STATE_AGREED);
      break;
    case PlacementFact::kHomeHostLost:
      LoseHome(placement);
      break;
    default:
      if (!stay.home_host().empty()) LoseHome(placement);
      stay.set_state(HomeStay::STATE_NOT_FOUND);
      break;
  }
}

// Whom the placement concerns now, besides the application's own parties.
void NameParties(Placement& placement) {
  *placement.mutable_parties() = placement.terms().parties();
  const auto add = [&](const std::string& party) {
    const auto& parties = placement.parties();
    if (!party.empty() && std::find(parties.begin(), parties.end(), party) == parties.end()) {
      placement.add_parties(party);
    }
  };
  if (const Invitation* open = matching::OpenInvitation(placement)) add(open->host());
  for (const Leg& leg : placement.legs()) add(leg.host());
  add(placement.home_stay().member());
}

void SetNextDue(Placement& placement) {
  placement.clear_next_due();
  const auto due = [&](const google::protobuf::Timestamp& at) {
    if (!placement.has_next_due() || ToTime(at) < ToTime(placement.next_due())) *placement.mutable_next_due() = at;
  };
  if (const Invitation* open = matching::OpenInvitation(placement)) due(open->expires());
  if (placement.stage() == Placement::STAGE_SEARCHING && placement.ranking().has_retry()) {
    due(placement.ranking().retry());
  }
  if (placement.stage() != Placement::STAGE_AGREED) return;
  if (placement.has_legs_expire()) due(placement.legs_expire());
  const HomeStay::State home = placement.home_stay().state();
  if (home == HomeStay::STATE_SEARCHING || home == HomeStay::STATE_PROPOSED) due(placement.home_stay().until());
}

void EvolveLegs(Placement& placement, const PlacementFact& fact) {
  if (fact.has_leg_added()) {
    *placement.add_legs() = fact.leg_added().leg();
    *placement.mutable_legs_expire() = fact.leg_added().expires();
    placement.set_last_leg(placement.last_leg() + 1);
    return;
  }
  const Leg& leg = fact.has_leg_confirmed() ? fact.leg_confirmed().leg() : fact.leg_removed().leg();
  const auto it = FindLeg(placement, leg.id());
  if (it == placement.mutable_legs()->end()) return;
  if (fact.has_leg_confirmed()) {
    it->set_confirmed(true);
    return;
  }
  placement.mutable_legs()->erase(it);
  auto& activities = *placement.mutable_activities();
  activities.erase(std::remove_if(activities.begin(), activities.end(),
                                  [&](const Activity& activity) { return activity.leg() == leg.id(); }),
                   activities.end());
}

}  // namespace

Placement Evolve(Placement placement, const PlacementFact& fact) {
  switch (fact.fact_case()) {
    case PlacementFact::kSearchOpened:
      placement.set_name(matching::PlacementOf(fact.search_opened().application()));
      placement.set_application(fact.search_opened().application());
      SetTerms(placement, fact.search_opened().terms());
      placement.set_stage(Placement::STAGE_SEARCHING);
      break;
    case PlacementFact::kHostsRanked:
      *placement.mutable_ranking() = fact.hosts_ranked();
      break;
    case PlacementFact::kHostInvited:
      Invite(placement, fact.host_invited());
      break;
    case PlacementFact::kHostWilling:
      MoveTo(placement, Invitation::STATE_WILLING, Placement::STAGE_HOST_WILLING);
      Expire(placement, fact.host_willing().expires());
      break;
    case PlacementFact::kCommandStepApproved:
      if (!placement.invitations().empty()) {
        Invitation& open = *placement.mutable_invitations()->rbegin();
        open.set_approved_steps(open.approved_steps() + 1);
      }
      break;
    case PlacementFact::kCommandApproved:
      MoveTo(placement, Invitation::STATE_COMMAND_APPROVED, Placement::STAGE_COMMAND_APPROVED);
      Expire(placement, fact.command_approved().expires());
      break;
    case PlacementFact::kInvitationEnded:
      MoveTo(placement, StateOf(fact.invitation_ended().end()), Placement::STAGE_SEARCHING);
      if (!placement.invitations().empty()) {
        placement.mutable_invitations()->rbegin()->set_reason(fact.invitation_ended().reason());
      }
      break;
    case PlacementFact::kAgreed:
      Agree(placement, fact.agreed());
      break;
    case PlacementFact::kSearchExhausted:
      placement.set_stage(Placement::STAGE_EXHAUSTED);
      break;
    case PlacementFact::kLegAdded:
    case PlacementFact::kLegConfirmed:
    case PlacementFact::kLegRemoved:
      EvolveLegs(placement, fact);
      break;
    case PlacementFact::kActivitiesSet:
      *placement.mutable_activities() = fact.activities_set().activities();
      break;
    case PlacementFact::kHomeHostProposed:
    case PlacementFact::kHomeHostAgreed:
    case PlacementFact::kHomeHostLost:
    case PlacementFact::kHomeHostNotFound:
      EvolveHomeStay(placement, fact);
      break;
    case PlacementFact::kDisclosureFollowed:
      *placement.mutable_disclosure() = fact.disclosure_followed().disclosure();
      break;
    case PlacementFact::kEnded:
      placement.set_stage(Placement::STAGE_ENDED);
      placement.set_end_reason(fact.ended().reason());
      break;
    case PlacementFact::kRescheduled:
      Reschedule(placement, fact.rescheduled());
      break;
    case PlacementFact::FACT_NOT_SET:
      break;
  }
  const bool unconfirmed =
      std::any_of(placement.legs().begin(), placement.legs().end(), [](const Leg& leg) { return !leg.confirmed(); });
  if (!unconfirmed) placement.clear_legs_expire();
  NameParties(placement);
  SetNextDue(placement);
  return placement;
}

}  // namespace amikeco::matching::v1
