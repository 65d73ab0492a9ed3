// Who was erased, as files keep it.
#ifndef AMIKECO_CLI_ERASED_PERSONS_H_
#define AMIKECO_CLI_ERASED_PERSONS_H_

#include <optional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"

namespace amikeco::cli {

// Whom the text names that `amikeco privacy erasures -o json` printed. Nothing when `json` is anything else.
std::optional<std::set<std::string>> ParseErasedPersons(absl::string_view json);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_ERASED_PERSONS_H_
