// How clearances and waivers are stored and found.
#ifndef AMIKECO_SERVICES_COMPLIANCE_TABLES_H_
#define AMIKECO_SERVICES_COMPLIANCE_TABLES_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "amikeco/compliance/v1/compliance.pb.h"
#include "common/base/dates.h"
#include "common/store/table.h"
#include "services/compliance/clearance.h"
#include "services/compliance/standing.h"
#include "services/compliance/waiver.h"

namespace amikeco::compliance {

inline constexpr char kByParty[] = "party";
inline constexpr char kByDue[] = "due";
// Clearances that are not closed and follow a person's screening: "<organisation>|<person>|".
inline constexpr char kByScreened[] = "screened";
inline std::string ScreenedKey(absl::string_view organisation, absl::string_view person) {
  return absl::StrCat(organisation, "|", person, "|");
}

// Values of kByParty begin so: one party's records, of one state or (0, UNSPECIFIED) of all.
inline std::string PartyPrefix(absl::string_view party, int state) {
  const std::string prefix = absl::StrCat(party, "|");
  return state == 0 ? prefix : absl::StrCat(prefix, state, "|");
}

inline const Table<v1::Clearance>& Clearances() {
  static const Table<v1::Clearance>& table = *new Table<v1::Clearance>("clearance", [](const v1::Clearance& clearance) {
    std::vector<Key> keys;
    for (const std::string& party : clearance.parties()) {
      keys.push_back({kByParty, PartyPrefix(party, clearance.state())});
    }
    if (const auto due = NextDue(clearance)) keys.push_back({kByDue, SortableTime(*due)});
    std::set<std::string> screened;
    for (const v1::RequiredItem& item : clearance.items()) {
      if (item.screened_for().empty() || clearance.state() == v1::Clearance::STATE_CLOSED) continue;
      for (const std::string& person : PersonsOf(clearance, item)) {
        screened.insert(ScreenedKey(item.screened_for(), person));
      }
    }
    for (const std::string& value : screened) keys.push_back({kByScreened, value});
    return keys;
  });
  return table;
}

inline constexpr char kByClearance[] = "clearance";
inline constexpr char kByTemplate[] = "template";

// Values of kByClearance: the waivers of one clearance that a party may see; of all ("") those that there are.
inline std::string ClearancePrefix(absl::string_view party, absl::string_view clearance) {
  return absl::StrCat(party, "|", clearance, "|");
}
// Values of kByTemplate begin so: the waivers on one version that may still count. What they were told of its end
// follows.
inline std::string TemplatePrefix(absl::string_view hash) { return absl::StrCat(hash, "|"); }
inline std::string TemplateValue(absl::string_view hash, const google::type::Date& until) {
  return absl::StrCat(TemplatePrefix(hash), until.year() == 0 ? "" : FormatDate(until));
}

inline const Table<v1::Waiver>& Waivers() {
  static const Table<v1::Waiver>& table = *new Table<v1::Waiver>("waiver", [](const v1::Waiver& waiver) {
    std::vector<Key> keys = {{kByClearance, ClearancePrefix("", waiver.clearance())}};
    for (const std::string& party : waiver.parties()) {
      keys.push_back({kByParty, PartyPrefix(party, waiver.state())});
      keys.push_back({kByClearance, ClearancePrefix(party, waiver.clearance())});
    }
    if (Next(waiver.state(), WaiverCommand::kSupersede)) {
      keys.push_back({kByTemplate, TemplateValue(waiver.template_hash(), waiver.template_until())});
    }
    if (const auto due = NextDue(waiver)) keys.push_back({kByDue, SortableTime(*due)});
    return keys;
  });
  return table;
}

}  // namespace amikeco::compliance

#endif  // AMIKECO_SERVICES_COMPLIANCE_TABLES_H_
