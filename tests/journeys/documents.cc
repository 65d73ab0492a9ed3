#include "tests/journeys/documents.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "common/base/status.h"
#include "services/compliance/assessment.h"
#include "services/compliance/test_assessment.h"

namespace amikeco::journeys {
namespace {

using namespace compliance::v1;  // NOLINT(google-build-using-namespace): the messages

std::vector<std::string> CountriesOf(const Papers& papers) {
  const auto& countries = papers.application.assistance().countries();
  return {countries.begin(), countries.end()};
}

template <typename Request>
Step StepOf(const Actor& actor, std::string method, Request request) {
  return {actor, std::move(method), std::make_shared<Request>(std::move(request))};
}

// The name of what has the application's id.
std::string NameIn(const char* collection, const Papers& papers) {
  return absl::StrCat(collection, "/", absl::StripPrefix(papers.application.name(), "applications/"));
}

template <typename Parse, typename Enum>
bool ParseWord(Parse parse, absl::string_view prefix, absl::string_view word, Enum& value) {
  return parse(absl::StrCat(prefix, "_", absl::AsciiStrToUpper(word)), &value);
}

// Makes the risk applicable, and has a mitigation and advice.
absl::Status AddRisk(const std::string& risk, AssessmentContent& content) {
  std::vector<std::string> words = absl::StrSplit(risk, ':');
  words.resize(4, "indirect");
  Likelihood likelihood;
  RiskLevel severity;
  Contribution contribution;
  if (!ParseWord(Likelihood_Parse, "LIKELIHOOD", words[1], likelihood) ||
      !ParseWord(RiskLevel_Parse, "RISK_LEVEL", words[2], severity) ||
      !ParseWord(Contribution_Parse, "CONTRIBUTION", words[3], contribution)) {
    return absl::InvalidArgumentError("risk=force:high:medium:indirect");
  }
  compliance::Raise(content, words[0], likelihood, severity, contribution);
  compliance::Mitigate(content, words[0], "human-rights-curriculum");
  for (const char* role : {"assessment-lead", "legal-adviser"}) compliance::Consult(content, role);
  return absl::OkStatus();
}

absl::StatusOr<Step> ApprovalStep(const std::map<std::string, std::string>& named, const Papers& papers,
                                  const std::string& content_hash) {
  ApproveAssessmentRequest approve;
  approve.set_name(NameIn("assessments", papers));
  approve.set_content_hash(content_hash);
  *approve.mutable_valid_to() = ToDate(papers.today + 364);
  if (const auto until = named.find("until"); until != named.end()) {
    AMIKECO_ASSIGN_OR_RETURN(*approve.mutable_valid_to(), ParseDate(until->second));
  }
  *approve.mutable_review_date() = approve.valid_to();
  const auto by = named.find("by");
  for (const ApproverLevel& rung : papers.policy.approvers()) {
    if (by != named.end() && by->second != rung.id()) continue;
    const Actor approver{absl::StrCat("people/", rung.id()), papers.operator_organisation, {rung.role()}};
    return StepOf(approver, "ApproveAssessment", approve);
  }
  return absl::InvalidArgumentError(absl::StrCat("there is no rung ", by->second));
}

}  // namespace

std::vector<Step> NotificationSteps(const std::set<std::string>& words, const Papers& papers) {
  const bool all = words.empty();
  const std::string name = NameIn("engagementNotifications", papers);
  std::vector<Step> steps;
  int version = papers.notification.versions_size();
  if (all || words.count("submit") > 0) {
    SubmitNotificationRequest submit;
    submit.set_application(papers.application.name());
    *submit.mutable_content() =
        compliance::NotificationFor(CountriesOf(papers), papers.application.assistance().delivery());
    steps.push_back(StepOf(papers.requester, "SubmitNotification", submit));
    ++version;
  }
  const std::pair<const char*, ReviewOutcome> outcomes[] = {
      {"ok", REVIEW_OUTCOME_OK}, {"returned", REVIEW_OUTCOME_RETURNED}, {"declined", REVIEW_OUTCOME_DECLINED}};
  for (const auto& [word, outcome] : outcomes) {
    if (words.count(word) == 0 && !(all && outcome == REVIEW_OUTCOME_OK)) continue;
    ReviewNotificationRequest review;
    review.set_name(name);
    review.set_version(version);
    review.set_outcome(outcome);
    if (outcome != REVIEW_OUTCOME_OK) review.set_reason("COST_MISSING");
    const Actor reviewer{"people/vera", papers.operator_organisation, {options::v1::ROLE_COMPLIANCE_OFFICER}};
    steps.push_back(StepOf(reviewer, "ReviewNotification", review));
  }
  if (words.count("withdraw") > 0) {
    WithdrawNotificationRequest withdraw;
    withdraw.set_name(name);
    withdraw.set_reason("REQUEST_WITHDRAWN");
    steps.push_back(StepOf(papers.requester, "WithdrawNotification", withdraw));
  }
  return steps;
}

absl::StatusOr<std::vector<Step>> AssessmentSteps(const std::set<std::string>& words,
                                                  const std::map<std::string, std::string>& named,
                                                  const Papers& papers) {
  const auto wanted = [&](const char* word) { return words.empty() || words.count(word) > 0; };
  const auto as = [&](const char* subject, Role role) { return Actor{subject, papers.operator_organisation, {role}}; };
  const Actor author = as("people/ann", options::v1::ROLE_ASSESSOR);
  const std::string name = NameIn("assessments", papers);
  std::string hash = papers.assessment.content_hash();
  std::vector<Step> steps;
  if (wanted("write")) {
    WriteAssessmentRequest write;
    write.set_application(papers.application.name());
    AssessmentContent& content = *write.mutable_content();
    content = compliance::ContentFor(papers.policy, CountriesOf(papers), papers.application.assistance().delivery());
    if (named.count("risk") > 0) AMIKECO_RETURN_IF_ERROR(AddRisk(named.at("risk"), content));
    hash = compliance::ContentHash(content);
    steps.push_back(StepOf(author, "WriteAssessment", write));
  }
  if (wanted("submit")) {
    SubmitAssessmentRequest submit;
    submit.set_name(name);
    steps.push_back(StepOf(author, "SubmitAssessment", submit));
  }
  if (wanted("review")) {
    ReviewAssessmentRequest review;
    review.set_name(name);
    review.set_outcome(REVIEW_OUTCOME_OK);
    steps.push_back(StepOf(as("people/vera", options::v1::ROLE_COMPLIANCE_OFFICER), "ReviewAssessment", review));
  }
  if (wanted("approve")) {
    AMIKECO_ASSIGN_OR_RETURN(const Step approval, ApprovalStep(named, papers, hash));
    steps.push_back(approval);
  }
  const std::pair<bool, Verdict> verdicts[] = {{wanted("proceed"), VERDICT_PROCEED},
                                               {words.count("decline") > 0, VERDICT_DECLINE}};
  for (const auto& [decided, verdict] : verdicts) {
    if (!decided) continue;
    DecideAssessmentRequest decide;
    decide.set_name(name);
    decide.set_verdict(verdict);
    decide.set_human_rights_rationale("What it does for human rights.");
    decide.set_code_of_ethics_rationale("What the Code of Ethics asks.");
    steps.push_back(StepOf(as("people/carla", options::v1::ROLE_COORDINATOR), "DecideAssessment", decide));
  }
  if (words.count("incident") > 0) {
    ReopenAssessmentRequest reopen;
    reopen.set_name(name);
    reopen.set_reason(REOPEN_REASON_INCIDENT);
    steps.push_back(StepOf(author, "ReopenAssessment", reopen));
  }
  return steps;
}

Step CountryStep(const AssessmentPolicy& policy, const std::string& country, bool significant) {
  RecordCountryAssessmentRequest request;
  request.set_country(country);
  *request.mutable_content() = compliance::CountryAnswers(policy);
  request.set_significant(significant);
  const Actor post{"people/post", *policy.organisations().rbegin(), {options::v1::ROLE_ASSESSOR}};
  return StepOf(post, "RecordCountryAssessment", request);
}

}  // namespace amikeco::journeys
