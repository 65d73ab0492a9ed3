// Intakes, the entries to them, their awards, and claims.
#include <utility>

#include "absl/strings/numbers.h"
#include "amikeco/applicant/v1/award.pb.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "common/base/status.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {

// intake scholarship-2027 ipa-training-scholarship 2027-01-10..2027-03-31 places=2 announce=US,CA
// days=2027-07-10..2027-07-24
absl::Status Player::Intake(const Command& c) {
  applicant::v1::OpenIntakeRequest request;
  request.set_intake_id(c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(1)));
  request.set_title(c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(const Span days, SpanOf(c.word(2)));
  *request.mutable_opens() = days.first;
  *request.mutable_closes() = days.last;
  int places = 0;
  if (!absl::SimpleAtoi(c.get("places", "0"), &places)) return absl::InvalidArgumentError("places=<number>");
  request.set_places(places);
  for (const auto& section : c.list("announce")) request.add_announce_to("sections/" + section);
  if (!c.get("days").empty()) {
    AMIKECO_ASSIGN_OR_RETURN(const Span of, SpanOf(c.get("days")));
    *request.mutable_first_day() = of.first;
    *request.mutable_last_day() = of.last;
  }
  return Send<applicant::v1::Intake>(CoordinatorOf(c), absl::StrCat(kApplicant, "OpenIntake"), request);
}

// enter A1 M1 ipa-training-scholarship scholarship-2027 child=2009-05-05
absl::Status Player::Enter(const Command& c) {
  applicant::v1::SubmitApplicationRequest request;
  request.set_application_id(c.word(0));
  request.set_member("members/" + c.word(1));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_programme(), ProgrammeFor(c, c.word(2)));
  request.set_intake("intakes/" + c.word(3));
  if (!c.get("child").empty()) {
    auto& child = *request.mutable_beneficiary();
    child.set_given_name("Kim");
    child.set_family_name("Member");
    AMIKECO_ASSIGN_OR_RETURN(*child.mutable_birth_date(), DateOf(c.get("child")));
  }
  applicants_[c.word(0)] = request.member();
  return Send<applicant::v1::Application>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitApplication"), request);
}

// score scholarship-2027 A1 merit:8,benefit:5 by=anna
absl::Status Player::Score(const Command& c) {
  applicant::v1::ScoreEntryRequest request;
  request.set_name(Of("intakes", c));
  request.set_application("applications/" + c.word(1));
  for (absl::string_view part : absl::StrSplit(c.word(2), ',')) {
    const std::pair<std::string, std::string> criterion = absl::StrSplit(part, absl::MaxSplits(':', 1));
    int points = 0;
    if (!absl::SimpleAtoi(criterion.second, &points)) return absl::InvalidArgumentError("merit:8,benefit:5");
    request.add_points()->set_criterion(criterion.first);
    request.mutable_points()->rbegin()->set_points(points);
  }
  const Actor juror{"people/" + c.get("by"), operators_[c.word(0)], {ROLE_JURY}};
  return Send<applicant::v1::Entry>(juror, absl::StrCat(kApplicant, "ScoreEntry"), request);
}

absl::Status Player::DecideIntake(const Command& c) {
  applicant::v1::DecideIntakeRequest request;
  request.set_name(Of("intakes", c));
  return Send<applicant::v1::Intake>(CoordinatorOf(c), absl::StrCat(kApplicant, "DecideIntake"), request);
}

absl::Status Player::AcceptAward(const Command& c) {
  return SendApplication(OfficerOf(c), "AcceptAward", c, applicant::v1::AcceptAwardRequest());
}

// claim A1 course-fee USD:1200 2027-05-03; the claim is called like the application
absl::Status Player::Claim(const Command& c) {
  applicant::v1::SubmitClaimRequest request;
  request.set_claim_id(c.word(0));
  request.set_application(Of("applications", c));
  auto& line = *request.add_lines();
  line.set_category(c.word(1));
  const std::pair<std::string, std::string> amount = absl::StrSplit(c.word(2), absl::MaxSplits(':', 1));
  line.mutable_amount()->set_currency_code(amount.first);
  int64_t units = 0;
  if (!absl::SimpleAtoi(amount.second, &units)) return absl::InvalidArgumentError("USD:1200");
  line.mutable_amount()->set_units(units);
  AMIKECO_ASSIGN_OR_RETURN(*line.mutable_day(), DateOf(c.word(3)));
  line.mutable_receipt()->set_id("R-1");
  line.mutable_receipt()->set_issuer(applicant::v1::RECEIPT_ISSUER_OTHER);
  line.mutable_receipt()->set_media_type("application/pdf");
  line.mutable_receipt()->set_size_bytes(20480);
  line.mutable_receipt()->set_sha256(std::string(64, 'a'));
  return Send<applicant::v1::Claim>(OfficerOf(c), absl::StrCat(kApplicant, "SubmitClaim"), request);
}

Actor Player::Finance(const Command& c) { return {"people/fiona", operators_[c.word(0)], {ROLE_FINANCE}}; }

absl::Status Player::ApproveClaim(const Command& c) {
  applicant::v1::ApproveClaimRequest request;
  request.set_name(Of("claims", c));
  return Send<applicant::v1::Claim>(Finance(c), absl::StrCat(kApplicant, "ApproveClaim"), request);
}

absl::Status Player::PayClaim(const Command& c) {
  applicant::v1::RecordPaymentRequest request;
  request.set_name(Of("claims", c));
  request.set_reference("PAY-" + c.word(0));
  AMIKECO_ASSIGN_OR_RETURN(*request.mutable_day(), DateOf(c.word(1)));
  return Send<applicant::v1::Claim>(Finance(c), absl::StrCat(kApplicant, "RecordPayment"), request);
}

}  // namespace amikeco::journeys
