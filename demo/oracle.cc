#include "demo/oracle.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "common/base/dates.h"

namespace amikeco::demo {
namespace {

namespace v1 = programme::v1;
using v1::EligibilityRule;

template <typename List, typename Value>
bool Lists(const List& list, const Value& value) {
  return std::count(list.begin(), list.end(), value) > 0;
}

absl::CivilDay ReceivedOn(const Applicant& applicant, absl::CivilDay today) { return today + applicant.submit_day; }

bool HasTenure(const EligibilityRule::MembershipTenure& rule, const Applicant& applicant, absl::CivilDay received) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  const absl::CivilDay day = at_start ? ToDay(applicant.wishes.earliest_start()) : received;
  const absl::CivilDay since = ToDay(applicant.membership.since());
  return day > absl::CivilDay(since.year() + rule.years(), since.month(), since.day());
}

bool Speaks(const EligibilityRule::Language& rule, const Applicant& applicant) {
  const std::string& language = rule.code().empty() ? applicant.wishes.stay_language() : rule.code();
  const auto& spoken = applicant.declarations.languages();
  return std::any_of(spoken.begin(), spoken.end(), [&](const auto& skill) {
    return skill.code() == language && skill.level() >= rule.least_level();
  });
}

// So many calendar months; no story starts on a day that the last of them lacks by more than the month's end.
bool GivesNotice(int months, const Applicant& applicant, absl::CivilDay received) {
  absl::CivilDay least(received.year(), received.month() + months, 1);
  const absl::CivilDay month_end = absl::CivilDay(absl::CivilMonth(least) + 1) - 1;
  least = std::min(least + (received.day() - 1), month_end);
  return ToDay(applicant.wishes.earliest_start()) >= least;
}

bool Acknowledges(const EligibilityRule::Acknowledgements& rule, const Applicant& applicant) {
  const auto& declared = applicant.declarations;
  return std::all_of(rule.all_of().begin(), rule.all_of().end(), [&](int what) {
    const auto& costs = applicant.programme->funding().cost_categories();
    const bool paid = what != v1::ACKNOWLEDGEMENT_OWN_EXPENSE ||
                      std::all_of(costs.begin(), costs.end(), [&](const std::string& category) {
                        return Lists(declared.cost_categories(), category);
                      });
    return paid && Lists(declared.acknowledgements(), what);
  });
}

bool IsSenior(const EligibilityRule::Seniority& rule, const applicant::v1::Declarations& declared) {
  const auto& ranks = rule.ranks();
  const bool ranked = ranks.empty() || std::any_of(ranks.begin(), ranks.end(), [&](const std::string& rank) {
                        return absl::AsciiStrToLower(rank) == absl::AsciiStrToLower(declared.rank());
                      });
  return ranked && declared.service_years() >= rule.least_service_years();
}

bool IsSentBy(const EligibilityRule::Home& rule, const std::string& home) {
  return (Lists(rule.kinds(), v1::HOME_KIND_SECTION) && absl::StartsWith(home, "sections/")) ||
         (Lists(rule.kinds(), v1::HOME_KIND_ORGANISATION) && absl::StartsWith(home, "organisations/")) ||
         (Lists(rule.kinds(), v1::HOME_KIND_AGENCY) && absl::StartsWith(home, "hosts/"));
}

bool TravelsAfterwards(const Applicant& applicant) {
  const auto& declared = applicant.declarations;
  return !declared.has_private_travel_start() ||
         ToDay(declared.private_travel_start()) > ToDay(applicant.wishes.latest_end());
}

// Counted by birthdays.
bool IsOfAge(const EligibilityRule::BeneficiaryAge& rule, const Applicant& applicant, absl::CivilDay received) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  const absl::CivilDay day = at_start ? ToDay(applicant.wishes.earliest_start()) : received;
  const absl::CivilDay born = applicant.child_born;
  const auto birthday = [&](int years) { return absl::CivilDay(born.year() + years, born.month(), born.day()); };
  return birthday(rule.min_years()) <= day && day < birthday(rule.max_years() + 1);
}

