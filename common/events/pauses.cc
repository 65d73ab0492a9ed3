#include "common/events/pauses.h"

namespace amikeco {

const Table<ops::v1::ConsumerPause>& Pauses() {
  static const auto* const table =
      new Table<ops::v1::ConsumerPause>("pause", [](const ops::v1::ConsumerPause&) { return std::vector<Key>(); });
  return *table;
}

absl::StatusOr<std::optional<ops::v1::ConsumerPause>> FindPause(Reader& reader, const std::string& source) {
  AMIKECO_ASSIGN_OR_RETURN(auto record, Pauses().Find(reader, source));
  if (!record.exists()) return std::nullopt;
  return std::move(record.value);
}

}  // namespace amikeco
