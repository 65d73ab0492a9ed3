#include "services/compliance/policy_file.h"

#include "common/base/status.h"
#include "common/config/located.h"
#include "common/config/textproto.h"
#include "common/store/kept_version.h"
#include "services/compliance/document_errors.h"
#include "services/compliance/policy.h"

namespace amikeco::compliance {

absl::StatusOr<v1::AssessmentPolicy> LoadPolicy(const std::string& path) {
  if (path.empty()) return v1::AssessmentPolicy();
  AMIKECO_ASSIGN_OR_RETURN(auto policy, ParseTextproto<v1::AssessmentPolicy>(path));
  const absl::Status wrong = CheckPolicy(policy);
  if (wrong.ok()) return policy;
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Located(path, text, policy, wrong);
}

absl::Status KeepPolicy(Store& store, const v1::AssessmentPolicy& policy) {
  if (policy.id().empty()) return absl::OkStatus();
  static const auto& kept = *new Table<v1::AssessmentPolicy>(
      "assessment-policy", [](const v1::AssessmentPolicy&) { return std::vector<Key>(); });
  return store.Write([&](Transaction& tx) {
    return KeepVersion(tx, kept, policy.id(), policy.version(), policy, errors::kPolicyChanged, "policy");
  });
}

}  // namespace amikeco::compliance
