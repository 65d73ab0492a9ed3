#include "common/privacy/policy.h"

#include <re2/re2.h>

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/config/located.h"
#include "common/config/textproto.h"

namespace amikeco {
namespace {

using ops::v1::PrivacyPolicy;
using ops::v1::RetentionRule;

constexpr int kMostDays = 36'500;

void CheckRule(const RetentionRule& rule, const std::string& at, std::set<std::string>& seen, FieldErrors& wrong) {
  static const RE2 kType(R"(amikeco(\.[a-z][a-z0-9_]*)+(\.[A-Z][A-Za-z0-9]*)+)");
  if (!RE2::FullMatch(rule.document(), kType)) {
    wrong.Add(at + ".document", "must be the full name of a message, for instance amikeco.notify.v1.ContactCard");
  } else if (!seen.insert(rule.document()).second) {
    wrong.Add(at + ".document", absl::StrCat("has a rule already: ", rule.document()));
  }
  if (rule.reason().empty()) wrong.Add(at + ".reason", "is missing; say why such documents are kept so long");
  const bool timed = rule.basis() == RetentionRule::BASIS_CASE_END || rule.basis() == RetentionRule::BASIS_WRITTEN;
  if (rule.basis() == RetentionRule::BASIS_UNSPECIFIED || !RetentionRule::Basis_IsValid(rule.basis())) {
    wrong.Add(at + ".basis", "must be BASIS_FOREVER, BASIS_PERSON, BASIS_CASE_END or BASIS_WRITTEN");
  } else if (timed && (rule.keep_days() < 1 || rule.keep_days() > kMostDays)) {
    wrong.Add(at + ".keep_days", absl::StrCat("must be from 1 to ", kMostDays));
  } else if (!timed && rule.keep_days() != 0) {
    wrong.Add(at + ".keep_days", "must not be set with this basis");
  }
  if (rule.outlives_person() && !timed) {
    wrong.Add(at + ".outlives_person", "is for BASIS_CASE_END and BASIS_WRITTEN; leave it out with this basis");
  }
}

}  // namespace

absl::Status CheckPrivacyPolicy(const PrivacyPolicy& policy) {
  FieldErrors wrong;
  static const RE2 kWord("[a-z][a-z0-9-]{0,63}");
  if (!RE2::FullMatch(policy.id(), kWord)) wrong.Add("id", "must be a short name, for instance amikeco-privacy-1");
  std::set<std::string> seen;
  for (int i = 0; i < policy.rules_size(); ++i) CheckRule(policy.rules(i), absl::StrCat("rules[", i, "]"), seen, wrong);
  for (int i = 0; i < policy.purposes_size(); ++i) {
    if (RE2::FullMatch(policy.purposes(i), kWord)) continue;
    wrong.Add(absl::StrCat("purposes[", i, "]"), "must be a code, for instance case-review");
  }
  if (!policy.purpose_required_of().empty() && policy.purposes().empty()) {
    wrong.Add("purposes", "is missing; name at least one, as some organisations must give one");
  }
  return wrong.ToStatus();
}

absl::StatusOr<PrivacyPolicy> LoadPrivacyPolicy(const std::string& path) {
  if (path.empty()) return PrivacyPolicy();
  AMIKECO_ASSIGN_OR_RETURN(auto policy, ParseTextproto<PrivacyPolicy>(path));
  const absl::Status wrong = CheckPrivacyPolicy(policy);
  if (wrong.ok()) return policy;
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Located(path, text, policy, wrong);
}

}  // namespace amikeco
