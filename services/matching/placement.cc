#include "services/matching/placement.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

using v1::Invitation, v1::Placement;
using Facts = std::vector<v1::PlacementFact>;

Days DaysOf(const google::type::Date& first, const google::type::Date& last) { return {ToDay(first), ToDay(last)}; }

absl::Status WrongStage(const Placement& placement) {
  const std::string stage = Placement::Stage_Name(placement.stage());
  return errors::WrongStage(placement.name(), absl::StripPrefix(stage, "STAGE_"));
}

v1::PlacementFact Ended(const Placement& placement, v1::InvitationEnd end, absl::string_view reason) {
  const Invitation& open = *OpenInvitation(placement);
  v1::PlacementFact fact;
  v1::InvitationEnded& ended = *fact.mutable_invitation_ended();
  ended.set_application(placement.application());
  ended.set_host(open.host());
  ended.set_end(end);
  ended.set_reason(std::string(reason));
  ended.set_round(open.round());
  return fact;
}

v1::PlacementFact Removed(const Placement& placement, const v1::Leg& leg, absl::string_view reason) {
  v1::PlacementFact fact;
  fact.mutable_leg_removed()->set_application(placement.application());
  *fact.mutable_leg_removed()->mutable_leg() = leg;
  fact.mutable_leg_removed()->set_reason(std::string(reason));
  return fact;
}

// An answer is given by then; never later than the day the stay would begin.
google::protobuf::Timestamp ExpiryOf(const Invitation& invitation, int days, absl::Time now, const Rules& rules) {
  const absl::Time begin = rules.BeginOf(ToDay(invitation.start()));
  return ToTimestamp(days > 0 ? std::min(begin, now + absl::Hours(24) * days) : begin);
}

// The open invitation that the actor's agency may answer now.
absl::StatusOr<const Invitation*> InvitationFor(const Placement& placement, int ordinal,
                                                const Circumstance& circumstance) {
  const std::string& host = circumstance.actor.organisation;
  const Invitation* open = OpenInvitation(placement);
  const bool current = open != nullptr && open->host() == host && (ordinal == 0 || open->ordinal() == ordinal);
  if (current && circumstance.now < ToTime(open->expires())) return open;
  const bool was_asked = std::any_of(placement.invitations().begin(), placement.invitations().end(),
                                     [&](const Invitation& invitation) { return invitation.host() == host; });
  if (!was_asked) return errors::ForeignPlacement(placement.name(), "the host that is asked");
  return errors::InvitationOver(placement.name(), host);
}

v1::PlacementFact Approved(const Placement& placement, const Invitation& open, const Circumstance& circumstance,
                           const Rules& rules) {
  v1::PlacementFact fact;
  v1::CommandApproved& approved = *fact.mutable_command_approved();
  approved.set_application(placement.application());
  approved.set_host(open.host());
  *approved.mutable_start() = open.start();
  *approved.mutable_end() = open.end();
  *approved.mutable_expires() = ExpiryOf(open, rules.matching.officer_answer_days(), circumstance.now, rules);
  approved.set_round(open.round());
  return fact;
}

v1::PlacementFact Agreed(const Placement& placement, const Invitation& open, const Rules& rules) {
  v1::PlacementFact fact;
  v1::PlacementAgreed& agreed = *fact.mutable_agreed();
  agreed.set_application(placement.application());
  agreed.set_member(placement.terms().member());
  agreed.set_section(placement.terms().section());
  agreed.set_programme(placement.terms().programme());
  agreed.set_programme_version(placement.terms().programme_version());
  *agreed.mutable_parties() = placement.parties();
  *agreed.mutable_fellows() = placement.terms().fellows();
  if (placement.has_disclosure()) *agreed.mutable_disclosure() = placement.disclosure();
  agreed.set_round(open.round());
  v1::Leg& lead = *agreed.add_legs();
  lead.set_id(NextLeg(placement));
  lead.set_host(open.host());
  *lead.mutable_start() = open.start();
  *lead.mutable_end() = open.end();
  lead.set_confirmed(true);
  if (placement.terms().wishes().home_host()) {
    const absl::CivilDay until = ToDay(open.start()) - rules.matching.home_host_days_before_start();
    *agreed.mutable_home_host_until() = ToTimestamp(rules.BeginOf(until));
  }
  return fact;
}

