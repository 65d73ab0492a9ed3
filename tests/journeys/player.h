// Player: gives the commands of one story to a house of all four services, as the persons who would give them.
//
// What the commands are is in story.h. Those about one part of the house stand together in a file: applications,
// intakes (with awards and claims), placements, clearances, stays.
#ifndef AMIKECO_TESTS_JOURNEYS_PLAYER_H_
#define AMIKECO_TESTS_JOURNEYS_PLAYER_H_

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "tests/journeys/chronicle.h"
#include "tests/journeys/documents.h"
#include "tests/journeys/story.h"
#include "tests/support/house.h"

namespace amikeco::journeys {

using namespace options::v1;  // NOLINT(google-build-using-namespace): the roles

inline constexpr char kApplicant[] = "amikeco.applicant.v1.ApplicantService/";
inline constexpr char kMatching[] = "amikeco.matching.v1.MatchingService/";
inline constexpr char kCompliance[] = "amikeco.compliance.v1.ComplianceService/";
inline constexpr char kOperator[] = "organisations/ipa-us";

struct Span {
  google::type::Date first, last;
};

// One line of a story: words without "=", and the rest.
struct Command {
  std::string verb;
  std::vector<std::string> words;
  std::map<std::string, std::string> named;

  std::string word(size_t index) const { return index < words.size() ? words[index] : ""; }
  std::string get(const std::string& name, const std::string& otherwise = "") const {
    const auto found = named.find(name);
    return found == named.end() ? otherwise : found->second;
  }
  bool has(absl::string_view word) const { return std::find(words.begin(), words.end(), word) != words.end(); }
  std::vector<std::string> list(const std::string& name, const std::string& otherwise = "") const {
    return absl::StrSplit(get(name, otherwise), ',', absl::SkipEmpty());
  }
};
Command ParseCommand(absl::string_view line);

absl::StatusOr<google::type::Date> DateOf(absl::string_view text);
// "2027-03-14..2027-03-20", or one day.
absl::StatusOr<Span> SpanOf(absl::string_view text);

// An enum's value by its name without the enum's own, in lower case with hyphens: "paid-duty".
template <typename Parse, typename Enum>
absl::Status ParseEnum(Parse parse, absl::string_view prefix, absl::string_view text, Enum& value) {
  const std::string name = absl::StrCat(prefix, "_", absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"-", "_"}})));
  return parse(name, &value) ? absl::OkStatus() : absl::InvalidArgumentError(absl::StrCat("what is ", text, "?"));
}

// The last part of a name: "VA02" of "hosts/VA02".
inline std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

inline Actor Officer(const std::string& member, const std::string& section) {
  return {member, section, {ROLE_OFFICER}};
}
// Whoever registers the persons of a section, an organisation or an agency.
inline Actor Section(const std::string& home) {
  return {"people/secretary-" + IdOf(home), home, {ROLE_ENDORSER, ROLE_REGISTRAR}};
}
inline Actor Coordinator(const std::string& of = kOperator) { return {"people/carla", of, {ROLE_COORDINATOR}}; }
inline Actor Contact(const std::string& host) { return {"people/contact-" + IdOf(host), host, {ROLE_HOST_CONTACT}}; }
inline Actor Approver(const std::string& host) { return {"people/chief-" + IdOf(host), host, {ROLE_COMMAND_APPROVER}}; }
inline Actor HomeHost(const std::string& member) { return {member, "", {ROLE_HOME_HOST}}; }
inline Actor Onlooker() { return {"system/story", "", {ROLE_SERVICE}}; }

class Player {
 public:
  explicit Player(std::string programmes, const Observer& observer = {});

  House* house() { return house_.get(); }

  // The lines that the command causes. An error is a mistake in the story, or a fault of the house.
  absl::StatusOr<std::vector<std::string>> Do(const Command& command);

 private:
  using Verb = absl::Status (Player::*)(const Command&);

