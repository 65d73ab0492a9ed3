// Identity: who calls, from a bearer token, a client certificate or, on a loopback address, the caller's
// word.
//
// A token that is sent must be valid and says who acts, also over mutual TLS: so a gateway passes the person
// on, not itself. Errors are UNAUTHENTICATED with a reason: NO_CREDENTIALS, TOKEN_INVALID, TOKEN_EXPIRED,
// CERTIFICATE_UNKNOWN.
#ifndef AMIKECO_COMMON_RPC_IDENTITY_H_
#define AMIKECO_COMMON_RPC_IDENTITY_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "amikeco/config/v1/config.pb.h"
#include "common/base/actor.h"
#include "common/base/clock.h"
#include "common/rpc/token.h"

namespace amikeco {

// A call's metadata: names in lower case. Points into what the call was received in.
using Metadata = std::vector<std::pair<absl::string_view, absl::string_view>>;
// The value of `name`, "" when there is none.
absl::string_view Find(const Metadata& metadata, absl::string_view name);

// The client at the other end of the connection, as TLS knows it.
struct Peer {
  // First SAN (DNS or URI), else the common name, of a client certificate that TLS has verified; "" without
  // one.
  std::string certificate_name;
};

// Metadata in which a caller says who it is when the config has insecure_loopback.
inline constexpr char kSubjectKey[] = "amikeco-subject";
inline constexpr char kOrganisationKey[] = "amikeco-organisation";
inline constexpr char kRolesKey[] = "amikeco-roles";  // "ROLE_COORDINATOR,ROLE_AUDITOR"

// Thread safe.
class Identifier {
 public:
  // FAILED_PRECONDITION when a role or the key set in the config is wrong, or no way to identify is
  // configured.
  static absl::StatusOr<std::unique_ptr<Identifier>> Create(const config::v1::IdentityConfig& config,
                                                            const Clock& clock);

  absl::StatusOr<Actor> Identify(const Metadata& metadata, const Peer& peer);

 private:
  Identifier() = default;

  std::map<std::string, Actor, std::less<>> certificates_;
  std::unique_ptr<TokenVerifier> tokens_;  // null: no tokens are accepted
  bool loopback_ = false;
};

// "ROLE_COORDINATOR" as a role; INVALID_ARGUMENT when there is no such role.
absl::StatusOr<Role> ParseRole(absl::string_view name);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_IDENTITY_H_
