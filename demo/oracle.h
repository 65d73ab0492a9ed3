// The oracle: where an applicant's story must end, from the programme's rules and the script alone. It shares no code
// with the services; when the two disagree, one of them is wrong.
#ifndef AMIKECO_DEMO_ORACLE_H_
#define AMIKECO_DEMO_ORACLE_H_

#include <set>
#include <string>

#include "absl/time/civil_time.h"
#include "demo/cast.h"

namespace amikeco::demo {

struct Ending {
  std::string state;              // "CLOSED"
  std::set<std::string> reasons;  // of an ineligible application

  friend bool operator==(const Ending&, const Ending&) = default;
};

// Reasons of the programme's rules that do not hold for the applicant as it applies. `today` as for Foretell.
std::set<std::string> ReasonsAgainst(const Applicant& applicant, absl::CivilDay today);

// `today` is the first day of the demo, as given to MakeCast.
Ending Foretell(const Cast& cast, const Applicant& applicant, absl::CivilDay today);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_ORACLE_H_
