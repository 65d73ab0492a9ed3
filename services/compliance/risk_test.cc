#include "services/compliance/risk.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/compliance/test_assessment.h"

namespace amikeco::compliance {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using v1::AssessmentContent;
using v1::RiskJudgement;
using Code = v1::JudgementReason;

const v1::AssessmentPolicy kPolicy = TestPolicy();
constexpr auto kHigh = v1::LIKELIHOOD_HIGH;
constexpr auto kMedium = v1::LIKELIHOOD_MEDIUM;
constexpr auto kGrave = v1::RISK_LEVEL_HIGH;

v1::CountryRevision Country(const std::string& code, const std::vector<std::string>& unknown = {},
                            bool humanitarian_law = false) {
  v1::CountryRevision country;
  country.set_country(code);
  country.mutable_unknown()->Assign(unknown.begin(), unknown.end());
  country.set_humanitarian_law(humanitarian_law);
  return country;
}

RiskJudgement Judge(const AssessmentContent& content, const CountryRevisions& countries = {Country("AM")}) {
  return JudgeRisks(kPolicy, content, countries);
}

std::vector<Code::Code> CodesOf(const RiskJudgement& judgement) {
  std::vector<Code::Code> codes;
  for (const auto& reason : judgement.reasons()) {
    codes.push_back(reason.code());
    EXPECT_FALSE(reason.explanation().empty());
  }
  return codes;
}

const v1::RiskResult& ResultOf(const RiskJudgement& judgement, const std::string& risk) {
  const auto& results = judgement.results();
  return *std::find_if(results.begin(), results.end(), [&](const auto& result) { return result.risk() == risk; });
}

std::vector<std::string> WrongWith(const AssessmentContent& content,
                                   const CountryRevisions& countries = {Country("AM")}) {
  std::vector<std::string> wrong;
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckComplete(kPolicy, content, countries));
  if (!bad.ok()) return wrong;
  for (const auto& violation : bad->field_violations()) {
    wrong.push_back(absl::StrCat(violation.field(), ": ", violation.description()));
  }
  return wrong;
}

AssessmentContent Content() { return ContentFor(kPolicy, {"AM"}); }

TEST(JudgeRisks, WithoutARiskIsLowAndTheLowestRungApproves) {
  const RiskJudgement judgement = Judge(Content());
  EXPECT_EQ(judgement.overall(), v1::RISK_LEVEL_LOW);
  EXPECT_EQ(judgement.approver_level(), "lead");
  EXPECT_EQ(judgement.recommendation(), v1::RECOMMENDATION_PROCEED);
  EXPECT_FALSE(judgement.serious_risk());
  EXPECT_THAT(CodesOf(judgement), ElementsAre(Code::CODE_APPROVER));
  EXPECT_EQ(judgement.policy(), "test");
  EXPECT_EQ(judgement.policy_version(), 1);
}

