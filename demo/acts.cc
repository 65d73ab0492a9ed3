// What each player does, one thing at a time; play.cc says when.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "demo/actors.h"
#include "demo/play.h"

namespace amikeco::demo {
namespace {

using applicant::v1::Application;
using matching::v1::Placement;

// 64 hexadecimal digits: the hash of a document that the demo does not have.
constexpr char kDocumentHash[] = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";

HostAnswer AnswerOf(const Officer& officer, int ordinal) {
  const size_t index = static_cast<size_t>(ordinal) - 1;
  return index < officer.answers.size() ? officer.answers[index] : HostAnswer::kWilling;
}

std::string ClearanceOf(const Application& application) {
  return absl::StrCat("clearances/", absl::StripPrefix(application.name(), "applications/"));
}

}  // namespace

absl::Status Play::Submit(const Officer& officer) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(std::string(absl::StripPrefix(officer.application, "applications/")));
  request.set_member(officer.member);
  request.set_programme(programme_.name());
  *request.mutable_wishes() = officer.wishes;
  *request.mutable_declarations() = officer.declarations;
  AMIKECO_ASSIGN_OR_RETURN(const auto application,
                           stage_.Call<Application>(Service::kApplicant, "SubmitApplication", Self(officer), request));
  if (officer.plot != Plot::kNoticeOverridden) return absl::OkStatus();
  for (const auto& result : application.rule_results()) {
    if (result.holds()) continue;
    applicant::v1::OverrideRuleRequest overriding;
    overriding.set_name(officer.application);
    overriding.set_rule(result.rule());
    overriding.set_reason("The host agency asked for these days.");
    AMIKECO_RETURN_IF_ERROR(
        stage_
            .Call<Application>(
                Service::kApplicant, "OverrideRule",
                As("people/coordinator", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR), overriding)
            .status());
  }
  return absl::OkStatus();
}

absl::Status Play::AnswerInvitation(const Officer& officer, const Application& application) {
  const std::string& host = application.placement().host();
  matching::v1::ListInvitationsRequest list;
  list.set_open(true);
  list.set_page_size(1000);
  AMIKECO_ASSIGN_OR_RETURN(const auto invitations, stage_.Call<matching::v1::ListInvitationsResponse>(
                                                       Service::kMatching, "ListInvitations", HostContact(host), list));
  for (const auto& invitation : invitations.invitations()) {
    if (invitation.application() != application.name()) continue;
    const HostAnswer scripted = AnswerOf(officer, invitation.ordinal());
    if (scripted == HostAnswer::kSilent || DaysInState(application) < officer.answer_after) return absl::OkStatus();
    matching::v1::AnswerInvitationRequest answer;
    answer.set_name(invitation.placement());
    answer.set_ordinal(invitation.ordinal());
    answer.set_answer(scripted == HostAnswer::kDecline ? matching::v1::ANSWER_DECLINE : matching::v1::ANSWER_ACCEPT);
    return stage_.Call<Placement>(Service::kMatching, "AnswerInvitation", HostContact(host), answer).status();
  }
  return absl::OkStatus();
}

