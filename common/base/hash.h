// Hashes that stay what they are, in every version and on every machine.
#ifndef AMIKECO_COMMON_BASE_HASH_H_
#define AMIKECO_COMMON_BASE_HASH_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

// 32 bytes that name a text by its content.
std::string Sha256(absl::string_view text);

// A number for a name (FNV-1a); others may have the same.
uint64_t Fnv1a(absl::string_view name);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_HASH_H_
