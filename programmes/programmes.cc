#include "programmes/programmes.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "common/config/located.h"
#include "common/config/textproto.h"

namespace amikeco {
namespace {

using programme::v1::Notice;
using programme::v1::NoticeSet;
using programme::v1::Programme;

using Notices = google::protobuf::RepeatedPtrField<Notice>;

// Adds `more`, which is all that is told of the facts that it is about.
void Replace(Notices& notices, const Notices& more) {
  std::set<std::string> facts;
  for (const Notice& notice : more) facts.insert(notice.fact());
  const auto replaced = [&](const Notice& notice) { return facts.count(notice.fact()) > 0; };
  notices.erase(std::remove_if(notices.begin(), notices.end(), replaced), notices.end());
  notices.MergeFrom(more);
}

// Puts the notices of the sets that the programme names, in the folder beside `path`, before its own.
absl::Status AddNoticeSets(const std::string& path, Programme& programme) {
  Notices notices;
  for (int i = 0; i < programme.notice_sets_size(); ++i) {
    const std::string& name = programme.notice_sets(i);
    const auto file = std::filesystem::path(path).parent_path() / "notices" / (name + ".textproto");
    auto set = ParseTextproto<NoticeSet>(file.string());
    if (absl::IsNotFound(set.status()) || absl::StrContains(name, '/')) {
      FieldErrors wrong;
      wrong.Add(absl::StrCat("notice_sets[", i, "]"),
                absl::StrCat("\"", name, "\" is not there; sets are files of notices/ beside the programme's"));
      return wrong.ToStatus();
    }
    AMIKECO_RETURN_IF_ERROR(set.status());
    Replace(notices, set->notices());
  }
  Replace(notices, programme.notices());
  *programme.mutable_notices() = std::move(notices);
  programme.clear_notice_sets();  // what is kept and compared is what is in force
  return absl::OkStatus();
}

absl::StatusOr<Programme> LoadOne(const std::string& path, const Countries& countries) {
  AMIKECO_ASSIGN_OR_RETURN(Programme programme, ParseTextproto<Programme>(path));
  // As it is written, so that what is wrong is found in the file.
  absl::Status wrong = CheckProgramme(programme, countries);
  if (wrong.ok()) wrong = AddNoticeSets(path, programme);
  if (!wrong.ok()) {
    AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    return Located(path, text, programme, wrong);
  }
  if (absl::Status together = CheckProgramme(programme); !together.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": with its notice_sets: ", together.message()));
  }
  return programme;
}

// What the programme in the file names is there, too.
absl::Status CheckMentorProgramme(const std::string& path, const Programme& programme, const Programmes& loaded) {
  const std::string& mentors = programme.after_stay().mentor_programme();
  if (mentors.empty() || loaded.Find(mentors).ok()) return absl::OkStatus();
  FieldErrors wrong;
  wrong.Add("after_stay.mentor_programme",
            absl::StrCat("there is no ", mentors, " among the programmes beside it; name one of them"));
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  return Located(path, text, programme, wrong.ToStatus());
}

absl::StatusOr<std::vector<std::string>> TextprotosIn(const std::string& dir) {
  std::error_code error;
  std::vector<std::string> paths;
  for (std::filesystem::directory_iterator entry(dir, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".textproto") paths.push_back(entry->path().string());
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat(dir, ": cannot read the programmes: ", error.message()));
  if (paths.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(dir, ": has no *.textproto file; at least one programme is needed"));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<Programmes> Programmes::Load(const std::string& dir, const Countries& countries) {
  AMIKECO_ASSIGN_OR_RETURN(const auto paths, TextprotosIn(dir));
  Programmes loaded;
  std::map<std::string, std::string> file_of;
  std::vector<std::string> wrong;
  for (const std::string& path : paths) {
    absl::StatusOr<Programme> programme = LoadOne(path, countries);
    if (!programme.ok()) {
      wrong.push_back(std::string(programme.status().message()));
      continue;
    }
    if (const auto [first, is_new] = file_of.emplace(programme->name(), path); !is_new) {
      wrong.push_back(absl::StrCat(path, ": name: ", programme->name(), " is also the name in ", first->second,
                                   "; each programme has one file"));
      continue;
    }
    loaded.Add(*std::move(programme));
  }
  for (const Programme* programme : loaded.Latest()) {
    const absl::Status status = CheckMentorProgramme(file_of[programme->name()], *programme, loaded);
    if (!status.ok()) wrong.push_back(std::string(status.message()));
  }
  if (!wrong.empty()) return absl::InvalidArgumentError(absl::StrJoin(wrong, "\n"));
  return loaded;
}

absl::StatusOr<Programmes> Programmes::LoadFile(const std::string& path, const Countries& countries) {
  AMIKECO_ASSIGN_OR_RETURN(const Programme programme, LoadOne(path, countries));
  Programmes loaded;
  loaded.Add(programme);
  return loaded;
}

absl::StatusOr<const Programme*> Programmes::Find(absl::string_view name, int version) const {
  // Versions sort upwards, so the last entry of a name is its latest.
  auto found = versions_.upper_bound({std::string(name), version == 0 ? INT32_MAX : version});
  if (found != versions_.begin()) {
    --found;
    if (found->first.first == name && (version == 0 || found->first.second == version)) return &found->second;
  }
  return NotFound(version == 0 ? std::string(name) : absl::StrCat(name, " version ", version));
}

const Programme* Programmes::Before(const Programme& programme) const {
  auto found = versions_.lower_bound({programme.name(), programme.version()});
  if (found == versions_.begin()) return nullptr;
  --found;
  return found->first.first == programme.name() ? &found->second : nullptr;
}

std::vector<const Programme*> Programmes::Latest() const {
  std::vector<const Programme*> latest;
  for (const auto& [key, programme] : versions_) {
    if (!latest.empty() && latest.back()->name() == programme.name()) latest.pop_back();
    latest.push_back(&programme);
  }
  return latest;
}

void Programmes::Add(const Programme& programme) {
  versions_.try_emplace({programme.name(), programme.version()}, programme);
}

}  // namespace amikeco
