// What the compliance service refuses about engagement notifications and human-rights assessments: the second part of
// its error catalogue.
#ifndef AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_ERRORS_H_
#define AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/compliance/errors.h"

namespace amikeco::compliance::errors {

inline constexpr ErrorName kFollowsDocument{absl::StatusCode::kFailedPrecondition, kDomain, "FOLLOWS_DOCUMENT",
                                            "The item follows a document: SubmitNotification and ReviewNotification, "
                                            "or the methods of the assessment, change it."};
inline constexpr ErrorName kDocumentNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "DOCUMENT_NOT_POSSIBLE_IN_STATE",
    "The metadata's possible_commands are what the state of the assessment or notification allows."};
inline constexpr ErrorName kOwnDocument{absl::StatusCode::kFailedPrecondition, kDomain, "OWN_DOCUMENT",
                                        "Somebody who neither wrote nor submitted it must do this."};
inline constexpr ErrorName kApproverLevelTooLow{
    absl::StatusCode::kPermissionDenied, kDomain, "APPROVER_LEVEL_TOO_LOW",
    "Have it approved by somebody on the rung in the metadata, or above; GetAssessmentPolicy shows the ladder."};
inline constexpr ErrorName kContentChanged{absl::StatusCode::kAborted, kDomain, "CONTENT_CHANGED",
                                           "Read the assessment again and approve what it says now."};
inline constexpr ErrorName kNotApprovable{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOT_APPROVABLE",
    "It says not to proceed. Write it anew without what forbids the activity, or decline with DecideAssessment."};
inline constexpr ErrorName kCountryNotAssessed{
    absl::StatusCode::kFailedPrecondition, kDomain, "COUNTRY_NOT_ASSESSED",
    "Record the assessments of these countries, or record them anew, with RecordCountryAssessment."};
inline constexpr ErrorName kNotAnAssessingOrganisation{
    absl::StatusCode::kPermissionDenied, kDomain, "NOT_AN_ASSESSING_ORGANISATION",
    "Only the organisations that the assessment policy names assess countries."};
inline constexpr ErrorName kNotTheOperator{absl::StatusCode::kPermissionDenied, kDomain, "NOT_THE_OPERATOR",
                                           "The final decision is of the organisation that operates the programme."};
inline constexpr ErrorName kNoAssessmentPolicy{
    absl::StatusCode::kFailedPrecondition, kDomain, "NO_ASSESSMENT_POLICY",
    "The operator has to name a policy in the service's config: assessment_policy_file."};
inline constexpr ErrorName kPolicyVersionPassed{
    absl::StatusCode::kFailedPrecondition, kDomain, "POLICY_VERSION_PASSED",
    "The policy has another version now: submit the assessment again, so that it is judged by it."};
inline constexpr ErrorName kPolicyChanged{absl::StatusCode::kFailedPrecondition, kDomain, "POLICY_CHANGED",
                                          "Count the version in the policy's file up. Seen when the service starts."};
inline constexpr ErrorName kNoOpenMitigation{absl::StatusCode::kFailedPrecondition, kDomain, "NO_OPEN_MITIGATION",
                                             "Read the assessment: its open_mitigations have the numbers."};

inline constexpr const ErrorName* kDocumentCatalogue[] = {
    &kFollowsDocument,
    &kDocumentNotPossibleInState,
    &kOwnDocument,
    &kApproverLevelTooLow,
    &kContentChanged,
    &kNotApprovable,
    &kCountryNotAssessed,
    &kNotTheOperator,
    &kNoAssessmentPolicy,
    &kPolicyVersionPassed,
    &kPolicyChanged,
    &kNoOpenMitigation,
    &kNotAnAssessingOrganisation,
};

inline absl::Status FollowsDocument(absl::string_view item) {
  return Error(kFollowsDocument, absl::StrCat(item, " follows a document and is not recorded by itself."),
               {{"item", item}});
}
inline absl::Status DocumentNotPossibleInState(absl::string_view command, absl::string_view name,
                                               absl::string_view state, const std::vector<std::string>& possible) {
  return Error(
      kDocumentNotPossibleInState, absl::StrCat(command, " is not possible while ", name, " is ", state, "."),
      {{"command", command}, {"name", name}, {"state", state}, {"possible_commands", absl::StrJoin(possible, ",")}});
}
inline absl::Status OwnDocument(absl::string_view name, absl::string_view person) {
  return Error(kOwnDocument, absl::StrCat(person, " wrote or submitted ", name, "."),
               {{"name", name}, {"person", person}});
}
inline absl::Status ApproverLevelTooLow(absl::string_view name, absl::string_view needed) {
  return Error(kApproverLevelTooLow, absl::StrCat(name, " needs the approval of ", needed, " or above."),
               {{"name", name}, {"approver_level", needed}});
}
inline absl::Status ContentChanged(absl::string_view name, absl::string_view hash) {
  return Error(kContentChanged, absl::StrCat(name, " says something else than what was read; its hash is ", hash, "."),
               {{"name", name}, {"content_hash", hash}});
}
inline absl::Status NotApprovable(absl::string_view name) {
  return Error(kNotApprovable, absl::StrCat(name, " says not to proceed."), {{"name", name}});
}
inline absl::Status CountryNotAssessed(const std::vector<std::string>& countries) {
  const std::string list = absl::StrJoin(countries, ", ");
  return Error(kCountryNotAssessed,
               absl::StrCat("Not assessed, or too long ago, or by another version of the policy: ", list, "."),
               {{"countries", list}});
}
inline absl::Status NotAnAssessingOrganisation(absl::string_view organisation) {
  return Error(kNotAnAssessingOrganisation, absl::StrCat("The policy does not name ", organisation, "."),
               {{"organisation", organisation}});
}
inline absl::Status NotTheOperator(absl::string_view organisation, absl::string_view operator_organisation) {
  return Error(kNotTheOperator, absl::StrCat(operator_organisation, " decides, not ", organisation, "."),
               {{"organisation", organisation}, {"operator", operator_organisation}});
}
inline absl::Status NoAssessmentPolicy() {
  return Error(kNoAssessmentPolicy, "This installation has no policy for human-rights assessments.");
}
inline absl::Status PolicyVersionPassed(absl::string_view name, int version) {
  const std::string number = absl::StrCat(version);
  return Error(kPolicyVersionPassed, absl::StrCat(name, " was judged by version ", number, " of the policy."),
               {{"name", name}, {"policy_version", number}});
}
inline absl::Status NoOpenMitigation(absl::string_view name, int number) {
  const std::string text = absl::StrCat(number);
  return Error(kNoOpenMitigation, absl::StrCat(name, " has no open mitigation ", text, "."),
               {{"name", name}, {"number", text}});
}

}  // namespace amikeco::compliance::errors

#endif  // AMIKECO_SERVICES_COMPLIANCE_DOCUMENT_ERRORS_H_
