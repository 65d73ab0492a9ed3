#include "services/compliance/risk.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/compliance/policy.h"

namespace amikeco::compliance {
namespace {

using v1::AnswerValue;
using v1::AssessmentContent;
using v1::AssessmentPolicy;
using v1::Mitigation;
using v1::RiskJudgement;
using v1::RiskLevel;
using v1::RiskRow;
using Code = v1::JudgementReason;

bool NeedsRationale(AnswerValue value) { return IsApplicable(value); }

absl::string_view Word(RiskLevel level) {
  switch (level) {
    case v1::RISK_LEVEL_LOW:
      return "low";
    case v1::RISK_LEVEL_MEDIUM:
      return "medium";
    default:
      return "high";
  }
}

RiskLevel Raised(RiskLevel level, RiskLevel to) { return std::max(level, to); }

// UNSPECIFIED and UNKNOWN count for the worst, as does a risk of which it is not known whether it is there.
RiskLevel LikelihoodOf(const RiskRow& row) {
  if (row.applicable() == v1::ANSWER_VALUE_UNKNOWN) return v1::RISK_LEVEL_HIGH;
  switch (row.likelihood()) {
    case v1::LIKELIHOOD_LOW:
      return v1::RISK_LEVEL_LOW;
    case v1::LIKELIHOOD_MEDIUM:
      return v1::RISK_LEVEL_MEDIUM;
    default:
      return v1::RISK_LEVEL_HIGH;
  }
}
RiskLevel SeverityOf(const RiskRow& row) {
  return row.severity() == v1::RISK_LEVEL_UNSPECIFIED ? v1::RISK_LEVEL_HIGH : row.severity();
}
bool IsDirect(const RiskRow& row) {
  return row.contribution() == v1::CONTRIBUTION_DIRECT || row.contribution() == v1::CONTRIBUTION_UNSPECIFIED;
}
bool MightContribute(const RiskRow& row) { return IsDirect(row) || row.contribution() == v1::CONTRIBUTION_SIGNIFICANT; }

bool IsEvidenced(const Mitigation& mitigation) { return !mitigation.evidence().empty(); }

// One judgement in the making.
class Judging {
 public:
  Judging(const AssessmentPolicy& policy, const AssessmentContent& content, const CountryRevisions& countries)
      : policy_(policy), content_(content), countries_(countries) {
    judgement_.set_rights_residual(v1::RISK_LEVEL_LOW);
    judgement_.set_reputational_residual(v1::RISK_LEVEL_LOW);
    judgement_.set_overall(v1::RISK_LEVEL_LOW);
    judgement_.set_recommendation(content.recommendation());
    judgement_.set_policy(policy.id());
    judgement_.set_policy_version(policy.version());
  }

  RiskJudgement Judge() && {
    for (const v1::RiskKind& kind : policy_.risks()) JudgeRisk(kind);
    for (const v1::CountryRevision& country : countries_) {
      for (const std::string& question : country.unknown()) NoteUnknown("", country.country(), question);
    }
    const v1::ApproverLevel& rung = ApproverFor(policy_, judgement_.overall());
    judgement_.set_approver_level(rung.id());
    Note(Code::CODE_APPROVER, "", judgement_.overall(),
         absl::StrCat("The overall risk is ", Word(judgement_.overall()), ": ", rung.title(), " or above approves."));
    return std::move(judgement_);
  }

 private:
  Code& Note(Code::Code code, absl::string_view risk, RiskLevel level, std::string explanation) {
    v1::JudgementReason& reason = *judgement_.add_reasons();
    reason.set_code(code);
    reason.set_risk(std::string(risk));
    reason.set_level(level);
    reason.set_explanation(std::move(explanation));
    return reason;
  }

  void NoteUnknown(absl::string_view risk, absl::string_view country, absl::string_view question) {
    judgement_.set_overall(Raised(judgement_.overall(), v1::RISK_LEVEL_MEDIUM));
    const std::string of = country.empty() ? std::string(risk) : absl::StrCat(question, " in ", country);
    Code& reason = Note(Code::CODE_UNKNOWN_ANSWER, risk, v1::RISK_LEVEL_MEDIUM,
                        absl::StrCat("It is not known about ", of, ", so the overall risk is not low."));
    reason.set_country(std::string(country));
    reason.set_question(std::string(question));
  }

  void JudgeRisk(const v1::RiskKind& kind) {
    // A risk may be answered apart for several countries or components; each row counts.
    for (const RiskRow& row : content_.risks()) {
      if (row.risk() == kind.id()) JudgeRow(kind, row);
    }
  }

