// StoredConsultations: the log of who was told personal data, in the service's own database and audit trail.
#ifndef AMIKECO_COMMON_PRIVACY_CONSULTATIONS_H_
#define AMIKECO_COMMON_PRIVACY_CONSULTATIONS_H_

#include <set>
#include <string>

#include "amikeco/ops/v1/privacy.pb.h"
#include "common/base/status.h"
#include "common/rpc/consulted.h"
#include "common/store/store.h"
#include "common/store/table.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kPurposeRequired{
    absl::StatusCode::kInvalidArgument, kDomain, "PURPOSE_REQUIRED",
    "The answer holds personal data, and your organisation's people must say what for: send one of the purposes in the "
    "metadata amikeco-purpose (amikeco --purpose)."};
inline constexpr ErrorName kUnknownPurpose{
    absl::StatusCode::kInvalidArgument, kDomain, "UNKNOWN_PURPOSE",
    "Send one of the privacy policy's purposes in the metadata amikeco-purpose (amikeco --purpose), or none."};
}  // namespace errors

// Keys: "time" (all), "person" (each person's), both by time.
const Table<ops::v1::Consultation>& ConsultationTable();
inline constexpr char kByTime[] = "time";
inline constexpr char kByPerson[] = "person";
// How the values of kByPerson of this person begin.
std::string PersonPrefix(absl::string_view person);

// Each is a record and a fact of its own, so that it is in the chain which shows that nothing was changed or removed.
// A call that is not kept is not answered. All arguments outlive it.
class StoredConsultations final : public Consultations {
 public:
  StoredConsultations(Store& store, std::string service, const ops::v1::PrivacyPolicy& policy)
      : store_(store), service_(std::move(service)), policy_(policy) {}

  absl::Status Permit(const Call& call, const std::string& purpose) override;
  absl::Status Keep(const Call& call, const std::string& purpose, const std::set<Reading>& readings) override;

 private:
  Store& store_;
  const std::string service_;
  const ops::v1::PrivacyPolicy& policy_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_PRIVACY_CONSULTATIONS_H_
