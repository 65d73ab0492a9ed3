// What each player does for an application, one thing at a time; play.cc says when, clear.cc has what concerns its
// clearance.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"
#include "demo/programmes.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using matching::v1::Placement;

HostAnswer AnswerOf(const Applicant& applicant, int ordinal) {
  const size_t index = static_cast<size_t>(ordinal) - 1;
  return index < applicant.answers.size() ? applicant.answers[index] : HostAnswer::kWilling;
}

}  // namespace

absl::Status Play::Submit(const Applicant& applicant) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(std::string(absl::StripPrefix(applicant.application, "applications/")));
  request.set_member(applicant.member);
  request.mutable_fellows()->Assign(applicant.fellows.begin(), applicant.fellows.end());
  request.set_programme(applicant.programme->name());
  if (applicant.intake < 0) {
    *request.mutable_wishes() = applicant.wishes;
  } else {
    request.set_intake(cast_.intakes[static_cast<size_t>(applicant.intake)].name);
  }
  if (IsForChildren(*applicant.programme)) {
    auto& child = *request.mutable_beneficiary();
    child.set_given_name("Kim");
    child.set_family_name(absl::StrCat("Demo-", applicant.index));
    *child.mutable_birth_date() = ToDate(applicant.child_born);
  }
  *request.mutable_declarations() = applicant.declarations;
  if (applicant.is_organisation()) *request.mutable_assistance() = applicant.assistance;
  // A cohort is entered by its home: no fellow sees the others' records.
  const Actor actor = applicant.fellows.empty() ? Self(applicant) : Endorser(applicant);
  AMIKECO_ASSIGN_OR_RETURN(const auto application,
                           stage_.Call<Application>(Service::kApplicant, "SubmitApplication", actor, request));
  return applicant.plot == Plot::kNoticeOverridden ? SetRulesAside(applicant, application) : absl::OkStatus();
}

absl::Status Play::SetRulesAside(const Applicant& applicant, const Application& application) {
  for (const auto& result : application.rule_results()) {
    if (result.holds()) continue;
    applicant::v1::OverrideRuleRequest overriding;
    overriding.set_name(applicant.application);
    overriding.set_rule(result.rule());
    overriding.set_reason("The host agency asked for these days.");
    AMIKECO_RETURN_IF_ERROR(
        stage_.Call<Application>(Service::kApplicant, "OverrideRule", Coordinator(applicant), overriding).status());
  }
  return absl::OkStatus();
}

absl::Status Play::Triage(const Applicant& applicant) {
  applicant::v1::TriageApplicationRequest request;
  request.set_name(applicant.application);
  request.mutable_priorities()->Assign(applicant.priorities.begin(), applicant.priorities.end());
  request.set_harm(applicant.harm);
  return stage_.Call<Application>(Service::kApplicant, "TriageApplication", Coordinator(applicant), request).status();
}

absl::Status Play::Endorse(const Applicant& applicant, const std::string& person) {
  applicant::v1::EndorseMemberRequest request;
  request.set_name(person);
  return stage_.Call<applicant::v1::Member>(Service::kApplicant, "EndorseMember", Endorser(applicant), request)
      .status();
}

// Those of the application that wait for the actor's agency.
absl::StatusOr<std::vector<matching::v1::Invitation>> Play::OpenInvitations(const Application& application,
                                                                            const Actor& actor) {
  matching::v1::ListInvitationsRequest list;
  list.set_open(true);
  list.set_page_size(1000);
  AMIKECO_ASSIGN_OR_RETURN(const auto open, stage_.Call<matching::v1::ListInvitationsResponse>(
                                                Service::kMatching, "ListInvitations", actor, list));
  std::vector<matching::v1::Invitation> found;
  for (const auto& invitation : open.invitations()) {
    if (invitation.application() == application.name()) found.push_back(invitation);
  }
  return found;
}

absl::Status Play::AnswerInvitation(const Applicant& applicant, const Application& application) {
  const std::string& host = application.placement().host();
  AMIKECO_ASSIGN_OR_RETURN(const auto invitations, OpenInvitations(application, HostContact(host)));
  for (const auto& invitation : invitations) {
    const HostAnswer scripted = AnswerOf(applicant, invitation.ordinal());
    if (scripted == HostAnswer::kSilent) return absl::OkStatus();
    matching::v1::AnswerInvitationRequest answer;
    answer.set_name(invitation.placement());
    answer.set_ordinal(invitation.ordinal());
    answer.set_answer(scripted == HostAnswer::kDecline ? matching::v1::ANSWER_DECLINE : matching::v1::ANSWER_ACCEPT);
    return stage_.Call<Placement>(Service::kMatching, "AnswerInvitation", HostContact(host), answer).status();
  }
  return absl::OkStatus();
}

absl::Status Play::ApproveSteps(const Applicant& applicant, const Application& application) {
  const std::string& host = application.placement().host();
  AMIKECO_ASSIGN_OR_RETURN(const auto invitations, OpenInvitations(application, Command(host)));
  for (const auto& invitation : invitations) {
    const bool refuses = AnswerOf(applicant, invitation.ordinal()) == HostAnswer::kCommandRefuses;
    for (int step = invitation.approved_steps(); step < invitation.command_steps_size(); ++step) {
      matching::v1::ApproveCommandStepRequest request;
      request.set_name(invitation.placement());
      request.set_step(invitation.command_steps(step));
      const bool last = step + 1 == invitation.command_steps_size();
      request.set_answer(refuses && last ? matching::v1::ANSWER_DECLINE : matching::v1::ANSWER_ACCEPT);
      AMIKECO_RETURN_IF_ERROR(
          stage_.Call<Placement>(Service::kMatching, "ApproveCommandStep", Command(host), request).status());
    }
  }
  return absl::OkStatus();
}

