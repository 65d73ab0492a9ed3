#include "common/base/chain.h"

#include "absl/strings/str_cat.h"
#include "common/base/hash.h"

namespace amikeco {

const std::string& FirstLink() {
  static const auto* const link = new std::string(32, '\0');
  return *link;
}

std::string LinkOf(absl::string_view previous, int64_t number, absl::string_view body) {
  std::string bytes(8, '\0');
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<uint64_t>(number) >> (56 - 8 * i));
  return Sha256(absl::StrCat(previous, bytes, body));
}

}  // namespace amikeco
