// A letter: one message as an e-mail, written as RFC 5322 text. Pure.
#ifndef AMIKECO_SERVICES_NOTIFY_LETTER_H_
#define AMIKECO_SERVICES_NOTIFY_LETTER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace amikeco::notify {

struct Letter {
  std::string message_id;  // without angle brackets: "9f86d081@ipa.example"; the same for every attempt
  std::string from;        // address
  std::string to;          // address
  std::string to_name;     // may be empty
  std::string subject;
  std::string body;  // UTF-8; lines end with a line feed
  std::string language;
  absl::Time date;
};

// The letter with its headers, lines ended by CRLF and none longer than 78 characters where that can be had.
// INVALID_ARGUMENT when a header's value has control characters (nobody adds headers through a name), when an address
// is none, or when text is not UTF-8.
absl::StatusOr<std::string> Compose(const Letter& letter);

// `text` as a header's value: as it is when it is plain ASCII, else as RFC 2047 encoded words.
std::string EncodeHeader(absl::string_view text);
// RFC 2045 quoted-printable with CRLF line ends.
std::string QuotedPrintable(absl::string_view text);
// One address as it may stand in an envelope: local@domain, ASCII, no spaces, brackets or control characters.
bool IsAddress(absl::string_view text);

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_LETTER_H_
