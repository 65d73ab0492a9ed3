// What all methods do at the door: find what the caller may see, compare etags, answer with one.
#ifndef AMIKECO_SERVICES_APPLICANT_DOORS_H_
#define AMIKECO_SERVICES_APPLICANT_DOORS_H_

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/base/actor.h"
#include "common/base/status.h"
#include "common/store/table.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {

// The record when the actor may see it; NOT_FOUND otherwise, as if it were not there.
template <typename T>
absl::StatusOr<Versioned<T>> Visible(Reader& reader, const Table<T>& table, absl::string_view name,
                                     const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, table.Get(reader, name));
  if (!actor.MaySee(found.value.parties())) return NotFound(name);
  return found;
}

// ABORTED unless the command is about this version, or any.
template <typename T>
absl::Status CheckEtag(const Versioned<T>& record, absl::string_view etag) {
  if (etag.empty() || etag == EtagOf(record.version)) return absl::OkStatus();
  return Error(amikeco::errors::kEtagMismatch, absl::StrCat(record.name, " was changed in the meantime."),
               {{"name", record.name}, {"etag", EtagOf(record.version)}});
}

// The record for a command: visible, and in the version that the command is about.
template <typename T, typename Request>
absl::StatusOr<Versioned<T>> ForChange(Reader& reader, const Table<T>& table, const Request& request,
                                       const Actor& actor) {
  AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(reader, table, request.name(), actor));
  AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
  return found;
}

template <typename T>
T Answer(const Versioned<T>& record) {
  T answer = record.value;
  answer.set_etag(EtagOf(record.version));
  return answer;
}

// What belongs to an application is disclosed as that is at the time of the answer.
template <typename T>
T DisclosedAs(const v1::Application& application, T answer) {
  if (application.has_disclosure()) *answer.mutable_disclosure() = application.disclosure();
  return answer;
}

// "placements/A-1" → "applications/A-1": what belongs to one application has its id.
inline std::string ApplicationOf(absl::string_view name) {
  return absl::StrCat("applications/", name.substr(name.find('/') + 1));
}

// The party by which the actor finds records: see Actor::MaySee. "" for the system, which finds all.
inline std::string PartyOf(const Actor& actor) {
  if (actor.Has(options::v1::ROLE_SERVICE)) return "";
  const std::string& subject = actor.subject;
  return actor.MaySee(std::vector<std::string>{subject}) ? subject : actor.organisation;
}

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_DOORS_H_