// Rule 1
TEST(JudgeRisks, AMitigationThatIsSubstantialAndEvidencedLowersByOneStep) {
  AssessmentContent content = Content();
  Raise(content, "force", kHigh, kGrave);
  Mitigate(content, "force");
  Mitigate(content, "force");
  const RiskJudgement judgement = Judge(content);
  EXPECT_EQ(ResultOf(judgement, "force").inherent(), v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(ResultOf(judgement, "force").residual(), v1::RISK_LEVEL_MEDIUM);
  EXPECT_EQ(ResultOf(judgement, "force").lowered_by(), 1);
  EXPECT_EQ(judgement.overall(), v1::RISK_LEVEL_MEDIUM);
  EXPECT_EQ(judgement.approver_level(), "official");
  EXPECT_THAT(CodesOf(judgement), Contains(Code::CODE_LOWERED));
}

// Rule 1
TEST(JudgeRisks, WhatIsPartialOrWithoutEvidenceOrMerelySpokenLowersNothing) {
  const std::vector<std::tuple<std::string, v1::Effectiveness, std::string>> weak = {
      {"curriculum", v1::EFFECTIVENESS_PARTIAL, "seen"},
      {"curriculum", v1::EFFECTIVENESS_SUBSTANTIAL, ""},
      {"promise", v1::EFFECTIVENESS_SUBSTANTIAL, "seen"},
      {"nonsense", v1::EFFECTIVENESS_SUBSTANTIAL, "seen"}};
  for (const auto& [kind, effectiveness, evidence] : weak) {
    AssessmentContent content = Content();
    Raise(content, "force", kHigh, kGrave);
    Mitigate(content, "force", kind, effectiveness, evidence);
    Mitigate(content, "reputation");  // of another risk
    EXPECT_EQ(Judge(content).overall(), v1::RISK_LEVEL_HIGH) << kind;
  }
}

// Rule 1
TEST(JudgeRisks, ALikelihoodThatIsNotKnownCountsAsHigh) {
  AssessmentContent content = Content();
  Raise(content, "force", v1::LIKELIHOOD_UNKNOWN, v1::RISK_LEVEL_MEDIUM);
  EXPECT_EQ(ResultOf(Judge(content), "force").inherent(), v1::RISK_LEVEL_HIGH);
  EXPECT_THAT(CodesOf(Judge(content)), Contains(Code::CODE_UNKNOWN_LIKELIHOOD));
}

// Rule 2
TEST(JudgeRisks, ADirectOrSignificantContributionWithAHighResidualRiskIsSerious) {
  for (const auto& [contribution, serious] :
       std::vector<std::pair<v1::Contribution, bool>>{{v1::CONTRIBUTION_NONE, false},
                                                      {v1::CONTRIBUTION_INDIRECT, false},
                                                      {v1::CONTRIBUTION_SIGNIFICANT, true},
                                                      {v1::CONTRIBUTION_DIRECT, true}}) {
    AssessmentContent content = Content();
    Raise(content, "force", kHigh, kGrave, contribution);
    EXPECT_EQ(Judge(content).serious_risk(), serious) << contribution;
    EXPECT_EQ(Judge(content).approver_level(), "minister") << contribution;
    Mitigate(content, "force");
    EXPECT_FALSE(Judge(content).serious_risk()) << contribution;
  }
}

// Rule 2: reputation is weighed on its own axis.
TEST(JudgeRisks, ReputationIsNeverASeriousRisk) {
  AssessmentContent content = Content();
  Raise(content, "reputation", kHigh, kGrave, v1::CONTRIBUTION_DIRECT);
  const RiskJudgement judgement = Judge(content);
  EXPECT_FALSE(judgement.serious_risk());
  EXPECT_EQ(judgement.reputational_residual(), v1::RISK_LEVEL_HIGH);
  EXPECT_EQ(judgement.rights_residual(), v1::RISK_LEVEL_LOW);
  EXPECT_EQ(judgement.overall(), v1::RISK_LEVEL_HIGH);  // rule 3
}

// Rule 4
TEST(JudgeRisks, NothingUnknownIsLow) {
  EXPECT_EQ(Judge(Content(), {Country("AM"), Country("GE", {"stability"})}).overall(), v1::RISK_LEVEL_MEDIUM);
  AssessmentContent content = Content();
  v1::RiskRow& row = Raise(content, "force", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_LOW);
  EXPECT_EQ(Judge(content).overall(), v1::RISK_LEVEL_LOW);
  row.set_applicable(v1::ANSWER_VALUE_UNKNOWN);
  const RiskJudgement judgement = Judge(content);
  EXPECT_EQ(judgement.overall(), v1::RISK_LEVEL_MEDIUM);
  EXPECT_THAT(CodesOf(judgement), Contains(Code::CODE_UNKNOWN_ANSWER));
}

// Rule 5
TEST(JudgeRisks, TheDeathPenaltyIsHighWithoutAWrittenAssuranceThatIsEvidenced) {
  AssessmentContent content = Content();
  Raise(content, "death-penalty", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_LOW);
  EXPECT_EQ(Judge(content).overall(), v1::RISK_LEVEL_HIGH);
  EXPECT_THAT(CodesOf(Judge(content)), Contains(Code::CODE_NO_WRITTEN_ASSURANCE));
  Mitigate(content, "death-penalty", "promise");
  Mitigate(content, "death-penalty", "assurance", v1::EFFECTIVENESS_SUBSTANTIAL, "");
  EXPECT_EQ(Judge(content).overall(), v1::RISK_LEVEL_HIGH);
  Mitigate(content, "death-penalty", "assurance");
  EXPECT_EQ(Judge(content).overall(), v1::RISK_LEVEL_LOW);
}

// Rule 5
TEST(JudgeRisks, ADirectContributionToTortureMustNotProceedWhateverTheAuthorSays) {
  AssessmentContent content = Content();
  Raise(content, "torture", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_LOW, v1::CONTRIBUTION_SIGNIFICANT);
  EXPECT_EQ(Judge(content).recommendation(), v1::RECOMMENDATION_PROCEED);
  Raise(content, "torture", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_LOW, v1::CONTRIBUTION_DIRECT);
  Mitigate(content, "torture");
  EXPECT_EQ(Judge(content).recommendation(), v1::RECOMMENDATION_DO_NOT_PROCEED);
  EXPECT_THAT(CodesOf(Judge(content)), Contains(Code::CODE_ABSOLUTE_BAR));
}

// A3-06
TEST(CheckComplete, RefusesARiskAboveTheThresholdWithoutAMitigation) {
  AssessmentContent content = Content();
  Consult(content);
  Raise(content, "force", kMedium, v1::RISK_LEVEL_MEDIUM);
  EXPECT_THAT(WrongWith(content), ElementsAre(HasSubstr("content.risks[2]: is a medium risk without a mitigation")));
  Mitigate(content, "force", "curriculum", v1::EFFECTIVENESS_NONE, "");
  EXPECT_THAT(WrongWith(content), testing::IsEmpty());
  // One that is not above it needs none.
  AssessmentContent low = Content();
  Raise(low, "force", v1::LIKELIHOOD_LOW, v1::RISK_LEVEL_MEDIUM);
  EXPECT_THAT(WrongWith(low), testing::IsEmpty());
}

TEST(CheckComplete, NamesEverythingThatIsMissingAtOnce) {
  AssessmentContent content = Content();
  content.mutable_risks(0)->set_applicable(v1::ANSWER_VALUE_PARTLY);
  content.mutable_risks()->RemoveLast();
  content.mutable_risks(1)->set_risk("hunger");
  Mitigate(content, "hunger", "hope");
  content.set_recommendation(v1::RECOMMENDATION_PROCEED_WITH_CONDITIONS);
  const auto wrong = WrongWith(content);
  for (const char* field :
       {"content.risks[0].rationale", "content.risks[0].contribution", "content.risks[0].likelihood",
        "content.risks[0].severity", "content.risks[0].mechanism", "content.risks: does not answer reputation",
        "content.risks: does not answer torture", "content.risks[1].risk: \"hunger\"", "content.mitigations[0].kind",
        "content.mitigations[0].risk", "content.consultations: has none with legal-adviser", "content.conditions"}) {
    EXPECT_THAT(wrong, Contains(HasSubstr(field)));
  }
}

// 1b: in doubt humanitarian law applies, and its risks are asked for.
TEST(CheckComplete, AsksForHumanitarianLawWhereItMayApply) {
  AssessmentContent content = Content();
  content.mutable_risks()->DeleteSubrange(3, 1);  // civilians
  EXPECT_THAT(WrongWith(content), testing::IsEmpty());
  EXPECT_THAT(WrongWith(content, {Country("AM"), Country("GE", {}, true)}),
              ElementsAre(HasSubstr("does not answer civilians")));
}

TEST(CheckComplete, ACountryIsAskedEveryQuestionOnceAndWhy) {
  EXPECT_TRUE(CheckComplete(kPolicy, CountryAnswers(kPolicy)).ok());
  EXPECT_TRUE(CheckComplete(kPolicy, CountryAnswers(kPolicy, {"conflict"})).ok());
  v1::CountryContent content = CountryAnswers(kPolicy);
  content.mutable_answers(0)->set_value(v1::ANSWER_VALUE_YES);
  content.mutable_answers(1)->set_question("weather");
  *content.add_answers() = content.answers(0);
  const auto bad = DetailOf<google::rpc::BadRequest>(CheckComplete(kPolicy, content));
  ASSERT_TRUE(bad.ok());
  std::vector<std::string> fields;
  for (const auto& violation : bad->field_violations()) fields.push_back(violation.field());
  EXPECT_THAT(fields, testing::UnorderedElementsAre("content.answers[0].rationale", "content.answers[1].question",
                                                    "content.answers[2].question", "content.answers[2].rationale",
                                                    "content.answers"));
}

}  // namespace
}  // namespace amikeco::compliance
