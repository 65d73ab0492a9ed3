// The audit chain: every fact's link is made from the one before, so that no fact can be changed, removed or put
// elsewhere without all later links being wrong (docs/adr/0005-audit-chain.md).
#ifndef AMIKECO_COMMON_BASE_CHAIN_H_
#define AMIKECO_COMMON_BASE_CHAIN_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace amikeco {

// What stands before the first fact: 32 zero bytes.
const std::string& FirstLink();

// The link of the fact with this number and these bytes, behind the fact with the link `previous`: the SHA-256 of
// `previous` (32 bytes), `number` (8 bytes, most significant first) and `body`. The first two have a fixed length, so
// no two facts are the same text.
std::string LinkOf(absl::string_view previous, int64_t number, absl::string_view body);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_CHAIN_H_
