// What claims, estimates and prices have in common: what their decisions depend on, and who pays in a programme. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_MONEY_H_
#define AMIKECO_SERVICES_APPLICANT_MONEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::applicant {

struct MoneyCircumstance {
  absl::Time now;
  const Actor& actor;
  const programme::v1::Programme& programme;  // in the application's version
  const v1::Application& application;
  std::string name;  // of the record
};

// The day it is now where the programme's days begin and end.
absl::CivilDay TodayOf(const MoneyCircumstance& c);

// OK in a programme that is funded so; else SELF_FUNDED, SPONSOR_REIMBURSES or RECIPIENT_PAYS. `what` begins the
// sentence: "Expenses are not paid back".
absl::Status CheckFunded(programme::v1::Funding::Model wanted, absl::string_view what,
                         const programme::v1::Programme& programme);

// Money is decided by the operator: its coordinators and its finance.
absl::Status CheckPayer(const MoneyCircumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_MONEY_H_
