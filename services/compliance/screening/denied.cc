#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/compliance/screening/list_builder.h"

namespace amikeco::screening {
namespace {

// Columns that are read, and those that are known and say nothing about who is meant.
constexpr absl::string_view kRead[] = {"Name", "City", "State", "Country", "Effective_Date"};
constexpr absl::string_view kPassedOver[] = {"Street_Address", "Postal_Code", "Expiration_Date", "Standard_Order",
                                             "Last_Update",    "Action",      "FR_Citation"};
enum Column { kName, kCity, kState, kCountry, kEffective, kColumns };

}  // namespace

absl::StatusOr<ImportedList> ParseDenied(absl::string_view list, absl::string_view tsv, const ListLimits& limits) {
  AMIKECO_RETURN_IF_ERROR(CheckText(list, tsv, limits));
  ListBuilder builder(list, limits);
  RowReader rows(tsv, '\t');
  if (!rows.Next() || !rows.wrong().empty()) return Unreadable(list, "the file has no header of columns", 1);
  const size_t width = rows.cells().size();
  size_t at[kColumns];
  for (size_t i = 0; i < kColumns; ++i) {
    const auto found = std::find(rows.cells().begin(), rows.cells().end(), kRead[i]);
    if (found == rows.cells().end()) {
      return Unreadable(list, absl::StrCat("the header lacks the column ", kRead[i]), rows.line());
    }
    at[i] = static_cast<size_t>(found - rows.cells().begin());
  }
  for (const std::string& column : rows.cells()) {
    const bool known = std::find(std::begin(kRead), std::end(kRead), column) != std::end(kRead) ||
                       std::find(std::begin(kPassedOver), std::end(kPassedOver), column) != std::end(kPassedOver);
    if (!known) builder.ReportUnknown(rows.line(), absl::StrCat("column ", column));
  }
  while (rows.Next()) {
    if (!rows.wrong().empty()) {
      builder.Reject(rows.line(), rows.wrong());
      continue;
    }
    if (rows.cells().size() != width) {
      builder.Reject(rows.line(), absl::StrCat("the row has ", rows.cells().size(), " columns instead of ", width,
                                               "; it was left out"));
      continue;
    }
    const auto cell = [&](Column column) { return absl::StripAsciiWhitespace(rows.cells()[at[column]]); };
    Entry entry;
    entry.line = rows.line();
    AddName(cell(kName), Quality::kPrimary, entry);
    // The publisher gives no ids: an order is known by whom it names and since when.
    if (!entry.names.empty()) entry.id = absl::StrCat(entry.names[0].text, " ", cell(kEffective));
    std::string place = absl::StrCat(cell(kCity), " ", cell(kState), ", ", cell(kCountry));
    if (Entry* const same = builder.Find(entry.id)) {
      AddText(place, same->places);  // an order of several addresses
    } else {
      AddText(place, entry.places);
      builder.Add(std::move(entry));
    }
  }
  return builder.Finish();
}

}  // namespace amikeco::screening
