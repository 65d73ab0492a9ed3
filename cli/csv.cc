#include "cli/csv.h"

#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace amikeco::cli {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Row {
  absl::string_view text;  // with its line end
  int line;
  bool closed;  // its quotes are
};

// Hands out one row after the other.
class Rows {
 public:
  explicit Rows(absl::string_view text) : rest_(text) {}

  bool empty() const { return rest_.empty(); }
  Row Next() {
    const int first_line = line_;
    bool quoted = false;
    size_t end = 0;
    while (end < rest_.size()) {
      const char c = rest_[end++];
      if (c == '"') quoted = !quoted;  // a doubled quote leaves and enters again
      if (c != '\n') continue;
      ++line_;
      if (!quoted) break;
    }
    const Row row{rest_.substr(0, end), first_line, !quoted};
    rest_.remove_prefix(end);
    return row;
  }

 private:
  absl::string_view rest_;
  int line_ = 1;
};

absl::string_view WithoutLineEnd(absl::string_view row) {
  absl::ConsumeSuffix(&row, "\n");
  absl::ConsumeSuffix(&row, "\r");
  return row;
}

// Finds rows whose key was there before.
class Keys {
 public:
  Keys(absl::string_view header, absl::string_view key) {
    if (key.empty()) return;
    const std::vector<std::string> names = CsvFields(header);
    for (size_t i = 0; i < names.size(); ++i) {
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(names[i]), key)) column_ = static_cast<int>(i);
    }
  }

  // True when the row repeats a key; `repeat` says which.
  bool Repeats(const Row& row, CsvRepeat& repeat) {
    if (column_ < 0) return false;
    std::vector<std::string> fields = CsvFields(row.text);
    if (fields.size() <= static_cast<size_t>(column_)) return false;
    const std::string key(absl::StripAsciiWhitespace(fields[static_cast<size_t>(column_)]));
    if (key.empty()) return false;
    const auto [known, is_new] = lines_.emplace(key, row.line);
    repeat = {row.line, known->second, key};
    return !is_new;
  }

 private:
  int column_ = -1;
  std::map<std::string, int> lines_;
};

}  // namespace

std::vector<std::string> CsvFields(absl::string_view row) {
  row = WithoutLineEnd(row);
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < row.size(); ++i) {
    if (row[i] == '"' && quoted && i + 1 < row.size() && row[i + 1] == '"') {
      fields.back() += row[i++];
    } else if (row[i] == '"') {
      quoted = !quoted;
    } else if (row[i] == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += row[i];
    }
  }
  return fields;
}

CsvFile SplitCsv(absl::string_view text, int max_rows, size_t max_bytes, absl::string_view key) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  CsvFile file;
  Rows rows(text);
  if (rows.empty()) return file;
  const Row header = rows.Next();
  if (!header.closed) {
    file.unclosed_line = header.line;
    return file;
  }
  file.header = WithoutLineEnd(header.text);
  Keys keys(file.header, key);
  bool fresh = true;  // the next row begins a chunk
  while (!rows.empty()) {
    const Row row = rows.Next();
    if (!row.closed) {
      file.unclosed_line = row.line;
      break;
    }
    if (WithoutLineEnd(row.text).empty()) {  // an empty line ends the chunk, so that lines are counted right
      fresh = true;
      continue;
    }
    if (row.text.size() > max_bytes) {
      file.too_long.push_back(row.line);
      fresh = true;
      continue;
    }
    if (CsvRepeat repeat; keys.Repeats(row, repeat)) {
      file.repeats.push_back(std::move(repeat));
      fresh = true;
      continue;
    }
    ++file.rows;
    if (fresh || file.chunks.back().rows == max_rows || file.chunks.back().text.size() + row.text.size() > max_bytes) {
      file.chunks.push_back({row.line, 1, row.text});
      fresh = false;
      continue;
    }
    CsvChunk& chunk = file.chunks.back();
    ++chunk.rows;
    chunk.text = {chunk.text.data(), chunk.text.size() + row.text.size()};
  }
  return file;
}

}  // namespace amikeco::cli
