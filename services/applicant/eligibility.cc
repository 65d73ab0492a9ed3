#include "services/applicant/eligibility.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/base/dates.h"

namespace amikeco::applicant {
namespace {

using programme::v1::Acknowledgement;
using programme::v1::EligibilityRule;
using programme::v1::Programme;

// Whether a rule holds, what was compared, and what would change the answer.
struct Finding {
  bool holds;
  std::string explanation;
  std::string remedy;
};

// "DUTY_STATUS_ACTIVE" → "active".
std::string Words(absl::string_view constant, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(constant.substr(prefix.size()), {{"_", " "}}));
}
std::string DutyWords(int status) {
  const auto value = static_cast<programme::v1::DutyStatus>(status);
  return status == 0 ? "not stated" : Words(programme::v1::DutyStatus_Name(value), "DUTY_STATUS_");
}
std::string ClassWords(int membership_class) {
  const auto value = static_cast<programme::v1::MembershipClass>(membership_class);
  return membership_class == 0 ? "none" : Words(programme::v1::MembershipClass_Name(value), "MEMBERSHIP_CLASS_");
}
std::string AcknowledgementWords(int acknowledgement) {
  const auto value = static_cast<Acknowledgement>(acknowledgement);
  return Words(programme::v1::Acknowledgement_Name(value), "ACKNOWLEDGEMENT_");
}

template <typename List, typename Value>
bool Contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// "active, student" by `words`.
template <typename List, typename WordsOf>
std::string Joined(const List& list, WordsOf words) {
  return absl::StrJoin(list, ", ", [&](std::string* out, int value) { absl::StrAppend(out, words(value)); });
}

Finding JudgeMembership(const EligibilityRule::Membership& rule, const Candidate& candidate) {
  const v1::Membership& membership = candidate.member.membership();
  const std::string day = FormatDay(candidate.received);
  if (!membership.has_since() || !Contains(rule.classes(), membership.membership_class())) {
    return {false,
            absl::StrCat("No membership that counts is recorded: the class is ",
                         ClassWords(membership.membership_class()), "."),
            "The section records a membership of the person."};
  }
  const std::string period =
      absl::StrCat("Member from ", FormatDate(membership.since()),
                   membership.has_until() ? absl::StrCat(" until ", FormatDate(membership.until())) : "");
  if (ToDay(membership.since()) > candidate.received) {
    return {false, absl::StrCat(period, "; it has not begun on ", day, "."), "Apply once the membership has begun."};
  }
  if (membership.has_until() && ToDay(membership.until()) < candidate.received) {
    return {false, absl::StrCat(period, "; it has ended before ", day, "."),
            "The section renews the membership and records it."};
  }
  return {true, absl::StrCat(period, "; the application was received on ", day, "."), ""};
}

Finding JudgeClass(const EligibilityRule::ClassOfMembership& rule, const Candidate& candidate) {
  const int membership_class = candidate.member.membership().membership_class();
  const std::string asked = Joined(rule.classes(), ClassWords);
  if (Contains(rule.classes(), membership_class)) {
    return {true, absl::StrCat("The membership is ", ClassWords(membership_class), "."), ""};
  }
  return {false, absl::StrCat("The membership is ", ClassWords(membership_class), "; asked for is ", asked, "."),
          absl::StrCat("The section records a membership of class ", asked, ", if the person has one.")};
}

Finding JudgeTenure(const EligibilityRule::MembershipTenure& rule, const Candidate& candidate) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  const absl::CivilDay day = at_start ? ToDay(candidate.wishes.earliest_start()) : candidate.received;
  const std::string reference =
      absl::StrCat(FormatDay(day), at_start ? ", the first possible start" : ", the day of receipt");
  if (!candidate.member.membership().has_since()) {
    return {false, "No first day of membership is recorded.", "The section records since when the person is a member."};
  }
  const absl::CivilDay since = ToDay(candidate.member.membership().since());
  const absl::CivilDay enough = FirstDayBeyond(since, rule.years());
  const std::string compared = absl::StrCat("Member since ", FormatDay(since), "; more than ", rule.years(),
                                            rule.years() == 1 ? " year" : " years", " is reached on ",
                                            FormatDay(enough), "; what counts is ", reference, ".");
  if (day >= enough) return {true, compared, ""};
  return {false, compared,
          at_start ? absl::StrCat("Choose a first possible start of ", FormatDay(enough), " or later.")
                   : absl::StrCat("Apply on ", FormatDay(enough), " or later.")};
}

Finding JudgeDuty(const EligibilityRule::Duty& rule, const Candidate& candidate) {
  const int duty = candidate.member.duty_status();
  const std::string asked = Joined(rule.statuses(), DutyWords);
  if (Contains(rule.statuses(), duty)) return {true, absl::StrCat("Duty status is ", DutyWords(duty), "."), ""};
  return {false, absl::StrCat("Duty status is ", DutyWords(duty), "; asked for is ", asked, "."),
          absl::StrCat("The section records another duty status, if that is the case: ", asked, ".")};
}