const v1::Leg* FindLeg(const Placement& placement, absl::string_view id) {
  const auto it = std::find_if(placement.legs().begin(), placement.legs().end(),
                               [&](const v1::Leg& leg) { return leg.id() == id; });
  return it == placement.legs().end() ? nullptr : &*it;
}

// The itinerary is open to changes: agreed, and the stay has not begun.
absl::Status ItineraryOpen(const Placement& placement, const Circumstance& circumstance, const Rules& rules) {
  if (placement.stage() != Placement::STAGE_AGREED) return WrongStage(placement);
  const absl::CivilDay start = ToDay(placement.legs(0).start());
  if (rules.Today(circumstance.now) >= start) return errors::StayBegun(placement.name(), FormatDay(start));
  return absl::OkStatus();
}

// A section's coordinators, if it has any, do not decide for the programme.
bool IsCoordinatorOf(const Rules& rules, const Actor& actor) {
  return actor.Has(options::v1::ROLE_COORDINATOR) && actor.organisation == rules.operator_organisation;
}

bool IsContactOf(absl::string_view host, const Actor& actor) {
  return actor.Has(options::v1::ROLE_HOST_CONTACT) && actor.organisation == host;
}

absl::Status CheckLegDays(const Placement& placement, const v1::AddLegRequest& command) {
  const v1::Leg& lead = placement.legs(0);
  const Days days = DaysOf(command.start(), command.end());
  FieldErrors wrong;
  if (days.count() == 0) wrong.Add("end", "must not be before start");
  if (command.host() == lead.host()) wrong.Add("host", "is the lead host, where the officer is anyway");
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  if (!DaysOf(lead.start(), lead.end()).Covers(days)) {
    return errors::LegOutsideStay(FormatDate(lead.start()), FormatDate(lead.end()));
  }
  for (int i = 1; i < placement.legs_size(); ++i) {
    if (DaysOf(placement.legs(i).start(), placement.legs(i).end()).Overlaps(days)) {
      return errors::LegOverlaps(placement.legs(i).id());
    }
  }
  return absl::OkStatus();
}

bool HomeSought(const Placement& placement) {
  return placement.stage() == Placement::STAGE_AGREED &&
         (placement.home_stay().state() == v1::HomeStay::STATE_SEARCHING ||
          placement.home_stay().state() == v1::HomeStay::STATE_PROPOSED);
}

bool HasHome(const Placement& placement) {
  return placement.home_stay().state() == v1::HomeStay::STATE_PROPOSED ||
         placement.home_stay().state() == v1::HomeStay::STATE_AGREED;
}

v1::PlacementFact HomeLost(const Placement& placement) {
  v1::PlacementFact fact;
  fact.mutable_home_host_lost()->set_application(placement.application());
  fact.mutable_home_host_lost()->set_home_host(placement.home_stay().home_host());
  return fact;
}

v1::PlacementFact NoHome(const Placement& placement) {
  v1::PlacementFact fact;
  fact.mutable_home_host_not_found()->set_application(placement.application());
  fact.mutable_home_host_not_found()->set_host(placement.legs(0).host());
  return fact;
}

}  // namespace

PlacementFacts Decide(const Placement& placement, const OpenSearch& command, const Circumstance&) {
  v1::PlacementFact fact;
  if (placement.stage() == Placement::STAGE_UNSPECIFIED) {
    v1::SearchOpened& opened = *fact.mutable_search_opened();
    opened.set_application(command.application);
    *opened.mutable_terms() = command.terms;
    *opened.mutable_parties() = command.terms.parties();
    return Facts{std::move(fact)};
  }
  const bool newer = command.terms.round() > placement.terms().round();
  if (!newer || placement.stage() == Placement::STAGE_ENDED) return errors::StaleTerms(placement.name());
  Facts facts;
  if (OpenInvitation(placement) != nullptr) facts.push_back(Ended(placement, v1::INVITATION_END_RECALLED, ""));
  fact.mutable_rescheduled()->set_application(placement.application());
  *fact.mutable_rescheduled()->mutable_terms() = command.terms;
  facts.push_back(std::move(fact));
  return facts;
}

