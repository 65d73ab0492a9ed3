#include "programmes/check_selection.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

using programme::v1::EligibilityRule;
using programme::v1::MatchingRules;
using programme::v1::Programme;
using programme::v1::Selection;
using programme::v1::TaskRule;

// Bounds that keep every sum of points far below what a number can hold; see services/applicant/ranking.cc.
constexpr int kMostCriteria = 20;
constexpr int kMostPoints = 1000;
constexpr int kMostJurors = 100;
constexpr int kMostPlaces = 1000;

void CheckRange(const std::string& field, int value, int least, int most, FieldErrors& wrong) {
  if (value < least || value > most) wrong.Add(field, absl::StrCat("must be ", least, " to ", most));
}

void CheckCriteria(const Selection& selection, FieldErrors& wrong) {
  if (selection.criteria().empty()) wrong.Add("selection.criteria", "has none; say what a juror gives points for");
  if (selection.criteria_size() > kMostCriteria) {
    wrong.Add("selection.criteria", absl::StrCat("has more than ", kMostCriteria));
  }
  for (int i = 0; i < selection.criteria_size(); ++i) {
    const Selection::Criterion& criterion = selection.criteria(i);
    const std::string field = absl::StrCat("selection.criteria[", i, "]");
    if (criterion.title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; jurors are shown it");
    CheckRange(absl::StrCat(field, ".weight"), criterion.weight(), 1, kMostPoints, wrong);
    CheckRange(absl::StrCat(field, ".max_points"), criterion.max_points(), 1, kMostPoints, wrong);
  }
}

void CheckPrize(const google::type::Money& prize, FieldErrors& wrong) {
  const std::string& code = prize.currency_code();
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), [](char c) { return absl::ascii_isupper(c); })) {
    wrong.Add("selection.prize.currency_code", "must be three capital letters of ISO 4217, as in USD");
  }
  const bool nothing = prize.units() == 0 && prize.nanos() == 0;
  if (prize.units() < 0 || prize.nanos() < 0 || prize.nanos() > 999'999'999 || nothing) {
    wrong.Add("selection.prize",
              "must be more than nothing, with nanos of 0 to 999,999,999; leave it out for no money");
  }
}

void CheckJury(const Programme& programme, FieldErrors& wrong) {
  const Selection& selection = programme.selection();
  CheckRange("selection.least_jurors", selection.least_jurors(), 1, kMostJurors, wrong);
  for (int i = 0; i < selection.jury_organisations_size(); ++i) {
    const std::string& name = selection.jury_organisations(i);
    const bool known = absl::StartsWith(name, "organisations/") || absl::StartsWith(name, "sections/") ||
                       absl::StartsWith(name, "regions/");
    if (known) continue;
    wrong.Add(absl::StrCat("selection.jury_organisations[", i, "]"),
              "must be an organisation's name, as in organisations/ipa-us or sections/DE");
  }
}

void CheckTerms(const Programme& programme, FieldErrors& wrong) {
  const Selection& selection = programme.selection();
  CheckRange("selection.yearly_quota", selection.yearly_quota(), 0, kMostPlaces, wrong);
  CheckRange("selection.places", selection.places(), 0, kMostPlaces, wrong);
  if (selection.yearly_quota() > 0 && selection.places() > selection.yearly_quota()) {
    wrong.Add("selection.places", "must not be more than yearly_quota");
  }
  if (selection.tie_rule() == Selection::TIE_RULE_UNSPECIFIED) {
    wrong.Add("selection.tie_rule", "is missing; say TIE_RULE_EARLIEST_RECEIPT or TIE_RULE_LOTTERY");
  }
  if (selection.beneficiary() == Selection::BENEFICIARY_KIND_UNSPECIFIED) {
    wrong.Add("selection.beneficiary", "is missing; say BENEFICIARY_KIND_SELF or BENEFICIARY_KIND_CHILD");
  }
  CheckRange("selection.answer_days", selection.answer_days(), 0, 365, wrong);
  if (selection.has_prize()) CheckPrize(selection.prize(), wrong);
}

