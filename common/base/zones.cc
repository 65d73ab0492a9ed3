#include "common/base/zones.h"

namespace amikeco {

absl::TimeZone ZoneNamed(absl::string_view name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone) ? zone : absl::UTCTimeZone();
}

}  // namespace amikeco
