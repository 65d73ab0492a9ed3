// Time zones of records, whose names were checked before they were kept.
#ifndef AMIKECO_COMMON_BASE_ZONES_H_
#define AMIKECO_COMMON_BASE_ZONES_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace amikeco {

// The zone by its IANA name; UTC when there is none of that name. What is read for the first time takes ParseTimeZone.
absl::TimeZone ZoneNamed(absl::string_view name);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_ZONES_H_
