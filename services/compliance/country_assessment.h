// Assessments of countries (stage 1): kept once for each, in revisions, and reused by the assessments of activities.
// Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_COUNTRY_ASSESSMENT_H_
#define AMIKECO_SERVICES_COMPLIANCE_COUNTRY_ASSESSMENT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/compliance/assessment.h"

namespace amikeco::compliance {

using CountryFacts = absl::StatusOr<std::vector<v1::CountryAssessmentFact>>;

CountryFacts Decide(const v1::CountryAssessment&, const v1::RecordCountryAssessmentRequest&,
                    const AssessmentCircumstance&);

// "AM" has "countryAssessments/AM".
std::string CountryAssessmentNameOf(absl::string_view country);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

// The assessment after `fact`. Total.
CountryAssessment Evolve(CountryAssessment assessment, const CountryAssessmentFact& fact);

}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_COUNTRY_ASSESSMENT_H_
