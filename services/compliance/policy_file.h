// The file with the policy by which human-rights assessments are judged.
#ifndef AMIKECO_SERVICES_COMPLIANCE_POLICY_FILE_H_
#define AMIKECO_SERVICES_COMPLIANCE_POLICY_FILE_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"
#include "common/store/store.h"

namespace amikeco::compliance {

// The policy in the file. INVALID_ARGUMENT names file, line, field and fix of everything that is wrong; NOT_FOUND when
// it is not there. An empty path: a policy without an id.
absl::StatusOr<v1::AssessmentPolicy> LoadPolicy(const std::string& path);

// Keeps what was loaded (records of kind "assessment-policy"), so that the version which an assessment names always
// says by what it was judged. To be called once at start. FAILED_PRECONDITION (POLICY_CHANGED) when a kept version says
// something else than the file.
absl::Status KeepPolicy(Store& store, const v1::AssessmentPolicy& policy);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_POLICY_FILE_H_
