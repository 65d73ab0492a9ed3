// Visas (B3): what follows from what is recorded, and from the clock. Pure.
#ifndef AMIKECO_SERVICES_COMPLIANCE_VISA_H_
#define AMIKECO_SERVICES_COMPLIANCE_VISA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/visa.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

using VisaFacts = absl::StatusOr<std::vector<v1::VisaFact>>;

// The kind of the record of somebody who needs none; a programme accepts it, or does not.
inline constexpr char kVisaNotNeeded[] = "not-needed";

// What a visa is recorded on.
struct VisaGround {
  std::string name;  // of the case
  const programme::v1::Programme& programme;
  const programme::v1::ComplianceItem& rule;
  const v1::Clearance& clearance;
};

// "clearances/7" and "members/M-17" have "visaCases/7.M-17".
std::string VisaNameOf(absl::string_view clearance, absl::string_view person);

VisaFacts Decide(const v1::VisaCase& visa, const v1::RecordVisaRequest& command, const VisaGround& ground,
                 const Circumstance& c);
// The last day of what was granted has passed.
std::vector<v1::VisaFact> OnTime(const v1::VisaCase& visa, absl::Time now);
// When OnTime next has something to do; nothing: never.
std::optional<absl::Time> NextDue(const v1::VisaCase& visa);

// Fills what is worked out for answers.
void Describe(v1::VisaCase& visa, const v1::Clearance& clearance, absl::Time now);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
VisaCase Evolve(VisaCase visa, const VisaFact& fact);
}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_VISA_H_
