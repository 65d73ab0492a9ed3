// Documents: the engagement notifications and human-rights assessments of activities, and what clearances hold of them.
//
// Thread safe. Whatever changes a document changes the clearance of its activity in the same transaction, so that the
// start gate never rests on what no longer is so (A3-02).
#ifndef AMIKECO_SERVICES_COMPLIANCE_DOCUMENTS_H_
#define AMIKECO_SERVICES_COMPLIANCE_DOCUMENTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/applicant/v1/facts.pb.h"
#include "amikeco/compliance/v1/assessment.pb.h"
#include "amikeco/compliance/v1/assessment_policy.pb.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "amikeco/compliance/v1/notification.pb.h"
#include "common/events/execute.h"
#include "common/rpc/call.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "programmes/programmes.h"

namespace amikeco::compliance {

class Documents final {
 public:
  // All outlive it. A policy without an id: there is none, and nothing can be written.
  Documents(Store& store, const Programmes& programmes, const Dossiers& dossiers, const v1::AssessmentPolicy& policy)
      : store_(store), programmes_(programmes), dossiers_(dossiers), policy_(policy) {}

  absl::StatusOr<v1::AssessmentPolicy> GetAssessmentPolicy(Call& call, const v1::GetAssessmentPolicyRequest& request);

  absl::StatusOr<v1::CountryAssessment> RecordCountryAssessment(Call& call,
                                                                const v1::RecordCountryAssessmentRequest& request);
  absl::StatusOr<v1::CountryAssessment> GetCountryAssessment(Call& call,
                                                             const v1::GetCountryAssessmentRequest& request);
  absl::StatusOr<v1::ListCountryAssessmentsResponse> ListCountryAssessments(
      Call& call, const v1::ListCountryAssessmentsRequest& request);

  absl::StatusOr<v1::Assessment> WriteAssessment(Call& call, const v1::WriteAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> SubmitAssessment(Call& call, const v1::SubmitAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> ReviewAssessment(Call& call, const v1::ReviewAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> ApproveAssessment(Call& call, const v1::ApproveAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> DecideAssessment(Call& call, const v1::DecideAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> ReopenAssessment(Call& call, const v1::ReopenAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> CompleteMitigation(Call& call, const v1::CompleteMitigationRequest& request);
  absl::StatusOr<v1::Assessment> WithdrawAssessment(Call& call, const v1::WithdrawAssessmentRequest& request);
  absl::StatusOr<v1::Assessment> GetAssessment(Call& call, const v1::GetAssessmentRequest& request);
  absl::StatusOr<v1::ListAssessmentsResponse> ListAssessments(Call& call, const v1::ListAssessmentsRequest& request);

  absl::StatusOr<v1::EngagementNotification> SubmitNotification(Call& call,
                                                                const v1::SubmitNotificationRequest& request);
  absl::StatusOr<v1::EngagementNotification> ReviewNotification(Call& call,
                                                                const v1::ReviewNotificationRequest& request);
  absl::StatusOr<v1::EngagementNotification> WithdrawNotification(Call& call,
                                                                  const v1::WithdrawNotificationRequest& request);
  absl::StatusOr<v1::EngagementNotification> GetNotification(Call& call, const v1::GetNotificationRequest& request);
  absl::StatusOr<v1::ListNotificationsResponse> ListNotifications(Call& call,
                                                                  const v1::ListNotificationsRequest& request);

  // An application arrived: what is asked of its documents is known from now on.
  absl::Status NoteActivity(Transaction& tx, absl::string_view application,
                            const applicant::v1::ApplicationSubmitted& submitted);
  // Dates or places will be others: the assessment is opened again, and what `clearance` holds of the documents is
  // void, until it follows them again.
  absl::Status OnActivityChanged(Transaction& tx, Versioned<v1::Clearance>& clearance, const Origin& origin);
  // Makes the clearance say what the documents of its activity say.
  absl::Status Follow(Transaction& tx, Versioned<v1::Clearance>& clearance, const Origin& origin);

  // Assessments with something due; see Timed.
  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit);
  // Whether `name` is one of theirs.
  static bool Owns(absl::string_view name);
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin);

 private:
  absl::StatusOr<Versioned<v1::Assessment>> ForChange(Reader& reader, absl::string_view name, absl::string_view etag,
                                                      const Actor& actor) const;
  // Applies what was decided about an assessment and lets the clearance follow.
  absl::Status Change(Transaction& tx, const Origin& origin, const std::vector<v1::AssessmentFact>& facts,
                      Versioned<v1::Assessment>& assessment);
  template <typename Request>
  absl::StatusOr<v1::Assessment> ChangeBy(Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::EngagementNotification> ChangeNotification(Call& call, const Request& request);
  absl::Status FollowOf(Transaction& tx, absl::string_view application, const Origin& origin);
  absl::Status ReopenFor(Transaction& tx, absl::string_view country, const Origin& origin);
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(absl::string_view name, int version) const;
  absl::Status CheckPolicyThere() const;

  absl::StatusOr<v1::Assessment> Answer(Reader& reader, const Versioned<v1::Assessment>& assessment,
                                        int revision) const;
  absl::StatusOr<v1::CountryAssessment> Answer(Reader& reader, const Versioned<v1::CountryAssessment>& assessment,
                                               int revision) const;
  absl::StatusOr<v1::EngagementNotification> Answer(Reader& reader,
                                                    const Versioned<v1::EngagementNotification>& notification,
                                                    int version) const;

  Store& store_;
  const Programmes& programmes_;
  const Dossiers& dossiers_;
  const v1::AssessmentPolicy& policy_;
};

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_DOCUMENTS_H_
