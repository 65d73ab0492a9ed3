#include "services/compliance/notification.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/dates.h"
#include "services/compliance/document_errors.h"

namespace amikeco::compliance {
namespace {

using v1::EngagementNotification;

// What the state allows besides a new version, which it always does.
absl::Status CheckLive(const EngagementNotification& notification, absl::string_view command) {
  const auto state = notification.state();
  if (state == EngagementNotification::STATE_SUBMITTED || state == EngagementNotification::STATE_ACCEPTED) {
    return absl::OkStatus();
  }
  return errors::DocumentNotPossibleInState(command, notification.name(),
                                            absl::AsciiStrToLower(EngagementNotification::State_Name(state).substr(6)),
                                            {"SubmitNotification"});
}

template <typename Fact>
void Stamp(Fact& fact, const EngagementNotification& notification, const AssessmentCircumstance& c) {
  fact.set_application(notification.application());
  fact.set_version(notification.versions_size());
  fact.set_by(c.actor.subject);
  *fact.mutable_at() = ToTimestamp(c.now);
}

absl::Status CheckContent(const v1::NotificationContent& content, const v1::Activity& activity) {
  FieldErrors wrong;
  if (ToDay(content.last_day()) < ToDay(content.first_day())) {
    wrong.Add("content.last_day", "must not be before first_day");
  }
  for (const std::string& country : activity.countries()) {
    const auto& named = content.countries();
    if (std::find(named.begin(), named.end(), country) == named.end()) {
      wrong.Add("content.countries", absl::StrCat("does not name ", country, ", which the activity is for; add it"));
    }
  }
  if (activity.delivery() != programme::v1::DELIVERY_MODE_UNSPECIFIED && activity.delivery() != content.delivery()) {
    wrong.Add("content.delivery",
              absl::StrCat("must be what was requested, ", programme::v1::DeliveryMode_Name(activity.delivery())));
  }
  return wrong.ToStatus();
}

}  // namespace

NotificationFacts Decide(const EngagementNotification& notification, const v1::SubmitNotificationRequest& request,
                         const AssessmentCircumstance& c, const v1::Activity& activity) {
  AMIKECO_RETURN_IF_ERROR(CheckContent(request.content(), activity));
  v1::NotificationFact fact;
  v1::NotificationSubmitted& submitted = *fact.mutable_submitted();
  submitted.set_application(activity.application());
  v1::NotificationVersion& version = *submitted.mutable_version();
  version.set_version(notification.versions_size() + 1);
  version.set_content_hash(ContentHash(request.content()));
  *version.mutable_countries() = request.content().countries();
  version.set_by(c.actor.subject);
  *version.mutable_at() = ToTimestamp(c.now);
  *submitted.mutable_parties() = activity.parties();
  for (const std::string& organisation : c.policy.organisations()) {
    const auto& parties = submitted.parties();
    if (std::find(parties.begin(), parties.end(), organisation) == parties.end()) submitted.add_parties(organisation);
  }
  if (activity.has_disclosure()) *submitted.mutable_disclosure() = activity.disclosure();
  return std::vector{fact};
}

NotificationFacts Decide(const EngagementNotification& notification, const v1::ReviewNotificationRequest& request,
                         const AssessmentCircumstance& c) {
  FieldErrors wrong;
  if (request.outcome() != v1::REVIEW_OUTCOME_OK && request.reason().empty()) {
    wrong.Add("reason", "is missing; say with a code what is amiss");
  }
  AMIKECO_RETURN_IF_ERROR(wrong.ToStatus());
  AMIKECO_RETURN_IF_ERROR(CheckLive(notification, "ReviewNotification"));
  if (request.version() != notification.versions_size()) {
    return errors::ContentChanged(notification.name(), notification.versions().rbegin()->content_hash());
  }
  for (const v1::NotificationVersion& version : notification.versions()) {
    if (version.by() == c.actor.subject) return errors::OwnDocument(notification.name(), c.actor.subject);
  }
  v1::NotificationFact fact;
  Stamp(*fact.mutable_reviewed(), notification, c);
  fact.mutable_reviewed()->set_outcome(request.outcome());
  fact.mutable_reviewed()->set_reason(request.reason());
  return std::vector{fact};
}

NotificationFacts Decide(const EngagementNotification& notification, const v1::WithdrawNotificationRequest& request,
                         const AssessmentCircumstance& c) {
  AMIKECO_RETURN_IF_ERROR(CheckLive(notification, "WithdrawNotification"));
  v1::NotificationFact fact;
  Stamp(*fact.mutable_withdrawn(), notification, c);
  fact.mutable_withdrawn()->set_reason(request.reason());
  return std::vector{fact};
}

std::vector<std::string> NotifiedCountries(const EngagementNotification& notification) {
  if (notification.versions().empty() || notification.state() == EngagementNotification::STATE_WITHDRAWN) return {};
  const auto& countries = notification.versions().rbegin()->countries();
  return {countries.begin(), countries.end()};
}

std::optional<Standing> StandingOf(const EngagementNotification& notification) {
  const bool accepted = notification.state() == EngagementNotification::STATE_ACCEPTED;
  if (!accepted && notification.state() != EngagementNotification::STATE_DECLINED) return std::nullopt;
  const v1::NotificationVersion& latest = *notification.versions().rbegin();
  return Standing{.outcome = accepted ? v1::OUTCOME_SATISFIED : v1::OUTCOME_NOT_SATISFIED,
                  .hash = latest.content_hash(),
                  .by = latest.reviewed().by()};
}

std::string NotificationNameOf(absl::string_view application) {
  return absl::StrCat("engagementNotifications/", absl::StripPrefix(application, "applications/"));
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
namespace {

EngagementNotification::State StateAfter(ReviewOutcome outcome) {
  switch (outcome) {
    case REVIEW_OUTCOME_OK:
      return EngagementNotification::STATE_ACCEPTED;
    case REVIEW_OUTCOME_DECLINED:
      return EngagementNotification::STATE_DECLINED;
    default:
      return EngagementNotification::STATE_RETURNED;
  }
}

}  // namespace

EngagementNotification Evolve(EngagementNotification notification, const NotificationFact& fact) {
  auto& versions = *notification.mutable_versions();
  switch (fact.fact_case()) {
    case NotificationFact::kSubmitted:
      notification.set_name(NotificationNameOf(fact.submitted().application()));
      notification.set_application(fact.submitted().application());
      *notification.add_versions() = fact.submitted().version();
      *notification.mutable_parties() = fact.submitted().parties();
      if (fact.submitted().has_disclosure()) *notification.mutable_disclosure() = fact.submitted().disclosure();
      notification.set_state(EngagementNotification::STATE_SUBMITTED);
      break;
    case NotificationFact::kReviewed:
      if (!versions.empty()) *versions.rbegin()->mutable_reviewed() = fact.reviewed();
      notification.set_state(StateAfter(fact.reviewed().outcome()));
      break;
    case NotificationFact::kWithdrawn:
      if (!versions.empty()) *versions.rbegin()->mutable_withdrawn() = fact.withdrawn();
      notification.set_state(EngagementNotification::STATE_WITHDRAWN);
      break;
    case NotificationFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return notification;
}

}  // namespace amikeco::compliance::v1
