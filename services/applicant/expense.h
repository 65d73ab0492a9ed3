// Expenses: what must be true of the lines of a claim. Pure.
#ifndef AMIKECO_SERVICES_APPLICANT_EXPENSE_H_
#define AMIKECO_SERVICES_APPLICANT_EXPENSE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/claim.pb.h"
#include "common/base/dates.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/type/money.pb.h"
#include "services/applicant/money.h"

namespace amikeco::applicant {

using ExpenseLines = google::protobuf::RepeatedPtrField<v1::ExpenseLine>;

// From the stay's first to its last day, or to the day on which it ended early; of an award, from the receipt of the
// application to its acceptance. Requires that the stay has begun, or the award is given.
Days StayOf(const v1::Application& application);

// What the lines come to, one amount a currency. INVALID_ARGUMENT with everything that is wrong with each line: its
// category, its agreement, its currency, its day, a receipt that another line has.
absl::StatusOr<std::vector<google::type::Money>> SumExpenses(const ExpenseLines& lines, const MoneyCircumstance& c);

}  // namespace amikeco::applicant

#endif  // AMIKECO_SERVICES_APPLICANT_EXPENSE_H_
