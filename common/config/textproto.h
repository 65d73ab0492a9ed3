// Strict textproto: a file or a text becomes a message, or an error that says where it is wrong and what
// would be right.
//
// Unknown fields, fields given twice, values of the wrong type and strings that are not UTF-8 are refused, all at once:
// "file:line:column: what".
#ifndef AMIKECO_COMMON_CONFIG_TEXTPROTO_H_
#define AMIKECO_COMMON_CONFIG_TEXTPROTO_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace amikeco {

// INVALID_ARGUMENT with one line per mistake; `name` stands for the file in them. `message` is cleared first.
absl::Status ParseTextprotoText(absl::string_view text, absl::string_view name, google::protobuf::Message& message);
// NOT_FOUND when there is no such file.
absl::Status ParseTextprotoFile(const std::string& path, google::protobuf::Message& message);

template <typename T>
absl::StatusOr<T> ParseTextproto(const std::string& path) {
  T message;
  if (absl::Status status = ParseTextprotoFile(path, message); !status.ok()) return status;
  return message;
}

// Paths of the *.textproto files of `dir`, in order. NOT_FOUND, naming the config's `setting`, when there is no such
// folder.
absl::StatusOr<std::vector<std::string>> TextprotosIn(const std::string& dir, absl::string_view setting);

// The whole file; NOT_FOUND, PERMISSION_DENIED or INVALID_ARGUMENT with the system's reason.
absl::StatusOr<std::string> ReadFile(const std::string& path);
// As ReadFile, without a line end at the file's end: for files that hold one password or key.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);
// Writes beside `path` and renames, so that a reader sees the old text or the new, never a part.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view text);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_CONFIG_TEXTPROTO_H_
