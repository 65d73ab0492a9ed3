#include "programmes/kept.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/store/table.h"
#include "google/protobuf/util/message_differencer.h"

namespace amikeco {
namespace {

using google::protobuf::util::MessageDifferencer;
using programme::v1::Programme;

constexpr int kBatch = 500;

const Table<Programme>& KeptProgrammes() {
  static const auto& table = *new Table<Programme>("programme", [](const Programme& programme) {
    return std::vector<Key>{{"name", programme.name()}};
  });
  return table;
}

std::string IdOf(const Programme& programme) { return absl::StrCat(programme.name(), "@", programme.version()); }

absl::Status Keep(Transaction& tx, const Programme& programme) {
  const std::string id = IdOf(programme);
  AMIKECO_ASSIGN_OR_RETURN(const auto kept, KeptProgrammes().Find(tx, id));
  if (!kept.exists()) return KeptProgrammes().Put(tx, id, programme, 0, 1);
  if (MessageDifferencer::Equals(kept.value, programme)) return absl::OkStatus();
  MessageDifferencer differ;
  std::string differences;
  differ.ReportDifferencesToString(&differences);
  differ.Compare(kept.value, programme);
  return Error(errors::kProgrammeChanged,
               absl::StrCat(programme.name(), " version ", programme.version(),
                            " was in force with other rules before; give the changed rules version ",
                            programme.version() + 1, ". What differs:\n", differences),
               {{"programme", programme.name()}, {"version", absl::StrCat(programme.version())}});
}

absl::Status AddKept(Reader& reader, Programmes& programmes) {
  ScanRange range{KeptProgrammes().kind(), "name", "", "", std::nullopt, kBatch};
  while (true) {
    AMIKECO_ASSIGN_OR_RETURN(const auto rows, reader.Scan(range));
    for (const auto& [position, record] : rows) {
      Programme programme;
      if (!programme.ParseFromString(record.body)) {
        return Error(errors::kCorruptRecord, absl::StrCat("The kept programme ", record.id, " does not parse."),
                     {{"name", record.id}});
      }
      programmes.Add(programme);
      range.after = position;
    }
    if (static_cast<int>(rows.size()) < kBatch) return absl::OkStatus();
  }
}

}  // namespace

absl::Status KeepProgrammes(Store& store, Programmes& programmes) {
  AMIKECO_RETURN_IF_ERROR(store.Write([&](Transaction& tx) -> absl::Status {
    for (const Programme* programme : programmes.Latest()) AMIKECO_RETURN_IF_ERROR(Keep(tx, *programme));
    return absl::OkStatus();
  }));
  return store.Read([&](Reader& reader) { return AddKept(reader, programmes); });
}

}  // namespace amikeco
