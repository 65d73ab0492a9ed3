#include "common/rpc/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

using nlohmann::json;

template <auto free_function>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    free_function(pointer);
  }
};
template <typename T, auto free_function>
using Owned = std::unique_ptr<T, Free<free_function>>;

using Number = Owned<BIGNUM, BN_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using KeyContext = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr int kLeastRsaBits = 2048;
constexpr size_t kP256Bytes = 32;

// The text of `object[name]`; "" when it is not there or no text.
std::string Text(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

std::string Bytes(const json& object, const char* name) {
  std::string bytes;
  return absl::WebSafeBase64Unescape(Text(object, name), &bytes) ? bytes : "";
}

Number ToNumber(absl::string_view bytes) {
  return Number(
      BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr));
}

std::shared_ptr<EVP_PKEY> MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  return {key, EVP_PKEY_free};
}

std::shared_ptr<EVP_PKEY> RsaKey(const json& jwk) {
  const Number modulus = ToNumber(Bytes(jwk, "n"));
  const Number exponent = ToNumber(Bytes(jwk, "e"));
  const Builder builder(OSSL_PARAM_BLD_new());
  if (BN_num_bits(modulus.get()) < kLeastRsaBits || BN_is_zero(exponent.get())) return nullptr;
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return MakeKey("RSA", builder.get());
}

std::shared_ptr<EVP_PKEY> P256Key(const json& jwk) {
  const std::string x = Bytes(jwk, "x");
  const std::string y = Bytes(jwk, "y");
  if (Text(jwk, "crv") != "P-256" || x.size() != kP256Bytes || y.size() != kP256Bytes) return nullptr;
  const std::string point = absl::StrCat("\x04", x, y);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return MakeKey("EC", builder.get());
}

// r and s, one behind the other, as the structure that OpenSSL wants; "" when they are not that.
std::string ToDer(absl::string_view signature) {
  if (signature.size() != 2 * kP256Bytes) return "";
  const Owned<ECDSA_SIG, ECDSA_SIG_free> parts(ECDSA_SIG_new());
  ECDSA_SIG_set0(parts.get(), ToNumber(signature.substr(0, kP256Bytes)).release(),
                 ToNumber(signature.substr(kP256Bytes)).release());
  std::string der(i2d_ECDSA_SIG(parts.get(), nullptr), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(parts.get(), &out);
  return der;
}

bool IsGood(EVP_PKEY* key, absl::string_view text, absl::string_view signature) {
  const Digest digest(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view text) {
  const json set = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!set.is_object() || !set.contains("keys") || !set["keys"].is_array()) {
    return absl::InvalidArgumentError("is no JSON Web Key Set: {\"keys\": [...]}");
  }
  KeySet keys;
  for (const json& jwk : set["keys"]) {
    if (!jwk.is_object() || (jwk.contains("use") && Text(jwk, "use") != "sig")) continue;
    const std::string type = Text(jwk, "kty");
    Key key{type == "RSA" ? RsaKey(jwk) : type == "EC" ? P256Key(jwk) : nullptr, type == "RSA" ? "RS256" : "ES256"};
    const std::string algorithm = Text(jwk, "alg");
    if (key.key == nullptr || (!algorithm.empty() && algorithm != key.algorithm)) continue;
    keys.keys_.insert_or_assign(Text(jwk, "kid"), std::move(key));
  }
  if (keys.keys_.empty()) {
    return absl::InvalidArgumentError("holds no key for RS256 (RSA, 2,048 bits or more) or ES256 (P-256)");
  }
  return keys;
}

absl::Status KeySet::Verify(absl::string_view key_id, absl::string_view algorithm, absl::string_view signed_text,
                            absl::string_view signature) const {
  const bool only_one = key_id.empty() && keys_.size() == 1;
  const auto at = only_one ? keys_.begin() : keys_.find(key_id);
  if (at == keys_.end()) return absl::NotFoundError("its key is not in the key set");
  if (algorithm != at->second.algorithm) return absl::InvalidArgumentError("its algorithm is not its key's");
  const std::string der = algorithm == "ES256" ? ToDer(signature) : std::string(signature);
  if (der.empty() || !IsGood(at->second.key.get(), signed_text, der)) {
    return absl::InvalidArgumentError("its signature is wrong");
  }
  return absl::OkStatus();
}

}  // namespace amikeco
