// Vetting by another authority, tracked and not decided here: what follows from commands, the stay's days and the
// clock. Pure. What is possible when is in case_transitions.h.
#ifndef AMIKECO_SERVICES_COMPLIANCE_VETTING_H_
#define AMIKECO_SERVICES_COMPLIANCE_VETTING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "amikeco/compliance/v1/vetting.pb.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "services/compliance/clearance.h"

namespace amikeco::compliance {

using VettingFacts = absl::StatusOr<std::vector<v1::VettingFact>>;

// What a case is opened on.
struct VettingGround {
  std::string name;                           // of the case
  const programme::v1::Programme& programme;  // in the version that holds
  const programme::v1::ComplianceItem& rule;  // with vetting rules
  const v1::Clearance& clearance;             // of a unit's case the default one
  const v1::VettingCase& unit;                // the unit's case; of a unit's own case the default one
};

// The last day on which a complete package leaves the authority the working days that it needs before `start`.
absl::CivilDay DueDay(absl::CivilDay start, int lead_working_days,
                      const google::protobuf::RepeatedPtrField<google::type::Date>& closed_days);
// What the package still lacks, in the programme's order.
std::vector<std::string> MissingFrom(const v1::VettingCase& vetting);

VettingFacts Decide(const v1::OpenVettingCaseRequest& command, const VettingGround& ground, const Circumstance& c);
VettingFacts Decide(const v1::VettingCase& vetting, const v1::RecordVettingPackageRequest& command,
                    const Circumstance& c);
// `unit` is the case of a person's unit, here and below; for a unit's own case the default one.
VettingFacts Decide(const v1::VettingCase& vetting, const v1::SubmitVettingCaseRequest& command, const Circumstance& c,
                    const v1::VettingCase& unit);
VettingFacts Decide(const v1::VettingCase& vetting, const v1::AdvanceVettingCaseRequest& command, const Circumstance& c,
                    const v1::VettingCase& unit);
VettingFacts Decide(const v1::VettingCase& vetting, const v1::RecordVettingOutcomeRequest& command,
                    const Circumstance& c, const v1::VettingCase& unit);
VettingFacts Decide(const v1::VettingCase& vetting, const v1::RemediateVettingCaseRequest& command,
                    const Circumstance& c);
VettingFacts Decide(const v1::VettingCase& vetting, const v1::CancelVettingCaseRequest& command, const Circumstance& c);

// The stay begins on this day now (A5-06). No facts when it did before, or when it is all the same.
std::vector<v1::VettingFact> OnStart(const v1::VettingCase& vetting, absl::CivilDay start, const Circumstance& c);
// The package is due and was not submitted: stated once for each due day. When the stay is over nobody waits for it any
// more, and it is cancelled.
std::vector<v1::VettingFact> OnTime(const v1::VettingCase& vetting, bool stay_is_over, const Circumstance& c);
// When OnTime next has something to do; nothing: never.
std::optional<absl::Time> NextDue(const v1::VettingCase& vetting);

// What becomes of somebody: a person is cleared only if the unit is, and a rejected unit bars all its members.
enum class Vetted { kNotYet, kCleared, kSuspended, kRejected };
Vetted StandingOf(const v1::VettingCase& person, const v1::VettingCase& unit);
// Last day on which both are cleared; not set: without bound. Requires kCleared.
std::optional<absl::CivilDay> ClearedUntil(const v1::VettingCase& person, const v1::VettingCase& unit);
// Of a case that bars another one for the same: not cancelled.
inline bool StandsFor(const v1::VettingCase& vetting) { return vetting.state() != v1::VettingCase::STATE_CANCELLED; }

// Fills what is worked out for answers. `unit` as above.
void Describe(v1::VettingCase& vetting, const v1::VettingCase& unit);

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {
VettingCase Evolve(VettingCase vetting, const VettingFact& fact);
}  // namespace amikeco::compliance::v1

#endif  // AMIKECO_SERVICES_COMPLIANCE_VETTING_H_
