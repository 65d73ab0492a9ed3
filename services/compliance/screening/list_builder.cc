#include "services/compliance/screening/list_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/utf8.h"
#include "common/countries/name_key.h"

namespace amikeco::screening {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
// Of one entry; a publisher's most are some dozens.
constexpr size_t kMaxNames = 500, kMaxTexts = 500, kMaxTextBytes = 1000;

// The beginning of `text`, of at most `most` bytes and of whole characters: what is cut in two could not be kept.
std::string Beginning(absl::string_view text, size_t most) {
  if (text.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  }
  return std::string(text.substr(0, most));
}

}  // namespace

absl::Status Unreadable(absl::string_view list, absl::string_view what, int line) {
  const std::string at = absl::StrCat(line);
  const std::string where = line == 0 ? "" : absl::StrCat(", line ", at);
  return Error(kListUnreadable, absl::StrCat("List ", list, where, ": ", what), {{"list", list}, {"line", at}});
}

absl::Status CheckText(absl::string_view list, absl::string_view text, const ListLimits& limits) {
  if (text.size() > limits.bytes) {
    return Unreadable(list,
                      absl::StrCat("the file has ", text.size(), " bytes; the most that is read is ", limits.bytes));
  }
  if (absl::StartsWith(text, "\xFF\xFE") || absl::StartsWith(text, "\xFE\xFF") ||
      text.substr(0, 4096).find('\0') != text.npos) {
    return Unreadable(list, "the file is not UTF-8; save it as UTF-8", 1);
  }
  return absl::OkStatus();
}

void ListBuilder::Reject(int line, std::string reason) {
  ++rows_rejected_;
  RejectStray(line, std::move(reason));
}

void ListBuilder::RejectStray(int line, std::string reason) {
  ++result_.rejected;
  if (result_.rejects.size() < kMaxRejects) result_.rejects.push_back({line, std::move(reason)});
}

void ListBuilder::ReportUnknown(int line, absl::string_view what) {
  constexpr size_t kMost = 50;
  if (unknown_.size() >= kMost || !unknown_.emplace(what).second) return;
  ++result_.rejected;
  if (result_.rejects.size() < kMaxRejects) {
    result_.rejects.push_back({line, absl::StrCat(Printable(what), " is not known; it was not read")});
  }
}

void ListBuilder::Add(Entry entry) {
  if (entry.names.empty()) return Reject(entry.line, "the entry has no name; it was left out");
  if (entry.id.empty()) return Reject(entry.line, "the entry has no id; it was left out");
  if (result_.entries.size() >= limits_.entries) return;
  if (!by_id_.emplace(entry.id, result_.entries.size()).second) {
    return Reject(entry.line, absl::StrCat("the id ", Printable(entry.id), " stands twice; the second was left out"));
  }
  entry.list = list_;
  result_.entries.push_back(std::move(entry));
}

Entry* ListBuilder::Find(absl::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &result_.entries[found->second];
}

absl::StatusOr<ImportedList> ListBuilder::Finish() {
  if (result_.entries.size() >= limits_.entries) {
    return Unreadable(list_, absl::StrCat("the file has ", limits_.entries, " entries or more, which is too many"));
  }
  if (result_.entries.empty() || rows_rejected_ > result_.entries.size()) {
    const std::string first = result_.rejects.empty() ? "" : absl::StrCat("; the first: ", result_.rejects[0].reason);
    return Unreadable(list_,
                      absl::StrCat("the file has ", result_.entries.size(), " entries and ", rows_rejected_,
                                   " rows that are wrong", first),
                      result_.rejects.empty() ? 0 : result_.rejects[0].line);
  }
  for (const Entry& entry : result_.entries) {
    result_.names += entry.names.size();
    result_.weak_names += static_cast<size_t>(std::count_if(
        entry.names.begin(), entry.names.end(), [](const ListedName& n) { return n.quality == Quality::kWeak; }));
  }
  return std::move(result_);
}

void AddName(absl::string_view text, Quality quality, Entry& entry) {
  std::string name = Beginning(text, kMaxNameBytes);
  absl::RemoveExtraAsciiWhitespace(&name);
  if (name.empty() || entry.names.size() >= kMaxNames) return;
  const bool known =
      std::any_of(entry.names.begin(), entry.names.end(), [&](const ListedName& n) { return n.text == name; });
  if (!known) entry.names.push_back({std::move(name), quality});
}

void AddText(absl::string_view text, std::vector<std::string>& texts) {
  std::string clean = Beginning(text, kMaxTextBytes);
  absl::RemoveExtraAsciiWhitespace(&clean);
  if (clean.empty() || texts.size() >= kMaxTexts || std::find(texts.begin(), texts.end(), clean) != texts.end()) return;
  texts.push_back(std::move(clean));
}

RowReader::RowReader(absl::string_view text, char separator) : rest_(text), separator_(separator) {
  absl::ConsumePrefix(&rest_, kByteOrderMark);
}

bool RowReader::Next() {
  while (!rest_.empty()) {
    const size_t end = rest_.find('\n');
    absl::string_view row = rest_.substr(0, end);
    rest_ = end == rest_.npos ? absl::string_view() : rest_.substr(end + 1);
    ++line_;
    absl::ConsumeSuffix(&row, "\r");
    absl::ConsumeSuffix(&row, "\x1A");
    if (absl::StripAsciiWhitespace(row).empty()) continue;
    Cut(row);
    return true;
  }
  return false;
}

void RowReader::Cut(absl::string_view row) {
  constexpr size_t kMaxCells = 100;
  cells_.clear();
  wrong_ = IsUtf8(row) ? "" : "the row is not UTF-8; it was left out";
  for (size_t i = 0; wrong_.empty();) {
    std::string cell;
    while (i < row.size() && row[i] == ' ') ++i;
    if (i < row.size() && row[i] == '"') {
      for (++i; i < row.size(); ++i) {
        if (row[i] != '"') {
          cell += row[i];
        } else if (i + 1 < row.size() && row[i + 1] == '"') {
          cell += row[i++];
        } else {
          break;
        }
      }
      if (i == row.size()) wrong_ = "a quote is not closed; the row was left out";
      ++i;
      while (i < row.size() && row[i] == ' ') ++i;
      if (i < row.size() && row[i] != separator_) wrong_ = "text follows a closing quote; the row was left out";
    } else {
      const size_t end = std::min(row.find(separator_, i), row.size());
      cell = std::string(absl::StripAsciiWhitespace(row.substr(i, end - i)));
      i = end;
    }
    cells_.push_back(std::move(cell));
    if (cells_.size() > kMaxCells) wrong_ = "the row has too many cells; it was left out";
    if (i >= row.size()) break;
    ++i;
    if (i == row.size()) {
      cells_.emplace_back();
      break;
    }
  }
}

}  // namespace amikeco::screening
