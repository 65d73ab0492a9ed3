#include "common/store/key_list.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/store/parts.h"

namespace amikeco {
namespace {

bool SameKey(const Key& a, const Key& b) { return !KeyLess(a, b) && !KeyLess(b, a); }

}  // namespace

bool KeyLess(const Key& a, const Key& b) {
  return std::tie(a.name, a.value, a.unique) < std::tie(b.name, b.value, b.unique);
}

std::vector<Key> Sorted(absl::Span<const Key> keys) {
  std::vector<Key> sorted(keys.begin(), keys.end());
  std::sort(sorted.begin(), sorted.end(), KeyLess);
  sorted.erase(std::unique(sorted.begin(), sorted.end(), SameKey), sorted.end());
  return sorted;
}

std::string EncodeKeys(absl::Span<const Key> keys) {
  std::string list;
  for (const Key& key : keys) {
    list.push_back(key.unique ? 'u' : 'n');
    AppendPart(list, key.name);
    AppendPart(list, key.value);
  }
  return list;
}

bool DecodeKeys(absl::string_view list, std::vector<Key>& keys) {
  keys.clear();
  while (!list.empty()) {
    Key key;
    key.unique = list[0] == 'u';
    if (!key.unique && list[0] != 'n') return false;
    list.remove_prefix(1);
    if (!TakePart(list, key.name) || !TakePart(list, key.value)) return false;
    keys.push_back(std::move(key));
  }
  return true;
}

absl::Status CorruptKeys(absl::string_view kind, absl::string_view id) {
  return Error(errors::kCorruptRecord,
               absl::StrCat("The list of keys of the stored ", kind, " ", id, " does not parse."),
               {{"kind", kind}, {"name", id}});
}

}  // namespace amikeco
