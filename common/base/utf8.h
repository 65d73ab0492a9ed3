// Whether bytes are text.
#ifndef AMIKECO_COMMON_BASE_UTF8_H_
#define AMIKECO_COMMON_BASE_UTF8_H_

#include "absl/strings/string_view.h"

namespace amikeco {

// All of it is whole characters of UTF-8, as messages' strings have to be: none that is longer than need be, no
// surrogate, nothing beyond U+10FFFF.
bool IsUtf8(absl::string_view text);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_BASE_UTF8_H_
