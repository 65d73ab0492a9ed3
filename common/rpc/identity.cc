#include "common/rpc/identity.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/identity_name.h"
#include "common/rpc/errors.h"

namespace amikeco {
namespace {

// The token of "Bearer <token>"; the scheme's name may be in any case (RFC 9110). "" when it is none.
absl::string_view BearerToken(absl::string_view authorization) {
  if (!absl::StartsWithIgnoreCase(authorization, "bearer ")) return "";
  return absl::StripAsciiWhitespace(authorization.substr(7));
}

absl::StatusOr<Actor> FromMetadata(const Metadata& metadata) {
  Actor actor{std::string(Find(metadata, kSubjectKey)), std::string(Find(metadata, kOrganisationKey)), {}};
  for (const auto& [key, name] :
       {std::pair(+kSubjectKey, &actor.subject), std::pair(+kOrganisationKey, &actor.organisation)}) {
    if (!name->empty() && !IsIdentity(*name)) return Error(errors::kNoCredentials, absl::StrCat(key, " is no name."));
  }
  for (const absl::string_view name : absl::StrSplit(Find(metadata, kRolesKey), ',', absl::SkipWhitespace())) {
    const auto role = ParseRole(absl::StripAsciiWhitespace(name));
    if (!role.ok()) return Error(errors::kNoCredentials, absl::StrCat(kRolesKey, ": ", role.status().message()));
    actor.roles.push_back(*role);
  }
  return actor;
}

absl::StatusOr<Actor> FromConfig(const config::v1::IdentityConfig::MtlsName& entry) {
  Actor actor{entry.subject().empty() ? entry.name() : entry.subject(), entry.organisation(), {}};
  for (const std::string& name : entry.roles()) {
    const auto role = ParseRole(name);
    if (!role.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("identity.mtls_names ", entry.name(), ": ", role.status().message()));
    }
    actor.roles.push_back(*role);
  }
  return actor;
}

}  // namespace

absl::string_view Find(const Metadata& metadata, absl::string_view name) {
  for (const auto& [key, value] : metadata) {
    if (key == name) return value;
  }
  return "";
}

absl::StatusOr<Role> ParseRole(absl::string_view name) {
  Role role = options::v1::ROLE_UNSPECIFIED;
  if (!options::v1::Role_Parse(std::string(name), &role) || role == options::v1::ROLE_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        absl::StrCat(IsIdentity(name) ? name : "that", " is no role; one is for instance ROLE_COORDINATOR"));
  }
  return role;
}

absl::StatusOr<std::unique_ptr<Identifier>> Identifier::Create(const config::v1::IdentityConfig& config,
                                                               const Clock& clock) {
  auto identifier = std::unique_ptr<Identifier>(new Identifier);
  for (const auto& entry : config.mtls_names()) {
    if (entry.name().empty()) return absl::FailedPreconditionError("identity.mtls_names: an entry has no name");
    AMIKECO_ASSIGN_OR_RETURN(Actor actor, FromConfig(entry));
    if (!identifier->certificates_.emplace(entry.name(), std::move(actor)).second) {
      return absl::FailedPreconditionError(absl::StrCat("identity.mtls_names: ", entry.name(), " is there twice"));
    }
  }
  if (config.has_jwt()) {
    AMIKECO_ASSIGN_OR_RETURN(identifier->tokens_, TokenVerifier::Create(config.jwt(), clock));
  }
  identifier->loopback_ = config.insecure_loopback();
  if (identifier->certificates_.empty() && identifier->tokens_ == nullptr && !identifier->loopback_) {
    return absl::FailedPreconditionError("identity: set mtls_names, jwt or, for a demo, insecure_loopback");
  }
  return identifier;
}

absl::StatusOr<Actor> Identifier::Identify(const Metadata& metadata, const Peer& peer) {
  if (const absl::string_view authorization = Find(metadata, "authorization"); !authorization.empty()) {
    const absl::string_view token = BearerToken(authorization);
    if (token.empty())
      return Error(errors::kTokenInvalid, "The authorization metadata is not of the form Bearer <token>.");
    if (tokens_ == nullptr) return Error(errors::kTokenInvalid, "This service takes no bearer tokens.");
    return tokens_->Verify(token);
  }
  const std::string& name = peer.certificate_name;
  if (const auto at = certificates_.find(name); at != certificates_.end()) return at->second;
  if (loopback_ && !Find(metadata, kSubjectKey).empty()) return FromMetadata(metadata);
  if (IsIdentity(name)) {
    return Error(errors::kUnknownCertificate,
                 absl::StrCat("The client certificate's name ", name, " is not known here."), {{"name", name}});
  }
  if (!name.empty()) return Error(errors::kUnknownCertificate, "The client certificate's name is no name.");
  return Error(errors::kNoCredentials,
               loopback_ ? "The call names nobody: send amikeco-subject, amikeco-organisation and amikeco-roles."
                         : "The call brings no credentials.");
}

}  // namespace amikeco
