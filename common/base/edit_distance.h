// How far two texts are apart, for finding what was meant by what was mistyped.
#ifndef AMIKECO_COMMON_BASE_EDIT_DISTANCE_H_
#define AMIKECO_COMMON_BASE_EDIT_DISTANCE_H_

#include <cstddef>
#include <limits>

#include "absl/strings/string_view.h"

namespace amikeco {

// The fewest insertions, deletions, substitutions and swaps of neighbouring bytes that make one of the other, no byte
// being touched twice (optimal string alignment). Gives up early, with a greater number, when they are more than
// `most`.
size_t EditDistance(absl::string_view a, absl::string_view b, size_t most = std::numeric_limits<size_t>::max());

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_EDIT_DISTANCE_H_
