#include "services/applicant/claim.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "services/applicant/claim_transitions.h"
#include "services/applicant/expense.h"
#include "services/applicant/money_errors.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Funding;

absl::Status CheckPossible(const v1::Claim& claim, ClaimCommand command) {
  if (Next(claim.state(), command)) return absl::OkStatus();
  const std::string state = v1::Claim::State_Name(claim.state());
  return Error(errors::kClaimNotPossibleInState,
               absl::StrCat(NameOf(command), " is not possible while ", claim.name(), " is ",
                            absl::AsciiStrToLower(state.substr(6)), "."),
               {{"name", claim.name()},
                {"state", state},
                {"command", NameOf(command)},
                {"possible_commands", absl::StrJoin(PossibleCommands(claim.state()), ",")}});
}

// Who pays decides, and nobody on their own case: neither who is paid nor whoever handed it in.
absl::Status CheckDecider(const v1::Claim& claim, ClaimCommand command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPayer(c));
  const auto& submitters = claim.submitters();
  const bool involved = c.actor.subject == claim.claimant() ||
                        std::find(submitters.begin(), submitters.end(), c.actor.subject) != submitters.end();
  if (involved) return errors::SecondPersonNeeded(c.actor.subject, claim.name());
  return CheckPossible(claim, command);
}

absl::Status CheckInTime(const MoneyCircumstance& c) {
  const int claim_days = c.programme.funding().claim_days();
  const absl::CivilDay last = StayOf(c.application).last + claim_days;
  if (claim_days == 0 || TodayOf(c) <= last) return absl::OkStatus();
  return Error(
      errors::kClaimTooLate,
      absl::StrCat("Expenses of ", c.application.name(), " could be claimed until ", FormatDay(last), "; today is ",
                   FormatDay(TodayOf(c)), "."),
      {{"application", c.application.name()}, {"last_day", FormatDay(last)}, {"today", FormatDay(TodayOf(c))}});
}

absl::Status CheckReceipts(const ExpenseLines& lines, const ClaimedReceipts& claimed) {
  std::vector<std::string> fields, claims;
  for (int i = 0; i < lines.size(); ++i) {
    const auto other = claimed.find(lines[i].receipt().sha256());
    if (other == claimed.end()) continue;
    fields.push_back(absl::StrCat("lines[", i, "].receipt.sha256"));
    claims.push_back(other->second);
  }
  if (fields.empty()) return absl::OkStatus();
  return Error(errors::kReceiptClaimed,
               absl::StrCat("Receipts are claimed already: those of ", absl::StrJoin(fields, ", "), " in ",
                            absl::StrJoin(claims, ", "), "."),
               {{"fields", absl::StrJoin(fields, ",")}, {"claims", absl::StrJoin(claims, ",")}});
}

// The claim as it is handed in, for the `revision`th time.
ClaimFacts HandIn(const v1::Claim& claim, const ExpenseLines& lines, const MoneyCircumstance& c,
                  const ClaimedReceipts& claimed) {
  AMIKECO_ASSIGN_OR_RETURN(const auto totals, SumExpenses(lines, c));
  AMIKECO_RETURN_IF_ERROR(CheckReceipts(lines, claimed));
  v1::ClaimFact fact;
  v1::ClaimSubmitted& submitted = *fact.mutable_submitted();
  submitted.set_claim(c.name);
  submitted.set_application(c.application.name());
  submitted.set_claimant(c.application.member());
  submitted.set_programme(c.application.programme());
  submitted.set_programme_version(c.application.programme_version());
  *submitted.mutable_lines() = lines;
  submitted.mutable_totals()->Assign(totals.begin(), totals.end());
  submitted.set_revision(claim.revision() + 1);
  submitted.set_submitter(c.actor.subject);
  *submitted.mutable_at() = ToTimestamp(c.now);
  *submitted.mutable_parties() = c.application.parties();
  return std::vector{fact};
}

// What all facts but the first begin with.
template <typename Fact>
void Stamp(Fact& fact, const v1::Claim& claim, const MoneyCircumstance& c) {
  fact.set_claim(claim.name());
  fact.set_application(claim.application());
  fact.set_by(c.actor.subject);
}

}  // namespace

ClaimFacts Decide(const v1::Claim& claim, const v1::SubmitClaimRequest& command, const MoneyCircumstance& c,
                  const ClaimedReceipts& claimed) {
  if (!claim.name().empty()) return errors::Exists(errors::kClaimExists, claim.name());
  AMIKECO_RETURN_IF_ERROR(CheckFunded(Funding::MODEL_SPONSOR_REIMBURSES, "Expenses are not paid back", c.programme));
  if (!c.application.has_start() && c.application.state() != v1::Application::STATE_AWARDED) {
    return Error(errors::kStayNotBegun,
                 absl::StrCat("Nothing can be claimed yet for ", c.application.name(),
                              ": no stay has begun, and no award is given."),
                 {{"application", c.application.name()}});
  }
  AMIKECO_ASSIGN_OR_RETURN(const auto facts, HandIn(claim, command.lines(), c, claimed));
  AMIKECO_RETURN_IF_ERROR(CheckInTime(c));
  return facts;
}

