// What a provider of background checks answers, read as its contract (provider.proto) has it. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_PROVIDER_ANSWER_H_
#define AMIKECO_SERVICES_COMPLIANCE_PROVIDER_ANSWER_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/provider.pb.h"
#include "services/compliance/background_check.h"

namespace amikeco::compliance {

// What `answer` reports of `order`, or of the order that it names when none was placed yet (""). A reason that is no
// code, or is one of ours, is dropped. DATA_LOSS, without a word of the provider's, when it is about another order,
// names none in a way that can be kept, or says nothing that the contract knows.
absl::StatusOr<ProviderReport> ReportIn(absl::string_view order, const v1::ProviderOrder& answer);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_PROVIDER_ANSWER_H_
