// Disclosure: who may be told what a record says, as the programme has it and as a coordinator decides (A3-13). Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_DISCLOSURE_H_
#define AMIKECO_SERVICES_APPLICANT_DISCLOSURE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

struct DisclosureCircumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;
};

// The disclosure of a new record that is about `subjects`; nothing when the programme has no default. Its insiders are
// the subjects, empty ones left out, and the operator.
std::optional<options::v1::Disclosure> DefaultDisclosure(const programme::v1::Programme& programme,
                                                         const std::vector<std::string>& subjects, absl::Time now);

// Whom a record is about.
std::vector<std::string> SubjectsOf(const v1::Application& application);
std::vector<std::string> SubjectsOf(const v1::HostingOffer& offer);

absl::StatusOr<std::vector<v1::ApplicationFact>> Decide(const v1::Application& application,
                                                        const v1::SetDisclosureRequest& command,
                                                        const DisclosureCircumstance& c);
absl::StatusOr<std::vector<v1::HostingOfferFact>> Decide(const v1::HostingOffer& offer,
                                                         const v1::SetDisclosureRequest& command,
                                                         const DisclosureCircumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_DISCLOSURE_H_
