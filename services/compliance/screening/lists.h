// Watch-lists: files as their publishers hand them out become entries of one form, and what cannot be read is reported
// with its line. Pure: from text in memory.
//
// No input crashes a parser or makes it need more than a few times the file's memory. A file that is not of its kind,
// is cut off inside its structure, is not UTF-8 as a whole or is over the limits is refused, with INVALID_ARGUMENT that
// says what is wrong and how to mend it; a row that is wrong is left out and reported, and the others stand. When more
// than half are wrong, the file is refused.
#ifndef AMIKECO_SERVICES_COMPLIANCE_SCREENING_LISTS_H_
#define AMIKECO_SERVICES_COMPLIANCE_SCREENING_LISTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "services/compliance/screening/birth.h"
#include "services/compliance/screening/names.h"

namespace amikeco::screening {

// Its metadata has `list` and, where one is known, `line`.
inline constexpr ErrorName kListUnreadable{
    absl::StatusCode::kInvalidArgument, "compliance.amikeco", "LIST_UNREADABLE",
    "Fetch the file again from its publisher, whole and unchanged, and import it as the kind of list that it is."};

enum class Quality : uint8_t {
  kPrimary,
  kStrong,
  kWeak,  // the publisher says that it is common or vague: it confirms others, and is never enough by itself
};

struct ListedName {
  std::string text;
  Quality quality = Quality::kPrimary;
};

struct Entry {
  std::string list;  // which list it stands on; the caller's name for it
  std::string id;    // of the publisher where there is one, unique in its list
  Kind kind = Kind::kUnknown;
  std::vector<ListedName> names;           // the primary one first
  std::vector<Birth> births;               // any of them may be the true one
  std::vector<std::string> nationalities;  // as written: names or codes of countries
  std::vector<std::string> places;         // of birth and of addresses, as written
  int line = 0;                            // of the file, where the entry begins
};

struct Reject {
  int line = 0;
  std::string reason;  // what is wrong and what was done, one sentence
};

struct ImportedList {
  std::vector<Entry> entries;
  size_t names = 0;       // of all entries
  size_t weak_names = 0;  // of these
  size_t rejected = 0;    // all; `rejects` has the first kMaxRejects of them
  std::vector<Reject> rejects;
};

inline constexpr size_t kMaxRejects = 1000;

struct ListLimits {
  size_t bytes = size_t{64} << 20;  // of each file
  size_t entries = 500'000;
};

// The four files of a list of specially designated nationals, in comma-separated values without a header and with "-0-"
// for what is not there. `comments` continues remarks that are too long.
struct SdnFiles {
  absl::string_view entries;
  absl::string_view aliases;
  absl::string_view addresses;
  absl::string_view comments;
};
absl::StatusOr<ImportedList> ParseSdn(absl::string_view list, const SdnFiles& files, const ListLimits& limits = {});

// A consolidated list in XML: CONSOLIDATED_LIST with INDIVIDUALS and ENTITIES. A document type is refused.
absl::StatusOr<ImportedList> ParseConsolidated(absl::string_view list, absl::string_view xml,
                                               const ListLimits& limits = {});

// A list of denied persons: tab-separated values with a header. People and organisations are not told apart.
absl::StatusOr<ImportedList> ParseDenied(absl::string_view list, absl::string_view tsv, const ListLimits& limits = {});

// A snapshot of wanted persons' notices: a JSON array of notices, or an object that has one under "notices" anywhere.
absl::StatusOr<ImportedList> ParseNotices(absl::string_view list, absl::string_view json,
                                          const ListLimits& limits = {});

}  // namespace amikeco::screening

#endif  // AMIKECO_SERVICES_COMPLIANCE_SCREENING_LISTS_H_
