#include "programmes/check_cases.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/dates.h"

namespace amikeco {
namespace {

using programme::v1::ComplianceItem;
using programme::v1::EligibilityRule;
using programme::v1::Programme;

// Codes that a request can name, each once.
void CheckPackage(const google::protobuf::RepeatedPtrField<std::string>& package, const std::string& field,
                  FieldErrors& wrong) {
  std::set<std::string> seen;
  for (int i = 0; i < package.size(); ++i) {
    const std::string& part = package[i];
    const bool code = !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
    });
    const std::string place = absl::StrCat(field, "[", i, "]");
    if (!code) wrong.Add(place, "must be lower-case words joined by hyphens");
    if (!seen.insert(part).second) wrong.Add(place, absl::StrCat("\"", part, "\" is named twice"));
  }
}

void CheckVetting(const programme::v1::VettingRules& rules, const std::string& field, FieldErrors& wrong) {
  if (rules.lead_working_days() < 0 || rules.lead_working_days() > 250) {
    wrong.Add(absl::StrCat(field, ".lead_working_days"), "must be 0 to 250, a working year");
  }
  for (int i = 0; i < rules.closed_days_size(); ++i) {
    if (IsRealDate(rules.closed_days(i))) continue;
    wrong.Add(absl::StrCat(field, ".closed_days[", i, "]"), "must be a day that there is");
  }
  CheckPackage(rules.person_package(), absl::StrCat(field, ".person_package"), wrong);
  CheckPackage(rules.unit_package(), absl::StrCat(field, ".unit_package"), wrong);
}

bool IsOfStudyVisits(const Programme& programme) {
  for (const EligibilityRule& rule : programme.eligibility()) {
    const auto& categories = rule.scope().categories();
    if (std::find(categories.begin(), categories.end(), programme::v1::ASSISTANCE_CATEGORY_STUDY_VISIT) !=
        categories.end()) {
      return true;
    }
  }
  return false;
}

}  // namespace

void CheckCases(const Programme& programme, const ComplianceItem& item, const std::string& field, FieldErrors& wrong) {
  if (item.has_vetting() && item.kind() != ComplianceItem::KIND_VETTING) {
    wrong.Add(absl::StrCat(field, ".vetting"), "is of KIND_VETTING alone");
  }
  if (item.has_check() && item.kind() != ComplianceItem::KIND_BACKGROUND_CHECK) {
    wrong.Add(absl::StrCat(field, ".check"), "is of KIND_BACKGROUND_CHECK alone");
  }
  if (item.has_vetting()) CheckVetting(item.vetting(), absl::StrCat(field, ".vetting"), wrong);
  if (item.check().pre_adverse_days() < 0) {
    wrong.Add(absl::StrCat(field, ".check.pre_adverse_days"), "must not be negative; 0 stands for 7");
  }
  if (item.check().valid_days() < 0) {
    wrong.Add(absl::StrCat(field, ".check.valid_days"), "must not be negative; 0 is without bound");
  }
  if (item.kind() != ComplianceItem::KIND_CERTIFICATE) return;
  if (item.per_leg()) {
    wrong.Add(absl::StrCat(field, ".per_leg"), "asks hosts for a trainer's certificate, which they never need");
  }
  if (IsOfStudyVisits(programme)) {
    wrong.Add(absl::StrCat(field, ".kind"),
              "must not be KIND_CERTIFICATE: study visits never need a trainer's certificate");
  }
}

}  // namespace amikeco
