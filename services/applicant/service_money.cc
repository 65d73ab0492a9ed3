// The methods about money: claims, estimates, and prices and who bears them.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/events/execute.h"
#include "services/applicant/claim.h"
#include "services/applicant/costs.h"
#include "services/applicant/doors.h"
#include "services/applicant/expense.h"
#include "services/applicant/money_errors.h"
#include "services/applicant/service.h"
#include "services/applicant/tables.h"

namespace amikeco::applicant {
namespace {

using v1::Claim;

// The one entry of the dossier that a price split owns.
constexpr char kTerms[] = "terms";

// Which other claims of the application have receipts of these lines.
absl::StatusOr<ClaimedReceipts> ClaimedElsewhere(Reader& reader, const std::string& application,
                                                 const std::string& claim, const ExpenseLines& lines) {
  ClaimedReceipts claimed;
  for (const v1::ExpenseLine& line : lines) {
    const std::string key = ReceiptKey(application, line.receipt().sha256());
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Claims().Range(reader, kByReceipt, key, key + "!", 1));
    if (!found.empty() && found.front().name != claim) claimed.emplace(line.receipt().sha256(), found.front().name);
  }
  return claimed;
}

// The unique keys of receipts also hold when two claims race; whose race it was is seen when it is tried again.
absl::Status ReceiptConflict(absl::Status status) {
  if (status.code() != absl::StatusCode::kAlreadyExists) return status;
  return Error(amikeco::errors::kLostRace, "Another claim with one of these receipts was handed in this moment.");
}

// A claim that is handed in depends on the receipts of others, besides.
template <typename Request>
concept HandsIn = requires(const Request& request) {
  request.lines();
};

template <typename Request>
ClaimFacts DecideIn(Reader& reader, const Claim& claim, const Request& request, const MoneyCircumstance& c) {
  if constexpr (HandsIn<Request>) {
    AMIKECO_ASSIGN_OR_RETURN(const auto claimed,
                             ClaimedElsewhere(reader, c.application.name(), c.name, request.lines()));
    return Decide(claim, request, c, claimed);
  } else {
    return Decide(claim, request, c);
  }
}

// The answer, disclosed as its application is. A split of the price has one audience alone.
template <typename T>
absl::StatusOr<T> AnswerIn(Reader& reader, const Versioned<T>& record) {
  if constexpr (requires { record.value.disclosure(); }) {
    AMIKECO_ASSIGN_OR_RETURN(const auto application, Applications().Get(reader, record.value.application()));
    return DisclosedAs(application.value, Answer(record));
  } else {
    return Answer(record);
  }
}

}  // namespace

absl::StatusOr<Claim> ApplicantService::SubmitClaim(Call& call, const v1::SubmitClaimRequest& request) {
  return Execute<Claim>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Claim> {
    AMIKECO_ASSIGN_OR_RETURN(const auto application, Visible(tx, Applications(), request.application(), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(application.value));
    AMIKECO_ASSIGN_OR_RETURN(auto claim, Claims().Find(tx, NameFor("claims", request.claim_id())));
    const MoneyCircumstance c{call.time, call.actor, *programme, application.value, claim.name};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, DecideIn(tx, claim.value, request, c));
    AMIKECO_RETURN_IF_ERROR(ReceiptConflict(Apply(tx, Claims(), OriginOf("applicant", call), facts, claim)));
    return DisclosedAs(application.value, Answer(claim));
  });
}

template <typename Request>
absl::StatusOr<Claim> ApplicantService::ChangeClaim(Call& call, const Request& request) {
  return Execute<Claim>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<Claim> {
    AMIKECO_ASSIGN_OR_RETURN(auto claim, ForChange(tx, Claims(), request, call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto application, Applications().Get(tx, claim.value.application()));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(application.value));
    const MoneyCircumstance c{call.time, call.actor, *programme, application.value, claim.name};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, DecideIn(tx, claim.value, request, c));
    AMIKECO_RETURN_IF_ERROR(ReceiptConflict(Apply(tx, Claims(), OriginOf("applicant", call), facts, claim)));
    return DisclosedAs(application.value, Answer(claim));
  });
}

