#include "tests/fuzz/lists.h"

void amikeco::fuzz::Try(absl::string_view input) {
  RequireList(screening::ParseConsolidated("list", input, FewEntries()), input);
}
