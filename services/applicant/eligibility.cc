#include "services/applicant/eligibility.h"

#include <algorithm>
#include <set>

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

Finding JudgeMembership(const EligibilityRule::Membership& rule, const Candidate& candidate, const v1::Member& person) {
  const v1::Membership& membership = person.membership();
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

Finding JudgeClass(const EligibilityRule::ClassOfMembership& rule, const v1::Member& person) {
  const int membership_class = person.membership().membership_class();
  const std::string asked = Joined(rule.classes(), ClassWords);
  if (Contains(rule.classes(), membership_class)) {
    return {true, absl::StrCat("The membership is ", ClassWords(membership_class), "."), ""};
  }
  return {false, absl::StrCat("The membership is ", ClassWords(membership_class), "; asked for is ", asked, "."),
          absl::StrCat("The section records a membership of class ", asked, ", if the person has one.")};
}

Finding JudgeTenure(const EligibilityRule::MembershipTenure& rule, const Candidate& candidate,
                    const v1::Member& person) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  const absl::CivilDay day = at_start ? ToDay(candidate.wishes.earliest_start()) : candidate.received;
  const std::string reference =
      absl::StrCat(FormatDay(day), at_start ? ", the first possible start" : ", the day of receipt");
  if (!person.membership().has_since()) {
    return {false, "No first day of membership is recorded.", "The section records since when the person is a member."};
  }
  const absl::CivilDay since = ToDay(person.membership().since());
  const absl::CivilDay enough = FirstDayBeyond(since, rule.years());
  const std::string compared = absl::StrCat("Member since ", FormatDay(since), "; more than ", rule.years(),
                                            rule.years() == 1 ? " year" : " years", " is reached on ",
                                            FormatDay(enough), "; what counts is ", reference, ".");
  if (day >= enough) return {true, compared, ""};
  return {false, compared,
          at_start ? absl::StrCat("Choose a first possible start of ", FormatDay(enough), " or later.")
                   : absl::StrCat("Apply on ", FormatDay(enough), " or later.")};
}

