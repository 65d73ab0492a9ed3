#include "cli/bounded_json.h"

namespace amikeco::cli {

std::optional<nlohmann::json> ParseBoundedJson(absl::string_view text, int max_depth) {
  bool shallow = true;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    shallow = shallow && depth <= max_depth;
    return shallow;
  };
  auto parsed = nlohmann::json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (!shallow || !parsed.is_object()) return std::nullopt;
  return parsed;
}

}  // namespace amikeco::cli
