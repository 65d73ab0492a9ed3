#include "tests/fuzz/lists.h"

void amikeco::fuzz::Try(absl::string_view input) {
  RequireList(screening::ParseNotices("list", input, FewEntries()), input);
}
