// Where a textproto file says what a check found wrong with it.
#ifndef AMIKECO_COMMON_CONFIG_LOCATED_H_
#define AMIKECO_COMMON_CONFIG_LOCATED_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace amikeco {

// `wrong`, with each of its field violations as "path:line: field: what and fix". `text` is the file's, `type` any
// message of the file's type. A field that is not written in the file has the line of what would hold it.
absl::Status Located(absl::string_view path, const std::string& text, const google::protobuf::Message& type,
                     const absl::Status& wrong);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CONFIG_LOCATED_H_
