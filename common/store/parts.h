// Texts put behind each other so that they can be taken apart again, whatever bytes they hold.
#ifndef AMIKECO_COMMON_STORE_PARTS_H_
#define AMIKECO_COMMON_STORE_PARTS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

inline void AppendPart(std::string& parts, absl::string_view part) {
  const auto size = static_cast<uint32_t>(part.size());
  for (int shift = 0; shift < 32; shift += 8) parts.push_back(static_cast<char>(size >> shift));
  parts.append(part.data(), part.size());
}

// Takes the first part off; false when there is none.
inline bool TakePart(absl::string_view& parts, std::string& part) {
  if (parts.size() < 4) return false;
  uint32_t size = 0;
  for (int i = 3; i >= 0; --i) size = size << 8 | static_cast<unsigned char>(parts[static_cast<size_t>(i)]);
  parts.remove_prefix(4);
  if (parts.size() < size) return false;
  part.assign(parts.data(), size);
  parts.remove_prefix(size);
  return true;
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_PARTS_H_
