// The cast of the programmes beside the exchange: who applies to each, and with which plot, by the programme's data.
#ifndef AMIKECO_DEMO_OTHERS_H_
#define AMIKECO_DEMO_OTHERS_H_

#include "absl/time/civil_time.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "demo/cast.h"

namespace amikeco::demo {

// Adds the programme's applicants to the cast, and what they contend for, hosts or a call for applications: each plot
// that suits the programme once, and others up to `wanted` applicants. Their days begin on `today`.
void AddApplicants(int seed, int wanted, absl::CivilDay today, const programme::v1::Programme& programme, Cast& cast);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_OTHERS_H_
