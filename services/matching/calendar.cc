#include "services/matching/calendar.h"

#include <algorithm>

#include "common/base/dates.h"

namespace amikeco::matching {
namespace {

// The days from `day` on with the same capacity and the same seats taken, seen by a stay of `tier`.
Stretch StretchAt(const Window& window, absl::Span<const Taken> taken, DayNumber day, int32_t tier) {
  Stretch stretch{day, window.last, window.capacity, 0};
  for (const Taken& seat : taken) {
    if (!seat.StandsAgainst(tier)) continue;
    if (seat.first <= day && day <= seat.last) {
      stretch.booked += seat.seats;
      stretch.last = std::min(stretch.last, seat.last);
    } else if (seat.first > day) {
      stretch.last = std::min(stretch.last, seat.first - 1);
    }
  }
  return stretch;
}

// Pushes the start behind every obstacle until none lies in the stay. `blocked` says whether a day's stretch is one.
template <typename Blocked>
std::optional<DayNumber> FirstFit(absl::Span<const Window> windows, absl::Span<const Taken> taken,
                                  const StaySought& stay, Blocked blocked) {
  DayNumber start = stay.first;
  DayNumber day = start;
  for (const Window& window : windows) {
    if (window.last < day) continue;
    if (day < window.first) start = day = window.first;  // a gap before this window
    while (day <= window.last) {
      if (start + stay.length - 1 > stay.last) return std::nullopt;
      const Stretch stretch = StretchAt(window, taken, day, stay.tier);
      day = stretch.last + 1;
      if (blocked(stretch)) {
        start = day;
      } else if (day >= start + stay.length) {
        return start;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

DayNumber ToNumber(absl::CivilDay day) { return static_cast<DayNumber>(day - absl::CivilDay(1970, 1, 1)); }
DayNumber ToNumber(const google::type::Date& date) { return ToNumber(ToDay(date)); }
absl::CivilDay FromNumber(DayNumber day) { return absl::CivilDay(1970, 1, 1) + day; }

std::optional<DayNumber> EarliestStart(absl::Span<const Window> windows, absl::Span<const Taken> taken,
                                       const StaySought& stay) {
  return FirstFit(windows, taken, stay,
                  [&](const Stretch& stretch) { return stretch.booked + stay.seats > stretch.capacity; });
}

bool WindowsHold(absl::Span<const Window> windows, const StaySought& stay) {
  return FirstFit(windows, {}, stay, [](const Stretch&) { return false; }).has_value();
}

std::vector<Stretch> Profile(absl::Span<const Window> windows, absl::Span<const Taken> taken) {
  constexpr int32_t kNobody = INT32_MAX;  // no tier is worse, so that every seat stands
  std::vector<Stretch> profile;
  for (const Window& window : windows) {
    for (DayNumber day = window.first; day <= window.last; day = profile.back().last + 1) {
      profile.push_back(StretchAt(window, taken, day, kNobody));
    }
  }
  return profile;
}

}  // namespace amikeco::matching
