#include "services/compliance/country_assessment.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/policy.h"

namespace amikeco::compliance {
namespace {

// More is unknown than was, or humanitarian law may apply now: whoever revised it need not think of that.
bool Worsens(const v1::CountryRevision& before, const v1::CountryRevision& after) {
  const std::set<std::string> known(before.unknown().begin(), before.unknown().end());
  const bool more = std::any_of(after.unknown().begin(), after.unknown().end(),
                                [&](const std::string& question) { return known.count(question) == 0; });
  return more || (after.humanitarian_law() && !before.humanitarian_law());
}

}  // namespace

CountryFacts Decide(const v1::CountryAssessment& assessment, const v1::RecordCountryAssessmentRequest& request,
                    const AssessmentCircumstance& c) {
  const auto& organisations = c.policy.organisations();
  if (std::find(organisations.begin(), organisations.end(), c.actor.organisation) == organisations.end()) {
    return errors::NotAnAssessingOrganisation(c.actor.organisation);
  }
  AMIKECO_RETURN_IF_ERROR(CheckComplete(c.policy, request.content()));
  v1::CountryAssessmentFact fact;
  v1::CountryRevision& revised = *fact.mutable_revised()->mutable_revision();
  revised.set_country(request.country());
  revised.set_revision(assessment.revisions_size() + 1);
  revised.set_significant(request.significant());
  revised.set_content_hash(ContentHash(request.content()));
  for (const v1::Answer& answer : request.content().answers()) {
    if (answer.value() == v1::ANSWER_VALUE_UNKNOWN) revised.add_unknown(answer.question());
    const v1::CountryQuestion* question = FindQuestion(c.policy, answer.question());
    // In doubt humanitarian law is assumed to apply.
    if (question->humanitarian_law() && IsApplicable(answer.value())) revised.set_humanitarian_law(true);
  }
  if (!assessment.revisions().empty() && Worsens(*assessment.revisions().rbegin(), revised))
    revised.set_significant(true);
  revised.set_policy(c.policy.id());
  revised.set_policy_version(c.policy.version());
  revised.set_by(c.actor.subject);
  *revised.mutable_at() = ToTimestamp(c.now);
  // No country's own zone matters for a period of months.
  const absl::CivilDay today = absl::ToCivilDay(c.now, absl::UTCTimeZone());
  *revised.mutable_review_due() = ToDate(AddMonths(today, c.policy.review_months()));
  *fact.mutable_revised()->mutable_parties() = organisations;
  options::v1::Disclosure& disclosure = *fact.mutable_revised()->mutable_disclosure();
  disclosure.set_disclosure_class(options::v1::DISCLOSURE_CLASS_PARTNER);
  disclosure.set_set_by(c.actor.organisation);
  *disclosure.mutable_set_time() = ToTimestamp(c.now);
  return std::vector{fact};
}

std::string CountryAssessmentNameOf(absl::string_view country) { return absl::StrCat("countryAssessments/", country); }

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

CountryAssessment Evolve(CountryAssessment assessment, const CountryAssessmentFact& fact) {
  if (!fact.has_revised()) return assessment;  // of a newer program
  const CountryRevised& revised = fact.revised();
  assessment.set_name(CountryAssessmentNameOf(revised.revision().country()));
  assessment.set_country(revised.revision().country());
  *assessment.add_revisions() = revised.revision();
  *assessment.mutable_parties() = revised.parties();
  if (revised.has_disclosure()) *assessment.mutable_disclosure() = revised.disclosure();
  return assessment;
}

}  // namespace amikeco::compliance::v1
