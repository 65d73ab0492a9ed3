// Public keys of a JSON Web Key Set (RFC 7517), and signatures checked with them.
#ifndef AMIKECO_COMMON_RPC_KEYS_H_
#define AMIKECO_COMMON_RPC_KEYS_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct evp_pkey_st;

namespace amikeco {

// Immutable, hence thread safe.
class KeySet {
 public:
  // Takes RSA keys of at least 2,048 bits (for RS256) and P-256 keys (for ES256); keys for other uses are
  // passed over. INVALID_ARGUMENT when the text is no key set or nothing in it can be used.
  static absl::StatusOr<KeySet> Parse(absl::string_view json);

  // OK when `signature` (raw, as in the token) of `signed_text` was made with the key `key_id` by
  // `algorithm`. An empty key_id is enough for a set of one key. The key decides which algorithm is right,
  // never the token.
  absl::Status Verify(absl::string_view key_id, absl::string_view algorithm, absl::string_view signed_text,
                      absl::string_view signature) const;

 private:
  struct Key {
    std::shared_ptr<evp_pkey_st> key;
    std::string algorithm;
  };
  std::map<std::string, Key, std::less<>> keys_;
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_KEYS_H_
