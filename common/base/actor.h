// Who acts: the identified caller of a method, or the system itself.
#ifndef AMIKECO_COMMON_BASE_ACTOR_H_
#define AMIKECO_COMMON_BASE_ACTOR_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "amikeco/options/v1/options.pb.h"

namespace amikeco {

using Role = options::v1::Role;

struct Actor {
  std::string subject;       // "members/M-17", "people/jdoe", "system/applicant"
  std::string organisation;  // "sections/DE", "hosts/CA0194200", "organisations/ipa-us"; "" for the system
  std::vector<Role> roles;

  bool Has(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

  // True when a record whose `parties` are these is this actor's to see. A record names as parties the organisations
  // and persons it concerns. An actor with nothing but personal roles (officer, home-host) sees what names the person;
  // everybody else sees what names the organisation; the system and fellow services see everything.
  template <typename Parties>
  bool MaySee(const Parties& parties) const {
    if (Has(options::v1::ROLE_SERVICE)) return true;
    const bool personal = std::all_of(roles.begin(), roles.end(), [](Role role) {
      return role == options::v1::ROLE_OFFICER || role == options::v1::ROLE_HOME_HOST;
    });
    const std::string& key = personal ? subject : organisation;
    return !key.empty() && std::find(parties.begin(), parties.end(), key) != parties.end();
  }
};

// The actor for the clock's and the facts' doors of `service`.
inline Actor SystemActor(absl::string_view service) {
  return {absl::StrCat("system/", service), "", {options::v1::ROLE_SERVICE}};
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_ACTOR_H_
