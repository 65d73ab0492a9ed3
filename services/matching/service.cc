// The methods about placements and homes, and the wiring of all; hosts.cc has those about hosts, react.cc the facts'
// and the clock's doors, explain.cc the questions why.
#include "services/matching/service.h"

#include <utility>

#include "common/base/dates.h"
#include "services/matching/access.h"
#include "services/matching/casework.h"
#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

v1::Placement ViewOf(const Versioned<v1::Placement>& placement, const Actor& actor) {
  v1::Placement view = ViewFor(placement.value, actor);
  view.set_etag(EtagOf(placement.version));
  return view;
}

v1::HomeHost ViewOf(const Versioned<v1::HomeHost>& home, const Actor& actor) {
  v1::HomeHost view = home.value;
  view.set_etag(EtagOf(home.version));
  const bool insider = actor.subject == view.member() || actor.Has(options::v1::ROLE_COORDINATOR) ||
                       actor.Has(options::v1::ROLE_SERVICE);
  if (!insider) view.clear_bookings();
  return view;
}

bool MaySeeHome(const v1::HomeHost& home, const Actor& actor) {
  return actor.MaySee(home.parties()) || actor.Has(options::v1::ROLE_COORDINATOR);
}

// What the host is told of the officer's wishes.
v1::Invitation WithWishes(v1::Invitation invitation, const v1::Placement& placement) {
  const applicant::v1::MatchingOpened& terms = placement.terms();
  *invitation.mutable_topics() = terms.wishes().topics();
  invitation.set_stay_language(terms.wishes().stay_language());
  invitation.set_programme(terms.programme());
  invitation.set_section(terms.section());
  if (placement.has_disclosure()) *invitation.mutable_disclosure() = placement.disclosure();
  return invitation;
}

void AddInvitations(const v1::Placement& view, bool open_only, v1::ListInvitationsResponse& response) {
  for (const v1::Invitation& invitation : view.invitations()) {
    if (!open_only || IsOpen(invitation.state())) *response.add_invitations() = WithWishes(invitation, view);
  }
}

absl::Status MustExist(const Versioned<v1::Host>& host) {
  return host.exists() ? absl::OkStatus() : NotFound(host.name);
}

}  // namespace

absl::Status MatchingService::LoadDirectory() {
  return store_.Read([&](Reader& reader) { return directory_.Refresh(reader); });
}

template <typename Request>
absl::StatusOr<v1::Placement> MatchingService::ChangePlacement(const Call& call, const Request& request) {
  return Execute<v1::Placement>(store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::Placement> {
    Casework work(tx, directory_, programmes_, OriginOf("matching", call));
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, work.Placement(request.name()));
    if (!placement->exists() || !MaySee(placement->value, call.actor)) return NotFound(request.name());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(*placement, request.etag()));
    AMIKECO_RETURN_IF_ERROR(work.Refresh());
    AMIKECO_RETURN_IF_ERROR(work.Do(*placement, request));
    AMIKECO_RETURN_IF_ERROR(work.Settle());
    return ViewOf(*placement, call.actor);
  });
}

