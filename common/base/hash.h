// Sha256: names a text by its content.
#ifndef AMIKECO_COMMON_BASE_HASH_H_
#define AMIKECO_COMMON_BASE_HASH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

// The 32 bytes of the digest.
std::string Sha256(absl::string_view text);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_HASH_H_
