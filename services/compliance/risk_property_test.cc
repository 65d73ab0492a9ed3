// Judgements of risks against a small model that shares no code with the service: every single row in full, and random
// contents. And what must hold of any policy: more risk, or less knowledge, never lowers what follows.
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/compliance/policy.h"
#include "services/compliance/risk.h"
#include "services/compliance/test_assessment.h"
#include "tests/support/seed.h"

namespace amikeco::compliance {
namespace {

using v1::AssessmentContent;
using v1::RiskJudgement;

const v1::AssessmentPolicy kPolicy = TestPolicy();
// By number: those of the test policy.
const std::array<std::string, 5> kRisks = {"death-penalty", "torture", "force", "civilians", "reputation"};
const std::array<std::string, 3> kKinds = {"assurance", "promise", "curriculum"};

// Plain numbers, as in the table that a person would draw. applicable: y n p u x. Levels 1 to 3, likelihood 4: unknown.
struct ModelMitigation {
  int risk, kind, effectiveness;
  bool evidence;
};
struct ModelRow {
  int risk;
  char applicable;
  int contribution, likelihood, severity;
};
struct ModelOutcome {
  int overall = 1, rights = 1, reputation = 1;
  bool serious = false, barred = false;
  bool operator==(const ModelOutcome&) const = default;
};

// The rules as a person would check them, one row at a time.
ModelOutcome Expect(const std::vector<ModelRow>& rows, const std::vector<ModelMitigation>& mitigations, int unknown) {
  ModelOutcome out;
  bool anything_unknown = unknown > 0, assurance_missing = false;
  for (const ModelRow& row : rows) {
    if (row.applicable == 'n' || row.applicable == 'x') continue;
    anything_unknown |= row.applicable == 'u' || row.likelihood == 4;
    const int likelihood = row.applicable == 'u' || row.likelihood == 4 ? 3 : row.likelihood;
    // Low up to a sum of three, high from five.
    const int sum = likelihood + row.severity;
    int residual = sum <= 3 ? 1 : sum == 4 ? 2 : 3;
    bool lowered = false, assured = false;
    for (const ModelMitigation& m : mitigations) {
      if (m.risk != row.risk || !m.evidence) continue;
      lowered |= m.effectiveness == 3 && m.kind != 1;
      assured |= m.kind == 0;
    }
    if (lowered && residual > 1) --residual;
    int& axis = row.risk == 4 ? out.reputation : out.rights;
    axis = std::max(axis, residual);
    out.serious |= row.risk != 4 && row.contribution >= 3 && residual == 3;
    assurance_missing |= row.risk == 0 && !assured;
    out.barred |= row.risk == 1 && row.contribution == 4;
  }
  out.overall = std::max(out.rights, out.reputation);
  if (anything_unknown) out.overall = std::max(out.overall, 2);
  if (assurance_missing) out.overall = 3;
  return out;
}

v1::AnswerValue ValueOf(char letter) {
  switch (letter) {
    case 'y':
      return v1::ANSWER_VALUE_YES;
    case 'n':
      return v1::ANSWER_VALUE_NO;
    case 'p':
      return v1::ANSWER_VALUE_PARTLY;
    case 'u':
      return v1::ANSWER_VALUE_UNKNOWN;
    default:
      return v1::ANSWER_VALUE_NOT_APPLICABLE;
  }
}

AssessmentContent ContentOf(const std::vector<ModelRow>& rows, const std::vector<ModelMitigation>& mitigations) {
  AssessmentContent content = ContentFor(kPolicy, {"AM"});
  content.clear_risks();
  for (const ModelRow& row : rows) {
    v1::RiskRow& added = *content.add_risks();
    added.set_risk(kRisks[row.risk]);
    added.set_applicable(ValueOf(row.applicable));
    added.set_contribution(static_cast<v1::Contribution>(row.contribution));
    added.set_likelihood(static_cast<v1::Likelihood>(row.likelihood));
    added.set_severity(static_cast<v1::RiskLevel>(row.severity));
  }
  for (const ModelMitigation& m : mitigations) {
    Mitigate(content, kRisks[m.risk], kKinds[m.kind], static_cast<v1::Effectiveness>(m.effectiveness),
             m.evidence ? "seen" : "");
  }
  return content;
}

CountryRevisions CountriesWith(int unknown) {
  CountryRevisions countries(1);
  countries[0].set_country("AM");
  for (int i = 0; i < unknown; ++i) countries[0].add_unknown(absl::StrCat("q", i));
  return countries;
}

ModelOutcome OutcomeOf(const RiskJudgement& judgement) {
  return {judgement.overall(), judgement.rights_residual(), judgement.reputational_residual(), judgement.serious_risk(),
          judgement.recommendation() == v1::RECOMMENDATION_DO_NOT_PROCEED};
}

int RungOf(const RiskJudgement& judgement) {
  for (int i = 0; i < kPolicy.approvers_size(); ++i) {
    if (kPolicy.approvers(i).id() == judgement.approver_level()) return i;
  }
  return -1;
}

// B1.3 rules 1 to 6
TEST(RiskProperty, EverySingleRowIsJudgedAsTheModelSays) {
  int judged = 0;
  std::vector<std::vector<ModelMitigation>> mitigations = {{}};
  for (int kind = 0; kind < 3; ++kind) {
    for (int effectiveness = 1; effectiveness <= 3; ++effectiveness) {
      for (const bool evidence : {false, true}) mitigations.push_back({{0, kind, effectiveness, evidence}});
    }
  }
  for (int risk = 0; risk < 5; ++risk) {
    for (const char applicable : {'y', 'n', 'p', 'u', 'x'}) {
      for (int contribution = 1; contribution <= 4; ++contribution) {
        for (int likelihood = 1; likelihood <= 4; ++likelihood) {
          for (int severity = 1; severity <= 3; ++severity) {
            for (std::vector<ModelMitigation> some : mitigations) {
              for (ModelMitigation& mitigation : some) mitigation.risk = risk;
              const ModelRow row{risk, applicable, contribution, likelihood, severity};
              const int unknown = judged % 2;
              const RiskJudgement judgement = JudgeRisks(kPolicy, ContentOf({row}, some), CountriesWith(unknown));
              ASSERT_EQ(OutcomeOf(judgement), Expect({row}, some, unknown))
                  << judgement.DebugString() << ContentOf({row}, some).DebugString();
              ASSERT_EQ(RungOf(judgement), judgement.overall() - 1);
              ++judged;
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(judged, 5 * 5 * 4 * 4 * 3 * 19);
}

// Random contents of a few rows and mitigations.
class Dealer {
 public:
  explicit Dealer(uint32_t seed) : random_(seed) {}

  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void Deal() {
    rows.clear();
    mitigations.clear();
    for (int risk = 0; risk < 5; ++risk) {
      rows.push_back({risk, "ynpux"[Pick(5)], 1 + Pick(4), 1 + Pick(4), 1 + Pick(3)});
    }
    for (int i = Pick(5); i > 0; --i) mitigations.push_back({Pick(5), Pick(3), 1 + Pick(3), Pick(3) > 0});
    unknown = Pick(3) == 0 ? 1 : 0;
  }

  RiskJudgement Judge() const { return JudgeRisks(kPolicy, ContentOf(rows, mitigations), CountriesWith(unknown)); }

  // Makes one thing worse, or less known.
  void Worsen() {
    ModelRow& row = rows[Pick(5)];
    switch (Pick(8)) {
      case 0:
        row.likelihood = std::min(row.likelihood + 1, 4);
        return;
      case 1:
        row.severity = std::min(row.severity + 1, 3);
        return;
      case 2:
        row.contribution = std::min(row.contribution + 1, 4);
        return;
      case 3:
        if (row.applicable == 'n' || row.applicable == 'x') row.applicable = 'y';
        return;
      case 4:
        row.applicable = 'u';
        return;
      case 5:
        row.likelihood = 4;
        return;
      case 6:
        if (!mitigations.empty()) mitigations.erase(mitigations.begin() + Pick(static_cast<int>(mitigations.size())));
        return;
      default:
        ++unknown;
    }
  }

  std::vector<ModelRow> rows;
  std::vector<ModelMitigation> mitigations;
  int unknown = 0;

 private:
  std::mt19937 random_;
};

// B1.3 rules 1 to 6
TEST(RiskProperty, RandomContentsAreJudgedAsTheModelSays) {
  Dealer dealer(TestSeed());
  const int64_t runs = RunSize(20'000, 1'000'000);
  for (int64_t run = 0; run < runs; ++run) {
    dealer.Deal();
    const RiskJudgement judgement = dealer.Judge();
    ASSERT_EQ(OutcomeOf(judgement), Expect(dealer.rows, dealer.mitigations, dealer.unknown))
        << "run " << run << "\n"
        << ContentOf(dealer.rows, dealer.mitigations).DebugString();
  }
}

// A3-03, A5-04: raising any risk never lowers the rung that must approve; not knowing never lowers the overall risk.
TEST(RiskProperty, NoWorseningLowersAnything) {
  Dealer dealer(TestSeed() + 1);
  const int64_t runs = RunSize(10'000, 500'000);
  for (int64_t run = 0; run < runs; ++run) {
    dealer.Deal();
    RiskJudgement before = dealer.Judge();
    for (int step = 0; step < 4; ++step) {
      dealer.Worsen();
      const RiskJudgement after = dealer.Judge();
      ASSERT_GE(after.overall(), before.overall()) << "run " << run << "\n" << after.DebugString();
      ASSERT_GE(RungOf(after), RungOf(before)) << "run " << run;
      ASSERT_GE(after.rights_residual(), before.rights_residual()) << "run " << run;
      ASSERT_GE(after.reputational_residual(), before.reputational_residual()) << "run " << run;
      ASSERT_GE(after.serious_risk(), before.serious_risk()) << "run " << run;
      ASSERT_GE(after.recommendation() == v1::RECOMMENDATION_DO_NOT_PROCEED,
                before.recommendation() == v1::RECOMMENDATION_DO_NOT_PROCEED)
          << "run " << run;
      before = after;
    }
  }
}

}  // namespace
}  // namespace amikeco::compliance
