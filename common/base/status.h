// Errors with names: what our functions return when they refuse, and the two macros that pass errors on.
//
// An error carries a canonical code, one sentence for people that says what is wrong and how to mend it, and
// google.rpc details as payloads of the absl::Status. common/rpc/errors.h maps them to gRPC, unchanged.
#ifndef AMIKECO_COMMON_BASE_STATUS_H_
#define AMIKECO_COMMON_BASE_STATUS_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/rpc/error_details.pb.h"

namespace amikeco {

// One entry of a service's error catalogue (services/*/errors.h). `reason` is unique in `domain` and is never
// renamed once published. `fix` tells the caller what to do; the catalogue in docs/errors.md prints it.
struct ErrorName {
  absl::StatusCode code;
  const char* domain;
  const char* reason;
  const char* fix;
};

using ErrorMetadata = std::initializer_list<std::pair<absl::string_view, absl::string_view>>;

// The error `name` with `sentence` for people. Every dynamic value of the sentence should be in `metadata` too.
absl::Status Error(const ErrorName& name, absl::string_view sentence, ErrorMetadata metadata = {});

// The error `name` with a sentence about our insides (hosts, files, what a database said), which is for our logs: a
// client is told `name.fix` instead.
absl::Status InsideError(const ErrorName& name, absl::string_view sentence, ErrorMetadata metadata = {});
// What a client is told instead; nothing when it may read the sentence.
std::optional<std::string> OutsideOf(const absl::Status& status);

// Errors that any service can return; domain "amikeco".
namespace errors {
inline constexpr char kDomain[] = "amikeco";
inline constexpr ErrorName kInvalidFields{absl::StatusCode::kInvalidArgument, kDomain, "INVALID_FIELDS",
                                          "Correct the fields listed in BadRequest and send again."};
inline constexpr ErrorName kNotFound{absl::StatusCode::kNotFound, kDomain, "RESOURCE_NOT_FOUND",
                                     "Check the name. Records of other organisations are answered the same way."};
inline constexpr ErrorName kEtagMismatch{absl::StatusCode::kAborted, kDomain, "ETAG_MISMATCH",
                                         "Read the resource again, apply the change to it and send its etag."};
inline constexpr ErrorName kLostRace{absl::StatusCode::kAborted, kDomain, "LOST_RACE",
                                     "Another command changed the same record; send the whole command again."};
inline constexpr ErrorName kRequestIdReused{
    absl::StatusCode::kInvalidArgument, kDomain, "REQUEST_ID_REUSED",
    "This request_id was used with another payload; make a new UUID for a new command."};
inline constexpr ErrorName kCorruptRecord{absl::StatusCode::kDataLoss, kDomain, "CORRUPT_RECORD",
                                          "A stored record does not parse; tell the operator."};
}  // namespace errors

absl::Status NotFound(absl::string_view name);
// `status` with the field that is wrong, as every INVALID_ARGUMENT has it.
absl::Status InField(absl::Status status, absl::string_view field);

// Collects everything that is wrong with a request, so that the caller hears of all of it at once.
class FieldErrors {
 public:
  void Add(absl::string_view field, absl::string_view description);
  bool empty() const { return bad_.field_violations().empty(); }
  // OK when nothing was added, else INVALID_ARGUMENT with one BadRequest.
  absl::Status ToStatus() const;

 private:
  google::rpc::BadRequest bad_;
};

// The detail of type T in `status`, if it has one.
template <typename T>
absl::StatusOr<T> DetailOf(const absl::Status& status) {
  T detail;
  const auto payload = status.GetPayload("type.googleapis.com/" + T::descriptor()->full_name());
  if (!payload || !detail.ParseFromString(std::string(*payload))) return absl::NotFoundError("no such detail");
  return detail;
}

// Adds (or replaces) the detail of type T.
template <typename T>
void SetDetail(absl::Status& status, const T& detail) {
  status.SetPayload("type.googleapis.com/" + T::descriptor()->full_name(), absl::Cord(detail.SerializeAsString()));
}

// The ErrorInfo reason of `status`, "" when it has none.
std::string ReasonOf(const absl::Status& status);

}  // namespace amikeco

#define AMIKECO_RETURN_IF_ERROR(expr)                                                      \
  do {                                                                                     \
    if (absl::Status amikeco_status = (expr); !amikeco_status.ok()) return amikeco_status; \
  } while (false)

#define AMIKECO_CONCAT_INNER(a, b) a##b
#define AMIKECO_CONCAT(a, b) AMIKECO_CONCAT_INNER(a, b)
#define AMIKECO_ASSIGN_OR_RETURN(lhs, expr) \
  AMIKECO_ASSIGN_OR_RETURN_IMPL(AMIKECO_CONCAT(amikeco_or_, __LINE__), lhs, expr)
#define AMIKECO_ASSIGN_OR_RETURN_IMPL(tmp, lhs, expr) \
  auto tmp = (expr);                                  \
  if (!tmp.ok()) return std::move(tmp).status();      \
  lhs = std::move(tmp).value()

#endif  // AMIKECO_COMMON_BASE_STATUS_H_
