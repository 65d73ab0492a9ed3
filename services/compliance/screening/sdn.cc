#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/compliance/screening/list_builder.h"

namespace amikeco::screening {
namespace {

constexpr size_t kEntryColumns = 12, kAliasColumns = 5, kAddressColumns = 6, kCommentColumns = 2;
constexpr char kEndOfFile = '\x1A';

// "" for the "-0-" that stands for nothing.
absl::string_view Cell(const RowReader& rows, size_t column) {
  const absl::string_view cell = absl::StripAsciiWhitespace(rows.cells()[column]);
  return cell == "-0-" ? absl::string_view() : cell;
}

Kind KindOf(absl::string_view type) {
  if (type == "individual") return Kind::kPerson;
  if (type == "vessel") return Kind::kVessel;
  if (type == "aircraft") return Kind::kAircraft;
  return Kind::kOrganisation;
}

// Reads `text` row by row; reports rows that are broken or of another number of columns.
template <typename Row>
absl::Status ReadRows(absl::string_view list, absl::string_view file, absl::string_view text, size_t columns,
                      const ListLimits& limits, ListBuilder& builder, Row row) {
  AMIKECO_RETURN_IF_ERROR(CheckText(list, text, limits));
  RowReader rows(text, ',');
  while (rows.Next()) {
    if (!rows.wrong().empty()) {
      builder.Reject(rows.line(), absl::StrCat(file, ": ", rows.wrong()));
    } else if (rows.cells().size() != columns) {
      builder.Reject(rows.line(), absl::StrCat(file, ": the row has ", rows.cells().size(), " columns instead of ",
                                               columns, "; it was left out"));
    } else {
      row(rows);
    }
  }
  // These files end with a mark; without it the rest may be missing.
  if (!text.empty() && !absl::StrContains(text.substr(text.size() - std::min<size_t>(text.size(), 4)), kEndOfFile)) {
    builder.ReportUnknown(
        rows.line(), absl::StrCat(file, ": the end-of-file mark is missing, so the file may be cut off; what follows"));
  }
  return absl::OkStatus();
}

// One part of the remarks: "alt. DOB 1 Feb 1964", "nationality X", "a.k.a. 'Y'".
void ReadRemark(absl::string_view remark, Entry& entry) {
  absl::ConsumeSuffix(&remark, ".");
  absl::ConsumePrefix(&remark, "alt. ");
  if (absl::ConsumePrefix(&remark, "DOB ")) {
    if (const auto birth = ParseBirth(remark)) entry.births.push_back(*birth);
  } else if (absl::ConsumePrefix(&remark, "POB ")) {
    AddText(remark, entry.places);
  } else if (absl::ConsumePrefix(&remark, "nationality ") || absl::ConsumePrefix(&remark, "citizen ")) {
    AddText(remark, entry.nationalities);
  } else if (absl::ConsumePrefix(&remark, "a.k.a. '") && absl::ConsumeSuffix(&remark, "'")) {
    AddName(remark, Quality::kWeak, entry);
  }
}

}  // namespace

absl::StatusOr<ImportedList> ParseSdn(absl::string_view list, const SdnFiles& files, const ListLimits& limits) {
  ListBuilder builder(list, limits);
  absl::flat_hash_map<std::string, std::string> more_remarks;
  AMIKECO_RETURN_IF_ERROR(
      ReadRows(list, "comments", files.comments, kCommentColumns, limits, builder,
               [&](const RowReader& rows) { absl::StrAppend(&more_remarks[Cell(rows, 0)], Cell(rows, 1)); }));
  AMIKECO_RETURN_IF_ERROR(
      ReadRows(list, "entries", files.entries, kEntryColumns, limits, builder, [&](const RowReader& rows) {
        Entry entry;
        entry.line = rows.line();
        entry.id = std::string(Cell(rows, 0));
        entry.kind = KindOf(Cell(rows, 2));
        AddName(Cell(rows, 1), Quality::kPrimary, entry);
        const auto more = more_remarks.find(entry.id);
        const std::string remarks = absl::StrCat(Cell(rows, 11), more == more_remarks.end() ? "" : more->second);
        for (const absl::string_view remark : absl::StrSplit(remarks, ';')) {
          ReadRemark(absl::StripAsciiWhitespace(remark), entry);
        }
        builder.Add(std::move(entry));
      }));
  const auto of_entry = [&builder](const RowReader& rows, absl::string_view file) {
    Entry* const entry = builder.Find(Cell(rows, 0));
    if (entry == nullptr) {
      builder.RejectStray(rows.line(), absl::StrCat(file, ": there is no entry of this number; the row was left out"));
    }
    return entry;
  };
  AMIKECO_RETURN_IF_ERROR(
      ReadRows(list, "aliases", files.aliases, kAliasColumns, limits, builder, [&](const RowReader& rows) {
        if (Entry* const entry = of_entry(rows, "aliases")) AddName(Cell(rows, 3), Quality::kStrong, *entry);
      }));
  AMIKECO_RETURN_IF_ERROR(
      ReadRows(list, "addresses", files.addresses, kAddressColumns, limits, builder, [&](const RowReader& rows) {
        Entry* const entry = of_entry(rows, "addresses");
        if (entry == nullptr) return;
        AddText(absl::StrCat(Cell(rows, 3), Cell(rows, 3).empty() || Cell(rows, 4).empty() ? "" : ", ", Cell(rows, 4)),
                entry->places);
      }));
  return builder.Finish();
}

}  // namespace amikeco::screening