absl::StatusOr<Claim> ApplicantService::ResubmitClaim(Call& call, const v1::ResubmitClaimRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::ApproveClaim(Call& call, const v1::ApproveClaimRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::RejectClaim(Call& call, const v1::RejectClaimRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::ReturnClaim(Call& call, const v1::ReturnClaimRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::RecordPayment(Call& call, const v1::RecordPaymentRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::WithdrawClaim(Call& call, const v1::WithdrawClaimRequest& request) {
  return ChangeClaim(call, request);
}

absl::StatusOr<Claim> ApplicantService::GetClaim(Call& call, const v1::GetClaimRequest& request) {
  return Query<Claim>(in_.store, [&](Reader& reader) -> absl::StatusOr<Claim> {
    AMIKECO_ASSIGN_OR_RETURN(const auto claim, Visible(reader, Claims(), request.name(), call.actor));
    return AnswerIn(reader, claim);
  });
}

absl::StatusOr<v1::ListClaimsResponse> ApplicantService::ListClaims(Call& call, const v1::ListClaimsRequest& request) {
  PageRequest page_request{kByName, "", request.page_size(), request.page_token()};
  const bool any_state = request.state() == Claim::STATE_UNSPECIFIED;
  const std::string party = PartyOf(call.actor);
  if (!request.application().empty()) {
    page_request.key = kByApplication;
    page_request.prefix = KeyOf(request.application());
  } else if (!party.empty()) {
    page_request.key = any_state ? kByParty : kByPartyAndState;
    page_request.prefix = any_state ? KeyOf(party) : KeyOf(party, static_cast<int>(request.state()));
  }
  return Query<v1::ListClaimsResponse>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::ListClaimsResponse> {
    AMIKECO_ASSIGN_OR_RETURN(const auto page, Claims().List(reader, page_request));
    v1::ListClaimsResponse response;
    for (const auto& claim : page.items) {
      if (!any_state && claim.value.state() != request.state()) continue;
      if (!call.actor.MaySee(claim.value.parties())) continue;
      AMIKECO_ASSIGN_OR_RETURN(*response.add_claims(), AnswerIn(reader, claim));
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

template <typename T, typename Request, typename Besides>
absl::StatusOr<T> ApplicantService::RecordCosts(Call& call, const Table<T>& table, const Request& request,
                                                Besides besides) {
  return Execute<T>(in_.store, call, [&](Transaction& tx) -> absl::StatusOr<T> {
    AMIKECO_ASSIGN_OR_RETURN(const auto application,
                             Visible(tx, Applications(), ApplicationOf(request.name()), call.actor));
    AMIKECO_ASSIGN_OR_RETURN(const auto* programme, ProgrammeOf(application.value));
    AMIKECO_ASSIGN_OR_RETURN(auto record, table.Find(tx, request.name()));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(record, request.etag()));
    const MoneyCircumstance c{call.time, call.actor, *programme, application.value, record.name};
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(record.value, request, c));
    AMIKECO_RETURN_IF_ERROR(Apply(tx, table, OriginOf("applicant", call), facts, record));
    AMIKECO_RETURN_IF_ERROR(besides(tx));
    return AnswerIn(tx, record);
  });
}

absl::StatusOr<v1::CostEstimate> ApplicantService::RecordCostEstimate(Call& call,
                                                                      const v1::RecordCostEstimateRequest& request) {
  return RecordCosts(call, CostEstimates(), request, [](Transaction&) { return absl::OkStatus(); });
}

absl::StatusOr<v1::CostEstimate> ApplicantService::GetCostEstimate(Call& call,
                                                                   const v1::GetCostEstimateRequest& request) {
  return Query<v1::CostEstimate>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::CostEstimate> {
    AMIKECO_ASSIGN_OR_RETURN(const auto estimate, Visible(reader, CostEstimates(), request.name(), call.actor));
    return AnswerIn(reader, estimate);
  });
}

absl::StatusOr<v1::PriceSplit> ApplicantService::RecordPriceSplit(Call& call,
                                                                  const v1::RecordPriceSplitRequest& request) {
  return RecordCosts(call, PriceSplits(), request,
                     [&](Transaction& tx) { return in_.dossiers.Write(tx, request.name(), kTerms, request.terms()); });
}

absl::StatusOr<v1::PriceSplit> ApplicantService::GetPriceSplit(Call& call, const v1::GetPriceSplitRequest& request) {
  return Query<v1::PriceSplit>(in_.store, [&](Reader& reader) -> absl::StatusOr<v1::PriceSplit> {
    AMIKECO_ASSIGN_OR_RETURN(const auto stored, Visible(reader, PriceSplits(), request.name(), call.actor));
    v1::PriceSplit split = Answer(stored);
    AMIKECO_ASSIGN_OR_RETURN(const bool there, in_.dossiers.Read(reader, split.name(), kTerms, *split.mutable_terms()));
    if (!there) return NotFound(split.name());
    return split;
  });
}

}  // namespace amikeco::applicant