// For an organisation the operator answers.
absl::Status Play::AnswerPlacement(const Applicant& applicant, const Application& application, bool declines) {
  matching::v1::AnswerPlacementRequest answer;
  answer.set_name(application.placement().placement());
  answer.set_answer(declines ? matching::v1::ANSWER_DECLINE : matching::v1::ANSWER_ACCEPT);
  const Actor actor = applicant.is_organisation() ? Coordinator(applicant) : Self(applicant);
  return stage_.Call<Placement>(Service::kMatching, "AnswerPlacement", actor, answer).status();
}

absl::Status Play::AddSecondAgency(const Applicant& applicant, const Application& application) {
  const auto& placement = application.placement();
  std::string second = hosts_[static_cast<size_t>(applicant.index) % hosts_.size()];
  if (second == placement.host()) second = hosts_[static_cast<size_t>(applicant.index + 1) % hosts_.size()];
  matching::v1::AddLegRequest add;
  add.set_name(placement.placement());
  add.set_host(second);
  *add.mutable_start() = ToDate(ToDay(placement.start()) + 3);
  *add.mutable_end() = ToDate(ToDay(placement.start()) + 6);
  AMIKECO_ASSIGN_OR_RETURN(const auto with_leg,
                           stage_.Call<Placement>(Service::kMatching, "AddLeg", Coordinator(applicant), add));
  matching::v1::ConfirmLegRequest confirm;
  confirm.set_name(placement.placement());
  confirm.set_leg(with_leg.legs(with_leg.legs_size() - 1).id());
  return stage_.Call<Placement>(Service::kMatching, "ConfirmLeg", HostContact(second), confirm).status();
}

absl::Status Play::ChangeDates(const Applicant& applicant, const Application& application) {
  applicant::v1::ChangeWishesRequest request;
  request.set_name(application.name());
  *request.mutable_wishes() = application.wishes();
  const auto* notice = FindRule(*applicant.programme, programme::v1::EligibilityRule::kNotice);
  const absl::CivilDay start = AddMonths(today_, notice == nullptr ? 2 : notice->notice().months()) + 18;
  *request.mutable_wishes()->mutable_earliest_start() = ToDate(start);
  *request.mutable_wishes()->mutable_latest_end() = ToDate(start + application.wishes().stay_days() + 5);
  return stage_.Call<Application>(Service::kApplicant, "ChangeWishes", Self(applicant), request).status();
}

absl::Status Play::Start(const Applicant& applicant, const Application& application) {
  applicant::v1::StartStayRequest start;
  start.set_name(application.name());
  return stage_.Call<Application>(Service::kApplicant, "StartStay", Self(applicant), start).status();
}

absl::Status Play::Report(const Applicant& applicant, const Application& application) {
  applicant::v1::SubmitReportRequest request;
  request.set_name(application.name());
  request.set_text(
      "Five shifts on patrol, two days with the detectives. I will propose their briefing format at home.");
  return stage_.Call<Application>(Service::kApplicant, "SubmitReport", Self(applicant), request).status();
}

// All jurors give their points to all entries, and the operator decides.
absl::Status Play::Judge(const Intake& intake) {
  const std::string& by = intake.programme->operator_organisation();
  const auto& organisations = intake.programme->selection().jury_organisations();
  for (int juror = 0; juror < kJurors; ++juror) {
    const Actor actor = As(absl::StrCat("people/juror-", juror + 1), organisations.empty() ? by : organisations[0],
                           options::v1::ROLE_JURY);
    applicant::v1::GetRankingRequest get;
    get.set_name(intake.name);
    AMIKECO_ASSIGN_OR_RETURN(const auto ranking,
                             stage_.Call<applicant::v1::Ranking>(Service::kApplicant, "GetRanking", actor, get));
    for (const auto& entry : ranking.entries()) {
      if (entry.stage() != applicant::v1::Entry::STAGE_ADMITTED) continue;
      const int points = by_application_.at(entry.application())->points;
      applicant::v1::ScoreEntryRequest score;
      score.set_name(intake.name);
      score.set_application(entry.application());
      for (const auto& criterion : intake.programme->selection().criteria()) {
        auto& given = *score.add_points();
        given.set_criterion(criterion.id());
        given.set_points(points / kJurors + (juror < points % kJurors ? 1 : 0));
      }
      AMIKECO_RETURN_IF_ERROR(
          stage_.Call<applicant::v1::Entry>(Service::kApplicant, "ScoreEntry", actor, score).status());
    }
  }
  applicant::v1::DecideIntakeRequest decide;
  decide.set_name(intake.name);
  return stage_.Call<applicant::v1::Intake>(Service::kApplicant, "DecideIntake", Coordinator(by), decide).status();
}

absl::Status Play::AcceptAward(const Applicant& applicant) {
  applicant::v1::AcceptAwardRequest request;
  request.set_name(applicant.application);
  return stage_.Call<Application>(Service::kApplicant, "AcceptAward", Self(applicant), request).status();
}

absl::Status Play::Withdraw(const Applicant& applicant, const Application& application) {
  applicant::v1::WithdrawApplicationRequest request;
  request.set_name(application.name());
  return stage_.Call<Application>(Service::kApplicant, "WithdrawApplication", Self(applicant), request).status();
}

absl::Status Play::Cancel(const Applicant& applicant, const Application& application, const char* reason) {
  applicant::v1::CancelApplicationRequest request;
  request.set_name(application.name());
  request.set_reason(reason);
  return stage_.Call<Application>(Service::kApplicant, "CancelApplication", Coordinator(applicant), request).status();
}

}  // namespace amikeco::demo
