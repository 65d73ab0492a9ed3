// Heads of audit chains as files keep them.
#ifndef AMIKECO_CLI_AUDIT_HEADS_H_
#define AMIKECO_CLI_AUDIT_HEADS_H_

#include <map>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/events/audit.h"

namespace amikeco::cli {

// By source, what `amikeco audit head -o json` prints: one head, or an object of several by their services' names.
// Nothing when `json` is anything else.
std::optional<std::map<std::string, AuditHead>> ParseAuditHeads(absl::string_view json);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_AUDIT_HEADS_H_
