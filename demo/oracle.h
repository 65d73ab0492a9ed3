// The oracle: where an officer's story must end, from the programme's rules and the script alone. It shares no code
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

// `today` is the first day of the demo, as given to MakeCast.
Ending Foretell(const Cast& cast, const Officer& officer, absl::CivilDay today);

}  // namespace amikeco::demo

#endif  // AMIKECO_DEMO_ORACLE_H_