Finding JudgeDuty(const EligibilityRule::Duty& rule, const v1::Member& person) {
  const int duty = person.duty_status();
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

Finding JudgeSection(const EligibilityRule::Section& rule, const v1::Member& person) {
  const std::string& section = person.section();
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

Finding JudgeBeneficiaryAge(const EligibilityRule::BeneficiaryAge& rule, const Candidate& candidate) {
  const bool at_start = rule.on() == EligibilityRule::REFERENCE_DATE_START;
  const std::string compared = absl::StrCat("The child is ", candidate.beneficiary_age,
                                            at_start ? " on the first day" : " on the day of receipt",
                                            "; possible are ", rule.min_years(), " to ", rule.max_years(), ".");
  const bool holds = candidate.beneficiary_age >= rule.min_years() && candidate.beneficiary_age <= rule.max_years();
  return {holds, compared, holds ? "" : "Apply for a child of that age."};
}

Finding JudgeSeniority(const EligibilityRule::Seniority& rule, const Candidate& candidate) {
  const v1::Declarations& declared = candidate.declarations;
  const auto same = [&](const std::string& rank) { return absl::EqualsIgnoreCase(rank, declared.rank()); };
  const bool rank = rule.ranks().empty() || std::any_of(rule.ranks().begin(), rule.ranks().end(), same);
  const std::string asked =
      absl::StrCat(rule.least_service_years(), " years of service",
                   rule.ranks().empty() ? "" : absl::StrCat(" and the rank of ", absl::StrJoin(rule.ranks(), ", ")));
  const std::string compared =
      absl::StrCat("Declared are ", declared.service_years(), " years of service and the rank \"", declared.rank(),
                   "\"; asked for are ", asked, ".");
  if (rank && declared.service_years() >= rule.least_service_years()) return {true, compared, ""};
  return {false, compared, "Name somebody who has both, or correct the declaration."};
}

Finding JudgeCohort(const EligibilityRule::Cohort& rule, const Candidate& candidate) {
  const int number = static_cast<int>(candidate.persons.size());
  std::set<std::string> homes;
  for (const v1::Member& person : candidate.persons) homes.insert(person.section());
  const std::string compared =
      absl::StrCat(number, number == 1 ? " person" : " persons", " of ", absl::StrJoin(homes, ", "), "; asked for are ",
                   rule.fellows(), " of one home.");
  if (number == rule.fellows() && homes.size() == 1) return {true, compared, ""};
  return {false, compared, absl::StrCat("Name ", rule.fellows(), " persons of one home.")};
}

// "REQUESTER_TYPE_COMMERCIAL" → "commercial".
std::string RequesterWords(int type) {
  return Words(programme::v1::RequesterType_Name(static_cast<programme::v1::RequesterType>(type)), "REQUESTER_TYPE_");
}
std::string CategoryWords(int category) {
  return Words(programme::v1::AssistanceCategory_Name(static_cast<programme::v1::AssistanceCategory>(category)),
               "ASSISTANCE_CATEGORY_");
}
std::string DeliveryWords(int mode) {
  return Words(programme::v1::DeliveryMode_Name(static_cast<programme::v1::DeliveryMode>(mode)), "DELIVERY_MODE_");
}
std::string HomeWords(int kind) {
  return Words(programme::v1::HomeKind_Name(static_cast<programme::v1::HomeKind>(kind)), "HOME_KIND_");
}

// Whether what is requested is among what can be: `subject` says what is compared.
Finding Listed(absl::string_view subject, bool listed, absl::string_view given, absl::string_view asked) {
  if (listed) return {true, absl::StrCat("The ", subject, " is ", given, "."), ""};
  return {false, absl::StrCat("The ", subject, " is ", given, "; possible: ", asked, "."),
          absl::StrCat("Ask for one of these, or take the request to whom it falls to: ", asked, ".")};
}

Finding JudgeRequest(const EligibilityRule& rule, const v1::Assistance& request) {
  if (rule.has_requester()) {
    const auto& types = rule.requester().types();
    return Listed("requester", Contains(types, request.requester_type()), RequesterWords(request.requester_type()),
                  Joined(types, RequesterWords));
  }
  if (rule.has_scope()) {
    const auto& categories = rule.scope().categories();
    return Listed("kind of assistance", Contains(categories, request.category()), CategoryWords(request.category()),
                  Joined(categories, CategoryWords));
  }
  if (rule.has_delivery()) {
    const auto& modes = rule.delivery().modes();
    return Listed("mode of delivery", Contains(modes, request.delivery()), DeliveryWords(request.delivery()),
                  Joined(modes, DeliveryWords));
  }
  const auto& areas = rule.service_area().areas();
  return Listed("service area", Contains(areas, request.service_area()), request.service_area(),
                absl::StrJoin(areas, ", "));
}

Finding JudgeHome(const EligibilityRule::Home& rule, const v1::Member& person) {
  const std::string& home = person.section();
  const int kind = absl::StartsWith(home, "sections/")        ? programme::v1::HOME_KIND_SECTION
                   : absl::StartsWith(home, "organisations/") ? programme::v1::HOME_KIND_ORGANISATION
                                                              : programme::v1::HOME_KIND_AGENCY;
  const std::string asked = Joined(rule.kinds(), HomeWords);
  if (Contains(rule.kinds(), kind)) return {true, absl::StrCat("Sent by ", home, "."), ""};
  return {false, absl::StrCat("Sent by ", home, ", ", HomeWords(kind), "; asked for: ", asked, "."),
          absl::StrCat("Apply through one who can send: ", asked, ".")};
}

// Asked of each person, and not of the application.
bool IsPersonal(const EligibilityRule& rule) {
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
    case EligibilityRule::kClassOfMembership:
    case EligibilityRule::kMembershipTenure:
    case EligibilityRule::kDuty:
    case EligibilityRule::kSection:
    case EligibilityRule::kHome:
      return true;
    default:
      return false;
  }
}

Finding JudgePerson(const EligibilityRule& rule, const Candidate& candidate, const v1::Member& person) {
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
      return JudgeMembership(rule.membership(), candidate, person);
    case EligibilityRule::kClassOfMembership:
      return JudgeClass(rule.class_of_membership(), person);
    case EligibilityRule::kMembershipTenure:
      return JudgeTenure(rule.membership_tenure(), candidate, person);
    case EligibilityRule::kDuty:
      return JudgeDuty(rule.duty(), person);
    case EligibilityRule::kSection:
      return JudgeSection(rule.section(), person);
    default:
      return JudgeHome(rule.home(), person);
  }
}

