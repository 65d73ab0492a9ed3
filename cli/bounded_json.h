// JSON of files that somebody hands in.
#ifndef AMIKECO_CLI_BOUNDED_JSON_H_
#define AMIKECO_CLI_BOUNDED_JSON_H_

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/string_view.h"

namespace amikeco::cli {

// The object that `text` is; nothing when it is anything else, or has more than `max_depth` brackets within brackets:
// text nested without end would be gone through by recursion without end.
std::optional<nlohmann::json> ParseBoundedJson(absl::string_view text, int max_depth);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_BOUNDED_JSON_H_
