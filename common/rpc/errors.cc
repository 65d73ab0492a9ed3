#include "common/rpc/errors.h"

#include <grpcpp/support/status.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/dates.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace amikeco {
namespace {

constexpr ErrorName kAll[] = {
    errors::kInvalidFields,   errors::kNotFound,           errors::kEtagMismatch,     errors::kLostRace,
    errors::kRequestIdReused, errors::kCorruptRecord,      errors::kNoCredentials,    errors::kTokenInvalid,
    errors::kTokenExpired,    errors::kUnknownCertificate, errors::kRoleMissing,      errors::kTooManyCalls,
    errors::kQuotaExceeded,   errors::kRequestTooLarge,    errors::kDeadlineTooShort, errors::kUnknownMethod,
    errors::kInternal,        errors::kUnavailable,        errors::kDeadlineExceeded, errors::kCancelled,
    errors::kAborted,         errors::kExhausted,          errors::kDataLoss,
};

// The name for an error of a code that anything below us may return, and what we say of it. Null for other
// codes: an unnamed INVALID_ARGUMENT of some library is no answer to the client's request, but our bug.
const ErrorName* DefaultName(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return &errors::kUnavailable;
    case absl::StatusCode::kDeadlineExceeded:
      return &errors::kDeadlineExceeded;
    case absl::StatusCode::kCancelled:
      return &errors::kCancelled;
    case absl::StatusCode::kAborted:
      return &errors::kAborted;
    case absl::StatusCode::kResourceExhausted:
      return &errors::kExhausted;
    case absl::StatusCode::kDataLoss:
      return &errors::kDataLoss;
    default:
      return nullptr;
  }
}

// Texts of ours are short; what is long repeats what a caller sent.
constexpr size_t kLongestSentence = 1000;
constexpr size_t kLongestValue = 300;
constexpr int kMostViolations = 20;

// At most `most` bytes, cut between two characters.
std::string Cut(absl::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return absl::StrCat(text.substr(0, most), "…");
}

absl::Status Shortened(const absl::Status& status) {
  absl::Status shortened(status.code(), Cut(status.message(), kLongestSentence));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) { shortened.SetPayload(url, payload); });
  if (auto info = DetailOf<google::rpc::ErrorInfo>(status); info.ok()) {
    for (auto& [key, value] : *info->mutable_metadata()) value = Cut(value, kLongestValue);
    SetDetail(shortened, *info);
  }
  if (auto bad = DetailOf<google::rpc::BadRequest>(status); bad.ok()) {
    auto& violations = *bad->mutable_field_violations();
    if (violations.size() > kMostViolations) {
      violations.DeleteSubrange(kMostViolations, violations.size() - kMostViolations);
    }
    for (auto& violation : violations) violation.set_description(Cut(violation.description(), kLongestValue));
    SetDetail(shortened, *bad);
  }
  return shortened;
}

bool IsNamed(const absl::Status& status) {
  return status.code() != absl::StatusCode::kInternal && status.code() != absl::StatusCode::kUnknown &&
         !ReasonOf(status).empty();
}

}  // namespace

absl::Span<const ErrorName> CommonErrors() { return kAll; }

absl::Status RetryAfter(const ErrorName& name, absl::string_view sentence, absl::Duration delay) {
  absl::Status status = Error(name, sentence);
  google::rpc::RetryInfo retry;
  const int64_t nanos = absl::ToInt64Nanoseconds(delay);
  retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  SetDetail(status, retry);
  return status;
}

bool IsHidden(const absl::Status& status) {
  return !status.ok() && (!IsNamed(status) || OutsideOf(status).has_value());
}

absl::Status ToPublic(const absl::Status& status, absl::string_view call_id) {
  if (!IsHidden(status)) return Shortened(status);
  if (const auto outside = OutsideOf(status); outside && IsNamed(status)) {
    const auto info = DetailOf<google::rpc::ErrorInfo>(status);
    return Error({status.code(), info->domain().c_str(), info->reason().c_str(), ""}, *outside);
  }
  if (const ErrorName* name = DefaultName(status.code()); name != nullptr) {
    return Error(*name, absl::StrCat(name->fix, " Request ", call_id, "."), {{"request", call_id}});
  }
  return Error(errors::kInternal, absl::StrCat("internal error, request ", call_id), {{"request", call_id}});
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    auto* detail = wire.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  });
  return {static_cast<grpc::StatusCode>(status.code()), wire.message(), wire.SerializeAsString()};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status restored(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status wire;
  if (wire.ParseFromString(status.error_details())) {
    for (const auto& detail : wire.details()) restored.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return restored;
}

absl::string_view MetricCode(absl::StatusCode code) {
  static constexpr absl::string_view kNames[] = {
      "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
      "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
      "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
      "DataLoss", "Unauthenticated"};
  const auto index = static_cast<size_t>(code);
  return index < std::size(kNames) ? kNames[index] : "Unknown";
}

}  // namespace amikeco
