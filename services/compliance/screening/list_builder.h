// What the parsers of lists share: refusing a file, reporting rows, collecting entries, and rows of delimited text.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_LIST_BUILDER_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_LIST_BUILDER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/compliance/screening/lists.h"

namespace amikeco::screening {

// kListUnreadable with `what` is wrong; `line` 0: of no line.
absl::Status Unreadable(absl::string_view list, absl::string_view what, int line = 0);

// `text` is not too long and not in another encoding than UTF-8 as a whole.
absl::Status CheckText(absl::string_view list, absl::string_view text, const ListLimits& limits);

class ListBuilder {
 public:
  ListBuilder(absl::string_view list, const ListLimits& limits) : list_(list), limits_(limits) {}

  void Reject(int line, std::string reason);
  // A row that is right and belongs to an entry that is not there: it says nothing against the file.
  void RejectStray(int line, std::string reason);
  // Something that is not read, said once: "column X".
  void ReportUnknown(int line, absl::string_view what);

  // Keeps `entry` when it has a name and an id of its own; reports it otherwise.
  void Add(Entry entry);
  // Null when there is none.
  Entry* Find(absl::string_view id);
  size_t size() const { return result_.entries.size(); }

  // Refuses the file when it has too many entries, none, or more rejected rows than good ones.
  absl::StatusOr<ImportedList> Finish();

 private:
  std::string list_;
  ListLimits limits_;
  ImportedList result_;
  absl::flat_hash_map<std::string, size_t> by_id_;
  absl::flat_hash_set<std::string> unknown_;
  size_t rows_rejected_ = 0;
};

// Adds `text` without spaces around and doubled inside; nothing when nothing is left.
void AddName(absl::string_view text, Quality quality, Entry& entry);
void AddText(absl::string_view text, std::vector<std::string>& texts);

// A row ends with its line, so that a missing quote spoils no more than one row.
class RowReader {
 public:
  RowReader(absl::string_view text, char separator);
  // False at the end. An end-of-file character and empty lines are passed over.
  bool Next();

  int line() const { return line_; }
  const std::vector<std::string>& cells() const { return cells_; }
  // What is wrong with the row; "" for nothing.
  const std::string& wrong() const { return wrong_; }

 private:
  void Cut(absl::string_view row);

  absl::string_view rest_;
  char separator_;
  int line_ = 0;
  std::vector<std::string> cells_;
  std::string wrong_;
};

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_LIST_BUILDER_H_
