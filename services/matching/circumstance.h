// What a decision of this service knows besides the record and the command.
#ifndef AMIKECO_SERVICES_MATCHING_CIRCUMSTANCE_H_
#define AMIKECO_SERVICES_MATCHING_CIRCUMSTANCE_H_

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "amikeco/programme/v1/programme.pb.h"
#include "common/base/actor.h"

namespace amikeco::matching {

struct Circumstance {
  absl::Time now;
  Actor actor;
};

// A programme's rules for matching, the zone in which its days begin, and whose coordinators own its cases.
struct Rules {
  programme::v1::MatchingRules matching;
  absl::TimeZone zone;
  std::string operator_organisation;

  absl::CivilDay Today(absl::Time now) const { return absl::ToCivilDay(now, zone); }
  absl::Time BeginOf(absl::CivilDay day) const { return absl::FromCivil(day, zone); }
};

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_CIRCUMSTANCE_H_
