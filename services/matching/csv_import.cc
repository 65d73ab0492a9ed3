#include "services/matching/csv_import.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/base/utf8.h"
#include "services/matching/errors.h"

namespace amikeco::matching {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// One row as it is in the text, without its line end.
struct Row {
  absl::string_view text;
  int line = 0;
};

// Takes the next row off `text`, counting lines; line ends inside quotes belong to the row.
Row TakeRow(absl::string_view& text, int& line) {
  Row row{text, line};
  bool quoted = false;
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '"') quoted = !quoted;
    if (text[i] != '\n') continue;
    ++line;
    if (!quoted) break;
  }
  row.text = text.substr(0, i);
  text.remove_prefix(std::min(i + 1, text.size()));
  row.text = absl::StripSuffix(row.text, "\r");
  return row;
}

// The fields of a row; nullopt when its quotes are not in order.
std::optional<std::vector<std::string>> FieldsOf(absl::string_view row) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  bool closed = false;  // the field's closing quote is behind us
  for (size_t i = 0; i < row.size(); ++i) {
    const char c = row[i];
    if (quoted && c == '"' && i + 1 < row.size() && row[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (quoted && c == '"') {
      quoted = false;
      closed = true;
    } else if (quoted) {
      fields.back() += c;
    } else if (c == ',') {
      fields.emplace_back();
      closed = false;
    } else if (c == '"' && fields.back().empty() && !closed) {
      quoted = true;
    } else if (c == '"' || closed) {
      return std::nullopt;
    } else {
      fields.back() += c;
    }
  }
  if (quoted) return std::nullopt;
  return fields;
}

bool IsId(absl::string_view text) {
  return !text.empty() && text.size() <= 60 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

bool IsRegion(absl::string_view text) {
  return !text.empty() && text.size() <= 10 && std::all_of(text.begin(), text.end(), [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return absl::ascii_isupper(u) || absl::ascii_isdigit(u) || c == '-';
  });
}

// Where in a row the columns are; -1: the file has no such column.
struct Columns {
  int count = 0;
  int ori = -1;
  int title = -1;
  int region = -1;
  int agency_type = -1;
  int county = -1;
  int latitude = -1;
  int longitude = -1;
};

absl::StatusOr<Columns> ColumnsOf(absl::string_view header) {
  const auto names = FieldsOf(absl::StripTrailingAsciiWhitespace(absl::StripPrefix(header, kByteOrderMark)));
  Columns columns;
  const auto find = [&](absl::string_view name) {
    if (!names) return -1;
    const auto it = std::find_if(names->begin(), names->end(), [&](const std::string& column) {
      return absl::AsciiStrToLower(absl::StripAsciiWhitespace(column)) == name;
    });
    return it == names->end() ? -1 : static_cast<int>(it - names->begin());
  };
  columns.count = names ? static_cast<int>(names->size()) : 0;
  columns.agency_type = find("agency_type_name");
  columns.county = find("county_name");
  columns.latitude = find("latitude");
  columns.longitude = find("longitude");
  std::vector<absl::string_view> lacking;
  const std::pair<absl::string_view, int*> needed[] = {
      {"ori", &columns.ori}, {"agency_name", &columns.title}, {"state_abbr", &columns.region}};
  for (const auto& [name, column] : needed) {
    *column = find(name);
    if (*column < 0) lacking.push_back(name);
  }
  if (!lacking.empty()) return errors::HeaderLacksColumn(absl::StrJoin(lacking, ", "));
  return columns;
}

std::string Field(const std::vector<std::string>& fields, int column) {
  if (column < 0) return "";
  return std::string(absl::StripAsciiWhitespace(fields[static_cast<size_t>(column)]));
}

// An empty field is 0, which stands for unknown.
bool ParseDegrees(absl::string_view text, double most, double& degrees) {
  if (text.empty()) return true;
  return absl::SimpleAtod(text, &degrees) && degrees >= -most && degrees <= most;
}

// The agency, or why there is none.
std::string ReadAgency(const std::vector<std::string>& fields, const Columns& columns, v1::Agency& agency) {
  const std::string ori = Field(fields, columns.ori);
  if (!IsId(ori)) return "ori must be 1 to 60 letters, digits or hyphens";
  agency.set_name(absl::StrCat("hosts/", ori));
  agency.set_title(Field(fields, columns.title));
  if (agency.title().empty() || agency.title().size() > 200) return "agency_name must have 1 to 200 characters";
  agency.set_region(Field(fields, columns.region));
  if (!IsRegion(agency.region())) return "state_abbr must be a state such as CA, or an ISO 3166-2 code";
  agency.set_agency_type(Field(fields, columns.agency_type));
  if (agency.agency_type().size() > 60) return "agency_type_name must have at most 60 characters";
  agency.set_county(Field(fields, columns.county));
  if (agency.county().size() > 100) return "county_name must have at most 100 characters";
  double latitude = 0;
  double longitude = 0;
  if (!ParseDegrees(Field(fields, columns.latitude), 90, latitude)) return "latitude must be -90 to 90 or empty";
  if (!ParseDegrees(Field(fields, columns.longitude), 180, longitude)) return "longitude must be -180 to 180 or empty";
  agency.set_latitude(latitude);
  agency.set_longitude(longitude);
  return "";
}

std::string ReadRow(const Row& row, const Columns& columns, v1::Agency& agency) {
  if (!IsUtf8(row.text)) return "must be UTF-8";
  const auto fields = FieldsOf(row.text);
  if (!fields) return "quotes are not in order; a file that was cut off ends like this";
  if (static_cast<int>(fields->size()) != columns.count) {
    return absl::StrCat("has ", fields->size(), " fields, the header has ", columns.count,
                        "; a file that was cut off ends like this");
  }
  return ReadAgency(*fields, columns, agency);
}

}  // namespace

CsvFile SplitCsv(absl::string_view text, int max_rows, size_t max_bytes) {
  CsvFile file;
  text = absl::StripPrefix(text, kByteOrderMark);
  int line = 1;
  file.header = std::string(TakeRow(text, line).text);
  int rows = 0;
  while (!text.empty()) {
    const absl::string_view rest = text;
    const Row row = TakeRow(text, line);
    const size_t size = rest.size() - text.size();
    if (file.chunks.empty() || rows == max_rows || file.chunks.back().rows.size() + size > max_bytes) {
      file.chunks.push_back({"", row.line});
      rows = 0;
    }
    absl::StrAppend(&file.chunks.back().rows, rest.substr(0, size));
    ++rows;
  }
  return file;
}

absl::StatusOr<ImportedAgencies> ParseAgencies(absl::string_view header, absl::string_view rows, int first_line,
                                               absl::string_view country) {
  AMIKECO_ASSIGN_OR_RETURN(const Columns columns, ColumnsOf(header));
  if (rows.size() > kMaxChunkBytes) return errors::ChunkTooLarge(absl::StrCat(rows.size(), " bytes"));
  ImportedAgencies imported;
  absl::flat_hash_map<std::string, int> lines;
  int line = first_line;
  int count = 0;
  while (!rows.empty()) {
    const Row row = TakeRow(rows, line);
    if (absl::StripAsciiWhitespace(row.text).empty()) continue;
    if (++count > kMaxRowsPerChunk) return errors::ChunkTooLarge(absl::StrCat("more than ", kMaxRowsPerChunk, " rows"));
    v1::Agency agency;
    agency.set_country(std::string(country));
    std::string reason = ReadRow(row, columns, agency);
    if (reason.empty()) {
      const auto [first, is_new] = lines.try_emplace(agency.name(), row.line);
      if (!is_new) reason = absl::StrCat("has the ori of line ", first->second, "; the first row counts");
    }
    if (reason.empty()) {
      imported.agencies.push_back(std::move(agency));
      continue;
    }
    v1::RejectedRow& rejected = imported.rejected.emplace_back();
    rejected.set_line(row.line);
    rejected.set_reason(std::move(reason));
  }
  return imported;
}

}  // namespace amikeco::matching
