#include "programmes/kept.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "common/store/kept_version.h"
#include "common/store/table.h"

namespace amikeco {
namespace {

using programme::v1::Programme;

constexpr int kBatch = 500;

const Table<Programme>& KeptProgrammes() {
  static const auto& table = *new Table<Programme>("programme", [](const Programme& programme) {
    return std::vector<Key>{{"name", programme.name()}};
  });
  return table;
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
    for (const Programme* programme : programmes.Latest()) {
      AMIKECO_RETURN_IF_ERROR(KeepVersion(tx, KeptProgrammes(), programme->name(), programme->version(), *programme,
                                          errors::kProgrammeChanged, "programme"));
    }
    return absl::OkStatus();
  }));
  return store.Read([&](Reader& reader) { return AddKept(reader, programmes); });
}

}  // namespace amikeco
