#include "common/rpc/token.h"

#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/hash.h"
#include "common/base/identity_name.h"
#include "common/base/steady.h"
#include "common/config/textproto.h"
#include "common/observe/log.h"
#include "common/rpc/errors.h"
#include "common/rpc/keys.h"

namespace amikeco {
namespace {

using nlohmann::json;

constexpr absl::Duration kLeeway = absl::Seconds(60);
constexpr absl::Duration kLookAgain = absl::Seconds(1);
// A token is a few hundred bytes; who sends more than this sends something else.
constexpr size_t kLongestToken = 16 << 10;
constexpr size_t kMostRemembered = 10'000;

absl::Status Invalid(absl::string_view why) {
  return Error(errors::kTokenInvalid, absl::StrCat("The bearer token is refused: ", why, "."));
}

json ParsePart(absl::string_view part) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(part, &text)) return json();
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string Text(const json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

// The claim's time, `otherwise` when it is not there; an error when it is no number of seconds.
absl::StatusOr<absl::Time> TimeClaim(const json& claims, const char* name, absl::Time otherwise) {
  const auto at = claims.find(name);
  if (at == claims.end()) return otherwise;
  constexpr double kLatest = 253'402'300'799;  // the end of the year 9999
  if (!at->is_number() || at->get<double>() < 0 || at->get<double>() > kLatest) {
    return Invalid(absl::StrCat("its claim ", name, " is no time"));
  }
  return absl::UnixEpoch() + absl::Seconds(at->get<double>());
}

bool HasAudience(const json& claims, const std::string& audience) {
  const auto at = claims.find("aud");
  if (at == claims.end()) return false;
  if (at->is_string()) return at->get<std::string>() == audience;
  if (!at->is_array()) return false;
  return std::any_of(at->begin(), at->end(), [&](const json& one) { return one == audience; });
}

std::vector<Role> RolesClaim(const json& claims) {
  std::vector<Role> roles;
  const auto at = claims.find("roles");
  if (at == claims.end() || !at->is_array()) return roles;
  for (const json& name : *at) {
    Role role = options::v1::ROLE_UNSPECIFIED;
    if (name.is_string() && options::v1::Role_Parse(name.get<std::string>(), &role) &&
        role != options::v1::ROLE_UNSPECIFIED) {
      roles.push_back(role);
    }
  }
  return roles;
}

// Another when the file was written or replaced.
std::string FileMark(const std::string& path) {
  struct stat file;
  if (stat(path.c_str(), &file) != 0) return "";
  return absl::StrCat(file.st_ino, ".", file.st_size, ".", file.st_mtim.tv_sec, ".", file.st_mtim.tv_nsec);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Create(const config::v1::IdentityConfig::Jwt& config,
                                                                     const Clock& clock) {
  auto verifier = std::unique_ptr<TokenVerifier>(new TokenVerifier(config, clock));
  const absl::MutexLock lock(&verifier->mutex_);
  verifier->looked_ = SteadyNow();
  if (absl::Status status = verifier->ReadKeys(); !status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat("identity.jwt.jwks_file: ", status.message()));
  }
  return verifier;
}

TokenVerifier::~TokenVerifier() = default;

absl::Status TokenVerifier::ReadKeys() {
  const std::string mark = FileMark(config_.jwks_file());
  if (!mark.empty() && mark == file_mark_) return absl::OkStatus();
  file_mark_ = mark;
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(config_.jwks_file()));
  absl::StatusOr<KeySet> keys = KeySet::Parse(text);
  if (!keys.ok()) return absl::InvalidArgumentError(absl::StrCat(config_.jwks_file(), " ", keys.status().message()));
  keys_ = std::make_shared<const KeySet>(*std::move(keys));
  verified_.clear();  // a key that is gone must not live on in them
  return absl::OkStatus();
}

void TokenVerifier::MaybeReadKeys() {
  const absl::Time now = SteadyNow();
  if (now - looked_ < kLookAgain) return;
  looked_ = now;
  if (absl::Status status = ReadKeys(); !status.ok()) {
    LogWarning("The key set was not read; the keys read before stay.", {{"error", status.message()}});
  }
}

void TokenVerifier::Remember(std::string digest, const Verified& verified) {
  if (verified_.size() >= kMostRemembered) {
    const absl::Time now = clock_.Now();
    absl::erase_if(verified_, [&](const auto& entry) { return entry.second.expires <= now; });
    if (verified_.size() >= kMostRemembered) verified_.clear();
  }
  verified_.insert_or_assign(std::move(digest), verified);
}

absl::StatusOr<Actor> TokenVerifier::Verify(absl::string_view token) {
  if (token.size() > kLongestToken) return Invalid("it is too long");
  std::string digest = Sha256(token);
  std::shared_ptr<const KeySet> keys;
  {
    const absl::MutexLock lock(&mutex_);
    MaybeReadKeys();
    const auto at = verified_.find(digest);
    if (at != verified_.end() && clock_.Now() < at->second.expires) return at->second.actor;
    keys = keys_;
  }
  AMIKECO_ASSIGN_OR_RETURN(Verified verified, VerifyAnew(token, *keys));
  const absl::MutexLock lock(&mutex_);
  if (keys == keys_) Remember(std::move(digest), verified);
  return std::move(verified.actor);
}

absl::StatusOr<TokenVerifier::Verified> TokenVerifier::VerifyAnew(absl::string_view token, const KeySet& keys) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3) return Invalid("it is no signed JSON Web Token");
  const json header = ParsePart(parts[0]);
  std::string signature;
  if (!header.is_object() || !absl::WebSafeBase64Unescape(parts[2], &signature)) {
    return Invalid("it is no signed JSON Web Token");
  }
  if (header.contains("crit")) return Invalid("it asks for an extension that is not known here");
  const absl::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  const absl::Status signature_status = keys.Verify(Text(header, "kid"), Text(header, "alg"), signed_text, signature);
  if (!signature_status.ok()) return Invalid(signature_status.message());

  const json claims = ParsePart(parts[1]);
  if (!claims.is_object()) return Invalid("its claims are no JSON object");
  if (!claims.contains("exp")) return Invalid("its claim exp is missing");
  AMIKECO_ASSIGN_OR_RETURN(const absl::Time expires, TimeClaim(claims, "exp", absl::InfinitePast()));
  AMIKECO_ASSIGN_OR_RETURN(const absl::Time begins, TimeClaim(claims, "nbf", absl::InfinitePast()));
  const absl::Time now = clock_.Now();
  if (now >= expires + kLeeway) {
    return Error(errors::kTokenExpired,
                 absl::StrCat("The bearer token expired at ", absl::FormatTime(expires, absl::UTCTimeZone()), "."),
                 {{"expired", absl::FormatTime(expires, absl::UTCTimeZone())}});
  }
  if (now < begins - kLeeway) return Invalid("it is not valid yet");
  if (!config_.issuer().empty() && Text(claims, "iss") != config_.issuer()) return Invalid("its issuer is not trusted");
  if (!config_.audience().empty() && !HasAudience(claims, config_.audience()))
    return Invalid("it is for another audience");
  Verified verified{{Text(claims, "sub"), Text(claims, "organisation"), RolesClaim(claims)}, expires + kLeeway};
  const Actor& actor = verified.actor;
  if (actor.subject.empty()) return Invalid("its claim sub is missing");
  if (!IsIdentity(actor.subject)) return Invalid("its claim sub is no name");
  if (!actor.organisation.empty() && !IsIdentity(actor.organisation)) {
    return Invalid("its claim organisation is no name");
  }
  return verified;
}

}  // namespace amikeco
