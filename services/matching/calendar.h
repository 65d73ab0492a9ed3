// Seats by day: windows with capacities, seats that are taken, and where a stay of some days fits in.
//
// Days are numbers here, so that a directory of tens of thousands of hosts is judged without touching a date. Pure.
#ifndef AMIKECO_SERVICES_MATCHING_CALENDAR_H_
#define AMIKECO_SERVICES_MATCHING_CALENDAR_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "google/type/date.pb.h"

namespace amikeco::matching {

// Days since 1970-01-01.
using DayNumber = int32_t;
DayNumber ToNumber(absl::CivilDay day);
DayNumber ToNumber(const google::type::Date& date);
absl::CivilDay FromNumber(DayNumber day);

// Days with this many seats, both ends included.
struct Window {
  DayNumber first = 0;
  DayNumber last = 0;
  int32_t capacity = 0;
};

// Seats that are not free. They yield to stays of a tier better (lower) than `yields_above`; kNever: they do not.
struct Taken {
  static constexpr int32_t kNever = -1;
  DayNumber first = 0;
  DayNumber last = 0;
  int32_t yields_above = kNever;
  int32_t seats = 1;

  bool StandsAgainst(int32_t tier) const { return !(yields_above > tier); }
};

// A stay of `length` days within [first, last], for so many at once.
struct StaySought {
  DayNumber first = 0;
  DayNumber last = 0;
  int32_t length = 1;
  int32_t tier = 0;
  int32_t seats = 1;
};

// The first day on which the stay can begin so that every one of its days lies in a window with seats left. Windows
// are in order and do not overlap.
std::optional<DayNumber> EarliestStart(absl::Span<const Window> windows, absl::Span<const Taken> taken,
                                       const StaySought& stay);
// True when the windows, whatever their capacity, hold the stay somewhere.
bool WindowsHold(absl::Span<const Window> windows, const StaySought& stay);

// Consecutive days of the windows on which capacity and the number of seats taken are the same.
struct Stretch {
  DayNumber first = 0;
  DayNumber last = 0;
  int32_t capacity = 0;
  int32_t booked = 0;
};
std::vector<Stretch> Profile(absl::Span<const Window> windows, absl::Span<const Taken> taken);

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_CALENDAR_H_