Finding JudgeApplication(const Programme& programme, const EligibilityRule& rule, const Candidate& candidate) {
  switch (rule.rule_case()) {
    case EligibilityRule::kLanguage:
      return JudgeLanguage(rule.language(), candidate);
    case EligibilityRule::kNotice:
      return JudgeNotice(rule.notice(), candidate);
    case EligibilityRule::kAcknowledgements:
      return JudgeAcknowledgements(programme, rule.acknowledgements(), candidate);
    case EligibilityRule::kTravelAfterStay:
      return JudgeTravel(candidate);
    case EligibilityRule::kEmployerAuthorisation:
      return JudgeEmployer(candidate);
    case EligibilityRule::kStayLength:
      return JudgeStayLength(rule.stay_length(), candidate);
    case EligibilityRule::kSeniority:
      return JudgeSeniority(rule.seniority(), candidate);
    case EligibilityRule::kCohort:
      return JudgeCohort(rule.cohort(), candidate);
    case EligibilityRule::kRequester:
    case EligibilityRule::kScope:
    case EligibilityRule::kServiceArea:
    case EligibilityRule::kDelivery:
      if (candidate.assistance != nullptr && !candidate.assistance->requester().empty()) {
        return JudgeRequest(rule, *candidate.assistance);
      }
      return {false, "No organisation requests this.", "An organisation applies to this programme, not a person."};
    case EligibilityRule::kBeneficiaryAge:
      return JudgeBeneficiaryAge(rule.beneficiary_age(), candidate);
    default:
      // A rule of a kind that this program does not know must not let anybody through.
      return {false, "This program does not know the rule.", "Tell the operator."};
  }
}

v1::RuleResult ResultOf(const EligibilityRule& rule, const Finding& finding) {
  v1::RuleResult result;
  result.set_rule(rule.id());
  result.set_holds(finding.holds);
  if (!finding.holds) result.set_reason(rule.reason());
  result.set_explanation(finding.explanation);
  result.set_remedy(rule.overridable() && !finding.holds
                        ? absl::StrCat(finding.remedy, " A coordinator may make an exception.")
                        : finding.remedy);
  return result;
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
    if (!IsPersonal(rule)) {
      results.push_back(ResultOf(rule, JudgeApplication(programme, rule, candidate)));
      continue;
    }
    if (candidate.persons.empty()) {
      results.push_back(ResultOf(rule, {false, "No person applies.", "A person applies to this programme."}));
    }
    for (const v1::Member& person : candidate.persons) {
      results.push_back(ResultOf(rule, JudgePerson(rule, candidate, person)));
      if (candidate.persons.size() > 1) results.back().set_person(person.name());
    }
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

int TierOf(const Programme& programme, absl::Span<const v1::Member> persons, int points) {
  for (int i = 0; i < programme.tiers_size(); ++i) {
    const programme::v1::PriorityTier& tier = programme.tiers(i);
    const bool duty =
        tier.duty_statuses().empty() || std::all_of(persons.begin(), persons.end(), [&](const v1::Member& person) {
          return Contains(tier.duty_statuses(), person.duty_status());
        });
    if (duty && points >= tier.least_points()) return i;
  }
  return std::max(0, programme.tiers_size() - 1);
}

template <typename Request>
absl::Status CheckApplicants(const Programme& programme, const Request& request) {
  using programme::v1::Applicants;
  const auto kind = programme.applicants().kind();
  FieldErrors wrong;
  if (kind == Applicants::KIND_ORGANISATION) {
    if (!request.has_assistance()) wrong.Add("assistance", "is missing; an organisation says here what it requests");
    if (!request.member().empty()) wrong.Add("member", "must be empty; an organisation applies to this programme");
  } else {
    if (request.has_assistance()) wrong.Add("assistance", "must not be set; persons apply to this programme");
    if (request.member().empty()) wrong.Add("member", "is missing; say whose application it is");
  }
  if (kind != Applicants::KIND_COHORT && !request.fellows().empty()) {
    wrong.Add("fellows", "must be empty; nobody goes together in this programme");
  }
  std::set<std::string> seen{request.member()};
  for (int i = 0; i < request.fellows_size(); ++i) {
    if (seen.insert(request.fellows(i)).second) continue;
    wrong.Add(absl::StrCat("fellows[", i, "]"), "is named already; name each person once");
  }
  return wrong.ToStatus();
}

template absl::Status CheckApplicants(const Programme&, const v1::SubmitApplicationRequest&);
template absl::Status CheckApplicants(const Programme&, const v1::CheckEligibilityRequest&);

void CheckWishes(const v1::Wishes& wishes, const v1::Declarations& declarations, FieldErrors& wrong) {
  const absl::CivilDay start = ToDay(wishes.earliest_start());
  const absl::CivilDay end = ToDay(wishes.latest_end());
  if (!wishes.has_earliest_start()) {
    // There are none: places go by ranking.
  } else if (end < start) {
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