absl::string_view PrimarySubtag(absl::string_view code) { return code.substr(0, code.find('-')); }

Finding JudgeLanguage(const EligibilityRule::Language& rule, const Candidate& candidate) {
  const std::string& code = rule.code().empty() ? candidate.wishes.stay_language() : rule.code();
  if (code.empty()) {
    return {false, "No language was named in which the stay would be held.", "Name it in wishes.stay_language."};
  }
  std::string best;
  for (const v1::LanguageSkill& skill : candidate.declarations.languages()) {
    if (!absl::EqualsIgnoreCase(PrimarySubtag(skill.code()), PrimarySubtag(code))) continue;
    best = std::max(best, skill.level());  // A1 < A2 < … < C2 as text, too
  }
  const std::string compared = absl::StrCat("Language \"", code, "\": declared is ", best.empty() ? "nothing" : best,
                                            ", asked for is ", rule.least_level(), " or better.");
  if (best >= rule.least_level()) return {true, compared, ""};
  return {false, compared,
          absl::StrCat("Declare \"", code, "\" at level ", rule.least_level(), " or better, when it is.")};
}

Finding JudgeNotice(const EligibilityRule::Notice& rule, const Candidate& candidate) {
  const absl::CivilDay start = ToDay(candidate.wishes.earliest_start());
  const absl::CivilDay earliest = AddMonths(candidate.received, rule.months());
  const std::string compared = absl::StrCat("Received on ", FormatDay(candidate.received), "; with ", rule.months(),
                                            " months of notice a stay starts on ", FormatDay(earliest),
                                            " at the earliest; asked for is ", FormatDay(start), ".");
  if (start >= earliest) return {true, compared, ""};
  return {false, compared, absl::StrCat("Choose a first possible start of ", FormatDay(earliest), " or later.")};
}

// A confirmation of costs covers each category, or it is none (A0-28).
void AddMissingCosts(const Programme& programme, const Candidate& candidate, std::vector<std::string>& missing) {
  for (const std::string& category : programme.funding().cost_categories()) {
    if (!Contains(candidate.declarations.cost_categories(), category)) missing.push_back(category);
  }
}

Finding JudgeAcknowledgements(const Programme& programme, const EligibilityRule::Acknowledgements& rule,
                              const Candidate& candidate) {
  std::vector<std::string> missing;
  for (const int asked : rule.all_of()) {
    if (!Contains(candidate.declarations.acknowledgements(), asked)) missing.push_back(AcknowledgementWords(asked));
    if (asked == programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE) AddMissingCosts(programme, candidate, missing);
  }
  const std::string asked = Joined(rule.all_of(), AcknowledgementWords);
  if (missing.empty()) return {true, absl::StrCat("Acknowledged: ", asked, "."), ""};
  return {false, absl::StrCat("Not acknowledged: ", absl::StrJoin(missing, ", "), "."),
          absl::StrCat("Acknowledge in the declarations: ", absl::StrJoin(missing, ", "), ".")};
}

Finding JudgeTravel(const Candidate& candidate) {
  if (!candidate.declarations.has_private_travel_start()) return {true, "No private travel is declared.", ""};
  const absl::CivilDay travel = ToDay(candidate.declarations.private_travel_start());
  const absl::CivilDay end = ToDay(candidate.wishes.latest_end());
  const std::string compared = absl::StrCat("Private travel begins on ", FormatDay(travel),
                                            "; the stay's last possible day is ", FormatDay(end), ".");
  if (travel > end) return {true, compared, ""};
  return {false, compared, absl::StrCat("Let private travel begin on ", FormatDay(end + 1), " or later.")};
}

Finding JudgeSection(const EligibilityRule::Section& rule, const Candidate& candidate) {
  const std::string& section = candidate.member.section();
  const bool listed = rule.sections().empty() || Contains(rule.sections(), section);
  if (listed && !Contains(rule.except(), section)) return {true, absl::StrCat(section, " takes part."), ""};
  return {false, absl::StrCat(section, " does not take part in this programme."),
          rule.sections().empty() ? "Look for a programme that this section takes part in."
                                  : absl::StrCat("Open to ", absl::StrJoin(rule.sections(), ", "), ".")};
}

Finding JudgeEmployer(const Candidate& candidate) {
  switch (candidate.declarations.employer_status()) {
    case v1::EMPLOYER_STATUS_PAID_DUTY:
      return {true, "The employer lets the officer go, on paid duty.", ""};
    case v1::EMPLOYER_STATUS_PAID_LEAVE:
      return {true, "The employer lets the officer go, on paid leave.", ""};
    case v1::EMPLOYER_STATUS_UNPAID_LEAVE:
      return {true, "The employer lets the officer go, on unpaid leave.", ""};
    case v1::EMPLOYER_STATUS_REFUSED:
      return {false, "The employer refused the absence.", "Ask the employer again, and apply when it agrees."};
    default:
      return {false, "Nothing is declared of the employer's consent.", "Ask the employer and declare its answer."};
  }
}