absl::StatusOr<v1::Placement> MatchingService::AnswerInvitation(Call& call,
                                                                const v1::AnswerInvitationRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::ApproveCommandStep(Call& call,
                                                                  const v1::ApproveCommandStepRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::AnswerPlacement(Call& call, const v1::AnswerPlacementRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::AddLeg(Call& call, const v1::AddLegRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::ConfirmLeg(Call& call, const v1::ConfirmLegRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::RemoveLeg(Call& call, const v1::RemoveLegRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::SetActivities(Call& call, const v1::SetActivitiesRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::RespondToHomeStay(Call& call,
                                                                 const v1::RespondToHomeStayRequest& request) {
  return ChangePlacement(call, request);
}

absl::StatusOr<v1::Placement> MatchingService::GetPlacement(Call& call, const v1::GetPlacementRequest& request) {
  return Query<v1::Placement>(store_, [&](Reader& reader) -> absl::StatusOr<v1::Placement> {
    AMIKECO_ASSIGN_OR_RETURN(const auto placement, tables_.placements.Get(reader, request.name()));
    if (!MaySee(placement.value, call.actor)) return NotFound(request.name());
    return ViewOf(placement, call.actor);
  });
}

absl::StatusOr<v1::ListPlacementsResponse> MatchingService::ListPlacements(Call& call,
                                                                           const v1::ListPlacementsRequest& request) {
  using Response = v1::ListPlacementsResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    std::string prefix = absl::StrCat(PartyOf(call.actor), std::string(1, kEnd));
    if (request.stage() != v1::Placement::STAGE_UNSPECIFIED) {
      absl::StrAppend(&prefix, v1::Placement::Stage_Name(request.stage()), std::string(1, kEnd));
    }
    AMIKECO_ASSIGN_OR_RETURN(
        const auto page, tables_.placements.List(reader, {"party", prefix, request.page_size(), request.page_token()}));
    Response response;
    response.set_next_page_token(page.next_page_token);
    for (const auto& placement : page.items) *response.add_placements() = ViewOf(placement, call.actor);
    return response;
  });
}

absl::StatusOr<v1::ListInvitationsResponse> MatchingService::ListInvitations(
    Call& call, const v1::ListInvitationsRequest& request) {
  using Response = v1::ListInvitationsResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    Response response;
    if (!request.application().empty()) {
      const std::string name = PlacementOf(request.application());
      AMIKECO_ASSIGN_OR_RETURN(const auto placement, tables_.placements.Get(reader, name));
      if (!MaySee(placement.value, call.actor)) return NotFound(name);
      AddInvitations(ViewFor(placement.value, call.actor), request.open(), response);
      return response;
    }
    const std::string prefix = absl::StrCat(call.actor.organisation, std::string(1, kEnd));
    AMIKECO_ASSIGN_OR_RETURN(const auto page,
                             tables_.placements.List(reader, {request.open() ? "asked" : "invited", prefix,
                                                              request.page_size(), request.page_token()}));
    response.set_next_page_token(page.next_page_token);
    for (const auto& placement : page.items) {
      if (!MaySee(placement.value, call.actor)) continue;  // an officer who works there is not asked
      AddInvitations(ViewFor(placement.value, call.actor), request.open(), response);
    }
    return response;
  });
}

absl::StatusOr<v1::HomeHost> MatchingService::OfferHomeStay(Call& call, const v1::OfferHomeStayRequest& request) {
  const std::string id = request.home_host_id().empty() ? ids_.Next() : request.home_host_id();
  return Execute<v1::HomeHost>(store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::HomeHost> {
    Casework work(tx, directory_, programmes_, OriginOf("matching", call));
    AMIKECO_ASSIGN_OR_RETURN(const Versioned<v1::Host>* host, work.Host(request.host()));
    AMIKECO_RETURN_IF_ERROR(MustExist(*host));
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::HomeHost>* const home, work.HomeHost(absl::StrCat("homeHosts/", id)));
    OfferHome offer;
    offer.offered.set_name(home->name);
    offer.offered.set_host(request.host());
    *offer.offered.mutable_first_day() = request.first_day();
    *offer.offered.mutable_last_day() = request.last_day();
    offer.offered.set_member(call.actor.subject);
    AMIKECO_RETURN_IF_ERROR(work.Do(*home, offer));
    AMIKECO_RETURN_IF_ERROR(work.Settle());
    return ViewOf(*home, call.actor);
  });
}

absl::StatusOr<v1::HomeHost> MatchingService::WithdrawHomeStay(Call& call, const v1::WithdrawHomeStayRequest& request) {
  return Execute<v1::HomeHost>(store_, call, [&](Transaction& tx) -> absl::StatusOr<v1::HomeHost> {
    Casework work(tx, directory_, programmes_, OriginOf("matching", call));
    AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::HomeHost>* const home, work.HomeHost(request.name()));
    if (!home->exists() || !MaySeeHome(home->value, call.actor)) return NotFound(request.name());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(*home, request.etag()));
    AMIKECO_RETURN_IF_ERROR(work.Do(*home, request));
    const auto bookings = home->value.bookings();  // a copy: losing the home frees it
    for (const v1::HomeBooking& booking : bookings) {
      AMIKECO_ASSIGN_OR_RETURN(Versioned<v1::Placement>* const placement, work.Placement(booking.placement()));
      AMIKECO_RETURN_IF_ERROR(work.Do(*placement, LoseHome{home->name}));
    }
    AMIKECO_RETURN_IF_ERROR(work.Settle());
    return ViewOf(*home, call.actor);
  });
}

