// The keys of a record as one value, kept beside it: what an update must remove is known without a query.
#ifndef AMIKECO_COMMON_STORE_KEY_LIST_H_
#define AMIKECO_COMMON_STORE_KEY_LIST_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/store/store.h"

namespace amikeco {

bool KeyLess(const Key& a, const Key& b);
// In order, none twice.
std::vector<Key> Sorted(absl::Span<const Key> keys);
std::string EncodeKeys(absl::Span<const Key> keys);
// False when `list` was not made by EncodeKeys.
bool DecodeKeys(absl::string_view list, std::vector<Key>& keys);
absl::Status CorruptKeys(absl::string_view kind, absl::string_view id);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_STORE_KEY_LIST_H_
