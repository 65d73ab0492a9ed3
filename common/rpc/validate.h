// Field rules: what amikeco.options.v1.FieldRules demand of a request, checked by reflection, all mistakes at
// once.
//
// Also checked without a rule: strings have at most 1,000 characters and lists 100 items, enums are known
// values, dates are real, timestamps and durations are in range. Fields that are output_only are cleared.
#ifndef AMIKECO_COMMON_RPC_VALIDATE_H_
#define AMIKECO_COMMON_RPC_VALIDATE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "google/protobuf/message.h"

namespace amikeco {

// The largest request, in bytes.
inline constexpr size_t kMaxRequestBytes = 4 << 20;

// The rules of one message type and of those inside it, compiled once: a check then costs a few microseconds.
// Thread safe.
class Validator {
 public:
  // Dies when a pattern in the descriptors does not compile: a test walks them all.
  explicit Validator(const google::protobuf::Descriptor* descriptor);
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  // Clears output_only fields of `message`, which is of the descriptor's type, and adds what is wrong to
  // `errors`.
  void Check(google::protobuf::Message& message, FieldErrors& errors) const;

 private:
  struct Rules;
  class Compiler;
  std::unique_ptr<Compiler> compiled_;
  const Rules* rules_;
};

// Parses `bytes` into `message`. INVALID_ARGUMENT with a violation that names the field when they are cut
// off, not UTF-8, nested too deeply or not a message at all; RESOURCE_EXHAUSTED when there are too many.
absl::Status ParseRequest(absl::string_view bytes, google::protobuf::Message& message);

// Which field of a `descriptor` message keeps `bytes` from parsing, and why. Requires that they do not parse.
struct BadField {
  std::string field;  // path; "" when it is the message itself
  std::string description;
};
BadField FindBadField(const google::protobuf::Descriptor* descriptor, absl::string_view bytes);

}  // namespace amikeco

#endif  // AMIKECO_COMMON_RPC_VALIDATE_H_
