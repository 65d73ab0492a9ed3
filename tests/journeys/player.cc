#include "tests/journeys/player.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"

namespace amikeco::journeys {

Command ParseCommand(absl::string_view line) {
  Command command;
  for (absl::string_view part : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
    const size_t equals = part.find('=');
    if (equals != absl::string_view::npos) {
      command.named[std::string(part.substr(0, equals))] = std::string(part.substr(equals + 1));
    } else if (command.verb.empty()) {
      command.verb = std::string(part);
    } else {
      command.words.emplace_back(part);
    }
  }
  return command;
}

absl::StatusOr<google::type::Date> DateOf(absl::string_view text) { return ParseDate(text); }

absl::StatusOr<Span> SpanOf(absl::string_view text) {
  const std::vector<std::string> ends = absl::StrSplit(text, "..");
  Span span;
  AMIKECO_ASSIGN_OR_RETURN(span.first, DateOf(ends.front()));
  AMIKECO_ASSIGN_OR_RETURN(span.last, DateOf(ends.back()));
  return span;
}

Player::Player(std::string programmes, const Observer& observer)
    : programmes_(std::move(programmes)), observer_(observer) {
  verbs_ = {{"clock", &Player::SetClock},
            {"host", &Player::Host},
            {"member", &Player::Member},
            {"endorse", &Player::Endorse},
            {"submit", &Player::Submit},
            {"request", &Player::Ask},
            {"intake", &Player::Intake},
            {"enter", &Player::Enter},
            {"score", &Player::Score},
            {"decide", &Player::DecideIntake},
            {"accept-award", &Player::AcceptAward},
            {"claim", &Player::Claim},
            {"approve-claim", &Player::ApproveClaim},
            {"pay-claim", &Player::PayClaim},
            {"profile", &Player::Profile},
            {"look-up", &Player::LookUp},
            {"erase", &Player::Erase},
            {"hold", &Player::Hold},
            {"lift", &Player::Lift},
            {"what-is-kept", &Player::WhatIsKept},
            {"consultations", &Player::Consultations},
            {"triage", &Player::Triage},
            {"wishes", &Player::Wishes},
            {"override", &Player::Override},
            {"willing", &Player::Willing},
            {"decline", &Player::Decline},
            {"approve", &Player::Approve},
            {"refuse", &Player::Refuse},
            {"accept", &Player::Accept},
            {"reject", &Player::Reject},
            {"leg", &Player::AddLeg},
            {"confirm-leg", &Player::ConfirmLeg},
            {"remove-leg", &Player::RemoveLeg},
            {"home", &Player::Home},
            {"home-yes", &Player::HomeYes},
            {"home-no", &Player::HomeNo},
            {"cover", &Player::Cover},
            {"waiver", &Player::Waiver},
            {"check", &Player::Check},
            {"review", &Player::Review},
            {"country", &Player::Country},
            {"notification", &Player::Notification},
            {"assess", &Player::Assess},
            {"consent", &Player::Consent},
            {"clear", &Player::Clear},
            {"void", &Player::Void},
            {"revoke", &Player::Revoke},
            {"reinstate", &Player::Reinstate},
            {"unit", &Player::Unit},
            {"nominate", &Player::Nominate},
            {"vetted", &Player::Vetted},
            {"remediate", &Player::Remediate},
            {"check-result", &Player::CheckResult},
            {"adjudicate", &Player::Adjudicate},
            {"dispute", &Player::Dispute},
            {"visa", &Player::Visa},
            {"start", &Player::Start},
            {"end", &Player::End},
            {"report", &Player::Report},
            {"phase", &Player::Phase},
            {"module", &Player::Module},
            {"propose", &Player::Propose},
            {"hand-in", &Player::HandIn},
            {"answer-proposal", &Player::AnswerProposal},
            {"return", &Player::Return},
            {"implement", &Player::Implement},
            {"implemented", &Player::Implemented},
            {"evaluate", &Player::Evaluate},
            {"completed", &Player::Completed},
            {"stay-in-touch", &Player::StayInTouch},
            {"alumni", &Player::Alumni},
            {"withdraw", &Player::Withdraw},
            {"cancel", &Player::Cancel},
            {"settle", &Player::Settle},
            {"advance", &Player::Advance},
            {"until", &Player::Until},
            {"show", &Player::Show}};
}

absl::StatusOr<std::vector<std::string>> Player::Do(const Command& command) {
  const auto verb = verbs_.find(command.verb);
  if (verb == verbs_.end()) return absl::InvalidArgumentError(absl::StrCat("there is no ", command.verb));
  if (house_ == nullptr && command.verb != "clock") return absl::InvalidArgumentError("begin with: clock <day>");
  lines_.clear();
  AMIKECO_RETURN_IF_ERROR((this->*verb->second)(command));
  Tell();
  AMIKECO_RETURN_IF_ERROR(house_->status());
  return lines_;
}

void Player::Tell() {
  for (std::string& line : journeys::Lines(house_->News())) lines_.push_back(std::move(line));
}

absl::Status Player::SetClock(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto date, DateOf(c.word(0)));
  house_ = std::make_unique<House>(absl::FromCivil(ToDay(date), absl::UTCTimeZone()) + absl::Hours(12), programmes_);
  if (observer_.begun != nullptr) observer_.begun(*house_);
  return house_->status();
}

