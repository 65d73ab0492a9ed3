#include "services/applicant/money.h"

#include "absl/strings/str_cat.h"
#include "services/applicant/application.h"
#include "services/applicant/money_errors.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Funding;

const ErrorName& PayerOf(Funding::Model model) {
  switch (model) {
    case Funding::MODEL_SPONSOR_REIMBURSES:
      return errors::kSponsorReimburses;
    case Funding::MODEL_RECIPIENT_PAYS:
      return errors::kRecipientPays;
    default:
      return errors::kSelfFunded;
  }
}

}  // namespace

absl::CivilDay TodayOf(const MoneyCircumstance& c) { return Today(Circumstance{c.now, c.actor, c.programme}); }

absl::Status CheckFunded(Funding::Model wanted, absl::string_view what, const programme::v1::Programme& programme) {
  const Funding::Model model = programme.funding().model();
  if (model == wanted) return absl::OkStatus();
  const ErrorName& payer = PayerOf(model);
  return Error(payer, absl::StrCat(what, " in ", programme.name(), ". ", payer.fix),
               {{"programme", programme.name()}, {"funding", Funding::Model_Name(model)}});
}

absl::Status CheckPayer(const MoneyCircumstance& c) {
  const std::string& its_operator = c.programme.operator_organisation();
  const bool decides = c.actor.Has(options::v1::ROLE_FINANCE) || c.actor.Has(options::v1::ROLE_COORDINATOR);
  if (decides && c.actor.organisation == its_operator) return absl::OkStatus();
  return Error(
      errors::kNotYourProgramme,
      absl::StrCat("Only finance or a coordinator of ", its_operator, " decides this for ", c.programme.name(), "."),
      {{"programme", c.programme.name()}, {"operator", its_operator}});
}

}  // namespace amikeco::applicant
