// Facts about clearances, and the ones that follow from others. Pure. Shared by what decides: see clearance.h.
#ifndef AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_FACTS_H_
#define AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_FACTS_H_

#include "services/compliance/clearance.h"

namespace amikeco::compliance {

// `facts` and what follows from them: the clearance is granted when its items have come to hold, lost when they have
// ceased to, and people are told of an end that has come in sight.
Facts Concluded(v1::Clearance clearance, Facts facts, absl::Time now);

v1::ClearanceFact LostFact(const v1::Clearance& clearance, absl::CivilDay today);
v1::ClearanceFact RevokedFact(const v1::Clearance& clearance, absl::string_view by, absl::string_view reason);
v1::ClearanceFact VoidedFact(const v1::ItemRecord& record, absl::string_view reason, const Circumstance& circumstance);
v1::ClearanceFact FactOf(v1::ItemRecorded recorded);

// The programme's.
absl::TimeZone ZoneOf(const v1::Clearance& clearance);

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_CLEARANCE_FACTS_H_
