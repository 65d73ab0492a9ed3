// Between the messages of screenings and the search through the lists. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_MATCH_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_MATCH_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/screening.pb.h"
#include "services/compliance/screening/screener.h"

namespace amikeco::compliance {

// INVALID_ARGUMENT names what cannot be read: who has no readable name would be clear for that reason alone. The
// refusal says nothing of what was sent.
absl::StatusOr<screening::Subject> SubjectOf(const v1::Particulars& particulars);

// Without the list's version.
v1::Match MatchOf(const screening::Screener& screener, const screening::Hit& hit);
v1::Explanation ExplanationOf(const screening::Screener& screener, const screening::Hit& hit);
v1::NameComparison ComparisonOf(const screening::Comparison& comparison);
v1::MatchOutcome OutcomeOf(screening::Outcome outcome);

// Of all that is listed of it but its line.
std::string HashOf(const screening::Entry& entry);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_MATCH_H_
