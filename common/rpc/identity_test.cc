#include "common/rpc/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "common/config/textproto.h"
#include "common/rpc/testing/keys.h"

namespace amikeco::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() {
    WriteKeys(absl::StrCat(Jwk(RsaKey(), "rsa-1"), ",", Jwk(EcKey(), "ec-1")));
    auto* jwt = config_.mutable_jwt();
    jwt->set_jwks_file(path_);
    jwt->set_issuer("https://login.ipa.example");
    jwt->set_audience("amikeco");
  }
  ~TokenTest() override { std::filesystem::remove(path_); }

  // Generating an RSA key takes a while, so one does for all tests.
  static const PrivateKey& RsaKey() {
    static const auto* const key = new PrivateKey(MakeRsaKey());
    return *key;
  }
  static const PrivateKey& EcKey() {
    static const auto* const key = new PrivateKey(MakeP256Key());
    return *key;
  }

  void WriteKeys(const std::string& keys) {
    ASSERT_TRUE(WriteFileAtomically(path_, absl::StrCat("{\"keys\":[", keys, "]}")).ok());
  }

  static std::string Claims(absl::Duration expires_in = absl::Minutes(5), const std::string& more = "") {
    return absl::StrCat(
        R"({"sub":"people/K-17","organisation":"sections/DE","roles":["ROLE_COORDINATOR","ROLE_OF_TOMORROW"],)",
        R"("iss":"https://login.ipa.example","aud":["other","amikeco"],"exp":)",
        absl::ToUnixSeconds(absl::Now() + expires_in), more, "}");
  }

  absl::StatusOr<Actor> Identify(const std::string& token) {
    if (identifier_ == nullptr) {
      auto made = Identifier::Create(config_, clock_);
      if (!made.ok()) return made.status();
      identifier_ = *std::move(made);
    }
    const std::string authorization = absl::StrCat("Bearer ", token);
    return identifier_->Identify({{"authorization", authorization}}, {});
  }

  std::string ReasonFor(const std::string& token) {
    const auto actor = Identify(token);
    EXPECT_FALSE(actor.ok());
    EXPECT_EQ(actor.status().code(), absl::StatusCode::kUnauthenticated) << actor.status();
    return absl::StrCat(ReasonOf(actor.status()), ": ", actor.status().message());
  }

  const std::string path_ = absl::StrCat(::testing::TempDir(), "jwks-", getpid(), ".json");
  config::v1::IdentityConfig config_;
  AdjustableClock clock_;
  std::unique_ptr<Identifier> identifier_;
};

TEST_F(TokenTest, SignedWithAnRsaOrP256KeyNamesTheActor) {
  for (const auto& token : {Token(RsaKey(), "RS256", "rsa-1", Claims()), Token(EcKey(), "ES256", "ec-1", Claims())}) {
    const auto actor = Identify(token);
    ASSERT_TRUE(actor.ok()) << actor.status();
    EXPECT_EQ(actor->subject, "people/K-17");
    EXPECT_EQ(actor->organisation, "sections/DE");
    EXPECT_THAT(actor->roles, ElementsAre(options::v1::ROLE_COORDINATOR)) << "roles that we do not know grant nothing";
    EXPECT_TRUE(Identify(token).ok()) << "also when it is remembered";
  }
}

TEST_F(TokenTest, WithAWrongSignatureIsInvalid) {
  std::string token = Token(RsaKey(), "RS256", "rsa-1", Claims());
  const PrivateKey other = MakeRsaKey();
  EXPECT_THAT(ReasonFor(Token(other, "RS256", "rsa-1", Claims())), HasSubstr("TOKEN_INVALID"));
  EXPECT_THAT(ReasonFor(Token(MakeP256Key(), "ES256", "ec-1", Claims())), HasSubstr("signature is wrong"));
  token[token.find('.') + 5] ^= 1;
  EXPECT_THAT(ReasonFor(token), HasSubstr("TOKEN_INVALID"));
}

TEST_F(TokenTest, IsNotRememberedUnderAnothersSignature) {
  const std::string good = Token(RsaKey(), "RS256", "rsa-1", Claims());
  ASSERT_TRUE(Identify(good).ok());
  EXPECT_THAT(ReasonFor(absl::StrCat(good.substr(0, good.rfind('.') + 1), "AAAA")), HasSubstr("signature"));
}

TEST_F(TokenTest, MayNotChooseItsAlgorithm) {
  EXPECT_THAT(ReasonFor(Token(EcKey(), "RS256", "ec-1", Claims())), HasSubstr("algorithm is not its key's"));
  EXPECT_THAT(ReasonFor(Token(RsaKey(), "HS256", "rsa-1", Claims())), HasSubstr("algorithm is not its key's"));
  const std::string unsigned_token = absl::StrCat(absl::WebSafeBase64Escape(R"({"alg":"none","kid":"rsa-1"})"), ".",
                                                  absl::WebSafeBase64Escape(Claims()), ".");
  EXPECT_THAT(ReasonFor(unsigned_token), HasSubstr("algorithm is not its key's"));
}

