#include "common/base/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

// A sealed text: format (1 byte), nonce, ciphertext, tag. The format names cipher and layout, so that both can change.
constexpr char kFormat = 1;
constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;
constexpr size_t kOverhead = 1 + kNonce + kTag;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)>;

unsigned char* Bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }
const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status Broken(absl::string_view why) { return Error(errors::kSealBroken, why); }
absl::Status NoCipher() { return absl::InternalError("OpenSSL refused AES-256-GCM or its random source."); }

absl::Status BadFile(const std::string& path, absl::string_view why) {
  return Error(errors::kBadKeyFile, absl::StrCat("The key file ", path, " ", why, "."), {{"path", path}});
}

bool Random(char* bytes, size_t size) { return RAND_bytes(Bytes(bytes), static_cast<int>(size)) == 1; }

// Starts the cipher and feeds it what is authenticated and not encrypted: the format and the context.
bool Start(EVP_CIPHER_CTX* cipher, const SecretKey& key, const char* nonce, absl::string_view context) {
  const int encrypt = EVP_CIPHER_CTX_is_encrypting(cipher);
  int size = 0;
  const auto format = static_cast<unsigned char>(kFormat);
  return EVP_CipherInit_ex(cipher, nullptr, nullptr, Bytes(key.bytes()), Bytes(absl::string_view(nonce, kNonce)),
                           encrypt) == 1 &&
         EVP_CipherUpdate(cipher, nullptr, &size, &format, 1) == 1 &&
         EVP_CipherUpdate(cipher, nullptr, &size, Bytes(context), static_cast<int>(context.size())) == 1;
}

Cipher NewCipher(bool encrypt) {
  Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  if (EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, nullptr, nullptr, encrypt ? 1 : 0) != 1) {
    cipher.reset();
  }
  return cipher;
}

}  // namespace

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

absl::StatusOr<SecretKey> SecretKey::Random() {
  SecretKey key;
  if (!amikeco::Random(key.bytes_.data(), kSize)) return NoCipher();
  return key;
}

absl::StatusOr<SecretKey> SecretKey::FromBytes(absl::string_view bytes) {
  if (bytes.size() != kSize) return absl::InvalidArgumentError("A key has 32 bytes.");
  SecretKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

absl::StatusOr<SecretKey> SecretKey::FromFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return BadFile(path, absl::StrCat("cannot be read: ", std::strerror(errno)));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const absl::string_view digits = absl::StripAsciiWhitespace(text);
  if (digits.size() != 2 * kSize) {
    return BadFile(path,
                   absl::StrCat("must hold 64 hexadecimal digits (32 bytes) and holds ", digits.size(), " characters"));
  }
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isxdigit)) {
    return BadFile(path, "must hold 64 hexadecimal digits (32 bytes) and holds other characters");
  }
  return FromBytes(absl::HexStringToBytes(digits));
}

absl::StatusOr<std::string> Seal(const SecretKey& key, absl::string_view plain, absl::string_view context) {
  std::string sealed(kOverhead + plain.size(), '\0');
  sealed[0] = kFormat;
  char* const nonce = &sealed[1];
  char* const text = nonce + kNonce;
  const Cipher cipher = NewCipher(true);
  int size = 0;
  if (!cipher || !Random(nonce, kNonce) || !Start(cipher.get(), key, nonce, context) ||
      EVP_CipherUpdate(cipher.get(), Bytes(text), &size, Bytes(plain), static_cast<int>(plain.size())) != 1 ||
      EVP_CipherFinal_ex(cipher.get(), Bytes(text) + size, &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, kTag, text + plain.size()) != 1) {
    return NoCipher();
  }
  return sealed;
}

std::string KeyedDigest(const SecretKey& key, absl::string_view text, absl::string_view context) {
  // No context has a zero byte.
  const std::string whole = absl::StrCat(context, absl::string_view("\0", 1), text);
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  HMAC(EVP_sha256(), key.bytes().data(), static_cast<int>(SecretKey::kSize), Bytes(whole), whole.size(),
       Bytes(digest.data()), nullptr);
  return digest;
}

absl::StatusOr<std::string> Unseal(const SecretKey& key, absl::string_view sealed, absl::string_view context) {
  if (sealed.size() < kOverhead || sealed[0] != kFormat) return Broken("This is not a sealed text of a known format.");
  const absl::string_view text = sealed.substr(1 + kNonce, sealed.size() - kOverhead);
  std::array<char, kTag> tag;
  std::copy(sealed.end() - kTag, sealed.end(), tag.begin());
  std::string plain(text.size(), '\0');
  const Cipher cipher = NewCipher(false);
  int size = 0;
  if (!cipher || !Start(cipher.get(), key, sealed.data() + 1, context) ||
      EVP_CipherUpdate(cipher.get(), Bytes(plain.data()), &size, Bytes(text), static_cast<int>(text.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag.data()) != 1) {
    return NoCipher();
  }
  if (EVP_CipherFinal_ex(cipher.get(), Bytes(plain.data()) + size, &size) != 1) {
    return Broken("The sealed text was changed, or it was sealed with another key or for another place.");
  }
  return plain;
}

}  // namespace amikeco
