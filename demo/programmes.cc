#include "demo/programmes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "demo/cast.h"

namespace amikeco::demo {
namespace {

using programme::v1::Applicants;
using programme::v1::ComplianceItem;
using programme::v1::EligibilityRule;
using programme::v1::MatchingRules;
using programme::v1::Programme;

// Where hosts are when any country but some will do.
constexpr const char* kCountries[] = {"DE", "NL", "IE", "US"};

}  // namespace

std::string WhyNotPlayed(const Programme& programme) {
  if (programme.applicants().kind() > Applicants::KIND_ORGANISATION) {
    return absl::StrCat("nobody here is ", Applicants::Kind_Name(programme.applicants().kind()));
  }
  const MatchingRules::Mode mode = programme.matching().mode();
  if (mode < MatchingRules::MODE_RANKED_PROPOSALS || mode > MatchingRules::MODE_SELECTION) {
    return absl::StrCat("nobody here finds places by ", MatchingRules::Mode_Name(mode));
  }
  if (programme.selection().least_jurors() > kJurors) return absl::StrCat("the jury here has ", kJurors);
  for (const auto& criterion : programme.selection().criteria()) {
    if (criterion.max_points() < kMostPoints) return absl::StrCat("jurors here give up to ", kMostPoints);
  }
  for (const EligibilityRule& rule : programme.eligibility()) {
    const auto kind = rule.rule_case();
    const bool known = (kind >= EligibilityRule::kMembership && kind <= EligibilityRule::kCohort) ||
                       kind == EligibilityRule::kBeneficiaryAge;
    if (!known) return absl::StrCat("the oracle does not know the rule ", rule.id());
  }
  for (const ComplianceItem& item : programme.compliance()) {
    if (item.kind() > ComplianceItem::KIND_VISA) return absl::StrCat("nobody here can record ", item.id());
  }
  return "";
}

std::optional<size_t> FindExchange(const std::vector<Programme>& programmes) {
  for (size_t i = 0; i < programmes.size(); ++i) {
    const bool individual = !IsForOrganisations(programmes[i]) && !IsForCohorts(programmes[i]);
    if (individual && IsSought(programmes[i]) && !programmes[i].matching().host_country().empty()) return i;
  }
  return std::nullopt;
}

bool IsForOrganisations(const Programme& programme) {
  return programme.applicants().kind() == Applicants::KIND_ORGANISATION;
}

bool IsForCohorts(const Programme& programme) { return programme.applicants().kind() == Applicants::KIND_COHORT; }

bool IsSought(const Programme& programme) {
  return programme.matching().mode() == MatchingRules::MODE_RANKED_PROPOSALS;
}

bool IsJudged(const Programme& programme) { return programme.matching().mode() == MatchingRules::MODE_SELECTION; }

bool IsForChildren(const Programme& programme) {
  return programme.selection().beneficiary() == programme::v1::Selection::BENEFICIARY_KIND_CHILD;
}

bool IsEndorsed(const Programme& programme) {
  return !IsForOrganisations(programme) && !programme.applicants().without_endorsement();
}

const ComplianceItem* FirstReview(const Programme& programme) {
  for (const ComplianceItem& item : programme.compliance()) {
    if (item.mandatory() && IsReviewed(item.kind())) return &item;
  }
  return nullptr;
}

bool IsReviewed(ComplianceItem::Kind kind) { return kind >= ComplianceItem::KIND_TRAINING; }

const EligibilityRule* FindRule(const Programme& programme, EligibilityRule::RuleCase rule) {
  for (const EligibilityRule& one : programme.eligibility()) {
    if (one.rule_case() == rule) return &one;
  }
  return nullptr;
}

std::string CountryOf(const Programme& programme) {
  const auto& rules = programme.matching();
  if (!rules.host_country().empty()) return rules.host_country();
  const auto& excluded = rules.excluded_host_countries();
  return *std::find_if(std::begin(kCountries), std::end(kCountries) - 1, [&](const char* country) {
    return std::find(excluded.begin(), excluded.end(), country) == excluded.end();
  });
}

}  // namespace amikeco::demo
