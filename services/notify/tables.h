// The records of the notify service and the keys by which they are found.
#ifndef AMIKECO_SERVICES_NOTIFY_TABLES_H_
#define AMIKECO_SERVICES_NOTIFY_TABLES_H_

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "amikeco/notify/v1/notify.pb.h"
#include "common/base/dates.h"
#include "common/store/table.h"

namespace amikeco::notify {

// Prefix of the keys of one party's messages; "|" is in no name.
inline std::string PartyPrefix(absl::string_view party) { return absl::StrCat(party, "|"); }
inline std::string PartyPrefix(absl::string_view party, v1::MessageState state) {
  return absl::StrCat(party, "|", static_cast<int>(state), "|");
}

// Sorts as bytes with the newest first.
inline std::string NewestFirst(const google::protobuf::Timestamp& time) {
  return absl::StrFormat("%019d", std::numeric_limits<int64_t>::max() - absl::ToUnixMicros(ToTime(time)));
}

// "due": e-mail that waits for its attempt. "lease": attempts under way, by when they count as crashed. "inbox" and
// "unread": a recipient's inbox. "party", "party_state" and "party_application": the delivery log.
inline Table<v1::Message> MessageTable() {
  return Table<v1::Message>("message", [](const v1::Message& message) {
    std::vector<Key> keys;
    const std::string when = NewestFirst(message.queue_time());
    if (message.has_next_due()) {
      const bool sending = message.state() == v1::MESSAGE_STATE_SENDING;
      keys.push_back({sending ? "lease" : "due", SortableTime(ToTime(message.next_due()))});
    }
    if (message.channel() == programme::v1::CHANNEL_INBOX) {
      keys.push_back({"inbox", PartyPrefix(message.recipient()) + when});
      if (!message.has_read_time()) keys.push_back({"unread", PartyPrefix(message.recipient()) + when});
    }
    for (const std::string& party : message.parties()) {
      keys.push_back({"party", PartyPrefix(party) + when});
      keys.push_back({"party_state", PartyPrefix(party, message.state()) + when});
      keys.push_back({"party_application", absl::StrCat(PartyPrefix(party), message.application(), "|", when)});
    }
    return keys;
  });
}

inline Table<v1::Contact> ContactTable() {
  return Table<v1::Contact>("contact", [](const v1::Contact&) { return std::vector<Key>(); });
}
inline Table<v1::Case> CaseTable() {
  return Table<v1::Case>("case", [](const v1::Case&) { return std::vector<Key>(); });
}
inline Table<v1::Party> PartyTable() {
  return Table<v1::Party>("party", [](const v1::Party&) { return std::vector<Key>(); });
}

}  // namespace amikeco::notify

#endif  // AMIKECO_SERVICES_NOTIFY_TABLES_H_
