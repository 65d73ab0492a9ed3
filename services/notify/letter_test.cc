#include "services/notify/letter.h"

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace amikeco::notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Letter Example() {
  return {"abc123@ipa.example",
          "exchange@ipa.example",
          "anna@polizei.example",
          "Anna Weber",
          "News",
          "Dear Anna\n\nHello.\n",
          "en",
          absl::FromCivil(absl::CivilSecond(2026, 12, 1, 9, 5, 7), absl::UTCTimeZone())};
}

std::string DecodeWords(absl::string_view header) {
  std::string text;
  for (absl::string_view word : absl::StrSplit(header, "\r\n ")) {
    EXPECT_LE(word.size(), 75u);
    EXPECT_TRUE(absl::StartsWith(word, "=?UTF-8?B?") && absl::EndsWith(word, "?=")) << word;
    std::string bytes;
    EXPECT_TRUE(absl::Base64Unescape(word.substr(10, word.size() - 12), &bytes));
    text += bytes;
  }
  return text;
}

std::string DecodeQuotedPrintable(absl::string_view encoded) {
  std::string text;
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (absl::StartsWith(encoded.substr(i), "=\r\n")) {
      i += 2;
    } else if (encoded[i] == '=') {
      text += absl::HexStringToBytes(encoded.substr(i + 1, 2));
      i += 2;
    } else if (encoded[i] != '\r') {
      text += encoded[i];
    }
  }
  return text;
}

TEST(Compose, WritesAllHeadersThatALetterNeeds) {
  const auto text = Compose(Example());
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(*text,
            "Date: Tue, 01 Dec 2026 09:05:07 +0000\r\n"
            "From: exchange@ipa.example\r\n"
            "To: \"Anna Weber\" <anna@polizei.example>\r\n"
            "Subject: News\r\n"
            "Message-ID: <abc123@ipa.example>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "X-Auto-Response-Suppress: All\r\n"
            "Content-Language: en\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
            "Content-Transfer-Encoding: quoted-printable\r\n"
            "\r\n"
            "Dear Anna\r\n\r\nHello.\r\n\r\n");
}

TEST(Compose, IsTheSameForEveryAttempt) { EXPECT_EQ(*Compose(Example()), *Compose(Example())); }

TEST(Compose, RefusesHeadersThatWouldAddHeaders) {
  const std::string evil = "x\r\nBcc: everybody@example";
  for (std::string Letter::*field :
       {&Letter::message_id, &Letter::from, &Letter::to, &Letter::to_name, &Letter::subject, &Letter::language}) {
    for (const std::string& value : {evil, std::string("x\nBcc: y"), std::string("x\0y", 3), std::string("x\x7fy")}) {
      Letter letter = Example();
      letter.*field = value;
      EXPECT_EQ(Compose(letter).status().code(), absl::StatusCode::kInvalidArgument) << absl::CEscape(value);
    }
  }
}

TEST(Compose, RefusesTextThatIsNotUtf8) {
  for (const char* text : {"\xff", "\xc3", "\xc0\x80", "\xe2\x82"}) {
    Letter letter = Example();
    letter.body = text;
    EXPECT_FALSE(Compose(letter).ok()) << absl::CEscape(text);
    letter = Example();
    letter.subject = text;
    EXPECT_FALSE(Compose(letter).ok()) << absl::CEscape(text);
  }
}

TEST(Compose, KeepsHeaderLinesWithinTheLimit) {
  Letter letter = Example();
  letter.to_name = std::string(2000, 'n');
  const auto text = Compose(letter);
  ASSERT_TRUE(text.ok()) << text.status();
  for (const absl::string_view line : absl::StrSplit(*text, "\r\n")) EXPECT_LE(line.size(), 998u);
  letter.language = std::string(36, 'e');
  EXPECT_FALSE(Compose(letter).ok());
  letter.language = "en US";
  EXPECT_FALSE(Compose(letter).ok());
}

TEST(Compose, QuotesNamesThatCouldBeReadAsAddresses) {
  Letter letter = Example();
  letter.to_name = "Weber, \"Anna\" <boss@example>";
  EXPECT_THAT(*Compose(letter), HasSubstr("To: \"Weber, \\\"Anna\\\" <boss@example>\" <anna@polizei.example>\r\n"));
}

TEST(Compose, EncodesNamesThatAreNotAscii) {
  Letter letter = Example();
  letter.to_name = "Jürgen Groß";
  const std::string text = *Compose(letter);
  EXPECT_THAT(text, Not(HasSubstr("ü")));
  EXPECT_THAT(text, HasSubstr(absl::StrCat("To: ", EncodeHeader("Jürgen Groß"), " <anna@polizei.example>\r\n")));
}

TEST(EncodeHeader, LeavesPlainAsciiAlone) { EXPECT_EQ(EncodeHeader("A place is offered"), "A place is offered"); }

TEST(EncodeHeader, SplitsLongTextBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 60; ++i) text += "Grüße 警察 ";
  EXPECT_EQ(DecodeWords(EncodeHeader(text)), text);
}

TEST(EncodeHeader, EncodesWhatLooksLikeAnEncodedWord) {
  EXPECT_EQ(DecodeWords(EncodeHeader("=?UTF-8?B?QQ==?=")), "=?UTF-8?B?QQ==?=");
}

TEST(QuotedPrintable, KeepsLinesShortAndTextWhole) {
  std::string text = ".\n..two\nFrom the start\ntrailing \ntab\t\n= equals\n";
  for (int i = 0; i < 400; ++i) text += "ü a=b ";
  text += "\n";
  const std::string encoded = QuotedPrintable(text);
  EXPECT_EQ(DecodeQuotedPrintable(encoded), text);
  for (absl::string_view line : absl::StrSplit(encoded, "\r\n")) {
    EXPECT_LE(line.size(), 76u);
    EXPECT_NE(line, ".");
    EXPECT_FALSE(absl::EndsWith(line, " ") || absl::EndsWith(line, "\t"));
  }
}

TEST(IsAddress, TellsAddressesFromOthers) {
  for (const char* good : {"a@b", "anna.weber+x@polizei.example", "o'neil@example.org"}) EXPECT_TRUE(IsAddress(good));
  for (const char* bad : {"", "a", "@b", "a@", "a b@c", "a@b>c", "<a@b>", "a@b,c@d", "ü@b", "a@b\r\nRCPT"}) {
    EXPECT_FALSE(IsAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace amikeco::notify
