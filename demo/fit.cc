#include "demo/fit.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"

namespace amikeco::demo {
namespace {

namespace v1 = programme::v1;
using v1::EligibilityRule;

constexpr const char* kOrganisations[] = {"organisations/police-of-armenia", "organisations/police-of-morocco",
                                          "organisations/police-of-peru"};
constexpr const char* kAgencies[] = {"hosts/TX0790200", "hosts/MA0022300", "hosts/ME0120300"};

template <typename List, typename Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

template <typename List>
auto Pick(const List& list, int lot) {
  return list[static_cast<int>(static_cast<size_t>(lot) % static_cast<size_t>(std::size(list)))];
}

// The first value from 1 to `last` that is not among `listed`; 0: all are.
template <typename List>
int NotAmong(const List& listed, int last) {
  for (int value = 1; value <= last; ++value) {
    if (!Has(listed, value)) return value;
  }
  return 0;
}

std::string SectionThatMay(const EligibilityRule::Section& rule, int lot) {
  if (!rule.sections().empty()) return Pick(rule.sections(), lot);
  size_t at = static_cast<size_t>(lot);
  while (Has(rule.except(), absl::StrCat("sections/", kSections[at % std::size(kSections)]))) ++at;
  return absl::StrCat("sections/", kSections[at % std::size(kSections)]);
}

std::string SectionThatMayNot(const EligibilityRule::Section& rule) {
  if (!rule.except().empty()) return rule.except(0);
  for (const char* code : kSections) {
    const std::string section = absl::StrCat("sections/", code);
    if (!rule.sections().empty() && !Has(rule.sections(), section)) return section;
  }
  return "";
}

std::string HomeOf(int kind, int lot) {
  if (kind == v1::HOME_KIND_ORGANISATION) return Pick(kOrganisations, lot);
  if (kind == v1::HOME_KIND_AGENCY) return Pick(kAgencies, lot);
  return absl::StrCat("sections/", Pick(kSections, lot));
}

void BeMember(Applicant& applicant, absl::CivilDay since) {
  applicant.membership.set_membership_class(v1::MEMBERSHIP_CLASS_REGULAR);
  *applicant.membership.mutable_since() = ToDate(since);
}

// Members of a section have a membership, nobody else has.
void MoveTo(Applicant& applicant, const std::string& home, absl::CivilDay received) {
  applicant.home = home;
  applicant.membership.Clear();
  if (absl::StartsWith(home, "sections/")) BeMember(applicant, received - 1200);
}

// `value`, which was found to be wrong, is put there; 0 or "": nothing is wrong enough.
template <typename Value, typename Put>
bool PutWrong(const Value& value, Put put) {
  if (value == Value()) return false;
  put(value);
  return true;
}

bool SpoilRequest(const EligibilityRule& rule, Applicant& applicant) {
  auto& asked = applicant.assistance;
  switch (rule.rule_case()) {
    case EligibilityRule::kRequester:
      return PutWrong(NotAmong(rule.requester().types(), v1::RequesterType_MAX),
                      [&](int type) { asked.set_requester_type(static_cast<v1::RequesterType>(type)); });
    case EligibilityRule::kScope:
      return PutWrong(NotAmong(rule.scope().categories(), v1::AssistanceCategory_MAX),
                      [&](int category) { asked.set_category(static_cast<v1::AssistanceCategory>(category)); });
    case EligibilityRule::kDelivery:
      return PutWrong(NotAmong(rule.delivery().modes(), v1::DeliveryMode_MAX),
                      [&](int mode) { asked.set_delivery(static_cast<v1::DeliveryMode>(mode)); });
    case EligibilityRule::kServiceArea:
      asked.set_service_area("diving");
      return !Has(rule.service_area().areas(), asked.service_area());
    default:
      return false;
  }
}

bool SpoilPerson(const EligibilityRule& rule, absl::CivilDay received, Applicant& applicant) {
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
      *applicant.membership.mutable_until() = ToDate(received - 10);
      return true;
    case EligibilityRule::kClassOfMembership:
      applicant.membership.set_membership_class(v1::MEMBERSHIP_CLASS_ASSOCIATE);
      return !Has(rule.class_of_membership().classes(), v1::MEMBERSHIP_CLASS_ASSOCIATE);
    case EligibilityRule::kMembershipTenure:
      *applicant.membership.mutable_since() = ToDate(received - 40);
      return rule.membership_tenure().years() > 0;
    case EligibilityRule::kDuty:
      return PutWrong(NotAmong(rule.duty().statuses(), v1::DutyStatus_MAX),
                      [&](int duty) { applicant.duty = static_cast<v1::DutyStatus>(duty); });
    case EligibilityRule::kSection:
      return PutWrong(SectionThatMayNot(rule.section()),
                      [&](const std::string& home) { MoveTo(applicant, home, received); });
    case EligibilityRule::kHome:
      return PutWrong(NotAmong(rule.home().kinds(), v1::HomeKind_MAX),
                      [&](int kind) { MoveTo(applicant, HomeOf(kind, applicant.index), received); });
    case EligibilityRule::kCohort:
      if (!applicant.fellows.empty()) applicant.fellows.pop_back();
      return rule.cohort().fellows() > 1;
    default:
      return false;
  }
}

bool SpoilDeclarations(const EligibilityRule& rule, Applicant& applicant) {
  auto& declared = applicant.declarations;
  switch (rule.rule_case()) {
    case EligibilityRule::kLanguage:
      for (auto& skill : *declared.mutable_languages()) skill.set_level("A1");
      return true;
    case EligibilityRule::kAcknowledgements:
      declared.clear_acknowledgements();
      return true;
    case EligibilityRule::kEmployerAuthorisation:
      declared.set_employer_status(applicant::v1::EMPLOYER_STATUS_REFUSED);
      return true;
    case EligibilityRule::kSeniority:
      declared.set_rank("Cadet");
      declared.set_service_years(0);
      return true;
    case EligibilityRule::kTravelAfterStay:
      *declared.mutable_private_travel_start() = applicant.wishes.latest_end();
      *declared.mutable_private_travel_end() = applicant.wishes.latest_end();
      return true;
    default:
      return false;
  }
}

// On which the child's age counts: of receipt, or the first of what the places are for.
absl::CivilDay AgeDay(const EligibilityRule::BeneficiaryAge& rule, absl::CivilDay received,
                      const Applicant& applicant) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  return at_start ? ToDay(applicant.wishes.earliest_start()) : received;
}

