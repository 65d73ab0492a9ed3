// Stays, and what follows them.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

absl::Status Player::Start(const Command& c) {
  return SendApplication(OfficerOf(c), "StartStay", c, applicant::v1::StartStayRequest());
}

absl::Status Player::End(const Command& c) {
  return SendApplication(OfficerOf(c), "EndStay", c, applicant::v1::EndStayRequest());
}

absl::Status Player::Report(const Command& c) {
  applicant::v1::SubmitReportRequest request;
  request.set_text("What I learnt.");
  return SendApplication(OfficerOf(c), "SubmitReport", c, request);
}

absl::Status Player::Phase(const Command& c) {
  applicant::v1::CompletePhaseRequest request;
  request.set_phase(c.word(1));
  return SendApplication<applicant::v1::StayProgress>(CoordinatorOf(c), "CompletePhase", c, request);
}

absl::Status Player::Module(const Command& c) {
  applicant::v1::CompleteModuleRequest request;
  request.set_module(c.word(1));
  AMIKECO_ASSIGN_OR_RETURN(const std::string host, HostOf(c));
  return SendApplication<applicant::v1::StayProgress>(Contact(c.get("by", host)), "CompleteModule", c, request);
}

absl::Status Player::Propose(const Command& c) {
  applicant::v1::WriteProposalRequest request;
  for (const auto& topic : c.list("topics")) request.add_topics(topic);
  for (const auto& kind : c.list("artefacts")) {
    auto& titled = *request.add_artefacts();
    titled.set_title("How we do it there: " + kind);
    applicant::v1::ArtefactKind value;
    AMIKECO_RETURN_IF_ERROR(ParseEnum(applicant::v1::ArtefactKind_Parse, "ARTEFACT_KIND", kind, value));
    titled.mutable_artefact()->set_kind(value);
    titled.mutable_artefact()->set_sha256(std::string(64, 'a'));
    titled.mutable_artefact()->set_media_type("application/pdf");
    titled.mutable_artefact()->set_size_bytes(20480);
  }
  request.set_text("What we will do otherwise.");
  return SendApplication(PersonOf(c), "WriteProposal", c, request);
}

absl::Status Player::HandIn(const Command& c) {
  return SendApplication(PersonOf(c), "SubmitProposal", c, applicant::v1::SubmitProposalRequest());
}

absl::Status Player::AnswerProposal(const Command& c) {
  applicant::v1::ReviewProposalRequest request;
  if (!c.get("of").empty()) request.set_member("members/" + c.get("of"));
  request.set_accept(c.word(1) == "yes");
  if (!request.accept()) request.set_comments("Who does it, and by when?");
  return SendApplication(CoordinatorOf(c), "ReviewProposal", c, request);
}

absl::Status Player::Return(const Command& c) {
  return SendApplication(OfficerOf(c), "RecordReturn", c, applicant::v1::RecordReturnRequest());
}

absl::Status Player::Implement(const Command& c) {
  return SendApplication(HomeOf(c), "BeginImplementation", c, applicant::v1::BeginImplementationRequest());
}

absl::Status Player::Implemented(const Command& c) {
  return SendApplication(HomeOf(c), "CompleteImplementation", c, applicant::v1::CompleteImplementationRequest());
}

absl::Status Player::Evaluate(const Command& c) {
  applicant::v1::RecordEvaluationRequest request;
  for (absl::string_view part : absl::StrSplit(c.word(1), ',')) {
    const std::pair<std::string, std::string> answer = absl::StrSplit(part, absl::MaxSplits(':', 1));
    int rating = 0;
    if (!absl::SimpleAtoi(answer.second, &rating)) return absl::InvalidArgumentError("proposal-in-use:4");
    request.add_answers()->set_question(answer.first);
    request.mutable_answers()->rbegin()->set_rating(rating);
  }
  return SendApplication(c.has("coordinator") ? CoordinatorOf(c) : HomeOf(c), "RecordEvaluation", c, request);
}

// What persons have completed, a line each.
void Player::TellAssignments(
    const google::protobuf::RepeatedPtrField<applicant::v1::CompletedAssignment>& assignments) {
  for (const auto& one : assignments) {
    lines_.push_back(absl::StrCat(
        one.member(), " ",
        absl::AsciiStrToLower(absl::StripPrefix(applicant::v1::AssignmentRole_Name(one.role()), "ASSIGNMENT_ROLE_")),
        " in ", one.programme(), one.host().empty() ? "" : absl::StrCat(" at ", one.host()), " ",
        FormatDate(one.first_day()), "..", FormatDate(one.last_day())));
  }
}

absl::Status Player::Completed(const Command& c) {
  applicant::v1::ListCompletedAssignmentsRequest request;
  request.set_member("members/" + c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(const auto list, house_->Call<applicant::v1::ListCompletedAssignmentsResponse>(
                                                Section(sections_[request.member()]),
                                                absl::StrCat(kApplicant, "ListCompletedAssignments"), request));
  TellAssignments(list.assignments());
  return absl::OkStatus();
}

absl::Status Player::StayInTouch(const Command& c) {
  applicant::v1::SetAlumniContactRequest request;
  request.set_name("members/" + c.word(0));
  request.set_allowed(true);
  return Send<applicant::v1::Member>(Officer(request.name(), sections_[request.name()]),
                                     absl::StrCat(kApplicant, "SetAlumniContact"), request);
}

absl::Status Player::Alumni(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto list, house_->Call<applicant::v1::ListAlumniResponse>(
                                                CoordinatorOf(c), absl::StrCat(kApplicant, "ListAlumni"),
                                                applicant::v1::ListAlumniRequest()));
  TellAssignments(list.alumni());
  return absl::OkStatus();
}

}  // namespace amikeco::journeys
