#include "services/applicant/hosting_offer.h"

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/applicant/disclosure.h"
#include "services/applicant/errors.h"

namespace amikeco::applicant {
namespace {

absl::Status CheckOffer(const v1::OfferToHostRequest& command) {
  FieldErrors wrong;
  if (ToDay(command.last_day()) < ToDay(command.first_day())) {
    wrong.Add("last_day", "must not lie before first_day");
  }
  const bool home = command.kind() == v1::OFFER_KIND_HOME_HOST;
  if (home && command.home_host().empty()) wrong.Add("home_host", "is missing: who offers the home");
  if (!home && !command.home_host().empty()) wrong.Add("home_host", "must be empty when an agency is offered");
  return wrong.ToStatus();
}

bool OffersItsOwn(const Actor& actor, const v1::OfferToHostRequest& command) {
  if (command.kind() == v1::OFFER_KIND_HOME_HOST) return actor.subject == command.home_host();
  return actor.Has(options::v1::ROLE_HOST_CONTACT) && actor.organisation == command.host();
}

}  // namespace

HostingOfferFacts Decide(const v1::HostingOffer& offer, const v1::OfferToHostRequest& command,
                         const OfferCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckOffer(command));
  if (!OffersItsOwn(c.actor, command)) {
    const std::string& offered = command.home_host().empty() ? command.host() : command.home_host();
    return Error(errors::kNotYourHost, absl::StrCat(c.actor.subject, " cannot offer ", offered, "."),
                 {{"subject", c.actor.subject}, {"offered", offered}});
  }
  if (!offer.name().empty()) return errors::Exists(errors::kHostingOfferExists, offer.name());
  v1::HostingOfferFact fact;
  v1::HostingOfferReceived& received = *fact.mutable_received();
  received.set_name(c.name);
  received.set_programme(command.programme());
  received.set_kind(command.kind());
  received.set_host(command.host());
  received.set_home_host(command.home_host());
  *received.mutable_first_day() = command.first_day();
  *received.mutable_last_day() = command.last_day();
  received.set_capacity(command.capacity());
  *received.mutable_topics() = command.topics();
  received.add_parties(command.home_host().empty() ? command.host() : command.home_host());
  received.add_parties(c.programme.operator_organisation());
  *received.mutable_at() = ToTimestamp(c.now);
  if (const auto disclosure = DefaultDisclosure(c.programme, SubjectsOf(Evolve(v1::HostingOffer(), fact)), c.now)) {
    *received.mutable_disclosure() = *disclosure;
  }
  return std::vector{fact};
}

HostingOfferFacts Decide(const v1::HostingOffer& offer, const v1::DecideHostingOfferRequest& command,
                         const OfferCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(errors::CheckOperator(c.actor, c.programme));
  const v1::HostingOffer::State wanted =
      command.accept() ? v1::HostingOffer::STATE_ACCEPTED : v1::HostingOffer::STATE_DECLINED;
  if (offer.state() == wanted) return std::vector<v1::HostingOfferFact>{};
  if (offer.state() != v1::HostingOffer::STATE_RECEIVED) {
    return Error(errors::kOfferIsDecided, absl::StrCat(offer.name(), " was decided by ", offer.decided_by(), "."),
                 {{"name", offer.name()}, {"decided_by", offer.decided_by()}});
  }
  v1::HostingOfferFact fact;
  if (!command.accept()) {
    fact.mutable_declined()->set_by(c.actor.subject);
    fact.mutable_declined()->set_reason(command.reason());
    return std::vector{fact};
  }
  v1::HostingOfferAccepted& accepted = *fact.mutable_accepted();
  accepted.set_kind(offer.kind());
  accepted.set_host(offer.host());
  accepted.set_home_host(offer.home_host());
  *accepted.mutable_first_day() = offer.first_day();
  *accepted.mutable_last_day() = offer.last_day();
  accepted.set_capacity(offer.capacity());
  *accepted.mutable_topics() = offer.topics();
  accepted.set_by(c.actor.subject);
  return std::vector{fact};
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {

HostingOffer Evolve(HostingOffer offer, const HostingOfferFact& fact) {
  switch (fact.fact_case()) {
    case HostingOfferFact::kReceived: {
      const HostingOfferReceived& received = fact.received();
      offer.set_name(received.name());
      offer.set_programme(received.programme());
      offer.set_kind(received.kind());
      offer.set_state(HostingOffer::STATE_RECEIVED);
      offer.set_host(received.host());
      offer.set_home_host(received.home_host());
      *offer.mutable_first_day() = received.first_day();
      *offer.mutable_last_day() = received.last_day();
      offer.set_capacity(received.capacity());
      *offer.mutable_topics() = received.topics();
      *offer.mutable_parties() = received.parties();
      *offer.mutable_receive_time() = received.at();
      if (received.has_disclosure()) *offer.mutable_disclosure() = received.disclosure();
      break;
    }
    case HostingOfferFact::kAccepted:
      offer.set_state(HostingOffer::STATE_ACCEPTED);
      offer.set_decided_by(fact.accepted().by());
      break;
    case HostingOfferFact::kDeclined:
      offer.set_state(HostingOffer::STATE_DECLINED);
      offer.set_decided_by(fact.declined().by());
      offer.set_reason(fact.declined().reason());
      break;
    case HostingOfferFact::kDisclosureSet:
      *offer.mutable_disclosure() = fact.disclosure_set().disclosure();
      break;
    case HostingOfferFact::FACT_NOT_SET:
      break;
  }
  return offer;
}

}  // namespace amikeco::applicant::v1
