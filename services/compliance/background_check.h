// Background checks: what follows from commands and from what a provider reports. Pure. Outcomes alone, never what a
// check found (A5-05). What is possible when is in case_transitions.h.
#ifndef AMIKECO_SERVICES_COMPLIANCE_BACKGROUND_CHECK_H_
#define AMIKECO_SERVICES_COMPLIANCE_BACKGROUND_CHECK_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/compliance/v1/background_check.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

using CheckFacts = absl::StatusOr<std::vector<v1::CheckFact>>;

// Days between the notice that a check may count against a person and the day on which it can, unless the programme
// says otherwise.
inline constexpr int kPreAdverseDays = 7;

// Reasons of ours for a suspended check: its provider did not answer, or refused the order.
inline constexpr char kProviderUnavailable[] = "PROVIDER_UNAVAILABLE";
inline constexpr char kRefusedByProvider[] = "REFUSED_BY_PROVIDER";

// What a check is requested on.
struct CheckGround {
  std::string name;                           // of the check
  const programme::v1::Programme& programme;  // in the version that holds
  const programme::v1::ComplianceItem& rule;  // with check rules
  const v1::Clearance& clearance;
  bool has_provider;  // of the kind
};

// What a provider answered (provider_answer.h reads it), or that it did not.
struct ProviderReport {
  std::string order;  // "" when it has taken none
  v1::CheckReport report;
  std::string reason;  // a code, or ""
};
// A provider knows that the check is cancelled.
struct ProviderToldOfCancel {};

CheckFacts Decide(const v1::RequestBackgroundCheckRequest& command, const CheckGround& ground, const Circumstance& c);
CheckFacts Decide(const v1::BackgroundCheck& check, const v1::ReportBackgroundCheckRequest& command,
                  const Circumstance& c);
CheckFacts Decide(const v1::BackgroundCheck& check, const v1::AdjudicateBackgroundCheckRequest& command,
                  const Circumstance& c);
CheckFacts Decide(const v1::BackgroundCheck& check, const v1::DisputeBackgroundCheckRequest& command,
                  const Circumstance& c);
CheckFacts Decide(const v1::BackgroundCheck& check, const v1::CancelBackgroundCheckRequest& command,
                  const Circumstance& c);
// No facts for what is known already, and for what comes too late.
CheckFacts Decide(const v1::BackgroundCheck& check, const ProviderReport& report, const Circumstance& c);
CheckFacts Decide(const v1::BackgroundCheck& check, const ProviderToldOfCancel& told, const Circumstance& c);

// It has come to nothing yet, or a person has yet to decide: there is no other check of the person and kind meanwhile.
bool IsRunning(const v1::BackgroundCheck& check);
// The provider is to be called: ordered from, asked, told of a dispute or of a cancellation.
bool AwaitsProvider(const v1::BackgroundCheck& check);

// Fills what is worked out for answers.
void Describe(v1::BackgroundCheck& check);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
BackgroundCheck Evolve(BackgroundCheck check, const CheckFact& fact);
}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_BACKGROUND_CHECK_H_
