#include "common/events/parked.h"

#include "absl/strings/str_format.h"
#include "common/base/dates.h"

namespace amikeco {
namespace {

std::string SubjectValue(absl::string_view source, absl::string_view subject) {
  return absl::StrCat(source, "\x1f", subject, "\x1f");
}

std::vector<Key> KeysOf(const ops::v1::ParkedFact& fact) {
  const std::string number = absl::StrFormat("%020d", fact.number());
  return {{"order", absl::StrCat(SortableTime(ToTime(fact.park_time())), number), false},
          {"subject", absl::StrCat(SubjectValue(fact.source(), fact.event().subject()), number), false}};
}

}  // namespace

const Table<ops::v1::ParkedFact>& ParkedFacts() {
  static const auto* const table = new Table<ops::v1::ParkedFact>("parked_fact", KeysOf);
  return *table;
}

std::string ParkedName(absl::string_view event_id) { return absl::StrCat("parkedFacts/", event_id); }

absl::StatusOr<std::vector<Parked>> ParkedOfSubject(Reader& reader, const event::v1::Event& event, int limit) {
  const std::string from = SubjectValue(event.source(), event.subject());
  std::string below = from;
  ++below.back();
  return ParkedFacts().Range(reader, "subject", from, below, limit);
}

absl::StatusOr<int> CountParked(Reader& reader, int limit) {
  AMIKECO_ASSIGN_OR_RETURN(const auto parked, ParkedFacts().Range(reader, "order", "", "", limit));
  return static_cast<int>(parked.size());
}

}  // namespace amikeco
