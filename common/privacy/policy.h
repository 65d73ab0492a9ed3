// The privacy policy's file: how long personal documents are kept, and who must say what for they are told them.
#ifndef AMIKECO_COMMON_PRIVACY_POLICY_H_
#define AMIKECO_COMMON_PRIVACY_POLICY_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/ops/v1/privacy.pb.h"

namespace amikeco {

// The policy in the file. INVALID_ARGUMENT names file, line, field and fix of everything that is wrong; NOT_FOUND when
// it is not there. An empty path: a policy without rules, by which nothing is ever due.
absl::StatusOr<ops::v1::PrivacyPolicy> LoadPrivacyPolicy(const std::string& path);

// INVALID_ARGUMENT with every mistake.
absl::Status CheckPrivacyPolicy(const ops::v1::PrivacyPolicy& policy);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_POLICY_H_
