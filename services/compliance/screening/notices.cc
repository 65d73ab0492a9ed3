#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/compliance/screening/list_builder.h"

namespace amikeco::screening {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 64;
constexpr size_t kMaxNoticeBytes = 64 << 10;

// Cuts the text of each notice out of a snapshot, so that one that is wrong spoils no other and each has its line.
class Cutter {
 public:
  explicit Cutter(absl::string_view text) : text_(text) {}

  // False at the end; `wrong()` says what when it came too early.
  bool Next(absl::string_view& notice, int& line) {
    size_t begin = text_.npos;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (in_string_) {
        if (c == '\\') {
          ++at_;
        } else if (c == '"') {
          in_string_ = false;
          string_ = text_.substr(string_begin_, at_ - string_begin_);
        }
        continue;
      }
      if (c == '"') {
        in_string_ = true;
        string_begin_ = at_ + 1;
      } else if (c == '[' || c == '{') {
        if (++depth_ > kMaxDepth) return Wrong("brackets are nested too deeply");
        if (c == '[' && array_depth_ == 0 && (depth_ == 1 || string_ == "notices")) {
          array_depth_ = depth_;
        } else if (c == '{' && array_depth_ != 0 && depth_ == array_depth_ + 1) {
          begin = at_;
          line = line_;
        }
      } else if (c == ']' || c == '}') {
        if (--depth_ < 0) return Wrong("a bracket is closed that was never opened");
        if (begin != text_.npos && depth_ == array_depth_) {
          notice = text_.substr(begin, ++at_ - begin);
          return true;
        }
        if (depth_ < array_depth_) {
          array_depth_ = 0;
          found_ = true;
        }
      }
    }
    if (in_string_ || depth_ != 0) return Wrong("the file is cut off: brackets are not closed");
    if (!found_) return Wrong("there is no array of notices");
    return false;
  }

  const std::string& wrong() const { return wrong_; }
  int line() const { return line_; }

 private:
  bool Wrong(const char* what) {
    wrong_ = what;
    return false;
  }

  absl::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  int array_depth_ = 0;  // of the array of notices while in it
  bool found_ = false;
  bool in_string_ = false;
  size_t string_begin_ = 0;
  absl::string_view string_;  // the last, which is the key of what begins
  std::string wrong_;
};

// "" when there is none or it is no text.
std::string TextOf(const Json& notice, const char* key) {
  const auto found = notice.find(key);
  return found == notice.end() || !found->is_string() ? "" : found->get<std::string>();
}

void ReportUnknownKeys(const Json& notice, int line, ListBuilder& builder) {
  static constexpr absl::string_view kKnown[] = {"entity_id",
                                                 "name",
                                                 "forename",
                                                 "date_of_birth",
                                                 "nationalities",
                                                 "place_of_birth",
                                                 "country_of_birth_id",
                                                 "sex_id",
                                                 "arrest_warrants",
                                                 "_links",
                                                 "_embedded",
                                                 "weight",
                                                 "height",
                                                 "distinguishing_marks",
                                                 "eyes_colors_id",
                                                 "hairs_id",
                                                 "languages_spoken_ids",
                                                 "images",
                                                 "aliases"};
  for (const auto& item : notice.items()) {
    bool known = false;
    for (const absl::string_view key : kKnown) known = known || key == item.key();
    if (!known) builder.ReportUnknown(line, absl::StrCat("field ", item.key()));
  }
}

// What is wrong with `notice`, or "".
std::string Read(const Json& notice, Entry& entry) {
  if (!notice.is_object()) return "the notice is not valid JSON; it was left out";
  entry.id = TextOf(notice, "entity_id");
  entry.kind = Kind::kPerson;
  AddName(absl::StrCat(TextOf(notice, "forename"), " ", TextOf(notice, "name")), Quality::kPrimary, entry);
  if (const auto aliases = notice.find("aliases"); aliases != notice.end() && aliases->is_array()) {
    for (const Json& alias : *aliases) {
      if (alias.is_string()) AddName(alias.get_ref<const std::string&>(), Quality::kStrong, entry);
    }
  }
  const std::string born = TextOf(notice, "date_of_birth");
  const auto birth = ParseBirth(born);
  if (!born.empty() && !birth.has_value()) return absl::StrCat("date_of_birth is no date: YYYY/MM/DD; it was left out");
  if (birth.has_value()) entry.births.push_back(*birth);
  if (const auto countries = notice.find("nationalities"); countries != notice.end() && countries->is_array()) {
    for (const Json& country : *countries) {
      if (country.is_string()) AddText(country.get_ref<const std::string&>(), entry.nationalities);
    }
  }
  AddText(TextOf(notice, "place_of_birth"), entry.places);
  AddText(TextOf(notice, "country_of_birth_id"), entry.places);
  return "";
}

}  // namespace

absl::StatusOr<ImportedList> ParseNotices(absl::string_view list, absl::string_view json, const ListLimits& limits) {
  AMIKECO_RETURN_IF_ERROR(CheckText(list, json, limits));
  ListBuilder builder(list, limits);
  Cutter cutter(json);
  absl::string_view text;
  int line = 0;
  while (cutter.Next(text, line)) {
    if (text.size() > kMaxNoticeBytes) {
      builder.Reject(line, "the notice is too long; it was left out");
      continue;
    }
    Entry entry;
    entry.line = line;
    // Refuses what is not UTF-8 as well.
    const Json notice = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    const std::string wrong = Read(notice, entry);
    if (wrong.empty()) {
      ReportUnknownKeys(notice, line, builder);
      builder.Add(std::move(entry));
    } else {
      builder.Reject(line, wrong);
    }
  }
  if (!cutter.wrong().empty()) return Unreadable(list, cutter.wrong(), cutter.line());
  return builder.Finish();
}

}  // namespace amikeco::screening