  // Time, and what can be seen.
  absl::Status SetClock(const Command& c);
  absl::Status Settle(const Command& c);
  absl::Status Advance(const Command& c);
  absl::Status Until(const Command& c);
  absl::Status PassDays(int days);
  absl::Status Show(const Command& c);
  void Tell();

  absl::Status Member(const Command& c);
  absl::Status Endorse(const Command& c);
  absl::Status Submit(const Command& c);
  absl::Status Ask(const Command& c);
  absl::Status Triage(const Command& c);
  absl::Status Wishes(const Command& c);
  absl::Status Override(const Command& c);
  absl::Status Withdraw(const Command& c);
  absl::Status Cancel(const Command& c);

  absl::Status Intake(const Command& c);
  absl::Status Enter(const Command& c);
  absl::Status Score(const Command& c);
  absl::Status DecideIntake(const Command& c);
  absl::Status AcceptAward(const Command& c);
  absl::Status Claim(const Command& c);
  absl::Status ApproveClaim(const Command& c);
  absl::Status PayClaim(const Command& c);

  absl::Status Host(const Command& c);
  absl::Status Willing(const Command& c);
  absl::Status Decline(const Command& c);
  absl::Status Approve(const Command& c);
  absl::Status Refuse(const Command& c);
  absl::Status Accept(const Command& c);
  absl::Status Reject(const Command& c);
  absl::Status AddLeg(const Command& c);
  absl::Status ConfirmLeg(const Command& c);
  absl::Status RemoveLeg(const Command& c);
  absl::Status Home(const Command& c);
  absl::Status HomeYes(const Command& c);
  absl::Status HomeNo(const Command& c);

  absl::Status Cover(const Command& c);
  absl::Status Waiver(const Command& c);
  absl::Status Check(const Command& c);
  absl::Status Review(const Command& c);
  absl::Status Country(const Command& c);
  absl::Status Notification(const Command& c);
  absl::Status Assess(const Command& c);
  absl::Status Consent(const Command& c);
  absl::Status Clear(const Command& c);
  absl::Status Void(const Command& c);
  absl::Status Revoke(const Command& c);
  absl::Status Reinstate(const Command& c);

  absl::Status Unit(const Command& c);
  absl::Status Nominate(const Command& c);
  absl::Status Vetted(const Command& c);
  absl::Status Remediate(const Command& c);
  absl::Status CheckAsCase(const Command& c);
  absl::Status CheckResult(const Command& c);
  absl::Status Adjudicate(const Command& c);
  absl::Status Dispute(const Command& c);
  absl::Status Visa(const Command& c);
  absl::Status StepOn(const Command& c, const compliance::v1::VettingCase& vetting);
  absl::Status ClearByCase(const Command& c, const compliance::v1::Clearance& clearance,
                           const compliance::v1::RequiredItem& item);
  template <typename Case, typename Request>
  absl::Status SendCase(const Command& c, absl::string_view method, const Request& request,
                        const std::string& by = "vera");

  absl::Status Profile(const Command& c);
  absl::Status LookUp(const Command& c);
  absl::Status Erase(const Command& c);
  absl::Status Hold(const Command& c);
  absl::Status Lift(const Command& c);
  absl::Status WhatIsKept(const Command& c);
  absl::Status Consultations(const Command& c);
  // Asks each service that keeps personal data of the person.
  template <typename Request>
  absl::Status AskKeepers(const Command& c, absl::string_view method, Request request);

  absl::Status Start(const Command& c);
  absl::Status End(const Command& c);
  absl::Status Report(const Command& c);
  absl::Status Phase(const Command& c);
  absl::Status Module(const Command& c);
  absl::Status Propose(const Command& c);
  absl::Status HandIn(const Command& c);
  absl::Status AnswerProposal(const Command& c);
  absl::Status Return(const Command& c);
  absl::Status Implement(const Command& c);
  absl::Status Implemented(const Command& c);
  absl::Status Evaluate(const Command& c);
  absl::Status Completed(const Command& c);
  absl::Status StayInTouch(const Command& c);
  absl::Status Alumni(const Command& c);

