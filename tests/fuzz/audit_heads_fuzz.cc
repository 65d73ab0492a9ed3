// What the command line keeps in files to compare with later: heads of audit chains, and who was erased.
#include <nlohmann/json.hpp>

#include "cli/audit_heads.h"
#include "cli/erased_persons.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {
namespace {

void TryHeads(absl::string_view input) {
  const auto heads = cli::ParseAuditHeads(input);
  if (!heads) return;
  Require(!heads->empty(), "what is read has a head");
  for (const auto& [source, head] : *heads) {
    Require(!source.empty() && head.number >= 0, "a head has its source and number");
    Require(head.link.size() == (head.number == 0 ? 0 : 32), "and the link of that fact");
  }
}

void TryErased(absl::string_view input) {
  const auto persons = cli::ParseErasedPersons(input);
  if (!persons) return;
  nlohmann::json written;
  for (const std::string& person : *persons) {
    Require(!person.empty() && IsUtf8(person), "who was erased has a name");
    written["erasures"].push_back({{"person", person}});
  }
  if (!persons->empty()) Require(cli::ParseErasedPersons(written.dump()) == persons, "what is written is read again");
}

}  // namespace

void Try(absl::string_view input) {
  TryHeads(input);
  TryErased(input);
}
}  // namespace amikeco::fuzz
