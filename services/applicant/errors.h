// Why the applicant service refuses: its error catalogue, and the functions that make the errors.
#ifndef AMIKECO_SERVICES_APPLICANT_ERRORS_H_
#define AMIKECO_SERVICES_APPLICANT_ERRORS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"
#include "common/base/status.h"

namespace amikeco::applicant::errors {

inline constexpr char kDomain[] = "applicant.amikeco";

inline constexpr ErrorName kMemberExists{absl::StatusCode::kAlreadyExists, kDomain, "MEMBER_EXISTS",
                                         "Choose another member_id, or leave it empty for a fresh one."};
inline constexpr ErrorName kApplicationExists{absl::StatusCode::kAlreadyExists, kDomain, "APPLICATION_EXISTS",
                                              "Choose another application_id, or leave it empty for a fresh one."};
inline constexpr ErrorName kHostingOfferExists{absl::StatusCode::kAlreadyExists, kDomain, "HOSTING_OFFER_EXISTS",
                                               "Choose another hosting_offer_id, or leave it empty for a fresh one."};
inline constexpr ErrorName kNotYourSection{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOUR_SECTION",
                                           "Register members of your own section or region."};
inline constexpr ErrorName kNotYourRequest{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOUR_REQUEST",
                                           "Request assistance for your own organisation, or ask the operator to."};
inline constexpr ErrorName kSectionExists{absl::StatusCode::kAlreadyExists, kDomain, "SECTION_EXISTS",
                                          "A country has one section; change it with UpdateSection."};
inline constexpr ErrorName kRegionExists{absl::StatusCode::kAlreadyExists, kDomain, "REGION_EXISTS",
                                         "Choose another region_id, or change the region with UpdateRegion."};
inline constexpr ErrorName kNotTheOffice{absl::StatusCode::kPermissionDenied, kDomain, "NOT_THE_OFFICE",
                                         "Ask a registrar of the association's office; a section's own registrar "
                                         "changes all of its terms but the state."};
inline constexpr ErrorName kNotYourRegion{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOUR_REGION",
                                          "Ask a registrar or endorser of the region's section."};
inline constexpr ErrorName kNotYourself{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOURSELF",
                                        "Only the member decides this: call with the member's own name."};
inline constexpr ErrorName kNoInterests{absl::StatusCode::kFailedPrecondition, kDomain, "NO_INTERESTS",
                                        "Write interests into the profile first, with RecordProfile."};
inline constexpr ErrorName kNotFindable{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_FINDABLE",
                                        "Call SetFindable first: who would find others can be found, too."};
inline constexpr ErrorName kNobodyShares{absl::StatusCode::kFailedPrecondition, kDomain, "NOBODY_SHARES_INTEREST",
                                         "Try another interest, leave the section out, or ask again some day."};
inline constexpr ErrorName kNotAsked{absl::StatusCode::kPermissionDenied, kDomain, "NOT_ASKED",
                                     "Wait for the other one's answer, or take yours back with EndIntroduction."};
inline constexpr ErrorName kIntroductionIsDecided{absl::StatusCode::kFailedPrecondition, kDomain,
                                                  "INTRODUCTION_IS_DECIDED", "An introduction is answered once."};
inline constexpr ErrorName kMemberIsErased{absl::StatusCode::kFailedPrecondition, kDomain, "MEMBER_IS_ERASED",
                                           "The person's data is gone for good; register the person anew if need be."};
inline constexpr ErrorName kSecondPersonNeeded{absl::StatusCode::kFailedPrecondition, kDomain, "SECOND_PERSON_NEEDED",
                                               "Ask somebody else who may do it: nobody decides on their own case."};
inline constexpr ErrorName kActiveApplicationExists{absl::StatusCode::kFailedPrecondition, kDomain,
                                                    "ACTIVE_APPLICATION_EXISTS",
                                                    "Go on with the application that is open, or withdraw it first."};
inline constexpr ErrorName kNotPossibleInState{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOT_POSSIBLE_IN_STATE",
    "Call ExplainApplication: it lists the commands that the state allows. docs/lifecycle.md has them all."};
inline constexpr ErrorName kWishesNotEligible{
    absl::StatusCode::kFailedPrecondition, kDomain, "WISHES_NOT_ELIGIBLE",
    "Change what the reasons name, or have a coordinator override the rules that can be; nothing was changed."};
inline constexpr ErrorName kRuleNotOverridable{absl::StatusCode::kFailedPrecondition, kDomain, "RULE_NOT_OVERRIDABLE",
                                               "The programme allows no exception from this rule."};
inline constexpr ErrorName kTaskCompletesItself{absl::StatusCode::kFailedPrecondition, kDomain, "TASK_COMPLETES_ITSELF",
                                                "Nothing to say: the task is done when the thing itself happens."};
inline constexpr ErrorName kNotTaskOwner{absl::StatusCode::kPermissionDenied, kDomain, "NOT_TASK_OWNER",
                                         "The task's owner, or the programme's coordinator, says that it is done."};
inline constexpr ErrorName kNotTheDay{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_THE_DAY",
                                      "Start the stay between its first and its last day."};
inline constexpr ErrorName kNotCleared{absl::StatusCode::kFailedPrecondition, kDomain, "NOT_CLEARED",
                                       "Complete the open items with the compliance service, then start the stay."};
inline constexpr ErrorName kStartGateUnavailable{
    absl::StatusCode::kUnavailable, kDomain, "START_GATE_UNAVAILABLE",
    "The clearance could not be read, so the stay did not start; try again."};
inline constexpr ErrorName kNotYourHost{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOUR_HOST",
                                        "Offer your own agency, or your own home, with your own name."};
inline constexpr ErrorName kNotYourProgramme{absl::StatusCode::kPermissionDenied, kDomain, "NOT_YOUR_PROGRAMME",
                                             "Ask the coordinator of the organisation that operates the programme."};
inline constexpr ErrorName kOfferIsDecided{absl::StatusCode::kFailedPrecondition, kDomain, "OFFER_IS_DECIDED",
                                           "An offer is decided once; make a new one."};
inline constexpr ErrorName kStepNotOwed{absl::StatusCode::kFailedPrecondition, kDomain, "STEP_NOT_OWED",
                                        "Nothing to do: the programme does not ask for it, or it is done already. "
                                        "ExplainApplication lists what is owed."};
inline constexpr ErrorName kStayIncomplete{
    absl::StatusCode::kFailedPrecondition, kDomain, "STAY_INCOMPLETE",
    "Complete what open_steps names: phases and modules are recorded, the change proposal is submitted."};
inline constexpr ErrorName kPhaseNotCurrent{absl::StatusCode::kFailedPrecondition, kDomain, "PHASE_NOT_CURRENT",
                                            "Complete the phases in their order: first the current one."};
inline constexpr ErrorName kProposalIncomplete{absl::StatusCode::kFailedPrecondition, kDomain, "PROPOSAL_INCOMPLETE",
                                               "Call WriteProposal with what is missing, then submit."};
inline constexpr ErrorName kProposalIsSubmitted{absl::StatusCode::kFailedPrecondition, kDomain, "PROPOSAL_IS_SUBMITTED",
                                                "Wait for the review: only a proposal that was returned is revised."};
inline constexpr ErrorName kProposalNotSubmitted{absl::StatusCode::kFailedPrecondition, kDomain,
                                                 "PROPOSAL_NOT_SUBMITTED", "Submit the change proposal first."};
inline constexpr ErrorName kMentorNotPossible{
    absl::StatusCode::kFailedPrecondition, kDomain, "MENTOR_NOT_POSSIBLE",
    "Mend what the reasons name, or apply without mentors_for; nothing was changed."};
inline constexpr ErrorName kNotTheMember{absl::StatusCode::kPermissionDenied, kDomain, "NOT_THE_MEMBER",
                                         "Have the member allow it: nobody else can."};
inline constexpr ErrorName kIntakeExists{absl::StatusCode::kAlreadyExists, kDomain, "INTAKE_EXISTS",
                                         "Choose another intake_id, or leave it empty for a fresh one."};
inline constexpr ErrorName kYearlyQuotaExceeded{
    absl::StatusCode::kFailedPrecondition, kDomain, "YEARLY_QUOTA_EXCEEDED",
    "Ask for fewer places, take another year's, or cancel an intake of this year that is not needed."};
inline constexpr ErrorName kIntakeTakesNoEntries{
    absl::StatusCode::kFailedPrecondition, kDomain, "INTAKE_TAKES_NO_ENTRIES",
    "Enter an intake that is open, of this programme and for this section; ListIntakes has them."};
inline constexpr ErrorName kNotPossibleForIntake{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOT_POSSIBLE_FOR_INTAKE",
    "Read the intake: it is scheduled, open, closed and then decided; or it was cancelled."};
inline constexpr ErrorName kNotOnJury{absl::StatusCode::kPermissionDenied, kDomain, "NOT_ON_JURY",
                                      "The programme names the organisations whose people with ROLE_JURY judge."};
inline constexpr ErrorName kJurorOfOwnSection{absl::StatusCode::kFailedPrecondition, kDomain, "JUROR_OF_OWN_SECTION",
                                              "Leave the entry to jurors of other sections."};
inline constexpr ErrorName kNotInSelection{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOT_IN_SELECTION",
    "Score entries of this intake that are admitted; GetRanking lists them with their stages."};
inline constexpr ErrorName kIntakeNotReady{
    absl::StatusCode::kFailedPrecondition, kDomain, "INTAKE_NOT_READY",
    "Have the entries that are named scored by more jurors, then decide; nothing was changed."};
inline constexpr ErrorName kActivityExists{absl::StatusCode::kAlreadyExists, kDomain, "ACTIVITY_EXISTS",
                                           "The id has other content already; choose another activity_id. What was "
                                           "recorded is not changed."};
inline constexpr ErrorName kNothingToPublish{
    absl::StatusCode::kFailedPrecondition, kDomain, "NOTHING_TO_PUBLISH",
    "Wait until enough countries were assisted, in years that are over, for figures that tell of none of them."};

// Everything above, for the catalogue in the docs.
inline constexpr const ErrorName* kCatalogue[] = {
    &kMemberExists,
    &kApplicationExists,
    &kHostingOfferExists,
    &kNotYourSection,
    &kMemberIsErased,
    &kSecondPersonNeeded,
    &kActiveApplicationExists,
    &kNotPossibleInState,
    &kWishesNotEligible,
    &kRuleNotOverridable,
    &kTaskCompletesItself,
    &kNotTaskOwner,
    &kNotTheDay,
    &kNotCleared,
    &kStartGateUnavailable,
    &kNotYourHost,
    &kNotYourProgramme,
    &kOfferIsDecided,
    &kStepNotOwed,
    &kStayIncomplete,
    &kPhaseNotCurrent,
    &kProposalIncomplete,
    &kProposalIsSubmitted,
    &kProposalNotSubmitted,
    &kMentorNotPossible,
    &kNotTheMember,
    &kNotYourRequest,
    &kIntakeExists,
    &kYearlyQuotaExceeded,
    &kIntakeTakesNoEntries,
    &kNotPossibleForIntake,
    &kNotOnJury,
    &kJurorOfOwnSection,
    &kNotInSelection,
    &kIntakeNotReady,
    &kSectionExists,
    &kRegionExists,
    &kNotTheOffice,
    &kNotYourRegion,
    &kNotYourself,
    &kNoInterests,
    &kNotFindable,
    &kNobodyShares,
    &kNotAsked,
    &kIntroductionIsDecided,
    &kActivityExists,
    &kNothingToPublish,
};

// "STATE_IN_MATCHING" → "in matching", for people.
inline std::string WordsOf(absl::string_view state) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(absl::StripPrefix(state, "STATE_"), {{"_", " "}}));
}
inline std::string Words(v1::Application::State state) { return WordsOf(v1::Application::State_Name(state)); }

