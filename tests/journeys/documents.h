// Engagement notifications and human-rights assessments, as a story tells of them: who asks for what, one call after
// the other.
#ifndef AMIKECO_TESTS_JOURNEYS_DOCUMENTS_H_
#define AMIKECO_TESTS_JOURNEYS_DOCUMENTS_H_

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "amikeco/applicant/v1/applicant.pb.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "common/base/actor.h"

namespace amikeco::journeys {

// One call of the compliance service.
struct Step {
  Actor actor;
  std::string method;
  std::shared_ptr<google::protobuf::Message> request;
};

// What steps are about: an application's documents as they are now.
struct Papers {
  const compliance::v1::AssessmentPolicy& policy;
  const applicant::v1::Application& application;
  const compliance::v1::Assessment& assessment;
  const compliance::v1::EngagementNotification& notification;
  std::string operator_organisation;
  Actor requester;
  absl::CivilDay today;
};

// "submit", "ok", "returned", "declined", "withdraw"; none: submit and ok.
std::vector<Step> NotificationSteps(const std::set<std::string>& words, const Papers& papers);

// "write", "submit", "review", "approve", "proceed", "decline", "incident"; none: from write to proceed. `named`:
// until=DAY (without it as long as can be), by=RUNG (the lowest), risk=force:high:medium:direct (none), which is then
// mitigated.
absl::StatusOr<std::vector<Step>> AssessmentSteps(const std::set<std::string>& words,
                                                  const std::map<std::string, std::string>& named,
                                                  const Papers& papers);

// The post in a country, of the last of the policy's organisations, finds no concerns.
Step CountryStep(const compliance::v1::AssessmentPolicy& policy, const std::string& country, bool significant);

}  // namespace amikeco::journeys

#endif  // AMIKECO_TESTS_JOURNEYS_DOCUMENTS_H_
