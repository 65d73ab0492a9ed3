// What every answer to a wrong request must be.
#ifndef AMIKECO_TESTS_BAD_INPUT_ANSWERS_H_
#define AMIKECO_TESTS_BAD_INPUT_ANSWERS_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "common/base/actor.h"
#include "common/base/status.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace amikeco {

// A documented code with a reason; INVALID_ARGUMENT names fields.
inline void ExpectDocumented(const absl::Status& status, const std::string& what) {
  static const auto& documented = *new std::set<absl::StatusCode>{
      absl::StatusCode::kOk,
      absl::StatusCode::kInvalidArgument,
      absl::StatusCode::kFailedPrecondition,
      absl::StatusCode::kAborted,
      absl::StatusCode::kNotFound,
      absl::StatusCode::kAlreadyExists,
      absl::StatusCode::kPermissionDenied,
      absl::StatusCode::kResourceExhausted,
  };
  EXPECT_TRUE(documented.contains(status.code())) << what << ": " << status;
  if (status.ok()) return;
  EXPECT_NE(ReasonOf(status), "") << what << ": " << status;
  if (status.code() != absl::StatusCode::kInvalidArgument || ReasonOf(status) == "REQUEST_ID_REUSED") return;
  const auto bad = DetailOf<google::rpc::BadRequest>(status);
  ASSERT_TRUE(bad.ok()) << what << ": " << status;
  EXPECT_GT(bad->field_violations_size(), 0) << what;
  for (const auto& violation : bad->field_violations()) EXPECT_NE(violation.description(), "") << what;
}

// Somebody who may call the method; never a fellow service, which would see everything.
inline Actor CallerOf(const google::protobuf::MethodDescriptor& method, const std::string& subject,
                      const std::string& organisation) {
  Actor actor{subject, organisation, {}};
  for (const int role : method.options().GetExtension(options::v1::access).roles()) {
    if (role != options::v1::ROLE_SERVICE) actor.roles.push_back(static_cast<Role>(role));
  }
  if (actor.roles.empty()) actor.roles.push_back(options::v1::ROLE_REGISTRAR);
  return actor;
}

}  // namespace amikeco

#endif  // AMIKECO_TESTS_BAD_INPUT_ANSWERS_H_
