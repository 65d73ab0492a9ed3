// Who acts in the demo, and for whom.
#ifndef AMIKECO_DEMO_ACTORS_H_
#define AMIKECO_DEMO_ACTORS_H_

#include <string>

#include "common/base/actor.h"
#include "demo/cast.h"

namespace amikeco::demo {

inline Actor As(const std::string& subject, const std::string& organisation, options::v1::Role role) {
  return {subject, organisation, {role}};
}
// Who enters the applicant's persons and stands for them.
inline Actor Endorser(const Applicant& applicant) {
  return As("people/secretary", applicant.home, options::v1::ROLE_ENDORSER);
}
inline Actor Person(const Applicant& applicant, const std::string& person) {
  return As(person, applicant.home, options::v1::ROLE_OFFICER);
}
// Whose application it is; for an organisation somebody who acts for it.
inline Actor Self(const Applicant& applicant) {
  return applicant.is_organisation() ? As("people/liaison", applicant.home, options::v1::ROLE_REQUESTER)
                                     : Person(applicant, applicant.member);
}
inline Actor Coordinator(const std::string& operator_organisation) {
  return As("people/coordinator", operator_organisation, options::v1::ROLE_COORDINATOR);
}
inline Actor Coordinator(const Applicant& applicant) {
  return Coordinator(applicant.programme->operator_organisation());
}
inline Actor ComplianceOfficer(const Applicant& applicant, const std::string& subject = "people/compliance") {
  return As(subject, applicant.programme->operator_organisation(), options::v1::ROLE_COMPLIANCE_OFFICER);
}
inline Actor HostContact(const std::string& host) {
  return As("people/exchange-desk", host, options::v1::ROLE_HOST_CONTACT);
}
inline Actor Command(const std::string& host) { return As("people/command", host, options::v1::ROLE_COMMAND_APPROVER); }

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_ACTORS_H_
