#include "tests/fuzz/lists.h"

void amikeco::fuzz::Try(absl::string_view input) {
  RequireList(screening::ParseDenied("list", input, FewEntries()), input);
}