ClaimFacts Decide(const v1::Claim& claim, const v1::ResubmitClaimRequest& command, const MoneyCircumstance& c,
                  const ClaimedReceipts& claimed) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(claim, ClaimCommand::kResubmit));
  return HandIn(claim, command.lines(), c, claimed);
}

ClaimFacts Decide(const v1::Claim& claim, const v1::ApproveClaimRequest& command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckDecider(claim, ClaimCommand::kApprove, c));
  v1::ClaimFact fact;
  Stamp(*fact.mutable_approved(), claim, c);
  fact.mutable_approved()->set_revision(claim.revision());
  *fact.mutable_approved()->mutable_totals() = claim.totals();
  *fact.mutable_approved()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

ClaimFacts Decide(const v1::Claim& claim, const v1::RejectClaimRequest& command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckDecider(claim, ClaimCommand::kReject, c));
  v1::ClaimFact fact;
  Stamp(*fact.mutable_rejected(), claim, c);
  fact.mutable_rejected()->set_reason(command.reason());
  *fact.mutable_rejected()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

ClaimFacts Decide(const v1::Claim& claim, const v1::ReturnClaimRequest& command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckDecider(claim, ClaimCommand::kReturn, c));
  v1::ClaimFact fact;
  Stamp(*fact.mutable_returned(), claim, c);
  fact.mutable_returned()->set_reason(command.reason());
  *fact.mutable_returned()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

ClaimFacts Decide(const v1::Claim& claim, const v1::RecordPaymentRequest& command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckDecider(claim, ClaimCommand::kRecordPayment, c));
  const absl::CivilDay day = ToDay(command.day());
  MoneyCircumstance at_approval = c;
  at_approval.now = ToTime(claim.decide_time());
  FieldErrors wrong;
  if (day > TodayOf(c)) wrong.Add("day", absl::StrCat("has not come yet; today is ", FormatDay(TodayOf(c))));
  if (day < TodayOf(at_approval)) {
    wrong.Add("day", absl::StrCat("lies before the approval, which was on ", FormatDay(TodayOf(at_approval))));
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  v1::ClaimFact fact;
  Stamp(*fact.mutable_paid(), claim, c);
  fact.mutable_paid()->set_reference(command.reference());
  *fact.mutable_paid()->mutable_day() = command.day();
  *fact.mutable_paid()->mutable_at() = ToTimestamp(c.now);
  return std::vector{fact};
}

ClaimFacts Decide(const v1::Claim& claim, const v1::WithdrawClaimRequest& command, const MoneyCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckPossible(claim, ClaimCommand::kWithdraw));
  v1::ClaimFact fact;
  Stamp(*fact.mutable_withdrawn(), claim, c);
  return std::vector{fact};
}

bool HoldsReceipts(const v1::Claim& claim) {
  return claim.state() != v1::Claim::STATE_REJECTED && claim.state() != v1::Claim::STATE_WITHDRAWN;
}

}  // namespace amikeco::applicant

namespace amikeco::applicant::v1 {
namespace {

void HandIn(Claim& claim, const ClaimSubmitted& fact) {
  if (fact.revision() == 1) *claim.mutable_first_submit_time() = fact.at();
  claim.set_name(fact.claim());
  claim.set_application(fact.application());
  claim.set_claimant(fact.claimant());
  claim.set_programme(fact.programme());
  claim.set_programme_version(fact.programme_version());
  claim.set_state(Claim::STATE_SUBMITTED);
  *claim.mutable_lines() = fact.lines();
  *claim.mutable_totals() = fact.totals();
  claim.set_revision(fact.revision());
  const auto& known = claim.submitters();
  if (std::find(known.begin(), known.end(), fact.submitter()) == known.end()) claim.add_submitters(fact.submitter());
  *claim.mutable_submit_time() = fact.at();
  *claim.mutable_parties() = fact.parties();
  claim.clear_decider();
  claim.clear_decide_time();
  claim.clear_reason();
}

template <typename Fact>
void Settle(Claim& claim, Claim::State state, const Fact& fact) {
  claim.set_state(state);
  claim.set_decider(fact.by());
  *claim.mutable_decide_time() = fact.at();
}

}  // namespace

Claim Evolve(Claim claim, const ClaimFact& fact) {
  switch (fact.fact_case()) {
    case ClaimFact::kSubmitted:
      HandIn(claim, fact.submitted());
      break;
    case ClaimFact::kReturned:
      Settle(claim, Claim::STATE_RETURNED, fact.returned());
      claim.set_reason(fact.returned().reason());
      break;
    case ClaimFact::kApproved:
      Settle(claim, Claim::STATE_APPROVED, fact.approved());
      break;
    case ClaimFact::kRejected:
      Settle(claim, Claim::STATE_REJECTED, fact.rejected());
      claim.set_reason(fact.rejected().reason());
      break;
    case ClaimFact::kPaid:
      claim.set_state(Claim::STATE_PAID);
      *claim.mutable_payment() = fact.paid();
      break;
    case ClaimFact::kWithdrawn:
      claim.set_state(Claim::STATE_WITHDRAWN);
      break;
    case ClaimFact::FACT_NOT_SET:
      break;
  }
  return claim;
}

}  // namespace amikeco::applicant::v1
