// What all methods do at the door: find what the caller may see, compare etags.
#ifndef AMIKECO_SERVICES_COMPLIANCE_DOORS_H_
#define AMIKECO_SERVICES_COMPLIANCE_DOORS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/actor.h"
#include "common/base/status.h"
#include "common/store/table.h"

namespace amikeco::compliance {

// What `actor` is answered.
v1::Clearance View(const Versioned<v1::Clearance>& stored, const Actor& actor, absl::Time now);

// The record when the actor may see it; NOT_FOUND otherwise, as if it were not there.
template <typename T>
absl::StatusOr<Versioned<T>> Visible(Reader& reader, const Table<T>& table, absl::string_view name,
                                     const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, table.Get(reader, name));
  if (!actor.MaySee(found.value.parties())) return NotFound(name);
  return found;
}

// Whose list is meant: the party that was asked for, or the caller's own; "" when it is not the caller's to see.
std::string PartyOf(const std::string& asked, const Actor& actor);

// ABORTED unless the command is about this version, or any.
template <typename T>
absl::Status CheckEtag(const Versioned<T>& found, absl::string_view etag) {
  if (etag.empty() || etag == EtagOf(found.version)) return absl::OkStatus();
  return Error(amikeco::errors::kEtagMismatch, absl::StrCat(found.name, " was changed in the meantime."),
               {{"name", found.name}, {"etag", EtagOf(found.version)}});
}

// The record as it is stored, without what is kept sealed beside it: answers of commands are kept for retries.
template <typename T>
T Bare(const Versioned<T>& found) {
  T answer = found.value;
  answer.set_etag(EtagOf(found.version));
  return answer;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_DOORS_H_
