// Everything that the compliance service refuses, besides what every service can (common/base/status.h).
#ifndef AMIKECO_SERVICES_COMPLIANCE_ERRORS_H_
#define AMIKECO_SERVICES_COMPLIANCE_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"

namespace amikeco::compliance::errors {

inline constexpr char kDomain[] = "compliance.amikeco";

inline constexpr ErrorName kClearanceClosed{absl::StatusCode::kFailedPrecondition, kDomain, "CLEARANCE_CLOSED",
                                            "The stay is over or will not be; nothing more can be recorded for it."};
inline constexpr ErrorName kItemNotAsked{
    absl::StatusCode::kFailedPrecondition, kDomain, "ITEM_NOT_ASKED",
    "Read the clearance and name one of its items; while dates are being changed it asks for none."};
inline constexpr ErrorName kItemAmbiguous{absl::StatusCode::kFailedPrecondition, kDomain, "ITEM_AMBIGUOUS",
                                          "The clearance asks for several items of this sort; name one in `item`."};
inline constexpr ErrorName kNoSuchRecord{absl::StatusCode::kFailedPrecondition, kDomain, "NO_SUCH_RECORD",
                                         "Read the clearance and name a record of the item that still counts."};
inline constexpr ErrorName kTooManyRecords{absl::StatusCode::kFailedPrecondition, kDomain, "TOO_MANY_RECORDS",
                                           "The clearance is full; tell the operator how it came to this."};
inline constexpr ErrorName kNotTheOfficer{absl::StatusCode::kPermissionDenied, kDomain, "NOT_THE_OFFICER",
                                          "Only the person whom the item asks can answer it, under the own identity."};
inline constexpr ErrorName kOwnCheck{absl::StatusCode::kFailedPrecondition, kDomain, "OWN_CHECK",
                                     "Nobody adjudicates the own clearance; another compliance officer must."};
inline constexpr ErrorName kAlreadyRevoked{absl::StatusCode::kFailedPrecondition, kDomain, "ALREADY_REVOKED",
                                           "Nothing is left to do: the clearance is revoked."};
inline constexpr ErrorName kNotRevoked{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_REVOKED",
                                       "Only a revoked clearance can be reinstated."};
inline constexpr ErrorName kSecondPersonNeeded{
    absl::StatusCode::kFailedPrecondition, kDomain, "SECOND_PERSON_NEEDED",
    "Another person than the one who revoked the clearance must reinstate it."};
inline constexpr ErrorName kWaiverNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "WAIVER_NOT_POSSIBLE_IN_STATE",
    "The metadata's possible_commands are what the state allows; GetWaiver shows the waiver."};
inline constexpr ErrorName kNoOpenWaiver{
    absl::StatusCode::kFailedPrecondition, kDomain, "NO_OPEN_WAIVER",
    "ListWaivers shows the clearance's waivers; one that is voided is issued anew while the clearance asks for it."};
inline constexpr ErrorName kWaiverTemplateChanged{
    absl::StatusCode::kFailedPrecondition, kDomain, "WAIVER_TEMPLATE_CHANGED",
    "Put the text back that people signed; give another text the next version, and the old one grandfathered_until."};

// All of them, for the error catalogue.
inline constexpr const ErrorName* kCatalogue[] = {
    &kClearanceClosed,
    &kItemNotAsked,
    &kItemAmbiguous,
    &kNoSuchRecord,
    &kTooManyRecords,
    &kNotTheOfficer,
    &kOwnCheck,
    &kAlreadyRevoked,
    &kNotRevoked,
    &kSecondPersonNeeded,
    &kWaiverNotPossibleInState,
    &kNoOpenWaiver,
    &kWaiverTemplateChanged,
};

inline absl::Status ClearanceClosed(absl::string_view name) {
  return Error(kClearanceClosed, absl::StrCat(name, " is closed."), {{"name", name}});
}
inline absl::Status ItemNotAsked(absl::string_view name, absl::string_view item) {
  return Error(kItemNotAsked,
               item.empty() ? absl::StrCat(name, " asks for nothing of this sort.")
                            : absl::StrCat(name, " asks for no such item: ", item, "."),
               {{"name", name}, {"item", item}});
}
inline absl::Status ItemAmbiguous(absl::string_view name) {
  return Error(kItemAmbiguous, absl::StrCat(name, " asks for several items of this sort."), {{"name", name}});
}
inline absl::Status NoSuchRecord(absl::string_view item, int record) {
  const std::string number = absl::StrCat(record);
  return Error(kNoSuchRecord,
               record == 0 ? absl::StrCat(item, " has no record that counts.")
                           : absl::StrCat(item, " has no record ", number, " that counts."),
               {{"item", item}, {"record", number}});
}
inline absl::Status TooManyRecords(absl::string_view name, int limit) {
  const std::string number = absl::StrCat(limit);
  return Error(kTooManyRecords, absl::StrCat(name, " holds ", number, " records, the most there can be."),
               {{"name", name}, {"limit", number}});
}
inline absl::Status NotTheOfficer(absl::string_view name) {
  return Error(kNotTheOfficer, absl::StrCat("The item of ", name, " is another person's to answer."), {{"name", name}});
}
inline absl::Status OwnCheck(absl::string_view name) {
  return Error(kOwnCheck, absl::StrCat(name, " is the caller's own."), {{"name", name}});
}
inline absl::Status AlreadyRevoked(absl::string_view name) {
  return Error(kAlreadyRevoked, absl::StrCat(name, " is revoked already."), {{"name", name}});
}
inline absl::Status NotRevoked(absl::string_view name) {
  return Error(kNotRevoked, absl::StrCat(name, " is not revoked."), {{"name", name}});
}
inline absl::Status SecondPersonNeeded(absl::string_view by) {
  return Error(kSecondPersonNeeded, absl::StrCat(by, " revoked the clearance and cannot reinstate it."), {{"by", by}});
}
inline absl::Status NoOpenWaiver(absl::string_view clearance, absl::string_view item) {
  return Error(kNoOpenWaiver, absl::StrCat("No waiver of ", clearance, " is open for ", item, "."),
               {{"name", clearance}, {"item", item}});
}
inline absl::Status WaiverTemplateChanged(absl::string_view id) {
  return Error(kWaiverTemplateChanged, absl::StrCat("The waiver template ", id, " said something else before."),
               {{"template", id}});
}
inline absl::Status WaiverTemplateMissing(absl::string_view id) {
  return Error(kWaiverTemplateChanged,
               absl::StrCat("The waiver template ", id, " has no file any more and never ended."), {{"template", id}});
}

}  // namespace amikeco::compliance::errors

#endif  // AMIKECO_SERVICES_COMPLIANCE_ERRORS_H_
