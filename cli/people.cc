#include "cli/people.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/csv.h"
#include "cli/failure.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace amikeco::cli {
namespace {

const std::vector<std::string>& ColumnsRead() {
  static const auto& columns = *new std::vector<std::string>{"id", "name", "aliases", "birth", "nationality", "place"};
  return columns;
}

}  // namespace

absl::StatusOr<PeopleColumns> ReadPeopleHeader(absl::string_view header) {
  if (!IsUtf8(header)) return Error(kUsageError, "The header is not UTF-8; nobody was screened.");
  PeopleColumns columns;
  const std::vector<std::string> titles = CsvFields(header);
  columns.width = titles.size();
  for (size_t i = 0; i < titles.size(); ++i) {
    const std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(titles[i]));
    const bool read = std::find(ColumnsRead().begin(), ColumnsRead().end(), name) != ColumnsRead().end();
    if (read && !columns.places.emplace(name, i).second) {
      return Error(kUsageError, absl::StrCat("The header has the column ", name, " twice; nobody was screened."));
    }
    if (!read) columns.unread.push_back(titles[i]);
  }
  if (columns.places.count("name") == 0) {
    return Error(kUsageError, "The header has no column name; nobody was screened.");
  }
  return columns;
}

std::string ReadPerson(const PeopleColumns& columns, absl::string_view row, Person& person) {
  if (!IsUtf8(row)) return "The row is not UTF-8.";
  const std::vector<std::string> cells = CsvFields(row);
  if (cells.size() != columns.width) {
    return absl::StrCat("The row has ", cells.size(), " fields, the header has ", columns.width, ".");
  }
  const auto cell = [&](const char* column) -> std::string {
    const auto place = columns.places.find(column);
    return place == columns.places.end() ? "" : std::string(absl::StripAsciiWhitespace(cells[place->second]));
  };
  person.id = cell("id");
  person.name = cell("name");
  if (person.name.empty()) return "name is empty.";
  auto& particulars = *person.request.mutable_particulars();
  particulars.add_names(person.name);
  for (absl::string_view alias : absl::StrSplit(cell("aliases"), ';', absl::SkipWhitespace())) {
    particulars.add_names(std::string(absl::StripAsciiWhitespace(alias)));
  }
  particulars.set_birth(cell("birth"));
  for (absl::string_view code : absl::StrSplit(cell("nationality"), absl::ByAnyChar("; "), absl::SkipEmpty())) {
    particulars.add_nationalities(absl::AsciiStrToUpper(code));
  }
  particulars.set_place(cell("place"));
  return "";
}

}  // namespace amikeco::cli
