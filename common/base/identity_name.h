// IsIdentity: whether a text can name a caller.
#ifndef AMIKECO_COMMON_BASE_IDENTITY_NAME_H_
#define AMIKECO_COMMON_BASE_IDENTITY_NAME_H_

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "common/base/utf8.h"

namespace amikeco {

// What facts and logs can keep of a subject or an organisation: text on one line, of at most 255 bytes, as OpenID
// Connect has it.
inline bool IsIdentity(absl::string_view name) {
  constexpr size_t kLongest = 255;
  return !name.empty() && name.size() <= kLongest && IsUtf8(name) &&
         std::none_of(name.begin(), name.end(), [](char c) { return absl::ascii_iscntrl(c); });
}

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_IDENTITY_NAME_H_
