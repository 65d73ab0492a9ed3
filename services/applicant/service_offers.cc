// The methods about offers to host.
#include <utility>

#include "common/events/execute.h"
#include "services/applicant/doors.h"
#include "services/applicant/errors.h"
#include "services/applicant/hosting_offer.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {

using v1::HostingOffer;

absl::StatusOr<HostingOffer> ApplicantService::OfferToHost(Call& call, const v1::OfferToHostRequest& request) {
  return Execute<HostingOffer>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<HostingOffer> {
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, in_.programmes.Find(request.programme()));
    AMIKECO_ASSIGN_OR_RETURN(auto offer,
                             HostingOffers().Find(tx, NameFor("hostingOffers", request.hosting_offer_id())));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto facts,
        Decide(offer.value, request, OfferCircumstance{call.time, call.actor, *programme, offer.name}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, HostingOffers(), OriginOf("applicant", call), facts, offer));
    return Answer(offer);
  });
}

absl::StatusOr<HostingOffer> ApplicantService::DecideHostingOffer(Call& call,
                                                                  const v1::DecideHostingOfferRequest& request) {
  return Execute<HostingOffer>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<HostingOffer> {
    AMIKECO_ASSIGN_OR_RETURN(auto offer, ForChange(tx, HostingOffers(), request, call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, in_.programmes.Find(offer.value.programme()));
    AMIKECO_ASSIGN_OR_RETURN(
        const auto facts,
        Decide(offer.value, request, OfferCircumstance{call.time, call.actor, *programme, offer.name}));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, HostingOffers(), OriginOf("applicant", call), facts, offer));
    return Answer(offer);
  });
}

absl::StatusOr<HostingOffer> ApplicantService::GetHostingOffer(Call& call, const v1::GetHostingOfferRequest& request) {
  return Query<HostingOffer>(in_.store, [&](Reader& reader) -> absl::StatusOr<HostingOffer> {
    AMIKECO_ASSIGN_OR_RETURN(const auto offer, Visible(reader, HostingOffers(), request.name(), call.actor));
    return Answer(offer);
  });
}

absl::StatusOr<v1::ListHostingOffersResponse> ApplicantService::ListHostingOffers(
    Call& call, const v1::ListHostingOffersRequest& request) {
  PageRequest page_request{kByName, "", request.page_size(), request.page_token()};
  const bool any_state = request.state() == HostingOffer::STATE_UNSPECIFIED;
  if (const std::string party = PartyOf(call.actor); !party.empty()) {
    page_request.key = any_state ? kByParty : kByPartyAndState;
    page_request.prefix = any_state ? KeyOf(party) : KeyOf(party, static_cast<int>(request.state()));
  }
  return Query<v1::ListHostingOffersResponse>(
      in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListHostingOffersResponse> {
        AMIKECO_ASSIGN_OR_RETURN(const auto page, HostingOffers().List(reader, page_request));
        v1::ListHostingOffersResponse response;
        for (const auto& offer : page.items) {
          if (!any_state && offer.value.state() != request.state()) continue;
          if (call.actor.MaySee(offer.value.parties())) *response.add_hosting_offers() = Answer(offer);
        }
        response.set_next_page_token(page.next_page_token);
        return response;
      });
}

}  // namespace amikeco::applicant
