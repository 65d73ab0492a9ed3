#include "common/base/hash.h"

#include <openssl/sha.h>

namespace amikeco {

std::string Sha256(absl::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

uint64_t Fnv1a(absl::string_view name) {
  uint64_t hash = 14695981039346656037u;
  for (const char byte : name) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211u;
  return hash;
}

}  // namespace amikeco