TEST_F(TokenTest, OfAnUnknownKeyIsInvalid) {
  EXPECT_THAT(ReasonFor(Token(RsaKey(), "RS256", "rsa-2", Claims())), HasSubstr("not in the key set"));
  EXPECT_THAT(ReasonFor(Token(RsaKey(), "RS256", "", Claims())), HasSubstr("not in the key set"));
}

TEST_F(TokenTest, ExpiresAMinuteAfterItsTimeAlsoWhenItIsRemembered) {
  const std::string token = Token(RsaKey(), "RS256", "rsa-1", Claims(absl::Minutes(5)));
  clock_.Advance(absl::Minutes(5) + absl::Seconds(50));
  EXPECT_TRUE(Identify(token).ok());
  clock_.Advance(absl::Seconds(20));
  EXPECT_THAT(ReasonFor(token), HasSubstr("TOKEN_EXPIRED"));
}

TEST_F(TokenTest, MustHoldTheClaimsThatTheConfigAsksFor) {
  const auto with = [&](const std::string& from, const std::string& to) {
    return Token(RsaKey(), "RS256", "rsa-1", absl::StrReplaceAll(Claims(), {{from, to}}));
  };
  EXPECT_THAT(ReasonFor(with("login.ipa", "login.evil")), HasSubstr("issuer"));
  EXPECT_THAT(ReasonFor(with("\"amikeco\"", "\"amikecoj\"")), HasSubstr("audience"));
  EXPECT_THAT(ReasonFor(with("\"exp\"", "\"expires\"")), HasSubstr("exp is missing"));
  EXPECT_THAT(ReasonFor(with("\"sub\"", "\"name\"")), HasSubstr("sub is missing"));
  EXPECT_THAT(ReasonFor(Token(RsaKey(), "RS256", "rsa-1",
                              Claims(absl::Minutes(5),
                                     absl::StrCat(",\"nbf\":", absl::ToUnixSeconds(absl::Now() + absl::Minutes(2)))))),
              HasSubstr("not valid yet"));
  EXPECT_TRUE(Identify(Token(RsaKey(), "RS256", "rsa-1",
                             Claims(absl::Minutes(5),
                                    absl::StrCat(",\"nbf\":", absl::ToUnixSeconds(absl::Now() + absl::Seconds(30))))))
                  .ok());
}

TEST_F(TokenTest, NamesNobodyWhoCannotBeKept) {
  const auto with = [&](const std::string& name) {
    return Token(RsaKey(), "RS256", "rsa-1", absl::StrReplaceAll(Claims(), {{"people/K-17", name}}));
  };
  EXPECT_TRUE(Identify(with("people/Müller")).ok());
  EXPECT_THAT(ReasonFor(with("people/\\u0000")), HasSubstr("TOKEN_INVALID"));
  EXPECT_THAT(ReasonFor(with("people/K-17\\nROLE_AUDITOR")), HasSubstr("sub is no name"));
  EXPECT_THAT(ReasonFor(with("people/\xff")), HasSubstr("TOKEN_INVALID"));
  EXPECT_THAT(ReasonFor(with(std::string(256, 'K'))), HasSubstr("sub is no name"));
  EXPECT_THAT(ReasonFor(Token(RsaKey(), "RS256", "rsa-1",
                              absl::StrReplaceAll(Claims(), {{"sections/DE", "sections/\\u0001"}}))),
              HasSubstr("organisation is no name"));
}

