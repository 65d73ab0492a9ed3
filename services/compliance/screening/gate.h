// Which listed names may be meant by somebody of a kind who was born on a day, before any name is read: a bit for each
// name. It shuts out nobody whose dates of birth do not contradict. Immutable; safe to share between threads.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_GATE_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_GATE_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/compliance/screening/lists.h"

namespace amikeco::screening {

using NameBits = std::vector<uint64_t>;  // bit n % 64 of word n / 64 is of name n

inline bool IsOpen(const NameBits& names, uint32_t number) { return (names[number / 64] >> (number % 64) & 1) != 0; }

class Gate {
 public:
  Gate() = default;
  // `entry_of`: the place in `entries` of each name's entry.
  Gate(const std::vector<Entry>& entries, const std::vector<uint32_t>& entry_of);

  // Makes `open` the names that may be meant.
  void Open(Kind kind, const std::optional<Birth>& birth, NameBits& open) const;
  // Nothing is known of when the bearer of this name was born.
  bool IsUndated(uint32_t name) const { return IsOpen(undated_, name); }

 private:
  using ByYear = absl::flat_hash_map<int, NameBits>;
  void AddBirth(const Birth& birth, uint32_t number);
  void Mark(ByYear& years, int first, int last, uint32_t number);
  void Admit(const ByYear& years, int year, NameBits& open) const;

  size_t words_ = 0;  // of each set of bits
  NameBits people_, organisations_;
  NameBits undated_;  // may be born whenever
  // For somebody of whom the day of birth is known, and for whom it is not.
  ByYear of_day_, of_year_;
  std::vector<std::pair<int, uint32_t>> days_;  // month and day, and a name: only the year may be a slip
};

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_GATE_H_