// Of that many full years, and 100 days more.
absl::CivilDay BirthDay(absl::CivilDay day, int years) {
  return absl::CivilDay(day.year() - years, day.month(), day.day()) - 100;
}

void FitRequest(const EligibilityRule& rule, int lot, applicant::v1::Assistance& asked) {
  if (rule.has_requester()) {
    asked.set_requester_type(static_cast<v1::RequesterType>(Pick(rule.requester().types(), lot)));
  }
  if (rule.has_scope()) {
    asked.set_category(static_cast<v1::AssistanceCategory>(Pick(rule.scope().categories(), lot)));
  }
  if (rule.has_delivery()) asked.set_delivery(static_cast<v1::DeliveryMode>(Pick(rule.delivery().modes(), lot)));
  if (rule.has_service_area()) asked.set_service_area(Pick(rule.service_area().areas(), lot));
}

void FitDeclarations(const EligibilityRule& rule, int lot, Applicant& applicant) {
  auto& declared = applicant.declarations;
  if (rule.has_language()) {
    auto& skill = *declared.add_languages();
    skill.set_code(rule.language().code().empty() ? applicant.wishes.stay_language() : rule.language().code());
    skill.set_level("C2");
  }
  for (const int what : rule.acknowledgements().all_of()) {
    declared.add_acknowledgements(static_cast<v1::Acknowledgement>(what));
    if (what != v1::ACKNOWLEDGEMENT_OWN_EXPENSE) continue;
    for (const auto& category : applicant.programme->funding().cost_categories()) {
      declared.add_cost_categories(category);
    }
  }
  if (rule.has_employer_authorisation()) declared.set_employer_status(applicant::v1::EMPLOYER_STATUS_PAID_DUTY);
  if (!rule.has_seniority()) return;
  declared.set_service_years(rule.seniority().least_service_years() + lot % 10);
  if (!rule.seniority().ranks().empty()) declared.set_rank(Pick(rule.seniority().ranks(), lot));
}

}  // namespace

void SetDays(Applicant& applicant, absl::CivilDay start, int days, int slack) {
  auto& wishes = applicant.wishes;
  *wishes.mutable_earliest_start() = ToDate(start);
  *wishes.mutable_latest_end() = ToDate(start + (days - 1) + slack);
  wishes.set_stay_days(days);
}

void Fit(const EligibilityRule& rule, absl::CivilDay received, int lot, Applicant& applicant) {
  FitRequest(rule, lot, applicant.assistance);
  FitDeclarations(rule, lot, applicant);
  if (rule.has_duty()) applicant.duty = static_cast<v1::DutyStatus>(Pick(rule.duty().statuses(), lot));
  if (rule.has_section()) MoveTo(applicant, SectionThatMay(rule.section(), lot), received);
  if (rule.has_home()) MoveTo(applicant, HomeOf(Pick(rule.home().kinds(), lot), lot), received);
  if (rule.has_beneficiary_age()) {
    const auto& age = rule.beneficiary_age();
    applicant.child_born =
        BirthDay(AgeDay(age, received, applicant), age.min_years() + lot % (age.max_years() - age.min_years() + 1));
  }
  for (int i = 1; i < rule.cohort().fellows(); ++i) {
    applicant.fellows.push_back(absl::StrCat(applicant.member, "-", i + 1));
  }
}

bool Spoil(const EligibilityRule& rule, absl::CivilDay received, Applicant& applicant) {
  const absl::CivilDay start = ToDay(applicant.wishes.earliest_start());
  Applicant spoilt = applicant;
  bool done = SpoilRequest(rule, spoilt) || SpoilPerson(rule, received, spoilt) || SpoilDeclarations(rule, spoilt);
  if (rule.has_notice()) {
    SetDays(spoilt, received + 20, spoilt.wishes.stay_days(), 5);
    done = rule.notice().months() > 0;
  }
  if (rule.has_stay_length()) {
    SetDays(spoilt, start, rule.stay_length().max_days() + 5, 5);
    done = true;
  }
  if (rule.has_beneficiary_age()) {
    const auto& age = rule.beneficiary_age();
    spoilt.child_born = BirthDay(AgeDay(age, received, applicant), age.max_years() + 1);
    done = true;
  }
  if (done) applicant = std::move(spoilt);
  return done;
}

}  // namespace amikeco::demo
