// Keys, certificates, key sets and tokens made on the spot, for tests.
#ifndef AMIKECO_COMMON_RPC_TESTING_KEYS_H_
#define AMIKECO_COMMON_RPC_TESTING_KEYS_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace amikeco::testing {

using PrivateKey = std::shared_ptr<evp_pkey_st>;

PrivateKey MakeRsaKey(int bits = 2048);
PrivateKey MakeP256Key();
std::string PrivatePem(const PrivateKey& key);

// The public half as a JSON Web Key with this kid.
std::string Jwk(const PrivateKey& key, const std::string& kid);
// A token with these claims (JSON), signed as its header's `algorithm` says: RS256 or ES256.
std::string Token(const PrivateKey& key, const std::string& algorithm, const std::string& kid,
                  const std::string& claims);

// A certificate with a subject alternative name such as "DNS:localhost" or "URI:spiffe://…" ("": none), good for a day,
// signed by `issuer_key`; an authority's own when `issuer` is empty.
struct Certificate {
  std::string pem;
  PrivateKey key;
};
Certificate MakeAuthority();
Certificate MakeCertificate(const Certificate& authority, const std::string& common_name, const std::string& san);

}  // namespace amikeco::testing

#endif  // AMIKECO_COMMON_RPC_TESTING_KEYS_H_