// "" for a rule that can be judged without a stay.
std::string NeedsStay(const EligibilityRule& rule) {
  switch (rule.rule_case()) {
    case EligibilityRule::kNotice:
      return "notice";
    case EligibilityRule::kStayLength:
      return "stay_length";
    case EligibilityRule::kTravelAfterStay:
      return "travel_after_stay";
    case EligibilityRule::kMembershipTenure:
      return rule.membership_tenure().on() == EligibilityRule::REFERENCE_DATE_START ? "membership_tenure.on" : "";
    case EligibilityRule::kLanguage:
      return rule.language().code().empty() ? "language.code" : "";
    default:
      return "";
  }
}

void CheckNothingNeedsAStay(const Programme& programme, FieldErrors& wrong) {
  constexpr char kNoStay[] = "needs a stay, which a programme whose places go by ranking does not have";
  for (int i = 0; i < programme.eligibility_size(); ++i) {
    const std::string term = NeedsStay(programme.eligibility(i));
    if (!term.empty()) wrong.Add(absl::StrCat("eligibility[", i, "].", term), kNoStay);
  }
  for (int i = 0; i < programme.tasks_size(); ++i) {
    const TaskRule& task = programme.tasks(i);
    if (task.days_before_start() > 0) wrong.Add(absl::StrCat("tasks[", i, "].days_before_start"), kNoStay);
    const bool of_stay = task.done_when() != programme::v1::TASK_TRIGGER_UNSPECIFIED &&
                         task.done_when() != programme::v1::TASK_TRIGGER_ENDORSED;
    if (of_stay) wrong.Add(absl::StrCat("tasks[", i, "].done_when"), kNoStay);
  }
  for (int i = 0; i < programme.compliance_size(); ++i) wrong.Add(absl::StrCat("compliance[", i, "]"), kNoStay);
  // Anything at all: steps after a stay that are added later need one, too.
  if (programme.after_stay().ByteSizeLong() > 0) wrong.Add("after_stay", kNoStay);
  MatchingRules mode_alone;
  mode_alone.set_mode(programme.matching().mode());
  if (programme.matching().SerializeAsString() != mode_alone.SerializeAsString()) {
    wrong.Add("matching", "must say the mode alone: no host is looked for");
  }
}

void CheckBeneficiaryAge(const Programme& programme, FieldErrors& wrong) {
  int rules = 0;
  for (int i = 0; i < programme.eligibility_size(); ++i) {
    if (!programme.eligibility(i).has_beneficiary_age()) continue;
    const EligibilityRule::BeneficiaryAge& age = programme.eligibility(i).beneficiary_age();
    const std::string field = absl::StrCat("eligibility[", i, "].beneficiary_age");
    if (age.min_years() < 1 || age.max_years() < age.min_years()) wrong.Add(field, "needs 1 <= min_years <= max_years");
    if (age.on() == EligibilityRule::REFERENCE_DATE_UNSPECIFIED) {
      wrong.Add(field, "on is missing; say REFERENCE_DATE_SUBMISSION or REFERENCE_DATE_START");
    }
    if (programme.selection().beneficiary() != Selection::BENEFICIARY_KIND_CHILD) {
      wrong.Add(field, "needs selection.beneficiary: BENEFICIARY_KIND_CHILD");
    }
    if (++rules == 2) wrong.Add(field, "is the second one; an application has one child and one day that counts");
  }
}

}  // namespace

void CheckSelection(const Programme& programme, FieldErrors& wrong) {
  CheckBeneficiaryAge(programme, wrong);
  const bool selects = programme.matching().mode() == MatchingRules::MODE_SELECTION;
  if (selects && !programme.has_selection()) wrong.Add("selection", "is missing; MODE_SELECTION needs its terms");
  if (!selects && programme.has_selection())
    wrong.Add("matching.mode", "must be MODE_SELECTION, or selection left out");
  if (!selects || !programme.has_selection()) return;
  CheckCriteria(programme.selection(), wrong);
  CheckJury(programme, wrong);
  CheckTerms(programme, wrong);
  CheckNothingNeedsAStay(programme, wrong);
}

}  // namespace amikeco
