// Why the compliance service refuses what is about vetting cases, background checks and visas: the second part of its
// error catalogue.
#ifndef AMIKECO_SERVICES_COMPLIANCE_CASE_ERRORS_H_
#define AMIKECO_SERVICES_COMPLIANCE_CASE_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/compliance/errors.h"

namespace amikeco::compliance::errors {

inline constexpr ErrorName kCaseExists{absl::StatusCode::kAlreadyExists, kDomain, "CASE_EXISTS",
                                       "Choose another id, or leave it empty for a fresh one."};
inline constexpr ErrorName kCaseRunning{
    absl::StatusCode::kFailedPrecondition, kDomain, "CASE_RUNNING",
    "Go on with the case in the metadata: there is one at a time for the same person, or the same unit."};
inline constexpr ErrorName kCaseNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "CASE_NOT_POSSIBLE_IN_STATE",
    "The metadata's possible_commands are what the state allows; read the case again."};
inline constexpr ErrorName kKeptAsCase{
    absl::StatusCode::kFailedPrecondition, kDomain, "KEPT_AS_CASE",
    "Call the method in the metadata instead: the item follows cases of its own, and is not recorded by hand."};
inline constexpr ErrorName kNotKeptAsCase{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOT_KEPT_AS_CASE",
    "Record it in the clearance, with RecordReview or RecordBackgroundCheck: the programme has no rules for cases."};
inline constexpr ErrorName kNotOfTheStay{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_OF_THE_STAY",
                                         "Name one of the persons of the clearance."};
inline constexpr ErrorName kPackageIncomplete{
    absl::StatusCode::kFailedPrecondition, kDomain, "PACKAGE_INCOMPLETE",
    "Get the parts in the metadata and say so with RecordVettingPackage; then submit the case."};
inline constexpr ErrorName kUnitNotCleared{
    absl::StatusCode::kFailedPrecondition, kDomain, "UNIT_NOT_CLEARED",
    "Record the outcome of the unit's case first: a person is cleared only if the unit is."};
inline constexpr ErrorName kUnitBarred{absl::StatusCode::kFailedPrecondition, kDomain, "UNIT_BARRED",
                                       "Nothing can go on for the unit's members until RemediateVettingCase says that "
                                       "effective steps were taken."};
inline constexpr ErrorName kKindNotAccepted{absl::StatusCode::kFailedPrecondition, kDomain, "KIND_NOT_ACCEPTED",
                                            "Choose one of the kinds in the metadata, which the programme accepts."};
inline constexpr ErrorName kNoticeStillRuns{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOTICE_STILL_RUNS",
    "The person has until the time in the metadata to object; it cannot be final before."};
inline constexpr ErrorName kOtherAdjudicatorNeeded{
    absl::StatusCode::kFailedPrecondition, kDomain, "OTHER_ADJUDICATOR_NEEDED",
    "Another compliance officer than the one who requested the check must say what comes of it."};
inline constexpr ErrorName kMadeByProvider{
    absl::StatusCode::kFailedPrecondition, kDomain, "MADE_BY_PROVIDER",
    "The provider of the kind says how the check goes on; CHECK_REPORT_PENDING alone has it asked again."};
inline constexpr ErrorName kReviewerNeeded{absl::StatusCode::kPermissionDenied, kDomain, "REVIEWER_NEEDED",
                                           "A compliance officer who is not of the stay records this."};

inline constexpr const ErrorName* kCaseCatalogue[] = {
    &kCaseExists,
    &kCaseRunning,
    &kCaseNotPossibleInState,
    &kKeptAsCase,
    &kNotKeptAsCase,
    &kNotOfTheStay,
    &kUnitNotCleared,
    &kUnitBarred,
    &kKindNotAccepted,
    &kNoticeStillRuns,
    &kPackageIncomplete,
    &kMadeByProvider,
    &kOtherAdjudicatorNeeded,
    &kReviewerNeeded,
};

inline absl::Status CaseExists(absl::string_view name) {
  return Error(kCaseExists, absl::StrCat(name, " exists already."), {{"name", name}});
}
inline absl::Status CaseRunning(absl::string_view running) {
  return Error(kCaseRunning, absl::StrCat(running, " is about the same and goes on."), {{"name", running}});
}
inline absl::Status CaseNotPossible(absl::string_view name, absl::string_view state, absl::string_view command,
                                    const std::vector<std::string>& possible) {
  return Error(
      kCaseNotPossibleInState, absl::StrCat(command, " is not possible while ", name, " is ", state, "."),
      {{"name", name}, {"state", state}, {"command", command}, {"possible_commands", absl::StrJoin(possible, ",")}});
}
inline absl::Status KeptAsCase(absl::string_view clearance, absl::string_view item, absl::string_view method) {
  return Error(kKeptAsCase, absl::StrCat(item, " of ", clearance, " follows cases of its own."),
               {{"name", clearance}, {"item", item}, {"method", method}});
}
inline absl::Status NotKeptAsCase(absl::string_view where, absl::string_view what) {
  return Error(kNotKeptAsCase, absl::StrCat(where, " has no ", what, " that is kept as cases."), {{"name", where}});
}
inline absl::Status NotOfTheStay(absl::string_view person, absl::string_view clearance) {
  return Error(kNotOfTheStay,
               absl::StrCat(person.empty() ? "Nobody" : person, " is not of the stay of ", clearance, "."),
               {{"person", person}, {"name", clearance}});
}
inline absl::Status UnitBarred(absl::string_view unit_case) {
  return Error(kUnitBarred, absl::StrCat("The unit of ", unit_case, " does not take part."), {{"name", unit_case}});
}

}  // namespace amikeco::compliance::errors

#endif  // AMIKECO_SERVICES_COMPLIANCE_CASE_ERRORS_H_