  void JudgeRow(const v1::RiskKind& kind, const RiskRow& row) {
    v1::RiskResult& result = *judgement_.add_results();
    result.set_risk(kind.id());
    result.set_axis(kind.axis());
    result.set_applicable(IsApplicable(row.applicable()));
    if (!result.applicable()) return;
    if (row.applicable() == v1::ANSWER_VALUE_UNKNOWN) NoteUnknown(kind.id(), "", "");
    const RiskLevel likelihood = LikelihoodOf(row);
    if (row.likelihood() == v1::LIKELIHOOD_UNKNOWN) {
      Note(Code::CODE_UNKNOWN_LIKELIHOOD, kind.id(), likelihood, "A likelihood that is not known counts as high.");
      NoteUnknown(kind.id(), "", "");
    }
    result.set_inherent(InherentRiskOf(policy_, likelihood, SeverityOf(row)));
    result.set_residual(result.inherent());
    if (const int number = LoweringMitigation(kind.id()); number > 0 && result.inherent() > v1::RISK_LEVEL_LOW) {
      result.set_residual(static_cast<RiskLevel>(result.inherent() - 1));
      result.set_lowered_by(number);
      Note(Code::CODE_LOWERED, kind.id(), result.residual(),
           absl::StrCat("Mitigation ", number, " is substantial and evidenced: ", Word(result.inherent()), " becomes ",
                        Word(result.residual()), "."));
    }
    Count(kind, row, result);
  }

  // What the risk means for the whole.
  void Count(const v1::RiskKind& kind, const RiskRow& row, const v1::RiskResult& result) {
    const RiskLevel residual = result.residual();
    const bool reputational = kind.axis() == v1::RISK_AXIS_REPUTATIONAL;
    if (reputational) {
      judgement_.set_reputational_residual(Raised(judgement_.reputational_residual(), residual));
    } else {
      judgement_.set_rights_residual(Raised(judgement_.rights_residual(), residual));
    }
    if (residual > judgement_.overall()) {
      Note(Code::CODE_RESIDUAL, kind.id(), residual,
           absl::StrCat("The residual risk of ", kind.id(), " is ", Word(residual), "."));
    }
    judgement_.set_overall(Raised(judgement_.overall(), residual));
    if (reputational) return;
    if (MightContribute(row) && residual == v1::RISK_LEVEL_HIGH) {
      judgement_.set_serious_risk(true);
      Note(Code::CODE_SERIOUS_RISK, kind.id(), v1::RISK_LEVEL_HIGH,
           "The assistance might directly or significantly contribute to a violation.");
    }
    if (kind.needs_written_assurance() && !HasWrittenAssurance(kind.id())) {
      judgement_.set_overall(v1::RISK_LEVEL_HIGH);
      Note(Code::CODE_NO_WRITTEN_ASSURANCE, kind.id(), v1::RISK_LEVEL_HIGH,
           "There is no written assurance with evidence, so the overall risk is high.");
    }
    if (kind.absolute() && IsDirect(row)) {
      judgement_.set_recommendation(v1::RECOMMENDATION_DO_NOT_PROCEED);
      Note(Code::CODE_ABSOLUTE_BAR, kind.id(), v1::RISK_LEVEL_HIGH,
           "The assistance would contribute directly: it must not proceed, and nobody may approve it.");
    }
  }

  // Number of the first mitigation that lowers the risk; 0: none does.
  int LoweringMitigation(const std::string& risk) const {
    for (int i = 0; i < content_.mitigations_size(); ++i) {
      const Mitigation& mitigation = content_.mitigations(i);
      if (mitigation.risk() != risk || mitigation.effectiveness() != v1::EFFECTIVENESS_SUBSTANTIAL) continue;
      const v1::MitigationKind* kind = FindMitigation(policy_, mitigation.kind());
      if (kind != nullptr && !kind->never_lowers() && IsEvidenced(mitigation)) return i + 1;
    }
    return 0;
  }

  bool HasWrittenAssurance(const std::string& risk) const {
    const auto& mitigations = content_.mitigations();
    return std::any_of(mitigations.begin(), mitigations.end(), [&](const Mitigation& mitigation) {
      const v1::MitigationKind* kind = FindMitigation(policy_, mitigation.kind());
      return mitigation.risk() == risk && kind != nullptr && kind->written_assurance() && IsEvidenced(mitigation);
    });
  }