inline absl::Status Exists(const ErrorName& name, absl::string_view record) {
  return Error(name, absl::StrCat(record, " exists already."), {{"name", record}});
}

inline absl::Status NotPossibleInState(const v1::Application& application, absl::string_view command) {
  return Error(
      kNotPossibleInState,
      absl::StrCat(command, " is not possible while ", application.name(), " is ", Words(application.state()), "."),
      {{"name", application.name()},
       {"state", v1::Application::State_Name(application.state())},
       {"command", command}});
}

inline absl::Status ActiveApplicationExists(absl::string_view member, absl::string_view application) {
  return Error(kActiveApplicationExists, absl::StrCat(member, " has an open application: ", application, "."),
               {{"member", member}, {"application", application}});
}

inline absl::Status MemberIsErased(absl::string_view member) {
  return Error(kMemberIsErased, absl::StrCat("The personal data of ", member, " was erased."), {{"member", member}});
}

inline absl::Status NotYourself(absl::string_view subject, absl::string_view member) {
  return Error(kNotYourself, absl::StrCat(subject, " cannot decide this for ", member, "."),
               {{"subject", subject}, {"name", member}});
}

inline absl::Status SecondPersonNeeded(absl::string_view subject, absl::string_view of) {
  return Error(kSecondPersonNeeded, absl::StrCat(subject, " cannot decide this about ", of, "; a second person must."),
               {{"subject", subject}, {"name", of}});
}

