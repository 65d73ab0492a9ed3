// What must be true of a programme beyond its shape. Every mistake is reported, with the field and what would be right.
#include "programmes/check.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/money.h"
#include "common/base/status.h"
#include "common/countries/countries.h"
#include "google/protobuf/descriptor.h"
#include "programmes/check_cases.h"
#include "programmes/check_selection.h"
#include "programmes/facts.h"
#include "programmes/programmes.h"

namespace amikeco {
namespace {

using programme::v1::AfterStay;
using programme::v1::Applicants;
using programme::v1::ComplianceItem;
using programme::v1::EligibilityRule;
using programme::v1::Funding;
using programme::v1::MatchingRules;
using programme::v1::Notice;
using programme::v1::PriorityTier;
using programme::v1::Programme;
using programme::v1::TaskRule;

bool IsHyphenated(absl::string_view id) {
  if (id.empty() || id.front() == '-' || id.back() == '-') return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

bool IsConstantName(absl::string_view name) {
  if (name.size() < 2 || !absl::ascii_isupper(name.front())) return false;
  for (const char c : name) {
    if (!absl::ascii_isupper(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  return true;
}

bool IsTemplateId(absl::string_view id) {
  if (id.empty() || !absl::ascii_islower(id.front())) return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '_') return false;
  }
  return true;
}

bool IsCefrLevel(absl::string_view level) {
  return level.size() == 2 && level[0] >= 'A' && level[0] <= 'C' && (level[1] == '1' || level[1] == '2');
}

// Ids of one list: well-formed and each once.
class Ids {
 public:
  explicit Ids(FieldErrors& wrong) : wrong_(wrong) {}

  void Add(const std::string& field, const std::string& id) {
    if (!IsHyphenated(id)) {
      wrong_.Add(field, absl::StrCat("\"", id, "\" is not an id: use lower-case words joined by hyphens"));
    } else if (!seen_.insert(id).second) {
      wrong_.Add(field, absl::StrCat("\"", id, "\" is used twice; give each its own id"));
    }
  }

 private:
  FieldErrors& wrong_;
  std::set<std::string> seen_;
};

void CheckHead(const Programme& programme, FieldErrors& wrong) {
  absl::string_view name = programme.name();
  if (!absl::ConsumePrefix(&name, "programmes/") || !IsHyphenated(name)) {
    wrong.Add("name", "must be \"programmes/\" and lower-case words joined by hyphens, as in programmes/my-exchange");
  }
  if (programme.version() < 1) wrong.Add("version", "must be 1 or more, and count up with each change in meaning");
  if (programme.title().empty()) wrong.Add("title", "is missing; people are shown it");
  absl::string_view operator_name = programme.operator_organisation();
  if (!absl::ConsumePrefix(&operator_name, "organisations/") || !IsHyphenated(operator_name)) {
    wrong.Add("operator_organisation", "must name who operates it, as in organisations/ipa-us");
  }
  if (programme.coordinator_title().empty()) wrong.Add("coordinator_title", "is missing; it owns the cases");
  if (const auto zone = ParseTimeZone(programme.time_zone()); programme.time_zone().empty() || !zone.ok()) {
    wrong.Add("time_zone", "must be an IANA zone, as in America/New_York");
  }
  if (programme.endorsement_days() < 0) wrong.Add("endorsement_days", "must not be negative; 0 waits for ever");
}

template <typename List>
void NotEmpty(const List& list, const std::string& field, absl::string_view name, FieldErrors& wrong) {
  if (list.empty()) wrong.Add(field, absl::StrCat("lists nothing, so nobody could apply; add ", name));
}

std::string RuleNames() {
  const auto* rule = EligibilityRule::descriptor()->FindOneofByName("rule");
  std::vector<std::string> names;
  for (int i = 0; i < rule->field_count(); ++i) names.push_back(rule->field(i)->name());
  return absl::StrJoin(names, ", ");
}

void CheckRuleTerms(const EligibilityRule& rule, const std::string& field, FieldErrors& wrong) {
  switch (rule.rule_case()) {
    case EligibilityRule::kMembership:
      if (rule.membership().classes().empty()) {
        wrong.Add(absl::StrCat(field, ".membership"), "names no class; add classes: MEMBERSHIP_CLASS_REGULAR");
      }
      break;
    case EligibilityRule::kClassOfMembership:
      if (rule.class_of_membership().classes().empty()) {
        wrong.Add(absl::StrCat(field, ".class_of_membership"), "names no class; add classes: MEMBERSHIP_CLASS_REGULAR");
      }
      break;
    case EligibilityRule::kMembershipTenure:
      if (rule.membership_tenure().years() < 1) {
        wrong.Add(absl::StrCat(field, ".membership_tenure"), "years must be 1 or more; leave the rule out otherwise");
      }
      if (rule.membership_tenure().on() == EligibilityRule::REFERENCE_DATE_UNSPECIFIED) {
        wrong.Add(absl::StrCat(field, ".membership_tenure"),
                  "on is missing; say REFERENCE_DATE_SUBMISSION or REFERENCE_DATE_START");
      }
      break;
    case EligibilityRule::kDuty:
      if (rule.duty().statuses().empty()) {
        wrong.Add(absl::StrCat(field, ".duty"), "names no status, so nobody could apply; add statuses");
      }
      break;
    case EligibilityRule::kLanguage:
      if (!IsCefrLevel(rule.language().least_level())) {
        wrong.Add(absl::StrCat(field, ".language.least_level"), "must be a CEFR level: A1, A2, B1, B2, C1 or C2");
      }
      break;
    case EligibilityRule::kNotice:
      if (rule.notice().months() < 1) wrong.Add(absl::StrCat(field, ".notice"), "months must be 1 or more");
      break;
    case EligibilityRule::kAcknowledgements:
      if (rule.acknowledgements().all_of().empty()) {
        wrong.Add(absl::StrCat(field, ".acknowledgements"), "asks for nothing; add all_of");
      }
      break;
    case EligibilityRule::kSection:
      for (int i = 0; i < rule.section().sections_size(); ++i) {
        if (absl::StartsWith(rule.section().sections(i), "sections/")) continue;
        wrong.Add(absl::StrCat(field, ".section.sections[", i, "]"), "must be a section's name, as in sections/DE");
      }
      for (int i = 0; i < rule.section().except_size(); ++i) {
        if (absl::StartsWith(rule.section().except(i), "sections/")) continue;
        wrong.Add(absl::StrCat(field, ".section.except[", i, "]"), "must be a section's name, as in sections/DE");
      }
      break;
    case EligibilityRule::kStayLength:
      if (rule.stay_length().min_days() < 1 || rule.stay_length().max_days() < rule.stay_length().min_days()) {
        wrong.Add(absl::StrCat(field, ".stay_length"), "needs 1 <= min_days <= max_days");
      }
      break;
    case EligibilityRule::kRequester:
      NotEmpty(rule.requester().types(), absl::StrCat(field, ".requester"), "types", wrong);
      break;
    case EligibilityRule::kScope:
      NotEmpty(rule.scope().categories(), absl::StrCat(field, ".scope"), "categories", wrong);
      break;
    case EligibilityRule::kServiceArea:
      NotEmpty(rule.service_area().areas(), absl::StrCat(field, ".service_area"), "areas", wrong);
      break;
    case EligibilityRule::kDelivery:
      NotEmpty(rule.delivery().modes(), absl::StrCat(field, ".delivery"), "modes", wrong);
      break;
    case EligibilityRule::kHome:
      NotEmpty(rule.home().kinds(), absl::StrCat(field, ".home"), "kinds", wrong);
      break;
    case EligibilityRule::kSeniority:
      if (rule.seniority().least_service_years() < 1 && rule.seniority().ranks().empty()) {
        wrong.Add(absl::StrCat(field, ".seniority"), "asks for nothing; add least_service_years or ranks");
      }
      break;
    case EligibilityRule::kCohort:
      if (rule.cohort().fellows() < 2) wrong.Add(absl::StrCat(field, ".cohort.fellows"), "must be 2 or more");
      break;
    case EligibilityRule::kTravelAfterStay:
    case EligibilityRule::kEmployerAuthorisation:
    case EligibilityRule::kBeneficiaryAge:  // see CheckSelection
      break;
    case EligibilityRule::RULE_NOT_SET:
      wrong.Add(field, absl::StrCat("does not say what it demands; add one of ", RuleNames()));
  }
}

void CheckCountry(const std::string& field, const std::string& code, const Countries& countries, FieldErrors& wrong) {
  if (countries.Has(code)) return;
  const absl::StatusOr<Territory> meant = countries.Resolve(code);
  wrong.Add(field, meant.ok() ? absl::StrCat("\"", code, "\" is a name; write its code, ", meant->code)
                              : "must be two capital letters of ISO 3166, as in US");
}

void CheckEligibility(const Programme& programme, FieldErrors& wrong) {
  CheckRules(programme.eligibility(), "eligibility", wrong);
  if (programme.eligibility().empty()) wrong.Add("eligibility", "has no rule; say who may apply");
}

// Who applies, and what can be asked of them. A rule that could never hold is a contradiction.
void CheckApplicantsOf(const Programme& programme, FieldErrors& wrong) {
  const bool organisation = programme.applicants().kind() == Applicants::KIND_ORGANISATION;
  for (int i = 0; i < programme.eligibility_size(); ++i) {
    const EligibilityRule& rule = programme.eligibility(i);
    const std::string field = absl::StrCat("eligibility[", i, "]");
    const bool of_request = rule.has_requester() || rule.has_scope() || rule.has_service_area() || rule.has_delivery();
    const bool of_person = rule.has_membership() || rule.has_class_of_membership() || rule.has_membership_tenure() ||
                           rule.has_duty() || rule.has_section() || rule.has_home() || rule.has_cohort() ||
                           rule.has_seniority();
    if (of_person && organisation) wrong.Add(field, "asks for a person, yet an organisation applies");
    if (of_request && !organisation) {
      wrong.Add(field, "asks for an organisation's request, yet persons apply; set applicants.kind KIND_ORGANISATION");
    }
    if (rule.has_cohort() && programme.applicants().kind() != Applicants::KIND_COHORT) {
      wrong.Add(field, "asks for a cohort; set applicants.kind KIND_COHORT");
    }
  }
  if (programme.has_triage() && !organisation) {
    wrong.Add("triage", "is for requests of organisations; set applicants.kind KIND_ORGANISATION, or leave it out");
  }
  if (programme.endorsement_days() > 0 && (organisation || programme.applicants().without_endorsement())) {
    wrong.Add("endorsement_days", "is set, yet nobody endorses; leave it out");
  }
  if (!programme.has_triage()) return;
  Ids ids(wrong);
  for (int i = 0; i < programme.triage().priorities_size(); ++i) {
    const auto& priority = programme.triage().priorities(i);
    const std::string field = absl::StrCat("triage.priorities[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), priority.id());
    if (priority.title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; people are shown it");
    if (priority.points() < 0) wrong.Add(absl::StrCat(field, ".points"), "must not be negative");
  }
  if (programme.triage().harm_points() < 0) wrong.Add("triage.harm_points", "must not be negative");
}

// What never happens in a programme without a search completes no task, and there is no agency for an item to be for.
void CheckWithoutSearch(const Programme& programme, FieldErrors& wrong) {
  if (programme.matching().mode() != MatchingRules::MODE_NONE) return;
  for (int i = 0; i < programme.tasks_size(); ++i) {
    const auto trigger = programme.tasks(i).done_when();
    if (trigger >= programme::v1::TASK_TRIGGER_HOST_WILLING && trigger <= programme::v1::TASK_TRIGGER_HOME_HOST_FOUND) {
      wrong.Add(absl::StrCat("tasks[", i, "].done_when"), "never happens: matching.mode is MODE_NONE");
    }
  }
  for (int i = 0; i < programme.compliance_size(); ++i) {
    if (!programme.compliance(i).per_leg()) continue;
    wrong.Add(absl::StrCat("compliance[", i, "].per_leg"), "has no agency to be for: matching.mode is MODE_NONE");
  }
}

void CheckTiers(const Programme& programme, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < programme.tiers_size(); ++i) {
    const PriorityTier& tier = programme.tiers(i);
    ids.Add(absl::StrCat("tiers[", i, "].id"), tier.id());
    const bool last = i + 1 == programme.tiers_size();
    const bool everybody = tier.duty_statuses().empty() && tier.least_points() <= 0;
    if (tier.least_points() < 0) wrong.Add(absl::StrCat("tiers[", i, "].least_points"), "must not be negative");
    if (tier.least_points() > 0 && !programme.has_triage()) {
      wrong.Add(absl::StrCat("tiers[", i, "].least_points"),
                "can never be reached: without triage there are no points");
    }
    if (everybody && !last) {
      wrong.Add(absl::StrCat("tiers[", i, "]"), "takes everybody, so nobody reaches the tiers behind it; put it last");
    }
    if (!everybody && last) {
      wrong.Add(absl::StrCat("tiers[", i, "]"),
                "is the last tier and must take everybody: leave duty_statuses and least_points out");
    }
  }
  if (programme.tiers().empty()) wrong.Add("tiers", "has no tier; one without duty_statuses takes everybody");
}

void CheckTasks(const Programme& programme, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < programme.tasks_size(); ++i) {
    const TaskRule& task = programme.tasks(i);
    const std::string field = absl::StrCat("tasks[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), task.id());
    if (task.title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; people are shown it");
    if (task.owner() == options::v1::ROLE_UNSPECIFIED) {
      wrong.Add(absl::StrCat(field, ".owner"), "is missing; say whose task it is, as in ROLE_COORDINATOR");
    }
    if (task.days_after_receipt() < 0) wrong.Add(absl::StrCat(field, ".days_after_receipt"), "must not be negative");
    if (task.days_before_start() < 0) wrong.Add(absl::StrCat(field, ".days_before_start"), "must not be negative");
    if ((task.days_after_receipt() > 0) == (task.days_before_start() > 0)) {
      wrong.Add(field, "needs one due date: either days_after_receipt or days_before_start, 1 or more");
    }
  }
}

void CheckMatching(const MatchingRules& matching, const Countries& countries, FieldErrors& wrong) {
  if (matching.mode() == MatchingRules::MODE_UNSPECIFIED) {
    wrong.Add("matching.mode", "is missing; say MODE_RANKED_PROPOSALS, MODE_SELECTION or MODE_NONE");
  }
  if (matching.mode() != MatchingRules::MODE_RANKED_PROPOSALS) return;
  const auto at_least_one = [&](const char* field, int value) {
    if (value < 1) wrong.Add(absl::StrCat("matching.", field), "must be 1 or more");
  };
  at_least_one("invitation_days", matching.invitation_days());
  at_least_one("command_approval_days", matching.command_approval_days());
  at_least_one("officer_answer_days", matching.officer_answer_days());
  at_least_one("max_invitations", matching.max_invitations());
  at_least_one("home_host_days_before_start", matching.home_host_days_before_start());
  if (!matching.host_country().empty()) {
    CheckCountry("matching.host_country", matching.host_country(), countries, wrong);
  }
  for (int i = 0; i < matching.excluded_host_countries_size(); ++i) {
    CheckCountry(absl::StrCat("matching.excluded_host_countries[", i, "]"), matching.excluded_host_countries(i),
                 countries, wrong);
  }
  const google::protobuf::Reflection* weights = matching.weights().GetReflection();
  const google::protobuf::Descriptor* type = matching.weights().GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (weights->GetInt32(matching.weights(), type->field(i)) >= 0) continue;
    wrong.Add(absl::StrCat("matching.weights.", type->field(i)->name()), "must not be negative; 0 leaves the term out");
  }
}

void CheckCriteria(const Programme& programme, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < programme.selection().criteria_size(); ++i) {
    ids.Add(absl::StrCat("selection.criteria[", i, "].id"), programme.selection().criteria(i).id());
  }
}

void CheckCompliance(const Programme& programme, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < programme.compliance_size(); ++i) {
    const ComplianceItem& item = programme.compliance(i);
    const std::string field = absl::StrCat("compliance[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), item.id());
    if (item.title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; people are shown it");
    if (item.kind() == ComplianceItem::KIND_UNSPECIFIED) {
      wrong.Add(absl::StrCat(field, ".kind"), "is missing, as in KIND_HEALTH_COVER");
    }
    if (item.due_days_before_start() < 0) {
      wrong.Add(absl::StrCat(field, ".due_days_before_start"), "must not be negative");
    }
    const bool needs_kinds = item.kind() == ComplianceItem::KIND_HEALTH_COVER ||
                             item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK ||
                             item.kind() == ComplianceItem::KIND_VISA;
    if (needs_kinds && item.accepted_kinds().empty()) {
      wrong.Add(field, "accepts no kind, so it could never hold; add accepted_kinds");
    }
    const bool follows_document = item.kind() == ComplianceItem::KIND_ENGAGEMENT_NOTIFICATION ||
                                  item.kind() == ComplianceItem::KIND_HUMAN_RIGHTS_ASSESSMENT;
    if (follows_document && (item.per_leg() || item.per_person() || !item.accepted_kinds().empty())) {
      wrong.Add(field, "is about the whole activity; leave per_leg, per_person and accepted_kinds out");
    }
    if (item.kind() == ComplianceItem::KIND_SCREENING && (item.per_leg() || !item.accepted_kinds().empty())) {
      wrong.Add(field, "is about persons, against all watch-lists; leave per_leg and accepted_kinds out");
    }
    CheckCases(programme, item, field, wrong);
    Ids kinds(wrong);
    for (int k = 0; k < item.accepted_kinds_size(); ++k) {
      kinds.Add(absl::StrCat(field, ".accepted_kinds[", k, "]"), item.accepted_kinds(k));
    }
  }
}

bool AsksForCosts(const Programme& programme) {
  for (const EligibilityRule& rule : programme.eligibility()) {
    for (const int asked : rule.acknowledgements().all_of()) {
      if (asked == programme::v1::ACKNOWLEDGEMENT_OWN_EXPENSE) return true;
    }
  }
  return false;
}

// What a programme that reimburses says of claims.
void CheckClaims(const Funding& funding, FieldErrors& wrong) {
  if (funding.claim_categories().empty()) {
    wrong.Add("funding.claim_categories", "is empty, so nothing could be claimed; list what the sponsor pays back");
  }
  Ids ids(wrong);
  for (int i = 0; i < funding.claim_categories_size(); ++i) {
    const std::string field = absl::StrCat("funding.claim_categories[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), funding.claim_categories(i).id());
    if (funding.claim_categories(i).title().empty()) wrong.Add(field + ".title", "is missing; people are shown it");
  }
  std::set<std::string> currencies;
  for (int i = 0; i < funding.claim_currencies_size(); ++i) {
    const std::string& code = funding.claim_currencies(i);
    const std::string field = absl::StrCat("funding.claim_currencies[", i, "]");
    if (!CurrencyDigits(code)) wrong.Add(field, "must be a currency of ISO 4217 that is in use, as in USD");
    if (!currencies.insert(code).second) wrong.Add(field, absl::StrCat(code, " is there twice; name it once"));
  }
  if (funding.claim_days() < 0) wrong.Add("funding.claim_days", "must not be negative; 0 is never too late");
  if (funding.claim_travel_days() < 0) wrong.Add("funding.claim_travel_days", "must not be negative");
}

void CheckNoClaims(const Funding& funding, FieldErrors& wrong) {
  const auto only_for_sponsors = [&](const char* field, bool set) {
    if (!set) return;
    wrong.Add(absl::StrCat("funding.", field),
              absl::StrCat("says how to claim, yet with ", Funding::Model_Name(funding.model()),
                           " nobody pays back; leave it out, or say MODEL_SPONSOR_REIMBURSES"));
  };
  only_for_sponsors("claim_categories", !funding.claim_categories().empty());
  only_for_sponsors("claim_currencies", !funding.claim_currencies().empty());
  only_for_sponsors("claim_days", funding.claim_days() != 0);
  only_for_sponsors("claim_travel_days", funding.claim_travel_days() != 0);
}

void CheckFunding(const Programme& programme, FieldErrors& wrong) {
  const Funding& funding = programme.funding();
  if (funding.model() == Funding::MODEL_UNSPECIFIED) wrong.Add("funding.model", "is missing, as in MODEL_SELF_FUNDED");
  Ids ids(wrong);
  for (int i = 0; i < funding.cost_categories_size(); ++i) {
    ids.Add(absl::StrCat("funding.cost_categories[", i, "]"), funding.cost_categories(i));
  }
  if (AsksForCosts(programme) && funding.cost_categories().empty()) {
    wrong.Add("funding.cost_categories", "is empty, yet a rule asks to acknowledge costs; list what is to be paid");
  }
  funding.model() == Funding::MODEL_SPONSOR_REIMBURSES ? CheckClaims(funding, wrong) : CheckNoClaims(funding, wrong);
}

void CheckPhases(const AfterStay& after, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < after.phases_size(); ++i) {
    const AfterStay::Phase& phase = after.phases(i);
    const std::string field = absl::StrCat("after_stay.phases[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), phase.id());
    if (phase.title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; people are shown it");
    if (phase.days() < 1) wrong.Add(absl::StrCat(field, ".days"), "must be 1 or more");
    const bool named =
        absl::StartsWith(phase.partner(), "organisations/") || absl::StartsWith(phase.partner(), "hosts/");
    if (phase.kind() == AfterStay::Phase::PARTNER_KIND_UNSPECIFIED) {
      wrong.Add(absl::StrCat(field, ".kind"), "is missing, as in PARTNER_KIND_ACADEMIC");
    } else if (phase.kind() == AfterStay::Phase::PARTNER_KIND_POLICE_HOST && !phase.partner().empty()) {
      wrong.Add(absl::StrCat(field, ".partner"), "must be left out: it is the host that matching finds");
    } else if (phase.kind() != AfterStay::Phase::PARTNER_KIND_POLICE_HOST && !named) {
      wrong.Add(absl::StrCat(field, ".partner"), "must name who has the officers, as in organisations/my-university");
    }
  }
}

void CheckEvaluation(const AfterStay::Evaluation& evaluation, FieldErrors& wrong) {
  if (evaluation.days() < 1) wrong.Add("after_stay.evaluation.days", "must be 1 or more");
  const options::v1::Role evaluator = evaluation.evaluator();
  if (evaluator != options::v1::ROLE_OFFICER && evaluator != options::v1::ROLE_ENDORSER &&
      evaluator != options::v1::ROLE_COORDINATOR) {
    wrong.Add("after_stay.evaluation.evaluator", "must be ROLE_OFFICER, ROLE_ENDORSER or ROLE_COORDINATOR");
  }
  Ids ids(wrong);
  for (int i = 0; i < evaluation.questions_size(); ++i) {
    const std::string field = absl::StrCat("after_stay.evaluation.questions[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), evaluation.questions(i).id());
    if (evaluation.questions(i).title().empty()) {
      wrong.Add(absl::StrCat(field, ".title"), "is missing; people are asked it");
    }
  }
  if (evaluation.questions().empty()) wrong.Add("after_stay.evaluation", "asks nothing; add questions");
}

// What builds on a step needs that step.
void CheckOrderOfSteps(const AfterStay& after, FieldErrors& wrong) {
  if (after.implementation_days() > 0 && !after.has_change_proposal()) {
    wrong.Add("after_stay.implementation_days", "needs something to implement; add change_proposal");
  }
  if (after.implementation_days() > 0 && after.return_days() <= 0) {
    wrong.Add("after_stay.implementation_days", "begins only after the recorded return; add return_days");
  }
  absl::string_view mentors = after.mentor_programme();
  if (mentors.empty()) return;
  if (!absl::ConsumePrefix(&mentors, "programmes/") || !IsHyphenated(mentors)) {
    wrong.Add("after_stay.mentor_programme", "must name a programme, as in programmes/my-mentors");
  }
  if (after.implementation_days() <= 0) {
    wrong.Add("after_stay.mentor_programme", "needs an implementation to help with; add implementation_days");
  }
}

void CheckAfterStay(const AfterStay& after, FieldErrors& wrong) {
  const auto not_negative = [&](const char* field, int days) {
    if (days < 0) wrong.Add(absl::StrCat("after_stay.", field), "must not be negative; 0 leaves it out");
  };
  not_negative("report_days", after.report_days());
  not_negative("return_days", after.return_days());
  not_negative("implementation_days", after.implementation_days());
  CheckPhases(after, wrong);
  Ids modules(wrong);
  for (int i = 0; i < after.modules_size(); ++i) {
    const std::string field = absl::StrCat("after_stay.modules[", i, "]");
    modules.Add(absl::StrCat(field, ".id"), after.modules(i).id());
    if (after.modules(i).title().empty()) wrong.Add(absl::StrCat(field, ".title"), "is missing; people are shown it");
  }
  Ids topics(wrong);
  for (int i = 0; i < after.change_proposal().topics_size(); ++i) {
    topics.Add(absl::StrCat("after_stay.change_proposal.topics[", i, "]"), after.change_proposal().topics(i));
  }
  if (after.has_change_proposal() && after.change_proposal().topics().empty()) {
    wrong.Add("after_stay.change_proposal", "has no topic, so nothing could be submitted; add topics");
  }
  if (after.has_evaluation()) CheckEvaluation(after.evaluation(), wrong);
  CheckOrderOfSteps(after, wrong);
}

void CheckDisclosure(const Programme& programme, FieldErrors& wrong) {
  const programme::v1::DisclosureRules& rules = programme.disclosure();
  const bool reason = rules.default_reason() != options::v1::WITHHOLDING_REASON_UNSPECIFIED;
  if (rules.default_class() == options::v1::DISCLOSURE_CLASS_RESTRICTED && !reason) {
    wrong.Add("disclosure.default_reason",
              "is missing; details are withheld for a reason alone, as in WITHHOLDING_REASON_CONFIDENTIALITY_DUTY");
  }
  if (rules.default_class() <= options::v1::DISCLOSURE_CLASS_PUBLIC && reason) {
    wrong.Add("disclosure.default_reason", "withholds nothing by itself; set default_class, or leave the reason out");
  }
  const int since = rules.countries_since();
  if (since != 0 && (since < 1900 || since > 9999)) {
    wrong.Add("disclosure.countries_since", "must be a year, as in 2017, or left out for all years");
  }
}

bool IsFact(const std::string& type) {
  return std::any_of(NoticeFacts().begin(), NoticeFacts().end(),
                     [&](const google::protobuf::Descriptor* fact) { return fact->full_name() == type; });
}

void CheckNotices(const Programme& programme, FieldErrors& wrong) {
  std::set<std::string> seen;
  for (int i = 0; i < programme.notices_size(); ++i) {
    const Notice& notice = programme.notices(i);
    const std::string field = absl::StrCat("notices[", i, "]");
    if (!IsFact(notice.fact())) {
      wrong.Add(absl::StrCat(field, ".fact"), absl::StrCat("\"", notice.fact(),
                                                           "\" is not a fact; give its full name, as in "
                                                           "amikeco.applicant.v1.ApplicationSubmitted"));
    }
    if (!IsTemplateId(notice.template_())) {
      wrong.Add(absl::StrCat(field, ".template"), "must be a template's id in lower_snake, as in application_received");
    }
    if (notice.recipients().empty()) wrong.Add(field, "names nobody to tell; add recipients");
    for (const int recipient : notice.recipients()) {
      if (seen.insert(absl::StrCat(notice.fact(), " ", recipient)).second) continue;
      wrong.Add(field, absl::StrCat("tells the same recipient of the same fact twice: ",
                                    programme::v1::Recipient_Name(recipient)));
    }
  }
}

}  // namespace

void CheckRules(const google::protobuf::RepeatedPtrField<EligibilityRule>& rules, const std::string& list,
                FieldErrors& wrong) {
  Ids ids(wrong);
  std::set<std::string> reasons;
  for (int i = 0; i < rules.size(); ++i) {
    const EligibilityRule& rule = rules[i];
    const std::string field = absl::StrCat(list, "[", i, "]");
    ids.Add(absl::StrCat(field, ".id"), rule.id());
    if (!IsConstantName(rule.reason())) {
      wrong.Add(absl::StrCat(field, ".reason"), "must be a constant's name, as in NOT_MEMBER");
    } else if (!reasons.insert(rule.reason()).second) {
      wrong.Add(absl::StrCat(field, ".reason"),
                absl::StrCat(rule.reason(), " is used twice; one reason tells one rule"));
    }
    CheckRuleTerms(rule, field, wrong);
  }
}

absl::Status CheckProgramme(const Programme& programme, const Countries& countries) {
  FieldErrors wrong;
  CheckHead(programme, wrong);
  CheckEligibility(programme, wrong);
  CheckApplicantsOf(programme, wrong);
  CheckWithoutSearch(programme, wrong);
  CheckTiers(programme, wrong);
  CheckTasks(programme, wrong);
  CheckMatching(programme.matching(), countries, wrong);
  CheckCriteria(programme, wrong);
  CheckSelection(programme, wrong);
  CheckCompliance(programme, wrong);
  CheckFunding(programme, wrong);
  CheckAfterStay(programme.after_stay(), wrong);
  CheckDisclosure(programme, wrong);
  CheckNotices(programme, wrong);
  return wrong.ToStatus();
}

}  // namespace amikeco