absl::Status Play::ApproveSteps(const Officer& officer, const Application& application) {
  const std::string& host = application.placement().host();
  matching::v1::ListInvitationsRequest list;
  list.set_open(true);
  list.set_page_size(1000);
  AMIKECO_ASSIGN_OR_RETURN(const auto invitations, stage_.Call<matching::v1::ListInvitationsResponse>(
                                                       Service::kMatching, "ListInvitations", Command(host), list));
  for (const auto& invitation : invitations.invitations()) {
    if (invitation.application() != application.name()) continue;
    const bool refuses = AnswerOf(officer, invitation.ordinal()) == HostAnswer::kCommandRefuses;
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

absl::Status Play::AddSecondAgency(const Officer& officer, const Application& application) {
  const auto& placement = application.placement();
  std::string second = hosts_[static_cast<size_t>(officer.index) % hosts_.size()];
  if (second == placement.host()) second = hosts_[static_cast<size_t>(officer.index + 1) % hosts_.size()];
  const auto coordinator = As("people/coordinator", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR);
  matching::v1::AddLegRequest add;
  add.set_name(placement.placement());
  add.set_host(second);
  *add.mutable_start() = ToDate(ToDay(placement.start()) + 3);
  *add.mutable_end() = ToDate(ToDay(placement.start()) + 6);
  AMIKECO_ASSIGN_OR_RETURN(const auto with_leg, stage_.Call<Placement>(Service::kMatching, "AddLeg", coordinator, add));
  matching::v1::ConfirmLegRequest confirm;
  confirm.set_name(placement.placement());
  confirm.set_leg(with_leg.legs(with_leg.legs_size() - 1).id());
  return stage_.Call<Placement>(Service::kMatching, "ConfirmLeg", HostContact(second), confirm).status();
}

// Everything that the officer and the compliance desk can record now, for what is open.
absl::Status Play::Clear(const Officer& officer, const Application& application) {
  const Actor desk = As("people/compliance", programme_.operator_organisation(), options::v1::ROLE_COMPLIANCE_OFFICER);
  compliance::v1::GetClearanceRequest get;
  get.set_name(ClearanceOf(application));
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, stage_.Call<compliance::v1::Clearance>(
                                                     Service::kCompliance, "GetClearance", Self(officer), get));
  std::set<std::string> open;
  for (const auto& item : clearance.open_items()) open.insert(item.item());
  for (const auto& required : clearance.items()) {
    if (open.count(required.id()) == 0) continue;
    google::type::Date from = application.placement().start(), to = application.placement().end();
    for (const auto& leg : clearance.legs()) {
      if (leg.id() == required.leg()) from = leg.start(), to = leg.end();
    }
    const programme::v1::ComplianceItem* rule = nullptr;
    for (const auto& item : programme_.compliance()) {
      if (item.id() == required.item()) rule = &item;
    }
    if (rule == nullptr) return absl::NotFoundError(absl::StrCat("no item ", required.item(), " in the programme"));
    const std::string kind = rule->accepted_kinds().empty() ? "" : rule->accepted_kinds(0);
    absl::Status done;
    switch (rule->kind()) {
      case programme::v1::ComplianceItem::KIND_HEALTH_COVER: {
        compliance::v1::RecordHealthCoverRequest cover;
        cover.set_name(clearance.name());
        cover.set_item(required.id());
        cover.set_kind(kind);
        const bool too_short = officer.plot == Plot::kShortCover && Once(officer, "short cover");
        *cover.mutable_valid_from() = from;
        *cover.mutable_valid_to() = too_short ? ToDate(ToDay(to) - 2) : to;
        done = stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "RecordHealthCover", Self(officer), cover)
                   .status();
        break;
      }
      case programme::v1::ComplianceItem::KIND_LIABILITY_WAIVER: {
        if (officer.plot == Plot::kNeverSigns) continue;
        compliance::v1::SignWaiverRequest waiver;
        waiver.set_name(clearance.name());
        waiver.set_item(required.id());
        waiver.set_host(required.host());
        *waiver.mutable_valid_from() = from;
        *waiver.mutable_valid_to() = to;
        waiver.set_signature_name(absl::StrCat("Alex Demo-", officer.index));
        waiver.set_document_hash(kDocumentHash);
        done =
            stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "SignWaiver", Self(officer), waiver).status();
        break;
      }
      case programme::v1::ComplianceItem::KIND_BACKGROUND_CHECK: {
        compliance::v1::RecordBackgroundCheckRequest check;
        check.set_name(clearance.name());
        check.set_item(required.id());
        check.set_kind(kind);
        check.set_outcome(compliance::v1::OUTCOME_SATISFIED);
        *check.mutable_valid_from() = ToDate(today_);
        *check.mutable_valid_to() = to;
        done =
            stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "RecordBackgroundCheck", desk, check).status();
        break;
      }
      case programme::v1::ComplianceItem::KIND_MEDIA_CONSENT: {
        compliance::v1::RecordMediaConsentRequest consent;
        consent.set_name(clearance.name());
        consent.set_item(required.id());
        consent.set_consent(officer.index % 3 == 0 ? compliance::v1::CONSENT_NO : compliance::v1::CONSENT_YES);
        const Actor who = required.host().empty() ? Self(officer) : HostContact(required.host());
        done =
            stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "RecordMediaConsent", who, consent).status();
        break;
      }
      default:
        return absl::UnimplementedError(absl::StrCat("the demo does not know how to record ", required.id()));
    }
    AMIKECO_RETURN_IF_ERROR(done);
  }
  return absl::OkStatus();
}

