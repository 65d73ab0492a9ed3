#include "programmes/programmes.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/config/textproto.h"
#include "google/protobuf/text_format.h"

namespace amikeco {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::TextFormat;
using programme::v1::Notice;
using programme::v1::NoticeSet;
using programme::v1::Programme;

// Finds where a field stands in a file: "eligibility[2].id" is looked up part by part; a part that is not written in
// the file leaves the line of what holds it.
class Lines {
 public:
  explicit Lines(const std::string& text) {
    TextFormat::Parser parser;
    parser.WriteLocationsTo(&tree_);
    Programme ignored;
    parser.ParseFromString(text, &ignored);
  }

  int Of(absl::string_view path) {
    TextFormat::ParseInfoTree* tree = &tree_;
    const google::protobuf::Descriptor* type = Programme::descriptor();
    int line = 0;
    for (absl::string_view part : absl::StrSplit(path, '.')) {
      const std::pair<absl::string_view, absl::string_view> split = absl::StrSplit(part, absl::MaxSplits('[', 1));
      int index = -1;
      if (!split.second.empty()) (void)absl::SimpleAtoi(split.second.substr(0, split.second.size() - 1), &index);
      const FieldDescriptor* field = type->FindFieldByName(std::string(split.first));
      if (field == nullptr) return line;
      if (field->is_repeated() != (index >= 0)) return line;
      if (const int found = tree->GetLocation(field, index).line; found >= 0) line = found;
      if (field->type() != FieldDescriptor::TYPE_MESSAGE) return line;
      tree = tree->GetTreeForNested(field, index);
      if (tree == nullptr) return line;
      type = field->message_type();
    }
    return line;
  }

 private:
  TextFormat::ParseInfoTree tree_;
};

// `wrong` with each field violation as "file:line: field: what and fix".
absl::Status Located(const std::string& path, const std::string& text, const absl::Status& wrong) {
  const auto bad = DetailOf<google::rpc::BadRequest>(wrong);
  if (!bad.ok()) return wrong;
  Lines lines(text);
  std::vector<std::string> sentences;
  for (const auto& violation : bad->field_violations()) {
    sentences.push_back(absl::StrCat(path, ":", lines.Of(violation.field()) + 1, ": ", violation.field(), ": ",
                                     violation.description()));
  }
  absl::Status located = absl::InvalidArgumentError(absl::StrJoin(sentences, "\n"));
  SetDetail(located, *bad);
  return located;
}

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
    return Located(path, text, wrong);
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
  return Located(path, text, wrong.ToStatus());
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