// What the rule asks of an applicant, in the oracle's own words.
bool Holds(const EligibilityRule& rule, const Applicant& applicant, absl::CivilDay received) {
  const auto& membership = applicant.membership;
  const auto& asked = applicant.assistance;
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
      return Lists(rule.membership().classes(), membership.membership_class()) &&
             ToDay(membership.since()) <= received &&
             (!membership.has_until() || ToDay(membership.until()) >= received);
    case EligibilityRule::kClassOfMembership:
      return Lists(rule.class_of_membership().classes(), membership.membership_class());
    case EligibilityRule::kMembershipTenure:
      return HasTenure(rule.membership_tenure(), applicant, received);
    case EligibilityRule::kDuty:
      return Lists(rule.duty().statuses(), applicant.duty);
    case EligibilityRule::kLanguage:
      return Speaks(rule.language(), applicant);
    case EligibilityRule::kNotice:
      return GivesNotice(rule.notice().months(), applicant, received);
    case EligibilityRule::kAcknowledgements:
      return Acknowledges(rule.acknowledgements(), applicant);
    case EligibilityRule::kTravelAfterStay:
      return TravelsAfterwards(applicant);
    case EligibilityRule::kSection:
      return (rule.section().sections().empty() || Lists(rule.section().sections(), applicant.home)) &&
             !Lists(rule.section().except(), applicant.home);
    case EligibilityRule::kEmployerAuthorisation:
      return applicant.declarations.employer_status() != applicant::v1::EMPLOYER_STATUS_UNSPECIFIED &&
             applicant.declarations.employer_status() != applicant::v1::EMPLOYER_STATUS_REFUSED;
    case EligibilityRule::kStayLength:
      return applicant.wishes.stay_days() >= rule.stay_length().min_days() &&
             applicant.wishes.stay_days() <= rule.stay_length().max_days();
    case EligibilityRule::kRequester:
      return Lists(rule.requester().types(), asked.requester_type());
    case EligibilityRule::kScope:
      return Lists(rule.scope().categories(), asked.category());
    case EligibilityRule::kServiceArea:
      return Lists(rule.service_area().areas(), asked.service_area());
    case EligibilityRule::kDelivery:
      return Lists(rule.delivery().modes(), asked.delivery());
    case EligibilityRule::kHome:
      return IsSentBy(rule.home(), applicant.home);
    case EligibilityRule::kSeniority:
      return IsSenior(rule.seniority(), applicant.declarations);
    case EligibilityRule::kCohort:
      // All of a cohort are of one home here.
      return static_cast<int>(applicant.persons().size()) == rule.cohort().fellows();
    case EligibilityRule::kBeneficiaryAge:
      return IsOfAge(rule.beneficiary_age(), applicant, received);
    default:
      return false;  // WhyNotPlayed has named it
  }
}

// The day on which a place is first looked for, days after the first.
int SearchDay(const Applicant& applicant) { return applicant.submit_day + applicant.triage_after; }

// Who comes before whom; 0 is first.
int TierOf(const Applicant& applicant) {
  const v1::Triage& triage = applicant.programme->triage();
  int points = triage.harm_points() * applicant.harm;
  for (const auto& priority : triage.priorities()) {
    if (Lists(applicant.priorities, priority.id())) points += priority.points();
  }
  int tier = 0;
  for (const auto& one : applicant.programme->tiers()) {
    const bool duty = one.duty_statuses().empty() || Lists(one.duty_statuses(), applicant.duty);
    if (duty && points >= one.least_points()) break;
    ++tier;
  }
  return tier;
}

// Who holds a contested seat in the end: the first to ask, until somebody of a better tier asks before command
// approved.
const Applicant* Winner(const Cast& cast, int seat) {
  std::vector<const Applicant*> rivals;
  for (const Applicant& applicant : cast.applicants) {
    if (applicant.private_seat == seat) rivals.push_back(&applicant);
  }
  std::stable_sort(rivals.begin(), rivals.end(),
                   [](const Applicant* a, const Applicant* b) { return SearchDay(*a) < SearchDay(*b); });
  const Applicant* holder = rivals.front();
  int approved_on = SearchDay(*holder) + holder->answer_after;
  for (const Applicant* rival : rivals) {
    if (TierOf(*rival) < TierOf(*holder) && SearchDay(*rival) < approved_on) {
      holder = rival;
      approved_on = SearchDay(*rival) + rival->answer_after;
    }
  }
  return holder;
}

// Places go down the ranking, past those who do not accept, until all are taken.
std::string JudgedEnding(const Cast& cast, const Applicant& applicant, absl::CivilDay today) {
  int ahead = 0;
  for (const Applicant& rival : cast.applicants) {
    const bool takes_a_place = rival.intake == applicant.intake && rival.plot == Plot::kJudged &&
                               rival.points > applicant.points && ReasonsAgainst(rival, today).empty();
    if (takes_a_place) ++ahead;
  }
  if (ahead >= kPlaces) return "NOT_SELECTED";
  return applicant.plot == Plot::kNeverAccepts ? "LAPSED" : "AWARDED";
}

}  // namespace

std::set<std::string> ReasonsAgainst(const Applicant& applicant, absl::CivilDay today) {
  std::set<std::string> reasons;
  for (const EligibilityRule& rule : applicant.programme->eligibility()) {
    if (!Holds(rule, applicant, ReceivedOn(applicant, today))) reasons.insert(rule.reason());
  }
  return reasons;
}

Ending Foretell(const Cast& cast, const Applicant& applicant, absl::CivilDay today) {
  std::set<std::string> reasons = ReasonsAgainst(applicant, today);
  if (applicant.plot == Plot::kNoticeOverridden) reasons.erase("NOTICE_TOO_SHORT");
  if (!reasons.empty()) return {"INELIGIBLE", reasons};
  if (applicant.private_seat >= 0) {
    return {Winner(cast, applicant.private_seat) == &applicant ? "CLOSED" : "UNPLACED", {}};
  }
  switch (applicant.plot) {
    case Plot::kNeverEndorsed:
    case Plot::kMissingReview:
      return {"LAPSED", {}};
    case Plot::kWithdraws:
      return {"WITHDRAWN", {}};
    case Plot::kJudged:
    case Plot::kNeverAccepts:
      return {JudgedEnding(cast, applicant, today), {}};
    case Plot::kEverybodyDeclines:
      return {"UNPLACED", {}};
    case Plot::kNeverSigns:
    case Plot::kNeverVetted:
    case Plot::kCoverCancelledForGood:
    case Plot::kRevoked:
      return {"CANCELLED", {}};
    default:
      return {"CLOSED", {}};
  }
}

}  // namespace amikeco::demo
