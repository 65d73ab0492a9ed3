// Sealing: authenticated encryption of short texts (AES-256-GCM), for what must not be readable on disk.
#ifndef AMIKECO_COMMON_BASE_SEAL_H_
#define AMIKECO_COMMON_BASE_SEAL_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"

namespace amikeco {

namespace errors {
inline constexpr ErrorName kBadKeyFile{
    absl::StatusCode::kInvalidArgument, kDomain, "BAD_KEY_FILE",
    "Make a key with `openssl rand -hex 32`, keep it where only the service reads it, and name the file."};
inline constexpr ErrorName kSealBroken{
    absl::StatusCode::kDataLoss, kDomain, "SEAL_BROKEN",
    "What is stored was changed, or the key is another one; the operator looks for the right key, or restores."};
}  // namespace errors

// 256 bits that are wiped from memory at the end.
class SecretKey {
 public:
  static constexpr size_t kSize = 32;

  // A fresh one, from the operating system's random source.
  static absl::StatusOr<SecretKey> Random();
  // INVALID_ARGUMENT unless `bytes` are kSize.
  static absl::StatusOr<SecretKey> FromBytes(absl::string_view bytes);
  // From a file of 64 hexadecimal digits, with white space around them at most. INVALID_ARGUMENT (BAD_KEY_FILE) when it
  // cannot be read or holds anything else; the message never repeats what it holds.
  static absl::StatusOr<SecretKey> FromFile(const std::string& path);

  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  absl::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

 private:
  SecretKey() = default;

  std::array<char, kSize> bytes_{};
};

// Encrypts `plain`. `context` is not stored, but must be the same to open: it binds the text to its place. Sealing the
// same twice gives different texts. One key may seal some 2^32 texts.
absl::StatusOr<std::string> Seal(const SecretKey& key, absl::string_view plain, absl::string_view context);
// 32 bytes (HMAC-SHA256) that are the same for the same text and say nothing about it without the key. `context` keeps
// digests of different kinds apart.
std::string KeyedDigest(const SecretKey& key, absl::string_view text, absl::string_view context);
// DATA_LOSS (SEAL_BROKEN) unless `sealed` was made by Seal with this key and context, and is unchanged.
absl::StatusOr<std::string> Unseal(const SecretKey& key, absl::string_view sealed, absl::string_view context);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_SEAL_H_
