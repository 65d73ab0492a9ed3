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
inline Actor Endorser(const Officer& officer) {
  return As("people/secretary", officer.section, options::v1::ROLE_ENDORSER);
}
inline Actor Self(const Officer& officer) { return As(officer.member, officer.section, options::v1::ROLE_OFFICER); }
inline Actor HostContact(const std::string& host) {
  return As("people/exchange-desk", host, options::v1::ROLE_HOST_CONTACT);
}
inline Actor Command(const std::string& host) { return As("people/command", host, options::v1::ROLE_COMMAND_APPROVER); }

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_ACTORS_H_
