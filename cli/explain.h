// What commands share that print an answer as a person would like to be told.
#ifndef AMIKECO_CLI_EXPLAIN_H_
#define AMIKECO_CLI_EXPLAIN_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cli/fields.h"
#include "cli/invocation.h"
#include "google/protobuf/generated_enum_reflection.h"
#include "google/protobuf/message.h"

namespace amikeco::cli {

// Calls the command's method and prints what `words` makes of the answer; in the forms that are for programs, the
// answer as every command prints it.
absl::StatusOr<int> Explain(Invocation& invocation,
                            absl::FunctionRef<std::string(const google::protobuf::Message&)> words);

// ✓ or ✗, as far as the terminal can.
const char* Mark(bool holds);

// "in-matching" for STATE_IN_MATCHING; the number of a value that a newer service has.
template <typename Enum>
std::string Short(Enum value) {
  const auto* const known = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return known == nullptr ? absl::StrCat(static_cast<int>(value)) : ShortName(*known);
}

}  // namespace amikeco::cli

#endif  // AMIKECO_CLI_EXPLAIN_H_
