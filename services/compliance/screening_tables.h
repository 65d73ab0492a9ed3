// How watch-lists, what is uploaded of them, and screenings are stored and found.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_TABLES_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_TABLES_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "common/store/table.h"
#include "services/compliance/case_tables.h"
#include "services/compliance/hit.h"

namespace amikeco::compliance {

inline constexpr char kByName[] = "name";
// "<person>|"
inline constexpr char kByPerson[] = "person";
// "<organisation>|<person>|", unique.
inline constexpr char kByOrganisationAndPerson[] = "organisation_and_person";
// Revisions of those that go on, so that the others are found when the lists have another one.
inline constexpr char kByRevision[] = "revision";
// Those with a hit that is to be decided about.
inline constexpr char kByOpen[] = "open";

inline const Table<v1::WatchList>& WatchListTable() {
  static const auto& table = *new Table<v1::WatchList>("watch_list", [](const v1::WatchList& list) {
    return std::vector<Key>{{kByName, list.name()}};
  });
  return table;
}

inline const Table<v1::WatchListUpload>& UploadTable() {
  static const auto& table =
      *new Table<v1::WatchListUpload>("watch_list_upload", [](const v1::WatchListUpload& upload) {
        std::vector<Key> keys;
        if (upload.has_discard_time()) keys.push_back({kByDue, SortableTime(ToTime(upload.discard_time()))});
        return keys;
      });
  return table;
}

// By ChunkName.
inline const Table<v1::WatchListChunk>& ChunkTable() {
  static const auto& table =
      *new Table<v1::WatchListChunk>("watch_list_chunk", [](const v1::WatchListChunk&) { return std::vector<Key>(); });
  return table;
}
inline std::string ChunkName(absl::string_view upload, v1::WatchListPart part, int number) {
  return absl::StrCat(upload, "/", static_cast<int>(part), "/", number);
}

inline const Table<v1::Screening>& ScreeningTable() {
  static const auto& table = *new Table<v1::Screening>("screening", [](const v1::Screening& screening) {
    std::vector<Key> keys = {
        {kByPerson, CaseKey(screening.person())},
        {kByOrganisationAndPerson, ScreenedKey(screening.organisation(), screening.person()), true}};
    for (const std::string& party : screening.parties()) keys.push_back({kByParty, CaseKey(party, screening.state())});
    if (screening.state() != v1::Screening::STATE_ENDED) keys.push_back({kByRevision, screening.revision()});
    if (IsOpen(screening)) keys.push_back({kByOpen, screening.organisation()});
    return keys;
  });
  return table;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_TABLES_H_
