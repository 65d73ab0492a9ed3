#include "services/compliance/policy.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace amikeco::compliance {
namespace {

using v1::AssessmentPolicy;
using v1::RiskLevel;

constexpr RiskLevel kLevels[] = {v1::RISK_LEVEL_LOW, v1::RISK_LEVEL_MEDIUM, v1::RISK_LEVEL_HIGH};
// Organisations review every year at least.
constexpr int kMostMonths = 12;

bool IsHyphenated(absl::string_view id) {
  if (id.empty() || id.front() == '-' || id.back() == '-') return false;
  for (const char c : id) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') return false;
  }
  return true;
}

template <typename List>
const typename List::value_type* FindIn(const List& list, absl::string_view id) {
  for (const auto& entry : list) {
    if (entry.id() == id) return &entry;
  }
  return nullptr;
}

// A list of what has an id and a title.
template <typename List>
void CheckList(const List& list, const std::string& field, FieldErrors& wrong) {
  if (list.empty()) wrong.Add(field, "lists nothing; add one at least");
  std::set<std::string> seen;
  for (int i = 0; i < list.size(); ++i) {
    const std::string at = absl::StrCat(field, "[", i, "]");
    const std::string& id = list[i].id();
    if (!IsHyphenated(id)) {
      wrong.Add(absl::StrCat(at, ".id"),
                absl::StrCat("\"", id, "\" is not an id: use lower-case words joined by hyphens"));
    } else if (!seen.insert(id).second) {
      wrong.Add(absl::StrCat(at, ".id"), absl::StrCat("\"", id, "\" is used twice; give each its own id"));
    }
    if (list[i].title().empty()) wrong.Add(absl::StrCat(at, ".title"), "is missing; people are shown it");
  }
}

void CheckHead(const AssessmentPolicy& policy, FieldErrors& wrong) {
  if (!IsHyphenated(policy.id())) wrong.Add("id", "must be lower-case words joined by hyphens");
  if (policy.version() < 1) wrong.Add("version", "must be 1 or more, and count up with each change in meaning");
  if (policy.title().empty()) wrong.Add("title", "is missing; people are shown it");
  if (policy.basis().empty())
    wrong.Add("basis", "is missing; say what it follows and what is the product's own policy");
  for (int i = 0; i < policy.organisations_size(); ++i) {
    if (!absl::StartsWith(policy.organisations(i), "organisations/")) {
      wrong.Add(absl::StrCat("organisations[", i, "]"), "must name an organisation: \"organisations/\" and its id");
    }
  }
  const auto check_months = [&](const char* field, int months) {
    if (months < 1 || months > kMostMonths) {
      wrong.Add(field, absl::StrCat("must be 1 to ", kMostMonths, ": assessments are reviewed every year"));
    }
  };
  check_months("validity_months", policy.validity_months());
  check_months("review_months", policy.review_months());
  if (!v1::RiskLevel_IsValid(policy.mitigation_threshold()) ||
      policy.mitigation_threshold() == v1::RISK_LEVEL_UNSPECIFIED) {
    wrong.Add("mitigation_threshold", "is missing; say RISK_LEVEL_LOW, _MEDIUM or _HIGH");
  }
}

void CheckRisks(const AssessmentPolicy& policy, FieldErrors& wrong) {
  bool reputation = false;
  for (int i = 0; i < policy.risks_size(); ++i) {
    const v1::RiskKind& risk = policy.risks(i);
    const std::string at = absl::StrCat("risks[", i, "]");
    reputation = reputation || risk.axis() == v1::RISK_AXIS_REPUTATIONAL;
    if (risk.axis() == v1::RISK_AXIS_UNSPECIFIED)
      wrong.Add(absl::StrCat(at, ".axis"), "is missing; say which it is on");
    if (risk.axis() == v1::RISK_AXIS_REPUTATIONAL && (risk.absolute() || risk.needs_written_assurance())) {
      wrong.Add(at, "is one of reputation, for which there is neither a bar nor an assurance; leave them out");
    }
  }
  if (!policy.risks().empty() && !reputation) {
    wrong.Add("risks", "has none of reputation, which is judged besides; add one with RISK_AXIS_REPUTATIONAL");
  }
  bool assurance = false;
  for (int i = 0; i < policy.mitigations_size(); ++i) {
    const v1::MitigationKind& kind = policy.mitigations(i);
    assurance = assurance || kind.written_assurance();
    if (kind.written_assurance() && kind.never_lowers()) {
      wrong.Add(absl::StrCat("mitigations[", i, "]"),
                "is a written assurance, which may lower a risk; leave never_lowers out");
    }
  }
  for (int i = 0; i < policy.risks_size(); ++i) {
    if (policy.risks(i).needs_written_assurance() && !assurance) {
      wrong.Add(absl::StrCat("risks[", i, "].needs_written_assurance"),
                "no mitigation is a written assurance; add one with written_assurance");
    }
  }
}

