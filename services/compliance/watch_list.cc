#include "services/compliance/watch_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "services/compliance/screening_errors.h"

namespace amikeco::compliance {

using v1::WatchList;
using v1::WatchListFact;
using v1::WatchListVersion;

const WatchListVersion* VersionOf(const WatchList& list, int number) {
  for (const WatchListVersion& version : list.versions()) {
    if (version.number() == number) return &version;
  }
  return nullptr;
}

ScreenedLists ListsToScreen(const std::vector<WatchList>& lists, const RequiredLists& required, absl::Time now) {
  ScreenedLists screened;
  for (const WatchList& list : lists) {
    auto& one = *screened.Add();
    one.set_list(list.name());
    one.set_version(list.serving());
    one.set_coverage_partial(list.coverage_partial());
  }
  for (const auto& wanted : required) {
    const auto list =
        std::find_if(lists.begin(), lists.end(), [&](const WatchList& one) { return one.name() == wanted.list(); });
    if (list == lists.end()) {
      auto& missing = *screened.Add();
      missing.set_list(wanted.list());
      missing.set_gap(v1::ScreenedList::GAP_NOT_IMPORTED);
      continue;
    }
    if (!wanted.has_max_age()) continue;
    const absl::Duration age = now - ToTime(VersionOf(*list, list->serving())->import_time());
    if (age <= ToDuration(wanted.max_age())) continue;
    screened[static_cast<int>(list - lists.begin())].set_gap(v1::ScreenedList::GAP_TOO_OLD);
  }
  return screened;
}

WatchListFacts Decide(const WatchList& list, const v1::ImportWatchListRequest& command, const WatchListVersion& read,
                      double least_share, const Circumstance& c) {
  if (list.serving() > 0 && list.format() != command.format()) {
    return errors::OtherFormat(list.name(), v1::WatchListFormat_Name(list.format()));
  }
  const WatchListVersion* const before = VersionOf(list, list.serving());
  if (before != nullptr && !command.accept_shrinkage() && read.entries() < least_share * before->entries()) {
    return errors::ListShrunken(list.name(), read.entries(), before->entries());
  }
  WatchListFact fact;
  v1::WatchListImported& imported = *fact.mutable_imported();
  imported.set_name(absl::StrCat("watchLists/", command.watch_list_id()));
  imported.set_format(command.format());
  imported.set_coverage_partial(command.format() == v1::WATCH_LIST_FORMAT_NOTICES);
  WatchListVersion& version = *imported.mutable_version();
  version = read;
  version.set_number(list.versions().empty() ? 1 : list.versions().rbegin()->number() + 1);
  version.set_importer(c.actor.subject);
  *version.mutable_import_time() = ToTimestamp(c.now);
  const int too_many = list.versions_size() + 1 - kKeptVersions;
  for (int i = 0; i < too_many; ++i) imported.add_dropped(list.versions(i).number());
  return std::vector{fact};
}

WatchListFacts Decide(const WatchList& list, const v1::ServeWatchListVersionRequest& command, const Circumstance& c) {
  std::vector<WatchListFact> facts;
  if (VersionOf(list, command.version()) == nullptr) return errors::VersionNotKept(list.name(), command.version());
  if (list.serving() == command.version()) return facts;
  v1::WatchListServed& served = *facts.emplace_back().mutable_served();
  served.set_name(list.name());
  served.set_version(command.version());
  served.set_by(c.actor.subject);
  *served.mutable_at() = ToTimestamp(c.now);
  return facts;
}

}  // namespace amikeco::compliance

namespace amikeco::compliance::v1 {

WatchList Evolve(WatchList list, const WatchListFact& fact) {
  switch (fact.fact_case()) {
    case WatchListFact::kImported: {
      const WatchListImported& imported = fact.imported();
      list.set_name(imported.name());
      list.set_format(imported.format());
      list.set_coverage_partial(imported.coverage_partial());
      auto& versions = *list.mutable_versions();
      versions.erase(std::remove_if(versions.begin(), versions.end(),
                                    [&](const WatchListVersion& version) {
                                      const auto& dropped = imported.dropped();
                                      return std::find(dropped.begin(), dropped.end(), version.number()) !=
                                             dropped.end();
                                    }),
                     versions.end());
      *versions.Add() = imported.version();
      list.set_serving(imported.version().number());
      break;
    }
    case WatchListFact::kServed:
      list.set_serving(fact.served().version());
      break;
    case WatchListFact::FACT_NOT_SET:
      break;  // of a newer program
  }
  return list;
}

}  // namespace amikeco::compliance::v1
