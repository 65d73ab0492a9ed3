#include "common/countries/territory_file.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "common/config/textproto.h"
#include "common/countries/name_key.h"

namespace amikeco {
namespace {

constexpr size_t kMostMistakes = 20;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kColumns[] = {"code", "is_country", "kind", "name"};
constexpr size_t kLongestCode = 8;
constexpr std::pair<absl::string_view, NameKind> kKinds[] = {
    {"primary", NameKind::kPrimary}, {"full", NameKind::kFull},           {"strong", NameKind::kStrong},
    {"weak", NameKind::kWeak},       {"successor", NameKind::kSuccessor},
};

// A code in capitals, perhaps with a part behind a hyphen.
bool IsCode(absl::string_view text) {
  return text.size() >= 2 && text.size() <= kLongestCode && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           const auto u = static_cast<unsigned char>(c);
           return absl::ascii_isupper(u) || absl::ascii_isdigit(u) || c == '-';
         });
}

std::optional<NameKind> KindOf(absl::string_view word) {
  const auto* const kind =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& entry) { return entry.first == word; });
  return kind == std::end(kKinds) ? std::nullopt : std::make_optional(kind->second);
}

void CheckHeader(absl::string_view line, absl::string_view place, FileMistakes& mistakes) {
  const std::vector<absl::string_view> columns = absl::StrSplit(line, '\t');
  if (std::equal(columns.begin(), columns.end(), std::begin(kColumns), std::end(kColumns))) return;
  std::string what = "the columns are not those of a file of territories";
  for (const absl::string_view column : columns) {
    if (std::find(std::begin(kColumns), std::end(kColumns), column) != std::end(kColumns)) continue;
    what = absl::StrCat("there is no column \"", Printable(column), "\"");
    break;
  }
  mistakes.Add(place, "header",
               absl::StrCat(what, "; write ", absl::StrJoin(kColumns, ", "), " with tabs between them"));
}

// The row of a line, as far as it is right.
TerritoryRow ParseRow(absl::string_view line, const std::string& place, FileMistakes& mistakes) {
  TerritoryRow row;
  row.place = place;
  const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
  if (fields.size() != std::size(kColumns)) {
    mistakes.Add(place, "row",
                 absl::StrCat("has ", fields.size(), " fields and needs ", std::size(kColumns),
                              ", with tabs between them; a file that was cut off ends like this"));
    return row;
  }
  row.code = std::string(fields[0]);
  if (!IsCode(row.code)) {
    mistakes.Add(place, "code",
                 absl::StrCat("\"", Printable(row.code), "\" is no code; write one such as GB or GB-SCT"));
  }
  row.is_country = fields[1] == "1";
  if (fields[1] != "0" && fields[1] != "1") {
    mistakes.Add(place, "is_country", absl::StrCat("\"", Printable(fields[1]), "\" is neither; write 1 or 0"));
  }
  const std::optional<NameKind> kind = KindOf(fields[2]);
  row.kind = kind.value_or(NameKind::kWeak);
  if (!kind) {
    mistakes.Add(
        place, "kind",
        absl::StrCat("\"", Printable(fields[2]), "\" is no kind; write primary, full, strong, weak or successor"));
  }
  row.name = std::string(fields[3]);
  if (row.kind == NameKind::kSuccessor) return row;
  if (row.name.size() > kLongestName) {
    mistakes.Add(place, "name", absl::StrCat("has ", row.name.size(), " bytes; ", kLongestName, " are the most"));
  } else if (NameKey(row.name).empty()) {
    mistakes.Add(place, "name", absl::StrCat("\"", row.name, "\" has no letters; write a name, or remove the line"));
  }
  return row;
}

std::vector<TerritoryRow> ParseRows(absl::string_view text, const std::string& path, FileMistakes& mistakes) {
  std::vector<TerritoryRow> rows;
  bool headed = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string place = absl::StrCat(path, ":", number);
    const size_t end = text.find('\n');
    const absl::string_view line = absl::StripSuffix(text.substr(0, end), "\r");
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (absl::StartsWith(line, "#")) continue;
    if (!IsUtf8(line)) {
      mistakes.Add(place, "row", "is not UTF-8; save the file as UTF-8");
    } else if (end == text.npos) {
      mistakes.Add(place, "row", "has no line end; a file that was cut off ends like this");
    } else if (!headed) {
      CheckHeader(line, place, mistakes);
      headed = true;
    } else {
      rows.push_back(ParseRow(line, place, mistakes));
    }
  }
  if (!headed) mistakes.Add(absl::StrCat(path, ":1"), "header", "there is none; the file may be empty or cut off");
  return rows;
}

}  // namespace

void FileMistakes::Add(absl::string_view place, absl::string_view column, absl::string_view what) {
  lines_.push_back(absl::StrCat(place, ": ", column, ": ", what));
}

absl::Status FileMistakes::ToStatus() const {
  if (lines_.empty()) return absl::OkStatus();
  const auto last = lines_.begin() + static_cast<std::ptrdiff_t>(std::min(lines_.size(), kMostMistakes));
  std::string text = absl::StrJoin(lines_.begin(), last, "\n");
  if (lines_.size() > kMostMistakes) absl::StrAppend(&text, "\nand ", lines_.size() - kMostMistakes, " more");
  return absl::InvalidArgumentError(text);
}

absl::StatusOr<std::vector<TerritoryRow>> ReadTerritoryFile(const std::string& path) {
  AMIKECO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  FileMistakes mistakes;
  std::vector<TerritoryRow> rows = ParseRows(absl::StripPrefix(text, kByteOrderMark), path, mistakes);
  AMIKECO_RETURN_IF_ERROR(mistakes.ToStatus());
  return rows;
}

}  // namespace amikeco
