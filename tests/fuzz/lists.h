// What is true of every watch-list that was read, and of every one that was refused.
#ifndef AMIKECO_TESTS_FUZZ_LISTS_H_
#define AMIKECO_TESTS_FUZZ_LISTS_H_

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "common/base/utf8.h"
#include "services/compliance/screening/lists.h"
#include "tests/fuzz/fuzz.h"

namespace amikeco::fuzz {

inline screening::ListLimits FewEntries() {
  screening::ListLimits limits;
  limits.entries = 100;
  return limits;
}

inline void RequireList(const absl::StatusOr<screening::ImportedList>& list, absl::string_view input) {
  if (!list.ok()) return RequireRefusal(list.status());
  const auto lines = 1 + std::count_if(input.begin(), input.end(), [](char c) { return c == '\n' || c == '\r'; });
  absl::flat_hash_set<std::string> ids;
  size_t names = 0;
  for (const screening::Entry& entry : list->entries) {
    Require(entry.list == "list" && !entry.id.empty() && ids.insert(entry.id).second, "an entry has an id of its own");
    Require(!entry.names.empty(), "an entry has a name");
    Require(entry.line >= 1 && entry.line <= lines, "an entry has its line");
    Require(IsUtf8(entry.id), "an id is UTF-8");
    for (const auto& name : entry.names) Require(IsUtf8(name.text), "a name is UTF-8");
    for (const auto& text : entry.nationalities) Require(IsUtf8(text), "a nationality is UTF-8");
    for (const auto& text : entry.places) Require(IsUtf8(text), "a place is UTF-8");
    for (const auto& birth : entry.births) Require(birth.first_year <= birth.last_year, "years are in order");
    names += entry.names.size();
  }
  Require(!list->entries.empty() && list->entries.size() < FewEntries().entries, "entries are within the limit");
  Require(list->names == names && list->weak_names <= names, "names are counted");
  Require(list->rejects.size() == std::min(list->rejected, screening::kMaxRejects), "rejects are kept up to a limit");
  for (const screening::Reject& reject : list->rejects) {
    Require(reject.line >= 0 && reject.line <= lines && !reject.reason.empty(), "a rejected row has line and reason");
    Require(IsUtf8(reject.reason), "a reason is UTF-8");
  }
}

}  // namespace amikeco::fuzz

#endif  // AMIKECO_TESTS_FUZZ_LISTS_H_
