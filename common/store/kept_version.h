// Versions of what files say, kept in the store: what was once in force under a version is never another thing later.
#ifndef AMIKECO_COMMON_STORE_KEPT_VERSION_H_
#define AMIKECO_COMMON_STORE_KEPT_VERSION_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/store/table.h"
#include "google/protobuf/util/message_differencer.h"

namespace amikeco {

// Keeps `content` as `name`@`version`, unless it is there. The error `changed` when something else is there, with what
// differs in its sentence and `kind` ("programme") as the name's key in its metadata.
template <typename T>
absl::Status KeepVersion(Transaction& tx, const Table<T>& table, const std::string& name, int version, const T& content,
                         const ErrorName& changed, absl::string_view kind) {
  using google::protobuf::util::MessageDifferencer;
  const std::string id = absl::StrCat(name, "@", version);
  AMIKECO_ASSIGN_OR_RETURN(const auto kept, table.Find(tx, id));
  if (!kept.exists()) return table.Put(tx, id, content, 0, 1);
  if (MessageDifferencer::Equals(kept.value, content)) return absl::OkStatus();
  MessageDifferencer differ;
  std::string differences;
  differ.ReportDifferencesToString(&differences);
  differ.Compare(kept.value, content);
  return Error(
      changed,
      absl::StrCat(name, " version ", version, " was in force with other rules before; give the changed rules version ",
                   version + 1, ". What differs:\n", differences),
      {{kind, name}, {"version", absl::StrCat(version)}});
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_KEPT_VERSION_H_
