#include "cli/erased_persons.h"

#include "cli/bounded_json.h"

namespace amikeco::cli {
namespace {

using Persons = std::set<std::string>;

// Brackets within brackets: five for what an erasure left, by service, and what a later program may add.
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
  const auto parsed = ParseBoundedJson(json, kMaxDepth);
  if (!parsed) return std::nullopt;
  Persons persons;
  Gather(*parsed, persons);
  if (persons.count("") > 0) return std::nullopt;
  return persons;
}

}  // namespace amikeco::cli
