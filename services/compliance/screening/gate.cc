#include "services/compliance/screening/gate.h"

#include <algorithm>

namespace amikeco::screening {
namespace {

constexpr int kLongSpan = 30;  // years; of such a one nothing is known
constexpr int kAbout = 2;      // years that "about" allows
constexpr int kNear = 1;       // years that may be a slip where no day is known

int DayOf(const Birth& birth) { return birth.month * 32 + birth.day; }

void Set(NameBits& names, uint32_t number) { names[number / 64] |= uint64_t{1} << (number % 64); }

}  // namespace

Gate::Gate(const std::vector<Entry>& entries, const std::vector<uint32_t>& entry_of)
    : words_((entry_of.size() + 63) / 64), people_(words_), organisations_(words_), undated_(words_) {
  for (uint32_t number = 0; number < entry_of.size(); ++number) {
    const Entry& entry = entries[entry_of[number]];
    if (!IsOrganisation(entry.kind)) Set(people_, number);
    if (entry.kind != Kind::kPerson) Set(organisations_, number);
    if (entry.births.empty()) Set(undated_, number);
    for (const Birth& birth : entry.births) AddBirth(birth, number);
  }
  std::sort(days_.begin(), days_.end());
}

void Gate::AddBirth(const Birth& birth, uint32_t number) {
  if (birth.last_year - birth.first_year > kLongSpan) return Set(undated_, number);
  const int slack = birth.circa ? kAbout : kNear;
  Mark(of_year_, birth.first_year - slack, birth.last_year + slack, number);
  if (IsDay(birth)) {
    Mark(of_day_, birth.first_year, birth.first_year, number);
    days_.emplace_back(DayOf(birth), number);
  } else {
    Mark(of_day_, birth.first_year - slack, birth.last_year + slack, number);
  }
}

void Gate::Mark(ByYear& years, int first, int last, uint32_t number) {
  for (int year = first; year <= last; ++year) {
    NameBits& names = years[year];
    names.resize(words_);
    Set(names, number);
  }
}

void Gate::Admit(const ByYear& years, int year, NameBits& open) const {
  const auto found = years.find(year);
  if (found == years.end()) return;
  for (size_t i = 0; i < words_; ++i) open[i] |= found->second[i];
}

void Gate::Open(Kind kind, const std::optional<Birth>& birth, NameBits& open) const {
  const bool any = !birth.has_value() || birth->last_year - birth->first_year > kLongSpan;
  if (any) {
    open.assign(words_, ~uint64_t{0});
  } else {
    open = undated_;
    if (IsDay(*birth)) {
      Admit(of_day_, birth->first_year, open);
      const auto [first, last] = std::equal_range(days_.begin(), days_.end(), std::pair(DayOf(*birth), uint32_t{0}),
                                                  [](const auto& a, const auto& b) { return a.first < b.first; });
      for (auto day = first; day != last; ++day) Set(open, day->second);
    } else {
      const int slack = birth->circa ? kAbout : 0;
      for (int year = birth->first_year - slack; year <= birth->last_year + slack; ++year) Admit(of_year_, year, open);
    }
  }
  if (kind == Kind::kUnknown) return;
  const NameBits& of_kind = IsOrganisation(kind) ? organisations_ : people_;
  for (size_t i = 0; i < words_; ++i) open[i] &= of_kind[i];
}

}  // namespace amikeco::screening
