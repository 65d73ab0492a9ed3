#include "services/notify/letter.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/base/utf8.h"

namespace amikeco::notify {
namespace {

constexpr char kCrLf[] = "\r\n";
// An encoded word has at most 75 characters; 12 are its frame, and base64 makes 4 of 3.
constexpr size_t kWordBytes = 45;
// RFC 2045: encoded lines have at most 76 characters, the soft break's "=" included.
constexpr size_t kLine = 76;
// Unencoded header lines are not folded: so many characters are far from the limit of 998.
constexpr size_t kLongestUnfolded = 200;

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Length of the UTF-8 character that begins at `text`, 0 when there is none.
size_t CharacterSize(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  size_t size = 0;
  if (byte(0) < 0x80)
    size = 1;
  else if (byte(0) >= 0xc2 && byte(0) < 0xe0)
    size = 2;
  else if (byte(0) >= 0xe0 && byte(0) < 0xf0)
    size = 3;
  else if (byte(0) >= 0xf0 && byte(0) < 0xf5)
    size = 4;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  return size;
}

bool IsPlainAscii(absl::string_view text) {
  // "=?" could be taken for an encoded word.
  return !absl::StrContains(text, "=?") &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// A tag of BCP 47, or none.
bool IsLanguage(absl::string_view text) {
  constexpr size_t kLongest = 35;
  return text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

absl::Status Check(const Letter& letter) {
  for (const std::string* value :
       {&letter.message_id, &letter.to_name, &letter.subject, &letter.language, &letter.from, &letter.to}) {
    if (HasControl(*value)) return absl::InvalidArgumentError("a header's value has control characters");
    if (!IsUtf8(*value)) return absl::InvalidArgumentError("a header's value is not UTF-8");
  }
  if (!IsUtf8(letter.body)) return absl::InvalidArgumentError("the text is not UTF-8");
  if (!IsAddress(letter.to) || !IsAddress(letter.from)) return absl::InvalidArgumentError("an address is none");
  if (!IsLanguage(letter.language)) return absl::InvalidArgumentError("the language is no tag of BCP 47");
  return absl::OkStatus();
}

// A display name that is not encoded stands in quotes, so that it cannot be read as anything else.
std::string Mailbox(absl::string_view name, absl::string_view address) {
  if (name.empty()) return std::string(address);
  if (!IsPlainAscii(name) || name.size() > kLongestUnfolded)
    return absl::StrCat(EncodeHeader(name), " <", address, ">");
  return absl::StrCat("\"", absl::StrReplaceAll(name, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\" <", address, ">");
}

}  // namespace

bool IsAddress(absl::string_view text) {
  const size_t at = text.rfind('@');
  if (at == absl::string_view::npos || at == 0 || at + 1 == text.size() || text.size() > 254) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && !absl::StrContains("<>()[],;:\\\"", std::string(1, static_cast<char>(c)));
  });
}

std::string EncodeHeader(absl::string_view text) {
  if (IsPlainAscii(text) && text.size() <= kLongestUnfolded) return std::string(text);
  std::string encoded;
  while (!text.empty()) {
    size_t bytes = 0;
    while (bytes < text.size()) {
      const size_t size = std::max<size_t>(1, CharacterSize(text.substr(bytes)));
      if (bytes + size > kWordBytes) break;
      bytes += size;
    }
    absl::StrAppend(&encoded, encoded.empty() ? "" : "\r\n ", "=?UTF-8?B?", absl::Base64Escape(text.substr(0, bytes)),
                    "?=");
    text.remove_prefix(bytes);
  }
  return encoded;
}

std::string QuotedPrintable(absl::string_view text) {
  std::string encoded;
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '\r') continue;
    if (c == '\n') {
      encoded += kCrLf;
      column = 0;
      continue;
    }
    const bool at_end = i + 1 == text.size() || text[i + 1] == '\n' || text[i + 1] == '\r';
    const bool blank = c == ' ' || c == '\t';
    // "From " is quoted for old mailboxes; a dot alone on a line is SMTP's end.
    const bool risky = column == 0 && (c == '.' || c == 'F');
    const bool literal = !risky && ((c > 0x20 && c < 0x7f && c != '=') || (blank && !at_end));
    const std::string token = literal ? std::string(1, static_cast<char>(c)) : absl::StrFormat("=%02X", c);
    if (column + token.size() > kLine - 1) {
      encoded += "=\r\n";
      column = 0;
    }
    encoded += token;
    column += token.size();
  }
  return encoded;
}

absl::StatusOr<std::string> Compose(const Letter& letter) {
  if (absl::Status status = Check(letter); !status.ok()) return status;
  const std::string date = absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", letter.date, absl::UTCTimeZone());
  return absl::StrCat("Date: ", date, kCrLf,                              //
                      "From: ", letter.from, kCrLf,                       //
                      "To: ", Mailbox(letter.to_name, letter.to), kCrLf,  //
                      "Subject: ", EncodeHeader(letter.subject), kCrLf,   //
                      "Message-ID: <", letter.message_id, ">", kCrLf,     //
                      "Auto-Submitted: auto-generated", kCrLf,            //
                      "X-Auto-Response-Suppress: All", kCrLf,             //
                      "Content-Language: ", letter.language.empty() ? "en" : letter.language, kCrLf,
                      "MIME-Version: 1.0", kCrLf,                                   //
                      "Content-Type: text/plain; charset=UTF-8", kCrLf,             //
                      "Content-Transfer-Encoding: quoted-printable", kCrLf, kCrLf,  //
                      QuotedPrintable(letter.body), kCrLf);
}

}  // namespace amikeco::notify
