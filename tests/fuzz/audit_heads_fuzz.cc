#include "cli/audit_heads.h"
#include "tests/fuzz/fuzz.h"

void amikeco::fuzz::Try(absl::string_view input) {
  const auto heads = cli::ParseAuditHeads(input);
  if (!heads) return;
  Require(!heads->empty(), "what is read has a head");
  for (const auto& [source, head] : *heads) {
    Require(!source.empty() && head.number >= 0, "a head has its source and number");
    Require(head.link.size() == (head.number == 0 ? 0 : 32), "and the link of that fact");
  }
}
