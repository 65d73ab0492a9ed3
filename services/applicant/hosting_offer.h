// Offers to host (A0-31): what follows from commands about them. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_HOSTING_OFFER_H_
#define AMIKECO_SERVICES_APPLICANT_HOSTING_OFFER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

struct OfferCircumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;
  std::string name;  // of the record
};

using HostingOfferFacts = absl::StatusOr<std::vector<v1::HostingOfferFact>>;

// An agency is offered by one of its own contacts, a home by the member who lives there.
HostingOfferFacts Decide(const v1::HostingOffer& offer, const v1::OfferToHostRequest& command,
                         const OfferCircumstance& c);
// Deciding again the same way changes nothing; the other way is refused.
HostingOfferFacts Decide(const v1::HostingOffer& offer, const v1::DecideHostingOfferRequest& command,
                         const OfferCircumstance& c);

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
HostingOffer Evolve(HostingOffer offer, const HostingOfferFact& fact);
}  // namespace amikeco::applicant::v1

#endif  // AMIKECO_SERVICES_APPLICANT_HOSTING_OFFER_H_
