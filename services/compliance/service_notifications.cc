// The methods about engagement notifications.
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/compliance/document_tables.h"
#include "services/compliance/documents.h"
#include "services/compliance/doors.h"

namespace amikeco::compliance {
namespace {

using v1::EngagementNotification;

// What is written in a version is kept sealed in a dossier that the notification owns.
std::string VersionEntry(int version) { return absl::StrCat("versions/", version); }

// Disclosed as its activity is at the time of the answer.
absl::StatusOr<EngagementNotification> Shown(Reader& reader, const Versioned<EngagementNotification>& found) {
  EngagementNotification answer = Bare(found);
  AMIKECO_ASSIGN_OR_RETURN(const auto clearance, Clearances().Find(reader, ClearanceNameOf(answer.application())));
  if (clearance.value.has_disclosure()) *answer.mutable_disclosure() = clearance.value.disclosure();
  return answer;
}

}  // namespace

absl::StatusOr<EngagementNotification> Documents::SubmitNotification(Call& call,
                                                                     const v1::SubmitNotificationRequest& request) {
  return Execute<EngagementNotification>(store_, call, [&](Transaction& tx) -> absl::StatusOr<EngagementNotification> {
    const std::string& application = request.application();
    AMIKECO_ASSIGN_OR_RETURN(const auto activity, Activities().Get(tx, application));
    AMIKECO_ASSIGN_OR_RETURN(auto found, Notifications().Find(tx, NotificationNameOf(application)));
    const auto decided = Decide(found.value, request, {call.time, call.actor, policy_}, activity.value);
    // Whoever may see it may submit it; others are not told what is wrong with it.
    if (!call.actor.MaySee(activity.value.parties()) && !call.actor.MaySee(policy_.organisations())) {
      return NotFound(application);
    }
    AMIKECO_RETURN_IF_ERROR(decided.status());
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    const Origin origin = OriginOf("compliance", call);
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Notifications(), origin, *decided, found));
    AMIKECO_RETURN_IF_ERROR(
        dossiers_.Write(tx, found.name, VersionEntry(found.value.versions_size()), request.content()));
    // More countries than were assessed: the scope is another one (A3-19).
    AMIKECO_ASSIGN_OR_RETURN(auto assessment, Assessments().Find(tx, AssessmentNameOf(application)));
    if (!Covers(assessment.value, NotifiedCountries(found.value))) {
      const auto reopened = compliance::OnActivityChanged(assessment.value, call.actor.subject, call.time);
      AMIKECO_RETURN_IF_ERROR(Apply(tx, Assessments(), origin, reopened, assessment));
    }
    AMIKECO_RETURN_IF_ERROR(FollowOf(tx, application, origin));
    return Shown(tx, found);
  });
}

template <typename Request>
absl::StatusOr<EngagementNotification> Documents::ChangeNotification(Call& call, const Request& request) {
  return Execute<EngagementNotification>(store_, call, [&](Transaction& tx) -> absl::StatusOr<EngagementNotification> {
    AMIKECO_ASSIGN_OR_RETURN(auto found, Visible(tx, Notifications(), request.name(), call.actor));
    AMIKECO_RETURN_IF_ERROR(CheckEtag(found, request.etag()));
    AMIKECO_ASSIGN_OR_RETURN(const auto facts, Decide(found.value, request, {call.time, call.actor, policy_}));
    const Origin origin = OriginOf("compliance", call);
    AMIKECO_RETURN_IF_ERROR(Apply(tx, Notifications(), origin, facts, found));
    AMIKECO_RETURN_IF_ERROR(FollowOf(tx, found.value.application(), origin));
    return Shown(tx, found);
  });
}

absl::StatusOr<EngagementNotification> Documents::ReviewNotification(Call& call,
                                                                     const v1::ReviewNotificationRequest& request) {
  return ChangeNotification(call, request);
}

absl::StatusOr<EngagementNotification> Documents::WithdrawNotification(Call& call,
                                                                       const v1::WithdrawNotificationRequest& request) {
  return ChangeNotification(call, request);
}

absl::StatusOr<EngagementNotification> Documents::GetNotification(Call& call,
                                                                  const v1::GetNotificationRequest& request) {
  return Query<EngagementNotification>(store_, [&](Reader& reader) -> absl::StatusOr<EngagementNotification> {
    AMIKECO_ASSIGN_OR_RETURN(const auto found, Visible(reader, Notifications(), request.name(), call.actor));
    return Answer(reader, found, request.version());
  });
}

absl::StatusOr<v1::ListNotificationsResponse> Documents::ListNotifications(
    Call& call, const v1::ListNotificationsRequest& request) {
  using Response = v1::ListNotificationsResponse;
  return Query<Response>(store_, [&](Reader& reader) -> absl::StatusOr<Response> {
    AMIKECO_ASSIGN_OR_RETURN(
        const auto page,
        Notifications().List(reader, {kByParty, StatePrefix(call.actor.organisation, static_cast<int>(request.state())),
                                      request.page_size(), request.page_token()}));
    Response response;
    for (const auto& item : page.items) {
      AMIKECO_ASSIGN_OR_RETURN(*response.add_notifications(), Shown(reader, item));
    }
    response.set_next_page_token(page.next_page_token);
    return response;
  });
}

absl::StatusOr<EngagementNotification> Documents::Answer(Reader& reader, const Versioned<EngagementNotification>& found,
                                                         int version) const {
  AMIKECO_ASSIGN_OR_RETURN(EngagementNotification answer, Shown(reader, found));
  const int asked = version == 0 ? answer.versions_size() : version;
  AMIKECO_ASSIGN_OR_RETURN(const bool there,
                           dossiers_.Read(reader, found.name, VersionEntry(asked), *answer.mutable_content()));
  if (!there) return NotFound(absl::StrCat(found.name, "/", VersionEntry(asked)));
  return answer;
}

}  // namespace amikeco::compliance
