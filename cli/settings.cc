#include "cli/settings.h"

namespace amikeco::cli {

absl::Span<const GlobalFlag> GlobalFlags() {
  static const GlobalFlag kFlags[] = {
      {"output", 'o', "FORMAT",
       "table, json, jsonl or name, and csv for screen; without it a table on a terminal, else tab-separated lines", "",
       &Settings::output},
      {"all", 0, "", "follow all pages of a list", "", nullptr, nullptr, &Settings::all},
      {"watch", 'w', "", "ask again and again, and print what is new or has changed; for commands that change nothing",
       "", nullptr, nullptr, &Settings::watch},
      {"every", 0, "DURATION", "with --watch: the time between two looks: 500ms, 2s (the default), 1m", "",
       &Settings::every},
      {"file", 'f', "FILE", "the request, or a part of it, as .json or .textproto; - is JSON from standard input", "",
       &Settings::file},
      {"set", 0, "PATH=VALUE", "set any field of the request by its path; may be repeated", "", nullptr,
       &Settings::set},
      {"as", 0, "SUBJECT", "who calls, for services on this machine that take a caller's word", "AMIKECO_AS",
       &Settings::as},
      {"org", 0, "NAME", "organisation that the caller acts for: sections/DE", "AMIKECO_ORG", &Settings::organisation},
      {"role", 0, "ROLE,…", "the caller's roles: officer, coordinator, operations, …", "AMIKECO_ROLE", nullptr,
       &Settings::roles},
      {"token-file", 0, "FILE", "file with the bearer token; a token is never an argument", "AMIKECO_TOKEN_FILE",
       &Settings::token_file},
      {"ca", 0, "FILE", "certificates that the service's certificate must chain to; switches TLS on", "AMIKECO_CA",
       &Settings::ca},
      {"cert", 0, "FILE", "the caller's certificate, for mutual TLS", "AMIKECO_CERT", &Settings::certificate},
      {"key", 0, "FILE", "the certificate's key", "AMIKECO_KEY", &Settings::key},
      {"target", 0, "HOST:PORT", "the service to call, instead of AMIKECO_APPLICANT, AMIKECO_MATCHING, …", "",
       &Settings::target},
      {"service", 0, "NAME,…", "for queue, audit, privacy, clock and health: only these services; all is all of them",
       "", nullptr, &Settings::services},
      {"head", 0, "FILE",
       "for audit verify: what audit head -o json printed earlier; for privacy verify: what privacy erasures did", "",
       &Settings::head},
      {"timeout", 0, "DURATION", "how long one call may take: 500ms, 10s (the default), 2m", "AMIKECO_TIMEOUT",
       &Settings::timeout},
      {"request-id", 0, "UUID", "of this command; sending it again with the same id does nothing twice", "",
       &Settings::request_id},
      {"purpose", 0, "CODE", "what personal data in the answer is for, where the service's policy asks: case-review",
       "AMIKECO_PURPOSE", &Settings::purpose},
      {"verbose", 'v', "", "print each call's method, request id and time to standard error", "", nullptr, nullptr,
       &Settings::verbose},
      {"help", 'h', "", "what a command does and what it takes", "", nullptr, nullptr, &Settings::help},
      {"skeleton", 0, "", "print the command's request as a file to fill in and to send with -f", "", nullptr, nullptr,
       &Settings::skeleton},
      {"markdown", 0, "", "with help: the whole manual as Markdown", "", nullptr, nullptr, &Settings::markdown},
  };
  return kFlags;
}

}  // namespace amikeco::cli
