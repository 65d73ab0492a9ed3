#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/notify/letter.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

// What quoted-printable text says.
std::string Unquoted(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      plain += text[i];
    } else if (text.substr(i, 3) != "=\r\n") {
      const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
      Require(i + 2 < text.size(), "an escape is whole");
      plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      i += 2;
    }
  }
  return plain;
}

}  // namespace

void Try(absl::string_view input) {
  const auto parts = Parts<5>(input);
  notify::Letter letter;
  letter.message_id = "1@ipa.example";
  letter.from = "from@ipa.example";
  letter.to = std::string(parts[0]);
  letter.to_name = std::string(parts[1]);
  letter.subject = std::string(parts[2]);
  letter.language = std::string(parts[3]);
  letter.body = std::string(parts[4]);
  letter.date = absl::UnixEpoch();
  const auto text = notify::Compose(letter);
  if (!text.ok()) return RequireRefusal(text.status());
  Require(notify::IsAddress(letter.to), "it goes to an address");
  int froms = 0;
  bool header = true;
  for (const absl::string_view line : absl::StrSplit(*text, "\r\n")) {
    Require(line.size() <= 998 && !absl::StrContains(line, '\n') && !absl::StrContains(line, '\r'),
            "lines of RFC 5322");
    header = header && !line.empty();
    froms += header && (absl::StartsWithIgnoreCase(line, "from:") || absl::StartsWithIgnoreCase(line, "bcc:"));
  }
  Require(froms == 1, "nobody adds headers");
  Require(Unquoted(notify::QuotedPrintable("a\nb")) == "a\r\nb", "lines end by CRLF");
}
}  // namespace amikeco::fuzz
