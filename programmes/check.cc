// What must be true of a programme beyond its shape. Every mistake is reported, with the field and what would be right.
#include "programmes/check.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/facts.pb.h"
#include "amikeco/matching/v1/facts.pb.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "common/countries/countries.h"
#include "google/protobuf/descriptor.h"
#include "programmes/programmes.h"

namespace amikeco {
namespace {

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
    case EligibilityRule::kTravelAfterStay:
    case EligibilityRule::kEmployerAuthorisation:
      break;
    case EligibilityRule::RULE_NOT_SET:
      wrong.Add(field,
                "does not say what it demands; add one of membership, class_of_membership, membership_tenure, duty, "
                "language, notice, "
                "acknowledgements, travel_after_stay, section, employer_authorisation, stay_length");
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

void CheckTiers(const Programme& programme, FieldErrors& wrong) {
  Ids ids(wrong);
  for (int i = 0; i < programme.tiers_size(); ++i) {
    const PriorityTier& tier = programme.tiers(i);
    ids.Add(absl::StrCat("tiers[", i, "].id"), tier.id());
    const bool last = i + 1 == programme.tiers_size();
    if (tier.duty_statuses().empty() && !last) {
      wrong.Add(absl::StrCat("tiers[", i, "]"), "takes everybody, so nobody reaches the tiers behind it; put it last");
    }
    if (!tier.duty_statuses().empty() && last) {
      wrong.Add(absl::StrCat("tiers[", i, "]"), "is the last tier and must take everybody: leave duty_statuses out");
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
    wrong.Add("matching.mode", "is missing; say MODE_RANKED_PROPOSALS or MODE_NONE");
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
    const bool needs_kinds =
        item.kind() == ComplianceItem::KIND_HEALTH_COVER || item.kind() == ComplianceItem::KIND_BACKGROUND_CHECK;
    if (needs_kinds && item.accepted_kinds().empty()) {
      wrong.Add(field, "accepts no kind, so it could never hold; add accepted_kinds");
    }
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
  if (programme.after_stay().report_days() < 0) {
    wrong.Add("after_stay.report_days", "must not be negative; 0 asks for no report");
  }
}

// The facts that a notice can be about: all that the services which run programmes state.
bool IsFact(const std::string& type) {
  for (const google::protobuf::Descriptor* facts :
       {applicant::v1::MemberFact::descriptor(), applicant::v1::ApplicationFact::descriptor(),
        applicant::v1::HostingOfferFact::descriptor(), matching::v1::HostFact::descriptor(),
        matching::v1::PlacementFact::descriptor(), matching::v1::HomeHostFact::descriptor(),
        compliance::v1::ClearanceFact::descriptor()}) {
    for (int i = 0; i < facts->field_count(); ++i) {
      if (facts->field(i)->message_type()->full_name() == type) return true;
    }
  }
  return false;
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
  CheckTiers(programme, wrong);
  CheckTasks(programme, wrong);
  CheckMatching(programme.matching(), countries, wrong);
  CheckCompliance(programme, wrong);
  CheckFunding(programme, wrong);
  CheckNotices(programme, wrong);
  return wrong.ToStatus();
}

}  // namespace amikeco