// With every rule that does not hold: reason codes in the metadata, explanations in the sentence.
inline absl::Status WishesNotEligible(absl::string_view application, const std::vector<v1::RuleResult>& results) {
  std::vector<std::string> reasons, sentences;
  for (const v1::RuleResult& result : results) {
    if (result.holds() || result.overridden()) continue;
    reasons.push_back(result.reason());
    sentences.push_back(absl::StrCat(result.explanation(), " ", result.remedy()));
  }
  return Error(
      kWishesNotEligible,
      absl::StrCat("With these wishes ", application, " would not be eligible. ", absl::StrJoin(sentences, " ")),
      {{"name", application}, {"reasons", absl::StrJoin(reasons, ",")}});
}

// What the operator alone decides. A section may have coordinators, too, and is a party to its members' applications.
inline absl::Status CheckOperator(const Actor& actor, const programme::v1::Programme& programme) {
  const std::string& its_operator = programme.operator_organisation();
  if (actor.Has(options::v1::ROLE_COORDINATOR) && actor.organisation == its_operator) return absl::OkStatus();
  return Error(kNotYourProgramme,
               absl::StrCat("Only a coordinator of ", its_operator, " decides this for ", programme.name(), "."),
               {{"programme", programme.name()}, {"operator", its_operator}});
}

