// Hosts, and how a place is found.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

absl::Status Player::Host(const Command& c) {
  matching::v1::RegisterHostRequest request;
  request.set_host_id(c.word(0));
  auto& agency = *request.mutable_agency();
  agency.set_title(c.get("title", c.word(0)));
  agency.set_agency_type("City");
  agency.set_country(c.get("country", "US"));
  agency.set_region(c.get("region", "CA"));
  AMIKECO_RETURN_IF_ERROR(Send<matching::v1::Host>(Coordinator(), absl::StrCat(kMatching, "RegisterHost"), request));
  if (c.words.size() < 2) return absl::OkStatus();
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(1)));
  matching::v1::OptInRequest opt_in;
  opt_in.set_name("hosts/" + c.word(0));
  auto& offer = *opt_in.mutable_offer();
  auto& window = *offer.add_windows();
  *window.mutable_first_day() = days.first;
  *window.mutable_last_day() = days.last;
  int capacity = 1;
  if (!absl::SimpleAtoi(c.get("capacity", "1"), &capacity)) return absl::InvalidArgumentError("capacity");
  window.set_capacity(capacity);
  for (const auto& topic : c.list("topics", "street-patrol")) offer.add_topics(topic);
  for (const auto& language : c.list("languages", "en")) offer.add_languages(language);
  for (const auto& step : c.list("steps", "Chief")) offer.add_command_steps(step);
  for (const auto& lodging : c.list("lodging", "hotel")) {
    programme::v1::Lodging value;
    AMIKECO_RETURN_IF_ERROR(ParseEnum(programme::v1::Lodging_Parse, "LODGING", lodging, value));
    offer.add_lodging(value);
  }
  return Send<matching::v1::Host>(Contact(opt_in.name()), absl::StrCat(kMatching, "OptIn"), opt_in);
}

absl::Status Player::AnswerInvitation(const Command& c, matching::v1::Answer answer) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string host, HostOf(c));
  matching::v1::AnswerInvitationRequest request;
  request.set_name(Of("placements", c));
  request.set_answer(answer);
  request.set_reason(c.get("reason"));
  return Send<matching::v1::Placement>(Contact(host), absl::StrCat(kMatching, "AnswerInvitation"), request);
}

absl::Status Player::Willing(const Command& c) { return AnswerInvitation(c, matching::v1::ANSWER_ACCEPT); }

absl::Status Player::Decline(const Command& c) { return AnswerInvitation(c, matching::v1::ANSWER_DECLINE); }

absl::Status Player::AnswerStep(const Command& c, matching::v1::Answer answer) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string host, HostOf(c));
  matching::v1::ApproveCommandStepRequest request;
  request.set_name(Of("placements", c));
  request.set_step(c.get("step", "Chief"));
  request.set_answer(answer);
  return Send<matching::v1::Placement>(Approver(host), absl::StrCat(kMatching, "ApproveCommandStep"), request);
}

absl::Status Player::Approve(const Command& c) { return AnswerStep(c, matching::v1::ANSWER_ACCEPT); }

absl::Status Player::Refuse(const Command& c) { return AnswerStep(c, matching::v1::ANSWER_DECLINE); }

absl::Status Player::AnswerPlacement(const Command& c, matching::v1::Answer answer) {
  matching::v1::AnswerPlacementRequest request;
  request.set_name(Of("placements", c));
  request.set_answer(answer);
  const bool person = absl::StartsWith(applicants_[c.word(0)], "members/");
  return Send<matching::v1::Placement>(person ? OfficerOf(c) : CoordinatorOf(c),
                                       absl::StrCat(kMatching, "AnswerPlacement"), request);
}

absl::Status Player::Accept(const Command& c) { return AnswerPlacement(c, matching::v1::ANSWER_ACCEPT); }

absl::Status Player::Reject(const Command& c) { return AnswerPlacement(c, matching::v1::ANSWER_DECLINE); }

absl::Status Player::AddLeg(const Command& c) {
  matching::v1::AddLegRequest request;
  request.set_name(Of("placements", c));
  request.set_host("hosts/" + c.word(1));
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
  *request.mutable_start() = days.first;
  *request.mutable_end() = days.last;
  return Send<matching::v1::Placement>(CoordinatorOf(c), absl::StrCat(kMatching, "AddLeg"), request);
}

absl::Status Player::ConfirmLeg(const Command& c) {
  matching::v1::ConfirmLegRequest request;
  request.set_name(Of("placements", c));
  request.set_leg(c.word(1));
  AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
  for (const auto& leg : placement.legs()) {
    if (leg.id() != c.word(1)) continue;
    return Send<matching::v1::Placement>(Contact(leg.host()), absl::StrCat(kMatching, "ConfirmLeg"), request);
  }
  return absl::InvalidArgumentError("there is no such leg");
}

absl::Status Player::RemoveLeg(const Command& c) {
  matching::v1::RemoveLegRequest request;
  request.set_name(Of("placements", c));
  request.set_leg(c.word(1));
  return Send<matching::v1::Placement>(CoordinatorOf(c), absl::StrCat(kMatching, "RemoveLeg"), request);
}

absl::Status Player::Home(const Command& c) {
  matching::v1::OfferHomeStayRequest request;
  request.set_home_host_id(c.word(0));
  request.set_host("hosts/" + c.word(2));
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(3)));
  *request.mutable_first_day() = days.first;
  *request.mutable_last_day() = days.last;
  return Send<matching::v1::HomeHost>(HomeHost("members/" + c.word(1)), absl::StrCat(kMatching, "OfferHomeStay"),
                                      request);
}

absl::Status Player::AnswerHome(const Command& c, matching::v1::Answer answer) {
  AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
  matching::v1::RespondToHomeStayRequest request;
  request.set_name(Of("placements", c));
  request.set_answer(answer);
  return Send<matching::v1::Placement>(HomeHost(placement.home_stay().member()),
                                       absl::StrCat(kMatching, "RespondToHomeStay"), request);
}

absl::Status Player::HomeYes(const Command& c) { return AnswerHome(c, matching::v1::ANSWER_ACCEPT); }

absl::Status Player::HomeNo(const Command& c) { return AnswerHome(c, matching::v1::ANSWER_DECLINE); }

}  // namespace amikeco::journeys
