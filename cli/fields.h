// Fields of messages by path and as text: how flags become requests and answers become cells.
#ifndef AMIKECO_CLI_FIELDS_H_
#define AMIKECO_CLI_FIELDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

using Path = std::vector<const google::protobuf::FieldDescriptor*>;

// "wishes.stay_days" from the message's root; hyphens are as good as underscores. INVALID_ARGUMENT when there is none.
absl::StatusOr<Path> FindPath(const google::protobuf::Descriptor& type, absl::string_view path);

// Sets the field from what a person typed: days as YYYY-MM-DD, times as RFC 3339, enums by their short names, items of
// a repeated field with commas between them or one by one, and messages in a repeated field as "en:C1", their fields in
// order. A string "@FILE" is the file's text, unless somebody else than the caller wrote `text`. Short names are
// completed: "M-17" to "members/M-17".
enum class TextFiles { kRead, kNever };
absl::Status SetField(google::protobuf::Message& message, const Path& path, absl::string_view text,
                      TextFiles files = TextFiles::kRead);

// "in-matching" for STATE_IN_MATCHING.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);
// By short or full name; INVALID_ARGUMENT, with all the short names, when there is none.
absl::StatusOr<int> ParseEnum(const google::protobuf::EnumDescriptor& type, absl::string_view text);
// What may be typed for a field: "YYYY-MM-DD", "active|student|…", "code:level".
std::string PlaceholderOf(const google::protobuf::FieldDescriptor& field);

// The field as a cell: several values with commas between them, "" when it is not set. An unknown path is a bug.
std::string TextAt(const google::protobuf::Message& message, absl::string_view path);
// All that is set, one line a field: path and value. Values may be of several lines.
std::vector<std::pair<std::string, std::string>> Flatten(const google::protobuf::Message& message);

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_FIELDS_H_
