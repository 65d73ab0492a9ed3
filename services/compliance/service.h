// ComplianceService: keeps the clearances of stays and answers the start gate.
//
// Thread safe. Methods are those of protos/amikeco/compliance/v1/compliance.proto; the same object reacts to the facts
// of matching and applicant (ReactionsOf) and to the clock (Timed).
#ifndef AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_
#define AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/ids.h"
#include "common/events/reaction.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/store/dossier.h"
#include "common/store/store.h"
#include "common/store/table.h"
#include "programmes/programmes.h"
#include "services/compliance/documents.h"
#include "services/compliance/screenings.h"
#include "services/compliance/waiver_template.h"

namespace amikeco::compliance {

class ComplianceService final : public Timed {
 public:
  // All outlive the service. `provided`: kinds of background checks that a provider makes (CheckDesk). `screening` was
  // checked (CheckScreening).
  ComplianceService(Store& store, const Programmes& programmes, const Dossiers& dossiers,
                    const v1::AssessmentPolicy& policy, const WaiverTemplates& templates,
                    std::set<std::string> provided = {}, const Countries& countries = Countries::None(),
                    const config::v1::ScreeningConfig& screening = {})
      : store_(store),
        programmes_(programmes),
        dossiers_(dossiers),
        documents_(store, programmes, dossiers, policy),
        templates_(templates),
        provided_(std::move(provided)),
        watch_lists_(store, countries, screening),
        screenings_(store, dossiers, watch_lists_) {}

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
  // service_checks.cc
  absl::StatusOr<v1::VettingCase> OpenVettingCase(Call& call, const v1::OpenVettingCaseRequest& request);
  absl::StatusOr<v1::VettingCase> RecordVettingPackage(Call& call, const v1::RecordVettingPackageRequest& request);
  absl::StatusOr<v1::VettingCase> SubmitVettingCase(Call& call, const v1::SubmitVettingCaseRequest& request);
  absl::StatusOr<v1::VettingCase> AdvanceVettingCase(Call& call, const v1::AdvanceVettingCaseRequest& request);
  absl::StatusOr<v1::VettingCase> RecordVettingOutcome(Call& call, const v1::RecordVettingOutcomeRequest& request);
  absl::StatusOr<v1::VettingCase> RemediateVettingCase(Call& call, const v1::RemediateVettingCaseRequest& request);
  absl::StatusOr<v1::VettingCase> CancelVettingCase(Call& call, const v1::CancelVettingCaseRequest& request);
  absl::StatusOr<v1::VettingCase> GetVettingCase(Call& call, const v1::GetVettingCaseRequest& request);
  absl::StatusOr<v1::ListVettingCasesResponse> ListVettingCases(Call& call, const v1::ListVettingCasesRequest& request);
  absl::StatusOr<v1::BackgroundCheck> RequestBackgroundCheck(Call& call,
                                                             const v1::RequestBackgroundCheckRequest& request);
  absl::StatusOr<v1::BackgroundCheck> ReportBackgroundCheck(Call& call,
                                                            const v1::ReportBackgroundCheckRequest& request);
  absl::StatusOr<v1::BackgroundCheck> AdjudicateBackgroundCheck(Call& call,
                                                                const v1::AdjudicateBackgroundCheckRequest& request);
  absl::StatusOr<v1::BackgroundCheck> DisputeBackgroundCheck(Call& call,
                                                             const v1::DisputeBackgroundCheckRequest& request);
  absl::StatusOr<v1::BackgroundCheck> CancelBackgroundCheck(Call& call,
                                                            const v1::CancelBackgroundCheckRequest& request);
  absl::StatusOr<v1::BackgroundCheck> GetBackgroundCheck(Call& call, const v1::GetBackgroundCheckRequest& request);
  absl::StatusOr<v1::ListBackgroundChecksResponse> ListBackgroundChecks(Call& call,
                                                                        const v1::ListBackgroundChecksRequest& request);
  absl::StatusOr<v1::VisaCase> RecordVisa(Call& call, const v1::RecordVisaRequest& request);
  absl::StatusOr<v1::VisaCase> GetVisaCase(Call& call, const v1::GetVisaCaseRequest& request);
  absl::StatusOr<v1::ListVisaCasesResponse> ListVisaCases(Call& call, const v1::ListVisaCasesRequest& request);

  absl::StatusOr<std::vector<std::string>> Due(Reader& reader, absl::Time now, int limit) override;
  absl::Status Tick(Transaction& tx, absl::string_view name, const Origin& origin) override;

  // Engagement notifications and human-rights assessments.
  Documents& documents() { return documents_; }
  // Watch-lists, and people screened against them.
  WatchLists& watch_lists() { return watch_lists_; }
  Screenings& screenings() { return screenings_; }

  // Acts on a fact of another service.
  absl::Status React(Transaction& tx, const event::v1::Event& event, const Origin& origin);

 private:
  template <typename Request>
  absl::StatusOr<v1::Clearance> Change(Transaction& tx, const Call& call, const Request& request);
  absl::StatusOr<const programme::v1::Programme*> ProgrammeOf(absl::string_view name, int version) const;
  absl::Status ApplyAndFollow(Transaction& tx, const Origin& origin, Versioned<v1::Clearance>& clearance,
                              const std::function<std::vector<v1::ClearanceFact>()>& decide);
  absl::Status ReactToPlacement(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  absl::Status ReactToApplication(Transaction& tx, const event::v1::Event& event, const Origin& origin);
  // service_checks.cc
  template <typename Request>
  absl::StatusOr<v1::VettingCase> ChangeVetting(Call& call, const Request& request);
  template <typename Request>
  absl::StatusOr<v1::BackgroundCheck> ChangeCheck(Call& call, const Request& request);
  std::string CaseName(absl::string_view collection, const std::string& id);
  absl::Status AddDueCases(Reader& reader, absl::Time now, int limit, std::vector<std::string>& names);
  absl::Status TickCase(Transaction& tx, absl::string_view name, const Origin& origin);

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
  const std::set<std::string> provided_;
  WatchLists watch_lists_;
  Screenings screenings_;
  RandomIds ids_;
};

// Matching's facts say what is agreed, applicant's when the stay begins and ends.
Reactions ReactionsOf(ComplianceService& service);

void Bind(Chain& chain, ComplianceService& service);
void BindCases(Chain& chain, ComplianceService& service);       // by Bind
void BindScreenings(Chain& chain, ComplianceService& service);  // by Bind

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_SERVICE_H_