Finding JudgeStayLength(const EligibilityRule::StayLength& rule, const Candidate& candidate) {
  const int days = candidate.wishes.stay_days();
  const std::string compared =
      absl::StrCat("The stay lasts ", days, " days; possible are ", rule.min_days(), " to ", rule.max_days(), ".");
  if (days >= rule.min_days() && days <= rule.max_days()) return {true, compared, ""};
  return {false, compared, absl::StrCat("Ask for ", rule.min_days(), " to ", rule.max_days(), " days.")};
}

Finding JudgeRule(const Programme& programme, const EligibilityRule& rule, const Candidate& candidate) {
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
      return JudgeMembership(rule.membership(), candidate);
    case EligibilityRule::kClassOfMembership:
      return JudgeClass(rule.class_of_membership(), candidate);
    case EligibilityRule::kMembershipTenure:
      return JudgeTenure(rule.membership_tenure(), candidate);
    case EligibilityRule::kDuty:
      return JudgeDuty(rule.duty(), candidate);
    case EligibilityRule::kLanguage:
      return JudgeLanguage(rule.language(), candidate);
    case EligibilityRule::kNotice:
      return JudgeNotice(rule.notice(), candidate);
    case EligibilityRule::kAcknowledgements:
      return JudgeAcknowledgements(programme, rule.acknowledgements(), candidate);
    case EligibilityRule::kTravelAfterStay:
      return JudgeTravel(candidate);
    case EligibilityRule::kSection:
      return JudgeSection(rule.section(), candidate);
    case EligibilityRule::kEmployerAuthorisation:
      return JudgeEmployer(candidate);
    case EligibilityRule::kStayLength:
      return JudgeStayLength(rule.stay_length(), candidate);
    case EligibilityRule::RULE_NOT_SET:
      break;
  }
  // A rule of a kind that this program does not know must not let anybody through.
  return {false, "This program does not know the rule.", "Tell the operator."};
}

}  // namespace

std::vector<v1::RuleResult> Judge(const Programme& programme, const Candidate& candidate) {
  return JudgeRules(programme, programme.eligibility(), candidate);
}

std::vector<v1::RuleResult> JudgeRules(const Programme& programme,
                                       const google::protobuf::RepeatedPtrField<EligibilityRule>& rules,
                                       const Candidate& candidate) {
  std::vector<v1::RuleResult> results;
  for (const EligibilityRule& rule : rules) {
    const Finding finding = JudgeRule(programme, rule, candidate);
    v1::RuleResult& result = results.emplace_back();
    result.set_rule(rule.id());
    result.set_holds(finding.holds);
    if (!finding.holds) result.set_reason(rule.reason());
    result.set_explanation(finding.explanation);
    result.set_remedy(rule.overridable() && !finding.holds
                          ? absl::StrCat(finding.remedy, " A coordinator may make an exception.")
                          : finding.remedy);
  }
  return results;
}

void SetAside(std::vector<v1::RuleResult>& results,
              const google::protobuf::RepeatedPtrField<v1::RuleOverridden>& overrides) {
  for (v1::RuleResult& result : results) {
    const bool overridden = std::any_of(overrides.begin(), overrides.end(),
                                        [&](const v1::RuleOverridden& one) { return one.rule() == result.rule(); });
    if (overridden) result.set_overridden(true);
  }
}

bool IsEligible(const std::vector<v1::RuleResult>& results) {
  return std::all_of(results.begin(), results.end(),
                     [](const v1::RuleResult& result) { return result.holds() || result.overridden(); });
}

int TierOf(const Programme& programme, programme::v1::DutyStatus duty) {
  for (int i = 0; i < programme.tiers_size(); ++i) {
    const auto& statuses = programme.tiers(i).duty_statuses();
    if (statuses.empty() || Contains(statuses, duty)) return i;
  }
  return std::max(0, programme.tiers_size() - 1);
}

void CheckWishes(const v1::Wishes& wishes, const v1::Declarations& declarations, FieldErrors& wrong) {
  const absl::CivilDay start = ToDay(wishes.earliest_start());
  const absl::CivilDay end = ToDay(wishes.latest_end());
  if (end < start) {
    wrong.Add("wishes.latest_end", absl::StrCat("must not lie before wishes.earliest_start, ", FormatDay(start)));
  } else if (Days{start, end}.count() < wishes.stay_days()) {
    wrong.Add("wishes.stay_days", absl::StrCat("are more than the ", Days{start, end}.count(),
                                               " days between wishes.earliest_start and wishes.latest_end"));
  }
  const bool has_start = declarations.has_private_travel_start();
  if (has_start != declarations.has_private_travel_end()) {
    wrong.Add(has_start ? "declarations.private_travel_end" : "declarations.private_travel_start",
              "is missing; private travel has a first and a last day");
  } else if (has_start && ToDay(declarations.private_travel_end()) < ToDay(declarations.private_travel_start())) {
    wrong.Add("declarations.private_travel_end", "must not lie before declarations.private_travel_start");
  }
}

absl::CivilDay FirstDayBeyond(absl::CivilDay since, int years) { return AddMonths(since, 12 * years) + 1; }

}  // namespace amikeco::applicant