void CheckInherent(const AssessmentPolicy& policy, FieldErrors& wrong) {
  std::set<std::pair<int, int>> seen;
  for (int i = 0; i < policy.inherent_size(); ++i) {
    const v1::InherentRisk& rule = policy.inherent(i);
    const std::string at = absl::StrCat("inherent[", i, "]");
    const bool whole = rule.likelihood() != v1::RISK_LEVEL_UNSPECIFIED &&
                       rule.severity() != v1::RISK_LEVEL_UNSPECIFIED && rule.risk() != v1::RISK_LEVEL_UNSPECIFIED;
    if (!whole) {
      wrong.Add(at, "needs likelihood, severity and risk");
    } else if (!seen.emplace(rule.likelihood(), rule.severity()).second) {
      wrong.Add(at, "is there twice; give each likelihood and severity one risk");
    }
  }
  for (const RiskLevel likelihood : kLevels) {
    for (const RiskLevel severity : kLevels) {
      const std::string pair = absl::StrCat(v1::RiskLevel_Name(likelihood), " and ", v1::RiskLevel_Name(severity));
      if (seen.count({likelihood, severity}) == 0) {
        wrong.Add("inherent", absl::StrCat("has no rule for likelihood and severity ", pair, "; add it"));
        continue;
      }
      const RiskLevel risk = InherentRiskOf(policy, likelihood, severity);
      const bool falls = (likelihood > v1::RISK_LEVEL_LOW &&
                          risk < InherentRiskOf(policy, static_cast<RiskLevel>(likelihood - 1), severity)) ||
                         (severity > v1::RISK_LEVEL_LOW &&
                          risk < InherentRiskOf(policy, likelihood, static_cast<RiskLevel>(severity - 1)));
      // What is missing counts as high, and was told of already.
      if (falls && seen.size() == 9) {
        wrong.Add("inherent", absl::StrCat("is lower for ", pair, " than for less; raise it"));
      }
    }
  }
}

void CheckLadder(const AssessmentPolicy& policy, FieldErrors& wrong) {
  int below = v1::RISK_LEVEL_UNSPECIFIED;
  for (int i = 0; i < policy.approvers_size(); ++i) {
    const v1::ApproverLevel& rung = policy.approvers(i);
    const std::string at = absl::StrCat("approvers[", i, "]");
    if (rung.role() == options::v1::ROLE_UNSPECIFIED) {
      wrong.Add(absl::StrCat(at, ".role"), "is missing; say who stands on this rung, as in ROLE_SENIOR_OFFICIAL");
    }
    if (rung.approves() <= below) {
      wrong.Add(absl::StrCat(at, ".approves"), "must be more than what the rung before approves");
    }
    below = rung.approves();
  }
  if (!policy.approvers().empty() && below != v1::RISK_LEVEL_HIGH) {
    wrong.Add(absl::StrCat("approvers[", policy.approvers_size() - 1, "].approves"),
              "must be RISK_LEVEL_HIGH: the last rung approves everything");
  }
}

}  // namespace

absl::Status CheckPolicy(const AssessmentPolicy& policy) {
  FieldErrors wrong;
  CheckHead(policy, wrong);
  CheckList(policy.questions(), "questions", wrong);
  CheckList(policy.risks(), "risks", wrong);
  CheckList(policy.mitigations(), "mitigations", wrong);
  CheckList(policy.approvers(), "approvers", wrong);
  CheckRisks(policy, wrong);
  CheckInherent(policy, wrong);
  CheckLadder(policy, wrong);
  return wrong.ToStatus();
}

const v1::CountryQuestion* FindQuestion(const AssessmentPolicy& policy, absl::string_view id) {
  return FindIn(policy.questions(), id);
}
const v1::RiskKind* FindRisk(const AssessmentPolicy& policy, absl::string_view id) {
  return FindIn(policy.risks(), id);
}
const v1::MitigationKind* FindMitigation(const AssessmentPolicy& policy, absl::string_view id) {
  return FindIn(policy.mitigations(), id);
}
const v1::ApproverLevel* FindApprover(const AssessmentPolicy& policy, absl::string_view id) {
  return FindIn(policy.approvers(), id);
}

RiskLevel InherentRiskOf(const AssessmentPolicy& policy, RiskLevel likelihood, RiskLevel severity) {
  for (const v1::InherentRisk& rule : policy.inherent()) {
    if (rule.likelihood() == likelihood && rule.severity() == severity) return rule.risk();
  }
  return v1::RISK_LEVEL_HIGH;
}

const v1::ApproverLevel& ApproverFor(const AssessmentPolicy& policy, RiskLevel overall) {
  for (const v1::ApproverLevel& rung : policy.approvers()) {
    if (rung.approves() >= overall) return rung;
  }
  return *policy.approvers().rbegin();
}

}  // namespace amikeco::compliance