absl::Status Player::Settle(const Command& c) { return house_->Settle(); }

absl::Status Player::Advance(const Command& c) {
  int days = 0;
  if (!absl::SimpleAtoi(absl::StripSuffix(c.word(0), "d"), &days)) return absl::InvalidArgumentError("advance 14d");
  return PassDays(days);
}

absl::Status Player::Until(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto date, DateOf(c.word(0)));
  return PassDays(static_cast<int>(ToDay(date) - absl::ToCivilDay(house_->clock().Now(), absl::UTCTimeZone())));
}

absl::Status Player::PassDays(int days) {
  for (int day = 0; day < days; ++day) {
    house_->clock().Advance(absl::Hours(24));
    AMIKECO_RETURN_IF_ERROR(house_->Settle());
    const size_t before = lines_.size();
    Tell();
    if (lines_.size() == before) continue;
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(before),
                  FormatDay(absl::ToCivilDay(house_->clock().Now(), absl::UTCTimeZone())) + ":");
  }
  return absl::OkStatus();
}

absl::Status Player::Show(const Command& c) {
  applicant::v1::GetApplicationRequest request;
  request.set_name(Of("applications", c));
  AMIKECO_ASSIGN_OR_RETURN(
      const auto application,
      house_->Call<applicant::v1::Application>(Onlooker(), absl::StrCat(kApplicant, "GetApplication"), request));
  lines_.push_back(absl::StrCat("application ", applicant::v1::Application::State_Name(application.state())));
  if (const auto placement = PlacementOf(c); placement.ok()) {
    lines_.push_back(absl::StrCat("placement ", matching::v1::Placement::Stage_Name(placement->stage())));
  }
  const auto clearance = ClearanceOf(c);
  if (!clearance.ok()) return absl::OkStatus();
  lines_.push_back(absl::StrCat("clearance ", compliance::v1::Clearance::State_Name(clearance->state()),
                                clearance->cleared() ? " cleared" : " not cleared"));
  for (const auto& open : clearance->open_items()) {
    for (const auto& reason : open.reasons()) {
      lines_.push_back(
          absl::StrCat("  ", open.item(), open.mandatory() ? ": " : " (optional): ", reason.explanation()));
    }
  }
  return absl::OkStatus();
}

std::string Player::Of(absl::string_view collection, const Command& c) {
  return absl::StrCat(collection, "/", c.word(0));
}

Actor Player::OfficerOf(const Command& c) {
  const std::string& applicant = applicants_[c.word(0)];
  if (absl::StartsWith(applicant, "organisations/")) return {"people/rita", applicant, {options::v1::ROLE_REQUESTER}};
  return Officer(applicant, sections_[applicant]);
}

Actor Player::HomeOf(const Command& c) { return Section(sections_[applicants_[c.word(0)]]); }

Actor Player::CoordinatorOf(const Command& c) { return Coordinator(operators_[c.word(0)]); }

Actor Player::ComplianceOfficer(const Command& c, const std::string& name) {
  return {"people/" + name, operators_[c.word(0)], {ROLE_COMPLIANCE_OFFICER}};
}

absl::StatusOr<std::string> Player::ProgrammeFor(const Command& c, const std::string& word) {
  const bool exchange = word == "inbound" || word == "outbound";
  applicant::v1::GetProgrammeRequest request;
  request.set_name(absl::StrCat("programmes/", exchange ? "ipa-exchange-" : "", word));
  AMIKECO_ASSIGN_OR_RETURN(const auto programme, house_->Call<programme::v1::Programme>(
                                                     Onlooker(), absl::StrCat(kApplicant, "GetProgramme"), request));
  operators_[c.word(0)] = programme.operator_organisation();
  return request.name();
}

absl::StatusOr<matching::v1::Placement> Player::PlacementOf(const Command& c) {
  matching::v1::GetPlacementRequest request;
  request.set_name(Of("placements", c));
  return house_->Call<matching::v1::Placement>(Onlooker(), absl::StrCat(kMatching, "GetPlacement"), request);
}

absl::StatusOr<compliance::v1::Clearance> Player::ClearanceOf(const Command& c) {
  compliance::v1::GetClearanceRequest request;
  request.set_name(Of("clearances", c));
  return house_->Call<compliance::v1::Clearance>(Onlooker(), absl::StrCat(kCompliance, "GetClearance"), request);
}

absl::StatusOr<std::string> Player::HostOf(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto placement, PlacementOf(c));
  if (placement.invitations().empty()) return absl::InvalidArgumentError("nobody was asked");
  return placement.invitations().rbegin()->host();
}

}  // namespace amikeco::journeys
