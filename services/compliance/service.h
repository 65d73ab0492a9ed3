// ComplianceService: keeps the clearances of stays and answers the start gate.
//
// Thread safe. Methods are those of protos/amikeco/compliance/v1/compliance.proto; the same object reacts to the facts
// of matching and applicant (ReactionsOf) and to the clock (Timed).
#ifndef AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_
#define AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/events/reaction.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "programmes/programmes.h"
#include "services/compliance/documents.h"
#include "services/compliance/waiver_template.h"

namespace amikeco::compliance {

class ComplianceService final : public Timed {
 public:
  // All outlive the service.
  ComplianceService(Store& store, const Programmes& programmes, const Dossiers& dossiers,
                    const v1::AssessmentPolicy& policy, const WaiverTemplates& templates)
      : store_(store),
        programmes_(programmes),
        dossiers_(dossiers),
        documents_(store, programmes, dossiers, policy),
        templates_(templates) {}

  absl::StatusOr<v1::Clearance> GetClearance(Call& call, const v1::GetClearanceRequest& request);
  absl::StatusOr<v1::ListClearancesResponse> ListClearances(Call& call, const v1::ListClearancesRequest& request);
  absl::StatusOr<v1::Clearance> RecordHealthCover(Call& call, const v1::RecordHealthCoverRequest& request);
  absl::StatusOr<v1::Clearance> SignWaiver(Call& call, const v1::SignWaiverRequest& request);
  absl::StatusOr<v1::WaiverSignature> GetWaiverSignature(Call& call, const v1::GetWaiverSignatureRequest& request);
  absl::StatusOr<v1::Clearance> RecordBackgroundCheck(Call& call, const v1::RecordBackgroundCheckRequest& request);
  absl::StatusOr<v1::Clearance> RecordReview(Call& call, const v1::RecordReviewRequest& request);
  absl::StatusOr<v1::Clearance> RecordMediaConsent(Call& call, const v1::RecordMediaConsentRequest& request);
  absl::StatusOr<v1::Clearance> VoidItem(Call& call, const v1::VoidItemRequest& request);
  absl::StatusOr<v1::Clearance> RevokeClearance(Call& call, const v1::RevokeClearanceRequest& request);
  absl::StatusOr<v1::Clearance> ReinstateClearance(Call& call, const v1::ReinstateClearanceRequest& request);

  absl::StatusOr<v1::Waiver> GetWaiver(Call& call, const v1::GetWaiverRequest& request);
  absl::StatusOr<v1::ListWaiversResponse> ListWaivers(Call& call, const v1::ListWaiversRequest& request);
  absl::StatusOr<v1::Waiver> SendWaiver(Call& call, const v1::SendWaiverRequest& request);
  absl::StatusOr<v1::Waiver> ViewWaiver(Call& call, const v1::ViewWaiverRequest& request);
  absl::StatusOr<v1::Waiver> DeclineWaiver(Call& call, const v1::DeclineWaiverRequest& request);
  absl::StatusOr<v1::Waiver> VoidWaiver(Call& call, const v1::VoidWaiverRequest& request);
  absl::StatusOr<v1::WaiverDocument> RenderWaiver(Call& call, const v1::RenderWaiverRequest& request);

  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

  // Engagement notifications and human-rights assessments.
  Documents& documents() { return documents_; }

  // Acts on a fact of another service.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);

 private:
  template <typename Request>
  absl::StatusOr<v1::Clearance> Change(Transaction& tx, const Call& call, const Request& request);
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(absl::string_view name, int version) const;
  absl::Status Follow(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance,
                      const std::function<std::vector<v1::ClearanceFact>()>& decide);
  absl::Status ReactToPlacement(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::Status ReactToApplication(Transaction& tx, const event::v1::Event& event, const Origin& origin);

  // Brings the waivers in line with what the clearance asks for now, and the clearance with what became of them.
  absl::Status FollowWaivers(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance);
  absl::StatusOr<Versioned<v1::Waiver>> WaiverToSign(Transaction& tx, const Origin& origin,
                                                     const v1::SignWaiverRequest& request,
                                                     Versioned<v1::Clearance>& clearance);
  absl::StatusOr<const v1::WaiverTemplate*> TemplateOf(const v1::Waiver& waiver) const;
  absl::StatusOr<std::vector<std::string>> DueWaivers(Reader& reader, absl::Time now, int limit);
  absl::Status TickWaiver(Transaction& tx, absl::string_view name, const Origin& origin);

  Store& store_;
  const Programmes& programmes_;
  const Dossiers& dossiers_;
  Documents documents_;
  const WaiverTemplates& templates_;
};

// Matching's facts say what is agreed, applicant's when the stay begins and ends.
Reactions ReactionsOf(ComplianceService& service);

void Bind(Chain& chain, ComplianceService& service);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_
