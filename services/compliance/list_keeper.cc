#include "services/compliance/list_keeper.h"

#include <algorithm>

#include "common/base/dates.h"
#include "common/observe/log.h"
#include "services/compliance/screening_tables.h"
#include "services/compliance/watch_list.h"

namespace amikeco::compliance {
namespace {

// Between two looks: a list changes once a day, and whoever asks meanwhile loads it.
constexpr absl::Duration kEvery = absl::Seconds(15);
// More are not counted.
constexpr int kMostOpen = 10'000;
constexpr int kMostLists = 1000;

}  // namespace

ListKeeper::ListKeeper(Store& store, const Clock& clock, Metrics& metrics, WatchLists& lists)
    : store_(store), clock_(clock), metrics_(metrics), lists_(lists), loop_([this] {
        if (const absl::Status status = Look(); !status.ok()) {
          LogWarning("Watch-lists could not be looked at.", {{"reason", status.message()}});
        }
        return kEvery;
      }) {}

absl::Status ListKeeper::Start() {
  loop_.Start();
  return absl::OkStatus();
}

absl::Status ListKeeper::Look() {
  return store_.Read([&](Reader& reader) -> absl::Status {
    AMIKECO_ASSIGN_OR_RETURN(const auto lists, WatchListTable().Range(reader, kByName, "", "", kMostLists));
    for (const auto& list : lists) {
      const v1::WatchListVersion* const version = VersionOf(list.value, list.value.serving());
      if (version == nullptr) continue;
      metrics_
          .Gauge("amikeco_watch_list_age_seconds", "Since the version that serves was imported.", {{"list", list.name}})
          .Set(absl::ToDoubleSeconds(clock_.Now() - ToTime(version->import_time())));
      metrics_.Gauge("amikeco_watch_list_entries", "Of the version that serves.", {{"list", list.name}})
          .Set(version->entries());
    }
    AMIKECO_ASSIGN_OR_RETURN(const auto open, ScreeningTable().Range(reader, kByOpen, "", "", kMostOpen));
    metrics_.Gauge("amikeco_screenings_open", "Screenings with a hit that waits for a person; at most 10,000.")
        .Set(static_cast<double>(open.size()));
    AMIKECO_ASSIGN_OR_RETURN(const ScreenedLists against, lists_.ToScreen(reader, clock_.Now()));
    metrics_.Gauge("amikeco_watch_list_gaps", "Lists that are required and missing or too old: nobody is clear.")
        .Set(static_cast<double>(std::count_if(against.begin(), against.end(), IsGap)));
    return lists.empty() ? absl::OkStatus() : lists_.Serving(reader, clock_.Now()).status();
  });
}

}  // namespace amikeco::compliance