  const AssessmentPolicy& policy_;
  const AssessmentContent& content_;
  const CountryRevisions& countries_;
  RiskJudgement judgement_;
};

void CheckRow(const AssessmentPolicy& policy, const AssessmentContent& content, int index, FieldErrors& wrong) {
  const RiskRow& row = content.risks(index);
  const std::string at = absl::StrCat("content.risks[", index, "]");
  if (FindRisk(policy, row.risk()) == nullptr) {
    wrong.Add(absl::StrCat(at, ".risk"), absl::StrCat("\"", row.risk(), "\" is no risk of the policy"));
  }
  if (!IsApplicable(row.applicable())) return;
  const auto needed = [&](bool missing, absl::string_view field) {
    if (missing) wrong.Add(absl::StrCat(at, ".", field), "is missing; only NO and NOT_APPLICABLE stand by themselves");
  };
  needed(row.rationale().empty(), "rationale");
  needed(row.contribution() == v1::CONTRIBUTION_UNSPECIFIED, "contribution");
  needed(row.likelihood() == v1::LIKELIHOOD_UNSPECIFIED, "likelihood");
  needed(row.severity() == v1::RISK_LEVEL_UNSPECIFIED, "severity");
  needed(row.mechanism().empty(), "mechanism");
  const RiskLevel inherent = InherentRiskOf(policy, LikelihoodOf(row), SeverityOf(row));
  const auto& mitigations = content.mitigations();
  const bool mitigated = std::any_of(mitigations.begin(), mitigations.end(),
                                     [&](const Mitigation& mitigation) { return mitigation.risk() == row.risk(); });
  if (inherent > policy.mitigation_threshold() && !mitigated) {
    wrong.Add(at, absl::StrCat("is a ", Word(inherent), " risk without a mitigation; add one to content.mitigations"));
  }
}

void CheckMitigations(const AssessmentPolicy& policy, const AssessmentContent& content, FieldErrors& wrong) {
  for (int i = 0; i < content.mitigations_size(); ++i) {
    const std::string at = absl::StrCat("content.mitigations[", i, "]");
    if (FindMitigation(policy, content.mitigations(i).kind()) == nullptr) {
      wrong.Add(absl::StrCat(at, ".kind"),
                absl::StrCat("\"", content.mitigations(i).kind(), "\" is no kind of mitigation of the policy"));
    }
    if (FindRisk(policy, content.mitigations(i).risk()) == nullptr) {
      wrong.Add(absl::StrCat(at, ".risk"),
                absl::StrCat("\"", content.mitigations(i).risk(), "\" is no risk of the policy"));
    }
  }
}

// Every risk is answered; those of armed conflict where there may be one.
void CheckAnswered(const AssessmentPolicy& policy, const AssessmentContent& content, const CountryRevisions& countries,
                   FieldErrors& wrong) {
  std::set<std::string> answered;
  for (const RiskRow& row : content.risks()) answered.insert(row.risk());
  const bool conflict = std::any_of(countries.begin(), countries.end(),
                                    [](const v1::CountryRevision& country) { return country.humanitarian_law(); });
  for (const v1::RiskKind& kind : policy.risks()) {
    if (kind.axis() == v1::RISK_AXIS_HUMANITARIAN_LAW && !conflict) continue;
    if (answered.count(kind.id()) == 0) {
      wrong.Add("content.risks", absl::StrCat("does not answer ", kind.id(), "; add a row for it"));
    }
  }
}

void CheckConsultations(const AssessmentPolicy& policy, const AssessmentContent& content, RiskLevel overall,
                        FieldErrors& wrong) {
  std::set<std::string> consulted;
  for (const v1::Consultation& consultation : content.consultations()) consulted.insert(consultation.role());
  for (const std::string& role : ApproverFor(policy, overall).consultations()) {
    if (consulted.count(role) > 0) continue;
    wrong.Add("content.consultations",
              absl::StrCat("has none with ", role, ", which a ", Word(overall), " risk needs; record it"));
  }
}

}  // namespace

bool IsApplicable(AnswerValue value) {
  return value != v1::ANSWER_VALUE_NO && value != v1::ANSWER_VALUE_NOT_APPLICABLE;
}

absl::Status CheckComplete(const AssessmentPolicy& policy, const AssessmentContent& content,
                           const CountryRevisions& countries) {
  FieldErrors wrong;
  CheckAnswered(policy, content, countries, wrong);
  for (int i = 0; i < content.risks_size(); ++i) CheckRow(policy, content, i, wrong);
  CheckMitigations(policy, content, wrong);
  CheckConsultations(policy, content, JudgeRisks(policy, content, countries).overall(), wrong);
  if (content.recommendation() == v1::RECOMMENDATION_PROCEED_WITH_CONDITIONS && content.conditions().empty()) {
    wrong.Add("content.conditions", "is empty; say on which conditions it may proceed");
  }
  return wrong.ToStatus();
}

absl::Status CheckComplete(const AssessmentPolicy& policy, const v1::CountryContent& content) {
  FieldErrors wrong;
  std::set<std::string> answered;
  for (int i = 0; i < content.answers_size(); ++i) {
    const v1::Answer& answer = content.answers(i);
    const std::string at = absl::StrCat("content.answers[", i, "]");
    if (FindQuestion(policy, answer.question()) == nullptr) {
      wrong.Add(absl::StrCat(at, ".question"),
                absl::StrCat("\"", answer.question(), "\" is no question of the policy"));
    } else if (!answered.insert(answer.question()).second) {
      wrong.Add(absl::StrCat(at, ".question"), absl::StrCat(answer.question(), " is answered twice; answer it once"));
    }
    if (NeedsRationale(answer.value()) && answer.rationale().empty()) {
      wrong.Add(absl::StrCat(at, ".rationale"), "is missing; only NO and NOT_APPLICABLE stand by themselves");
    }
  }
  for (const v1::CountryQuestion& question : policy.questions()) {
    if (answered.count(question.id()) == 0) {
      wrong.Add("content.answers", absl::StrCat("does not answer ", question.id(), "; add an answer"));
    }
  }
  return wrong.ToStatus();
}

RiskJudgement JudgeRisks(const AssessmentPolicy& policy, const AssessmentContent& content,
                         const CountryRevisions& countries) {
  return Judging(policy, content, countries).Judge();
}

}  // namespace amikeco::compliance
