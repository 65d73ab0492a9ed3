// The errors of the matching service, by name.
#ifndef AMIKECO_SERVICES_MATCHING_ERRORS_H_
#define AMIKECO_SERVICES_MATCHING_ERRORS_H_

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace amikeco::matching::errors {

inline constexpr char kDomain[] = "matching.amikeco";
inline constexpr auto kNow = absl::StatusCode::kFailedPrecondition;

inline constexpr ErrorName kAlreadyParticipating{kNow, kDomain, "HOST_ALREADY_PARTICIPATES",
                                                 "Change the offer with UpdateOffer."};
inline constexpr ErrorName kNotParticipating{kNow, kDomain, "HOST_NOT_PARTICIPATING",
                                             "The host must opt in first; choose another host meanwhile."};
inline constexpr ErrorName kNoFreeSeat{kNow, kDomain, "NO_FREE_SEAT",
                                       "Choose other days or another host, or ask the host to raise its capacity."};
inline constexpr ErrorName kNoSuchBooking{kNow, kDomain, "NO_SUCH_BOOKING",
                                          "The seat is no longer kept; read the placement again."};
inline constexpr ErrorName kForeignHost{absl::StatusCode::kPermissionDenied, kDomain, "FOREIGN_HOST",
                                        "Act for your own agency; a coordinator or registrar may act for any."};
inline constexpr ErrorName kForeignPlacement{absl::StatusCode::kPermissionDenied, kDomain, "FOREIGN_PLACEMENT",
                                             "Only those whom the metadata names may do this on this placement."};
inline constexpr ErrorName kWrongStage{kNow, kDomain, "WRONG_PLACEMENT_STAGE",
                                       "Read the placement: its stage does not allow this (any more)."};
inline constexpr ErrorName kInvitationOver{kNow, kDomain, "INVITATION_OVER",
                                           "The invitation has ended; nothing is asked of the host."};
inline constexpr ErrorName kWrongCommandStep{kNow, kDomain, "WRONG_COMMAND_STEP",
                                             "Let the step named in the metadata answer next."};
inline constexpr ErrorName kStayBegun{kNow, kDomain, "STAY_HAS_BEGUN", "The itinerary is fixed from the first day on."};
inline constexpr ErrorName kLegOutsideStay{kNow, kDomain, "LEG_OUTSIDE_STAY",
                                           "Choose days of the agreed stay, named in the metadata."};
inline constexpr ErrorName kLegOverlaps{kNow, kDomain, "LEG_OVERLAPS",
                                        "Choose days on which no other further leg is, or remove that leg first."};
inline constexpr ErrorName kNoSuchLeg{absl::StatusCode::kNotFound, kDomain, "NO_SUCH_LEG",
                                      "Read the placement for its legs' ids."};
inline constexpr ErrorName kLeadLeg{kNow, kDomain, "LEAD_LEG",
                                    "The lead host's leg cannot be removed; withdraw or change the application."};
inline constexpr ErrorName kLegConfirmed{kNow, kDomain, "LEG_ALREADY_CONFIRMED", "Nothing to do."};
inline constexpr ErrorName kActivityOutsideLeg{kNow, kDomain, "ACTIVITY_OUTSIDE_LEG",
                                               "Name a leg of the placement and one of its days."};
inline constexpr ErrorName kHomeHostNotAsked{kNow, kDomain, "HOME_HOST_NOT_ASKED",
                                             "This home-host is not being asked now."};
inline constexpr ErrorName kHomeStayWithdrawn{kNow, kDomain, "HOME_STAY_WITHDRAWN",
                                              "The offer was taken back; make a new one."};
inline constexpr ErrorName kHomeHostExists{absl::StatusCode::kAlreadyExists, kDomain, "HOME_HOST_EXISTS",
                                           "Choose another home_host_id, or none for a fresh one."};
inline constexpr ErrorName kStaleTerms{kNow, kDomain, "STALE_MATCHING_TERMS",
                                       "Nothing to do: the placement is at a later round or has ended."};
inline constexpr ErrorName kHeaderLacksColumn{
    absl::StatusCode::kInvalidArgument, kDomain, "CSV_HEADER_LACKS_COLUMN",
    "Send the file's first row as header; the columns in the metadata must be in it."};
inline constexpr ErrorName kChunkTooLarge{absl::StatusCode::kInvalidArgument, kDomain, "CSV_CHUNK_TOO_LARGE",
                                          "Send at most 2,000 rows and 1 MiB at a time."};

// All of them, for the error catalogue.
inline constexpr ErrorName kAll[] = {
    kAlreadyParticipating, kNotParticipating, kNoFreeSeat,        kNoSuchBooking,    kForeignHost,
    kForeignPlacement,     kWrongStage,       kInvitationOver,    kWrongCommandStep, kStayBegun,
    kLegOutsideStay,       kLegOverlaps,      kNoSuchLeg,         kLeadLeg,          kLegConfirmed,
    kActivityOutsideLeg,   kHomeHostNotAsked, kHomeStayWithdrawn, kHomeHostExists,   kStaleTerms,
    kHeaderLacksColumn,    kChunkTooLarge};

inline absl::Status AlreadyParticipating(absl::string_view host) {
  return Error(kAlreadyParticipating, absl::StrCat(host, " already takes part."), {{"host", host}});
}
inline absl::Status NotParticipating(absl::string_view host) {
  return Error(kNotParticipating, absl::StrCat(host, " does not take part."), {{"host", host}});
}
inline absl::Status NoFreeSeat(absl::string_view host, absl::string_view start, absl::string_view end) {
  return Error(kNoFreeSeat, absl::StrCat(host, " has no free seat on every day from ", start, " to ", end, "."),
               {{"host", host}, {"start", start}, {"end", end}});
}
inline absl::Status NoSuchBooking(absl::string_view host, absl::string_view placement) {
  return Error(kNoSuchBooking, absl::StrCat(host, " keeps no such seat for ", placement, "."),
               {{"host", host}, {"placement", placement}});
}
inline absl::Status ForeignHost(absl::string_view host) {
  return Error(kForeignHost, absl::StrCat("You may not act for ", host, "."), {{"host", host}});
}
inline absl::Status ForeignPlacement(absl::string_view placement, absl::string_view who) {
  return Error(kForeignPlacement, absl::StrCat("Only ", who, " may do this on ", placement, "."),
               {{"placement", placement}, {"who", who}});
}
inline absl::Status WrongStage(absl::string_view placement, absl::string_view stage) {
  return Error(kWrongStage, absl::StrCat(placement, " is at the stage ", stage, "."),
               {{"placement", placement}, {"stage", stage}});
}
inline absl::Status InvitationOver(absl::string_view placement, absl::string_view host) {
  return Error(kInvitationOver, absl::StrCat(placement, " no longer asks ", host, "."),
               {{"placement", placement}, {"host", host}});
}
inline absl::Status WrongCommandStep(absl::string_view step, absl::string_view next) {
  return Error(kWrongCommandStep, absl::StrCat("Step ", step, " cannot answer now; it is the turn of ", next, "."),
               {{"step", step}, {"next", next}});
}
inline absl::Status StayBegun(absl::string_view placement, absl::string_view start) {
  return Error(kStayBegun, absl::StrCat("The stay of ", placement, " began on ", start, "."),
               {{"placement", placement}, {"start", start}});
}
inline absl::Status LegOutsideStay(absl::string_view start, absl::string_view end) {
  return Error(kLegOutsideStay, absl::StrCat("A leg must lie within the stay, from ", start, " to ", end, "."),
               {{"start", start}, {"end", end}});
}
inline absl::Status LegOverlaps(absl::string_view leg) {
  return Error(kLegOverlaps, absl::StrCat("Leg ", leg, " is on some of these days."), {{"leg", leg}});
}
inline absl::Status NoSuchLeg(absl::string_view placement, absl::string_view leg) {
  return Error(kNoSuchLeg, absl::StrCat(placement, " has no leg ", leg, "."), {{"placement", placement}, {"leg", leg}});
}
inline absl::Status LeadLeg(absl::string_view leg) {
  return Error(kLeadLeg, absl::StrCat("Leg ", leg, " is the lead host's."), {{"leg", leg}});
}
inline absl::Status LegConfirmed(absl::string_view leg) {
  return Error(kLegConfirmed, absl::StrCat("Leg ", leg, " is confirmed."), {{"leg", leg}});
}
inline absl::Status ActivityOutsideLeg(absl::string_view leg, absl::string_view day) {
  return Error(kActivityOutsideLeg, absl::StrCat("The placement has no leg ", leg, " on ", day, "."),
               {{"leg", leg}, {"day", day}});
}
inline absl::Status HomeHostNotAsked(absl::string_view placement) {
  return Error(kHomeHostNotAsked, absl::StrCat(placement, " does not ask this home-host now."),
               {{"placement", placement}});
}
inline absl::Status HomeStayWithdrawn(absl::string_view home_host) {
  return Error(kHomeStayWithdrawn, absl::StrCat(home_host, " was withdrawn."), {{"home_host", home_host}});
}
inline absl::Status HomeHostExists(absl::string_view home_host) {
  return Error(kHomeHostExists, absl::StrCat(home_host, " is there already."), {{"home_host", home_host}});
}
inline absl::Status StaleTerms(absl::string_view placement) {
  return Error(kStaleTerms, absl::StrCat("The terms are older than those of ", placement, ", or it has ended."),
               {{"placement", placement}});
}
inline absl::Status HeaderLacksColumn(absl::string_view columns) {
  return InField(
      Error(kHeaderLacksColumn, absl::StrCat("The header lacks the column(s) ", columns, "; nothing was imported."),
            {{"columns", columns}}),
      "header");
}
inline absl::Status ChunkTooLarge(absl::string_view size) {
  return InField(
      Error(kChunkTooLarge, absl::StrCat("The chunk has ", size, "; nothing was imported."), {{"size", size}}),
      "csv_chunk");
}

}  // namespace amikeco::matching::errors

#endif  // AMIKECO_SERVICES_MATCHING_ERRORS_H_