TEST_F(TokenTest, ThatIsNoTokenIsInvalid) {
  const std::string good = Token(RsaKey(), "RS256", "rsa-1", Claims());
  for (const std::string& bad :
       {std::string("x"), std::string("a.b.c"), std::string("..."), good + ".x", std::string(20'000, 'a'),
        Token(RsaKey(), "RS256", "rsa-1", "[]"), Token(RsaKey(), "RS256", "rsa-1", "{\"exp\":\"soon\"}"),
        Token(RsaKey(), "RS256", "rsa-1", "{\"exp\":1e300}"), good.substr(0, good.size() / 2)}) {
    EXPECT_THAT(ReasonFor(bad), HasSubstr("TOKEN_INVALID"));
  }
}

TEST_F(TokenTest, StopsCountingWhenItsKeyLeavesTheSet) {
  const std::string old_token = Token(RsaKey(), "RS256", "rsa-1", Claims());
  ASSERT_TRUE(Identify(old_token).ok());
  WriteKeys(Jwk(EcKey(), "ec-2"));
  // The file is looked at once a second.
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (Identify(old_token).ok() && absl::Now() < give_up) std::this_thread::yield();
  EXPECT_THAT(ReasonFor(old_token), HasSubstr("not in the key set"));
  EXPECT_TRUE(Identify(Token(EcKey(), "ES256", "ec-2", Claims())).ok());
  EXPECT_TRUE(Identify(Token(EcKey(), "ES256", "", Claims())).ok()) << "one key needs no id";
}

TEST_F(TokenTest, SetMustHoldAKeyThatCanBeUsed) {
  WriteKeys(R"({"kty":"oct","k":"AAAA"},{"kty":"RSA","kid":"x"})");
  EXPECT_THAT(std::string(Identify("x").status().message()), HasSubstr("holds no key"));
  WriteKeys(Jwk(MakeRsaKey(1024), "weak"));
  EXPECT_THAT(std::string(Identify("x").status().message()), HasSubstr("holds no key"));
  ASSERT_TRUE(WriteFileAtomically(path_, "{").ok());
  EXPECT_THAT(std::string(Identify("x").status().message()), HasSubstr("no JSON Web Key Set"));
  std::filesystem::remove(path_);
  EXPECT_EQ(Identify("x").status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST(Certificate, NamesTheActorOfTheConfig) {
  config::v1::IdentityConfig config;
  auto* entry = config.add_mtls_names();
  entry->set_name("compliance.amikeco.svc");
  entry->set_organisation("amikeco");
  entry->add_roles("ROLE_SERVICE");
  SystemClock clock;
  auto identifier = Identifier::Create(config, clock);
  ASSERT_TRUE(identifier.ok()) << identifier.status();
  const auto actor = (*identifier)->Identify({}, {"compliance.amikeco.svc"});
  ASSERT_TRUE(actor.ok());
  EXPECT_EQ(actor->subject, "compliance.amikeco.svc");
  EXPECT_TRUE(actor->Has(options::v1::ROLE_SERVICE));
  EXPECT_EQ(ReasonOf((*identifier)->Identify({}, {"other.svc"}).status()), "CERTIFICATE_UNKNOWN");
  EXPECT_EQ(ReasonOf((*identifier)->Identify({}, {}).status()), "NO_CREDENTIALS");
  EXPECT_EQ(ReasonOf((*identifier)->Identify({{"authorization", "Bearer x"}}, {"compliance.amikeco.svc"}).status()),
            "TOKEN_INVALID")
      << "a token that is sent must count";
}

// ROLE_SERVICE cannot be claimed by words alone.
TEST(Loopback, IsNotBelievedUnlessTheConfigSaysSo) {
  config::v1::IdentityConfig config;
  config.add_mtls_names()->set_name("x");
  SystemClock clock;
  const Metadata metadata = {{"amikeco-subject", "people/K-17"}, {"amikeco-roles", "ROLE_SERVICE"}};
  EXPECT_EQ(ReasonOf((*Identifier::Create(config, clock))->Identify(metadata, {}).status()), "NO_CREDENTIALS");
  config.set_insecure_loopback(true);
  EXPECT_TRUE((*Identifier::Create(config, clock))->Identify(metadata, {}).ok());
  EXPECT_EQ(ReasonOf((*Identifier::Create(config, clock))
                         ->Identify({{"amikeco-subject", "x"}, {"amikeco-roles", "ROLE_KING"}}, {})
                         .status()),
            "NO_CREDENTIALS");
}

TEST(Loopback, BelievesNoNameThatCannotBeKept) {
  config::v1::IdentityConfig config;
  config.set_insecure_loopback(true);
  SystemClock clock;
  const auto identifier = *Identifier::Create(config, clock);
  for (const char* name : {"people/\xff", "people/K\n", "\x7f"}) {
    EXPECT_EQ(ReasonOf(identifier->Identify({{"amikeco-subject", name}}, {}).status()), "NO_CREDENTIALS") << name;
    const absl::Status elsewhere =
        identifier->Identify({{"amikeco-subject", "people/K-17"}, {"amikeco-organisation", name}}, {}).status();
    EXPECT_EQ(ReasonOf(elsewhere), "NO_CREDENTIALS") << name;
    const absl::Status role =
        identifier->Identify({{"amikeco-subject", "people/K-17"}, {"amikeco-roles", name}}, {}).status();
    EXPECT_TRUE(absl::IsUnauthenticated(role)) << name;
    EXPECT_TRUE(IsUtf8(role.message())) << name;
    EXPECT_EQ(ReasonOf(identifier->Identify({}, {name}).status()), "CERTIFICATE_UNKNOWN") << name;
  }
}

TEST(IdentityConfig, MustNameAWayToIdentifyAndRolesThatThereAre) {
  SystemClock clock;
  config::v1::IdentityConfig config;
  EXPECT_EQ(Identifier::Create(config, clock).status().code(), absl::StatusCode::kFailedPrecondition);
  config.add_mtls_names()->set_name("x");
  config.mutable_mtls_names(0)->add_roles("ROLE_KING");
  EXPECT_THAT(std::string(Identifier::Create(config, clock).status().message()), HasSubstr("ROLE_KING"));
}

}  // namespace
}  // namespace amikeco::testing
