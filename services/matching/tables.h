// The records of the matching service and the keys they are found by.
#ifndef AMIKECO_SERVICES_MATCHING_TABLES_H_
#define AMIKECO_SERVICES_MATCHING_TABLES_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "amikeco/matching/v1/matching.pb.h"
#include "common/base/dates.h"
#include "common/store/table.h"

namespace amikeco::matching {

// Ends a name in a key's value, so that no name is a prefix of another's entries.
inline constexpr char kEnd = '|';

// Sorts as bytes in the order of time.
inline std::string ChangedKey(const google::protobuf::Timestamp& changed) {
  return absl::StrFormat("%020d", absl::ToUnixMicros(ToTime(changed)));
}

// changed: when, for the directory.
inline Table<v1::Host> HostTable() {
  return {"host", [](const v1::Host& host) { return std::vector<Key>{{"changed", ChangedKey(host.changed())}}; }};
}

// changed: as above; near: agency, of those not withdrawn; member: who offers it.
inline Table<v1::HomeHost> HomeHostTable() {
  return {"home-host", [](const v1::HomeHost& home) {
            std::vector<Key> keys{{"changed", ChangedKey(home.changed())},
                                  {"member", absl::StrCat(home.member(), std::string(1, kEnd))}};
            if (!home.withdrawn()) keys.push_back({"near", absl::StrCat(home.host(), std::string(1, kEnd))});
            return keys;
          }};
}

// party: each party and the stage; due; waiting: searches that wait for a seat, best tier and earliest received first;
// invited: hosts that were ever asked; asked: the host that is asked now; home-sought: lead host of an agreed stay for
// which a home is looked for.
inline std::vector<Key> KeysOfPlacement(const v1::Placement& placement) {
  const std::string end(1, kEnd);
  std::vector<Key> keys;
  const auto add = [&](absl::string_view name, std::string value) {
    const bool there =
        std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name && key.value == value; });
    if (!there) keys.push_back({std::string(name), std::move(value), false});
  };
  for (const std::string& party : placement.parties()) {
    add("party", absl::StrCat(party, end, v1::Placement::Stage_Name(placement.stage()), end));
  }
  if (placement.has_next_due()) add("due", SortableTime(ToTime(placement.next_due())));
  for (const v1::Invitation& invitation : placement.invitations()) {
    add("invited", absl::StrCat(invitation.host(), end));
    const bool open = invitation.state() == v1::Invitation::STATE_OPEN ||
                      invitation.state() == v1::Invitation::STATE_WILLING ||
                      invitation.state() == v1::Invitation::STATE_COMMAND_APPROVED;
    if (open) add("asked", absl::StrCat(invitation.host(), end));
  }
  if (placement.stage() == v1::Placement::STAGE_SEARCHING && placement.ranking().has_retry()) {
    add("waiting", absl::StrCat(absl::StrFormat("%04d", placement.terms().tier_rank()), end,
                                SortableTime(ToTime(placement.terms().received_at()))));
  }
  if (placement.stage() == v1::Placement::STAGE_AGREED &&
      placement.home_stay().state() == v1::HomeStay::STATE_SEARCHING) {
    add("home-sought", absl::StrCat(placement.legs(0).host(), end));
  }
  return keys;
}

inline Table<v1::Placement> PlacementTable() { return {"placement", KeysOfPlacement}; }

inline Table<v1::SectionNoted> SectionTable() {
  return {"section", [](const v1::SectionNoted& section) { return std::vector<Key>{{"name", section.name()}}; }};
}

struct Tables {
  Table<v1::Host> hosts = HostTable();
  Table<v1::HomeHost> homes = HomeHostTable();
  Table<v1::Placement> placements = PlacementTable();
  Table<v1::SectionNoted> sections = SectionTable();
};

}  // namespace amikeco::matching

#endif  // AMIKECO_SERVICES_MATCHING_TABLES_H_