PlacementFacts Decide(const Placement& placement, const ConcludeRanking& command, const Circumstance& circumstance,
                      const Rules& rules) {
  if (placement.stage() != Placement::STAGE_SEARCHING) return WrongStage(placement);
  v1::PlacementFact ranked;
  *ranked.mutable_hosts_ranked() = command.ranking;
  *ranked.mutable_hosts_ranked()->mutable_at() = ToTimestamp(circumstance.now);
  if (!command.chosen) {
    if (!command.retry) {
      AMIKECO_ASSIGN_OR_RETURN(Facts over, Decide(placement, GiveUp(), circumstance));
      over.insert(over.begin(), std::move(ranked));
      return over;
    }
    *ranked.mutable_hosts_ranked()->mutable_retry() = ToTimestamp(*command.retry);
    return Facts{std::move(ranked)};
  }
  v1::PlacementFact fact;
  v1::HostInvited& invited = *fact.mutable_host_invited();
  invited.set_application(placement.application());
  invited.set_host(command.chosen->host);
  invited.set_ordinal(placement.invitations_size() + 1);
  *invited.mutable_start() = ToDate(command.chosen->days.first);
  *invited.mutable_end() = ToDate(command.chosen->days.last);
  for (const std::string& step : command.chosen->command_steps) invited.add_command_steps(step);
  invited.set_round(placement.terms().round());
  Invitation dated;
  *dated.mutable_start() = invited.start();
  *invited.mutable_expires() = ExpiryOf(dated, rules.matching.invitation_days(), circumstance.now, rules);
  return Facts{std::move(ranked), std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const GiveUp&, const Circumstance&) {
  if (placement.stage() != Placement::STAGE_SEARCHING) return WrongStage(placement);
  v1::PlacementFact fact;
  v1::SearchExhausted& exhausted = *fact.mutable_search_exhausted();
  exhausted.set_application(placement.application());
  exhausted.set_round(placement.terms().round());
  exhausted.set_invitations(CountedInvitations(placement));
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const YieldSeat& command, const Circumstance&) {
  const Invitation* open = OpenInvitation(placement);
  if (open != nullptr && open->state() != Invitation::STATE_COMMAND_APPROVED && NextLeg(placement) == command.leg) {
    return Facts{Ended(placement, v1::INVITATION_END_YIELDED, "")};
  }
  const v1::Leg* leg = FindLeg(placement, command.leg);
  if (leg != nullptr && !leg->confirmed() && placement.stage() == Placement::STAGE_AGREED) {
    return Facts{Removed(placement, *leg, "YIELDED")};
  }
  return WrongStage(placement);
}

PlacementFacts Decide(const Placement& placement, const LoseHost& command, const Circumstance&) {
  Facts facts;
  const Invitation* open = OpenInvitation(placement);
  if (open != nullptr && open->host() == command.host) {
    facts.push_back(Ended(placement, v1::INVITATION_END_DECLINED, ""));
  }
  if (placement.stage() == Placement::STAGE_AGREED) {
    for (const v1::Leg& leg : placement.legs()) {
      if (leg.host() == command.host && !leg.confirmed()) facts.push_back(Removed(placement, leg, "DECLINED"));
    }
  }
  return facts;
}

PlacementFacts Decide(const Placement& placement, const EndPlacement& command, const Circumstance&) {
  const bool never = placement.stage() == Placement::STAGE_UNSPECIFIED;
  if (never || placement.stage() == Placement::STAGE_ENDED) return WrongStage(placement);
  Facts facts;
  if (OpenInvitation(placement) != nullptr) facts.push_back(Ended(placement, v1::INVITATION_END_RECALLED, ""));
  v1::PlacementFact fact;
  fact.mutable_ended()->set_application(placement.application());
  fact.mutable_ended()->set_reason(command.reason);
  facts.push_back(std::move(fact));
  return facts;
}

PlacementFacts Decide(const Placement& placement, const ProposeHome& command, const Circumstance&) {
  if (placement.home_stay().state() != v1::HomeStay::STATE_SEARCHING || !HomeSought(placement)) {
    return WrongStage(placement);
  }
  v1::PlacementFact fact;
  fact.mutable_home_host_proposed()->set_application(placement.application());
  fact.mutable_home_host_proposed()->set_home_host(command.home_host);
  fact.mutable_home_host_proposed()->set_member(command.member);
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const LoseHome& command, const Circumstance& circumstance) {
  if (!HasHome(placement) || placement.home_stay().home_host() != command.home_host ||
      placement.stage() != Placement::STAGE_AGREED) {
    return WrongStage(placement);
  }
  Facts facts{HomeLost(placement)};
  // After the deadline nobody would look again, and the officer must hear of it now.
  if (ToTime(placement.home_stay().until()) <= circumstance.now) facts.push_back(NoHome(placement));
  return facts;
}

PlacementFacts Decide(const Placement& placement, const PassTime&, const Circumstance& circumstance) {
  Facts facts;
  const absl::Time now = circumstance.now;
  if (const Invitation* open = OpenInvitation(placement); open != nullptr && ToTime(open->expires()) <= now) {
    facts.push_back(Ended(placement, v1::INVITATION_END_LAPSED, ""));
  }
  if (placement.has_legs_expire() && ToTime(placement.legs_expire()) <= now) {
    for (const v1::Leg& leg : placement.legs()) {
      if (!leg.confirmed()) facts.push_back(Removed(placement, leg, "NOT_CONFIRMED"));
    }
  }
  if (HomeSought(placement) && ToTime(placement.home_stay().until()) <= now) facts.push_back(NoHome(placement));
  return facts;
}

PlacementFacts Decide(const Placement& placement, const FollowDisclosure& command, const Circumstance&) {
  v1::PlacementFact fact;
  fact.mutable_disclosure_followed()->set_application(placement.application());
  *fact.mutable_disclosure_followed()->mutable_disclosure() = command.disclosure;
  return Facts{fact};
}

PlacementFacts Decide(const Placement& placement, const v1::AnswerInvitationRequest& command,
                      const Circumstance& circumstance, const Rules& rules) {
  AMIKECO_ASSIGN_OR_RETURN(const Invitation* open, InvitationFor(placement, command.ordinal(), circumstance));
  if (command.answer() == v1::ANSWER_DECLINE) {
    return Facts{Ended(placement, v1::INVITATION_END_DECLINED, command.reason())};
  }
  if (open->state() != Invitation::STATE_OPEN) return WrongStage(placement);
  v1::PlacementFact fact;
  v1::HostWilling& willing = *fact.mutable_host_willing();
  willing.set_application(placement.application());
  willing.set_host(open->host());
  willing.set_by(circumstance.actor.subject);
  *willing.mutable_expires() = ExpiryOf(*open, rules.matching.command_approval_days(), circumstance.now, rules);
  willing.set_round(open->round());
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const v1::ApproveCommandStepRequest& command,
                      const Circumstance& circumstance, const Rules& rules) {
  AMIKECO_ASSIGN_OR_RETURN(const Invitation* open, InvitationFor(placement, 0, circumstance));
  if (open->state() != Invitation::STATE_WILLING) return WrongStage(placement);
  const std::string& next = open->command_steps(open->approved_steps());
  if (command.step() != next) return errors::WrongCommandStep(command.step(), next);
  if (command.answer() == v1::ANSWER_DECLINE) {
    return Facts{Ended(placement, v1::INVITATION_END_DECLINED, command.reason())};
  }
  v1::PlacementFact fact;
  v1::CommandStepApproved& approved = *fact.mutable_command_step_approved();
  approved.set_application(placement.application());
  approved.set_host(open->host());
  approved.set_step(command.step());
  approved.set_by(circumstance.actor.subject);
  Facts facts{std::move(fact)};
  const bool last = open->approved_steps() + 1 == open->command_steps_size();
  if (last) facts.push_back(Approved(placement, *open, circumstance, rules));
  return facts;
}

PlacementFacts Decide(const Placement& placement, const v1::AnswerPlacementRequest& command,
                      const Circumstance& circumstance, const Rules& rules) {
  const Actor& actor = circumstance.actor;
  const bool officer = actor.Has(options::v1::ROLE_OFFICER) && actor.subject == placement.terms().member();
  if (!officer && !IsCoordinatorOf(rules, actor)) {
    return errors::ForeignPlacement(placement.name(), "the officer or the coordinator");
  }
  if (placement.stage() != Placement::STAGE_COMMAND_APPROVED) return WrongStage(placement);
  const Invitation& open = *OpenInvitation(placement);
  if (ToTime(open.expires()) <= circumstance.now) return errors::InvitationOver(placement.name(), open.host());
  if (command.answer() == v1::ANSWER_DECLINE) {
    return Facts{Ended(placement, v1::INVITATION_END_OFFICER_DECLINED, command.reason())};
  }
  return Facts{Agreed(placement, open, rules)};
}

PlacementFacts Decide(const Placement& placement, const v1::AddLegRequest& command, const Circumstance& circumstance,
                      const Rules& rules) {
  AMIKECO_RETURN_IF_ERROR(ItineraryOpen(placement, circumstance, rules));
  if (!IsCoordinatorOf(rules, circumstance.actor) && !IsContactOf(placement.legs(0).host(), circumstance.actor)) {
    return errors::ForeignPlacement(placement.name(), "the coordinator or the lead host");
  }
  AMIKECO_RETURN_IF_ERROR(CheckLegDays(placement, command));
  v1::PlacementFact fact;
  v1::LegAdded& added = *fact.mutable_leg_added();
  added.set_application(placement.application());
  v1::Leg& leg = *added.mutable_leg();
  leg.set_id(NextLeg(placement));
  leg.set_host(command.host());
  *leg.mutable_start() = command.start();
  *leg.mutable_end() = command.end();
  *added.mutable_expires() = ToTimestamp(rules.BeginOf(ToDay(placement.legs(0).start())));
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const v1::ConfirmLegRequest& command,
                      const Circumstance& circumstance, const Rules& rules) {
  AMIKECO_RETURN_IF_ERROR(ItineraryOpen(placement, circumstance, rules));
  const v1::Leg* leg = FindLeg(placement, command.leg());
  if (leg == nullptr) return errors::NoSuchLeg(placement.name(), command.leg());
  if (!IsContactOf(leg->host(), circumstance.actor)) {
    return errors::ForeignPlacement(placement.name(), "the leg's agency");
  }
  if (leg->confirmed()) return errors::LegConfirmed(leg->id());
  v1::PlacementFact fact;
  fact.mutable_leg_confirmed()->set_application(placement.application());
  *fact.mutable_leg_confirmed()->mutable_leg() = *leg;
  fact.mutable_leg_confirmed()->mutable_leg()->set_confirmed(true);
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const v1::RemoveLegRequest& command, const Circumstance& circumstance,
                      const Rules& rules) {
  AMIKECO_RETURN_IF_ERROR(ItineraryOpen(placement, circumstance, rules));
  const v1::Leg* leg = FindLeg(placement, command.leg());
  if (leg == nullptr) return errors::NoSuchLeg(placement.name(), command.leg());
  if (!IsCoordinatorOf(rules, circumstance.actor) && !IsContactOf(leg->host(), circumstance.actor)) {
    return errors::ForeignPlacement(placement.name(), "the coordinator or the leg's agency");
  }
  if (leg == &placement.legs(0)) return errors::LeadLeg(leg->id());
  return Facts{Removed(placement, *leg, command.reason())};
}

PlacementFacts Decide(const Placement& placement, const v1::SetActivitiesRequest& command,
                      const Circumstance& circumstance, const Rules& rules) {
  if (placement.stage() != Placement::STAGE_AGREED) return WrongStage(placement);
  const Actor& actor = circumstance.actor;
  const bool host = std::any_of(placement.legs().begin(), placement.legs().end(),
                                [&](const v1::Leg& leg) { return IsContactOf(leg.host(), actor); });
  if (!host && !IsCoordinatorOf(rules, actor)) {
    return errors::ForeignPlacement(placement.name(), "the coordinator or a host of the stay");
  }
  for (const v1::Activity& activity : command.activities()) {
    const v1::Leg* leg = FindLeg(placement, activity.leg());
    if (leg == nullptr || !DaysOf(leg->start(), leg->end()).Contains(ToDay(activity.day()))) {
      return errors::ActivityOutsideLeg(activity.leg(), FormatDate(activity.day()));
    }
  }
  v1::PlacementFact fact;
  fact.mutable_activities_set()->set_application(placement.application());
  *fact.mutable_activities_set()->mutable_activities() = command.activities();
  return Facts{std::move(fact)};
}

PlacementFacts Decide(const Placement& placement, const v1::RespondToHomeStayRequest& command,
                      const Circumstance& circumstance, const Rules&) {
  const v1::HomeStay& stay = placement.home_stay();
  const bool asked =
      stay.state() == v1::HomeStay::STATE_PROPOSED && HomeSought(placement) && circumstance.now < ToTime(stay.until());
  if (!asked || circumstance.actor.subject != stay.member()) return errors::HomeHostNotAsked(placement.name());
  if (command.answer() == v1::ANSWER_DECLINE) return Facts{HomeLost(placement)};
  v1::PlacementFact fact;
  fact.mutable_home_host_agreed()->set_application(placement.application());
  fact.mutable_home_host_agreed()->set_home_host(stay.home_host());
  return Facts{std::move(fact)};
}

}  // namespace amikeco::matching
