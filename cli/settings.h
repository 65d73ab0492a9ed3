// Settings: what every command understands: where the services are, who calls, and how answers are printed.
#ifndef AMIKECO_CLI_SETTINGS_H_
#define AMIKECO_CLI_SETTINGS_H_

#include <string>
#include <vector>

#include "absl/types/span.h"

namespace amikeco::cli {

struct Settings {
  std::string
      output;  // "", "table", "json", "jsonl", "name" or "csv"; "": a table on a terminal, else tab-separated lines
  std::string as;
  std::string organisation;
  std::vector<std::string> roles;
  std::string token_file;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string target;
  std::vector<std::string> services;
  std::string timeout;
  std::string request_id;
  std::string purpose;
  std::string file;
  std::string head;
  std::vector<std::string> set;
  std::string every;
  bool all = false;
  bool watch = false;
  bool verbose = false;
  bool help = false;
  bool skeleton = false;
  bool markdown = false;

  bool json() const { return output == "json" || output == "jsonl"; }
};

// A flag of every command. Exactly one of `text`, `list` and `truth` says where its value goes.
struct GlobalFlag {
  const char* name;
  char letter;  // 0: none
  const char* value;
  const char* meaning;
  const char* environment;  // where the value comes from when the flag is not given; "": nowhere
  std::string Settings::*text = nullptr;
  std::vector<std::string> Settings::*list = nullptr;
  bool Settings::*truth = nullptr;
};

absl::Span<const GlobalFlag> GlobalFlags();

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_SETTINGS_H_
