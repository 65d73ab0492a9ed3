#include "common/base/zones.h"

#include "common/base/dates.h"

namespace amikeco {

absl::TimeZone ZoneNamed(absl::string_view name) { return ParseTimeZone(name).value_or(absl::UTCTimeZone()); }

}  // namespace amikeco
