#include "common/rpc/testing/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace amikeco::testing {
namespace {

std::string Encoded(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

std::string NumberOf(const PrivateKey& key, const char* name, int size) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key.get(), name, &number);
  std::string bytes(size > 0 ? size : BN_num_bytes(number), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

std::string FromBio(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, size);
  BIO_free(bio);
  return pem;
}

// OpenSSL's structure as r and s, one behind the other.
std::string RawSignature(const std::string& der) {
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der.size()));
  std::string raw(64, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(parts), out, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(parts), out + 32, 32);
  ECDSA_SIG_free(parts);
  return raw;
}

void AddExtension(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate Make(const Certificate* authority, const std::string& common_name, const std::string& san) {
  Certificate made{"", MakeP256Key()};
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  static long serial = 1;
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
  X509* issuer = certificate;
  X509* parsed = nullptr;
  if (authority != nullptr) {
    BIO* bio = BIO_new_mem_buf(authority->pem.data(), static_cast<int>(authority->pem.size()));
    issuer = parsed = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
  } else {
    AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:TRUE");
  }
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  if (!san.empty()) AddExtension(certificate, issuer, NID_subject_alt_name, san);
  X509_sign(certificate, (authority != nullptr ? authority->key : made.key).get(), EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  made.pem = FromBio(bio);
  X509_free(certificate);
  X509_free(parsed);
  return made;
}

}  // namespace

PrivateKey MakeRsaKey(int bits) {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<size_t>(bits)), EVP_PKEY_free};
}
PrivateKey MakeP256Key() { return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free}; }

std::string PrivatePem(const PrivateKey& key) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return FromBio(bio);
}

std::string Jwk(const PrivateKey& key, const std::string& kid) {
  if (EVP_PKEY_is_a(key.get(), "RSA")) {
    return absl::StrCat(R"({"kty":"RSA","use":"sig","kid":")", kid, R"(","n":")",
                        Encoded(NumberOf(key, OSSL_PKEY_PARAM_RSA_N, 0)), R"(","e":")",
                        Encoded(NumberOf(key, OSSL_PKEY_PARAM_RSA_E, 0)), R"("})");
  }
  return absl::StrCat(R"({"kty":"EC","crv":"P-256","kid":")", kid, R"(","x":")",
                      Encoded(NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, 32)), R"(","y":")",
                      Encoded(NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32)), R"("})");
}

std::string Token(const PrivateKey& key, const std::string& algorithm, const std::string& kid,
                  const std::string& claims) {
  const std::string text = absl::StrCat(
      Encoded(absl::StrCat(R"({"typ":"JWT","alg":")", algorithm, R"(","kid":")", kid, R"("})")), ".", Encoded(claims));
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get());
  size_t size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  EVP_DigestSign(context, nullptr, &size, data, text.size());
  std::string signature(size, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size, data, text.size());
  signature.resize(size);
  EVP_MD_CTX_free(context);
  if (!EVP_PKEY_is_a(key.get(), "RSA")) signature = RawSignature(signature);
  return absl::StrCat(text, ".", Encoded(signature));
}

Certificate MakeAuthority() { return Make(nullptr, "Test authority", ""); }
Certificate MakeCertificate(const Certificate& authority, const std::string& common_name, const std::string& san) {
  return Make(&authority, common_name, san);
}

}  // namespace amikeco::testing
