#include "tests/fuzz/lists.h"

void amikeco::fuzz::Try(absl::string_view input) {
  const auto files = Parts<4>(input);
  RequireList(screening::ParseSdn("list", {files[0], files[1], files[2], files[3]}, FewEntries()), input);
}
