// A file of territories' names, strictly read: data/territories.tsv, and what adds to it.
//
// UTF-8, one name a line, four columns with a tab between them; lines that begin with # say nothing:
//   code        ISO 3166-1 alpha-2 (GB) where there is one; else ISO 3166-2 (GB-SCT), ISO 3166-3 (SUHH) or the source's
//   is_country  1 or 0, the same for all names of a code
//   kind        primary (in English, one a code), full (official), strong, weak; successor
//   name        as somebody writes it; of a successor: the code of a territory that followed this one, which is no more
#ifndef AMIKECO_COMMON_COUNTRIES_TERRITORY_FILE_H_
#define AMIKECO_COMMON_COUNTRIES_TERRITORY_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace amikeco {

// The strongest first: where territories share a name, the one that it is more to has it.
enum class NameKind { kPrimary, kFull, kStrong, kWeak, kSuccessor };

struct TerritoryRow {
  std::string code;
  bool is_country = false;
  NameKind kind = NameKind::kWeak;
  std::string name;
  std::string place;  // "file:line"
};

// Longer names are in no file, and so are not looked for. The longest that are known have 180 bytes.
inline constexpr size_t kLongestName = 300;

// What is wrong with files, a line each: "file:line: column: what is wrong; what would be right".
class FileMistakes {
 public:
  void Add(absl::string_view place, absl::string_view column, absl::string_view what);
  // OK when nothing was added, else INVALID_ARGUMENT with the first twenty.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> lines_;
};

// INVALID_ARGUMENT with every mistake, or why the file cannot be read.
absl::StatusOr<std::vector<TerritoryRow>> ReadTerritoryFile(const std::string& path);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_COUNTRIES_TERRITORY_FILE_H_