absl::Status Play::CancelCover(const Officer& officer, const Application& application) {
  compliance::v1::VoidItemRequest request;
  request.set_name(ClearanceOf(application));
  for (const auto& item : programme_.compliance()) {
    if (item.kind() == programme::v1::ComplianceItem::KIND_HEALTH_COVER) request.set_item(item.id());
  }
  request.set_reason("CANCELLED_BY_INSURER");
  return stage_
      .Call<compliance::v1::Clearance>(
          Service::kCompliance, "VoidItem",
          As("people/compliance", programme_.operator_organisation(), options::v1::ROLE_COMPLIANCE_OFFICER), request)
      .status();
}

absl::Status Play::RenewCover(const Officer& officer, const Application& application) {
  compliance::v1::RecordHealthCoverRequest cover;
  cover.set_name(ClearanceOf(application));
  for (const auto& item : programme_.compliance()) {
    if (item.kind() == programme::v1::ComplianceItem::KIND_HEALTH_COVER) {
      cover.set_item(item.id());
      cover.set_kind(item.accepted_kinds(0));
    }
  }
  *cover.mutable_valid_from() = application.placement().start();
  *cover.mutable_valid_to() = application.placement().end();
  return stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "RecordHealthCover", Self(officer), cover)
      .status();
}

absl::Status Play::Revoke(const Officer& officer, const Application& application, bool reinstate) {
  const std::string by = reinstate ? "people/chief-compliance" : "people/compliance";
  const Actor actor = As(by, programme_.operator_organisation(), options::v1::ROLE_COMPLIANCE_OFFICER);
  if (reinstate) {
    compliance::v1::ReinstateClearanceRequest request;
    request.set_name(ClearanceOf(application));
    request.set_reason("RESOLVED");
    return stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "ReinstateClearance", actor, request).status();
  }
  compliance::v1::RevokeClearanceRequest request;
  request.set_name(ClearanceOf(application));
  request.set_reason("CONDUCT");
  return stage_.Call<compliance::v1::Clearance>(Service::kCompliance, "RevokeClearance", actor, request).status();
}

absl::Status Play::ChangeDates(const Officer& officer, const Application& application) {
  applicant::v1::ChangeWishesRequest request;
  request.set_name(application.name());
  *request.mutable_wishes() = application.wishes();
  const absl::CivilDay start = today_ + 140;
  *request.mutable_wishes()->mutable_earliest_start() = ToDate(start);
  *request.mutable_wishes()->mutable_latest_end() = ToDate(start + application.wishes().stay_days() + 5);
  return stage_.Call<Application>(Service::kApplicant, "ChangeWishes", Self(officer), request).status();
}

absl::Status Play::Cancel(const Application& application, const char* reason) {
  applicant::v1::CancelApplicationRequest request;
  request.set_name(application.name());
  request.set_reason(reason);
  return stage_
      .Call<Application>(Service::kApplicant, "CancelApplication",
                         As("people/coordinator", programme_.operator_organisation(), options::v1::ROLE_COORDINATOR),
                         request)
      .status();
}

}  // namespace amikeco::demo
