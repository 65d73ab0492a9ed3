// PrivacyService: holds, erasures, and the log of consultations, for officers and auditors. Every service has one.
#ifndef AMIKECO_COMMON_PRIVACY_SERVICE_H_
#define AMIKECO_COMMON_PRIVACY_SERVICE_H_

#include <string>

#include "absl/status/statusor.h"
#include "amikeco/ops/v1/privacy.pb.h"
#include "common/events/reaction.h"
#include "common/privacy/consultations.h"
#include "common/privacy/retention.h"
#include "common/rpc/call.h"
#include "common/rpc/chain.h"
#include "common/store/dossier.h"
#include "common/store/store.h"

namespace amikeco {

// What a service has besides its own methods so that personal data is kept as the policy says. Methods are those of
// protos/amikeco/ops/v1/privacy.proto. Thread safe. `store` and `dossiers` outlive it.
class PrivacyService {
 public:
  PrivacyService(Store& store, const Dossiers& dossiers, std::string service, CaseEnd case_end);

  absl::StatusOr<ops::v1::DataSubject> PlaceLegalHold(Call& call, const ops::v1::PlaceLegalHoldRequest& request);
  absl::StatusOr<ops::v1::DataSubject> LiftLegalHold(Call& call, const ops::v1::LiftLegalHoldRequest& request);
  absl::StatusOr<ops::v1::DataSubject> GetDataSubject(Call& call, const ops::v1::GetDataSubjectRequest& request);
  absl::StatusOr<ops::v1::ListErasuresResponse> ListErasures(Call& call, const ops::v1::ListErasuresRequest& request);
  absl::StatusOr<ops::v1::DataSubject> RepeatErasure(Call& call, const ops::v1::RepeatErasureRequest& request);
  absl::StatusOr<ops::v1::ListConsultationsResponse> ListConsultations(
      Call& call, const ops::v1::ListConsultationsRequest& request);
  absl::StatusOr<ops::v1::PrivacyPolicy> GetPrivacyPolicy(Call& call, const ops::v1::GetPrivacyPolicyRequest& request);

  Retention& retention() { return retention_; }
  Consultations& consultations() { return consultations_; }

 private:
  absl::StatusOr<ops::v1::DataSubject> Answer(Reader& reader, const std::string& person) const;

  Store& store_;
  const Dossiers& dossiers_;
  const std::string service_;
  const ops::v1::PrivacyPolicy policy_;
  Retention retention_;
  StoredConsultations consultations_;
};

// Binds its methods, and has the chain keep who is told personal data.
void Bind(Chain& chain, PrivacyService& service);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_SERVICE_H_