  absl::StatusOr<compliance::v1::AssessmentPolicy> Policy();
  // Calls `take` with the application's documents as they are; one that is not there is empty.
  absl::Status WithPapers(const Command& c, const std::function<absl::Status(const Papers&)>& take);
  // Its countries, and itself.
  absl::Status AssessAll(const Command& c);
  void TellAssignments(const google::protobuf::RepeatedPtrField<applicant::v1::CompletedAssignment>& assignments);
  absl::StatusOr<applicant::v1::Wishes> WishesOf(const Command& c, absl::string_view days);
  absl::Status AnswerInvitation(const Command& c, matching::v1::Answer answer);
  absl::Status AnswerStep(const Command& c, matching::v1::Answer answer);
  absl::Status AnswerPlacement(const Command& c, matching::v1::Answer answer);
  absl::Status AnswerHome(const Command& c, matching::v1::Answer answer);

  // The application's, placement's or clearance's name.
  static std::string Of(absl::string_view collection, const Command& c);
  // Whose application it is: a person, or who asks for an organisation.
  Actor OfficerOf(const Command& c);
  // Who sent the person.
  Actor HomeOf(const Command& c);
  // Of a cohort, the fellow who is named; else whose case it is.
  Actor PersonOf(const Command& c);
  Actor CoordinatorOf(const Command& c);
  Actor ComplianceOfficer(const Command& c, const std::string& name);
  Actor Finance(const Command& c);
  // "inbound" is an exchange's; other programmes go by their names.
  absl::StatusOr<std::string> ProgrammeFor(const Command& c, const std::string& word);
  absl::StatusOr<matching::v1::Placement> PlacementOf(const Command& c);
  absl::StatusOr<compliance::v1::Clearance> ClearanceOf(const Command& c);
  // The host that was asked last.
  absl::StatusOr<std::string> HostOf(const Command& c);

  // Sends a command; a refusal is a line of the story.
  template <typename Response, typename Request>
  absl::Status Send(const Actor& actor, absl::string_view method, Request request) {
    request.set_request_id(absl::StrFormat("00000000-0000-4000-8000-%012d", ++requests_));
    const auto response = house_->Call<Response>(actor, method, request);
    if (!response.ok()) lines_.push_back(Line(response.status()));
    return absl::OkStatus();
  }
  template <typename Response = applicant::v1::Application, typename Request>
  absl::Status SendApplication(const Actor& actor, absl::string_view method, const Command& c, Request request) {
    request.set_name(Of("applications", c));
    return Send<Response>(actor, absl::StrCat(kApplicant, method), request);
  }
  template <typename Request>
  absl::Status SendClearance(const Actor& actor, absl::string_view method, const Request& request) {
    return Send<compliance::v1::Clearance>(actor, absl::StrCat(kCompliance, method), request);
  }
  // A call whose request is made elsewhere; a refusal is a line of the story.
  template <typename Response>
  absl::Status Take(const Step& step) {
    google::protobuf::Message& request = *step.request;
    request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName("request_id"),
                                       absl::StrFormat("00000000-0000-4000-8000-%012d", ++requests_));
    const auto response = house_->Call<Response>(step.actor, absl::StrCat(kCompliance, step.method), request);
    if (!response.ok()) lines_.push_back(Line(response.status()));
    return absl::OkStatus();
  }

  const std::string programmes_;
  const Observer observer_;
  std::map<std::string, Verb> verbs_;
  std::unique_ptr<House> house_;
  std::map<std::string, std::string> sections_;    // by member
  std::map<std::string, std::string> applicants_;  // member, or organisation, by application's id
  std::map<std::string, std::string> operators_;   // organisation by application's id
  std::vector<std::string> lines_;
  int requests_ = 0;
};

}  // namespace amikeco::journeys

#endif  // AMIKECO_TESTS_JOURNEYS_PLAYER_H_
