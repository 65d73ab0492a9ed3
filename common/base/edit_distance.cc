#include "common/base/edit_distance.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace amikeco {

size_t EditDistance(absl::string_view a, absl::string_view b, size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) return most + 1;
  // row[j] is the distance of b[0, j) from the first i bytes of a; `before` has it for i - 1 bytes, `earlier` for i
  // - 2.
  const size_t size = b.size() + 1;
  absl::InlinedVector<size_t, 128> cells(3 * size);
  size_t* row = cells.data();
  size_t* before = row + size;
  size_t* earlier = before + size;
  std::iota(row, row + size, 0);
  size_t least_before = 0;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(earlier, before);
    std::swap(before, row);
    row[0] = i;
    size_t least = i;
    for (size_t j = 1; j < size; ++j) {
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], earlier[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (std::min(least, least_before) > most) return most + 1;
    least_before = least;
  }
  return row[size - 1];
}

}  // namespace amikeco