absl::StatusOr<v1::HomeHost> MatchingService::GetHomeHost(Call& call, const v1::GetHomeHostRequest& request) {
  return Query<v1::HomeHost>(store_, [&](Reader& reader) -> absl::StatusOr<v1::HomeHost> {
    AMIKECO_ASSIGN_OR_RETURN(const auto home, tables_.homes.Get(reader, request.name()));
    if (!MaySeeHome(home.value, call.actor)) return NotFound(request.name());
    return ViewOf(home, call.actor);
  });
}

absl::StatusOr<v1::ListHomeHostsResponse> MatchingService::ListHomeHosts(Call& call,
                                                                         const v1::ListHomeHostsRequest& request) {
  using Response = v1::ListHomeHostsResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    const Actor& actor = call.actor;
    // Without an agency: a person's own homes, or those near the caller's agency.
    const bool near = !request.host().empty() || PartyOf(actor) == actor.organisation;
    const std::string& host = request.host().empty() ? actor.organisation : request.host();
    const std::string prefix = absl::StrCat(near ? host : actor.subject, std::string(1, kEnd));
    AMIKECO_ASSIGN_OR_RETURN(const auto page, tables_.homes.List(reader, {near ? "near" : "member", prefix,
                                                                          request.page_size(), request.page_token()}));
    Response response;
    response.set_next_page_token(page.next_page_token);
    for (const auto& home : page.items) {
      if (MaySeeHome(home.value, actor)) *response.add_home_hosts() = ViewOf(home, actor);
    }
    return response;
  });
}

void Bind(Chain& chain, MatchingService& service) {
  ServiceBinding(chain, "amikeco.matching.v1.MatchingService")
      .Method("ImportHosts", service, &MatchingService::ImportHosts)
      .Method("RegisterHost", service, &MatchingService::RegisterHost)
      .Method("GetHost", service, &MatchingService::GetHost)
      .Method("GetHostCalendar", service, &MatchingService::GetHostCalendar)
      .Method("SearchHosts", service, &MatchingService::SearchHosts)
      .Method("OptIn", service, &MatchingService::OptIn)
      .Method("OptOut", service, &MatchingService::OptOut)
      .Method("UpdateOffer", service, &MatchingService::UpdateOffer)
      .Method("ListInvitations", service, &MatchingService::ListInvitations)
      .Method("AnswerInvitation", service, &MatchingService::AnswerInvitation)
      .Method("ApproveCommandStep", service, &MatchingService::ApproveCommandStep)
      .Method("AnswerPlacement", service, &MatchingService::AnswerPlacement)
      .Method("GetPlacement", service, &MatchingService::GetPlacement)
      .Method("ListPlacements", service, &MatchingService::ListPlacements)
      .Method("AddLeg", service, &MatchingService::AddLeg)
      .Method("ConfirmLeg", service, &MatchingService::ConfirmLeg)
      .Method("RemoveLeg", service, &MatchingService::RemoveLeg)
      .Method("SetActivities", service, &MatchingService::SetActivities)
      .Method("OfferHomeStay", service, &MatchingService::OfferHomeStay)
      .Method("WithdrawHomeStay", service, &MatchingService::WithdrawHomeStay)
      .Method("RespondToHomeStay", service, &MatchingService::RespondToHomeStay)
      .Method("GetHomeHost", service, &MatchingService::GetHomeHost)
      .Method("ListHomeHosts", service, &MatchingService::ListHomeHosts)
      .Method("ExplainHost", service, &MatchingService::ExplainHost)
      .Method("ListRanking", service, &MatchingService::ListRanking);
}

}  // namespace amikeco::matching
