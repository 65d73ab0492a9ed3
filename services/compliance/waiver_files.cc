#include "services/compliance/waiver_files.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/config/textproto.h"
#include "common/store/table.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/compliance/errors.h"

namespace amikeco::compliance {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::WaiverTemplate;

// More versions than anybody will write.
constexpr int kMostKept = 10'000;

const Table<WaiverTemplate>& KeptTemplates() {
  static const auto& table = *new Table<WaiverTemplate>("waiver_template", [](const WaiverTemplate& waiver) {
    return std::vector<Key>{{"id", IdOf(waiver)}};
  });
  return table;
}

absl::Status Keep(Transaction& tx, const WaiverTemplate& waiver) {
  const std::string id = IdOf(waiver);
  AMIKECO_ASSIGN_OR_RETURN(const auto kept, KeptTemplates().Find(tx, id));
  if (kept.exists() && HashOf(kept.value) != HashOf(waiver)) return errors::WaiverTemplateChanged(id);
  if (kept.exists() && MessageDifferencer::Equals(kept.value, waiver)) return absl::OkStatus();
  return KeptTemplates().Put(tx, id, waiver, kept.version, kept.version + 1);
}

}  // namespace

absl::StatusOr<WaiverTemplates> LoadWaiverTemplates(const std::string& dir) {
  AMIKECO_ASSIGN_OR_RETURN(const auto paths, TextprotosIn(dir, "waivers_dir"));
  std::vector<WaiverFile> files;
  std::vector<std::string> mistakes;
  for (const std::string& path : paths) {
    WaiverFile file{path, "", WaiverTemplate()};
    AMIKECO_ASSIGN_OR_RETURN(file.text, ReadFile(path));
    const absl::Status parsed = ParseTextprotoText(file.text, path, file.parsed);
    if (!parsed.ok()) mistakes.emplace_back(parsed.message());
    files.push_back(std::move(file));
  }
  if (!mistakes.empty()) return absl::InvalidArgumentError(absl::StrJoin(mistakes, "\n"));
  return WaiverTemplates::Check(files);
}

absl::Status KeepWaiverTemplates(Store& store, WaiverTemplates& templates) {
  return store.Write([&](Transaction& tx) -> absl::Status {
    for (const auto& [hash, waiver] : templates.all()) AMIKECO_RETURN_IF_ERROR(Keep(tx, waiver));
    AMIKECO_ASSIGN_OR_RETURN(const auto kept, KeptTemplates().Range(tx, "id", "", "", kMostKept));
    for (const auto& former : kept) {
      if (templates.Find(HashOf(former.value)) != nullptr) continue;
      if (!former.value.has_grandfathered_until()) return errors::WaiverTemplateMissing(former.name);
      templates.AddFormer(former.value);
    }
    return absl::OkStatus();
  });
}

}  // namespace amikeco::compliance