// Whoever owes a task may say that it is done, and the operator's coordinator.
inline absl::Status CheckOwner(const Actor& actor, const programme::v1::Programme& programme, absl::string_view task,
                               options::v1::Role owner) {
  if (owner != options::v1::ROLE_COORDINATOR && actor.Has(owner)) return absl::OkStatus();
  if (CheckOperator(actor, programme).ok()) return absl::OkStatus();
  return Error(kNotTaskOwner, absl::StrCat("The task ", task, " is owed by ", options::v1::Role_Name(owner), "."),
               {{"task", task}, {"owner", options::v1::Role_Name(owner)}});
}

inline absl::Status StepNotOwed(const v1::Application& application, absl::string_view command) {
  return Error(kStepNotOwed, absl::StrCat(command, " is not owed for ", application.name(), "."),
               {{"name", application.name()}, {"command", command}, {"programme", application.programme()}});
}

inline absl::Status StayIncomplete(absl::string_view application, const std::vector<std::string>& open_steps) {
  const std::string open = absl::StrJoin(open_steps, ",");
  return Error(
      kStayIncomplete,
      absl::StrCat("The stay of ", application, " is not complete; open: ", absl::StrJoin(open_steps, ", "), "."),
      {{"name", application}, {"open_steps", open}});
}

inline absl::Status NothingToPublish(absl::string_view programme) {
  return Error(kNothingToPublish,
               absl::StrCat("A report of ", programme, " would say nothing that the one before does not say."),
               {{"programme", programme}});
}

// Without items nobody could be asked what is open.
inline absl::Status NotCleared(absl::string_view application, const std::vector<std::string>& open_items) {
  return Error(kNotCleared,
               open_items.empty()
                   ? absl::StrCat(application, " is not cleared.")
                   : absl::StrCat(application, " is not cleared; open: ", absl::StrJoin(open_items, ", "), "."),
               {{"name", application}, {"open_items", absl::StrJoin(open_items, ",")}});
}

}  // namespace amikeco::applicant::errors

#endif  // AMIKECO_SERVICES_APPLICANT_ERRORS_H_
