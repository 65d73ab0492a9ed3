// Bearer tokens: JSON Web Tokens signed RS256 or ES256 with a key of a JSON Web Key Set file.
#ifndef AMIKECO_COMMON_RPC_TOKEN_H_
#define AMIKECO_COMMON_RPC_TOKEN_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/actor.h"
#include "common/base/clock.h"

namespace amikeco {

class KeySet;

// Checks tokens and remembers those that were good until they expire, since a signature costs 35 to 100 us to
// check. The key set's file is looked at once a second at most; when it has changed it is read again, and
// nothing that was remembered counts any more. Thread safe.
class TokenVerifier {
 public:
  // FAILED_PRECONDITION when the key set's file cannot be used.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Create(const config::v1::IdentityConfig::Jwt& config,
                                                               const Clock& clock);
  ~TokenVerifier();

  // The actor that `token` names in its claims sub, organisation and roles. Roles that we do not know are
  // passed over. 60 s of leeway for clocks that differ. UNAUTHENTICATED (TOKEN_INVALID, TOKEN_EXPIRED).
  absl::StatusOr<Actor> Verify(absl::string_view token);

 private:
  struct Verified {
    Actor actor;
    absl::Time expires;
  };

  TokenVerifier(const config::v1::IdentityConfig::Jwt& config, const Clock& clock) : config_(config), clock_(clock) {}
  // Reads the key set's file when it is another than before. The keys stay as they were on an error.
  absl::Status ReadKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MaybeReadKeys() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remember(std::string digest, const Verified& verified) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Verified> VerifyAnew(absl::string_view token, const KeySet& keys) const;

  const config::v1::IdentityConfig::Jwt config_;
  const Clock& clock_;
  absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  absl::Time looked_ ABSL_GUARDED_BY(mutex_);  // real time
  std::string file_mark_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, Verified> verified_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_TOKEN_H_
