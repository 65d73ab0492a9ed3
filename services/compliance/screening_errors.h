// Why the compliance service refuses what is about watch-lists and screenings: a part of its error catalogue.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_ERRORS_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_ERRORS_H_

#include "services/compliance/errors.h"

namespace amikeco::compliance::errors {

inline constexpr ErrorName kChunkOutOfOrder{
    absl::StatusCode::kFailedPrecondition, kDomain, "CHUNK_OUT_OF_ORDER",
    "Send the file's chunks one after the other, from 1; the metadata says which one is next."};
inline constexpr ErrorName kUploadUsed{absl::StatusCode::kFailedPrecondition, kDomain, "UPLOAD_USED",
                                       "Upload the files anew under another id: a version has this upload."};
inline constexpr ErrorName kListShrunken{
    absl::StatusCode::kFailedPrecondition, kDomain, "LIST_SHRUNKEN",
    "Look whether the file was fetched whole. If the publisher did take so many off, import it with accept_shrinkage."};
inline constexpr ErrorName kOtherFormat{
    absl::StatusCode::kFailedPrecondition, kDomain, "OTHER_FORMAT",
    "Import it under another id: what a list is called stays the same list of the same publisher."};
inline constexpr ErrorName kVersionNotKept{absl::StatusCode::kFailedPrecondition, kDomain, "VERSION_NOT_KEPT",
                                           "Choose one of the list's versions, which GetWatchList shows."};
inline constexpr ErrorName kNoWatchList{absl::StatusCode::kFailedPrecondition, kDomain, "NO_WATCH_LIST",
                                        "Import a watch-list first: against none, nobody would be clear."};
inline constexpr ErrorName kScreeningEnded{
    absl::StatusCode::kFailedPrecondition, kDomain, "SCREENING_ENDED",
    "Have the person screened anew with ScreenPerson: what was decided before is still known then."};
inline constexpr ErrorName kNoSuchHit{absl::StatusCode::kFailedPrecondition, kDomain, "NO_SUCH_HIT",
                                      "Read the screening and name the number of one of its hits."};
inline constexpr ErrorName kHitNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "HIT_NOT_POSSIBLE_IN_STATE",
    "The metadata's possible_decisions are what the hit's state allows; OPEN takes a decision back."};

inline constexpr const ErrorName* kScreeningCatalogue[] = {
    &kChunkOutOfOrder, &kUploadUsed,     &kListShrunken, &kOtherFormat,           &kVersionNotKept,
    &kNoWatchList,     &kScreeningEnded, &kNoSuchHit,    &kHitNotPossibleInState,
};

inline absl::Status ChunkOutOfOrder(absl::string_view upload, int number, int next) {
  const std::string got = absl::StrCat(number), wanted = absl::StrCat(next);
  return Error(kChunkOutOfOrder, absl::StrCat("Chunk ", got, " of ", upload, " came where ", wanted, " is next."),
               {{"upload", upload}, {"number", got}, {"next", wanted}});
}
inline absl::Status UploadUsed(absl::string_view upload) {
  return Error(kUploadUsed, absl::StrCat(upload, " was imported already."), {{"upload", upload}});
}
inline absl::Status ListShrunken(absl::string_view list, int entries, int before) {
  const std::string now = absl::StrCat(entries), then = absl::StrCat(before);
  return Error(kListShrunken, absl::StrCat("The file has ", now, " entries; ", list, " has had ", then, "."),
               {{"name", list}, {"entries", now}, {"entries_before", then}});
}
inline absl::Status OtherFormat(absl::string_view list, absl::string_view format) {
  return Error(kOtherFormat, absl::StrCat(list, " is ", format, "."), {{"name", list}, {"format", format}});
}
inline absl::Status VersionNotKept(absl::string_view list, int version) {
  const std::string number = absl::StrCat(version);
  return Error(kVersionNotKept, absl::StrCat(list, " keeps no version ", number, "."),
               {{"name", list}, {"version", number}});
}
inline absl::Status NoWatchList() { return Error(kNoWatchList, "There is no watch-list to screen against."); }
inline absl::Status ScreeningOver(absl::string_view name) {
  return Error(kScreeningEnded, absl::StrCat(name, " has ended."), {{"name", name}});
}
inline absl::Status NoSuchHit(absl::string_view name, int hit) {
  const std::string number = absl::StrCat(hit);
  return Error(kNoSuchHit, absl::StrCat(name, " has no hit ", number, "."), {{"name", name}, {"hit", number}});
}
inline absl::Status HitNotPossible(absl::string_view name, int hit, absl::string_view state,
                                   absl::string_view possible) {
  const std::string number = absl::StrCat(hit);
  return Error(kHitNotPossibleInState, absl::StrCat("Hit ", number, " of ", name, " is ", state, "."),
               {{"name", name}, {"hit", number}, {"state", state}, {"possible_decisions", possible}});
}

}  // namespace amikeco::compliance::errors

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_ERRORS_H_
