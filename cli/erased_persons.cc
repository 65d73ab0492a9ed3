#include "cli/erased_persons.h"

#include <nlohmann/json.hpp>

namespace amikeco::cli {
namespace {

using Persons = std::set<std::string>;

// Brackets within brackets: five for what an erasure left, by service, and what a later program may add. Text nested
// without end would be gone through by recursion without end.
constexpr int kMaxDepth = 16;

void Gather(const nlohmann::json& json, Persons& persons) {
  if (json.is_object() && json.contains("person") && json["person"].is_string()) {
    persons.insert(json["person"].get<std::string>());
  }
  if (!json.is_structured()) return;
  for (const auto& member : json) Gather(member, persons);
}

}  // namespace

std::optional<Persons> ParseErasedPersons(absl::string_view json) {
  bool shallow = true;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    shallow = shallow && depth <= kMaxDepth;
    return shallow;
  };
  const auto parsed = nlohmann::json::parse(json.begin(), json.end(), watch, /*allow_exceptions=*/false);
  if (!shallow || !parsed.is_object()) return std::nullopt;
  Persons persons;
  Gather(parsed, persons);
  if (persons.count("") > 0) return std::nullopt;
  return persons;
}

}  // namespace amikeco::cli
