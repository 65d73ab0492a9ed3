// Who calls: a token with these claims, which is signed here; one with this header and signature, which is not; and, on
// a loopback address, the subject, the organisation and the roles that a caller names.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/identity_name.h"
#include "common/base/status.h"
#include "common/rpc/identity.h"
#include "common/rpc/testing/keys.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

// A service that trusts one key, at a time that stands still.
struct Door {
  Door() {
    const std::string keys = absl::StrCat("{\"keys\":[", testing::Jwk(key, "k"), "]}");
    config::v1::IdentityConfig config;
    config.mutable_jwt()->set_jwks_file(FileWith(keys));
    config.mutable_jwt()->set_audience("amikeco");
    config.set_insecure_loopback(true);
    auto made = Identifier::Create(config, clock);
    Require(made.ok(), made.status().ToString());
    identifier = *std::move(made);
  }

  const testing::PrivateKey key = testing::MakeP256Key();
  const AdjustableClock clock = AdjustableClock::Frozen(absl::FromUnixSeconds(1'800'000'000));
  std::unique_ptr<Identifier> identifier;
};

void RequireActor(const absl::StatusOr<Actor>& actor) {
  if (!actor.ok()) {
    RequireRefusal(actor.status(), absl::StatusCode::kUnauthenticated);
    Require(!ReasonOf(actor.status()).empty(), "a refusal has its reason");
    return Require(IsUtf8(actor.status().message()), "and can be told");
  }
  Require(IsIdentity(actor->subject), "a subject can be kept");
  Require(actor->organisation.empty() || IsIdentity(actor->organisation), "and an organisation");
  Require(IsUtf8(actor->subject) && IsUtf8(actor->organisation), "both are text");
  Require(!actor->Has(options::v1::ROLE_UNSPECIFIED), "roles are some that there are");
}

}  // namespace

void Try(absl::string_view input) {
  static auto& door = *new Door;
  const auto [claims, header, signature, subject, organisation, roles] = Parts<6>(input);
  const auto bearer = [&](const std::string& token) {
    return door.identifier->Identify({{"authorization", absl::StrCat("Bearer ", token)}}, {});
  };
  const std::string token = testing::Token(door.key, "ES256", "k", std::string(claims));
  const auto actor = bearer(token);
  RequireActor(actor);
  const auto again = bearer(token);  // remembered
  Require(again.ok() == actor.ok() && (!again.ok() || again->subject == actor->subject), "the same one each time");
  const auto unsigned_token =
      bearer(absl::StrCat(absl::WebSafeBase64Escape(header), ".", absl::WebSafeBase64Escape(claims), ".",
                          absl::WebSafeBase64Escape(signature)));
  Require(!unsigned_token.ok(), "nobody signs without the private key");
  RequireActor(unsigned_token);
  RequireActor(bearer(std::string(claims)));
  RequireActor(door.identifier->Identify(
      {{"amikeco-subject", subject}, {"amikeco-organisation", organisation}, {"amikeco-roles", roles}}, {}));
  RequireActor(door.identifier->Identify({}, {std::string(subject)}));
}
}  // namespace amikeco::fuzz
