#include "common/base/seal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace amikeco {
namespace {

SecretKey KeyOf(char byte) { return *SecretKey::FromBytes(std::string(SecretKey::kSize, byte)); }

class KeyFile {
 public:
  explicit KeyFile(absl::string_view text) : path_(absl::StrCat(::testing::TempDir(), "/amikeco-key-", getpid())) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~KeyFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Seal, OpensWithTheSameKeyAndContext) {
  const SecretKey key = KeyOf('k');
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string(1 << 20, 'b'), std::string("\0\xff", 2)}) {
    const auto sealed = Seal(key, plain, "here");
    ASSERT_TRUE(sealed.ok()) << sealed.status();
    const auto opened = Unseal(key, *sealed, "here");
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_TRUE(*opened == plain);
  }
}

TEST(Seal, ShowsNothingOfTheTextAndIsNeverTheSameTwice) {
  const SecretKey key = KeyOf('k');
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    const std::string sealed = *Seal(key, "Jane Officer, born 1980", "here");
    EXPECT_FALSE(absl::StrContains(sealed, "Jane"));
    EXPECT_TRUE(seen.insert(sealed.substr(1, 12)).second) << "a nonce came twice";
  }
}

TEST(Seal, OpensWhatAnotherProgramSealed) {
  // AES-256-GCM by Python's cryptography: 32 times 'k', nonce "nonce12bytes", associated data "\x01here".
  const std::string sealed =
      absl::HexStringToBytes("016e6f6e63653132627974657355ddeddba93061742982fd46f2fe9c1089151a08a49285c12bdff274");
  const auto opened = Unseal(KeyOf('k'), sealed, "here");
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(*opened, "Jane Officer");
}

TEST(Seal, NoticesAChangeOfAnyBit) {
  const SecretKey key = KeyOf('k');
  const std::string sealed = *Seal(key, "secret", "here");
  for (size_t byte = 0; byte < sealed.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[byte] = static_cast<char>(changed[byte] ^ (1 << bit));
      const auto opened = Unseal(key, changed, "here");
      ASSERT_EQ(opened.status().code(), absl::StatusCode::kDataLoss) << byte << "/" << bit;
      EXPECT_EQ(ReasonOf(opened.status()), "SEAL_BROKEN");
    }
  }
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_FALSE(Unseal(key, sealed.substr(0, size), "here").ok()) << size;
  }
  EXPECT_FALSE(Unseal(key, sealed + "x", "here").ok());
}

TEST(Seal, IsBoundToItsKeyAndItsPlace) {
  const std::string sealed = *Seal(KeyOf('k'), "secret", "here");
  EXPECT_EQ(Unseal(KeyOf('l'), sealed, "here").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Unseal(KeyOf('k'), sealed, "there").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Unseal(KeyOf('k'), sealed, "").status().code(), absl::StatusCode::kDataLoss);
}

TEST(SecretKey, IsReadFromAFileOfHexadecimalDigits) {
  const KeyFile file("  00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n");
  const auto key = SecretKey::FromFile(file.path());
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->bytes().substr(0, 2), absl::string_view("\x00\x11", 2));
  EXPECT_EQ(key->bytes().substr(30), "\xee\xff");
}

TEST(SecretKey, RefusesAFileThatHoldsSomethingElseAndDoesNotRepeatIt) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g')}) {
    const KeyFile file(text);
    const auto key = SecretKey::FromFile(file.path());
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_EQ(ReasonOf(key.status()), "BAD_KEY_FILE");
    EXPECT_TRUE(absl::StrContains(key.status().message(), file.path()));
    EXPECT_FALSE(absl::StrContains(key.status().message(), "aaaa"));
  }
  EXPECT_EQ(SecretKey::FromFile("/nowhere/key").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(SecretKey::FromBytes("short").ok());
}

TEST(SecretKey, IsAnotherOneEachTime) { EXPECT_NE(SecretKey::Random()->bytes(), SecretKey::Random()->bytes()); }

TEST(KeyedDigest, IsTheSameForTheSameTextOfAKindUnderAKeyAlone) {
  const SecretKey key = *SecretKey::FromBytes(std::string(32, 'a'));
  const SecretKey other = *SecretKey::FromBytes(std::string(32, 'b'));
  const std::string digest = KeyedDigest(key, "chess", "interest");
  EXPECT_EQ(digest.size(), 32u);
  EXPECT_EQ(KeyedDigest(key, "chess", "interest"), digest);
  EXPECT_NE(KeyedDigest(key, "chess", "language"), digest);
  EXPECT_NE(KeyedDigest(key, "hiking", "interest"), digest);
  EXPECT_NE(KeyedDigest(other, "chess", "interest"), digest);
}

}  // namespace
}  // namespace amikeco
