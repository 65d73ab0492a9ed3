// What an assisted activity is assessed and notified by.
#include <functional>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "common/base/status.h"
#include "tests/journeys/documents.h"
#include "tests/journeys/player.h"

namespace amikeco::journeys {
namespace {

std::set<std::string> WordsBehindTheFirst(const Command& c) { return {std::next(c.words.begin()), c.words.end()}; }

}  // namespace

absl::StatusOr<compliance::v1::AssessmentPolicy> Player::Policy() {
  const Actor reader{"people/ann", kOperator, {ROLE_ASSESSOR}};
  return house_->Call<compliance::v1::AssessmentPolicy>(reader, absl::StrCat(kCompliance, "GetAssessmentPolicy"),
                                                        compliance::v1::GetAssessmentPolicyRequest());
}

absl::Status Player::Country(const Command& c) {
  AMIKECO_ASSIGN_OR_RETURN(const auto policy, Policy());
  return Take<compliance::v1::CountryAssessment>(CountryStep(policy, c.word(0), c.has("significant")));
}

absl::Status Player::WithPapers(const Command& c, const std::function<absl::Status(const Papers&)>& take) {
  const Actor reader{"people/ann", operators_[c.word(0)], {ROLE_ASSESSOR}};
  AMIKECO_ASSIGN_OR_RETURN(const auto policy, Policy());
  applicant::v1::GetApplicationRequest get;
  get.set_name(Of("applications", c));
  AMIKECO_ASSIGN_OR_RETURN(const auto application, house_->Call<applicant::v1::Application>(
                                                       Onlooker(), absl::StrCat(kApplicant, "GetApplication"), get));
  compliance::v1::GetAssessmentRequest get_assessment;
  get_assessment.set_name(Of("assessments", c));
  const auto assessment =
      house_->Call<compliance::v1::Assessment>(reader, absl::StrCat(kCompliance, "GetAssessment"), get_assessment);
  compliance::v1::GetNotificationRequest get_notification;
  get_notification.set_name(Of("engagementNotifications", c));
  const auto notification = house_->Call<compliance::v1::EngagementNotification>(
      reader, absl::StrCat(kCompliance, "GetNotification"), get_notification);
  return take({policy, application, assessment.value_or(compliance::v1::Assessment()),
               notification.value_or(compliance::v1::EngagementNotification()), operators_[c.word(0)], OfficerOf(c),
               absl::ToCivilDay(house_->clock().Now(), absl::UTCTimeZone())});
}

absl::Status Player::Notification(const Command& c) {
  return WithPapers(c, [&](const Papers& papers) -> absl::Status {
    for (const Step& step : NotificationSteps(WordsBehindTheFirst(c), papers)) {
      AMIKECO_RETURN_IF_ERROR(Take<compliance::v1::EngagementNotification>(step));
    }
    return absl::OkStatus();
  });
}

absl::Status Player::Assess(const Command& c) {
  return WithPapers(c, [&](const Papers& papers) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto steps, AssessmentSteps(WordsBehindTheFirst(c), c.named, papers));
    for (const Step& step : steps) AMIKECO_RETURN_IF_ERROR(Take<compliance::v1::Assessment>(step));
    return absl::OkStatus();
  });
}

absl::Status Player::AssessAll(const Command& c) {
  AMIKECO_RETURN_IF_ERROR(WithPapers(c, [&](const Papers& papers) -> absl::Status {
    for (const std::string& country : papers.application.assistance().countries()) {
      AMIKECO_RETURN_IF_ERROR(Take<compliance::v1::CountryAssessment>(CountryStep(papers.policy, country, false)));
    }
    return absl::OkStatus();
  }));
  return Assess({"assess", {c.word(0)}, {}});
}

}  // namespace amikeco::journeys
