// Engagement notifications (A3-01): what follows from commands about them. Pure.
//
// A version never changes and is never removed (A3-04); the latest alone counts, and only once it was reviewed by
// somebody who submitted none (A3-03).
#ifndef AMIKECO_SERVICES_COMPLIANCE_NOTIFICATION_H_
#define AMIKECO_SERVICES_COMPLIANCE_NOTIFICATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "services/compliance/assessment.h"

namespace amikeco::compliance {

using NotificationFacts = absl::StatusOr<std::vector<v1::NotificationFact>>;

NotificationFacts Decide(const v1::EngagementNotification&, const v1::SubmitNotificationRequest&,
                         const AssessmentCircumstance&, const v1::Activity&);
NotificationFacts Decide(const v1::EngagementNotification&, const v1::ReviewNotificationRequest&,
                         const AssessmentCircumstance&);
NotificationFacts Decide(const v1::EngagementNotification&, const v1::WithdrawNotificationRequest&,
                         const AssessmentCircumstance&);

// Of the latest version; empty when there is none, or it was withdrawn.
std::vector<std::string> NotifiedCountries(const v1::EngagementNotification&);

// What it says of the clearance's item (which is not set here): satisfied once accepted, not satisfied once declined.
std::optional<Standing> StandingOf(const v1::EngagementNotification&);

// "applications/7" has "engagementNotifications/7".
std::string NotificationNameOf(absl::string_view application);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

// The notification after `fact`. Total.
EngagementNotification Evolve(EngagementNotification notification, const NotificationFact& fact);

}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_NOTIFICATION_H_
