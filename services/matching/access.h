// What methods of this service have in common: whose records a caller lists, and etags.
#ifndef AMIKECO_SERVICES_MATCHING_ACCESS_H_
#define AMIKECO_SERVICES_MATCHING_ACCESS_H_

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/actor.h"
#include "common/base/status.h"
#include "common/store/table.h"
#include "services/matching/ranking.h"

namespace amikeco::matching {

// The party that the actor's records name; see Actor::MaySee.
inline std::string PartyOf(const Actor& actor) {
  const bool personal = std::all_of(actor.roles.begin(), actor.roles.end(), [](Role role) {
    return role == options::v1::ROLE_OFFICER || role == options::v1::ROLE_HOME_HOST;
  });
  return personal ? actor.subject : actor.organisation;
}

// A host's etag is that of its entry and its offer: a seat that is booked meanwhile does not stand against a change of
// what the host offers (A4-06).
inline std::string EtagFor(const Versioned<v1::Host>& host) {
  v1::Host described = host.value;
  described.clear_bookings();
  described.clear_changed();
  return absl::StrFormat("\"%016x\"", StableHash(described.SerializeAsString()));
}
template <typename T>
std::string EtagFor(const Versioned<T>& record) {
  return EtagOf(record.version);
}

template <typename T>
absl::Status CheckEtag(const Versioned<T>& record, absl::string_view etag) {
  const std::string current = EtagFor(record);
  if (etag.empty() || etag == current) return absl::OkStatus();
  return Error(::amikeco::errors::kEtagMismatch, absl::StrCat(record.name, " was changed in the meantime."),
               {{"name", record.name}, {"etag", current}});
}

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_ACCESS_H_
