#include "services/compliance/policy.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "common/base/status.h"
#include "common/store/sqlite_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/policy_file.h"
#include "services/compliance/test_assessment.h"

namespace amikeco::compliance {
namespace {

using testing::HasSubstr;

std::string WrongWith(const v1::AssessmentPolicy& policy) {
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckPolicy(policy));
  std::string wrong;
  if (!bad.ok()) return wrong;
  for (const auto& violation : bad->field_violations()) {
    wrong += violation.field() + ": " + violation.description() + "\n";
  }
  return wrong;
}

TEST(Policy, TheShippedOneIsSound) {
  const auto policy = LoadPolicy("assessments/osja.textproto");
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->risks_size(), 17);
  EXPECT_EQ(policy->mitigations_size(), 10);
  // What is not the guidance's is never shown as its text.
  EXPECT_THAT(policy->basis(), HasSubstr("this product's policy"));
  EXPECT_EQ(ApproverFor(*policy, v1::RISK_LEVEL_HIGH).role(), options::v1::ROLE_MINISTER);
}

TEST(Policy, ThereMayBeNone) {
  const auto none = LoadPolicy("");
  ASSERT_TRUE(none.ok());
  EXPECT_EQ(none->id(), "");
  EXPECT_EQ(LoadPolicy("assessments/nothing.textproto").status().code(), absl::StatusCode::kNotFound);
}

TEST(Policy, AMistakeIsNamedByFileLineFieldAndFix) {
  const std::string path = testing::TempDir() + "policy.textproto";
  std::ofstream(path) << "id: \"mine\"\nversion: 1\ntitle: \"Mine\"\nbasis: \"Mine\"\nvalidity_months: 24\n"
                         "review_months: 12\nmitigation_threshold: RISK_LEVEL_LOW\n"
                         "risks {\n  id: \"a b\"\n  title: \"A\"\n  axis: RISK_AXIS_REPUTATIONAL\n}\n";
  const absl::Status wrong = LoadPolicy(path).status();
  EXPECT_THAT(wrong.message(), HasSubstr(path + ":5: validity_months: must be 1 to 12"));
  EXPECT_THAT(wrong.message(), HasSubstr(path + ":9: risks[0].id: \"a b\" is not an id"));
  EXPECT_THAT(wrong.message(), HasSubstr("questions: lists nothing"));
  std::ofstream(path) << "unheard_of: 1\n";
  EXPECT_THAT(LoadPolicy(path).status().message(), HasSubstr(path + ":1:"));
}

// A5-04: the version that an assessment names says by what it was judged.
TEST(Policy, AVersionThatWasInForceNeverSaysSomethingElse) {
  const std::string path = testing::TempDir() + "policy.db";
  std::filesystem::remove(path);
  const auto store = SqliteStore::Open(path);
  ASSERT_TRUE(store.ok()) << store.status();
  v1::AssessmentPolicy policy = TestPolicy();
  EXPECT_TRUE(KeepPolicy(**store, policy).ok());
  EXPECT_TRUE(KeepPolicy(**store, policy).ok());
  policy.set_validity_months(6);
  const absl::Status changed = KeepPolicy(**store, policy);
  EXPECT_EQ(ReasonOf(changed), "POLICY_CHANGED");
  EXPECT_THAT(changed.message(), HasSubstr("validity_months"));
  policy.set_version(2);
  EXPECT_TRUE(KeepPolicy(**store, policy).ok());
  EXPECT_TRUE(KeepPolicy(**store, v1::AssessmentPolicy()).ok());
}

TEST(Policy, MoreRiskNeverCountsForLess) {
  v1::AssessmentPolicy policy = TestPolicy();
  EXPECT_EQ(WrongWith(policy), "");
  policy.mutable_inherent(8)->set_risk(v1::RISK_LEVEL_LOW);
  EXPECT_THAT(WrongWith(policy), HasSubstr("RISK_LEVEL_HIGH and RISK_LEVEL_HIGH than for less; raise it"));
  policy.mutable_inherent()->RemoveLast();
  EXPECT_THAT(WrongWith(policy),
              HasSubstr("has no rule for likelihood and severity RISK_LEVEL_HIGH and RISK_LEVEL_HIGH"));
}

TEST(Policy, TheLadderRisesAndItsLastRungApprovesEverything) {
  v1::AssessmentPolicy policy = TestPolicy();
  policy.mutable_approvers(1)->set_approves(v1::RISK_LEVEL_LOW);
  EXPECT_THAT(WrongWith(policy), HasSubstr("approvers[1].approves: must be more than what the rung before approves"));
  policy = TestPolicy();
  policy.mutable_approvers()->RemoveLast();
  EXPECT_THAT(WrongWith(policy), HasSubstr("approvers[1].approves: must be RISK_LEVEL_HIGH"));
  policy.clear_approvers();
  EXPECT_THAT(WrongWith(policy), HasSubstr("approvers: lists nothing"));
}

TEST(Policy, RisksHaveAnAxisAndReputationIsOneOfThem) {
  v1::AssessmentPolicy policy = TestPolicy();
  policy.mutable_risks(4)->set_axis(v1::RISK_AXIS_UNSPECIFIED);
  EXPECT_THAT(WrongWith(policy), HasSubstr("risks[4].axis: is missing"));
  EXPECT_THAT(WrongWith(policy), HasSubstr("risks: has none of reputation"));
  policy = TestPolicy();
  policy.mutable_risks(4)->set_absolute(true);
  policy.mutable_mitigations(0)->set_written_assurance(false);
  EXPECT_THAT(WrongWith(policy), HasSubstr("risks[4]: is one of reputation"));
  EXPECT_THAT(WrongWith(policy), HasSubstr("risks[0].needs_written_assurance: no mitigation is a written assurance"));
}

}  // namespace
}  // namespace amikeco::compliance
